"""clpgrp: start (-s), stop (-t) and move (-m) a group, or name the server it runs on (-n).

Source: how NEC's published scripts call it (EXPRESSCLUSTER/ScheduleMirroring, clpaic, BitLocker): "-n GROUP" prints
nothing but the server's name; success prints "Command succeeded." and exits with 0. With -t and -m, -h names the server
where the group runs, and -a the one that it moves to. The sentences of failures and their codes are assumed.
"""

from runbook_lib.lab.cluster import ClusterError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.clpstat import NOT_RUNNING

SUCCEEDED = "Command succeeded."


def main(call: Invocation) -> int:
    """Act on a group; 0, or 1 when refused."""
    action, words, named = "", list[str](), dict[str, str]()
    rest = iter(call.arguments[1:])
    for word in rest:
        if word in ("-s", "-t", "-m", "-n") and not action:
            action = word
        elif word in ("-h", "-a"):
            named[word] = next(rest, "")
        elif word.startswith("-"):
            return _failed(call, "Invalid option.")
        else:
            words.append(word)
    cluster = call.machine.cluster
    if not action or len(words) > 1 or (action == "-n" and not words):
        return _failed(call, "Invalid option.")
    if not cluster.online(call.machine.name):
        return _failed(call, NOT_RUNNING)
    groups = words or list(cluster.groups)
    target = named.get("-a") or (named.get("-h") if action == "-s" else None)
    try:
        if "-h" in named and cluster.server_named(named["-h"]) is None:
            raise ClusterError("Invalid server name.")
        for group in groups:
            if action in ("-t", "-m") and "-h" in named and cluster.active(group) != cluster.server_named(named["-h"]):
                raise ClusterError("The group is not active on the specified server.")
            if action == "-n":
                active = cluster.active(group)
                if active is None:
                    raise ClusterError("The group is not active.")
                call.stdout.write(f"{active}\r\n")
            elif action == "-s":
                cluster.start(group, target)
            elif action == "-t":
                cluster.stop(group)
            else:
                cluster.move(group, target)
    except ClusterError as error:
        return _failed(call, str(error))
    if action != "-n":
        call.stdout.write(f"{SUCCEEDED}\r\n")
    return 0


def _failed(call: Invocation, sentence: str) -> int:
    call.stdout.write(f"{sentence}\r\n")
    return 1
