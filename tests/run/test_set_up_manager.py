"""Chapter 4 on the lab: attended and silent, what it refuses before anything starts, and what must be the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runbook_lib.errors import NotApplied, NotConfirmed, Waiting
from runbook_lib.lab.files import Volume
from runbook_lib.lab.manager_setup import Database, install
from runbook_lib.lab.stages import answers, medium
from runbook_lib.run.confirmations import confirm
from tests.clusters import Cluster

pytestmark = pytest.mark.wire

SITES = ["lab", "lab-2003", "lab-2022"]
CHAPTER = "04_set_up_manager"
SIX = ("AlmSocketR", "EsmBaseSvc", "EsmCmdSvc", "EsmRmapSvc", "DmiEvWatch", "EsmAlertSvc")
CM = r"HKLM\SOFTWARE\NEC\ESMPRO/CM"


@pytest.fixture
def start(start_cluster: Callable[..., Cluster]) -> Callable[..., Cluster]:
    """Starts a lab after procedure 3, whose site knows CM GUI's program and has no silent commands unless told."""

    def start_it(name: str = "lab", **changes: Any) -> Cluster:
        cluster = start_cluster(name, "grouped")
        setup = {key: value for key, value in cluster.site.setup.model_dump(exclude_none=True).items() if key in KEPT}
        setup["database"] = cluster.site.setup.database.model_dump(exclude_none=True)  # type: ignore[union-attr]
        cluster.change_site(clientmanager__gui_processes=["CMGui.exe"], setup={**setup, **DESTINATION}, **changes)
        return cluster

    return start_it


KEPT = ("manager_id",)
DESTINATION = {"destination": {"key": r"SOFTWARE\NEC\ESMPRO/CM", "value": "ConnectManager"}}


def set_up(cluster: Cluster, node: str, **other: Any) -> None:
    """What a person does at the set-up's windows on a node."""
    install(cluster.machine(node), replace(answers(cluster.lab.description), **other), medium(cluster.lab.description))


def product_key(cluster: Cluster, node: str) -> str:
    return cluster.machine(node).registry.in_view(CM, 32)


def set_destination(cluster: Cluster, node: str) -> None:
    """What a person does in CMSetDst.exe's window on a node."""
    registry = cluster.machine(node).registry
    registry.set(product_key(cluster, node), "ConnectManager", "REG_SZ", str(cluster.site.group.address.ip))


def by_hand(cluster: Cluster, node: str, **other: Any) -> None:
    """Chapter 4 on one node, with a person at every window."""
    with pytest.raises(Waiting, match=r"Step 4-\(1\) on \w+: At the console of"):
        cluster.carry_out(CHAPTER, node, apply=True)
    set_up(cluster, node, **other)
    with pytest.raises(Waiting, match=r"Step 4-\(2\) on \w+: At the console of .*CMSetDst.exe, enter 10.0."):
        cluster.carry_out(CHAPTER, node, apply=True)
    set_destination(cluster, node)
    cluster.carry_out(CHAPTER, node, apply=True)


def outcomes(cluster: Cluster) -> dict[str, str]:
    """The outcome of each step in the last journal."""
    return {event["step"]: event["outcome"] for event in cluster.events() if event["event"] == "step.ended"}


def reason(cluster: Cluster, step: str) -> str:
    """What the last journal says of a step's first state."""
    return next(
        event["reason"] for event in cluster.events() if event["event"] == "state.ended" and event["step"] == step
    )


def number(cluster: Cluster, node: str, key: str, name: str) -> object:
    value = cluster.machine(node).registry.get(rf"HKLM\SYSTEM\CurrentControlSet\{key}", name)
    return value.content if value else None


def assert_set_up(cluster: Cluster) -> None:
    """Every node is what procedure 4 of the manual says, by the lab's own account."""
    site = cluster.site
    for node in site.group.policy:
        machine = cluster.machine(node)
        assert [number(cluster, node, rf"Services\{key}", "Start") for key in SIX] == [3] * 6
        old = site.windows.release != "2022"
        assert number(cluster, node, r"Services\clppm", "Type") == (0x110 if old else 0x10)
        assert number(cluster, node, r"Control\Windows", "NoInteractiveServices") == (0 if old else 1)
        assert machine.files.exists(site.local_folder)
        registry = machine.registry
        assert registry.text(product_key(cluster, node), "ShareDir") == site.clientmanager.shared_folder
        assert registry.text(product_key(cluster, node), "ConnectManager") == str(site.group.address.ip)
    last = site.group.policy[-1]
    assert cluster.lab.cluster.active(site.group.name) == last
    assert cluster.machine(last).files.exists(site.clientmanager.shared_folder + r"\BIN\CMSetDst.exe")


@pytest.mark.parametrize("name", SITES)
def test_by_hand_check_apply_again(start: Callable[..., Cluster], name: str) -> None:
    """Reading changes nothing; a person and the steps make the manual true on every node; again changes nothing."""
    cluster = start(name)
    for node in cluster.site.group.policy:
        cluster.carry_out(CHAPTER, node, apply=False)
        assert outcomes(cluster)["4-(1)"] == "differs"
    assert cluster.changes() == dict.fromkeys(cluster.lab.machines, 0)
    for node in cluster.site.group.policy:
        by_hand(cluster, node)
        left_out = "skipped" if name == "lab-2022" else "changed"
        assert outcomes(cluster) == {
            "4-(5)": "ok", "4-(1)": "ok", "4-(2)": "ok", "4-(3)": left_out, "4-(4)": "changed", "4": "ok",
        }  # fmt: skip
    assert_set_up(cluster)
    changes = cluster.changes()
    for node in cluster.site.group.policy:
        cluster.carry_out(CHAPTER, node, apply=True)
        assert set(outcomes(cluster).values()) <= {"ok", "skipped"}
    assert cluster.changes() == changes
    assert_set_up(cluster)


def test_windows_that_ignores_the_desktop_is_told_and_a_site_may_insist(start: Callable[..., Cluster]) -> None:
    cluster = start("lab-2022")
    cluster.carry_out(CHAPTER, "node1", apply=False)
    assert reason(cluster, "4-(3)").startswith("no effect on this Windows version (session 0)")
    cluster.change_site(setup__desktop_interaction="always")
    cluster.carry_out(CHAPTER, "node1", apply=False)
    assert outcomes(cluster)["4-(3)"] == "differs"


def test_the_group_moves_only_while_there_is_something_to_set_up(start: Callable[..., Cluster]) -> None:
    cluster = start()
    by_hand(cluster, "node1")
    with pytest.raises(Waiting):
        cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.lab.cluster.active("ESMPROCM") == "node2"
    assert "The group moved from node1 to node2" in reason(cluster, "4-(5)")
    cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.lab.cluster.active("ESMPROCM") == "node2"


def test_the_group_stays_while_its_mirror_is_copied(start: Callable[..., Cluster]) -> None:
    cluster = start()
    cluster.lab.cluster.mirror = "Caution"
    with pytest.raises(NotApplied, match=r"Step 4-\(5\) on node2: Nothing was changed. First: mdw1 is Caution"):
        cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_person_attests_that_cm_gui_is_closed_where_its_program_is_not_known(start: Callable[..., Cluster]) -> None:
    cluster = start()
    cluster.change_site(clientmanager__gui_processes=[])
    with pytest.raises(
        Waiting, match=r"Step 4-\(5\) on node2: Nothing was changed. .*runbook confirm lab cm-gui-closed-4"
    ):
        cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


@pytest.mark.parametrize("silent", [False, True])
def test_a_local_folder_on_no_local_disk_is_refused(start: Callable[..., Cluster], silent: bool) -> None:
    cluster = start()
    cluster.change_site(
        setup__local_folder=r"D:\ESMPRO\ESMPROCM", **({"setup__command": "setup.exe"} if silent else {})
    )
    cluster.machine("node1").files.mount("D:", Volume("DATA", "1111-2222"))
    with pytest.raises(NotApplied, match=r"Step 4-\(1\) on node1: D:.* is refused: D: cannot be reached on node2"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_shared_folder_that_is_on_no_switched_partition_is_refused(start: Callable[..., Cluster]) -> None:
    cluster = start()
    cluster.machine("node2").files.mount("W:", Volume("LOCAL", "1111-2222"))
    with pytest.raises(NotApplied, match=r"Step 4-\(1\) on node1: W:.* is refused: W: can be reached on node2 too"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_manager_that_was_not_set_up_for_a_cluster_is_found_out(start: Callable[..., Cluster]) -> None:
    cluster = start()
    set_up(cluster, "node1", clustered=False)
    with pytest.raises(
        Waiting, match=r"set up on node1 only in part: W:.*CMSetDst.exe .* is not there.* cluster-aware"
    ):
        cluster.carry_out(CHAPTER, "node1", apply=True)


def test_another_manager_id_on_the_next_node_is_shown(start: Callable[..., Cluster]) -> None:
    cluster = start()
    by_hand(cluster, "node1")
    with pytest.raises(
        NotConfirmed, match=r"Step 4 on node2: .*ManagerID on node2 is CM02, expected CM01, as on node1"
    ):
        by_hand(cluster, "node2", manager_id="CM02")
    cluster.change_site(setup__own_values=[r"ESMPRO/CM\ManagerID"])
    cluster.carry_out(CHAPTER, "node2", apply=True)


def test_a_clustered_database_is_reached_by_address(start: Callable[..., Cluster]) -> None:
    cluster = start()
    with pytest.raises(NotConfirmed, match=r"Step 4 on node1: Server is dbhost, expected 10.0.0.210"):
        by_hand(cluster, "node1", database=Database(server="dbhost"))


def test_a_service_that_is_missing_is_named_and_the_others_are_set(start: Callable[..., Cluster]) -> None:
    cluster = start()
    set_up(cluster, "node1")
    set_destination(cluster, "node1")
    cluster.machine("node1").services.delete("DmiEvWatch")
    with pytest.raises(Waiting, match="services is 12 of 13, without Dmi Event Watcher"):
        cluster.carry_out(CHAPTER, "node1", apply=True)


def test_a_service_with_an_account_of_its_own_keeps_it(start: Callable[..., Cluster]) -> None:
    cluster = start()
    set_up(cluster, "node1")
    set_destination(cluster, "node1")
    registry = cluster.machine("node1").registry
    registry.set(r"HKLM\SYSTEM\CurrentControlSet\Services\clppm", "ObjectName", "REG_SZ", r".\cluster")
    with pytest.raises(NotApplied, match=r"Step 4-\(3\) on node1: CLUSTERPRO Server runs as .\\cluster"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert number(cluster, "node1", r"Services\clppm", "Type") == 0x10


def test_a_destination_that_nothing_can_read_is_attested_and_never_called_verified(
    start: Callable[..., Cluster],
) -> None:
    cluster = start()
    cluster.change_site(setup__destination=None)
    set_up(cluster, "node1")
    with pytest.raises(Waiting, match=r"Step 4-\(2\) on node1: .*runbook confirm lab data-viewer-destination"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    confirm(
        cluster.home / "outputs" / "test", "lab", "data-viewer-destination", "node1", "Sato", "window shows 10.0.0.200"
    )
    cluster.carry_out(CHAPTER, "node1", apply=True)
    (state,) = [one for one in cluster.events() if one["event"] == "state.ended" and one["step"] == "4-(2)"]
    assert state["outcome"] == "ok"
    assert "attested by Sato at " in json.dumps(state["differences"])
    assert "verified" not in json.dumps(state)
