"""The cluster as it was last read, put together from the glances of its nodes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from runbook_lib.commands.cluster import watches_mirror
from runbook_lib.run.journal import journals, read_events
from runbook_lib.run.seen import EVENT, NOT_READ

Event = Mapping[str, Any]

_WELL: Final = frozenset({"Normal", "Online", "Unused"})


@dataclass(frozen=True)
class NodeView:
    """One node.

    Attributes:
        name: as the site file has it.
        priority: its place in the group's policy, from 1.
        status: in the cluster, such as "online"; "not read".
        is_active: the group is here.
        services: state by name; None where they were not read here.
        drive, address: what the node itself said of them; "not read".
        read_at: when the node itself was last read; None: never since the group came where it is.
    """

    name: str
    priority: int
    status: str
    is_active: bool
    services: Mapping[str, str] | None
    drive: str
    address: str
    read_at: datetime | None

    @property
    def running(self) -> int:
        """How many of the services run."""
        return sum(state == "running" for state in (self.services or {}).values())


@dataclass(frozen=True)
class ClusterView:
    """The whole cluster.

    Attributes:
        cluster, group: names.
        group_status: as CLUSTERPRO says; "not registered" or "not read".
        active: the node where the group is; None: nowhere, or not known.
        nodes: in the order of the group's policy.
        resources: of the group, status by name.
        mirror: status of the mirror's monitor, of several the first that is not well; "" where there is none.
        drive, drive_kind, address, address_kind: as the site file has them.
        read_on, read_at: which node said how the cluster is, and when; None: nobody could.
        remarks: what a person should know besides, in English sentences.
    """

    cluster: str
    group: str
    group_status: str
    active: str | None
    nodes: tuple[NodeView, ...]
    resources: Mapping[str, str]
    mirror: str
    drive: str
    drive_kind: str
    address: str
    address_kind: str
    read_on: str
    read_at: datetime | None
    remarks: tuple[str, ...]

    @property
    def headline(self) -> str:
        """Where the group is, in an English sentence."""
        group, status = self.group, self.group_status
        if status == NOT_READ:
            return "The cluster could not be read."
        if status == "not registered":
            return f"There is no group {group} in the cluster yet."
        if self.active is None:
            return f"Group {group} runs on no node."
        return f"Group {group} runs on {self.active}." if status == "Online" else self._unwell()

    def _unwell(self) -> str:
        return f"Group {self.group} on {self.active}: {self.group_status}."


def cluster_seen(folder: Path) -> list[Event]:
    """The last glance from every node in the journals of a change, oldest first; empty where there was none."""
    return last_of_each(event for path in journals(folder) for event in glances(path))


def last_of_each(events: Iterable[Event]) -> list[Event]:
    """Of ``cluster.seen`` events, the last one from each node, and the last that could be read; oldest first."""
    kept: dict[object, Event] = {}
    for event in sorted((event for event in events if event["event"] == EVENT), key=lambda event: str(event["at"])):
        kept[event["node"], bool(event["reason"])] = event
    return sorted(kept.values(), key=lambda event: str(event["at"]))


def glances(journal: Path) -> list[Event]:
    """The ``cluster.seen`` events of one journal; none where it cannot be read, which the table of runs tells."""
    try:
        written = journal.stat()
        return _glances_once(journal, written.st_mtime_ns, written.st_size)
    except (OSError, ValueError):
        return []


@lru_cache(maxsize=4096)
def _glances_once(journal: Path, _written: int, _size: int) -> list[Event]:
    """Read once for each state of the file: the desk asks again and again."""
    return [event for event in read_events(journal) if event["event"] == EVENT]


def view_of(seen: Sequence[Event]) -> ClusterView | None:
    """Put glances together, oldest first; None where there are none.

    How the cluster is, the last glance says that could be read; of its services, drive and address each node itself,
    unless the group has moved since.
    """
    if not seen:
        return None
    read = [event for event in seen if not event["reason"]]
    last = read[-1] if read else seen[-1]
    active = last["active"]
    # Where the group has moved since, what a node said before of its services and its disk is no longer so.
    own = {event["node"]: event for event in seen if not event["reason"] and event["active"] == active}
    nodes = tuple(
        _node(name, number, status, active, own.get(name))
        for number, (name, status) in enumerate(last["nodes"].items(), start=1)
    )
    return ClusterView(
        cluster=last["cluster"],
        group=last["group"]["name"],
        group_status=last["group"]["status"],
        active=active,
        nodes=nodes,
        resources=last["resources"],
        mirror=_mirror(last["monitors"]),
        drive=last["drive"]["letter"],
        drive_kind=last["drive"]["kind"],
        address=last["address"]["ip"],
        address_kind=last["address"]["kind"],
        read_on=last["node"] if read else "",
        read_at=_moment(last) if read else None,
        remarks=tuple(_remarks(last, nodes, [event for event in seen if event["reason"]])),
    )


def _mirror(monitors: Mapping[str, str]) -> str:
    """The status of the mirror: of several monitors, the first that is not well."""
    found = [status for name, status in monitors.items() if watches_mirror(name)]
    return next((status for status in found if status not in _WELL), found[0] if found else "")


def _node(name: str, priority: int, status: str, active: str | None, own: Event | None) -> NodeView:
    return NodeView(
        name,
        priority,
        status,
        name == active,
        (own["services"] or None) if own else None,
        own["drive"]["here"] if own else NOT_READ,
        own["address"]["here"] if own else NOT_READ,
        _moment(own) if own else None,
    )


def _remarks(last: Event, nodes: Sequence[NodeView], unread: Sequence[Event]) -> Iterable[str]:
    active = last["active"]
    if active and active not in {node.name for node in nodes}:
        yield f"The group runs on {active}, which the site file does not have."
    for event in unread:
        if event is last or str(event["at"]) > str(last["at"]):
            yield f"{event['node']} could not be read: {event['reason']}"
    for name, status in last["resources"].items():
        if active and status != "Online":
            yield f"Resource {name} is {status}."
    for name, status in last["monitors"].items():
        if active and status not in _WELL and not watches_mirror(name):
            yield f"Monitor {name} is {status}."
    # Only what was read in the same minute may contradict each other: between two readings the group may have moved.
    drive, address, listed = last["drive"]["letter"], last["address"]["ip"], last["address"]["kind"] == "floating"
    asked = next((node for node in nodes if node.name == last["node"]), None)
    if asked is None or last["group"]["status"] != "Online":
        return
    where = f"on {asked.name}, where the group {'runs' if asked.is_active else 'does not run'}"
    if asked.drive == ("out of reach" if asked.is_active else "reachable"):
        yield f"{drive} is {asked.drive} {where}."
    if listed and asked.address == ("not there" if asked.is_active else "there"):
        yield f"{address} is {asked.address} {where}."


def _moment(event: Event) -> datetime:
    return datetime.fromisoformat(event["at"])
