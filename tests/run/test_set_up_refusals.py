"""Chapter 4 on the lab: what it refuses, before anything starts, and what must be the same on every node."""

from collections.abc import Callable

import pytest

from runbook_lib.errors import NotApplied, NotConfirmed, ParameterError, Waiting
from runbook_lib.lab.files import Volume
from tests.clusters import Cluster
from tests.procedure_4 import CHAPTER, by_hand, number, outcomes, product_key, reason

pytestmark = pytest.mark.wire


def test_a_response_file_that_is_missing_stops_before_anything(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up(silent=True)
    cluster.change_site(setup__response_file="elsewhere.ini")
    with pytest.raises(ParameterError, match=r"setup.response_file elsewhere.ini cannot be read at .*; nothing was"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_manager_that_is_there_in_part_is_never_set_up_over(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up(silent=True)
    cluster.lab.operator.run_setup("node1")
    cluster.machine("node1").services.delete("CmSenderSvc")
    changes = cluster.changes()
    with pytest.raises(
        NotApplied, match="set up on node1 only in part: services is 12 of 13, without ESMPRO/CM Sender"
    ):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.changes() == changes


def test_cm_gui_in_use_keeps_the_group_where_it_is(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up(silent=True)
    cluster.carry_out(CHAPTER, "node1", apply=True)
    cluster.lab.operator.open_gui("node1")
    with pytest.raises(Waiting, match=r"Step 4-\(5\) on node2: Nothing was changed. .*CMViewer.exe"):
        cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.lab.cluster.active("ESMPROCM") == "node1"
    cluster.lab.operator.close_gui("node1")
    cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.lab.cluster.active("ESMPROCM") == "node2"


def test_the_group_stays_while_its_mirror_is_copied(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    cluster.lab.cluster.mirror = "Caution"
    with pytest.raises(NotApplied, match=r"Step 4-\(5\) on node2: Nothing was changed. First: mdw1 is Caution"):
        cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_person_attests_that_cm_gui_is_closed_where_its_program_is_not_known(
    before_set_up: Callable[..., Cluster],
) -> None:
    cluster = before_set_up()
    cluster.change_site(clientmanager__gui_processes=[])
    with pytest.raises(
        Waiting, match=r"Step 4-\(5\) on node2: Nothing was changed. .*runbook confirm lab cm-gui-closed-4"
    ):
        cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


@pytest.mark.parametrize("silent", [False, True])
def test_a_local_folder_on_no_local_disk_is_refused(before_set_up: Callable[..., Cluster], silent: bool) -> None:
    cluster = before_set_up()
    cluster.change_site(
        setup__local_folder=r"D:\ESMPRO\ESMPROCM", **({"setup__command": "setup.exe"} if silent else {})
    )
    cluster.machine("node1").files.mount("D:", Volume("DATA", "1111-2222"))
    with pytest.raises(NotApplied, match=r"Step 4-\(1\) on node1: D:.* is refused: D: cannot be reached on node2"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_shared_folder_that_is_on_no_switched_partition_is_refused(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    cluster.machine("node2").files.mount("W:", Volume("LOCAL", "1111-2222"))
    with pytest.raises(NotApplied, match=r"Step 4-\(1\) on node1: W:.* is refused: W: can be reached on node2 too"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_manager_that_was_not_set_up_for_a_cluster_is_found_out(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    cluster.lab.operator.run_setup("node1", clustered=False)
    with pytest.raises(
        Waiting, match=r"set up on node1 only in part: W:.*CMSetDst.exe .* is not there.* cluster-aware"
    ):
        cluster.carry_out(CHAPTER, "node1", apply=True)


def test_another_manager_id_on_the_next_node_is_shown(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    by_hand(cluster, "node1")
    with pytest.raises(
        NotConfirmed, match=r"Step 4 on node2: .*ManagerID on node2 is CM02, expected CM01, as on node1"
    ):
        by_hand(cluster, "node2", manager_id="CM02")
    cluster.change_site(setup__own_values=[r"ESMPRO/CM\ManagerID"])
    cluster.carry_out(CHAPTER, "node2", apply=True)


def test_a_clustered_database_is_reached_by_address(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    with pytest.raises(NotConfirmed, match=r"Step 4 on node1: Server is dbhost, expected 10.0.0.210"):
        by_hand(cluster, "node1", odbc=("ESMPROCM", "CMDB", "dbhost"))


def test_a_service_that_is_missing_is_named_and_the_others_are_set(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    cluster.lab.operator.run_setup("node1")
    cluster.lab.operator.set_destination("node1", "10.0.0.200")
    cluster.machine("node1").services.delete("DmiEvWatch")
    with pytest.raises(Waiting, match="services is 12 of 13, without Dmi Event Watcher"):
        cluster.carry_out(CHAPTER, "node1", apply=True)


def test_a_service_with_an_account_of_its_own_keeps_it(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    cluster.lab.operator.run_setup("node1")
    cluster.lab.operator.set_destination("node1", "10.0.0.200")
    registry = cluster.machine("node1").registry
    registry.set(r"HKLM\SYSTEM\CurrentControlSet\Services\clppm", "ObjectName", "REG_SZ", r".\cluster")
    with pytest.raises(NotApplied, match=r"Step 4-\(3\) on node1: CLUSTERPRO Server runs as .\\cluster"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert number(cluster, "node1", r"Services\clppm", "Type") == 0x10


def test_a_client_or_relay_agent_on_a_node_is_no_manager(before_set_up: Callable[..., Cluster]) -> None:
    """Its registry key and its service are there before the manager is, and are neither compared nor in the way."""
    cluster = before_set_up(silent=True)
    machine = cluster.machine("node2")
    machine.registry.set(product_key(cluster, "node2"), "Version", "REG_SZ", "client")
    machine.services.create("CmuRelaySvc", {"DisplayName": "ESMPRO/CM CMURELAY", "Type": 16, "Start": 2})
    cluster.carry_out(CHAPTER, "node1", apply=True)
    assert outcomes(cluster)["4"] == "ok"
    cluster.carry_out(CHAPTER, "node2", apply=False)
    assert outcomes(cluster)["4-(1)"] == "differs"
    assert "in part" not in reason(cluster, "4-(1)")
