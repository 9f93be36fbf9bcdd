"""What an uninstallation leaves, and when it may be deleted: every situation, and what is planned for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from runbook_lib.commands.folders import Tree
from runbook_lib.node import Reply
from runbook_lib.states.afterwards import OnlyAfter
from runbook_lib.states.attended import Confirmation
from runbook_lib.states.leftovers import LeftBehind, OthersMayGo, Shared, SharedFolderRemoved
from runbook_lib.states.state import Act, Blocked, ByHand, Plan
from runbook_lib.states.uninstall import Product, ProductRemoved, Remains, RemovedEverywhere
from runbook_lib.states.windows import FolderThere
from tests.states.asking import FACTS_2003, FACTS_2008_R2, asked, reply

FOLDER = "W:\\ESMPRO\\CM"
PRODUCT = Product("the manager", ("CM Manager",), (FOLDER,))
EVERYWHERE = RemovedEverywhere(PRODUCT, ("node1", "node2"))
EXCUSED = replace(EVERYWHERE, excused=(("node2", "its disk was replaced"),))
STATE = SharedFolderRemoved(EVERYWHERE, "ESMPROCM", "node1", FOLDER, ("W:\\NVWORK",))
DELETING = replace(STATE, everywhere=EXCUSED)
NONE, WHOLE = Remains(), Remains(("CM Manager",))
TREE = Tree(FOLDER, "folder", {"BIN\\CMSetDst.exe": 40})
ABSENT = Tree(FOLDER, "absent")
DONE = {"node1": NONE, "node2": NONE}
LEFT = Shared(DONE, registered=True, active="node1", tree=TREE)


def differs(state: SharedFolderRemoved, actual: Shared) -> bool:
    return any(row.differs for row in state.rows(actual, FACTS_2003))


@pytest.mark.parametrize(
    ("actual", "wrong"),
    [
        (Shared({"node1": NONE, "node2": WHOLE}, registered=True, active="node1"), False),
        (Shared(DONE, registered=False, active=None), False),
        (Shared(DONE, registered=True, active=None), True),
        (replace(LEFT, tree=ABSENT), False),
        (replace(LEFT, tree=Tree(FOLDER, "file")), True),
        (LEFT, True),
    ],
)
def test_it_is_wrong_only_when_every_node_has_uninstalled_and_it_is_there_or_unread(
    actual: Shared, wrong: bool
) -> None:
    assert differs(STATE, actual) is wrong


def test_an_excused_node_is_not_waited_for() -> None:
    assert differs(DELETING, Shared({"node1": NONE, "node2": WHOLE}, registered=True, active="node1", tree=TREE))
    assert not differs(DELETING, Shared({"node1": WHOLE, "node2": WHOLE}, registered=True, active="node1"))


def test_it_is_deleted_for_a_node_that_cannot_uninstall_and_the_reason_is_told() -> None:
    (act,) = DELETING.plan(LEFT, FACTS_2003)
    assert isinstance(act, Act)
    assert act.line == f'rd /s /q "{FOLDER}"'
    assert "node2 cannot uninstall (its disk was replaced)" in act.why


def test_a_person_decides_where_every_node_has_uninstalled() -> None:
    (by_hand,) = STATE.plan(LEFT, FACTS_2003)
    assert isinstance(by_hand, ByHand)
    assert "still holds 1 files in 1 folders, 40 bytes. On node1, put away what is still needed" in by_hand.what


def kept(plan: Plan) -> str:
    (blocked,) = plan
    assert isinstance(blocked, Blocked)
    return blocked.reason


@pytest.mark.parametrize(
    ("state", "actual", "words"),
    [
        (DELETING, replace(LEFT, tree=None, active=None), "runs on no node, so W:\\ESMPRO\\CM cannot be read"),
        (DELETING, replace(LEFT, tree=Tree(FOLDER, "file")), "is a file, not a folder"),
        (DELETING, replace(LEFT, tree=replace(TREE, links=frozenset({"BIN"}))), "BIN is a junction or link"),
        (DELETING, replace(LEFT, active="node2"), "runs on node2: run this chapter there"),
        (replace(DELETING, kept=(FOLDER + "\\NVWORK",)), LEFT, "holds W:\\ESMPRO\\CM\\NVWORK, which stays"),
        (replace(DELETING, kept=(FOLDER.upper(),)), LEFT, "which stays"),
        (replace(DELETING, folder="W:\\"), LEFT, "holds W:, which stays"),
    ],
)
def test_nothing_is_deleted(state: SharedFolderRemoved, actual: Shared, words: str) -> None:
    assert words in kept(state.plan(actual, FACTS_2003))


SERVICE = "SERVICE_NAME: {0}\r\nDISPLAY_NAME: {0}\r\n        STATE              : 1  STOPPED\r\n\r\n"
CLUSTER = "  <server>\r\n   *node1 ...: Online\r\n  <group>\r\n    ESMPROCM ...: Online\r\n      current : NODE2\r\n"


def node(*names: str) -> list[Reply]:
    programs = "HKEY_LOCAL_MACHINE\\U\\1\r\n    DisplayName    REG_SZ    CLUSTERPRO X\r\n"
    return [reply("".join(SERVICE.format(name) for name in names)), reply(programs)]


def test_the_folder_is_read_where_the_group_runs_and_not_before_every_node_is() -> None:
    reading = STATE.reading(FACTS_2003)
    assert [ask.on for ask in next(reading)] == ["node1", "node1", "node2", "node2"]
    reading.send((*node("Spooler"), *node("Spooler")))
    (ask,) = reading.send((reply(CLUSTER),))
    assert ask.on == "node2"
    with pytest.raises(StopIteration) as end:
        reading.send((reply("is absent\r\n"),))
    assert end.value.value == Shared(DONE, registered=True, active="node2", tree=ABSENT)

    lines, found = asked(STATE, FACTS_2003, [*node("Spooler"), *node("CM Manager")], [reply(CLUSTER)])
    assert len(lines) == 2
    assert (found.tree, found.active) == (None, "node2")


MIRROR = (Path(__file__).parent / "clpconf_samples" / "basiccluster-mirror.conf").read_bytes()


@pytest.mark.parametrize(
    ("own", "said", "actual", "wrong"),
    [
        (("fip", "md"), False, None, False),
        (("fip",), False, "md md", True),
        (("fip",), True, "md md; may go, attested by Sato at 2026-11-23: agreed", False),
    ],
)
def test_what_others_have_put_in_needs_a_word(
    own: tuple[str, ...], said: bool, actual: str | None, wrong: bool
) -> None:
    state = OthersMayGo("failover", "C:\\CLP", own)
    answer = reply('{"by": "Sato", "at": "2026-11-23", "note": "agreed"}') if said else reply("", 1)
    file = reply(b"size %d\r\n" % len(MIRROR) + MIRROR)
    lines, found = asked(state, FACTS_2003, [file], [answer])
    assert lines[1] == ["cluster confirmation others-may-go"]
    (row,) = state.rows(found, FACTS_2003)
    assert (row.actual, row.differs) == (actual, wrong)
    (by_hand,) = state.plan(found, FACTS_2003)
    assert isinstance(by_hand, ByHand)
    assert by_hand.key == "others-may-go"


def test_a_group_that_is_not_there_holds_nothing() -> None:
    state = OthersMayGo("ESMPROCM", "C:\\CLP", ())
    _, found = asked(state, FACTS_2003, [reply(b"size %d\r\n" % len(MIRROR) + MIRROR)], [reply("", 1)])
    assert found == ("", None)
    assert not state.rows(("", Confirmation("Sato", "now", "yes")), FACTS_2003)[0].differs


def test_what_stays_is_named_and_never_wrong() -> None:
    state = LeftBehind("node1", ("W:\\NVWORK", "C:\\CM"), (("HKLM\\SOFTWARE\\NEC\\CM", True),), ("Base",), ("A", "B"))
    listing = "is a folder\r\nd--------|0|C:\\CM\r\n--a------|3|C:\\CM\\log.txt\r\n"
    first = [
        reply(SERVICE.format("B")),
        reply("HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\NEC\\CM\r\n"),
        reply("absent"),
        reply("there"),
        reply("is absent"),
        reply(listing),
    ]
    lines, rows = asked(state, FACTS_2008_R2, first, [reply("    Type    REG_DWORD    0x110\r\n")])
    assert lines[0][1] == 'reg query "HKLM\\SOFTWARE\\Wow6432Node\\NEC"'
    assert [(row.key, row.actual) for row in state.rows(rows, FACTS_2008_R2)] == [
        ("Base", "not there"),
        ("HKLM\\SOFTWARE\\Wow6432Node\\NEC\\CM", "stays"),
        ("W:\\NVWORK", "out of reach here"),
        ("C:\\CM", "stays: 1 files in 1 folders, 3 bytes"),
        ("B interacts with the desktop", "may, and stays so"),
    ]
    assert not any(row.differs for row in rows)


LAST = OnlyAfter(FolderThere("C:\\x"), ProductRemoved(PRODUCT, "node1"))


def test_the_last_step_is_neither_read_nor_planned_before_its_time() -> None:
    lines, early = asked(LAST, FACTS_2003, node("CM Manager"))
    assert len(lines) == 1
    assert not any(row.differs for row in LAST.rows(early, FACTS_2003))
    assert LAST.plan(early, FACTS_2003) == ()
    assert ("left as it is", "C:\\x can be reached here") in [
        (one.key, one.actual) for one in LAST.rows(early, FACTS_2003)
    ]

    lines, late = asked(LAST, FACTS_2003, node("Spooler"), [reply("absent")])
    assert [row.key for row in LAST.rows(late, FACTS_2003) if row.differs] == ["C:\\x"]
