"""Which process runs a notebook, and whether that process still lives: what a journal says, and the system confirms."""

import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import psutil

_SAME_START_S: Final = 2.0
"""A process's time of creation is counted from the boot, and the clock may have been corrected since it was noted."""


def this_process() -> dict[str, Any]:
    """The process that asks, as a journal keeps it: pid, when it was created (seconds since 1970), the host's name."""
    return as_noted(os.getpid())


def as_noted(pid: int) -> dict[str, Any]:
    """The process of that number in the same form; one that has ended already was created at 0."""
    with suppress(psutil.NoSuchProcess):
        return {"pid": pid, "started": psutil.Process(pid).create_time(), "host": platform.node()}
    return {"pid": pid, "started": 0, "host": platform.node()}


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
        same = abs(found.create_time() - started) <= _SAME_START_S
        # A zombie has ended; only whoever started it has not asked yet how.
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    return None
