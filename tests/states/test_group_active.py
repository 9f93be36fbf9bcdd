"""Where the group runs: what is done about it, and what is said of how it went."""

from datetime import UTC, datetime, timedelta

import pytest

from runbook_lib.commands.cluster import ClusterStatus, Group
from runbook_lib.states.cluster import Expectation, GroupActive, WatchedStatus
from runbook_lib.states.state import AWAY, Act, Await, Blocked, Span
from tests.states.asking import FACTS_2008_R2, asked, reply

EXPECTATION = Expectation(300, "It is late.", "Alerts may be lost.", "CM GUI.")
STATE = GroupActive("G", ("node1",), EXPECTATION)


def status(group: str, active: str | None, **servers: str) -> ClusterStatus:
    return ClusterStatus(
        {"node1": "Online", "node2": "Online", "node3": "Online"} | servers,
        {"G": Group(group, active, {"md1": group})},
        {},
    )


def span(seconds: float = 12.5) -> Span:
    began = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    return Span(began, began + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("actual", "line"),
    [
        (status("Offline", None), 'clpgrp -s "G" -h "node1"'),
        (status("Online", "node2"), 'clpgrp -m "G" -h "node2" -a "node1"'),
        (status("Online", "NODE2"), 'clpgrp -m "G" -h "NODE2" -a "node1"'),
    ],
)
def test_a_group_is_started_or_moved(actual: ClusterStatus, line: str) -> None:
    (act,) = STATE.plan(actual, FACTS_2008_R2)
    assert isinstance(act, Act)
    assert (act.line, act.limit) == (line, "failover")


def test_the_first_node_that_is_online_is_taken() -> None:
    (act,) = GroupActive("G", ("node1", "node3")).plan(status("Offline", None, node1="Offline"), FACTS_2008_R2)
    assert isinstance(act, Act)
    assert act.line.endswith('-h "node3"')


@pytest.mark.parametrize("word", ["Online Pending", "Offline Pending"])
def test_a_group_on_its_way_is_waited_for(word: str) -> None:
    (part,) = STATE.plan(status(word, "node2"), FACTS_2008_R2)
    assert isinstance(part, Await)


@pytest.mark.parametrize(
    ("actual", "reason"),
    [
        (ClusterStatus({"node1": "Online"}, {}, {}), "There is no group G"),
        (status("Online", "node2", node1="Offline"), "node1 is Offline in the cluster"),
        (status("Online Failure", "node1"), r"Group G is Online Failure on node1 (md1 is Online Failure)"),
        (status("Offline Failure", "node2"), r"Group G is Offline Failure on node2"),
    ],
)
def test_what_stops_it(actual: ClusterStatus, reason: str) -> None:
    (part,) = STATE.plan(actual, FACTS_2008_R2)
    assert isinstance(part, Blocked)
    assert reason in part.reason


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        (status("Online", "node2"), status("Offline Pending", "node2"), True),
        (status("Online", "node2"), status("Offline", None), True),
        (status("Online", "node2"), status("Online", "node2"), False),
        (status("Online", "node2"), status("Online", "node2", node2="Offline"), True),
        (status("Online", "node2"), status("Online", "node3", node2="Offline"), False),
        (status("Offline", None), status("Offline", None), False),
        (status("Offline", None), status("Online Pending", "node1"), True),
    ],
)
def test_what_is_still_under_way(before: ClusterStatus, after: ClusterStatus, waits: bool) -> None:
    assert STATE.unsettled(before, after) is waits


def test_a_failover_is_told_with_its_times() -> None:
    said = STATE.how_it_went(status("Online", "node2"), status("Online", "node1"), span())
    assert said == (
        "The group moved from node2 to node1 (2026-01-02 03:04:05 to 03:04:17 UTC, 12.5 s). Alerts may be lost."
    )


def test_a_slow_failover_is_told_as_slow() -> None:
    said = STATE.how_it_went(status("Online", "node2"), status("Online", "node1"), span(301))
    assert "That is longer than 300 s: It is late. Alerts" in said


@pytest.mark.parametrize("where", ["node1", "node3"])
def test_a_forced_shutdown_is_told_wherever_the_group_ended_up(where: str) -> None:
    said = STATE.how_it_went(status("Online", "node2"), status("Online", where, node2="Offline"), span())
    assert f"The group moved from node2 to {where}" in said
    assert "node2, where it ran, is Offline in the cluster since: CLUSTERPRO shut the node down by force" in said
    assert "CM GUI. Find out why, and see that node2 comes back." in said


@pytest.mark.parametrize(("mark", "said"), [("B", True), ("A", False)])
def test_a_node_that_is_back_already_is_known_by_its_boot(mark: str, said: bool) -> None:
    def watched(one: ClusterStatus, now: str) -> WatchedStatus:
        return WatchedStatus(one.servers, one.groups, one.monitors, {"NODE2": {"ShutdownTime": now}})

    before, after = watched(status("Online", "node2"), "A"), watched(status("Online", "node1"), mark)
    assert ("node2, where it ran, has booted anew since" in STATE.how_it_went(before, after, span())) is said


def test_the_boots_of_nodes_that_may_be_away() -> None:
    state = GroupActive("G", ("node1",), watched=("node1", "node2"))
    picture = "  <server>\r\n   *node1 ....: Online\r\n  <group>\r\n    G ....: Online\r\n      current : node1\r\n"
    here = [reply("    ShutdownTime    REG_BINARY    A0"), reply("")]
    away = [reply("node2 cannot be reached", AWAY)] * 2
    lines, actual = asked(state, FACTS_2008_R2, [reply(picture)], [*here, *away])
    assert len(lines[1]) == 4
    assert isinstance(actual, WatchedStatus)
    assert actual.boots == {"node1": {"ShutdownTime": "A0"}}


def test_of_what_did_not_move_nothing_is_said() -> None:
    assert STATE.how_it_went(status("Online", "node2"), status("Online", "node2"), span()) == ""


def test_a_start_loses_nothing() -> None:
    said = STATE.how_it_went(status("Offline", None), status("Online", "node1"), span())
    assert said.startswith("The group was started on node1 (")
    assert "Alerts" not in said


def test_a_move_that_leaves_the_group_stopped_is_told() -> None:
    said = STATE.how_it_went(status("Online", "node2"), status("Online Failure", "node1"), span())
    assert said.startswith("The group is Online Failure on node1 (")
