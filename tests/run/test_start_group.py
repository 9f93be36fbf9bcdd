"""Chapters 1 and 7 on the lab: the group on its first node, its services, and what a person has to attest first."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from runbook_lib.cli import main
from runbook_lib.clientmanager import ESMPRO_SERVICES
from runbook_lib.errors import NotApplied, NotConfirmed, OutcomeUnknown, Waiting
from runbook_lib.run.confirmations import answer_to
from tests.clusters import Cluster

pytestmark = pytest.mark.wire

GROUP = "ESMPROCM"


@pytest.fixture
def complete(start_cluster: Callable[..., Cluster]) -> Cluster:
    return start_cluster("lab", "complete")


@pytest.fixture
def moved(complete: Cluster) -> Cluster:
    """Chapter 7 was carried out, and then the group has moved to node2."""
    start(complete)
    complete.lab.cluster.move(GROUP, "node2")
    return complete


def start(cluster: Cluster, node: str = "node1", *, apply: bool = True) -> dict[str, Any]:
    """Carry chapter 7 out on one node; the ends of its states by their titles."""
    cluster.carry_out("07_start_group", node, apply=apply)
    return ends(cluster)


def ends(cluster: Cluster) -> dict[str, Any]:
    return {event["state"]: event for event in cluster.events() if event["event"] == "state.ended"}


def group_end(cluster: Cluster) -> dict[str, Any]:
    return ends(cluster)[f"Group {GROUP} runs on node1"]


def command_in(text: str) -> list[str]:
    """The arguments of the command that a message tells to type, filled in."""
    found = re.search(r"typing: runbook (confirm .*?) - and", text)
    assert found, text
    words = found[1].replace("--by NAME --note TEXT", "--by").split()
    return [*words, "Sato Hanako", "--note", "閉じました"]


def test_check_apply_again(complete: Cluster) -> None:
    planned = start(complete, apply=False)
    assert planned["The cluster has restarted in this change: node1, node2"]["commands"] == ["clpstdn -r"]
    done = start(complete)
    assert done["The cluster has restarted in this change: node1, node2"]["outcome"] == "changed"
    services = complete.machine("node1").services
    running = {name for name in ESMPRO_SERVICES if services.status(services.by_display_name(name) or "").state == 4}
    assert running == set(ESMPRO_SERVICES)
    for node in ("node2", "node1"):
        again = start(complete, node)
        assert {end["outcome"] for end in again.values()} == {"ok", "skipped"}, again
    assert complete.lab.cluster.active(GROUP) == "node1"


def test_a_move_waits_until_somebody_says_that_cm_gui_is_closed(
    moved: Cluster, capfd: pytest.CaptureFixture[str]
) -> None:
    moved.change_site(clientmanager__gui_processes=[])
    with pytest.raises(Waiting, match=r"Step 7 on node1: Nothing was changed\. First: cm-gui-closed-7 is not there"):
        start(moved)
    assert moved.lab.cluster.active(GROUP) == "node2"
    asked = group_end(moved)["reason"]
    assert "runbook confirm lab cm-gui-closed-7 --change test --node node1 --by NAME --note TEXT" in asked
    assert main(command_in(asked)) == 0
    assert "Sato Hanako attests cm-gui-closed-7 on node1: 閉じました" in capfd.readouterr().out
    end = start(moved)[f"Group {GROUP} runs on node1"]
    assert end["outcome"] == "changed"
    said = r"moved from node2 to node1 \(.* UTC, [\d.]+ s\)\. Clients send .* alerts .* can be lost"
    assert re.search(said, end["reason"])
    assert moved.lab.cluster.active(GROUP) == "node1"
    (settled,) = [
        event for event in moved.events() if event["event"] == "state.settled" and event["state"].startswith("Group")
    ]
    assert settled["began"] < settled["ended"]
    assert start(moved)[f"Group {GROUP} runs on node1"]["outcome"] == "ok"


def test_cm_gui_by_its_process(moved: Cluster) -> None:
    moved.change_site(clientmanager__gui_processes=["CMGui.exe"])
    process = moved.machine("node2").processes.add("CMGUI.EXE")
    with pytest.raises(Waiting, match=r"CMGui.exe on node2 is open, .*\. Close CMGUI.EXE \(process \d+\)"):
        start(moved)
    moved.machine("node2").processes.remove(process)
    assert start(moved)[f"Group {GROUP} runs on node1"]["outcome"] == "changed"


def test_a_failover_that_is_slower_than_the_data_viewer_waits(moved: Cluster) -> None:
    moved.change_site(clientmanager__gui_processes=["CMGui.exe"], limits={"failover_s": 0.5})
    moved.lab.endpoints["node1"].faults.latency_s = 0.3
    assert "That is longer than 0.5 s: a data viewer" in start(moved)[f"Group {GROUP} runs on node1"]["reason"]


def test_a_forced_shutdown_is_recognised(moved: Cluster) -> None:
    """Somebody says that CM GUI is closed, and it is not: the active node is taken down and the group fails over."""
    moved.change_site(clientmanager__gui_processes=[])
    moved.machine("node2").processes.add("CMViewer.exe", session=1)
    with pytest.raises(Waiting):
        start(moved)
    assert main(command_in(group_end(moved)["reason"])) == 0
    end = start(moved)[f"Group {GROUP} runs on node1"]
    assert end["outcome"] == "changed"
    assert "Failed to stop the group resource" in end["reason"]
    assert "The group moved from node2 to node1" in end["reason"]
    assert "node2, where it ran, is Offline in the cluster since: CLUSTERPRO shut the node down by" in end["reason"]
    assert "With CM GUI in use this is to be expected." in end["reason"]
    assert moved.machine("node2").power.wait("down")


@pytest.mark.parametrize("operation", ["Command", "Receive"])
def test_a_lost_exchange_moves_the_group_once(moved: Cluster, operation: str) -> None:
    moved.change_site(clientmanager__gui_processes=["CMGui.exe"])
    endpoint, settled = moved.lab.endpoints["node1"], 0
    for nth in (6, 7, 8):
        if moved.lab.cluster.active(GROUP) == "node1":
            moved.lab.cluster.move(GROUP, "node2")
        sent = sum("clpgrp -m" in line for line in endpoint.commands)
        endpoint.faults.cut(operation, nth=nth, after=True)
        try:
            start(moved)
        except (NotApplied, OutcomeUnknown):
            start(moved)
        assert moved.lab.cluster.active(GROUP) == "node1"
        assert sum("clpgrp -m" in line for line in endpoint.commands) - sent == 1
        settled += "Settled by reading" in group_end(moved)["reason"]
    assert settled == (operation == "Command"), "one of them was the move itself"


def test_a_stopped_group_is_started(moved: Cluster) -> None:
    moved.change_site(clientmanager__gui_processes=["CMGui.exe"])
    moved.lab.cluster.stop(GROUP)
    end = start(moved)[f"Group {GROUP} runs on node1"]
    assert end["commands"] == ['clpgrp -s "ESMPROCM" -h "node1"']
    assert "The group was started on node1" in end["reason"]


def test_a_mirror_that_is_copied_moves_nothing(moved: Cluster) -> None:
    moved.change_site(clientmanager__gui_processes=["CMGui.exe"])
    moved.lab.cluster.mirror = "Caution"
    with pytest.raises(NotApplied, match=r"Nothing was changed\. First: mdw1 is Caution"):
        start(moved)
    assert moved.lab.cluster.active(GROUP) == "node2"


def test_a_service_that_does_not_run(complete: Cluster) -> None:
    start(complete)
    services = complete.machine("node1").services
    services.stop(services.by_display_name("ESMPRO/CM Sender") or "")
    with pytest.raises(NotApplied, match=r"ESMPRO/CM Sender is stop\w* ?\w*\. The group's start script"):
        start(complete)


def test_a_service_on_a_standby(complete: Cluster) -> None:
    start(complete)
    services = complete.machine("node2").services
    services.start(services.by_display_name("ESM Base Service") or "")
    with pytest.raises(NotConfirmed, match=r"ESM Base Service is .*, expected stopped"):
        start(complete, "node2")


def test_chapter_1_waits_once_for_the_whole_cluster(complete: Cluster, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Waiting, match=r"clusterpro-manager --change test --by NAME --note TEXT"):
        complete.carry_out("01_check_cluster", "node1", apply=True)
    message = next(event for event in complete.events() if event["event"] == "step.ended" and event["outcome"] != "ok")
    assert main(command_in(message["message"])) == 0
    before = complete.changes()
    for node in ("node1", "node2"):
        complete.carry_out("01_check_cluster", node, apply=True)
        assert {end["outcome"] for end in ends(complete).values()} == {"ok"}
    attested = [row for end in ends(complete).values() for row in end["differences"] if "attested" in str(row["after"])]
    assert re.fullmatch(r"attested by Sato Hanako at 2\d{3}-[-T:\d+]+: 閉じました", attested[0]["after"])
    assert complete.changes() == before
    assert answer_to(complete.home / "outputs" / "test", "clusterpro-manager", "") is not None


def test_chapter_1_without_clusterpro(complete: Cluster) -> None:
    complete.machine("node1").services.stop("clppm")
    with pytest.raises(NotConfirmed, match=r"Step 1 on node1: CLUSTERPRO Server is stop.*, expected running"):
        complete.carry_out("01_check_cluster", "node1", apply=True)
