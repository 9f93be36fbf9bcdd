"""clpstat: the state of the cluster, plain (names cut to fit) or --long.

Layout from published transcripts: EXPRESSCLUSTER/WSL2 (Windows, --long), EXPRESSCLUSTER/kubernetes, clpaic and Podman
(plain, names of 16 characters). The CLUSTERPRO manual prints the form `clpstat -s [-h host]`.
"""

from dataclasses import dataclass

from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.process import Invocation

NOT_RUNNING = "Could not connect to the server. Check if the cluster service is active."


@dataclass(frozen=True)
class _Layout:
    """Places for names: *head* for servers and groups (dots included), *member* for what belongs to them."""

    head: int
    member: int

    def head_line(self, mark: str, name: str, status: str, comment: str = "") -> str:
        """A server or a group: the name, a blank, dots."""
        shown = f"{name[: self.head - 1]} ".ljust(self.head, ".")
        return f"   {mark}{shown}: {_status(status, comment)}"

    def member_line(self, name: str, status: str, comment: str = "") -> str:
        """A heartbeat, a resource, a group's current server."""
        return f"      {name[: self.member].ljust(self.member)}: {_status(status, comment)}"

    def monitor_line(self, name: str, status: str) -> str:
        """A monitor resource; it begins where servers and groups do, in the column of their marks' right."""
        return f"    {name[: self.head - 1].ljust(self.head)}: {_status(status)}"


PLAIN = _Layout(17, 15)
LONG = _Layout(34, 32)


def _status(status: str, comment: str = "") -> str:
    return f"{status:<16} {comment}" if comment else status


def main(call: Invocation) -> int:
    """Print the state of the cluster; 1 when the cluster service does not run or the command line is wrong."""
    layout = PLAIN
    asked = call.machine.name
    rest = iter(call.arguments[1:])
    for word in rest:
        match word:
            case "-s":
                pass
            case "--long":
                layout = LONG
            case "-h":
                asked = next(rest, "")
            case _:
                call.stdout.write("Invalid option.\r\n")
                return 1
    cluster = call.machine.cluster
    server = cluster.server_named(asked)
    if server is None:
        call.stdout.write("Invalid host name. Server specified by -h option is not included in the cluster.\r\n")
        return 1
    with cluster.lock:
        if not cluster.online(call.machine.name) or not cluster.online(server):
            call.stdout.write(f"{NOT_RUNNING}\r\n")
            return 1
        call.stdout.write("".join(f"{line}\r\n" for line in status_lines(cluster, server, layout)))
    return 0


def status_lines(cluster: Cluster, here: str, layout: _Layout) -> list[str]:
    """The whole picture as seen from the server *here*."""
    lines = [
        " ========================  CLUSTER STATUS  ===========================",
        f"  Cluster : {cluster.name}",
        "  <server>",
    ]
    for name in cluster.servers:
        state = "Online" if cluster.online(name) else "Suspend" if name in cluster.suspended else "Offline"
        lines.append(layout.head_line("*" if name == here else " ", name, state))
        lines.append(layout.member_line("lankhb1", "Normal" if state == "Online" else "Offline", "LAN Heartbeat"))
    lines.append("  <group>")
    for group in cluster.groups.values():
        lines.append(layout.head_line(" ", group.name, group.state))
        lines.append(layout.member_line("current", group.active or "None"))
        lines += [layout.member_line(each.name, each.state) for each in sorted(group.resources, key=lambda r: r.name)]
    lines.append("  <monitor>")
    lines += [layout.monitor_line(name, state) for name, state in cluster.monitors().items()]
    lines.append(" =====================================================================")
    return lines
