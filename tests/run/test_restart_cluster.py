"""Chapter 3 on the lab: what a restart is, what it is not, and how long is waited for it."""

import json
import threading
import time
from collections.abc import Callable

import pytest

from runbook_lib.errors import NotApplied, Unreachable
from tests.clusters import Cluster

pytestmark = pytest.mark.wire

NODES = ("node1", "node2")


def restart(cluster: Cluster, *, apply: bool = True, node: str = "node1", change: str = "test") -> dict[str, str]:
    """Carry chapter 3 out; outcome and reason of its state."""
    cluster.carry_out("03_restart_cluster", node, apply=apply, change=change)
    return outcome(cluster)


def outcome(cluster: Cluster) -> dict[str, str]:
    return next(event for event in reversed(cluster.events()) if event["event"] == "state.ended")


def downs(cluster: Cluster) -> dict[str, int]:
    """How often each node has gone down, by the lab's own account."""
    return {
        node: sum(change.kind == "power" and change.how == "down" for change in cluster.machine(node).changes)
        for node in NODES
    }


def sent(cluster: Cluster) -> int:
    return sum("clpstdn" in line for endpoint in cluster.lab.endpoints.values() for line in endpoint.commands)


@pytest.fixture
def grouped(start_cluster: Callable[..., Cluster]) -> Cluster:
    return start_cluster("lab", "grouped")


@pytest.mark.parametrize("name", ["lab", "lab-2003"])
def test_check_apply_again(start_cluster: Callable[..., Cluster], name: str) -> None:
    cluster = start_cluster(name, "grouped")
    planned = restart(cluster, apply=False)
    assert (planned["outcome"], planned["commands"]) == ("differs", ["clpstdn -r"])
    assert sent(cluster) == 0
    done = restart(cluster)
    assert done["outcome"] == "changed"
    assert "Every node went down and booted anew" in done["reason"]
    assert downs(cluster) == {"node1": 1, "node2": 1}
    for node in NODES:
        assert restart(cluster, node=node)["outcome"] == "ok"
    assert restart(cluster, apply=False)["outcome"] == "ok"
    assert downs(cluster) == {"node1": 1, "node2": 1}


def test_another_change_restarts_again(grouped: Cluster) -> None:
    restart(grouped)
    assert restart(grouped, change="another")["outcome"] == "changed"
    assert downs(grouped) == {"node1": 2, "node2": 2}


def test_a_change_that_goes_back_restarts_again(grouped: Cluster) -> None:
    """What an earlier chapter changes after a restart has not been restarted for."""
    restart(grouped)
    folder = grouped.journals()[-1].parent
    events = [
        {"at": "2099-01-01T00:00:00.000+00:00", "event": "run.opened", "change": "test", "chapter": "2"},
        {
            "at": "2099-01-01T00:00:01.000+00:00",
            "event": "state.ended",
            "outcome": "changed",
            "state": "x",
            "step": "2",
        },
    ]
    (folder / "02.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    assert restart(grouped, apply=False)["outcome"] == "differs"


def test_a_lost_reply_is_as_it_should_be(grouped: Cluster) -> None:
    for machine in grouped.lab.machines.values():
        machine.power.notice_s = 0
    grouped.lab.endpoints["node1"].faults.cut("Receive", nth=7)
    done = restart(grouped)
    assert done["outcome"] == "changed"
    assert "lost" not in done["reason"]
    assert downs(grouped) == {"node1": 1, "node2": 1}


def test_a_node_that_does_not_come_back(grouped: Cluster) -> None:
    grouped.change_site(limits={"restart_s": 4, "connect_s": 1})
    grouped.machine("node2").stays_down = True
    with pytest.raises(Unreachable, match=r"Step 3 on node1: node2 cannot be reached .* after `clpstdn -r`\. Look at"):
        restart(grouped)
    assert outcome(grouped)["outcome"] == "failed"
    grouped.machine("node2").power.turn_on()
    assert restart(grouped)["outcome"] == "ok"
    assert sent(grouped) == 1


def test_a_restart_that_does_not_happen(grouped: Cluster) -> None:
    """The command says that it succeeded, and nobody goes down."""
    grouped.change_site(limits={"restart_s": 2})
    for machine in grouped.lab.machines.values():
        machine.power.notice_s = 3600
    with pytest.raises(NotApplied, match=r"node1 has restarted is no, .*node1, node2 answers, and is in the boot"):
        restart(grouped)
    assert downs(grouped) == {"node1": 0, "node2": 0}


def test_one_node_alone_has_restarted(grouped: Cluster) -> None:
    """Nobody restarts a whole cluster because one of its nodes is late."""
    grouped.change_site(limits={"restart_s": 2})
    for machine in grouped.lab.machines.values():
        machine.power.notice_s = 3600
    with pytest.raises(NotApplied):
        restart(grouped)
    grouped.machine("node1").power.abort()
    grouped.machine("node1").power.order(restart=True, after_s=0)
    assert grouped.machine("node1").power.wait("up")
    with pytest.raises(NotApplied, match=r"node1 has restarted since this chapter began, and node2 has not"):
        restart(grouped)
    assert sent(grouped) == 1


def test_a_run_that_was_cut_off_waits_for_what_is_missing(grouped: Cluster) -> None:
    """Every node has booted, and CLUSTERPRO is not up again on one of them when the chapter runs once more."""
    grouped.change_site(limits={"restart_s": 30})
    restart(grouped)
    grouped.lab.cluster.stopped.add("node2")
    threading.Timer(1.5, lambda: grouped.lab.cluster.stopped.discard("node2")).start()
    started = time.monotonic()
    assert restart(grouped)["outcome"] == "ok"
    assert 1 < time.monotonic() - started < 15
    assert sent(grouped) == 1


def test_no_restart_while_a_node_is_away_or_the_mirror_is_copied(grouped: Cluster) -> None:
    grouped.lab.cluster.mirror = "Caution"
    with pytest.raises(NotApplied, match=r"Nothing was changed\. First: mdw1 is Caution, expected Normal"):
        restart(grouped)
    grouped.lab.cluster.mirror = "Normal"
    grouped.lab.endpoints["node2"].go_down()
    with pytest.raises(Unreachable, match="node2 cannot be reached"):
        restart(grouped)
    assert sent(grouped) == 0
