"""What a cluster configuration file (clp.conf) says: servers, failover groups, resources, monitors.

The skeleton is the same on every version whose files are public (X 3.3 to X 6): one element per server and group, and
the sections ``heartbeat``, ``networkpartition``, ``resource`` and ``monitor``, which list the types in use beside the
elements themselves.  The order of elements has no meaning: exported and generated files differ in it.
"""

import difflib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from runbook_lib.states.clpconf.document import ConfigurationError, Document, Element, parse_document

_SECRET = re.compile(r"(<(\w*passw(?:or)?d)\b[^>]*>)[^<]+(</\2>)", re.IGNORECASE)
_SWITCHED: Final = {"md": "volumemountpoint", "sd": "volumemountpoint"}
"""Where a disk resource has its drive letter; for other types it is not public."""


@dataclass(frozen=True)
class Resource:
    """One group resource.

    Attributes:
        type, name: such as "fip" and "fip1".
        group: the group that holds it, "" for none.
        element: its element in the section ``resource``; None where a group names a resource that is not there.
    """

    type: str
    name: str
    group: str
    element: Element | None

    @property
    def address(self) -> str:
        """The address of a floating IP; "" for other resources."""
        found = self.element.at("parameters", "ip") if self.element and self.type == "fip" else None
        return found.text if found else ""

    @property
    def drive(self) -> str:
        """The drive letter of a switched partition, such as "W:"; "" for other resources."""
        tag = _SWITCHED.get(self.type)
        found = self.element.at("parameters", tag) if self.element and tag else None
        letter = found.text.rstrip(":\\").upper() if found else ""
        return f"{letter}:" if letter else ""

    @property
    def depends(self) -> tuple[str, ...] | None:
        """The resources it waits for; () when it says that there are none, None when its type's default holds."""
        named = self.element.all("depend") if self.element else ()
        return tuple(one.key for one in named if one.key) if named else None

    def mentions(self, value: str) -> bool:
        """Whether *value* is the whole text of something inside it: how an address is found in a shape not public."""
        return self.element is not None and value in self.element.texts()


@dataclass(frozen=True)
class Group:
    """One failover group.

    Attributes:
        name: as registered.
        policy: the servers it may run on, highest priority first.
        start: "auto" or "manual".
        resources: in the order in which the group lists them, which means nothing.
        element: its element.
    """

    name: str
    policy: tuple[str, ...]
    start: str
    resources: tuple[Resource, ...]
    element: Element

    def of_type(self, *types: str) -> tuple[Resource, ...]:
        """Its resources of one of *types*."""
        return tuple(one for one in self.resources if one.type in types)


@dataclass(frozen=True)
class Configuration:
    """A cluster configuration file.

    Attributes:
        document: the file; `runbook_lib.states.clpconf.editing` makes edited ones.
    """

    document: Document

    def render(self) -> bytes:
        """The file's bytes."""
        return self.document.content

    @property
    def root(self) -> Element:
        """The outermost element."""
        return self.document.root

    @property
    def cluster(self) -> str:
        """The cluster's name."""
        found = self.root.at("cluster", "name")
        return found.text if found else ""

    @cached_property
    def servers(self) -> tuple[str, ...]:
        """Server names, highest priority first."""
        return tuple(one.key for one in sorted(self.root.all("server"), key=lambda one: _number(one, "priority")))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The failover groups."""
        return tuple(self._group(element) for element in self.root.all("group"))

    def group(self, name: str) -> Group | None:
        """The group of that name; case does not matter, so that no two can differ by it alone."""
        return next((one for one in self.groups if one.name.casefold() == name.casefold()), None)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every element of the section ``resource``, whether a group holds it or not."""
        holder = {one.key: group.key for group in self.root.all("group") for one in group.all("resource")}
        return tuple(
            Resource(one.tag, one.key, holder.get(f"{one.tag}@{one.key}", ""), one) for one in self.members("resource")
        )

    def members(self, section: str) -> tuple[Element, ...]:
        """What a section holds beside the list of its types."""
        found = self.root.child(section)
        return tuple(one for one in found.children if one.tag != "types") if found else ()

    @property
    def objectnumber(self) -> int | None:
        """The number of objects as the file has it, None where it has none."""
        found = self.root.at("webmgr", "client", "objectnumber")
        return int(found.text) if found and found.text.isdigit() else None

    @property
    def objects(self) -> int:
        """The number of objects as NEC's own generators count them (EXPRESSCLUSTER/CreateCluster, CheatSheet.md)."""
        servers = len(self.servers)
        paths = len(self.members("heartbeat")) + len(self.members("networkpartition"))
        return servers * (1 + paths) + len(self.groups) + len(self.resources) + len(self.members("monitor")) + 4

    def _group(self, element: Element) -> Group:
        policy = sorted(element.all("policy"), key=lambda one: _number(one, "order"))
        start = element.child("start")
        held = {(one.type, one.name): one for one in self.resources}
        names = [one.key.partition("@")[::2] for one in element.all("resource")]
        return Group(
            element.key,
            tuple(one.key for one in policy) or self.servers,  # none named: every server, by its priority
            "manual" if start and start.text == "0" else "auto",
            tuple(held.get((kind, name), Resource(kind, name, element.key, None)) for kind, name in names),
            element,
        )


def parse(content: bytes) -> Configuration:
    """Read a cluster configuration file; `Configuration.render` gives the same bytes back.

    Raises:
        ConfigurationError: with line and reason, where it is not well-formed or not such a file.

    """
    document = parse_document(content)
    if document.root.tag != "root":
        raise ConfigurationError(
            f"its outermost element is '{document.root.tag}', not 'root': not a cluster's clp.conf"
        )
    return Configuration(document)


def difference(before: Configuration, after: Configuration, file: str = "clp.conf") -> str:
    """What an edit changes, as a unified diff with three lines around each change; passwords are hidden."""
    old, new = (_SECRET.sub(r"\1(hidden)\3", one.document.text).splitlines() for one in (before, after))
    return "\n".join(difflib.unified_diff(old, new, file, f"{file} (edited)", lineterm=""))


def _number(element: Element, tag: str) -> int:
    """The number in a child, last of all where there is none."""
    found = element.child(tag)
    return int(found.text) if found and found.text.isdigit() else 1 << 30
