"""The XML of resources and monitors, where it is public; every other comes from the site's own cluster.

Sources: EXPRESSCLUSTER/CreateClusterOnLinux (ResourceParameters_Windows_jp.md, MonitorParameters_Windows_jp.md,
create_win_disk_pingnp.pl), EXPRESSCLUSTER/clpcfset (Create-Cluster_X43.ps1), and files exported by the product
(EXPRESSCLUSTER/BasicCluster).  Not public: the parameters of ``vip``, ``hd`` and ``regsync`` and of their monitors.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final, Literal

from runbook_lib.states.clpconf.configuration import Configuration
from runbook_lib.states.clpconf.document import ConfigurationError, Element, parse_document
from runbook_lib.states.clpconf.layout import Wanted

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,30}")
"""What is accepted as a name of something new: 31 characters of these are safe in every place that names it."""

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_COMMENT: Final = Wanted("comment")


@dataclass(frozen=True)
class Part:
    """A resource or a monitor as it is to be.

    Attributes:
        type, name: such as "fip" and "fip1".
        wanted: its element; None for one that must be there already.
        servers: those that its element names.
        element: an exported one's own, with positions in its XML.
    """

    type: str
    name: str
    wanted: Wanted | None
    servers: tuple[str, ...] = ()
    element: Element | None = None


def existing(kind: str, name: str) -> Part:
    """A resource whose element the file already has, such as a mirror disk that WebManager set up."""
    return Part(kind, name, None)


def exported(xml: str) -> Part:
    """A resource or a monitor as a cluster's own file has it: one element with its name.

    Raises:
        ConfigurationError: when it is anything else.

    """
    alone = _DECLARATION.sub("", xml).strip()
    element = parse_document(alone.encode()).root
    if "name" not in element.attributes:
        raise ConfigurationError(f"the exported element '{element.tag}' has no name, so it is no resource or monitor")
    return Part(element.tag, element.key, Wanted(element.tag, element.key, verbatim=alone), element=element)


def exported_in(content: bytes) -> tuple[str, ...]:
    """The resources and monitors of an exported file, each as XML.

    Args:
        content: a whole clp.conf, or any XML document whose outermost element has them directly in it.

    Raises:
        ConfigurationError: it is not well-formed, or an element in it has no name.

    """
    document = parse_document(content)
    whole = Configuration(document)
    if document.root.tag == "root":
        elements = (*whole.members("resource"), *whole.members("monitor"))
    else:
        elements = document.root.children
    parts = tuple(document.slice(one) for one in elements)
    for part in parts:
        exported(part)
    return parts


def taken_from(configuration: Configuration, section: Literal["resource", "monitor"], kind: str, name: str) -> Part:
    """A resource or a monitor as another file has it; ConfigurationError when it has none of that name."""
    found = next((one for one in configuration.members(section) if (one.tag, one.key) == (kind, name)), None)
    if found is None:
        raise ConfigurationError(f"the exported file has no {kind} {name}")
    return exported(configuration.document.slice(found))


def floating_ip(name: str, ip: str) -> Part:
    """A floating IP address; it lies in the subnet of an interconnect."""
    return _part("fip", name, _parameters(Wanted("ip", text=str(IPv4Address(ip)))))


def shared_disk(name: str, drive: str, volume_guids: Mapping[str, str]) -> Part:
    """A disk resource: its drive, such as "W:", and the GUID that each server knows the volume by."""
    letter = drive.rstrip(":\\").upper()
    spellings = tuple(f"{one}{end}" for one in (letter, letter.lower()) for end in ("", ":", ":\\"))
    volumes = (
        Wanted("server", server, (_parameters(Wanted("volumeguid", text=guid.strip("{}"))),))
        for server, guid in volume_guids.items()
    )
    mount = Wanted("volumemountpoint", text=letter, alike=spellings)
    return _part("sd", name, _parameters(mount), *volumes, servers=tuple(volume_guids))


def script(name: str) -> Part:
    """A script resource; its start.bat and stop.bat have a fixed place, so it says nothing of them."""
    return _part("script", name)


def monitors_of(resource: Part, name_of: Mapping[str, str]) -> tuple[Part, ...]:
    """The monitors that go with a resource, where their XML is public: of ``fip``, ``md`` and ``sd``.

    Args:
        resource: what they watch.
        name_of: the name for each type of monitor, such as "fipw1" for "fipw".

    """
    relation = Wanted("relation", children=(Wanted("type", text="rsc"), Wanted("name", text=resource.name)))
    watched = _parameters(Wanted("object", text=resource.name))
    shapes: dict[str, tuple[Wanted, ...]] = {
        "fip": (Wanted("target", text=resource.name), relation),
        "md": (Wanted("target"), relation, watched),
        "sd": (Wanted("target"), relation, watched),
    }
    return tuple(_part(kind, name_of[kind], *shapes[resource.type]) for kind in MONITORS.get(resource.type, ()))


MONITORS: Final[Mapping[str, tuple[str, ...]]] = {"fip": ("fipw",), "md": ("mdw", "mdnw"), "sd": ("sdw",)}
"""The types of monitor that go with a type of resource, where their XML is public."""


def _part(kind: str, name: str, *children: Wanted, servers: tuple[str, ...] = ()) -> Part:
    if not NAME.fullmatch(name):
        raise ConfigurationError(f"'{name}' is not a name. Write at most 31 of A-Z, a-z, 0-9, '_', '-', '.'")
    return Part(kind, name, Wanted(kind, name, (_COMMENT, *children)), servers)


def _parameters(*children: Wanted) -> Wanted:
    return Wanted("parameters", children=children)
