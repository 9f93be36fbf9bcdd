"""The CLUSTERPRO cluster that all simulated nodes belong to: servers, failover groups and what they switch.

Names, states and what `clpstat` shows of them follow published transcripts (github.com/EXPRESSCLUSTER: WSL2, clpaic,
Podman, vagrant examples). A switched partition is mounted on the server where its group runs, and nowhere else.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from runbook_lib.lab.files import Volume
    from runbook_lib.lab.machine import Machine

ResourceKind = Literal["fip", "vip", "md", "sd", "script", "regsync"]
GroupState = Literal["Online", "Offline", "Online Pending", "Offline Pending", "Online Failure"]


class ClusterError(Exception):
    """A request was refused; the text is what the command prints."""


@dataclass
class Resource:
    """One group resource.

    Attributes:
        name, kind: as registered, such as "md1" of kind "md".
        state: as `clpstat` shows it.
        drive, volume: of a switched partition (kinds md and sd).
        address: of kinds fip and vip.
    """

    name: str
    kind: ResourceKind
    state: str = "Offline"
    drive: str = ""
    volume: "Volume | None" = None
    address: str = ""


@dataclass
class Group:
    """One failover group.

    Attributes:
        policy: server names in failover priority order.
        active: the server it runs on, None when it is stopped.
        state: as `clpstat` shows it.
        failing: resources (by name) that do not come online (a misbehaviour switch).
    """

    name: str
    resources: list[Resource]
    policy: tuple[str, ...]
    active: str | None = None
    state: GroupState = "Offline"
    failing: set[str] = field(default_factory=set)


class Cluster:
    """Servers and groups; one lock for all of it, because a move touches two machines.

    Changes are noted on the machine they happen on: ("cluster", GROUP, "online" or "offline").

    Attributes:
        name, version: as registered, and of CLUSTERPRO X, such as "3.1".
        servers: server name -> machine, in priority order.
        stopped: servers whose cluster service does not run (shown as Offline).
        mirror: state of every mirror disk: "Normal", or "Caution" while it is copied and "Error" when it is broken.
        volumes: the partitions that can be switched, by drive, such as "W:".
        folder: where CLUSTERPRO is installed on every server.
        configuration: the cluster configuration file (clp.conf) in force.
        push_exit_code: what a push of a configuration ends with although it worked (a misbehaviour switch).
    """

    def __init__(self, name: str, version: str = "3.1") -> None:
        self.name = name
        self.version = version
        self.servers: dict[str, Machine] = {}
        self.stopped: set[str] = set()
        self.mirror = "Normal"
        self.groups: dict[str, Group] = {}
        self.volumes: dict[str, Volume] = {}
        self.folder = r"C:\Program Files\CLUSTERPRO"
        self.configuration = b""
        self.push_exit_code = 0
        self.lock = threading.RLock()

    # making

    def join(self, machine: "Machine") -> None:
        """Add a server; the order of joining is the server priority."""
        self.servers[machine.name] = machine

    def register(self, name: str, resources: Iterable[Resource], policy: Sequence[str] = ()) -> Group:
        """Register a stopped group; an empty policy means every server in priority order."""
        group = Group(name, list(resources), tuple(policy) or tuple(self.servers))
        self.groups[name] = group
        return group

    # asking

    def online(self, server: str) -> bool:
        """True when that server takes part in the cluster now."""
        return server in self.servers and server not in self.stopped

    def server_named(self, name: str) -> str | None:
        """A server's name as registered (asked in any case), or None."""
        return next((server for server in self.servers if server.upper() == name.upper()), None)

    def active(self, group: str) -> str | None:
        """The server on which the group runs, None when it is stopped; ClusterError when there is no such group."""
        with self.lock:
            return self._group(group).active

    def monitors(self) -> dict[str, str]:
        """State by name of the monitor resources that CLUSTERPRO adds for these group resources."""
        with self.lock:
            states = {"userw": "Normal"}
            for group in self.groups.values():
                for kind in ("fip", "md", "sd", "vip"):
                    for number, resource in enumerate((r for r in group.resources if r.kind == kind), 1):
                        online = resource.state == "Online"
                        states[f"{kind}w{number}"] = (
                            self.mirror if kind == "md" else ("Normal" if online else "Offline")
                        )
            return dict(sorted(states.items()))

    # acting

    def start(self, group: str, server: str | None = None) -> str:
        """Start a stopped group on *server*, or on the first online one of its policy.

        Answers where. ClusterError when refused.
        """
        with self.lock:
            found = self._group(group)
            if found.active is not None:
                raise ClusterError("The group has already been started.")
            target = self._target(found, server)
            self._bring_online(found, target)
            return target

    def stop(self, group: str) -> None:
        """Stop a group; ClusterError when it does not run."""
        with self.lock:
            found = self._group(group)
            if found.active is None:
                raise ClusterError("The group has already been stopped.")
            self._take_offline(found)

    def move(self, group: str, server: str | None = None) -> str:
        """Stop the group and start it on *server*, or on the next online one of its policy.

        Answers where. ClusterError when refused.
        """
        with self.lock:
            found = self._group(group)
            if found.active is None:
                raise ClusterError("The group is not active.")
            target = self._target(found, server, leaving=found.active)
            if target == found.active:
                raise ClusterError("The group is already active on the specified server.")
            if self.mirror != "Normal" and any(resource.kind == "md" for resource in found.resources):
                raise ClusterError("The mirror disk is not in the normal status.")
            self._take_offline(found)
            self._bring_online(found, target)
            return target

    def seed_online(self, group: str, server: str) -> None:
        """Have the group running on *server* without noting a change."""
        with self.lock:
            self._bring_online(self._group(group), server, silent=True)

    # inside

    def _group(self, name: str) -> Group:
        found = next((group for key, group in self.groups.items() if key.upper() == name.upper()), None)
        if found is None:
            raise ClusterError("Invalid group name.")
        return found

    def _target(self, group: Group, server: str | None, leaving: str | None = None) -> str:
        if server is None:
            able = [name for name in group.policy if self.online(name) and name != leaving]
            if not able:
                raise ClusterError("There is no server that can start the group.")
            return able[0]
        named = self.server_named(server)
        if named is None:
            raise ClusterError("Invalid server name.")
        if named not in group.policy or not self.online(named):
            raise ClusterError("The specified server is not able to start the group.")
        return named

    def _bring_online(self, group: Group, server: str, *, silent: bool = False) -> None:
        machine = self.servers[server]
        group.active, group.state = server, "Online"
        for resource in group.resources:
            if resource.name in group.failing:
                resource.state, group.state = "Online Failure", "Online Failure"
                break
            if resource.volume is not None:
                machine.files.mount(resource.drive, resource.volume)
            resource.state = "Online"
        if not silent:
            machine.note_change("cluster", group.name, "online")

    def _take_offline(self, group: Group) -> None:
        machine = self.servers[group.active or ""]
        for resource in reversed(group.resources):
            if resource.volume is not None and resource.state == "Online":
                machine.files.unmount(resource.drive)
            resource.state = "Offline"
        group.active, group.state = None, "Offline"
        machine.note_change("cluster", group.name, "offline")
