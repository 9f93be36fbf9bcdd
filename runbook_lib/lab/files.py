r"""The file system of one machine: what can be changed, on top of `Drives`.

Every change is noted; seeding is not, so that a lab starts with an empty account.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from runbook_lib.lab import acl as rights
from runbook_lib.lab import paths
from runbook_lib.lab.accounts import Accounts
from runbook_lib.lab.acl import Ace, Acl
from runbook_lib.lab.drives import LOCK, Drives, Entry
from runbook_lib.lab.volume import DiskFull, FileError, FileNode, FolderNode, Node, Volume

__all__ = ["Accounts", "Ace", "Acl", "DiskFull", "Entry", "FileError", "FileSystem", "Volume"]

_COPY_STEP_BYTES: Final = 64 * 1024
_TORN: Final = datetime(1980, 1, 1)  # noqa: DTZ001  (what robocopy leaves on an unfinished copy)


class FileSystem(Drives):
    """The files of one machine; see `Drives` for attributes and reading."""

    # Writing

    def write(self, path: str, content: bytes, attributes: Iterable[str] | None = None) -> None:
        """Make the file, or replace what is in it; its access rights come from the folder, or stay.

        Args:
            path: the file; its folder must be there.
            content: all of it.
            attributes: letters to set besides A; a hidden or system file is replaced only when they name it so too
                (CreateFile's rule for CREATE_ALWAYS).

        Raises:
            DiskFull: no room; a file that was there is empty then, a new one is there and empty.
        """
        with LOCK:
            self._put(path, content, frozenset(attributes or ()), append=False)

    def append(self, path: str, content: bytes) -> None:
        """Write behind the end of a file, made when missing."""
        with LOCK:
            self._put(path, content, frozenset(), append=True)

    def _put(self, path: str, content: bytes, attributes: frozenset[str], *, append: bool) -> None:
        node = self._find(path)
        volume = self.volume(path)
        if path.upper() in self.in_use:
            raise FileError(32, path)
        if node is None:
            file = self._create(path)
            how = "created"
        else:
            if not isinstance(node, FileNode) or "R" in node.attributes:
                raise FileError(5, path)
            if not append and node.attributes & frozenset("HS") - attributes:
                raise FileError(5, path)
            self._check(node, rights.APPEND_DATA if append else rights.WRITE_DATA, path)
            file, how = node, "written"
        self._note("file", path, how)
        if not append:
            volume.resize(file, 0, path)
            file.content.clear()
        volume.resize(file, len(file.content) + len(content), path)
        file.content += content
        file.attributes = (file.attributes if append else attributes) | {"A"}
        file.modified = self.clock()

    def _create(self, path: str) -> FileNode:
        folder = self._parent(path)
        self._check(folder, rights.WRITE_DATA, path)
        file = FileNode(paths.name_of(path), self.clock(), self._new_acl(folder, container=False))
        folder.children[file.name.upper()] = file
        return file

    def _new_acl(self, folder: FolderNode, *, container: bool) -> Acl:
        return Acl(rights.ADMINISTRATORS).taking((), folder.acl, container=container)

    def make_folder(self, path: str, *, parents: bool = True) -> None:
        """Make a folder, and with *parents* those above it (error 183 when it is there already)."""
        with LOCK:
            if len(path) <= len("C:\\") or self.exists(path):
                self.volume(path)
                raise FileError(183, path)
            above = paths.parent(path)
            if parents and not self.exists(above):
                self.make_folder(above)
            folder = self._parent(path)
            self._find(path)  # refuses names that cannot be
            self._check(folder, rights.APPEND_DATA, path)
            node = FolderNode(paths.name_of(path), self.clock(), self._new_acl(folder, container=True))
            folder.children[node.name.upper()] = node
            self._note("file", path, "created")

    def remove(self, path: str) -> None:
        """Remove a file (5 when read-only) or an empty folder (145 when it is not empty)."""
        with LOCK:
            node = self._require(path)
            if "R" in node.attributes or len(path) <= len("C:\\"):
                raise FileError(5, path)
            self._check_removal(node, path)
            if isinstance(node, FolderNode) and node.children:
                raise FileError(145, path)
            del self._parent(path).children[node.name.upper()]
            self.volume(path).release(node)
            self._note("file", path, "removed")

    def move(self, source: str, destination: str, *, replacing: bool = False) -> None:
        """Rename within one volume; rights and times stay as they are (error 17 between volumes)."""
        with LOCK:
            node = self._require(source)
            if self.volume(source) is not self.volume(destination):
                raise FileError(17, source)
            self._check_removal(node, source)
            if isinstance(node, FolderNode):
                if any(held.startswith(source.upper() + "\\") for held in self.in_use):
                    raise FileError(5, source)
                if f"{destination}\\".upper().startswith(f"{source}\\".upper()) and len(destination) != len(source):
                    raise FileError(32, source)
            there = self._find(destination)
            target = self._parent(destination)
            if there is not None and there is not node:
                if not replacing or isinstance(there, FolderNode) or isinstance(node, FolderNode):
                    raise FileError(183 if not replacing else 5, destination)
                self.remove(destination)
            self._check(target, rights.WRITE_DATA if isinstance(node, FileNode) else rights.APPEND_DATA, destination)
            del self._parent(source).children[node.name.upper()]
            node.name = paths.name_of(destination)
            target.children[node.name.upper()] = node
            self._note("file", source, f"moved to {destination}")

    def set_attributes(self, path: str, attributes: Iterable[str]) -> None:
        """Replace the attribute letters of a file or folder."""
        with LOCK:
            node = self._require(path)
            self._check(node, rights.WRITE_ATTRIBUTES, path)
            node.attributes = frozenset(attributes)
            self._note("file", path, "attributes set")

    def set_modified(self, path: str, moment: datetime) -> None:
        """Set the time of the last write."""
        with LOCK:
            node = self._require(path)
            self._check(node, rights.WRITE_ATTRIBUTES, path)
            node.modified = moment
            self._note("file", path, "time set")

    def copy(self, source: str, destination: str, pause: Callable[[float], None] | None = None) -> None:
        """Copy one file as CopyFile does: content, time and attributes go along, access rights do not.

        Args:
            source: the file.
            destination: the new or replaced file (not a folder).
            pause: lets *seconds* pass; it may raise to stop the copy, which leaves the part that was written, dated
                1980 (as an interrupted robocopy does). Used only with `copy_bytes_per_s`.

        Raises:
            DiskFull: before anything was written.
        """
        with LOCK:
            file = self._file(source)
            content, attributes, modified = self.read(source), file.attributes, file.modified
            there = self._find(destination)
            old_size = len(there.content) if isinstance(there, FileNode) else 0
            self.volume(destination).require_room(len(content), old_size, destination)
        if self.copy_bytes_per_s is None or pause is None:
            self.write(destination, content, attributes)
        else:
            self.write(destination, b"", attributes)
            self._file(destination).modified = _TORN
            for start in range(0, len(content), _COPY_STEP_BYTES):
                step = content[start : start + _COPY_STEP_BYTES]
                pause(len(step) / self.copy_bytes_per_s)
                with LOCK:
                    target = self._file(destination)
                    self.volume(destination).resize(target, len(target.content) + len(step), destination)
                    target.content += step
        with LOCK:
            target = self._file(destination)
            target.modified, target.attributes = modified, attributes | {"A"}

    # Access rights

    def set_acl(self, path: str, explicit: Iterable[Ace], *, protected: bool | None = None) -> None:
        """Replace the explicit entries (and protection), take over those of the folder above, hand them on below.

        Noted once, for *path*; what changes below follows from it.
        """
        with LOCK:
            node = self._require(path)
            self._check(node, rights.WRITE_DAC, path)
            self._set_acl(node, path, tuple(explicit), protected)
            self._note("acl", path, "set")

    def _set_acl(self, node: Node, path: str, explicit: tuple[Ace, ...], protected: bool | None) -> None:
        is_root = len(path) <= len("C:\\")
        parent = None if is_root else self._parent(path).acl
        node.acl = replace(node.acl, protected=node.acl.protected if protected is None else protected)
        node.acl = node.acl.taking(explicit, parent, container=isinstance(node, FolderNode))
        _hand_down(node)

    def set_owner(self, path: str, sid: str) -> None:
        """Give a file or folder another owner."""
        with LOCK:
            node = self._require(path)
            self._check(node, rights.WRITE_OWNER, path)
            node.acl = replace(node.acl, owner=sid)
            self._note("acl", path, "owner set")

    # Seeding: as if it had been there before the lab started

    def seed(
        self,
        path: str,
        content: bytes = b"",
        attributes: Iterable[str] = "A",
        *,
        modified: datetime | None = None,
    ) -> None:
        """Put a file there without noting it; its folders are made."""
        with self._unnoted():
            if not self.exists(paths.parent(path)):
                self.make_folder(paths.parent(path))
            self.write(path, content, attributes)
            file = self._file(path)
            file.attributes = frozenset(attributes)
            file.modified = modified or file.modified

    def seed_folder(self, path: str, attributes: Iterable[str] = ()) -> None:
        """Put a folder (and those above it) there without noting it; fine when it is there."""
        with self._unnoted():
            if not self.exists(path):
                self.make_folder(path)
            self._folder(path).attributes = frozenset(attributes)

    def seed_acl(self, path: str, explicit: Iterable[Ace], *, protected: bool = False) -> None:
        """Set access rights without noting it."""
        with LOCK:
            self._set_acl(self._require(path), path, tuple(explicit), protected)

    @contextmanager
    def _unnoted(self) -> Iterator[None]:
        with LOCK:
            note = self._note
            self._note = _nothing
            try:
                yield
            finally:
                self._note = note


def _nothing(_kind: str, _path: str, _how: str) -> None:
    """The account while files are put in place."""


def _hand_down(node: Node) -> None:
    if isinstance(node, FolderNode):
        for child in node.children.values():
            if not child.acl.protected:
                child.acl = child.acl.taking(child.acl.explicit, node.acl, container=isinstance(child, FolderNode))
                _hand_down(child)
