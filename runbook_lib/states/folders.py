"""States of folders: moved without loss, removed once that is safe."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from runbook_lib.commands import folders
from runbook_lib.commands.copying import CopyMeter
from runbook_lib.commands.folders import Tree
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, Ask, Blocked, Plan, Reading, Row, State, one_round

COPYING = ".copying"
"""Ending of the folder that a move first copies into, beside its destination."""


@dataclass(frozen=True)
class Move:
    """What was read for a `FolderMoved`.

    Attributes:
        source, copy, destination: the three folders.
        same: files of the source whose size and content are proven equal in the destination, or else in the copy.
        digest: stands for all paths and hashes of the source, "" where the node cannot hash.
        free_bytes: on the destination's drive, None when the drive is not there.
    """

    source: Tree
    copy: Tree
    destination: Tree
    same: frozenset[str] = frozenset()
    digest: str = ""
    free_bytes: int | None = None

    def unlike(self, other: Tree) -> list[str]:
        """Paths, sorted, at which *other* is not a whole and exact copy of the source."""
        files = {*self.source.sizes, *other.sizes} - self.same
        return sorted(files | (self.source.folders ^ other.folders))

    @property
    def may_discard(self) -> bool:
        """Whether the copy can be one of this source that was cut short: it has nothing that the source has not."""
        return self.copy.there and not self.foreign

    @property
    def foreign(self) -> list[str]:
        """What is in the copy and not in the source, sorted."""
        return sorted(({*self.copy.sizes} - {*self.source.sizes}) | (self.copy.folders - self.source.folders))


@dataclass(frozen=True)
class FolderMoved(State[Move]):
    r"""A folder stands at *destination*, whole, and no longer at *source*.

    The move copies into a folder beside the destination, proves every file equal in size and content, gives the copy
    its name, and only then removes the source.  A destination that holds anything else stops it.

    Attributes:
        source, destination: absolute paths; they may be on different drives.
    """

    source: str
    destination: str

    @property
    def title(self) -> str:
        return f"{self.source} has moved to {self.destination}"

    @property
    def destroys(self) -> str:
        return f"{self.source} is removed, once every file of it is proven in {self.destination}"

    def reading(self, facts: NodeFacts) -> Reading[Move]:
        where = (self.source, self.destination + COPYING, self.destination)
        drive = self.destination[:2]
        *listings, room = yield one_round(*map(folders.list_tree, where), folders.free_bytes(drive))
        source, copy, destination = (
            folders.parse_tree(reply.text, folder) for reply, folder in zip(listings, where, strict=True)
        )
        free = folders.parse_free_bytes(room.text) if room.exit_code == 0 else None
        other = destination if destination.there else copy
        if not (source.there and other.there):
            return Move(source, copy, destination, free_bytes=free)
        same, digest = yield from _proven_equal(source, other, facts)
        return Move(source, copy, destination, same, digest, free)

    def rows(self, actual: Move, facts: NodeFacts) -> tuple[Row, ...]:
        there = actual.destination.there
        moved = str(actual.destination) if there and actual.destination.sizes else "a folder with files"
        rows = [
            Row("source", None if actual.source.kind == "absent" else str(actual.source), None),
            Row("destination", str(actual.destination), str(actual.source) if actual.source.there else moved),
        ]
        if actual.copy.kind != "absent":
            rows.append(Row("copy in progress", str(actual.copy), None))
        links = sum(len(tree.links) for tree in (actual.source, actual.copy, actual.destination))
        if links:
            rows.append(Row("junctions and links", links, 0))
        if actual.source.there and (there or actual.copy.there):
            rows.append(Row("files proven equal", len(actual.same), len(actual.source.sizes)))
        if actual.digest:
            rows.append(Row("SHA-256 over all paths and hashes", actual.digest))
        return tuple(rows)

    def plan(self, actual: Move, facts: NodeFacts) -> Plan:
        copy = self.destination + COPYING
        name = self.destination.rpartition("\\")[2]
        for tree in (actual.source, actual.copy, actual.destination):
            if tree.links:
                return (Blocked(leads_elsewhere(tree)),)
        if not actual.source.there:
            return self._without_source(actual)
        if actual.copy.kind != "absent" and (actual.destination.kind != "absent" or not actual.may_discard):
            return (Blocked(_not_this_copy(actual)),)
        remove = Act(
            folders.remove_tree(self.source), "remove the source; every file is proven in the destination", True
        )
        if actual.destination.kind != "absent":
            unlike = actual.unlike(actual.destination)
            if unlike or not actual.destination.there:
                return (Blocked(_holds_something_else(actual, unlike)),)
            return (remove,)
        put = Act(folders.rename(copy, name), f"every file is proven in the copy; name it {name}", True)
        if actual.copy.there and not actual.unlike(actual.copy):
            return (put, remove)
        needed = actual.source.room_bytes
        if actual.free_bytes is None:
            return (Blocked(f"Drive {self.destination[:2]} cannot be reached on this node, so nothing is copied."),)
        if actual.free_bytes < needed:
            return (
                Blocked(
                    f"Drive {self.destination[:2]} is full: {actual.free_bytes:,} bytes are free and "
                    f"{self.source} needs {needed:,}. Make room and run this step again; nothing was copied."
                ),
            )
        begin = (Act(folders.remove_tree(copy), "discard a copy that was cut short"),) if actual.copy.there else ()
        line, success = folders.copy_tree(self.source, copy, robocopy="robocopy" in facts.tools)
        meter = partial(CopyMeter, actual.source)
        copying = Act(line, "copy it beside its destination", True, "copy", success, meter=meter)
        return (*begin, copying, put, remove)

    def _without_source(self, actual: Move) -> Plan:
        if actual.copy.there and not actual.destination.there:
            return (
                Blocked(
                    f"{self.source} is gone and {actual.copy.path} was never proven. Compare it with a backup, then "
                    f"rename it to {self.destination} by hand."
                ),
            )
        if actual.copy.there:
            return (Blocked(f"{actual.copy.path} is left over from another move. Look into it and remove it by hand."),)
        if actual.destination.there:
            return (
                Blocked(
                    f"{self.destination} has no file in it, and {self.source} is gone. Bring it back from a backup."
                ),
            )
        return (
            Blocked(
                f"Neither {self.source} nor {self.destination} is a folder, so there is nothing to move. "
                "Check clientmanager.esmpro_folder in the site file, and that the manager is set up on this node."
            ),
        )


def _holds_something_else(actual: Move, unlike: list[str]) -> str:
    shown = ", ".join(unlike[:5]) + (f" and {len(unlike) - 5} more" if len(unlike) > 5 else "")
    return (
        f"{actual.destination.path} already holds something different from {actual.source.path}"
        f"{f' ({len(unlike)} differences: {shown})' if unlike else ''}. Neither was touched: find out which is right "
        "(did another node move its folder here?), put the other away by hand, and run this step again."
    )


def _not_this_copy(actual: Move) -> str:
    if actual.destination.kind != "absent":
        what = f"and {actual.destination.path} are both there"
    elif not actual.copy.there:
        what = "is a file"
    else:
        what = f"has what {actual.source.path} has not ({', '.join(actual.foreign[:5])})"
    return (
        f"{actual.copy.path} {what}, so it is no copy that this step began and left. Nothing was touched: find out "
        "whose it is (did another node begin to move its folder?), put it away by hand, and run this step again."
    )


def leads_elsewhere(tree: Tree) -> str:
    """Why a tree with junctions or links in it is not touched."""
    shown = ", ".join(tree.path if name == "." else f"{tree.path}\\{name}" for name in sorted(tree.links)[:5])
    return (
        f"{shown} is a junction or link, so what is listed there may lie elsewhere. Nothing was touched: put a plain "
        "folder or file in its place, or carry this step out by hand."
    )


def _proven_equal(source: Tree, other: Tree, facts: NodeFacts) -> Reading[tuple[frozenset[str], str]]:
    """The files of *source* that *other* has with the same size and content, and a digest of the source."""
    sized = sorted(name for name, size in source.sizes.items() if other.sizes.get(name) == size)
    if not facts.hashes_files:
        lines = [folders.compare_files(f"{source.path}\\{name}", f"{other.path}\\{name}") for name in sized]
        replies = yield one_round(*lines)
        return frozenset(name for name, reply in zip(sized, replies, strict=True) if reply.exit_code == 0), ""
    first, second = yield one_round(folders.hash_tree(source.path), folders.hash_tree(other.path))
    ours, theirs = _hashes(first.text, source), _hashes(second.text, other)
    equal = frozenset(name for name in sized if ours.get(name) and ours.get(name) == theirs.get(name))
    return equal, folders.digest(ours) if ours.keys() == source.sizes.keys() else ""


def _hashes(output: str, tree: Tree) -> Mapping[str, str]:
    """Hashes by path; an empty file needs none, and older releases of ``certutil`` refuse to hash one."""
    empty = {name: "empty" for name, size in tree.sizes.items() if size == 0}
    return {**folders.parse_hashes(output, tree.path), **empty}


@dataclass(frozen=True)
class Removal:
    """What was read for a `FolderRemoved`: the folder here, and on the active node the shared one and the local one."""

    here: Tree
    shared: Tree | None = None
    left_on_active: Tree | None = None
    active_host: str = ""

    @property
    def not_shared(self) -> list[str]:
        """Files of the folder here, sorted, that the shared folder does not have."""
        return sorted(_lower(self.here) - _lower(self.shared)) if self.shared else sorted(self.here.sizes)


def _lower(tree: Tree) -> set[str]:
    return {name.lower() for name in tree.sizes}


@dataclass(frozen=True)
class FolderRemoved(State[Removal]):
    r"""A standby node no longer has a folder of its own, now that the active node has moved its one to *shared*.

    It goes only when the active node itself was read: its own folder has moved, and the shared one has every file (by
    path) that this node's folder has.

    Attributes:
        folder: on this node, and before the move on the active one.
        shared: where the active node moved it to.
    """

    folder: str
    shared: str

    @property
    def title(self) -> str:
        return f"{self.folder} is removed"

    @property
    def destroys(self) -> str:
        return f"{self.folder} is removed from this node"

    def reading(self, facts: NodeFacts) -> Reading[Removal]:
        (reply,) = yield one_round(folders.list_tree(self.folder))
        here = folders.parse_tree(reply.text, self.folder)
        if here.kind == "absent":
            return Removal(here)
        shared, left, host = yield (
            Ask(folders.list_tree(self.shared), "active"),
            Ask(folders.list_tree(self.folder), "active"),
            Ask("hostname", "active"),
        )
        return Removal(
            here,
            folders.parse_tree(shared.text, self.shared),
            folders.parse_tree(left.text, self.folder),
            host.text.strip(),
        )

    def rows(self, actual: Removal, facts: NodeFacts) -> tuple[Row, ...]:
        rows = [Row(self.folder, None if actual.here.kind == "absent" else str(actual.here), None)]
        if actual.shared is not None:
            rows.append(Row(f"{self.shared} on {actual.active_host}", str(actual.shared)))
        return tuple(rows)

    def plan(self, actual: Removal, facts: NodeFacts) -> Plan:
        for tree in (actual.here, actual.shared):
            if tree and tree.links:
                return (Blocked(leads_elsewhere(tree)),)
        active = actual.active_host
        again = f"Run this chapter on {active} first."
        if actual.shared is None or not actual.shared.there:
            return (Blocked(f"{self.folder} is kept, because {active} has no {self.shared} yet. {again}"),)
        if actual.left_on_active is None or actual.left_on_active.there:
            return (Blocked(f"{self.folder} is kept, because {active} still has its own {self.folder}. {again}"),)
        missing = actual.not_shared
        if missing:
            total, shown = len(actual.here.sizes), ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
            return (
                Blocked(
                    f"{self.folder} is kept, because {self.shared} on {active} has {total - len(missing)} of its "
                    f"{total} files (missing: {shown}). Copy what is still needed there by hand, or run this chapter "
                    f"on {active} again."
                ),
            )
        return (Act(folders.remove_tree(self.folder), f"{self.shared} on {active} has all of its files"),)
