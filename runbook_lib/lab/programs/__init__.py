"""What can be run by name on a node, by release."""

from runbook_lib.lab.machine import Machine
from runbook_lib.lab.process import Program
from runbook_lib.lab.programs import (
    arm,
    attrib,
    certutil,
    chcp,
    clpcfctrl,
    clpcl,
    clpgrp,
    clpstat,
    clpstdn,
    fc,
    find,
    findstr,
    hostname,
    icacls,
    ipconfig,
    more,
    net,
    reg,
    robocopy,
    sc,
    shutdown,
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
    "clpdown": clpstdn.server,
    "clpstat": clpstat.main,
    "clpstdn": clpstdn.cluster,
    "fc": fc.main,
    "find": find.main,
    "findstr": findstr.main,
    "hostname": hostname.main,
    "icacls": icacls.main,
    "ipconfig": ipconfig.main,
    "more": more.main,
    "net": net.main,
    "reg": reg.main,
    "sc": sc.main,
    "shutdown": shutdown.main,
    "sort": sort.main,
    "taskkill": taskkill.main,
    "tasklist": tasklist.main,
    "where": where.main,
    "whoami": whoami.main,
    "xcopy": xcopy.main,
}
_ARM: dict[str, Program] = {
    "armload": arm.load,
    "armkill": arm.kill,
    "armbcast": arm.broadcast,
    "armnsadd": arm.name_added,
    "armnsdel": arm.name_deleted,
}
_ON_DISK: dict[str, Program] = {"splaunch": arm.splaunch}
"""Found only where a product has put a file of that name."""
_SINCE_2008: dict[str, Program] = {"robocopy": robocopy.main}


def install(machine: Machine) -> None:
    """Put the programs of the machine's release in place, with a file for each that belongs to Windows."""
    windows = {name for name in _EVERYWHERE if not name.startswith("clp")}
    machine.programs.update(_EVERYWHERE)
    machine.programs.update(_ON_DISK)
    if int(machine.cluster.version.partition(".")[0]) < 5:
        machine.programs.update(_ARM)  # "X 5 obsoletes armload/armkill" (mkazuyuki/Genetec-Security-Center)
    if machine.version >= (6, 0):
        machine.programs.update(_SINCE_2008)
        windows |= set(_SINCE_2008)
    machine.of_products = set(machine.programs) - windows
    folder = rf"{machine.system_drive}\Windows\System32"
    if machine.files.is_folder(folder):
        for program in ("cmd", *sorted(windows)):
            machine.files.seed(rf"{folder}\{where.file_of(program)}", b"MZ")
