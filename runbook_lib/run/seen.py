"""A glance at the cluster from one node, for the pictures: who is up, where the group is, disk, address, services.

It travels in one remote command for each node, changes nothing and decides nothing; what cannot be read is told as not
read, and the run goes on.  Journaled as ``cluster.seen`` when a run has opened, when a step stops it, and when its
record is shown.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final, Protocol

from runbook_lib.commands import addresses, cluster, services
from runbook_lib.commands.cluster import ClusterStatus
from runbook_lib.commands.folders import folder_path
from runbook_lib.errors import RunbookError
from runbook_lib.node import Node, NodeFacts, Reply
from runbook_lib.parameters import Site
from runbook_lib.run.journal import Journal
from runbook_lib.run.nodes import Connect, Nodes

EVENT: Final = "cluster.seen"
NOT_READ: Final = "not read"
"""What is said of whatever could not be read; never that it is not there."""

_GLANCE_S: Final = 20.0
"""A picture is not worth waiting longer for: `clpstat` may hang where the cluster is coming up."""

Seen = dict[str, Any]
Read = Callable[[Sequence[str], float], list[Reply]]


class Looking(Protocol):
    """What a glance needs of a run."""

    journal: Journal
    facts: NodeFacts | None

    @property
    def site(self) -> Site:
        """The site's parameters."""

    @property
    def reached(self) -> Sequence[Node]:
        """The nodes that have answered this run, its own last."""


def note_seen(run: Looking) -> None:
    """Glance at the cluster from every node that *run* has reached, and journal it.

    What the run's own node says comes last.  Nothing is read in a chapter that the site skips.
    """
    if run.facts is not None:
        for node in run.reached:
            run.journal.append(EVENT, **read_cluster(run.site, node.name, node.read))


def look_from(site: Site, node: str, connect: Connect) -> Seen:
    """A glance from *node* outside any run, over a connection of its own (`runbook_lib.run.opening.connect`)."""
    nodes = Nodes(site, connect, node)
    try:
        with closing(nodes):
            opened = nodes[node]
            _ = opened.facts  # so that the shell speaks the node's code page
            reason = nodes.misnamed(node)
            return _seen(site, node, None, reason) if reason else read_cluster(site, node, opened.read)
    except RunbookError as error:
        return _seen(site, node, None, str(error))


def read_cluster(site: Site, node: str, read: Read) -> Seen:
    """What the picture shows, as *node* tells it.

    Args:
        site: whose cluster.
        node: the node that is asked.
        read: answers command lines that change nothing, within so many seconds; a NodeError of it is told as a reason.

    Returns:
        The fields of ``cluster.seen``, as `runbook_lib.run.journal` describes them.
    """
    started = time.monotonic()
    there = f"if exist {folder_path(site.group.disk.drive)} (echo usable) else (echo absent)"
    lines = [cluster.STATUS, there, addresses.LIST_ALL, *([services.LIST_ALL] if site.watched_services() else [])]
    try:
        replies = read(lines, _GLANCE_S)
    except RunbookError as error:
        return _seen(site, node, None, str(error))
    status = cluster.parse_status(replies[0].text)
    said = " ".join(replies[0].text.split())[:160]
    seen = _seen(site, node, status, "" if status else f"`{cluster.STATUS}` shows no cluster: {said}")
    usable = replies[1].text.strip()
    if usable in _DRIVE:
        seen["drive"]["here"] = _DRIVE[usable]
    if found := addresses.parse_list(replies[2].text):
        seen["address"]["here"] = "there" if site.group.address.ip in found else "not there"
    if len(lines) == len(replies) == _WITH_SERVICES:
        seen["services"] = _services(site, replies[3].text)
    return {**seen, "seconds": round(time.monotonic() - started, 3)}


_DRIVE: Final = {"usable": "reachable", "absent": "out of reach"}
_WITH_SERVICES: Final = 4


def _seen(site: Site, node: str, status: ClusterStatus | None, reason: str) -> Seen:
    """The fields, with what is not known yet said to be not read."""
    group, disk, address = site.group.name, site.group.disk, site.group.address
    found = status.groups.get(group) if status else None
    gone = "not registered" if status else NOT_READ
    return {
        "node": node,
        "reason": reason,
        "cluster": site.cluster.name,
        "nodes": {name: _server(status, name) for name in site.group.policy},
        "group": {"name": group, "status": found.status if found else gone},
        "active": _site_name(site, found.active_node) if found else None,
        "resources": dict(found.resources) if found else {},
        "monitors": dict(status.monitors) if status else {},
        "drive": {"letter": disk.drive, "kind": disk.kind, "here": NOT_READ},
        "address": {"ip": address.ip, "kind": address.kind, "here": NOT_READ},
        "services": {},
        "seconds": 0.0,
    }


def _server(status: ClusterStatus | None, node: str) -> str:
    """A node's status in the cluster in small letters, such as "online"; a node's name may be in any case."""
    if status is None:
        return NOT_READ
    servers = {name.casefold(): one for name, one in status.servers.items()}
    return servers.get(node.casefold(), "not in the cluster").lower()


def _site_name(site: Site, node: str | None) -> str | None:
    """The node as the site file writes it; as CLUSTERPRO does where the site has none of that name."""
    return next((name for name in site.nodes if node and name.casefold() == node.casefold()), node)


def _services(site: Site, listed: str) -> dict[str, str]:
    """State by name of the services that go with the group; empty where the list cannot be read."""
    try:
        found = services.parse_list(listed)
    except ValueError:
        return {}  # a list that may not be whole says nothing of what is not in it
    states = {name: services.by_display_name(found, name) for name in site.watched_services()}
    return {name: one.state if one else "not installed" for name, one in states.items()} if found else {}
