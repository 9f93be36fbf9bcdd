"""States of the cluster, as CLUSTERPRO's own commands show it."""

from dataclasses import dataclass

from runbook_lib.commands import cluster
from runbook_lib.commands.cluster import ClusterStatus
from runbook_lib.commands.folders import folder_path
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Reading, Row, State, one_round


def read_status() -> Reading[ClusterStatus]:
    """Ask for the whole cluster; ValueError, with what the node said, when it does not answer."""
    (reply,) = yield one_round(cluster.STATUS)
    status = cluster.parse_status(reply.text)
    if status is None:
        raise ValueError(
            f"`{cluster.STATUS}` shows no cluster (exit code {reply.exit_code}): {reply.text.strip()[:120]!r}. "
            "Check that CLUSTERPRO runs on this node and that its bin folder is in PATH"
        )
    return status


@dataclass(frozen=True)
class GroupActive(State[ClusterStatus]):
    """The failover group runs, on one of the given nodes and on no other.

    Attributes:
        group: its name.
        nodes: where it may run.
    """

    group: str
    nodes: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Group {self.group} runs on {' or '.join(self.nodes)}"

    def reading(self, facts: NodeFacts) -> Reading[ClusterStatus]:
        return (yield from read_status())

    def rows(self, actual: ClusterStatus, facts: NodeFacts) -> tuple[Row, ...]:
        group = actual.groups.get(self.group)
        if group is None:
            return (Row("group", f"not registered (there are {', '.join(actual.groups) or 'none'})", self.group),)
        found = next((node for node in self.nodes if node.casefold() == (group.active_node or "").casefold()), None)
        return (
            Row("status", group.status, "Online"),
            Row("runs on", group.active_node or "no node", group.active_node if found else " or ".join(self.nodes)),
        )


@dataclass(frozen=True)
class ServersOnline(State[ClusterStatus]):
    """Every node of the group is a server of the cluster and online.

    Attributes:
        nodes: their names.
    """

    nodes: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Online in the cluster: {', '.join(self.nodes)}"

    def reading(self, facts: NodeFacts) -> Reading[ClusterStatus]:
        return (yield from read_status())

    def rows(self, actual: ClusterStatus, facts: NodeFacts) -> tuple[Row, ...]:
        servers = {name.casefold(): status for name, status in actual.servers.items()}
        return tuple(Row(node, servers.get(node.casefold(), "not in the cluster"), "Online") for node in self.nodes)


@dataclass(frozen=True)
class OneActiveNode(State[tuple[ClusterStatus, bool]]):
    """The group runs on one node at most, and the switched partition is reachable on that node alone.

    Read on each node in turn, it proves the one-directional standby of the manual (section 機能範囲).

    Attributes:
        group: its name.
        drive: the switched partition, such as "W:".
        node: the node that is read.
    """

    group: str
    drive: str
    node: str

    @property
    def title(self) -> str:
        return f"{self.drive} is reachable on {self.node} exactly when group {self.group} runs there"

    def reading(self, facts: NodeFacts) -> Reading[tuple[ClusterStatus, bool]]:
        status = yield from read_status()
        (reply,) = yield one_round(f"if exist {folder_path(self.drive)} (echo usable) else (echo absent)")
        return status, reply.text.strip() == "usable"

    def rows(self, actual: tuple[ClusterStatus, bool], facts: NodeFacts) -> tuple[Row, ...]:
        status, usable = actual
        group = status.groups.get(self.group)
        active = group.active_node if group else None
        here = bool(active) and str(active).casefold() == self.node.casefold()
        words = {True: "reachable", False: "out of reach"}
        return (
            Row("group runs on", active or "no node"),
            Row(f"{self.drive} on {self.node}", words[usable], words[here]),
        )
