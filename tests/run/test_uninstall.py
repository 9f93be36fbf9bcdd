"""Chapter 10 on the lab, over real WinRM: the installation backwards, and what is kept until its time has come."""

from collections.abc import Callable
from typing import Any

import pytest

from runbook_lib.errors import NotApplied, OutcomeUnknown, Waiting
from runbook_lib.lab.manager_setup import installed
from runbook_lib.states.clpconf import exported, parse, with_resource
from tests.clusters import Cluster
from tests.run.uninstalling import (
    allow_stop,
    assert_gone,
    install_settings,
    said,
    say,
    shared_folder,
    uninstall,
    uninstaller_runs,
)

pytestmark = pytest.mark.wire

KEYS_X86 = (r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC\ESMPRO/CM", r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC\NVBASE")


def test_check_apply_again(start_cluster: Callable[..., Cluster]) -> None:
    """Silently, on a cluster whose group starts the manager: reading, waiting for a word, both nodes, and again."""
    cluster = start_cluster("lab", "shared")
    install_settings(cluster)
    before = cluster.changes()
    for node in ("node1", "node2"):
        assert ("10-(2)", "differs") in uninstall(cluster, node, apply=False)
    assert cluster.changes() == before
    allow_stop(cluster)
    assert cluster.changes() == before

    here, rest = [("10-(1)", "changed"), ("10-(2)", "changed")], [("10", "ok")] * 3
    assert uninstall(cluster, "node1") == [("10", "changed"), *here, *rest, ("10", "ok")]
    assert [one.kind for one in cluster.lab.cluster.groups["ESMPROCM"].resources] == ["fip", "md"]
    assert cluster.lab.cluster.active("ESMPROCM") == "node1"
    assert installed(cluster.machine("node2"))
    assert shared_folder(cluster)
    changes = cluster.changes()
    assert {outcome for _, outcome in uninstall(cluster, "node1")} == {"ok"}
    assert cluster.changes() == changes

    assert uninstall(cluster, "node2") == [("10", "ok"), *here, *rest, ("10", "changed")]
    assert r"W:\NVWORK: stays: " in said(cluster)
    assert "CLUSTERPRO Server interacts with the desktop: may, and stays so" in said(cluster)
    assert_gone(cluster)
    assert uninstaller_runs(cluster) == {"node1": 1, "node2": 1}
    changes = cluster.changes()
    for node in ("node1", "node2"):
        assert {outcome for _, outcome in uninstall(cluster, node)} == {"ok"}
    assert cluster.changes() == changes


def test_three_nodes_in_any_order(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab-2022", "shared")
    cluster.lab.cluster.stop("ESMPROCM")
    for node in ("node3", "node1"):
        assert ("10-(2)", "changed") in uninstall(cluster, node)
        assert shared_folder(cluster)
        assert "ESMPROCM" in cluster.lab.cluster.groups
    with pytest.raises(Waiting, match="stop-for-removal"):
        uninstall(cluster, "node2")
    say(cluster, "stop-for-removal")
    assert uninstall(cluster, "node2")[-1] == ("10", "changed")
    assert_gone(cluster)


def test_a_person_at_the_windows(start_cluster: Callable[..., Cluster]) -> None:
    """Windows Server 2003, X 2.1: nothing silent, CM GUI's program not known, keys that somebody entered by hand."""
    cluster = start_cluster("lab-2003", "shared")
    entries = "".join(f'<list id="{number}"><key>{key}</key></list>' for number, key in enumerate(KEYS_X86))
    regsync = f'<regsync name="regsync7"><parameters>{entries}</parameters></regsync>'
    cluster.lab.operator.webmanager_edit(
        lambda before: with_resource(parse(before), "ESMPROCM", exported(regsync)).render()
    )
    cluster.lab.cluster.start("ESMPROCM", "node1")
    allow_stop(cluster)
    for node in ("node1", "node2"):
        with pytest.raises(Waiting, match=r"Step 10-\(1\) .* runbook confirm lab-2003 cm-gui-closed-10"):
            uninstall(cluster, node)
        say(cluster, "cm-gui-closed-10", node)
        with pytest.raises(Waiting, match=r"Step 10-\(2\) on \w+: At the console of \w+, uninstall .* as a whole"):
            uninstall(cluster, node)
        assert cluster.lab.cluster.active("ESMPROCM") == node
        cluster.lab.operator.run_uninstall(node)
        last = "changed" if node == "node2" else "ok"
        assert uninstall(cluster, node)[-1] == ("10", last)
    assert_gone(cluster)


def test_a_node_that_cannot_uninstall(cluster_shared: Cluster) -> None:
    """The site excuses node2: its share of the content is deleted, but only after node1 has uninstalled."""
    cluster = cluster_shared
    cluster.change_site(uninstall={"skip_nodes": {"node2": "its disk was replaced"}})
    assert {outcome for _, outcome in uninstall(cluster, "node2")} == {"ok", "skipped"}
    assert shared_folder(cluster)
    assert "its disk was replaced" in said(cluster)
    with pytest.raises(Waiting, match="stop-for-removal"):
        uninstall(cluster, "node1")
    assert not shared_folder(cluster)
    say(cluster, "stop-for-removal")
    assert uninstall(cluster, "node1")[-1] == ("10", "changed")
    assert_gone(cluster, excused=("node2",))
    assert uninstaller_runs(cluster) == {"node1": 1, "node2": 0}
    changes = cluster.changes()
    for node in ("node1", "node2"):
        uninstall(cluster, node)
    assert cluster.changes() == changes


def test_the_excused_node_comes_first(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    cluster.change_site(uninstall={"skip_nodes": {"node1": "the uninstaller ends at once"}})
    assert ("10-(2)", "skipped") in uninstall(cluster, "node1")
    assert cluster.changes() == {"node1": 0, "node2": 0}
    with pytest.raises(Waiting, match="stop-for-removal"):
        uninstall(cluster, "node2")
    assert not shared_folder(cluster)


@pytest.mark.parametrize("command", ["clpgrp -m", "cmuninst", "clpgrp -t", "clpcfctrl --push"])
def test_a_lost_reply_is_settled_by_reading(cluster_shared: Cluster, command: str) -> None:
    """The connection breaks while the last node carries it out: no uninstaller runs twice, and the end is right."""
    cluster = cluster_shared
    uninstall(cluster, "node1")
    lost = lose_reply(cluster, "node2", command)
    for _ in range(4):
        try:
            uninstall(cluster, "node2")
            break
        except Waiting:
            say(cluster, "stop-for-removal")
        except (NotApplied, OutcomeUnknown):
            continue
    assert lost
    ended = [event for number in range(len(cluster.journals())) for event in cluster.events(number)]
    assert [event["exit_code"] for event in ended if event["event"] == "act.ended"].count(None) == 1
    assert_gone(cluster)
    assert uninstaller_runs(cluster)["node2"] == 1


def lose_reply(cluster: Cluster, node: str, command: str) -> list[str]:
    """Break the connection once that command has been begun; it is in the list then."""
    machine, endpoint, lost = cluster.machine(node), cluster.lab.endpoints[node], list[str]()
    begin = machine.start

    def start(line: str, *others: Any, **named: Any) -> Any:
        process = begin(line, *others, **named)
        if line.startswith(f"({command}") or (command == "cmuninst" and "cmuninst.exe" in line[:99]):
            if not lost:
                endpoint.drop_connections()
            lost.append(line)
        return process

    machine.start = start  # type: ignore[method-assign]
    return lost
