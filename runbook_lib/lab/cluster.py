"""The CLUSTERPRO cluster that all simulated nodes belong to: servers, failover groups and what they switch.

Names, states and what `clpstat` shows of them follow published transcripts (github.com/EXPRESSCLUSTER: WSL2, clpaic,
Podman, vagrant examples). A switched partition is mounted on the server where its group runs, and nowhere else.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from runbook_lib.lab.groups import ClusterError, Group, GroupState, Resource, ResourceKind, StartEvent
from runbook_lib.lab.membership import force_down, gui_is_open
from runbook_lib.lab.mirror import Mirror, MirrorState
from runbook_lib.lab.scripts import Family, ScriptCall, ScriptRun, Watches
from runbook_lib.lab.switching import bring_online, take_offline

if TYPE_CHECKING:
    from runbook_lib.lab.files import Volume
    from runbook_lib.lab.machine import Machine

__all__ = ["Cluster", "ClusterError", "Group", "GroupState", "Resource", "ResourceKind"]


class Cluster:
    """Servers and groups. `lock` guards what they are; `moves` is held by whoever starts or stops a group.

    Changes are noted on the machine they happen on: ("cluster", GROUP, "online" or "offline").

    Attributes:
        name, version: as registered, and of CLUSTERPRO X, such as "3.1".
        servers: server name -> machine, in priority order.
        stopped: servers whose cluster service does not run (shown as Offline).
        suspended: servers whose cluster service is suspended: groups go on, commands do not work.
        isolated: servers that do not come back by themselves, because they were not stopped in order.
        copying: how the mirror disks are; see also `mirror`.
        volumes: the partitions that can be switched, by drive, such as "W:".
        folder: where CLUSTERPRO is installed on every server.
        configuration: the cluster configuration file (clp.conf) in force.
        push_exit_code: what a push of a configuration ends with although it worked (a misbehaviour switch).
        script_variables: families of variables that scripts get: "CLP", "ARMS" or both (a switch).
        script_limit_s: seconds after which a script that has not ended counts as failed.
        script_calls, script_runs: what scripts called, and the scripts that were run, in order.
        watches: what ARMLOAD has started.
        sync_wait_s: how long a server that starts alone waits for the others before it starts groups.
        rejoins_after_os_restart: a server that Windows restarted, not CLUSTERPRO, takes part again (a switch).
        gui_blocks_moves: a manual failover fails while CM GUI is open on the active server (a switch).
        forced_restart: a server that is forced down starts again by itself (a switch).
        timers: what is due later.
    """

    def __init__(self, name: str, version: str = "3.1") -> None:
        self.name = name
        self.version = version
        self.servers: dict[str, Machine] = {}
        self.stopped: set[str] = set()
        self.suspended: set[str] = set()
        self.isolated: set[str] = set()
        self.copying = Mirror()
        self.groups: dict[str, Group] = {}
        self.volumes: dict[str, Volume] = {}
        self.folder = r"C:\Program Files\CLUSTERPRO"
        self.configuration = b""
        self.push_exit_code = 0
        self.script_variables: set[Family] = {"CLP"}
        self.script_limit_s = 30.0
        self.script_calls: list[ScriptCall] = []
        self.script_runs: list[ScriptRun] = []
        self.watches = Watches()
        self.sync_wait_s = 1.0
        self.rejoins_after_os_restart = False
        self.gui_blocks_moves = True
        self.forced_restart = False
        self.lock = threading.RLock()
        self.moves = threading.RLock()
        self.timers: list[threading.Timer] = []
        self._mirrors: list[Volume] = []

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
        return server in self.servers and server not in self.stopped | self.suspended

    def server_named(self, name: str) -> str | None:
        """A server's name as registered (asked in any case), or None."""
        return next((server for server in self.servers if server.upper() == name.upper()), None)

    def active(self, group: str) -> str | None:
        """The server on which the group runs, None when it is stopped; ClusterError when there is no such group."""
        with self.lock:
            return self._group(group).active

    @property
    def mirror(self) -> MirrorState:
        """State of every mirror disk; setting it overrides what copying makes of it."""
        return self.copying.state

    @mirror.setter
    def mirror(self, state: MirrorState) -> None:
        self.copying.told = None if state == "Normal" else state

    def known_mirror(self, volume: "Volume") -> bool:
        """Take note of a mirror disk; True when it is the first time."""
        fresh = volume not in self._mirrors
        if fresh:
            self._mirrors.append(volume)
        return fresh

    def monitors(self) -> dict[str, str]:
        """State by name of the monitor resources that CLUSTERPRO adds for these group resources."""
        with self.lock:
            states = {"userw": "Normal"}
            for group in self.groups.values():
                for kind in ("fip", "md", "regsync", "sd", "vip"):
                    for number, resource in enumerate((r for r in group.resources if r.kind == kind), 1):
                        online = resource.state == "Online"
                        states[f"{kind}w{number}"] = (
                            self.mirror if kind == "md" else ("Normal" if online else "Offline")
                        )
            return dict(sorted(states.items()))

    # acting

    def start(self, group: str, server: str | None = None, event: StartEvent = "START") -> str:
        """Start a stopped group on *server*, or on the first online one of its policy.

        Answers where. ClusterError when refused.
        """
        with self.moves:
            found = self._settled(group)
            if found.active is not None:
                raise ClusterError("The group has already been started.")
            target = self._target(found, server)
            found.wanted = True
            bring_online(self, found, target, event)
            return target

    def stop(self, group: str, factor: str = "GROUPSTOP") -> None:
        """Stop a group; ClusterError when it does not run."""
        with self.moves:
            found = self._settled(group)
            if found.active is None:
                raise ClusterError("The group has already been stopped.")
            found.wanted = False
            take_offline(self, found, factor)

    def move(self, group: str, server: str | None = None) -> str:
        """Stop the group and start it on *server*, or on the next online one of its policy.

        Answers where. ClusterError when refused.
        """
        with self.moves:
            found = self._settled(group)
            if found.active is None:
                raise ClusterError("The group is not active.")
            target = self._target(found, server, leaving=found.active)
            if target == found.active:
                raise ClusterError("The group is already active on the specified server.")
            if self.mirror != "Normal" and any(resource.kind == "md" for resource in found.resources):
                raise ClusterError("The mirror disk is not in the normal status.")
            if self.gui_blocks_moves and gui_is_open(self, found.active):
                force_down(self, found)
                raise ClusterError("Failed to stop the group resource.")
            take_offline(self, found, "GROUPMOVE")
            bring_online(self, found, target, "START")
            return target

    def seed_online(self, group: str, server: str) -> None:
        """Have the group running on *server* without noting a change."""
        bring_online(self, self._group(group), server, "START", silent=True)

    # inside

    def _group(self, name: str) -> Group:
        found = next((group for key, group in self.groups.items() if key.upper() == name.upper()), None)
        if found is None:
            raise ClusterError("Invalid group name.")
        return found

    def _settled(self, name: str) -> Group:
        """The group; refused when it is on its way, which only a script of its own can see."""
        group = self._group(name)
        if group.state.endswith("Pending"):
            raise ClusterError("The group is changing its status.")
        return group

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
