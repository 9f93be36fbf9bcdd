"""What the tests of chapter 10 do and look at."""

import pytest

from runbook_lib.cli.simulated import describe
from runbook_lib.errors import Waiting
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.manager_setup import installed
from runbook_lib.run.confirmations import confirm
from runbook_lib.states.clpconf import Configuration, parse, without_resource
from tests.clusters import PASSWORD, Cluster

UNINSTALLER = "cmuninst.exe"


def uninstall(cluster: Cluster, node: str, *, apply: bool = True) -> list[tuple[str, str]]:
    """Chapter 10 on one node; step and outcome, in their order."""
    cluster.carry_out("10_uninstall_manager", node, apply=apply)
    return outcomes(cluster)


def outcomes(cluster: Cluster) -> list[tuple[str, str]]:
    return [(event["step"], event["outcome"]) for event in cluster.events() if event["event"] == "step.ended"]


def say(cluster: Cluster, key: str, node: str = "") -> None:
    """A person attests something in the change."""
    confirm(cluster.home / "outputs" / "test", cluster.name, key, node, "Sato", "agreed for tonight")


def install_settings(cluster: Cluster) -> None:
    """Chapter 6 in a change of its own, and the group started: the manager's services run."""
    cluster.lab.cluster.stop("ESMPROCM")
    cluster.carry_out("06_add_scripts_and_keys", "node1", apply=True, change="before")
    cluster.lab.cluster.start("ESMPROCM", "node1")


def allow_stop(cluster: Cluster) -> None:
    """The first run says who has to agree, and somebody does."""
    with pytest.raises(Waiting, match=r"stops it by force.*runbook confirm \S+ stop-for-removal --change test"):
        uninstall(cluster, cluster.site.group.policy[0])
    say(cluster, "stop-for-removal")


def shared_folder(cluster: Cluster) -> bool:
    """Whether the install directory is on the switched partition, whichever node has it mounted."""
    group, site = cluster.lab.cluster, cluster.site
    volume = group.volumes[site.group.disk.drive]
    machine = cluster.machine("node1")
    mounted = next((one for one in cluster.lab.machines.values() if site.group.disk.drive in one.files.drives), None)
    if mounted is not None:
        return mounted.files.exists(site.clientmanager.shared_folder)
    machine.files.mount(site.group.disk.drive, volume)
    try:
        return machine.files.exists(site.clientmanager.shared_folder)
    finally:
        machine.files.unmount(site.group.disk.drive)


def before_chapter_2(cluster: Cluster) -> Configuration:
    """The configuration of a lab that has only seen procedure 1; its disk, which no group has there, left out."""
    clustered = parse(Lab(describe(cluster.site, PASSWORD, "clustered")).cluster.configuration)
    (disk,) = clustered.resources
    return without_resource(clustered, disk.type, disk.name)


def assert_gone(cluster: Cluster, *, excused: tuple[str, ...] = ()) -> None:
    """The cluster is as before chapter 2, by the lab's own account; the work folder is still there."""
    lab = cluster.lab.cluster
    assert lab.groups == {}
    assert parse(lab.configuration).root.means(before_chapter_2(cluster).root)
    for node, machine in cluster.lab.machines.items():
        assert machine.files.read(rf"{cluster.site.cluster.install_folder}\etc\clp.conf") == lab.configuration
        assert installed(machine) == (node in excused)
        assert (machine.services.by_display_name("ESMPRO/CM Manager") is not None) == (node in excused)
    assert not shared_folder(cluster)
    machine = cluster.machine("node1")
    machine.files.mount("W:", lab.volumes["W:"])
    assert machine.files.exists(r"W:\NVWORK\alert")
    machine.files.unmount("W:")


def uninstaller_runs(cluster: Cluster) -> dict[str, int]:
    """How often the uninstaller was started on each node."""
    return {
        node: sum(UNINSTALLER in line and "findstr" not in line for line in endpoint.commands)
        for node, endpoint in cluster.lab.endpoints.items()
    }


def said(cluster: Cluster) -> str:
    """What the last run read in the end, every row of it."""
    rows = [event["actual"] for event in cluster.events() if event["event"] == "state.read"]
    return "\n".join(f"{key}: {value}" for row in rows for key, value in row.items())
