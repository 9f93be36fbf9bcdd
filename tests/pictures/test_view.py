"""The cluster put together from glances: which of them counts, and what is remarked on."""

from pathlib import Path

import pytest

from runbook_lib.pictures.view import cluster_seen, last_of_each, view_of
from runbook_lib.run.journal import Journal
from tests.pictures.clusters_seen import NOT_READ, SITUATIONS, seen


def at(minute: int) -> str:
    return f"2026-11-20T09:{minute:02}:00.000+00:00"


@pytest.mark.parametrize(
    ("situation", "headline"),
    [
        ("two nodes", "Group ESMPROCM runs on node1."),
        ("group stopped", "Group ESMPROCM runs on no node."),
        ("no group yet", "There is no group ESMPROCM in the cluster yet."),
        ("group failed", "Group ESMPROCM on node1: Online Failure."),
        ("nothing read", "The cluster could not be read."),
        ("elsewhere", "Group ESMPROCM runs on node9."),
    ],
)
def test_the_headline_says_where_the_group_is(situation: str, headline: str) -> None:
    view = view_of(SITUATIONS[situation])
    assert view
    assert view.headline == headline


def test_nothing_seen_is_no_view() -> None:
    assert view_of([]) is None


def test_each_node_tells_of_itself_and_the_last_glance_of_the_cluster() -> None:
    view = view_of([seen("node1", at(1)), seen("node2", at(5), nodes={"node1": "offline", "node2": "online"})])
    assert view
    first, second = view.nodes
    assert (view.read_on, first.status) == ("node2", "offline")
    assert (first.running, first.drive, first.read_at.minute if first.read_at else None) == (13, "reachable", 1)
    assert (second.running, second.drive) == (0, "out of reach")


def test_what_a_node_said_before_the_group_moved_no_longer_counts() -> None:
    view = view_of([seen("node1", at(1)), seen("node2", at(5), active="node2")])
    assert view
    first, second = view.nodes
    assert (first.services, first.drive, first.read_at) == (None, "not read", None)
    assert (second.running, second.is_active, second.drive) == (13, True, "reachable")


def test_a_glance_that_failed_is_remarked_on_and_the_one_before_counts() -> None:
    view = view_of(SITUATIONS["read before"])
    assert view
    assert view.headline == "Group ESMPROCM runs on node1."
    assert view.remarks == ("node1 could not be read: node1 does not answer.",)


def test_a_failure_that_a_later_glance_has_overtaken_is_not_told() -> None:
    view = view_of([seen("node2", at(1), reason="down", **NOT_READ), seen("node1", at(2))])
    assert view
    assert view.remarks == ()


def test_last_of_each_keeps_the_last_that_could_be_read() -> None:
    events = [seen("node1", at(3), reason="x", **NOT_READ), seen("node1", at(1)), seen("node1", at(2))]
    kept = last_of_each([*events, {"event": "step.started", "at": at(9)}])
    assert [(event["at"], event["reason"]) for event in kept] == [(at(2), ""), (at(3), "x")]


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        ({"resources": {"md1": "Offline"}}, "Resource md1 is Offline."),
        ({"monitors": {"userw": "Error"}}, "Monitor userw is Error."),
        (SITUATIONS["contradiction"][0], "W: is out of reach on node1, where the group runs."),
        ({"active": "node9"}, "The group runs on node9, which the site file does not have."),
    ],
)
def test_what_is_odd_is_remarked_on(fields: dict[str, object], remark: str) -> None:
    view = view_of([{**seen(), **fields}])
    assert view
    assert remark in view.remarks


def test_a_standby_that_reaches_the_disk_is_remarked_on_and_a_virtual_ip_is_not() -> None:
    drive = {"letter": "W:", "kind": "mirror", "here": "reachable"}
    address = {"ip": "10.0.0.200", "kind": "virtual", "here": "there"}
    view = view_of([seen("node2", drive=drive, address=address)])
    assert view
    assert view.remarks == ("W: is reachable on node2, where the group does not run.",)


@pytest.mark.parametrize(
    ("monitors", "mirror"),
    [
        ({"fipw1": "Normal"}, ""),
        ({"mdnw1": "Normal"}, "Normal"),
        ({"HDW1": "Error"}, "Error"),
        ({"mdw1": "Normal", "mdw2": "Caution", "mdw3": "Error"}, "Caution"),
    ],
)
def test_of_several_mirrors_the_first_that_is_not_well_counts(monitors: dict[str, str], mirror: str) -> None:
    view = view_of([seen(monitors=monitors)])
    assert view
    assert view.mirror == mirror


def test_monitors_of_a_stopped_group_are_no_remark() -> None:
    view = view_of([seen(active=None, group={"name": "G", "status": "Offline"}, monitors={"fipw1": "Offline"})])
    assert view
    assert view.remarks == ()


def test_the_change_is_searched_and_a_broken_journal_hides_no_other(tmp_path: Path) -> None:
    for number, node in enumerate(("node1", "node2")):
        fields = {name: value for name, value in seen(node).items() if name not in ("at", "event")}
        Journal(tmp_path / f"{number}.jsonl").append("cluster.seen", **fields)
    (tmp_path / "9.jsonl").write_text("{\n{}\n")
    assert [event["node"] for event in cluster_seen(tmp_path)] == ["node1", "node2"]
