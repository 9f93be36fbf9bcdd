"""Phase 1 of cmd.exe: percent expansion, before anything else looks at the line; and its late sister, "!".

Sources: Microsoft's `set` page; "How does the Windows Command Interpreter (CMD.EXE) parse scripts?"
(stackoverflow.com/questions/4094699), phases 1 and 5 and the section on command line mode.
"""

import re
from collections.abc import Callable
from typing import Final

from runbook_lib.lab.shell.substitute import modified

Lookup = Callable[[str], str | None]
"""The value of a variable by name, or None."""

ArgumentLookup = Callable[[str], str]
"""The text of a batch argument: "*", "1", or modifiers and digit such as "~dp0"."""

_ARGUMENT: Final = re.compile(r"\*|\d|~[fdpnxsatzFDPNXSATZ]*(?:\$[^:%]*:)?\d")


def expand_percent(text: str, lookup: Lookup, arguments: ArgumentLookup | None = None) -> str:
    """Replace ``%name%``.

    Args:
        text: one line.
        lookup: the value of a variable, None when undefined.
        arguments: in a batch file, what %1, %* and %~dp0 stand for; then ``%%`` is a percent sign and undefined
            variables vanish. None is command line mode: undefined variables stay as typed, ``%%`` means nothing.
    """
    out: list[str] = []
    position = 0
    while position < len(text):
        if text[position] != "%":
            stop = text.find("%", position)
            stop = len(text) if stop < 0 else stop
            out.append(text[position:stop])
            position = stop
            continue
        if arguments is not None:
            if text.startswith("%%", position):
                out.append("%")
                position += 2
                continue
            match = _ARGUMENT.match(text, position + 1)
            if match:
                out.append(arguments(match[0]))
                position = match.end()
                continue
        value, end = _variable(text, position, "%", lookup, batch=arguments is not None)
        out.append(value)
        position = end
    return "".join(out)


def _variable(text: str, position: int, sign: str, lookup: Lookup, *, batch: bool) -> tuple[str, int]:
    """What stands for the reference that may begin at *position*, and where to go on."""
    kept = "" if batch else sign
    stop = re.compile(rf"[{sign}:]").search(text, position + 1)
    if stop is None:
        return kept, position + 1
    end = stop.start()
    if text[end] == ":" and text[end + 1 : end + 2] == sign:
        end += 1  # "%name:%" is a variable whose name ends in a colon
    name = text[position + 1 : end]
    value = lookup(name) if name else None
    if text[end] == sign:
        if value is not None:
            return value, end + 1
        return ("", end + 1) if batch else (sign, position + 1)
    if value is None:
        return ("", end + 1) if batch and name else (kept, position + 1)
    close = text.find(sign, end + 1)
    result = None if close < 0 else modified(value, text[end + 1 : close])
    return (kept, position + 1) if result is None else (result, close + 1)


def expand_delayed(text: str, lookup: Lookup, *, batch: bool) -> str:
    """Phase 5, when delayed expansion is on: ``!name!``; a caret protects the next character if there is any "!"."""
    if "!" not in text:
        return text
    out: list[str] = []
    position = 0
    while position < len(text):
        sign = text[position]
        if sign == "^":
            out.append(text[position + 1 : position + 2])
            position += 2
        elif sign == "!":
            if "!" not in text[position + 1 :]:
                position += 1
                continue
            value, position = _variable(text, position, "!", lookup, batch=batch)
            out.append(value)
        else:
            out.append(sign)
            position += 1
    return "".join(out)
