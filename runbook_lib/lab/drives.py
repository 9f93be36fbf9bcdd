r"""The drives of one machine, and finding and reading what is on them.

All paths are absolute (``C:\folder\file``), found whatever their case, shown as first written. Reading changes nothing,
not even a time. Errors are `FileError` with the Win32 code that Windows gives.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from runbook_lib.lab import acl as rights
from runbook_lib.lab import paths
from runbook_lib.lab.accounts import Accounts
from runbook_lib.lab.acl import Ace, Acl
from runbook_lib.lab.volume import FileError, FileNode, FolderNode, Node, Volume

LOCK: Final = threading.RLock()  # one for all: a volume may be mounted on several machines, one after another


@dataclass(frozen=True)
class Entry:
    """A file or folder as a listing shows it.

    Attributes:
        path: absolute.
        name: its last part ("" for a root).
        folder: True for a folder.
        size: bytes (0 for a folder).
        attributes: letters out of "RHSA".
        modified: local time.
    """

    path: str
    name: str
    folder: bool
    size: int
    attributes: frozenset[str]
    modified: datetime


class Drives:
    """What one machine sees of files.

    Attributes:
        accounts: names and SIDs of the machine.
        token: SIDs of whoever works on the machine; decides access.
        copy_bytes_per_s: how fast programs copy; None copies at once.
        in_use: paths (upper case) that some process holds open: writing, renaming or removing them is error 32.
        clock: the machine's local time.
    """

    def __init__(
        self,
        accounts: Accounts,
        note: Callable[[str, str, str], None],
        *,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.accounts = accounts
        self.token = accounts.administrator_token
        self.copy_bytes_per_s: int | None = None
        self.in_use: set[str] = set()
        self.clock = clock
        self._note = note
        self._drives: dict[str, Volume] = {}

    # Drives

    @property
    def drives(self) -> dict[str, Volume]:
        """The mounted volumes by drive ("C:")."""
        return dict(sorted(self._drives.items()))

    def mount(self, drive: str, volume: Volume) -> None:
        """Make *volume* reachable as *drive* ("W:")."""
        self._drives[drive.upper()] = volume

    def unmount(self, drive: str) -> None:
        """Take *drive* away; its paths are error 3 from then on."""
        self._drives.pop(drive.upper(), None)

    def volume(self, path: str) -> Volume:
        """The volume of an absolute path."""
        if path.startswith("\\\\"):
            raise FileError(53, path)
        try:
            return self._drives[path[:2].upper()]
        except KeyError:
            raise FileError(3, path) from None

    # Finding

    def _find(self, path: str) -> Node | None:
        node: Node = self.volume(path).root
        names = paths.split(path)[1]
        for position, name in enumerate(names):
            last = position == len(names) - 1
            if paths.has_wildcard(name) or not paths.valid_name(name):
                raise FileError(123, path)
            child = node.children.get(name.upper()) if isinstance(node, FolderNode) else None
            if child is None:
                if last and isinstance(node, FolderNode):
                    return None
                raise FileError(3, path)
            node = child
        return node

    def _require(self, path: str) -> Node:
        node = self._find(path)
        if node is None:
            raise FileError(2, path)
        return node

    def _folder(self, path: str) -> FolderNode:
        node = self._find(path)
        if node is None:
            raise FileError(3, path)
        if not isinstance(node, FolderNode):
            raise FileError(267, path)
        return node

    def _file(self, path: str) -> FileNode:
        node = self._require(path)
        if not isinstance(node, FileNode):
            raise FileError(5, path)
        return node

    def _parent(self, path: str) -> FolderNode:
        node = self._find(paths.parent(path))
        if not isinstance(node, FolderNode):
            raise FileError(3, path)
        return node

    def _check(self, node: Node, mask: int, path: str) -> None:
        if not node.acl.allows(self.token, mask):
            raise FileError(5, path)

    def _check_removal(self, node: Node, path: str) -> None:
        if path.upper() in self.in_use:
            raise FileError(32, path)
        if not node.acl.allows(self.token, rights.DELETE):
            self._check(self._parent(path), rights.DELETE_CHILD, path)

    # Reading

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder; False too when its drive or folder is missing."""
        with LOCK:
            try:
                return self._find(path) is not None
            except FileError:
                return False

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        with LOCK:
            return self.exists(path) and isinstance(self._find(path), FolderNode)

    def entry(self, path: str) -> Entry:
        """What a listing shows of one path (error 2 or 3 when it is not there)."""
        with LOCK:
            node = self._require(path)
            names = [self._true_name(path, count) for count in range(1, len(paths.split(path)[1]) + 1)]
            return _entry(node, path[:2].upper() + "\\" + "\\".join(names))

    def _true_name(self, path: str, count: int) -> str:
        drive, names = paths.split(path)
        node = self._require(drive + "\\" + "\\".join(names[:count]))
        return node.name

    def entries(self, path: str) -> list[Entry]:
        """What is in a folder, by name (errors: 3 there is none, 267 it is a file, 5 it may not be read)."""
        with LOCK:
            folder = self._folder(path)
            self._check(folder, rights.READ_DATA, path)
            return [_entry(child, paths.join(path, child.name)) for child in folder.sorted_children()]

    def walk(self, path: str) -> Iterator[Entry]:
        """Everything below a folder, each folder before what is in it."""
        for entry in self.entries(path):
            yield entry
            if entry.folder:
                yield from self.walk(entry.path)

    def read(self, path: str) -> bytes:
        """The content of a file."""
        with LOCK:
            file = self._file(path)
            self._check(file, rights.READ_DATA, path)
            return bytes(file.content)

    # Access rights

    def access(self, path: str) -> Acl:
        """Owner, entries and protection of a file or folder."""
        with LOCK:
            node = self._require(path)
            self._check(node, rights.READ_CONTROL, path)
            return node.acl

    def acl(self, path: str) -> list[Ace]:
        """The entries of a file or folder, inherited ones included, in Windows' order."""
        return list(self.access(path).aces)


def _entry(node: Node, path: str) -> Entry:
    folder = isinstance(node, FolderNode)
    size = len(node.content) if isinstance(node, FileNode) else 0
    return Entry(path, node.name, folder, size, node.attributes, node.modified)
