"""The glance at the cluster, on the lab: what is read, what is told as not read, and that it never stops a run."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from runbook_lib import FolderThere, address_and_disk, open_run, show_record
from runbook_lib.errors import NotConfirmed
from runbook_lib.lab.process import Invocation
from runbook_lib.run import seen
from runbook_lib.run.opening import connect
from runbook_lib.run.seen import look_from, note_seen
from tests.clusters import Cluster

GROUP = "ESMPROCM"


def glance(cluster: Cluster, node: str = "node1") -> dict[str, Any]:
    """The glance of a run as it opens."""
    with open_run("lab", node, chapter="5"):
        pass
    (event,) = [event for event in cluster.events() if event["event"] == "cluster.seen"]
    return event


def test_the_active_node_tells_of_everything(cluster: Cluster) -> None:
    found = glance(cluster)
    assert found["reason"] == ""
    assert found["nodes"] == {"node1": "online", "node2": "online"}
    assert (found["group"], found["active"]) == ({"name": GROUP, "status": "Online"}, "node1")
    assert found["resources"] == {"fip1": "Online", "md1": "Online"}
    assert found["drive"] == {"letter": "W:", "kind": "mirror", "here": "reachable"}
    assert found["address"] == {"ip": "10.0.0.200", "kind": "floating", "here": "there"}
    assert len(found["services"]) == 13
    assert {*found["services"].values()} == {"stopped"}


def test_a_standby_tells_what_it_has_not(cluster: Cluster) -> None:
    found = glance(cluster, "node2")
    assert (found["active"], found["drive"]["here"], found["address"]["here"]) == ("node1", "out of reach", "not there")


def test_it_is_one_command_and_only_reads(cluster: Cluster) -> None:
    before = cluster.changes()
    glance(cluster)
    sent = [line for line in cluster.lab.endpoints["node1"].commands if "clpstat -s" in line]
    assert len(sent) == 1
    assert "ipconfig" in sent[0]
    assert "sc query" in sent[0]
    assert cluster.changes() == before


def test_a_group_that_is_stopped_and_a_mirror_that_is_copied(cluster: Cluster) -> None:
    cluster.lab.cluster.stop(GROUP)
    cluster.lab.cluster.mirror = "Caution"
    found = glance(cluster)
    assert (found["active"], found["group"]["status"], found["monitors"]["mdw1"]) == (None, "Offline", "Caution")


def test_a_group_that_is_not_registered(start_cluster: Callable[..., Cluster]) -> None:
    found = glance(start_cluster("lab", "clustered"))
    assert (found["group"]["status"], found["active"], found["reason"]) == ("not registered", None, "")
    assert {*found["services"].values()} == {"not installed"}


def test_a_cluster_that_does_not_answer_is_told_and_the_rest_is_read(cluster: Cluster) -> None:
    cluster.lab.cluster.suspended.add("node1")
    found = glance(cluster)
    assert found["reason"].startswith("`clpstat -s` shows no cluster: Could not connect to the server.")
    assert {*found["nodes"].values()} == {"not read"}
    assert found["group"]["status"] == "not read"
    assert found["drive"]["here"] == "reachable"
    assert len(found["services"]) == 13


def test_a_command_that_hangs_is_left_and_the_run_goes_on(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_GLANCE_S", 1.0)
    release = threading.Event()

    def hang(call: Invocation) -> int:
        release.wait(20)
        return 1

    cluster.machine("node1").programs["clpstat"] = hang
    try:
        found = glance(cluster)
    finally:
        release.set()
    assert "did not finish in time" in found["reason"]
    assert (found["drive"]["here"], found["services"]) == ("not read", {})


def test_a_node_that_has_gone_by_the_end_is_told(cluster: Cluster) -> None:
    cluster.change_site(limits={"connect_s": 0.5})
    with open_run("lab", "node1", chapter="5") as run:
        cluster.lab.endpoints["node1"].stop()
        note_seen(run)
    last = cluster.events()[-1]
    assert last["event"] == "cluster.seen"
    assert "node1" in last["reason"]


def test_a_chapter_that_the_site_skips_reaches_no_node(cluster: Cluster) -> None:
    cluster.change_site(skip={"5": "why"})
    with open_run("lab", "node1", chapter="5") as run:
        show_record(run)
    assert not any(event["event"] == "cluster.seen" for event in cluster.events())
    assert cluster.lab.endpoints["node1"].exchanges == []


def test_a_record_is_shown_with_what_is_read_then(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    with open_run("lab", "node1", chapter="5") as run:
        cluster.lab.cluster.move(GROUP, "node2")
        show_record(run)
    assert [event["active"] for event in cluster.events() if event["event"] == "cluster.seen"] == ["node1", "node2"]
    assert "ESMPROCM" in shown[0]["text/plain"]
    assert len(shown) == 4


def test_at_the_end_every_node_that_was_reached_is_asked_and_the_run_s_own_last(cluster: Cluster) -> None:
    with open_run("lab", "node2", chapter="9") as run:
        assert [node.name for node in run.reached] == ["node2"]
        run.confirm("9", address_and_disk(run.site))
        note_seen(run)
    glances = [event for event in cluster.events() if event["event"] == "cluster.seen"]
    assert [event["node"] for event in glances] == ["node2", "node1", "node2"]
    assert glances[1]["drive"]["here"] == "reachable"


def test_a_node_that_never_answered_is_not_waited_for_again(cluster: Cluster) -> None:
    cluster.change_site(limits={"connect_s": 0.5})
    cluster.lab.endpoints["node1"].stop()
    with open_run("lab", "node2", chapter="9") as run:
        run.confirm("9", address_and_disk(run.site))
        assert [node.name for node in run.reached] == ["node2"]


def test_a_step_that_stops_the_run_looks_once_more(cluster: Cluster) -> None:
    with open_run("lab", "node1", chapter="5", apply=True) as run:
        cluster.lab.cluster.move(GROUP, "node2")
        with pytest.raises(NotConfirmed):
            run.confirm("5", FolderThere("C:\\nowhere"))
    kinds = [event["event"] for event in cluster.events()]
    assert kinds[-2:] == ["step.ended", "cluster.seen"]
    assert cluster.events()[-1]["active"] == "node2"


def test_a_glance_outside_any_run(cluster: Cluster) -> None:
    assert look_from(cluster.site, "node2", connect)["active"] == "node1"
    cluster.change_site(limits={"connect_s": 0.5})
    cluster.lab.endpoints["node2"].stop()
    found = look_from(cluster.site, "node2", connect)
    assert found["nodes"]["node2"] == "not read"
    assert found["reason"]


def test_another_machine_at_the_address_is_not_taken_for_the_node(cluster: Cluster) -> None:
    one, two = (cluster.lab.endpoints[node].port for node in ("node1", "node2"))
    cluster.change_site(nodes__node1__port=two, nodes__node2__port=one)
    found = look_from(cluster.site, "node1", connect)
    assert "a machine answers that calls itself node2" in found["reason"]
    assert found["group"]["status"] == "not read"
