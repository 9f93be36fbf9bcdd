"""What is where on every node: situations as rows, and what may be done about them."""

from typing import Any

import pytest

from runbook_lib.commands.addresses import parse_list
from runbook_lib.commands.cluster import ClusterStatus, Group
from runbook_lib.states.everywhere import (
    AddressAndDiskFollowGroup,
    Everywhere,
    MonitorsNormal,
    OnlyOnActiveNode,
    ServicesFollowGroup,
    read_everywhere,
)
from runbook_lib.states.state import AWAY, Await, Blocked
from tests.states.asking import FACTS_2008_R2, reply

NODES = ("node1", "node2")
STATUS = "  <server>\n   *node1 .....: Online\n    node2 .....: Online\n  <group>\n    G .........: Online\n"
SERVICES = ServicesFollowGroup("G", NODES, ("Base", "Relay"))
PLACE = AddressAndDiskFollowGroup("G", NODES, "W:", "10.0.0.200")
GUI = OnlyOnActiveNode("G", NODES, "CM GUI", ("Viewer.exe",), "nobody knows")
UP, DOWN, STARTING, STOPPING = 4, 1, 2, 3


def listing(**states: int) -> str:
    return "".join(
        f"SERVICE_NAME: {name}svc\r\nDISPLAY_NAME: {name}\r\n        STATE              : {state}  X\r\n\r\n"
        for name, state in states.items()
    )


def differing(state: Any, actual: Everywhere) -> dict[str, object]:
    return {row.key: row.actual for row in state.rows(actual, FACTS_2008_R2) if row.differs}


BOTH, NONE = listing(Base=UP, Relay=UP), listing(Base=DOWN, Relay=DOWN)
AWAY_TEXT = "node2 cannot be reached at http://x: timed out"


@pytest.mark.parametrize(
    ("active", "first", "second", "wrong", "plan"),
    [
        ("node1", BOTH, NONE, {}, None),
        ("NODE1", BOTH, listing(Other=UP), {}, None),
        (
            "node1",
            listing(Base=UP, Relay=STARTING),
            NONE,
            {"node1 (active)": "1 of 2, without Relay (start pending)"},
            Await,
        ),
        ("node1", BOTH, listing(Base=STOPPING, Relay=DOWN), {"node2 (standby)": "Base (stop pending)"}, Await),
        ("node1", listing(Base=UP), NONE, {"node1 (active)": "1 of 2, without Relay (not installed)"}, Blocked),
        (
            "node1",
            listing(Base=UP, Relay=STARTING),
            listing(Base=UP, Relay=DOWN),
            {"node1 (active)": "1 of 2, without Relay (start pending)", "node2 (standby)": "Base (running)"},
            Blocked,
        ),
        (None, NONE, NONE, {"": "no node"}, None),
        (None, BOTH, NONE, {"": "no node", "node1 (standby)": "all (running)"}, Blocked),
        ("node1", BOTH, None, {"node2 (standby)": AWAY_TEXT}, Blocked),
    ],
)
def test_services(active: str | None, first: str, second: str | None, wrong: dict[str, str], plan: Any) -> None:
    actual = Everywhere(active, {"node1": (first,), "node2": (second,) if second else AWAY_TEXT})
    found = differing(SERVICES, actual)
    assert found == {f"running on {node}" if node else "group runs on": shown for node, shown in wrong.items()}
    if plan:
        (part,) = SERVICES.plan(actual, FACTS_2008_R2)
        assert isinstance(part, plan)


EVERYTHING = {f"{what} on {node}" for what in ("W:", "10.0.0.200") for node in ("node1 (standby)", "node2 (active)")}
HERE, ELSEWHERE = ("usable", "IPv4 : 10.0.0.1\n IPv4 : 10.0.0.200\n"), ("absent\r\n", "IPv4 : 10.0.0.2\n")


@pytest.mark.parametrize(
    ("active", "first", "second", "wrong"),
    [
        ("node1", HERE, ELSEWHERE, set()),
        ("node2", HERE, ELSEWHERE, EVERYTHING),
        ("node1", HERE, (HERE[0], ELSEWHERE[1]), {"W: on node2 (standby)"}),
        ("node1", (HERE[0], ELSEWHERE[1]), ELSEWHERE, {"10.0.0.200 on node1 (active)"}),
        ("node1", HERE, AWAY_TEXT, {"W: on node2 (standby)"}),
        (None, ELSEWHERE, ELSEWHERE, set()),
    ],
)  # fmt: skip
def test_address_and_disk(active: str | None, first: Any, second: Any, wrong: set[str]) -> None:
    assert set(differing(PLACE, Everywhere(active, {"node1": first, "node2": second}))) == wrong


def test_a_virtual_address_is_only_told() -> None:
    state = AddressAndDiskFollowGroup("G", NODES, "W:", "10.0.0.200", listed=False)
    actual = Everywhere("node1", {"node1": (HERE[0], ""), "node2": ELSEWHERE})
    assert differing(state, actual) == {}
    assert ("10.0.0.200 on node1 (active)", "not there") in [row[:2] for row in state.rows(actual, FACTS_2008_R2)]


def test_programs() -> None:
    some, none = '"smss.exe","4"\n"VIEWER.EXE","12","Console"\n', '"smss.exe","4"\n'
    assert differing(GUI, Everywhere("node1", {"node1": (some,), "node2": (none,)})) == {}
    found = differing(GUI, Everywhere("node1", {"node1": (none,), "node2": (some,)}))
    assert found == {"CM GUI on node2 (standby)": "open: VIEWER.EXE (12)"}
    assert GUI.left_out(FACTS_2008_R2) == ""


def test_programs_that_nobody_can_name_are_left_out() -> None:
    state = OnlyOnActiveNode("G", NODES, "CM GUI", (), "nobody knows")
    assert state.left_out(FACTS_2008_R2) == "nobody knows"
    with pytest.raises(StopIteration) as end:
        next(state.reading(FACTS_2008_R2))
    assert state.rows(end.value.value, FACTS_2008_R2) == ()


@pytest.mark.parametrize(
    ("resources", "monitors", "wrong"),
    [
        ({"md1": "Online"}, {"mdw1": "Normal", "userw": "Online"}, set()),
        ({"md1": "Online Failure"}, {"mdw1": "Caution"}, {"md1", "monitor mdw1"}),
        ({}, {"mdw1": "Suspend"}, {"monitor mdw1"}),
    ],
)
def test_monitors(resources: dict[str, str], monitors: dict[str, str], wrong: set[str]) -> None:
    status = ClusterStatus({}, {"G": Group("Online", "node1", resources)}, monitors)
    assert {row.key for row in MonitorsNormal("G").rows(status, FACTS_2008_R2) if row.differs} == wrong


def test_every_node_is_asked_the_same_and_one_that_is_away_is_told() -> None:
    reading = read_everywhere("G", NODES, "a", "b")
    assert [(ask.on, ask.line) for ask in next(reading)][1:] == [
        ("node1?", "a"), ("node1?", "b"), ("node2?", "a"), ("node2?", "b"),
    ]  # fmt: skip
    with pytest.raises(StopIteration) as end:
        reading.send((reply(STATUS), reply("1"), reply("2", 1), *(reply("gone", AWAY) for _ in "ab")))
    assert end.value.value == Everywhere(None, {"node1": ("1", "2"), "node2": "gone"})


def test_a_node_without_a_cluster_cannot_tell() -> None:
    reading = read_everywhere("G", NODES, "a")
    next(reading)
    with pytest.raises(ValueError, match="shows no cluster"):
        reading.send((reply("not running"), reply(""), reply("")))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("   IPv4 Address. . . . . . . . . . . : 10.0.0.1\r\n", {"10.0.0.1"}),
        ("   IPv4 アドレス . . . . . . . . . . : 10.0.0.200(優先)\r\n", {"10.0.0.200"}),
        ("        IP Address. . . . . . . . . . . . : 10.0.0.2", {"10.0.0.2"}),
        ("                                       10.0.0.3\r\n", {"10.0.0.3"}),
        ("   x : 110.0.0.200\r\n", {"110.0.0.200"}),
        ("   Link-local IPv6 Address . . . . . : fe80::5efe:10.0.0.1%12\r\n", set()),
        ("   Name: a10.0.0.1\r\n", set()),
    ],
)
def test_addresses(line: str, found: set[str]) -> None:
    assert parse_list(line) == found
