"""When a folder may be moved or removed: every situation, and what is planned for it."""

from dataclasses import replace

import pytest

from runbook_lib.commands.folders import Tree
from runbook_lib.states.folders import FolderMoved, FolderRemoved, Move, Removal
from runbook_lib.states.state import Act, Blocked
from tests.states.asking import FACTS_2003, FACTS_2008_R2, asked, reply

SOURCE, DESTINATION = "C:\\E\\NVWORK", "W:\\NVWORK"
STATE = FolderMoved(SOURCE, DESTINATION)
FILES = {"a.txt": 3, "local\\b.txt": 4}


def tree(path: str, files: dict[str, int] | None, folders: frozenset[str] = frozenset({"local"})) -> Tree:
    return Tree(path, "absent") if files is None else Tree(path, "folder", files, folders)


def move(
    source: dict[str, int] | None = None,
    copy: dict[str, int] | None = None,
    destination: dict[str, int] | None = None,
    same: frozenset[str] = frozenset(),
    free: int | None = 100_000,
) -> Move:
    return Move(
        tree(SOURCE, source), tree(DESTINATION + ".copying", copy), tree(DESTINATION, destination), same, "", free
    )


ALL = frozenset(FILES)


@pytest.mark.parametrize(
    ("actual", "acts"),
    [
        (move(FILES), ["robocopy", "ren", "rd"]),
        (move(FILES, copy={"a.txt": 3}, same=frozenset({"a.txt"})), ["rd", "robocopy", "ren", "rd"]),
        (move(FILES, copy=FILES, same=frozenset({"a.txt"})), ["rd", "robocopy", "ren", "rd"]),
        (move(FILES, copy=FILES, same=ALL), ["ren", "rd"]),
        (move(FILES, destination=FILES, same=ALL), ["rd"]),
    ],
    ids=["nothing copied yet", "cut short", "one file differs", "copied whole", "only the source is left"],
)
def test_each_stage_follows_from_what_was_read(actual: Move, acts: list[str]) -> None:
    plan = STATE.plan(actual, FACTS_2008_R2)
    assert [act.line.split()[0] for act in plan if isinstance(act, Act)] == acts
    assert any(row.differs for row in STATE.rows(actual, FACTS_2008_R2))


def test_nothing_is_removed_before_a_reading() -> None:
    """Each command before the removal of the source asks to be followed by a reading."""
    *before, remove = STATE.plan(move(FILES), FACTS_2008_R2)
    assert all(isinstance(act, Act) and act.then_read for act in before)
    assert isinstance(remove, Act)
    assert remove.line == f'rd /s /q "{SOURCE}"'


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (move(FILES, destination={"a.txt": 3}, same=frozenset({"a.txt"})), "already holds something different"),
        (move(FILES, destination={**FILES, "x": 1}, same=ALL), "1 differences: x"),
        (move(FILES, destination={"a.txt": 9}), "a.txt, local\\b.txt"),
        (move(FILES, free=6), "6 bytes are free"),
        (move(FILES, free=None), "cannot be reached"),
        (move(), "nothing to move"),
        (move(copy=FILES), "was never proven"),
        (move(destination={}), "has no file in it"),
        (move(copy=FILES, destination=FILES), "left over"),
        (move(FILES, copy=FILES, destination=FILES, same=ALL), "are both there"),
        (move(FILES, copy={**FILES, "theirs": 1}, same=ALL), "what C:\\E\\NVWORK has not (theirs)"),
    ],
)
def test_what_stops_a_move(actual: Move, words: str) -> None:
    (blocked,) = STATE.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert words in blocked.reason


def test_an_empty_folder_too_many_is_a_difference() -> None:
    other = Tree(DESTINATION, "folder", FILES, frozenset({"local", "empty"}))
    actual = Move(tree(SOURCE, FILES), tree("", None), other, ALL, "", 100_000)
    (blocked,) = STATE.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert "empty" in blocked.reason


@pytest.mark.parametrize("place", ["source", "copy", "destination"])
def test_a_junction_anywhere_stops_a_move(place: str) -> None:
    """A destination that leads to the source is equal to it in every file, and is gone with it."""
    files = {"source": FILES, "destination": FILES} | {place: FILES}
    actual = move(**files, same=ALL)
    linked = replace(actual, **{place: replace(getattr(actual, place), links=frozenset({"."}))})
    (blocked,) = STATE.plan(linked, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert f"{getattr(actual, place).path} is a junction or link" in blocked.reason
    assert any(row.differs for row in STATE.rows(linked, FACTS_2008_R2))


def test_the_proof_is_of_the_destination_where_there_is_one() -> None:
    """An old copy beside it is equal to the source, the destination is not: the source is not taken for moved."""
    listed_destination = LISTED_SOURCE.replace("C:\\E\\NVWORK", "W:\\NVWORK")
    lines, actual = asked(
        STATE,
        FACTS_2008_R2,
        [reply(LISTED_SOURCE), reply(LISTED_COPY), reply(listed_destination), reply(ROOM)],
        [reply(hashed(SOURCE, HASH)), reply(hashed("W:\\NVWORK", "b" * 40))],
    )
    assert '"W:\\NVWORK"' in lines[1][1]
    assert actual.unlike(actual.destination) == ["a.txt"]


@pytest.mark.parametrize("actual", [move(), move(destination={})], ids=["nowhere", "empty"])
def test_a_folder_that_is_nowhere_has_not_moved(actual: Move) -> None:
    assert any(row.differs for row in STATE.rows(actual, FACTS_2008_R2))


def test_moved_is_moved() -> None:
    actual = move(destination=FILES)
    assert not any(row.differs for row in STATE.rows(actual, FACTS_2008_R2))


LISTED_SOURCE = "is a folder\r\nd--------||C:\\E\\NVWORK\r\n"
LISTED_SOURCE += "--a------|3|C:\\E\\NVWORK\\a.txt\r\n--a------|0|C:\\E\\NVWORK\\空.txt\r\n"
LISTED_COPY = LISTED_SOURCE.replace("C:\\E\\NVWORK", "W:\\NVWORK.copying")
ROOM = "    1 個のディレクトリ   500000 バイトの空き領域\r\n"
HASH = "a" * 40


def hashed(folder: str, value: str) -> str:
    return f"@{folder}\\a.txt\r\nSHA1:\r\n{value}\r\nok\r\n@{folder}\\空.txt\r\nCertUtil: 0x800703ee\r\n"


@pytest.mark.parametrize(("other", "same"), [(HASH, {"a.txt", "空.txt"}), ("b" * 40, {"空.txt"})])
def test_content_is_compared_by_hash_and_an_empty_file_by_size(other: str, same: set[str]) -> None:
    lines, actual = asked(
        STATE,
        FACTS_2008_R2,
        [reply(LISTED_SOURCE), reply(LISTED_COPY), reply("is absent\r\n"), reply(ROOM)],
        [reply(hashed(SOURCE, HASH)), reply(hashed("W:\\NVWORK.copying", other))],
    )
    assert actual.same == same
    assert actual.free_bytes == 500000
    assert bool(actual.digest)
    assert all("certutil -hashfile" in line for line in lines[1])


def test_before_2008_content_is_compared_file_by_file() -> None:
    lines, actual = asked(
        STATE,
        FACTS_2003,
        [reply(LISTED_SOURCE), reply(LISTED_COPY), reply("is absent\r\n"), reply(ROOM)],
        [reply("", 0), reply("", 1)],
    )
    assert [line.split()[0:2] for line in lines[1]] == [["fc", "/b"]] * 2
    assert actual.same == {"a.txt"}
    assert (plan := STATE.plan(actual, FACTS_2003))
    assert isinstance(plan[1], Act)
    assert plan[1].line.startswith("xcopy ")
    assert [code for code in range(9) if code in plan[1].success] == [0], "4 and 5 are failures of xcopy"


REMOVED = FolderRemoved(SOURCE, DESTINATION)


@pytest.mark.parametrize(
    ("shared", "left", "words"),
    [
        (None, None, "node1 has no W:\\NVWORK yet"),
        (FILES, FILES, "node1 still has its own"),
        ({"a.txt": 3}, None, "W:\\NVWORK on node1 has 1 of its 2 files (missing: local\\b.txt)"),
    ],
)
def test_a_standby_keeps_its_folder_until_the_active_node_has_all_of_it(
    shared: dict[str, int] | None, left: dict[str, int] | None, words: str
) -> None:
    actual = Removal(tree(SOURCE, FILES), tree(DESTINATION, shared), tree(SOURCE, left), "node1")
    (blocked,) = REMOVED.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert f"{SOURCE} is kept, because" in blocked.reason
    assert words in blocked.reason


@pytest.mark.parametrize("place", ["here", "shared"])
def test_a_standby_keeps_what_is_a_junction(place: str) -> None:
    actual = Removal(tree(SOURCE, FILES), tree(DESTINATION, FILES), tree(SOURCE, None), "node1")
    linked = replace(actual, **{place: replace(getattr(actual, place), links=frozenset({"local"}))})
    (blocked,) = REMOVED.plan(linked, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert "\\local is a junction or link" in blocked.reason


def test_a_standby_gives_its_folder_up_once_that_is_safe() -> None:
    shared = {"A.TXT": 9, "LOCAL\\B.txt": 1, "more": 1}
    actual = Removal(tree(SOURCE, FILES), tree(DESTINATION, shared), tree(SOURCE, None), "node1")
    (act,) = REMOVED.plan(actual, FACTS_2008_R2)
    assert isinstance(act, Act)
    assert act.line == f'rd /s /q "{SOURCE}"'


def test_the_active_node_is_not_asked_when_there_is_nothing_to_remove() -> None:
    lines, actual = asked(REMOVED, FACTS_2008_R2, [reply("is absent\r\n")])
    assert len(lines) == 1
    assert not any(row.differs for row in REMOVED.rows(actual, FACTS_2008_R2))
