r"""start.bat and stop.bat of a group's script resources: where they are, what they are told, what they called.

Places: <install folder>\scripts\<group>\<resource>\start.bat and stop.bat (EXPRESSCLUSTER: CreateClusterOnLinux,
HowToCreateCluster_Windows_jp.md). Variables: the stock scripts test CLP_EVENT, CLP_DISK and CLP_SERVER (Milestone),
public samples for Linux the other values SUCCESS and HOME; CLP_FACTOR: Cluster-Set, stop.bat. The same three with
ARMS_ are the ClientManager guide's. The current folder is not the script's own: bin is assumed.
"""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from runbook_lib.lab.cluster import Cluster
    from runbook_lib.lab.groups import Group, Resource

Family = Literal["ARMS", "CLP"]


@dataclass(frozen=True)
class ScriptCall:
    """One ARM command, or another program of the products that a script called.

    Attributes:
        server: where it ran.
        program: its name in upper case, such as "ARMLOAD".
        arguments: as the C runtime splits them.
        code: its exit code.
    """

    server: str
    program: str
    arguments: tuple[str, ...]
    code: int


@dataclass(frozen=True)
class ScriptRun:
    """One script that was run to its end.

    Attributes:
        server, group, resource: where, and whose.
        script: "start.bat" or "stop.bat".
        variables: what it was told, by name.
        exit_code: None when it did not end in time.
        output: what it printed, standard output before standard error.
    """

    server: str
    group: str
    resource: str
    script: str
    variables: dict[str, str] = field(compare=False)
    exit_code: int | None
    output: str = field(compare=False)


def script_path(cluster: "Cluster", group: str, resource: str, script: str) -> str:
    """Where a script of a resource is, on every server."""
    return rf"{cluster.folder}\scripts\{group}\{resource}\{script}"


def run_script(cluster: "Cluster", group: "Group", resource: "Resource", server: str, script: str, factor: str) -> bool:
    """Run one script and wait for it; False when it is not there or does not end in time.

    Its exit code decides nothing: CLUSTERPRO looks at it only where a normal return value was set by hand.
    """
    machine = cluster.servers[server]
    path = script_path(cluster, group.name, resource.name, script)
    if not machine.files.exists(path):
        return False
    variables = _variables(cluster, group, resource, server, path)
    if script == "stop.bat":
        variables["CLP_FACTOR"] = factor
    process = machine.start(f'"{path}"', environment=variables, folder=rf"{cluster.folder}\bin")
    process.stdin.feed(b"", end=True)
    ended = process.wait(cluster.script_limit_s)
    if not ended:
        process.stop()
    page = f"cp{machine.code_page}" if machine.code_page != 65001 else "utf-8"
    output = (process.stdout.take() + process.stderr.take()).decode(page, errors="replace")
    code = process.exit_code if ended else None
    cluster.script_runs.append(ScriptRun(server, group.name, resource.name, script, variables, code, output))
    return ended


def _variables(cluster: "Cluster", group: "Group", resource: "Resource", server: str, path: str) -> dict[str, str]:
    told = {
        "EVENT": group.event,
        "DISK": "FAILURE" if group.disk_fails else "SUCCESS",
        "SERVER": "HOME" if server == group.policy[0] else "OTHER",
    }
    variables = {
        f"{family}_{name}": value for family in sorted(cluster.script_variables) for name, value in told.items()
    }
    if "CLP" in cluster.script_variables:
        variables |= {
            "CLP_SCRIPT_PATH": path.rpartition("\\")[0],
            "CLP_GROUPNAME": group.name,
            "CLP_RESOURCENAME": resource.name,
        }
    return variables


class Watches:
    """What ARMLOAD has started and watches, by server and watch ID (any case); safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[tuple[str, str], str] = {}

    def add(self, server: str, watch_id: str, what: str) -> bool:
        """Watch *what* (key name of a service, or "#PID"); False when that ID is taken on the server."""
        with self._lock:
            if (server, watch_id.upper()) in self._watched:
                return False
            self._watched[server, watch_id.upper()] = what
            return True

    def take(self, server: str, watch_id: str) -> str | None:
        """End a watch; answers what was watched, None when there is no such ID."""
        with self._lock:
            return self._watched.pop((server, watch_id.upper()), None)

    def of(self, server: str) -> dict[str, str]:
        """What is watched on a server, by upper-case ID."""
        with self._lock:
            return {watch_id: what for (name, watch_id), what in self._watched.items() if name == server}

    def clear(self, server: str) -> None:
        """The server has gone down."""
        for watch_id in self.of(server):
            self.take(server, watch_id)
