"""Which process runs a notebook, and whether that process still lives: what a journal says, and the system confirms."""

import os
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

_SAME_START_S: Final = 2.0
"""A process's time of creation is counted from the boot, and the clock may have been corrected since it was noted."""

_PROC: Final = Path("/proc")


def this_process() -> dict[str, Any]:
    """The process that asks, as a journal keeps it; see `as_noted`."""
    return as_noted(os.getpid())


def as_noted(pid: int) -> dict[str, Any]:
    """The process of that number, as a journal keeps it.

    Its pid, when it was created (seconds since 1970), the host's name; and, where the system tells them, the id of the
    boot and the clock ticks from the boot to its creation, which no correction of the clock changes.  One that has
    ended already was created at 0.
    """
    noted = {"pid": pid, "host": platform.node()}
    with suppress(psutil.NoSuchProcess):
        return {**noted, "started": psutil.Process(pid).create_time(), **_counted(pid)}
    return {**noted, "started": 0}


def lives(process: object) -> bool:
    """Whether the process that a journal names is there, on this host, and not another one under its number.

    *process* is what `this_process` gave; False for what cannot be one, as in a journal of an earlier version.
    """
    return living(process) is not None


def living(process: object) -> psutil.Process | None:
    """That process itself, or None: see `lives`."""
    if not isinstance(process, Mapping) or process.get("host") != platform.node():
        return None
    pid, started = process.get("pid"), process.get("started")
    if not isinstance(pid, int) or not isinstance(started, int | float):
        return None
    with suppress(psutil.Error, ValueError):  # gone meanwhile, or no number a process can have
        found = psutil.Process(pid)
        # A zombie has ended; only whoever started it has not asked yet how.
        return found if _is_same(process, found) and found.status() != psutil.STATUS_ZOMBIE else None
    return None


def _is_same(noted: Mapping[str, Any], found: psutil.Process) -> bool:
    counted = _counted(found.pid)
    if counted and "ticks" in noted:
        return all(noted.get(key) == value for key, value in counted.items())
    return bool(abs(found.create_time() - noted["started"]) <= _SAME_START_S)


def _counted(pid: int) -> dict[str, Any]:
    """`boot` and `ticks` of a process, source: proc(5), /proc/pid/stat, field 22; {} where the system has no /proc."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        after_name = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()  # a name may hold blanks
        return {"boot": boot, "ticks": int(after_name[19])}
    except (OSError, IndexError, ValueError):
        return {}


def end_process(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """Ask *process* to end, and wait for it; after *patience_s* seconds it is killed."""
    process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
