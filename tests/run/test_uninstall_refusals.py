"""What chapter 10 does not do on the lab, or only once a person has said or done something."""

from collections.abc import Callable

import pytest

from runbook_lib import (
    ground_for_removal,
    group_here_for_removal,
    group_removed_last,
    manager_removed,
    open_run,
    safe_to_bring,
    safe_to_remove_group,
)
from runbook_lib.errors import NotApplied, ParameterError, Unreachable, Waiting
from runbook_lib.lab.manager_setup import installed
from runbook_lib.states.clpconf import parse, script, with_resource
from tests.clusters import Cluster
from tests.run.uninstalling import (
    allow_stop,
    assert_gone,
    install_settings,
    say,
    shared_folder,
    uninstall,
    uninstaller_runs,
)

pytestmark = pytest.mark.wire


def test_content_that_stays_although_every_node_has_uninstalled(cluster_shared: Cluster) -> None:
    """Nobody is excused, so a person decides, and the group is not deleted before."""
    cluster = cluster_shared
    listed = cluster.site.clientmanager.shared_folder + r"\DATA\nodes.lst"
    uninstall(cluster, "node1")
    cluster.machine("node1").files.seed(listed, b"node2\r\nnode9\r\n")
    with pytest.raises(Waiting, match=r"Every node has uninstalled .* still holds .* On node2, put away what"):
        uninstall(cluster, "node2")
    with (
        open_run("lab", "node2", chapter="10", apply=True, change="test") as run,
        pytest.raises(Waiting, match=r"Nothing was changed. First: W:.*ESMPROCM on node2 is"),
    ):
        run.ensure("10", group_removed_last(run.site), requires=safe_to_remove_group(run.site, "node2"))
    assert "ESMPROCM" in cluster.lab.cluster.groups
    assert shared_folder(cluster)


def test_a_group_stopped_by_somebody_is_started_to_look_at_its_partition(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    uninstall(cluster, "node1")
    with pytest.raises(Waiting, match="stop-for-removal"):
        uninstall(cluster, "node2")
    cluster.lab.cluster.stop("ESMPROCM")
    with pytest.raises(Waiting, match="stop-for-removal"):
        uninstall(cluster, "node2")
    assert cluster.lab.cluster.active("ESMPROCM") is not None
    say(cluster, "stop-for-removal")
    uninstall(cluster, "node2")
    assert_gone(cluster)


def test_what_others_have_put_into_the_group_goes_only_with_a_word(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    cluster.lab.operator.webmanager_edit(
        lambda before: with_resource(parse(before), "ESMPROCM", script("own")).render(),
        {r"ESMPROCM\own\start.bat": b"rem others\r\n", r"ESMPROCM\own\stop.bat": b"rem others\r\n"},
    )
    uninstall(cluster, "node1")
    with pytest.raises(Waiting, match=r"also holds script own.*runbook confirm lab others-may-go"):
        uninstall(cluster, "node2")
    assert "ESMPROCM" in cluster.lab.cluster.groups
    say(cluster, "others-may-go")
    with pytest.raises(Waiting, match="stop-for-removal"):
        uninstall(cluster, "node2")
    say(cluster, "stop-for-removal")
    uninstall(cluster, "node2")
    assert cluster.lab.cluster.groups == {}


def test_lines_put_in_by_hand_stop_it_before_anything_is_moved(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "complete")
    allow_stop(cluster)
    with pytest.raises(NotApplied, match=r"was put in by hand. Take such lines out in WebManager"):
        uninstall(cluster, "node1")
    assert all(installed(machine) for machine in cluster.lab.machines.values())


def test_cells_out_of_order_do_nothing(start_cluster: Callable[..., Cluster]) -> None:
    """While the group's settings still have what chapter 6 added, it is neither moved nor anything uninstalled."""
    cluster = start_cluster("lab", "shared")
    install_settings(cluster)
    before = cluster.changes()
    with open_run("lab", "node2", chapter="10", apply=True, change="test") as run:
        for state, requires in (
            (group_here_for_removal(run.site, "node2"), safe_to_bring(run.site)),
            (manager_removed(run.site, "node2"), ground_for_removal(run.site, "node2")),
        ):
            with pytest.raises((Waiting, NotApplied), match=r"Nothing was changed. First: .*NVBASE is taken over"):
                run.ensure("10", state, requires=requires)
    assert cluster.changes() == before


def test_open_gui_stops_the_move(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    cluster.lab.operator.open_gui("node1")
    before = cluster.changes()
    with pytest.raises(Waiting, match=r"Step 10-\(1\) on node2: .*Close CMViewer.exe"):
        uninstall(cluster, "node2")
    assert cluster.changes() == before


def test_an_uninstaller_that_does_nothing(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    cluster.change_site(setup__uninstall_command="hostname")
    with pytest.raises(NotApplied, match=r"Step 10-\(2\) on node1: .*services is 7 of 7, expected 0 of 7"):
        uninstall(cluster, "node1")


def test_an_uninstallation_that_was_cut_short(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    services = cluster.machine("node1").services
    services.delete("CmSenderSvc")
    with pytest.raises(NotApplied, match=r"uninstalled on node1 in part only. Left are ESMPRO/CM CMIT service"):
        uninstall(cluster, "node1")
    assert uninstaller_runs(cluster) == {"node1": 0, "node2": 0}


def test_a_node_out_of_reach_keeps_group_and_content(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    uninstall(cluster, "node1")
    cluster.lab.endpoints["node2"].go_down()
    before = cluster.changes()
    with pytest.raises(Unreachable, match="node2 cannot be reached"):
        uninstall(cluster, "node1")
    assert cluster.changes() == before


def test_cm_gui_alone_is_refused_before_any_node_is_reached(cluster_shared: Cluster) -> None:
    cluster = cluster_shared
    cluster.change_site(uninstall={"component": "cm-gui"})
    with pytest.raises(
        ParameterError, match=r"uninstall.component 'cm-gui' is refused: CM GUI cannot be uninstalled alone"
    ):
        uninstall(cluster, "node1")
    assert not any(endpoint.commands for endpoint in cluster.lab.endpoints.values())
