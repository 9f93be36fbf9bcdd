"""Putting values into a cmd.exe line so that they arrive as they were meant, or refusing them.

A remote shell runs every line as ``cmd /c LINE``: in command-line mode, without delayed expansion.  The phases that
matter, in their order (Microsoft, ``cmd /?`` and "Everyone quotes command line arguments the wrong way"): percent signs
are expanded first, even inside double quotes; then carets and double quotes decide which of ``& | < > ( )`` are
special; last, the program splits its arguments by the rules of the C runtime, where a backslash before a double quote
is special.
"""

import re
from typing import Final

from runbook_lib.errors import CommandFailed

LINE_LIMIT: Final = 8000
"""Longest line that is sent, in characters; cmd.exe itself takes 8191 (Microsoft KB830473)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_A_PATH = re.compile(r'["<>|*?%]')
_SPECIAL = re.compile(r'([()%!^"<>&|])')


def argument(value: str) -> str:
    """*value* as one argument of a program (not of a command built into cmd.exe).

    Raises:
        CommandFailed: for control characters, which neither the line nor its XML envelope can carry.

    """
    _refuse_control_characters(value)
    quoted = '"' + re.sub(r'(\\*)"', r"\1\1\\" + '"', value)
    quoted = re.sub(r"(\\+)$", r"\1\1", quoted) + '"'
    if '"' not in value and "%" not in value:
        return quoted
    # With every special character behind a caret cmd.exe never sees a quoted string, and "%^NAME^%" is no variable.
    return _SPECIAL.sub(r"^\1", quoted)


def path(value: str) -> str:
    """A Windows path, quoted for programs and built-in commands alike.

    Raises:
        CommandFailed: for characters that no Windows path has, and for percent signs, which built-in commands cannot be
            given safely.

    """
    _refuse_control_characters(value)
    wrong = _NOT_IN_A_PATH.search(value)
    if wrong:
        raise CommandFailed(
            f"The path {value!r} cannot be put into a command line: it has {wrong.group()!r}. "
            "Rename the file or folder, or carry this step out by hand."
        )
    # A backslash before the last quote would make that quote part of the path.
    return '"' + re.sub(r"(\\+)$", r"\1\1", value) + '"'


def _refuse_control_characters(value: str) -> None:
    wrong = _CONTROL.search(value)
    if wrong:
        raise CommandFailed(
            f"The value {value!r} cannot be put into a command line: character {wrong.group()!r} is not allowed there."
        )
