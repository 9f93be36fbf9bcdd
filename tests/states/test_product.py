"""When a set-up may begin, by whom, and when it is done: every situation, and what is planned for it."""

from base64 import b64encode
from dataclasses import replace

import pytest

from runbook_lib.states.product import Found, ProductSetUp, Silent
from runbook_lib.states.state import Act, Blocked, ByHand
from tests.states.asking import FACTS_2003, FACTS_2008_R2, asked, reply

LOCAL, SHARED = "C:\\ESMPRO\\CM", "W:\\ESMPRO\\CM"
STATE = ProductSetUp(
    product="the manager",
    node="node1",
    nodes=("node1", "node2"),
    group="ESMPROCM",
    services=("ESM Base Service", "CM Manager", "CM Sender"),
    own_services=("CM Manager", "CM Sender"),
    local_folder=LOCAL,
    shared_folder=SHARED,
    shared=("BIN\\CMSetDst.exe", "setup\\"),
    keys=(("HKLM\\SOFTWARE\\NEC\\CM", True),),
    program="ClientManager",
    choices=(("First directory", LOCAL), ("Second directory", SHARED)),
)
SILENT = replace(STATE, silent=Silent("C:\\CM\\setup.exe /s", "C:\\answers.iss", b"[Answers]secret\r\n"))
KEY = "HKLM\\SOFTWARE\\Wow6432Node\\NEC\\CM"
BOTH, HERE, NOWHERE = frozenset({"node1", "node2"}), frozenset({"node1"}), frozenset[str]()
DONE = Found((), True, True, {KEY: True}, dict.fromkeys(STATE.shared, True), "node1", ("WebSAM ClientManager 4.2",))
NOTHING = Found(STATE.services, False, False, {KEY: False}, dict.fromkeys(STATE.shared, False), "node1", (), BOTH, HERE)


@pytest.mark.parametrize(
    "actual",
    [
        replace(DONE, missing=("CM Sender",)),
        replace(DONE, local=False),
        replace(DONE, keys={KEY: False}),
        replace(DONE, shared={"BIN\\CMSetDst.exe": True, "setup\\": False}),
        replace(DONE, shared=dict.fromkeys(STATE.shared), active=None),
        NOTHING,
    ],
)
def test_anything_that_is_missing_is_a_difference(actual: Found) -> None:
    assert any(row.differs for row in STATE.rows(actual, FACTS_2008_R2))


def test_what_the_list_of_programs_says_is_only_shown() -> None:
    assert not any(row.differs for row in STATE.rows(replace(DONE, programs=()), FACTS_2008_R2))


def test_a_person_is_told_every_choice() -> None:
    (by_hand,) = STATE.plan(NOTHING, FACTS_2008_R2)
    assert isinstance(by_hand, ByHand)
    assert "At the console of node1" in by_hand.what
    assert f"First directory: {LOCAL}; Second directory: {SHARED}." in by_hand.what


def test_the_answers_are_on_the_node_before_the_silent_set_up_begins() -> None:
    *before, run, remove = (act for act in SILENT.plan(NOTHING, FACTS_2008_R2) if isinstance(act, Act))
    assert '(move /y %f "C:\\answers.iss"&&del ' in before[-1].line
    assert (run.line, run.limit) == ("C:\\CM\\setup.exe /s", "install")
    assert 3010 in run.success
    assert remove.line == 'del /f /q "C:\\answers.iss"'
    recorded = "".join(act.recorded for act in before)
    assert b64encode(b"[Answers]").decode() not in recorded
    assert "echo (base64)" in recorded
    assert [act.line for act in replace(STATE, silent=Silent("setup /s")).plan(NOTHING, FACTS_2003)] == ["setup /s"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (replace(NOTHING, local_drive=HERE), f"{LOCAL} is refused: C: cannot be reached on node2"),
        (replace(NOTHING, local_drive=NOWHERE), f"{LOCAL} is refused: C: cannot be reached on node1, node2"),
        (replace(NOTHING, switched_drive=NOWHERE), f"{SHARED} is refused: W: cannot be reached on node1. Bring"),
        (replace(NOTHING, switched_drive=BOTH), f"{SHARED} is refused: W: can be reached on node2 too"),
    ],
)
@pytest.mark.parametrize("state", [STATE, SILENT])
def test_a_folder_on_the_wrong_kind_of_drive_is_refused(actual: Found, words: str, state: ProductSetUp) -> None:
    (blocked,) = state.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert words in blocked.reason
    assert "nothing was started" in blocked.reason


def test_a_product_that_is_there_in_part_is_never_set_up_over() -> None:
    actual = replace(NOTHING, missing=("CM Sender",), begun=True)
    (blocked,) = SILENT.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert "only in part: services is 2 of 3, without CM Sender" in blocked.reason
    (by_hand,) = STATE.plan(actual, FACTS_2008_R2)
    assert isinstance(by_hand, ByHand)


def test_services_that_other_products_bring_do_not_count_as_begun() -> None:
    actual = replace(NOTHING, missing=("CM Manager", "CM Sender"))
    assert isinstance(SILENT.plan(actual, FACTS_2008_R2)[-1], Act)


SERVICE = "SERVICE_NAME: {0}\r\nDISPLAY_NAME: {0}\r\n        STATE              : 1  STOPPED\r\n\r\n"
SERVERS = "  <server>\r\n   *node1 ...: Online\r\n    node2 ...: Online\r\n"
CLUSTER = SERVERS + "  <group>\r\n    ESMPROCM ...: {}\r\n      current : {}\r\n"
PROGRAMS = (
    "HKEY_LOCAL_MACHINE\\U\\1\r\n    DisplayName    REG_SZ    WebSAM ClientManager\r\n"
    "    DisplayVersion    REG_SZ    4.2\r\n"
)
THERE, ABSENT = reply("there\r\n"), reply("absent\r\n")


def first_round(
    *services: str, active: str = "NODE2", local: bool = True, key: int = 0, views: int = 2
) -> list[object]:
    listed = "".join(SERVICE.format(name) for name in services)
    status = CLUSTER.format("Online" if active != "None" else "Offline", active)
    programs = [reply(PROGRAMS), reply("", 1)][:views]
    return [reply(listed), reply(status), THERE if local else ABSENT, reply("HKEY_LOCAL_MACHINE\\X", key), *programs]


def test_the_switched_partition_is_read_where_the_group_runs() -> None:
    reading = STATE.reading(FACTS_2008_R2)
    assert {ask.on for ask in next(reading)} == {"this"}
    asks = reading.send(tuple(first_round(*STATE.services)))  # type: ignore[arg-type]
    assert [(ask.on, ask.line) for ask in asks] == [
        ("node2", f'if exist "{SHARED}\\BIN\\CMSetDst.exe" (echo there) else (echo absent)'),
        ("node2", f'if exist "{SHARED}\\setup\\" (echo there) else (echo absent)'),
    ]
    with pytest.raises(StopIteration) as end:
        reading.send((THERE, THERE))
    found = end.value.value
    assert found == replace(DONE, active="node2")


def test_drives_are_read_on_every_node_only_while_something_is_missing() -> None:
    reading = STATE.reading(FACTS_2003)
    next(reading)
    reading.send(tuple(first_round("ESM Base Service", local=False, key=1, active="node1", views=1)))  # type: ignore[arg-type]
    asks = reading.send((ABSENT, ABSENT))
    places = [(ask.on, ask.line.split('"')[1]) for ask in asks]
    assert places == [(node, drive) for drive in ("C:\\", "W:\\") for node in ("node1", "node2")]
    with pytest.raises(StopIteration) as end:
        reading.send((THERE, THERE, THERE, ABSENT))
    found = end.value.value
    assert (found.local_drive, found.switched_drive, found.begun) == (BOTH, HERE, False)
    assert found.keys == {"HKLM\\SOFTWARE\\NEC\\CM": False}


@pytest.mark.parametrize("active", ["None", "elsewhere"])
def test_a_group_that_runs_nowhere_leaves_the_partition_unread(active: str) -> None:
    drives = [THERE, THERE, ABSENT, ABSENT]
    lines, found = asked(STATE, FACTS_2008_R2, first_round(*STATE.services, active=active), drives)  # type: ignore[arg-type]
    assert len(lines) == 2
    assert found.shared == dict.fromkeys(STATE.shared)
    rows = {row.key: row.actual for row in STATE.rows(found, FACTS_2008_R2)}
    assert rows[f"{SHARED}\\setup\\"] == "out of reach"


def test_no_services_at_all_is_no_answer() -> None:
    with pytest.raises(ValueError, match="listed no service at all"):
        asked(STATE, FACTS_2008_R2, first_round())  # type: ignore[arg-type]
