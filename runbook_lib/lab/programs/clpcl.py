"""clpcl: start (-s) and stop (-t) the cluster service, here, on one server (-h) or everywhere (-a).

Source: NEC's published transcripts: one line per server with -s -a, "Start SERVER : Command succeeded."; what
stopping prints is assumed to follow. Groups stop with the last server that could run them, or move on.
"""

from runbook_lib.lab.cluster import Cluster, ClusterError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.clpgrp import SUCCEEDED


def main(call: Invocation) -> int:
    """Start or stop the cluster service; 0, or 1 when refused."""
    words = call.arguments[1:]
    cluster = call.machine.cluster
    if not words or words[0] not in ("-s", "-t"):
        call.stdout.write("Invalid option.\r\n")
        return 1
    servers, prefixed = [call.machine.name], False
    if words[1:2] == ["-a"] and len(words) == 2:
        servers, prefixed = list(cluster.servers), True
    elif words[1:2] == ["-h"] and len(words) == 3 and cluster.server_named(words[2]):
        servers = [cluster.server_named(words[2]) or ""]
    elif len(words) > 1:
        call.stdout.write("Invalid option.\r\n")
        return 1
    for server in servers:
        with cluster.lock:
            if words[0] == "-s":
                cluster.stopped.discard(server)
            else:
                _leave(cluster, server, everywhere=prefixed)
        verb = "Start" if words[0] == "-s" else "Stop"
        call.stdout.write(f"{verb} {server} : {SUCCEEDED}\r\n" if prefixed else f"{SUCCEEDED}\r\n")
    return 0


def _leave(cluster: Cluster, server: str, *, everywhere: bool) -> None:
    running = [group.name for group in cluster.groups.values() if group.active == server]
    for group in running:
        if everywhere:
            cluster.stop(group)
            continue
        try:
            cluster.move(group)
        except ClusterError:
            cluster.stop(group)
    cluster.stopped.add(server)
