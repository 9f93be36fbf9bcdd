"""A restart: which readings say that it happened, and what is done about one that has not."""

import json

import pytest

from runbook_lib.commands import boot
from runbook_lib.states.events import Boots, ClusterRestarted
from runbook_lib.states.state import Act, Await, Blocked
from tests.states.asking import FACTS_2008_R2, asked, reply

STATE = ClusterRestarted(("node1", "node2"))
SHUTDOWN = (
    "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Windows\r\n"
    "    ShutdownTime    REG_BINARY    {}\r\n\r\n"
)
LISTED = (
    '"System","4","Services","0","304 K"\r\n"services.exe","{}","Services","0","9,120 K"\r\n'
    '"lsass.exe","{}","Services","0","8 K"\r\n'
)
ONE, OTHER = "A0B1C2D3E4F50601", "B0B1C2D3E4F50601"


def marks(shutdown: str = ONE, services: str = "500", lsass: str = "512") -> dict[str, str]:
    return {"ShutdownTime": shutdown, "services.exe": services, "lsass.exe": lsass}


def picture(*servers: str, here: str = "node1") -> str:
    lines = [
        "  <server>",
        *(f"   {'*' if name == here else ' '}{name} ....: {state}" for name, state in map(str.split, servers)),
    ]
    return "\r\n".join([*lines, "  <group>", "  <monitor>"])


def boots(
    before: dict[str, dict[str, str]], now: dict[str, dict[str, str]], *, node2: str = "node1 Online,node2 Online"
) -> Boots:
    """What a reading would give; *node2*: how node2 sees the servers, empty when CLUSTERPRO does not answer there."""
    answers = []
    for node, view in (("node1", "node1 Online,node2 Online"), ("node2", node2)):
        mark = now[node]
        answers += [
            reply(SHUTDOWN.format(mark["ShutdownTime"])),
            reply(LISTED.format(mark["services.exe"], mark["lsass.exe"])),
            reply(picture(*view.split(","), here=node) if view else "Could not connect to the server."),
        ]
    lines, actual = asked(STATE, FACTS_2008_R2, [reply(json.dumps(before), 0 if before else 1)], answers)
    assert lines[0] == ["boot"]
    assert len(lines[1]) == 6
    assert isinstance(actual, Boots)
    return actual


OLD = {"node1": marks(), "node2": marks()}
NEW = {"node1": marks(OTHER, "480", "496"), "node2": marks(OTHER, "480", "496")}


@pytest.mark.parametrize(
    ("before", "now", "restarted"),
    [
        (OLD, OLD, ("no", "no")),
        ({}, OLD, ("no", "no")),
        (OLD, NEW, ("yes", "yes")),
        (OLD, {"node1": marks(OTHER), "node2": marks()}, ("yes", "no")),
        (OLD, {"node1": marks(lsass="600"), "node2": marks(services="600")}, ("yes", "yes")),
    ],
)
def test_what_says_that_a_node_has_restarted(
    before: dict[str, dict[str, str]], now: dict[str, dict[str, str]], restarted: tuple[str, str]
) -> None:
    rows = {row.key: row for row in STATE.rows(boots(before, now), FACTS_2008_R2)}
    assert (rows["node1 has restarted"].actual, rows["node2 has restarted"].actual) == restarted
    assert any(row.differs for row in rows.values()) == ("no" in restarted)


def test_a_node_that_lost_its_power_is_told_apart() -> None:
    rows = STATE.rows(boots(OLD, {"node1": marks(OTHER), "node2": marks(lsass="600")}), FACTS_2008_R2)
    assert [row.key for row in rows if row.key.endswith("was shut down before")] == ["node2 was shut down before"]
    assert not any(row.differs for row in rows)


def test_a_cluster_that_has_not_restarted_is_restarted() -> None:
    (act,) = STATE.plan(boots(OLD, OLD), FACTS_2008_R2)
    assert isinstance(act, Act)
    assert (act.line, act.limit, act.takes_node_down) == ("clpstdn -r", "restart", True)


@pytest.mark.parametrize("view", ["node1 Online,node2 Offline", "node1 Offline,node2 Online", ""])
def test_nodes_that_are_back_and_not_in_the_cluster_yet_are_waited_for(view: str) -> None:
    actual = boots(OLD, NEW, node2=view)
    assert any(row.differs for row in STATE.rows(actual, FACTS_2008_R2))
    (part,) = STATE.plan(actual, FACTS_2008_R2)
    assert isinstance(part, Await)


def test_one_late_node_does_not_restart_the_others_again() -> None:
    (part,) = STATE.plan(boots(OLD, {"node1": NEW["node1"], "node2": OLD["node2"]}), FACTS_2008_R2)
    assert isinstance(part, Blocked)
    assert "node1 has restarted" in part.reason
    assert "node2 has not" in part.reason


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ((SHUTDOWN.format(ONE), LISTED.format(500, 512)), marks()),
        (
            ("! REG.EXE VERSION 3.0\r\n\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\X\r\n\tShutdownTime\tREG_BINARY\t" + ONE, ""),
            {"ShutdownTime": ONE},
        ),
        (
            ("エラー: 見つかりませんでした。", LISTED.format(500, 512).upper()),
            {"services.exe": "500", "lsass.exe": "512"},
        ),
    ],
)
def test_marks_of_a_boot(outputs: tuple[str, str], found: dict[str, str]) -> None:
    assert boot.parse(outputs) == found


def test_a_boot_that_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="neither ShutdownTime nor"):
        boot.parse(("ERROR: denied", "INFO: No tasks are running"))
    with pytest.raises(ValueError, match="cannot be compared"):
        boot.is_another({"ShutdownTime": ONE}, {"lsass.exe": "1"})
