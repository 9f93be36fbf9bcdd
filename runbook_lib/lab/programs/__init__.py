"""What can be run by name on a node, by release."""

from runbook_lib.lab.machine import Machine
from runbook_lib.lab.process import Program
from runbook_lib.lab.programs import (
    attrib,
    certutil,
    chcp,
    clpcfctrl,
    clpcl,
    clpgrp,
    clpstat,
    fc,
    find,
    findstr,
    hostname,
    icacls,
    more,
    net,
    reg,
    robocopy,
    sc,
    sort,
    taskkill,
    tasklist,
    where,
    whoami,
    xcopy,
)

_EVERYWHERE: dict[str, Program] = {
    "attrib": attrib.main,
    "certutil": certutil.main,
    "chcp": chcp.main,
    "clpcfctrl": clpcfctrl.main,
    "clpcl": clpcl.main,
    "clpgrp": clpgrp.main,
    "clpstat": clpstat.main,
    "fc": fc.main,
    "find": find.main,
    "findstr": findstr.main,
    "hostname": hostname.main,
    "icacls": icacls.main,
    "more": more.main,
    "net": net.main,
    "reg": reg.main,
    "sc": sc.main,
    "sort": sort.main,
    "taskkill": taskkill.main,
    "tasklist": tasklist.main,
    "where": where.main,
    "whoami": whoami.main,
    "xcopy": xcopy.main,
}
_SINCE_2008: dict[str, Program] = {"robocopy": robocopy.main}


def install(machine: Machine) -> None:
    """Put the programs of the machine's release in place, with a file for each that belongs to Windows."""
    machine.programs.update(_EVERYWHERE)
    if machine.version >= (6, 0):
        machine.programs.update(_SINCE_2008)
    folder = rf"{machine.system_drive}\Windows\System32"
    if machine.files.is_folder(folder):
        for program in ("cmd", *machine.programs):
            if not program.startswith("clp"):
                machine.files.seed(rf"{folder}\{where.file_of(program)}", b"MZ")
