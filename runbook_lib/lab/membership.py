"""How servers leave the cluster and come back, and what becomes of the groups.

Sources: `clpcl`'s and `clpstdn`'s forms in NEC's scripts (EXPRESSCLUSTER: Tools, Maintenance, Azure, clpaic); a server
that did not stop in order does not come back by itself (alert cl/18 in NEC's list); CLP_FACTOR's values
CLUSTERSHUTDOWN and SERVERSHUTDOWN in the V3 change log.
"""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from runbook_lib.lab.groups import Group
from runbook_lib.lab.product_facts import GUI_PROGRAM
from runbook_lib.lab.switching import bring_online, drop, take_offline

if TYPE_CHECKING:
    from runbook_lib.lab.cluster import Cluster


def leave(cluster: "Cluster", server: str) -> None:
    """The cluster service of one server stops in order: its groups go to the next server of their policy, or stop."""
    with cluster.moves:
        for group in _running_on(cluster, server):
            take_offline(cluster, group, "SERVERSHUTDOWN")
            fail_over(cluster, group, away_from=server)
        _gone(cluster, server)


def leave_all(cluster: "Cluster") -> None:
    """The cluster stops as a whole: every group stops, then every server leaves."""
    with cluster.moves:
        for group in cluster.groups.values():
            if group.active is not None:
                take_offline(cluster, group, "CLUSTERSHUTDOWN")
        for server in cluster.servers:
            _gone(cluster, server)


def lose(cluster: "Cluster", server: str) -> None:
    """A server is gone at once (power, crash): its groups fail over, and it does not come back by itself."""
    with cluster.moves:
        running = _running_on(cluster, server)
        _gone(cluster, server)
        cluster.isolated.add(server)
        for group in running:
            drop(cluster, group)
            fail_over(cluster, group, away_from=server)


def gui_is_open(cluster: "Cluster", server: str) -> bool:
    """Whether somebody has CM GUI open on that server."""
    return any(process.image == GUI_PROGRAM for process in cluster.servers[server].processes.running())


def force_down(cluster: "Cluster", group: Group) -> None:
    """A group could not be stopped where it runs: that server is shut down, and its groups fail over.

    Source: the ClientManager guide, notes on operation; the default final action of a deactivation that fails is to
    stop the cluster service and shut Windows down (EXPRESSCLUSTER/CreateClusterOnLinux, ResourceParameters).
    """
    server = group.active or ""
    machine = cluster.servers[server]
    running = _running_on(cluster, server)
    for each in running:
        take_offline(cluster, each, "GROUPMOVE")
    _gone(cluster, server)
    machine.power.order(restart=cluster.forced_restart, after_s=machine.power.notice_s)
    for each in running:
        fail_over(cluster, each, away_from=server)


def fail_over(cluster: "Cluster", group: Group, away_from: str) -> None:
    """Start a group that has just stopped on the next server of its policy; it stays stopped where there is none."""
    able = [server for server in group.policy if server != away_from and cluster.online(server)]
    copying = cluster.mirror != "Normal" and any(resource.kind == "md" for resource in group.resources)
    if able and not copying:
        bring_online(cluster, group, able[0], "FAILOVER")


def come_back(cluster: "Cluster", server: str) -> None:
    """The cluster service of a server starts; the last one to come starts the groups, or the first after a wait.

    Nothing happens for a server that is isolated.
    """
    with cluster.moves:
        if server in cluster.isolated or server not in cluster.stopped:
            return
        others = [name for name in cluster.servers if name != server and name not in cluster.stopped]
        for group in cluster.groups.values():
            group.wanted = group.wanted or not others
            if group.active and any(resource.kind == "md" for resource in group.resources):
                cluster.copying.copy()  # the server was away while the others wrote
        cluster.stopped.discard(server)
    if not cluster.stopped:
        end(cluster)  # nobody is left to wait for
    later(cluster, cluster.sync_wait_s if cluster.stopped else 0.0, lambda: start_wanted(cluster))


def start_wanted(cluster: "Cluster") -> None:
    """Start every stopped group that nobody stopped on purpose, on the first server of its policy."""
    with cluster.moves:
        for group in cluster.groups.values():
            if group.wanted and group.active is None and any(cluster.online(server) for server in group.policy):
                cluster.start(group.name)


def later(cluster: "Cluster", seconds: float, work: Callable[[], None]) -> None:
    """Do *work* in a thread of its own after *seconds*; dropped when the lab ends before."""
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    cluster.timers.append(timer)
    timer.start()


def settle(cluster: "Cluster", seconds: float = 10.0) -> None:
    """Wait until nothing is due any more (for tests)."""
    for timer in cluster.timers:
        timer.join(seconds)


def end(cluster: "Cluster") -> None:
    """Nothing that is due is done."""
    for timer in cluster.timers:
        timer.cancel()
    cluster.timers = [timer for timer in cluster.timers if timer.is_alive()]


def _running_on(cluster: "Cluster", server: str) -> list[Group]:
    return [group for group in cluster.groups.values() if group.active == server]


def _gone(cluster: "Cluster", server: str) -> None:
    cluster.stopped.add(server)
    cluster.suspended.discard(server)
    cluster.watches.clear(server)


def start_service(cluster: "Cluster", servers: Iterable[str]) -> None:
    """`clpcl -s`: also brings back what was isolated."""
    for server in servers:
        cluster.isolated.discard(server)
        come_back(cluster, server)
