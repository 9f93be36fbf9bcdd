"""Many readings in one remote command, each with its own output and exit code.

Every line is run in parentheses, its errors joined to its output, and followed by a marker line with its exit code.
``%^errorlevel%`` is no variable when cmd.exe expands the whole line; the caret is gone when ``call`` expands it again,
which is after the reading has run.  ``ver>nul`` first sets the exit code to 0, because several built-in commands leave
it as they found it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runbook_lib.commands.quoting import LINE_LIMIT
from runbook_lib.errors import CommandFailed


@dataclass(frozen=True)
class Joined:
    """One remote command that carries several readings.

    Attributes:
        line: what is sent.
        first: index of its first reading among all that were joined.
        count: how many it carries.

    """

    line: str
    first: int
    count: int


def join(lines: Sequence[str], token: str) -> list[Joined]:
    """Pack *lines*, in order, into as few commands as the length limit allows.

    Args:
        lines: command lines, each complete in itself.
        token: a word that occurs in no output; it marks the end of each reading.

    Raises:
        CommandFailed: when one line alone is too long.

    """
    packed: list[Joined] = []
    parts: list[str] = []
    first = 0
    for index, line in enumerate(lines):
        part = f"ver>nul&({line})2>&1&call echo {token} {index} %^errorlevel%"
        if len(part) > LINE_LIMIT:
            raise CommandFailed(f"A command line of {len(part)} characters is too long for cmd.exe: {line[:120]}…")
        if parts and len("&".join([*parts, part])) > LINE_LIMIT:
            packed.append(Joined("&".join(parts), first, len(parts)))
            parts, first = [], index
        parts.append(part)
    if parts:
        packed.append(Joined("&".join(parts), first, len(parts)))
    return packed


def split(output: bytes, token: str, joined: Joined) -> Iterator[tuple[bytes, int]]:
    """The output and exit code of each reading in *joined*, byte for byte.

    Raises:
        CommandFailed: when a marker is missing, so that a reading cut short is never taken for a whole one.

    """
    start = 0
    for index in range(joined.first, joined.first + joined.count):
        marker = re.compile(rb"%b %d (-?\d+)[ \t]*\r?\n" % (re.escape(token.encode()), index))
        found = marker.search(output, start)
        if not found:
            raise CommandFailed(
                f"The answer to reading {index + 1} of {joined.first + joined.count} came back incomplete: "
                f"{len(output)} bytes, the last of them {output[-80:]!r}."
            )
        yield output[start : found.start()], int(found.group(1))
        start = found.end()
