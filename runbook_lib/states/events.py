"""States that something has happened: a restart that this change asked for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from runbook_lib.commands import boot, cluster
from runbook_lib.commands.boot import Boot
from runbook_lib.commands.cluster import ClusterStatus
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, Ask, Await, Blocked, Plan, Reading, Row, Span, State


@dataclass(frozen=True)
class Boots:
    """What was read of a cluster's nodes, each by its name.

    Attributes:
        before: the boot that the restart is measured against; empty in a run that may not begin to count.
        now: the boot that each node is in.
        status: the cluster as each node sees it; None where CLUSTERPRO does not answer.
    """

    before: Mapping[str, Boot]
    now: Mapping[str, Boot]
    status: Mapping[str, ClusterStatus | None]

    def restarted(self, node: str) -> bool:
        """Whether the node is in another boot than the one it is measured against."""
        return node in self.before and boot.is_another(self.before[node], self.now[node])

    def is_clean(self, node: str) -> bool:
        """Whether the node, which has restarted, was shut down before and did not just lose its power."""
        return self.before[node].get("ShutdownTime") != self.now[node].get("ShutdownTime")

    def server(self, node: str) -> str:
        """The node's state in the cluster, as the node sees it that sees it worst."""
        seen = ["CLUSTERPRO does not answer" if self.status[node] is None else "Online"]
        for status in self.status.values():
            servers = {name.casefold(): one for name, one in status.servers.items()} if status else {}
            seen.insert(0, servers.get(node.casefold(), "Online" if status is None else "not in the cluster"))
        return next((one for one in seen if one != "Online"), "Online")


@dataclass(frozen=True)
class ClusterRestarted(State[Boots]):
    """Every node has booted anew since this chapter of the change began to count, and is online in the cluster again.

    CLUSTERPRO's own command restarts: a server that was restarted past it does not rejoin by itself.

    Attributes:
        nodes: every node of the cluster.
    """

    nodes: tuple[str, ...]

    passing = True

    @property
    def title(self) -> str:
        return f"The cluster has restarted in this change: {', '.join(self.nodes)}"

    @property
    def destroys(self) -> str:
        return f"Every node restarts ({', '.join(self.nodes)}), and everything that runs on them stops meanwhile"

    def reading(self, facts: NodeFacts) -> Reading[Boots]:
        (known,) = yield (Ask("boot", "change"),)
        lines = (*boot.READINGS, cluster.STATUS)
        replies = yield tuple(Ask(line, node) for node in self.nodes for line in lines)
        texts = [reply.text for reply in replies]
        parts = {node: texts[index * len(lines) :][: len(lines)] for index, node in enumerate(self.nodes)}
        return Boots(
            json.loads(known.text),
            {node: boot.parse(part[:-1]) for node, part in parts.items()},
            {node: cluster.parse_status(part[-1]) for node, part in parts.items()},
        )

    def rows(self, actual: Boots, facts: NodeFacts) -> tuple[Row, ...]:
        rows: list[Row] = []
        for node in self.nodes:
            restarted = actual.restarted(node)
            rows.append(Row(f"{node} has restarted", "yes" if restarted else "no", "yes"))
            if restarted and not actual.is_clean(node):
                rows.append(Row(f"{node} was shut down before", "no: it stopped without"))
        return (*rows, *(Row(f"{node} in the cluster", actual.server(node), "Online") for node in self.nodes))

    def plan(self, actual: Boots, facts: NodeFacts) -> Plan:
        old = [node for node in self.nodes if not actual.restarted(node)]
        if not old:
            return (Await("wait for every node to be online in the cluster", "restart"),)
        if len(old) < len(self.nodes):
            new = ", ".join(node for node in self.nodes if node not in old)
            return (
                Blocked(
                    f"{new} has restarted since this chapter began, and {', '.join(old)} has not. It may still be "
                    "going down: look at it, restart it from its own console with clpdown -r if it is not, and run "
                    "this chapter again."
                ),
            )
        why = "restart the cluster and wait for every node to be back"
        return (Act(cluster.RESTART, why, limit="restart", takes_node_down=True),)

    def how_it_went(self, before: Boots, after: Boots, took: Span) -> str:
        old = [node for node in self.nodes if not after.restarted(node)]
        if old:
            return f"{', '.join(old)} answers, and is in the boot it was in: no restart has happened there ({took})."
        return f"Every node went down and booted anew ({took})."
