"""The /fi filters that tasklist and taskkill share.

Source: the pages "tasklist" and "taskkill" of the command reference (filter names, operators and values).
"""

import operator
import re
from collections.abc import Callable
from typing import Any, Final

from runbook_lib.lab.processes import RunningProcess

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "lt": operator.lt,
    "ge": operator.ge,
    "le": operator.le,
}
_NUMBERS: Final[dict[str, Callable[[RunningProcess], int]]] = {
    "pid": lambda process: process.pid,
    "session": lambda process: process.session,
    "memusage": lambda process: process.memory_kb,
}
_TEXTS: Final[dict[str, Callable[[RunningProcess], list[str]]]] = {
    "imagename": lambda process: [process.image],
    "sessionname": lambda process: [process.session_name],
    "username": lambda process: [process.account, process.account.rpartition("\\")[2]],
    "services": lambda process: list(process.services),
    "status": lambda process: ["running" if process.session else "unknown"],
    "windowtitle": lambda _: ["N/A"],
}


class BadFilter(Exception):  # noqa: N818  (the condition)
    """The filter cannot be understood."""


def parse_filter(text: str) -> Callable[[RunningProcess], bool]:
    """The test that a filter such as "imagename eq explorer.exe" stands for; BadFilter when it is none."""
    found = re.fullmatch(r"\s*(\w+)\s+(\w+)\s+(.+?)\s*", text)
    if not found:
        raise BadFilter(text)
    name, compare, wanted = found[1].lower(), found[2].lower(), found[3]
    if name in _NUMBERS and compare in _COMPARE and wanted.isdigit():
        number, test = int(wanted), _COMPARE[compare]
        return lambda process: test(_NUMBERS[name](process), number)
    if name in _TEXTS and compare in ("eq", "ne"):
        pattern = re.compile(re.escape(wanted).replace(r"\*", ".*"), re.IGNORECASE)
        return lambda process: any(map(pattern.fullmatch, _TEXTS[name](process))) == (compare == "eq")
    raise BadFilter(text)
