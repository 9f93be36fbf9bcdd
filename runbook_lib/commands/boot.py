r"""Which boot a node is in: what to read, and whether two readings are of the same one.

``ShutdownTime`` under ``HKLM\SYSTEM\CurrentControlSet\Control\Windows`` changes at every clean shutdown, and not at a
power cut or a crash (public descriptions of the value: winhelponline.com, 4n6post.com).  The process ids of
``services.exe`` and ``lsass.exe`` tell most of the rest: neither ends without Windows ending with it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from runbook_lib.commands import processes, registry

READINGS: Final = (
    registry.query(r"HKLM\SYSTEM\CurrentControlSet\Control\Windows", "ShutdownTime"),
    processes.LIST_ALL,
)
"""The command lines whose outputs `parse` takes, in its order."""

_LASTING: Final = ("services.exe", "lsass.exe")

Boot = Mapping[str, str]
"""What marks one boot: text by name; what could not be read is not in it."""


def parse(outputs: Sequence[str]) -> Boot:
    """The marks of the boot in the outputs of `READINGS`; ValueError when there is none."""
    shutdown, listed = outputs
    value = registry.parse_value(shutdown, "ShutdownTime")
    marks = {"ShutdownTime": value.data} if value and value.data else {}
    marks |= {image.lower(): str(pid) for image, pid in processes.parse_list(listed) if image.lower() in _LASTING}
    if not marks:
        raise ValueError(
            f"neither ShutdownTime nor {' and '.join(_LASTING)} can be read there: {shutdown.strip()[:80]!r}"
        )
    return marks


def is_another(before: Boot, now: Boot) -> bool:
    """Whether *now* is another boot than *before*; ValueError when they have no mark in common."""
    common = before.keys() & now.keys()
    if not common:
        raise ValueError(f"{dict(before)} and {dict(now)} cannot be compared")
    return any(before[mark] != now[mark] for mark in common)
