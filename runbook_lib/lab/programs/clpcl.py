"""clpcl: the cluster service of this server, of one (-h), or of all (-a): start, stop, restart, suspend, resume.

Source: NEC's published scripts and transcripts (EXPRESSCLUSTER: clpaic, Tools, Maintenance, CreateClusterOnLinux): one
line per server with -s -a, "Start SERVER : Command succeeded."; what the others print is assumed to follow. Groups
stop with the last server that could run them, or move on.
"""

from collections.abc import Sequence
from typing import Final

from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.membership import leave, leave_all, start_service
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.clpgrp import SUCCEEDED

_VERBS: Final = {"-s": "Start", "-t": "Stop", "-r": "Restart", "--suspend": "Suspend", "--resume": "Resume"}
_SERVICES: Final = {"--web", "--alert", "--ib", "--api"}


def main(call: Invocation) -> int:
    """Carry one action out; 0, or 1 when refused."""
    words, cluster = call.arguments[1:], call.machine.cluster
    action = words[0] if words else ""
    if action not in _VERBS:
        return _failed(call, "Invalid option.")
    if action == "-r" and words[1:] and set(words[1:]) <= _SERVICES:
        # WebManager and its companions start again; that changes nothing which the lab has.
        call.stdout.write(f"{SUCCEEDED}\r\n")
        return 0
    servers = _servers(cluster, call.machine.name, words[1:])
    if servers is None or (action.startswith("--") and "-h" in words):
        return _failed(call, "Invalid option.")
    if action.startswith("--"):
        return _pause(call, action)
    unreachable = [name for name in servers if cluster.servers[name].power.state == "down"]
    reached = [name for name in servers if name not in unreachable]
    everywhere = words[1:] == ["-a"]
    if action in ("-t", "-r"):
        if everywhere:
            leave_all(cluster)
        else:
            leave(cluster, reached[0] if reached else call.machine.name)
    if action in ("-s", "-r"):
        start_service(cluster, reached)
    for name in servers:
        result = "Command failed." if name in unreachable else SUCCEEDED
        call.stdout.write(f"{_VERBS[action]} {name} : {result}\r\n" if everywhere else f"{result}\r\n")
    return 1 if unreachable else 0


def _servers(cluster: Cluster, here: str, words: Sequence[str]) -> list[str] | None:
    """The servers that are meant; None when the words make no sense."""
    match words:
        case []:
            return [here]
        case ["-a"]:
            return list(cluster.servers)
        case ["-h", name] if cluster.server_named(name):
            return [cluster.server_named(name) or ""]
        case _:
            return None


def _pause(call: Invocation, action: str) -> int:
    """Suspend or resume the cluster service everywhere; groups go on as they are."""
    cluster = call.machine.cluster
    with cluster.moves:
        if call.machine.name in cluster.stopped or (action == "--resume") != bool(cluster.suspended):
            return _failed(call, "The cluster is not in the status for this command.")
        if action == "--suspend":
            cluster.suspended |= set(cluster.servers) - cluster.stopped
        else:
            cluster.suspended.clear()
    call.stdout.write(f"{SUCCEEDED}\r\n")
    return 0


def _failed(call: Invocation, sentence: str) -> int:
    call.stdout.write(f"{sentence}\r\n")
    return 1
