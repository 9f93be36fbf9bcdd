"""A volume: a tree of folders and files with a limited number of bytes."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from runbook_lib.lab.acl import Acl, data_volume_acl

CLUSTER_BYTES = 4096


class FileError(Exception):
    """What Windows refused to do with a path.

    Attributes:
        code: the Win32 error code (2, 3, 5, 15, 32, 53, 80, 112, 123, 145, 183, 267, ...).
        path: the absolute path it is about.
    """

    def __init__(self, code: int, path: str) -> None:
        super().__init__(f"Win32 error {code}: {path}")
        self.code = code
        self.path = path


class DiskFull(FileError):  # noqa: N818  (named after the condition)
    """Error 112: the volume has no room for what should be written."""

    def __init__(self, path: str) -> None:
        super().__init__(112, path)


@dataclass(eq=False)
class FileNode:
    """One file.

    Attributes:
        attributes: letters out of "RHSA".
        modified: local time of the last write.
    """

    name: str
    modified: datetime
    acl: Acl
    attributes: frozenset[str] = frozenset("A")
    content: bytearray = field(default_factory=bytearray)


@dataclass(eq=False)
class FolderNode:
    """One folder; children by upper-case name."""

    name: str
    modified: datetime
    acl: Acl
    attributes: frozenset[str] = frozenset()
    children: "dict[str, FileNode | FolderNode]" = field(default_factory=dict)

    def sorted_children(self) -> "list[FileNode | FolderNode]":
        """The children in NTFS's order, by upper-case name."""
        return [self.children[key] for key in sorted(self.children)]


Node = FileNode | FolderNode


@dataclass(eq=False)
class Volume:
    """One volume; it may be mounted on one machine after another.

    Attributes:
        label: its name ("" for none).
        serial: as `vol` and `dir` show it, such as "1A2B-3C4D".
        capacity_bytes: total size.
        used_bytes: space taken by files, in whole clusters.
        root: the root folder.
    """

    label: str = ""
    serial: str = "1A2B-3C4D"
    capacity_bytes: int = 40 * 1024**3
    used_bytes: int = 0
    root: FolderNode = field(
        default_factory=lambda: FolderNode("", datetime(2012, 4, 2, 9, 0, 0), data_volume_acl())  # noqa: DTZ001
    )

    @property
    def free_bytes(self) -> int:
        """Room that is left."""
        return self.capacity_bytes - self.used_bytes

    def require_room(self, size: int, old_size: int, path: str) -> None:
        """Raise `DiskFull` when a file of *old_size* bytes (0: new) cannot become *size* bytes long."""
        if _occupied(size) - _occupied(old_size) > self.free_bytes:
            raise DiskFull(path)

    def resize(self, file: FileNode, size: int, path: str) -> None:
        """Account for *file* becoming *size* bytes long.

        Raises:
            DiskFull: there is no room; nothing was accounted.
        """
        self.require_room(size, len(file.content), path)
        self.used_bytes += _occupied(size) - _occupied(len(file.content))

    def release(self, node: Node) -> None:
        """Account for *node* and all below it being removed."""
        if isinstance(node, FileNode):
            self.used_bytes -= _occupied(len(node.content))
        else:
            for child in node.children.values():
                self.release(child)


def _occupied(size: int) -> int:
    return math.ceil(size / CLUSTER_BYTES) * CLUSTER_BYTES
