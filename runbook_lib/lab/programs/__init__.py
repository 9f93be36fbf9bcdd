"""What can be run by name on a node, by release."""

from runbook_lib.lab.machine import Machine
from runbook_lib.lab.process import Program
from runbook_lib.lab.programs import (
    chcp,
    clpcl,
    clpgrp,
    clpstat,
    hostname,
    net,
    reg,
    sc,
    taskkill,
    tasklist,
    whoami,
)

_EVERYWHERE: dict[str, Program] = {
    "chcp": chcp.main,
    "clpcl": clpcl.main,
    "clpgrp": clpgrp.main,
    "clpstat": clpstat.main,
    "hostname": hostname.main,
    "net": net.main,
    "reg": reg.main,
    "sc": sc.main,
    "taskkill": taskkill.main,
    "tasklist": tasklist.main,
    "whoami": whoami.main,
}


def install(machine: Machine) -> None:
    """Put the programs of the machine's release in place."""
    machine.programs.update(_EVERYWHERE)
