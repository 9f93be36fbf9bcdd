r"""What may follow a variable's name: ``:~start,length`` and ``:search=replacement`` (``set /?``)."""

import re
from typing import Final

_NUMBER: Final = r"[+-]?(?:0[xX][0-9a-fA-F]+|\d+)"
_SLICE: Final = re.compile(rf"~\s*({_NUMBER})?\s*(?:,\s*({_NUMBER})?)?\s*")


def sliced(value: str, operation: str) -> str | None:
    """*value* cut as *operation* (``~2,-1``) says; None when that is not such an operation."""
    match = _SLICE.fullmatch(operation)
    if match is None:
        return None
    start = int(match[1] or "0", 0) if match[1] is None or "x" in match[1].lower() else int(match[1])
    start = max(len(value) + start, 0) if start < 0 else start
    if match[2] is None:
        return value[start:]
    length = int(match[2], 0) if "x" in match[2].lower() else int(match[2])
    end = len(value) + length if length < 0 else start + length
    return value[start : max(end, start)]


def replaced(value: str, operation: str) -> str | None:
    """*value* with ``search=replacement`` done, whatever the case; None when that is not such an operation."""
    search, equals, replacement = operation.partition("=")
    if not equals or search in ("", "*"):
        return None
    if search.startswith("*"):
        place = value.lower().find(search[1:].lower())
        return value if place < 0 else replacement + value[place + len(search) - 1 :]
    return re.sub(re.escape(search), lambda _: replacement, value, flags=re.IGNORECASE)


def modified(value: str, operation: str) -> str | None:
    """*value* changed as the text between ":" and the closing sign says; None when it says nothing valid."""
    return sliced(value, operation) if operation.startswith("~") else replaced(value, operation)
