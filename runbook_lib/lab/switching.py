"""How the resources of a failover group come online on a server and leave it.

Order: addresses and disks, then registry keys, then scripts, and back; that is what the default dependencies of the
types come to (regsync on fip, vip, md and sd: EXPRESSCLUSTER X 2.0 for Windows, Reference Guide).
"""

from typing import TYPE_CHECKING, Final

from runbook_lib.lab.groups import Group, Resource, StartEvent
from runbook_lib.lab.regsync import restore, save
from runbook_lib.lab.scripts import run_script

if TYPE_CHECKING:
    from runbook_lib.lab.cluster import Cluster
    from runbook_lib.lab.machine import Machine

_RANK: Final = {"fip": 0, "vip": 0, "md": 0, "sd": 0, "regsync": 1, "script": 2}


def in_order(group: Group) -> list[Resource]:
    """The resources as they are started."""
    return sorted(group.resources, key=lambda resource: _RANK[resource.kind])


def bring_online(cluster: "Cluster", group: Group, server: str, event: StartEvent, *, silent: bool = False) -> None:
    """Start a stopped group on a server; a resource that fails leaves those after it offline.

    Args:
        cluster: whose group it is.
        group, server: what is started where.
        event: what the scripts are told.
        silent: as if it had always run there: nothing is noted, no script is run.
    """
    machine = cluster.servers[server]
    group.active, group.event = server, event
    group.state = "Online Pending"
    for resource in in_order(group):
        if resource.name in group.failing or not _start(cluster, group, resource, machine, silent=silent):
            resource.state, group.state = "Online Failure", "Online Failure"
            break
        resource.state = "Online"
    else:
        group.state = "Online"
    if not silent:
        machine.note_change("cluster", group.name, "online")


def _start(cluster: "Cluster", group: Group, resource: Resource, machine: "Machine", *, silent: bool) -> bool:
    match resource.kind:
        case "md" | "sd" if resource.volume is not None:
            if not group.disk_fails:
                machine.files.mount(resource.drive, resource.volume)
            if resource.kind == "md" and cluster.known_mirror(resource.volume) and not silent:
                cluster.copying.copy()
        case "regsync":
            for key in restore(machine.registry, resource.saved or {}):
                machine.note_change("registry", key, "taken over")
        case "script" if not silent:
            return run_script(cluster, group, resource, machine.name, "start.bat", "")
        case _:
            pass
    return True


def take_offline(cluster: "Cluster", group: Group, factor: str) -> None:
    """Stop a running group: scripts first. *factor* is what CLP_FACTOR tells them."""
    server = group.active or ""
    machine = cluster.servers[server]
    group.state = "Offline Pending"
    for resource in reversed(in_order(group)):
        if resource.state == "Online":
            match resource.kind:
                case "script":
                    run_script(cluster, group, resource, server, "stop.bat", factor)
                case _:
                    _leave(resource, machine)
        resource.state = "Offline"
    group.active, group.state = None, "Offline"
    machine.note_change("cluster", group.name, "offline")


def drop(cluster: "Cluster", group: Group) -> None:
    """The server of a running group is gone at once: nothing is stopped in order."""
    machine = cluster.servers[group.active or ""]
    for resource in group.resources:
        if resource.state == "Online":
            _leave(resource, machine)
        resource.state = "Offline"
    group.active, group.state = None, "Offline"
    machine.note_change("cluster", group.name, "offline")


def _leave(resource: Resource, machine: "Machine") -> None:
    if resource.volume is not None:
        machine.files.unmount(resource.drive)
    if resource.kind == "regsync":
        resource.saved = save(machine.registry, resource.keys)
