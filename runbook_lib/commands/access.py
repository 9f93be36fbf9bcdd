"""``icacls``: access rights of folders, set by SID and read by the names that the node itself gives to those SIDs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from runbook_lib.commands.quoting import argument, path

ADMINISTRATORS: Final = "S-1-5-32-544"
EVERYONE: Final = "S-1-1-0"
SYSTEM: Final = "S-1-5-18"

WHO_AM_I: Final = "whoami /groups /fo csv /nh"
"""Lists the groups of the account in use with their SIDs: the node's own names for Administrators and Everyone."""

NAMES: Final[Mapping[str, str]] = {
    ADMINISTRATORS: r"BUILTIN\Administrators",
    EVERYONE: "Everyone",
    SYSTEM: r"NT AUTHORITY\SYSTEM",
}
"""Names on English and Japanese Windows; European editions translate them, which the preflight notices."""

_ENTRY = re.compile(r"(?P<who>[^\s].*?):(?P<flags>(?:\([A-Z,a-z]+\))+)\s*$")
_INHERITANCE: Final = frozenset({"OI", "CI", "IO", "NP", "I"})


@dataclass(frozen=True)
class AccessEntry:
    """One entry of an access list.

    Attributes:
        who: the principal as the node prints it.
        rights: such as "F" or "RX", several joined by a comma; a refusal begins with "DENY ".
        inherited: it comes from a folder above.
        here: it holds for the folder itself.
        below: it is handed on to files and folders below.

    """

    who: str
    rights: str
    inherited: bool
    here: bool
    below: bool


def list_access(folder: str) -> str:
    """Prints the access list of *folder* and of every folder under it."""
    each = f'for /f "delims=" %f in (\'dir /b /s /ad {path(folder)} 2^>nul\') do @(echo @%f&icacls "%f")'
    return f"for %f in ({path(folder)}) do @(echo @%~f&icacls %f)&{each}"


def parse_access(output: str) -> dict[str, list[AccessEntry]]:
    """The answer to `list_access`: entries by folder, in the order Windows applies them.

    The first entry of a folder stands behind its path, the others below it; the summary is translated and has no
    parentheses, so it is never taken for an entry.
    """
    folders: dict[str, list[AccessEntry]] = {}
    current = None
    for line in map(str.rstrip, output.splitlines()):
        if re.match(r"@[A-Za-z]:\\", line):
            current = line[1:]
            folders[current] = []
        elif current is not None:
            text = line.removeprefix(current).strip()
            found = _ENTRY.match(text)
            if found:
                folders[current].append(_entry(found["who"], found["flags"]))
    return folders


def _entry(who: str, text: str) -> AccessEntry:
    flags = re.findall(r"\(([^)]*)\)", text)
    rights = [flag for flag in flags if flag not in _INHERITANCE and flag != "DENY"]
    return AccessEntry(
        who,
        ("DENY " if "DENY" in flags else "") + ",".join(rights),
        inherited="I" in flags,
        here="IO" not in flags,
        below="OI" in flags and "CI" in flags,
    )


def grant_tree(folder: str, rights: Iterable[tuple[str, str]]) -> str:
    """Gives each (SID or account name, rights) on *folder* and everything under it, replacing what they had there."""
    entries = " ".join(
        argument(f"{'*' if who.startswith('S-1-') else ''}{who}:(OI)(CI){right}") for who, right in rights
    )
    return f"icacls {path(folder)} /grant:r {entries} /T /C"


def stop_inheriting(folder: str) -> str:
    """Turns the entries that *folder* inherits into entries of its own (Windows Server 2008 R2 and later)."""
    return f"icacls {path(folder)} /inheritance:d"


def parse_groups(output: str) -> dict[str, str]:
    """The answer to `WHO_AM_I`: name by SID."""
    groups = {}
    for line in output.splitlines():
        fields = re.findall(r'"([^"]*)"', line)
        sid = next((one for one in fields if re.fullmatch(r"S-1-[\d-]+", one)), None)
        if sid:
            groups[sid] = fields[0]
    return groups


def same_principal(printed: str, name: str) -> bool:
    r"""Whether *printed* by ``icacls`` is *name*: case does not matter, and a name without a domain fits any domain."""
    first, second = printed.casefold(), name.casefold()
    return first == second or ("\\" not in second and first.rpartition("\\")[2] == second)
