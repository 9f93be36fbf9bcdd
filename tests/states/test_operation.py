"""What has to hold before a group is moved, and what a person attests."""

import json

import pytest

from runbook_lib.states.attended import Attested, Confirmation
from runbook_lib.states.operation import MirrorNormal, NoProcess
from runbook_lib.states.running import ServiceFamily, ServicesRunning
from runbook_lib.states.state import Await, Blocked, ByHand
from tests.states.asking import FACTS_2008_R2, asked, reply

STATUS = """  <server>
   *node1 ....: Online
    node2 ....: Online
  <group>
    G ........: {group}
      current : {active}
  <monitor>
    fipw1     : Normal
    {monitor} : {mirror}
"""
LISTED = (
    '"System","4","Services","0","304 K"\r\n"CMGUI.exe","812","Console","1","1 K"\r\n'
    '"a, b.exe","9","Console","1","1 K"\r\n'
)


def status(group: str = "Online", active: str = "node1", monitor: str = "mdw1", mirror: str = "Normal") -> str:
    return STATUS.format(group=group, active=active, monitor=monitor, mirror=mirror)


@pytest.mark.parametrize(
    ("monitor", "mirror", "good"),
    [
        ("mdw1", "Normal", True),
        ("mdw1", "Caution", False),
        ("mdnw1", "Error", False),
        ("hdw1", "Normal", True),
        ("userw", "Normal", False),
    ],
)
def test_the_mirror(monitor: str, mirror: str, good: bool) -> None:
    """A cluster without a monitor of its mirror is not known to be whole."""
    _, actual = asked(MirrorNormal(), FACTS_2008_R2, [reply(status(monitor=monitor, mirror=mirror))])
    assert any(row.differs for row in MirrorNormal().rows(actual, FACTS_2008_R2)) is not good


@pytest.mark.parametrize(("name", "open_now"), [("cmgui.EXE", True), ("a, b.exe", True), ("other.exe", False)])
def test_a_program_by_its_name(name: str, open_now: bool) -> None:
    state = NoProcess("G", (name,))
    lines, actual = asked(state, FACTS_2008_R2, [reply(status())], [reply(LISTED)])
    assert lines == [["clpstat -s"], ["tasklist /fo csv /nh"]]
    (row,) = state.rows(actual, FACTS_2008_R2)
    assert (row.key, row.differs) == (f"{name} on node1", open_now)
    (part,) = state.plan(actual, FACTS_2008_R2)
    assert isinstance(part, ByHand)
    assert not open_now or "on node1" in part.what


def test_a_stopped_group_has_nobody_at_work() -> None:
    state = NoProcess("G", ("cmgui.exe",))
    lines, actual = asked(state, FACTS_2008_R2, [reply(status("Offline", "None"))])
    assert lines == [["clpstat -s"]]
    assert not any(row.differs for row in state.rows(actual, FACTS_2008_R2))


def test_an_empty_list_of_processes_is_no_answer() -> None:
    with pytest.raises(ValueError, match="listed no process at all"):
        asked(NoProcess("G", ("a.exe",)), FACTS_2008_R2, [reply(status())], [reply("INFO: No tasks are running")])


ATTESTED = Attested("key-1", "it is so", "Look at it.")


def test_what_nobody_attested() -> None:
    lines, actual = asked(ATTESTED, FACTS_2008_R2, [reply("{}", 1)])
    assert lines == [["node confirmation key-1"]]
    assert actual is None
    assert [row.differs for row in ATTESTED.rows(actual, FACTS_2008_R2)] == [True]
    assert ATTESTED.plan(actual, FACTS_2008_R2) == (ByHand("Look at it.", "it is so", "key-1"),)


def test_what_somebody_attested_is_never_called_more_than_that() -> None:
    said = reply(json.dumps({"by": "佐藤", "at": "2026-01-02T03:04:05+00:00", "note": "見た"}).encode())
    lines, actual = asked(Attested("k", "w", "t", whole_cluster=True), FACTS_2008_R2, [said])
    assert lines == [["cluster confirmation k"]]
    assert actual == Confirmation("佐藤", "2026-01-02T03:04:05+00:00", "見た")
    (row,) = ATTESTED.rows(actual, FACTS_2008_R2)
    assert (row.actual, row.differs) == ("attested by 佐藤 at 2026-01-02T03:04:05+00:00: 見た", False)


def services(*states: tuple[str, int]) -> str:
    return "".join(
        f"SERVICE_NAME: k{n}\r\nDISPLAY_NAME: {name}\r\n        STATE              : {state}  X\r\n\r\n"
        for n, (name, state) in enumerate(states)
    )


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        ((("A", 4), ("B", 4)), None),
        ((("A", 4), ("B", 2)), Await),
        ((("A", 1), ("B", 2)), Blocked),
        ((("A", 4),), Blocked),
    ],
)
def test_services_that_a_script_starts(states: tuple[tuple[str, int], ...], kind: type | None) -> None:
    state = ServicesRunning(("A", "B"), "The script")
    _, actual = asked(state, FACTS_2008_R2, [reply(services(*states))])
    assert any(row.differs for row in state.rows(actual, FACTS_2008_R2)) is (kind is not None)
    if kind:
        (part,) = state.plan(actual, FACTS_2008_R2)
        assert isinstance(part, kind)


@pytest.mark.parametrize(
    ("states", "good"),
    [
        ((("CLUSTERPRO Server", 4), ("CLUSTERPRO Disk Agent", 1)), True),
        ((("EXPRESSCLUSTER Server", 4),), True),
        ((("CLUSTERPRO Server", 1),), False),
        ((("CLUSTERPRO Event", 4), ("Server", 4)), False),
    ],
)
def test_a_family_stands_or_falls_with_its_main_service(states: tuple[tuple[str, int], ...], good: bool) -> None:
    state = ServiceFamily(("CLUSTERPRO", "EXPRESSCLUSTER"), "Server")
    _, actual = asked(state, FACTS_2008_R2, [reply(services(*states))])
    assert any(row.differs for row in state.rows(actual, FACTS_2008_R2)) is not good
