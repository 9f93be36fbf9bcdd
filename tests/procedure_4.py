"""Chapter 4 as tests carry it out, and what procedure 4 of the manual asks for, by the lab's own account."""

from typing import Any

import pytest

from runbook_lib.errors import Waiting
from tests.clusters import Cluster

CHAPTER = "04_set_up_manager"
SIX = ("AlmSocketR", "EsmBaseSvc", "EsmCmdSvc", "EsmRmapSvc", "DmiEvWatch", "EsmAlertSvc")


def product_key(cluster: Cluster, node: str) -> str:
    return cluster.machine(node).registry.in_view(r"HKLM\SOFTWARE\NEC\ESMPRO/CM", 32)


def by_hand(cluster: Cluster, node: str, **other: Any) -> None:
    """Chapter 4 on one node, with a person at every window."""
    with pytest.raises(Waiting, match=r"Step 4-\(1\) on \w+: At the console of"):
        cluster.carry_out(CHAPTER, node, apply=True)
    cluster.lab.operator.run_setup(node, **other)
    with pytest.raises(Waiting, match=r"Step 4-\(2\) on \w+: At the console of .*CMSetDst.exe, enter 10.0."):
        cluster.carry_out(CHAPTER, node, apply=True)
    cluster.lab.operator.set_destination(node, str(cluster.site.group.address.ip))
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
