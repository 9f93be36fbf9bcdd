"""States of the whole cluster at a glance: what is on which node, read on every one; a node that is away is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from runbook_lib.commands import addresses, cluster, processes, services
from runbook_lib.commands.cluster import ClusterStatus
from runbook_lib.commands.folders import folder_path
from runbook_lib.node import NodeFacts, Reply
from runbook_lib.states.cluster import read_status
from runbook_lib.states.state import AWAY, Ask, Await, Blocked, Plan, Reading, Row, State

_WELL: Final = ("Normal", "Online")


@dataclass(frozen=True)
class Everywhere:
    """What every node answered, and where the group runs.

    Attributes:
        active: the server on which the group runs, None where it runs on none.
        answers: by node: the text of each answer, or the one sentence why the node could not be reached.
    """

    active: str | None
    answers: Mapping[str, tuple[str, ...] | str]

    def is_active(self, node: str) -> bool:
        """Whether the group runs on that node."""
        return self.active is not None and node.casefold() == self.active.casefold()

    def role(self, node: str) -> str:
        """The node with what it is now, such as "node1 (active)"."""
        return f"{node} ({'active' if self.is_active(node) else 'standby'})"


def read_everywhere(group: str, nodes: tuple[str, ...], *lines: str) -> Reading[Everywhere]:
    """Ask every node the same; ValueError when this node's CLUSTERPRO does not answer."""
    status, *replies = yield (Ask(cluster.STATUS), *(Ask(line, f"{node}?") for node in nodes for line in lines))
    seen = cluster.parse_status(status.text)
    if seen is None:
        raise ValueError(f"`{cluster.STATUS}` shows no cluster: {status.text.strip()[:120]!r}")
    found = seen.groups.get(group)
    parts = {node: replies[index * len(lines) :][: len(lines)] for index, node in enumerate(nodes)}
    return Everywhere(found.active_node if found else None, {node: _texts(part) for node, part in parts.items()})


def _texts(replies: list[Reply]) -> tuple[str, ...] | str:
    away = next((reply.text for reply in replies if reply.exit_code == AWAY), "")
    return away or tuple(reply.text for reply in replies)


@dataclass(frozen=True)
class ServicesFollowGroup(State[Everywhere]):
    """Services run on the node where the group runs, every one of them, and none on any other node.

    Attributes:
        group: the failover group.
        nodes: every node of it.
        names: display names (or key names) of the services.
    """

    group: str
    nodes: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{len(self.names)} services run where group {self.group} runs, and nowhere else"

    def reading(self, facts: NodeFacts) -> Reading[Everywhere]:
        found = yield from read_everywhere(self.group, self.nodes, services.LIST_ALL)
        for node, texts in found.answers.items():
            if not isinstance(texts, str) and not services.parse_list(texts[0]):
                raise ValueError(f"`sc` on {node} listed no service at all: {texts[0].strip()[:120]!r}")
        return found

    def rows(self, actual: Everywhere, facts: NodeFacts) -> tuple[Row, ...]:
        rows = [Row("group runs on", actual.active or "no node", actual.active or "a node")]
        every = f"{len(self.names)} of {len(self.names)}"
        for node, texts in actual.answers.items():
            active = actual.is_active(node)
            desired = every if active else "none"
            if isinstance(texts, str):
                rows.append(Row(f"running on {actual.role(node)}", texts, desired))
                continue
            wrong = self._wrong(texts, active=active)
            named = ", ".join(f"{name} ({state})" for name, state in wrong.items())
            if len(wrong) == len(self.names) > 1 and len(set(wrong.values())) == 1:
                named = f"all ({next(iter(wrong.values()))})"
            count = len(self.names) - len(wrong)
            shown = (f"{count} of {len(self.names)}, without {named}" if active else named) if wrong else desired
            rows.append(Row(f"running on {actual.role(node)}", shown, desired))
        return tuple(rows)

    def plan(self, actual: Everywhere, facts: NodeFacts) -> Plan:
        wrong = {
            state
            for node, texts in actual.answers.items()
            for state in (
                ["away"] if isinstance(texts, str) else self._wrong(texts, active=actual.is_active(node)).values()
            )
        }
        if wrong <= {"start pending", "stop pending"}:
            return (Await("wait for services that are being started or stopped", "command"),)
        said = "; ".join(f"{row.key}: {row.actual}" for row in self.rows(actual, facts) if row.differs)
        return (Blocked(f"{said}. The group's scripts start and stop them: find out there why this is so."),)

    def _wrong(self, texts: tuple[str, ...], *, active: bool) -> dict[str, str]:
        """State by name of the services that are not as they must be on one node."""
        listed = services.parse_list(texts[0])
        found = {name: services.by_display_name(listed, name) for name in self.names}
        states = {name: one.state if one else "not installed" for name, one in found.items()}
        well = ("running",) if active else ("stopped", "not installed")
        return {name: state for name, state in states.items() if state not in well}


@dataclass(frozen=True)
class AddressAndDiskFollowGroup(State[Everywhere]):
    """The group's address and its switched partition are on the node where the group runs, and on no other.

    Attributes:
        group: the failover group.
        nodes: every node of it.
        drive: the switched partition, such as "W:".
        address: the group's own.
        listed: Windows lists the address on the node that has it: true of a floating IP.  How a virtual IP shows is
            not public, so it is reported and never wrong.
    """

    group: str
    nodes: tuple[str, ...]
    drive: str
    address: str
    listed: bool = True

    @property
    def title(self) -> str:
        return f"{self.address} and {self.drive} are where group {self.group} runs, and nowhere else"

    def reading(self, facts: NodeFacts) -> Reading[Everywhere]:
        there = f"if exist {folder_path(self.drive)} (echo usable) else (echo absent)"
        return (yield from read_everywhere(self.group, self.nodes, there, addresses.LIST_ALL))

    def rows(self, actual: Everywhere, facts: NodeFacts) -> tuple[Row, ...]:
        rows = [Row("group runs on", actual.active or "no node")]
        for node, texts in actual.answers.items():
            disk, address = f"{self.drive} on {actual.role(node)}", f"{self.address} on {actual.role(node)}"
            here = actual.is_active(node)
            if isinstance(texts, str):
                rows.append(Row(disk, texts, _REACHABLE[here]))
                continue
            rows.append(Row(disk, _REACHABLE[texts[0].strip() == "usable"], _REACHABLE[here]))
            has = _THERE[self.address in addresses.parse_list(texts[1])]
            rows.append(Row(address, has, _THERE[here]) if self.listed else Row(address, has))
        return tuple(rows)


_REACHABLE: Final = {True: "reachable", False: "out of reach"}
_THERE: Final = {True: "there", False: "not there"}


@dataclass(frozen=True)
class OnlyOnActiveNode(State[Everywhere]):
    """The named programs run on no node but the one where the group runs.

    Attributes:
        group: the failover group.
        nodes: every node of it.
        what: what the programs are, such as "CM GUI".
        names: their image names; case does not matter.
        unknown: what is said where no name is known.
    """

    group: str
    nodes: tuple[str, ...]
    what: str
    names: tuple[str, ...]
    unknown: str

    @property
    def title(self) -> str:
        return f"{self.what} is open on no standby"

    def left_out(self, facts: NodeFacts) -> str:
        return "" if self.names else self.unknown

    def reading(self, facts: NodeFacts) -> Reading[Everywhere]:
        if not self.names:
            return Everywhere(None, {})
        found = yield from read_everywhere(self.group, self.nodes, processes.LIST_ALL)
        for node, texts in found.answers.items():
            if not isinstance(texts, str) and not processes.parse_list(texts[0]):
                raise ValueError(f"`tasklist` on {node} listed no process at all: {texts[0].strip()[:120]!r}")
        return found

    def rows(self, actual: Everywhere, facts: NodeFacts) -> tuple[Row, ...]:
        ours = {name.casefold() for name in self.names}
        rows = []
        for node, texts in actual.answers.items():
            key = f"{self.what} on {actual.role(node)}"
            if isinstance(texts, str):
                rows.append(Row(key, texts, "not open"))
                continue
            found = [f"{image} ({pid})" for image, pid in processes.parse_list(texts[0]) if image.casefold() in ours]
            shown = f"open: {', '.join(found)}" if found else "not open"
            rows.append(Row(key, shown) if actual.is_active(node) else Row(key, shown, "not open"))
        return tuple(rows)


@dataclass(frozen=True)
class MonitorsNormal(State[ClusterStatus]):
    """Every resource of a group is online where the group is, and every monitor of the cluster is normal.

    Attributes:
        group: the failover group.
    """

    group: str

    @property
    def title(self) -> str:
        return f"Resources of group {self.group} are online, and monitors normal"

    def reading(self, facts: NodeFacts) -> Reading[ClusterStatus]:
        return (yield from read_status())

    def rows(self, actual: ClusterStatus, facts: NodeFacts) -> tuple[Row, ...]:
        group = actual.groups.get(self.group)
        resources = [Row(name, status, "Online") for name, status in (group.resources if group else {}).items()]
        monitors = [
            Row(f"monitor {name}", status, status if status in _WELL else "Normal")
            for name, status in actual.monitors.items()
        ]
        return (*resources, *monitors)
