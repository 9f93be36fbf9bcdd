"""Chapter 4 on the lab: by hand, silently, again, and with every exchange that matters lost."""

import json
from collections.abc import Callable

import pytest

from runbook_lib.errors import NotApplied, OutcomeUnknown, Waiting
from runbook_lib.run.confirmations import confirm
from runbook_lib.states.product import ProductSetUp
from tests.clusters import Cluster
from tests.procedure_4 import CHAPTER, assert_set_up, by_hand, number, outcomes, product_key, reason

pytestmark = pytest.mark.wire

SITES = ["lab", "lab-2003", "lab-2022"]
COMMANDS = (2, 3, 13, 14, 17, 18, 19, 20, 23, 27, 37)
"""Of some forty commands in a silent run on the first node: readings, the answers' file, set-up, the settings."""
SIX = ("AlmSocketR", "EsmBaseSvc", "EsmCmdSvc", "EsmRmapSvc", "DmiEvWatch", "EsmAlertSvc")
CM = r"HKLM\SOFTWARE\NEC\ESMPRO/CM"


@pytest.mark.parametrize("name", SITES)
def test_by_hand_check_apply_again(before_set_up: Callable[..., Cluster], name: str) -> None:
    """Reading changes nothing; a person and the steps make the manual true on every node; again changes nothing."""
    cluster = before_set_up(name)
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


@pytest.mark.parametrize("name", ["lab", "lab-2022"])
def test_silently_check_apply_again(before_set_up: Callable[..., Cluster], name: str) -> None:
    """The same without a person: every node in one run, and the answers are gone from it afterwards."""
    cluster = before_set_up(name, silent=True)
    for node in cluster.site.group.policy:
        cluster.carry_out(CHAPTER, node, apply=False)
        assert outcomes(cluster)["4-(1)"] == "differs"
    assert cluster.changes() == dict.fromkeys(cluster.lab.machines, 0)
    for number_, node in enumerate(cluster.site.group.policy):
        cluster.carry_out(CHAPTER, node, apply=True)
        found = outcomes(cluster)
        assert (found["4-(5)"], found["4-(1)"], found["4-(2)"]) == (
            "changed" if number_ else "ok",
            "changed",
            "changed",
        )
        assert not cluster.machine(node).files.exists(r"C:\Windows\Temp\clientmanager-setup.ini")
    assert_set_up(cluster)
    changes = cluster.changes()
    for node in cluster.site.group.policy:
        cluster.carry_out(CHAPTER, node, apply=True)
        assert set(outcomes(cluster).values()) <= {"ok", "skipped"}
    assert cluster.changes() == changes


def test_the_answers_are_the_sites(before_set_up: Callable[..., Cluster]) -> None:
    """The folders that the set-up is given are those that were checked, whatever the template's author had in mind."""
    cluster = before_set_up(silent=True)
    cluster.change_site(setup__local_folder=r"C:\Other\CM", setup__manager_id="CM77")
    cluster.carry_out(CHAPTER, "node1", apply=True)
    registry = cluster.machine("node1").registry
    assert registry.text(product_key(cluster, "node1"), "LocalDir") == r"C:\Other\CM"
    assert registry.text(product_key(cluster, "node1"), "ManagerID") == "CM77"


def test_a_silent_set_up_that_refuses_is_told_with_what_it_said(
    before_set_up: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProductSetUp, "settle_s", 0.0)
    cluster = before_set_up(silent=True)
    cluster.change_site(clientmanager__user_group="Nobody")
    with pytest.raises(NotApplied, match=r"exit code 1: ESMPRO user group: there is no group Nobody"):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert not cluster.machine("node1").files.exists(cluster.site.local_folder)


@pytest.mark.parametrize("nth", COMMANDS)
@pytest.mark.parametrize("after", [False, True])
def test_a_lost_exchange_is_settled_by_reading_and_nothing_is_set_up_twice(
    before_set_up: Callable[..., Cluster], nth: int, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProductSetUp, "settle_s", 0.0)
    cluster = before_set_up(silent=True)
    endpoint = cluster.lab.endpoints["node1"]
    endpoint.faults.cut("Command", nth=nth, after=after)
    try:
        cluster.carry_out(CHAPTER, "node1", apply=True)
    except (NotApplied, OutcomeUnknown):
        cluster.carry_out(CHAPTER, "node1", apply=True)
    assert sum("setup.exe /silent" in line for line in endpoint.commands) == 1
    assert number(cluster, "node1", r"Services\EsmBaseSvc", "Start") == 3
    assert cluster.machine("node1").registry.text(product_key(cluster, "node1"), "ConnectManager") == "10.0.0.200"


def test_a_silent_set_up_that_never_ends_is_stopped_at_the_limit(
    before_set_up: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProductSetUp, "settle_s", 0.0)
    cluster = before_set_up(silent=True)
    cluster.change_site(
        limits={"install_s": 2.0}, setup__command=r"C:\ClientManager\setup.exe", setup__response_file=None
    )
    with pytest.raises(NotApplied, match=r"Step 4-\(1\) on node1: .*node1 did not finish in time and was told to stop"):
        cluster.carry_out(CHAPTER, "node1", apply=True)


def test_windows_that_ignores_the_desktop_is_told_and_a_site_may_insist(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up("lab-2022")
    cluster.carry_out(CHAPTER, "node1", apply=False)
    assert reason(cluster, "4-(3)").startswith("no effect on this Windows version (session 0)")
    cluster.change_site(setup__desktop_interaction="always")
    cluster.carry_out(CHAPTER, "node1", apply=False)
    assert outcomes(cluster)["4-(3)"] == "differs"


def test_the_group_moves_only_while_there_is_something_to_set_up(before_set_up: Callable[..., Cluster]) -> None:
    cluster = before_set_up()
    by_hand(cluster, "node1")
    with pytest.raises(Waiting):
        cluster.carry_out(CHAPTER, "node2", apply=True)
    assert cluster.lab.cluster.active("ESMPROCM") == "node2"
    assert "The group moved from node1 to node2" in reason(cluster, "4-(5)")
    cluster.carry_out(CHAPTER, "node1", apply=True)
    assert cluster.lab.cluster.active("ESMPROCM") == "node2"


def test_a_destination_that_nothing_can_read_is_attested_and_never_called_verified(
    before_set_up: Callable[..., Cluster],
) -> None:
    cluster = before_set_up()
    cluster.change_site(setup__destination=None)
    cluster.lab.operator.run_setup("node1")
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
