"""Folders and files: listing, hashing, comparing, copying, moving and removing them with Windows' own commands.

Listings come from a ``for`` loop whose fields cmd.exe itself fills in (attributes, size, full path), so that nothing
depends on the language or the date format of the node.
"""

import hashlib
import ntpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from runbook_lib.commands.quoting import path

_LISTED = re.compile(r"^(?P<attributes>[-a-zA-Z]{2,})\|(?P<size>\d*)\|(?P<path>[A-Za-z]:\\.*)$")
_HASH = re.compile(r"^[0-9a-fA-F]{2}(?: ?[0-9a-fA-F]{2}){19}$")
_CLUSTER: Final = 4096
_CLOSED: Final = "cannot be opened: "


@dataclass(frozen=True)
class Tree:
    """What is under one folder.

    Attributes:
        path: the folder, as it was asked for.
        kind: "folder", "file" (something else stands in its place) or "absent".
        sizes: bytes of each file, by path below the folder, as spelled on the disk.
        folders: the folders below it, by path below it.
        read_only: the files that carry the read-only attribute.
        links: what leads elsewhere (a junction, a link or another reparse point); "." stands for the folder itself.

    """

    path: str
    kind: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    read_only: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()

    @property
    def there(self) -> bool:
        """Whether the folder exists."""
        return self.kind == "folder"

    @property
    def total_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(self.sizes.values())

    @property
    def room_bytes(self) -> int:
        """Bytes that a copy takes on a disk with clusters of 4 KiB, the size NTFS uses by default."""
        return sum(-(-size // _CLUSTER) * _CLUSTER for size in self.sizes.values()) + _CLUSTER * (len(self.folders) + 1)

    def __str__(self) -> str:
        if not self.there:
            return "absent" if self.kind == "absent" else f"a {self.kind}"
        return f"{len(self.sizes)} files in {len(self.folders) + 1} folders, {self.total_bytes:,} bytes"


def folder_path(folder: str) -> str:
    r"""*folder* quoted with one backslash at its end, by which ``if exist`` tells a folder from a file."""
    return path(folder.rstrip("\\"))[:-1] + '\\"'


def list_tree(folder: str) -> str:
    """Lists *folder* and everything under it, hidden ones too, with attributes and size.

    ``dir /s`` passes over a folder that it may not open, without a word: each is tried, and told of by itself.
    """
    where = path(folder)
    closed = f">nul 2>nul||echo {_CLOSED}"
    each = f"for /f \"delims=\" %f in ('dir /b /s /a {where}') do @echo %~af^|%~zf^|%f"
    opened = f'for /f "delims=" %f in (\'dir /b /s /ad {where} 2^>nul\') do @(dir /a "%f" {closed}%f)'
    here = f"for %f in ({where}) do @(echo %~af^|^|%~ff&dir /a %f {closed}%~ff)"
    other = f"if exist {where} (echo is a file) else (echo is absent)"
    return f"if exist {folder_path(folder)} (echo is a folder&({here})&({each})&{opened}) else {other}"


def parse_tree(output: str, folder: str) -> Tree:
    """The answer to `list_tree`.

    Raises:
        ValueError: for whatever may not have been listed whole: a folder that cannot be opened, a name that the node's
            code page does not have, a line that is not expected.

    """
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    if not lines or lines[0] not in {"is a folder", "is a file", "is absent"}:
        raise ValueError(f"the listing of {folder} begins with {lines[:1]!r}")
    if lines[0] != "is a folder":
        return Tree(folder, lines[0].removeprefix("is a ").removeprefix("is "))
    sizes: dict[str, int] = {}
    folders, read_only, links, seen, said = set(), set(), set(), set(), list[str]()
    for line in lines[1:]:
        found = _LISTED.match(line)
        if not found:
            said.append(line)
            continue
        below, attributes = ntpath.relpath(found["path"], folder), found["attributes"]
        if "?" in below or below.lower() in seen:
            raise ValueError(f"the name of {found['path']} has characters that the code page of the node does not have")
        seen.add(below.lower())
        if "l" in attributes[1:]:
            links.add(below)
        if attributes[0] != "d":
            sizes[below] = int(found["size"] or 0)
            if "r" in attributes[1:]:
                read_only.add(below)
        elif below != ".":
            folders.add(below)
    if "." not in seen:
        raise ValueError(f"the listing of {folder} does not show the folder itself")
    closed = next((line.removeprefix(_CLOSED) for line in said if line.startswith(_CLOSED)), "")
    if closed:
        raise ValueError(
            f"{closed} cannot be opened, so what is in it is not known: give the account the right to list it"
        )
    # Of an empty folder dir says, in the node's language, that nothing was found.
    if said and (len(seen) > 1 or len(said) > 1 or "|" in said[0]):
        raise ValueError(f"the listing of {folder} has the line {said[-1]!r}")
    return Tree(folder, "folder", sizes, frozenset(folders), frozenset(read_only), frozenset(links))


def hash_tree(folder: str) -> str:
    """Prints the SHA-1 of every file under *folder* (Windows Server 2008 and later)."""
    return f'for /f "delims=" %f in (\'dir /b /s /a-d {path(folder)}\') do @(echo @%f&certutil -hashfile "%f" SHA1)'


def parse_hashes(output: str, folder: str) -> dict[str, str]:
    """The answer to `hash_tree`: SHA-1 in lower case by path below *folder*.

    A file that could not be hashed is left out, so that it compares as different from everything.  ``certutil`` prints
    the hash on a line of its own between two translated sentences; older releases put blanks between its bytes.
    """
    hashes: dict[str, str] = {}
    current = None
    for line in map(str.rstrip, output.splitlines()):
        if re.match(r"@[A-Za-z]:\\", line):
            current = ntpath.relpath(line[1:], folder)
        elif current is not None and _HASH.match(line):
            hashes.setdefault(current, line.replace(" ", "").lower())
    return hashes


def compare_files(first: str, second: str) -> str:
    """Compares two files byte by byte; exit code 0 means equal (also on releases without ``certutil -hashfile``)."""
    return f"fc /b {path(first)} {path(second)} >nul"


def free_bytes(drive: str) -> str:
    """Lists the root of *drive*, which ends with its free bytes."""
    return f"dir /-c /a {path(drive + chr(92))}"


def parse_free_bytes(output: str) -> int | None:
    """The last number in what `free_bytes` printed, None when there is none (the drive is not there)."""
    numbers = re.findall(r"\d+", output.strip().rsplit("\n", 1)[-1])
    return int(numbers[-1]) if numbers else None


def digest(hashes: Mapping[str, str]) -> str:
    """SHA-256, its first 16 digits, over "hash  path" lines in path order: one number for a whole folder."""
    lines = "".join(f"{value}  {name}\n" for name, value in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def copy_tree(source: str, destination: str, *, robocopy: bool) -> tuple[str, range]:
    """Copies a whole folder with its attributes; ``xcopy`` where there is no ``robocopy`` (Windows Server 2003).

    Beside the line stand the exit codes that mean success (Microsoft KB954404 for ``robocopy``).
    """
    if robocopy:
        # One retry and no waiting: on a full disk every file that is left would wait, and running again goes on anyway.
        return f"robocopy {path(source)} {path(destination)} /E /COPY:DAT /R:1 /W:0 /NP", range(8)
    return f"xcopy {path(source)} {path(destination)} /E /I /H /K /R /Y", range(1)


def rename(folder: str, name: str) -> str:
    """Gives *folder* another *name* in the same place: one act of the file system, whole or not at all."""
    return f"ren {path(folder)} {path(name)}"


def remove_tree(folder: str) -> str:
    """Removes a folder with everything in it, without asking."""
    return f"rd /s /q {path(folder)}"
