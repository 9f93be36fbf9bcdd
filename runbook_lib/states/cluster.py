"""States of the cluster, as CLUSTERPRO's own commands show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runbook_lib.commands import boot, cluster
from runbook_lib.commands.boot import Boot
from runbook_lib.commands.cluster import ClusterStatus
from runbook_lib.commands.folders import folder_path
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import AWAY, Act, Ask, Await, Blocked, Plan, Reading, Row, Span, State, one_round


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
class Expectation:
    """What a site's users are to be told of a failover.

    Attributes:
        within_s: how long it may take, in seconds, before somebody gives up.
        late: what happens when it takes longer, as a sentence.
        meanwhile: what may happen while it goes on, as a sentence.
        forced: why a node may be shut down by it, as a sentence.
    """

    within_s: float
    late: str
    meanwhile: str
    forced: str


@dataclass(frozen=True)
class WatchedStatus(ClusterStatus):
    """The cluster's status, and which boot each node is in; a node that is away is not among them."""

    boots: Mapping[str, Boot] = field(default_factory=dict)

    def boot_of(self, node: str) -> Boot | None:
        """The boot of a node, by its name in any case."""
        return next((one for name, one in self.boots.items() if name.casefold() == node.casefold()), None)


@dataclass(frozen=True)
class GroupActive(State[ClusterStatus]):
    """The failover group runs, on one of the given nodes and on no other.

    A stopped group is started and one that runs elsewhere is moved, to the first of *nodes* that is online.  What the
    move requires is for the step to say.

    Attributes:
        group: its name.
        nodes: where it may run.
        expectation: what is said of a failover afterwards; None says how long it took and no more.
        watched: nodes whose boot is read too, so that one that was taken down and is back already is noticed.
        start: False leaves a stopped group to a person.
    """

    group: str
    nodes: tuple[str, ...]
    expectation: Expectation | None = None
    watched: tuple[str, ...] = ()
    start: bool = True

    passing = True

    @property
    def title(self) -> str:
        return f"Group {self.group} runs on {' or '.join(self.nodes)}"

    @property
    def destroys(self) -> str:
        return (
            f"Group {self.group} is started on or moves to {' or '.join(self.nodes)}, and its services stop meanwhile"
        )

    def reading(self, facts: NodeFacts) -> Reading[ClusterStatus]:
        status = yield from read_status()
        if not self.watched:
            return status
        replies = yield tuple(Ask(line, f"{node}?") for node in self.watched for line in boot.READINGS)
        size = len(boot.READINGS)
        parts = {node: replies[index * size :][:size] for index, node in enumerate(self.watched)}
        boots = {
            node: boot.parse([reply.text for reply in part])
            for node, part in parts.items()
            if all(reply.exit_code != AWAY for reply in part)
        }
        return WatchedStatus(status.servers, status.groups, status.monitors, boots)

    def rows(self, actual: ClusterStatus, facts: NodeFacts) -> tuple[Row, ...]:
        group = actual.groups.get(self.group)
        if group is None:
            return (Row("group", f"not registered (there are {', '.join(actual.groups) or 'none'})", self.group),)
        found = next((node for node in self.nodes if node.casefold() == (group.active_node or "").casefold()), None)
        return (
            Row("status", group.status, "Online"),
            Row("runs on", group.active_node or "no node", group.active_node if found else " or ".join(self.nodes)),
        )

    def plan(self, actual: ClusterStatus, facts: NodeFacts) -> Plan:
        group = actual.groups.get(self.group)
        if group is None:
            return (Blocked(f"There is no group {self.group} in the cluster. Chapter 2 registers it."),)
        if "Pending" in group.status:
            return (Await(f"wait for group {self.group} to be started or stopped", "failover"),)
        able = [node for node in self.nodes if _server(actual, node) == "Online"]
        if not able:
            there = ", ".join(f"{node} is {_server(actual, node)}" for node in self.nodes)
            return (Blocked(f"{there} in the cluster, so group {self.group} cannot run there. Start the node first."),)
        if group.status == "Offline" and group.active_node is None and not self.start:
            return (Blocked(f"Group {self.group} runs on no node. Start it (clpgrp -s {self.group}) first."),)
        if group.status == "Offline" and group.active_node is None:
            return (Act(cluster.start(self.group, able[0]), f"start group {self.group}", limit="failover"),)
        if group.status != "Online" or group.active_node is None:
            wrong = ", ".join(f"{name} is {status}" for name, status in group.resources.items() if status != "Online")
            return (
                Blocked(
                    f"Group {self.group} is {group.status} on {group.active_node or 'no node'}"
                    f"{f' ({wrong})' if wrong else ''}. Find out why, clear it in WebManager, then run this step again."
                ),
            )
        line = cluster.move(self.group, group.active_node, able[0])
        return (Act(line, f"move group {self.group} to {able[0]}", limit="failover"),)

    def unsettled(self, before: ClusterStatus, actual: ClusterStatus) -> bool:
        group, former = actual.groups.get(self.group), before.groups.get(self.group)
        if group is None or former is None:
            return False
        if group.status == "Offline":
            return former.active_node is not None
        return group.status != "Online" or _server(actual, group.active_node or "") != "Online"

    def how_it_went(self, before: ClusterStatus, after: ClusterStatus, took: Span) -> str:
        group, former = after.groups.get(self.group), before.groups.get(self.group)
        if group is None or former is None or (group.active_node, group.status) == (former.active_node, former.status):
            return ""
        said = [_passage(former, group, took)]
        expected = self.expectation
        left = former.active_node
        if left and (away := _forced_down(before, after, left)):
            said.append(
                f"{left}, where it ran, {away}: CLUSTERPRO shut the node down by force, as it does when a group does "
                f"not stop, and failed over by priority.{f' {expected.forced}' if expected else ''} Find out why, and "
                f"see that {left} comes back."
            )
        if expected and left and group.status == "Online":
            if took.seconds > expected.within_s:
                said.append(f"That is longer than {expected.within_s:g} s: {expected.late}")
            said.append(expected.meanwhile)
        return " ".join(said)


def _passage(former: cluster.Group, group: cluster.Group, took: Span) -> str:
    came = group.active_node if group.status == "Online" else None
    if came is None:
        return f"The group is {group.status} on {group.active_node or 'no node'} ({took})."
    if former.active_node is None:
        return f"The group was started on {came} ({took})."
    return f"The group moved from {former.active_node} to {came} ({took})."


def _forced_down(before: ClusterStatus, after: ClusterStatus, node: str) -> str:
    """How it shows that a node was taken down between two readings; "" where it does not."""
    if _server(before, node) == "Online" and _server(after, node) != "Online":
        return f"is {_server(after, node)} in the cluster since"
    if isinstance(before, WatchedStatus) and isinstance(after, WatchedStatus):
        was, now = before.boot_of(node), after.boot_of(node)
        if was and now and boot.is_another(was, now):
            return "has booted anew since"
    return ""


def _server(status: ClusterStatus, node: str) -> str:
    """The status of a server, by its name in any case."""
    servers = {name.casefold(): one for name, one in status.servers.items()}
    return servers.get(node.casefold(), "not in the cluster")


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
        return tuple(Row(node, _server(actual, node), "Online") for node in self.nodes)


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
