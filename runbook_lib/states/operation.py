"""States that have to hold before a group is moved: its mirror is whole, and nobody is at work with it."""

from dataclasses import dataclass

from runbook_lib.commands import processes
from runbook_lib.commands.cluster import ClusterStatus, watches_mirror
from runbook_lib.node import NodeFacts
from runbook_lib.states.cluster import read_status
from runbook_lib.states.state import Ask, ByHand, Plan, Reading, Row, State


@dataclass(frozen=True)
class MirrorNormal(State[ClusterStatus]):
    """Every mirror disk of the cluster is whole on every node: its monitors show Normal.

    A group is never moved while its mirror is copied (EXPRESSCLUSTER/Tools, UM8700beforeUpdate.ps1 waits the same way).
    """

    @property
    def title(self) -> str:
        return "The mirror disk is normal"

    def reading(self, facts: NodeFacts) -> Reading[ClusterStatus]:
        return (yield from read_status())

    def rows(self, actual: ClusterStatus, facts: NodeFacts) -> tuple[Row, ...]:
        found = {name: status for name, status in actual.monitors.items() if watches_mirror(name)}
        if not found:
            return (Row("monitor of the mirror disk", "none named mdw... or mdnw...", "Normal"),)
        return tuple(Row(name, status, "Normal") for name, status in found.items())


@dataclass(frozen=True)
class NoProcess(State[tuple[str | None, list[tuple[str, int]]]]):
    """None of the named programs runs on the node where the group runs; a stopped group has no such node.

    Attributes:
        group: the group.
        names: image names, such as "viewer.exe"; case does not matter.
    """

    group: str
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Not open on the active node: {', '.join(self.names)}"

    def reading(self, facts: NodeFacts) -> Reading[tuple[str | None, list[tuple[str, int]]]]:
        status = yield from read_status()
        group = status.groups.get(self.group)
        if group is None or group.active_node is None:
            return None, []
        (reply,) = yield (Ask(processes.LIST_ALL, "active"),)
        found = processes.parse_list(reply.text)
        if not found:
            raise ValueError(f"`{processes.LIST_ALL}` listed no process at all: {reply.text.strip()[:120]!r}")
        return group.active_node, found

    def rows(self, actual: tuple[str | None, list[tuple[str, int]]], facts: NodeFacts) -> tuple[Row, ...]:
        node, found = actual
        if node is None:
            return (Row("group runs on", "no node"),)
        running = {image.casefold() for image, _ in found}
        return tuple(
            Row(f"{name} on {node}", "open" if name.casefold() in running else "not open", "not open")
            for name in self.names
        )

    def plan(self, actual: tuple[str | None, list[tuple[str, int]]], facts: NodeFacts) -> Plan:
        node, found = actual
        ours = {name.casefold() for name in self.names}
        open_now = ", ".join(f"{image} (process {pid})" for image, pid in found if image.casefold() in ours)
        return (ByHand(f"Close {open_now} on {node}, or have whoever uses it close it.", "the processes are read"),)
