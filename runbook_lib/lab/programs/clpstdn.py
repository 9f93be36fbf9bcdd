"""clpstdn and clpdown: shut the cluster, or this server, down; with -r, restart.

Forms: EXPRESSCLUSTER/clpaic (tool definitions), Azure ("04 ECX Shutdown.bat"). That they answer before the server goes
down is assumed, and so is what they print.
"""

import threading
from collections.abc import Callable
from functools import partial

from runbook_lib.lab.membership import leave, leave_all
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.clpgrp import SUCCEEDED
from runbook_lib.lab.programs.clpstat import NOT_RUNNING


def cluster(call: Invocation) -> int:
    """clpstdn: stop every group, then shut every server down."""
    return _run(call, whole=True)


def server(call: Invocation) -> int:
    """clpdown: stop the cluster service here, so that groups move on, and shut this server down."""
    return _run(call, whole=False)


def _run(call: Invocation, *, whole: bool) -> int:
    words, here = call.arguments[1:], call.machine
    if words not in ([], ["-r"]):
        call.stdout.write("Invalid option.\r\n")
        return 1
    members = here.cluster
    if not members.online(here.name):
        call.stdout.write(f"{NOT_RUNNING}\r\n")
        return 1
    if whole:
        prepare = _once(lambda: leave_all(members))
        machines = [machine for machine in members.servers.values() if machine.power.state == "up"]
    else:
        prepare = partial(leave, members, here.name)
        machines = [here]
    for machine in machines:
        machine.power.order(restart=bool(words), after_s=machine.power.notice_s, prepare=prepare)
    call.stdout.write(f"{SUCCEEDED}\r\n")
    return 0


def _once(work: Callable[[], None]) -> Callable[[], None]:
    """*work* for the first who calls; the others wait until it is done."""
    lock, done = threading.Lock(), list[bool]()

    def first_only() -> None:
        with lock:
            if not done:
                done.append(True)
                work()

    return first_only
