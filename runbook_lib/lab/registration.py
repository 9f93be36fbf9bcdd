"""What a new cluster configuration file makes of the cluster: groups registered, changed, removed.

A group that runs is stopped by force when its settings change, as the ClientManager guide says (procedure 6). What the
product refuses is taken from the cautions of NEC's tools: server names in lower case, a right number of objects, types
listed. That it refuses just these, and in what words, is assumed.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final, cast, get_args

from runbook_lib.lab.cluster import Cluster, ClusterError, Group, Resource, ResourceKind

_CODECS: Final = {"SJIS": "cp932", "ASCII": "ascii", "UTF-8": "utf-8", "EUC-JP": "euc_jp"}
_INVALID: Final = "The cluster configuration data is invalid. ({})"


@dataclass(frozen=True)
class Definition:
    """One group as a file has it; *settings* is everything that the file says of it and of its resources."""

    name: str
    policy: tuple[str, ...]
    resources: tuple[Resource, ...]
    settings: str


def apply(cluster: Cluster, before: bytes, after: bytes, server: str) -> None:
    """Make the cluster what *after* says; changes are noted on *server*, where it was asked for.

    Raises:
        ClusterError: the file is refused; nothing has changed.
    """
    with cluster.moves:
        wanted = definitions(cluster, after)
        try:
            known = definitions(cluster, before)
        except ClusterError:
            known = {}
        note = cluster.servers[server].note_change
        for name in [one for one in cluster.groups if one not in wanted]:
            if cluster.groups[name].active is not None:
                cluster.stop(name)
            del cluster.groups[name]
            note("cluster", name, "unregistered")
        for name, one in wanted.items():
            group = cluster.groups.get(name)
            if group is None:
                cluster.groups[name] = Group(name, list(one.resources), one.policy)
                note("cluster", name, "registered")
            elif name not in known or known[name].settings != one.settings:
                if group.active is not None:
                    cluster.stop(name)
                group.resources, group.policy = list(one.resources), one.policy
                note("cluster", name, "changed")


def definitions(cluster: Cluster, content: bytes) -> dict[str, Definition]:
    """The groups in a file, by name; ClusterError when the product would refuse it."""
    root = _parse(content)
    servers = [one.get("name", "") for one in root.findall("server")]
    if sorted(servers) != sorted(name.lower() for name in cluster.servers):
        raise ClusterError(_INVALID.format("server"))
    _check_types(root)
    _check_count(root, len(servers))
    held: set[str] = set()
    groups = [_definition(cluster, root, element, held) for element in root.findall("group")]
    if len({one.name.upper() for one in groups}) != len(groups):
        raise ClusterError(_INVALID.format("group"))
    return {one.name: one for one in groups}


def _parse(content: bytes) -> ET.Element:
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([\w-]+)[\"'][^>]*\?>", content)
    codec = _CODECS.get(declared[1].decode().upper() if declared else "UTF-8")
    try:
        text = content[declared.end() if declared else 0 :].decode(codec or "ascii")
        root = ET.fromstring(text)  # noqa: S314  (a test wrote it, or the product under test)
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise ClusterError(_INVALID.format("not well-formed")) from error
    if codec is None or root.tag != "root":
        raise ClusterError(_INVALID.format("root"))
    return root


def _members(root: ET.Element, section: str) -> list[ET.Element]:
    return [one for one in root.findall(f"{section}/*") if one.tag != "types"]


def _check_types(root: ET.Element) -> None:
    for section in ("resource", "monitor", "heartbeat", "networkpartition"):
        listed = [one.get("name") for one in root.findall(f"{section}/types")]
        used = {one.tag for one in _members(root, section)}
        if len(listed) != len(set(listed)) or set(listed) != used:
            raise ClusterError(_INVALID.format(f"{section}/types"))


def _check_count(root: ET.Element, servers: int) -> None:
    paths = len(_members(root, "heartbeat")) + len(_members(root, "networkpartition"))
    others = len(root.findall("group")) + len(_members(root, "resource")) + len(_members(root, "monitor"))
    # EXPRESSCLUSTER/CreateCluster, CheatSheet.md
    if root.findtext("webmgr/client/objectnumber") != str(servers + servers * paths + others + 4):
        raise ClusterError(_INVALID.format("objectnumber"))


def _definition(cluster: Cluster, root: ET.Element, element: ET.Element, held: set[str]) -> Definition:
    name = element.get("name", "")
    ordered = sorted(element.findall("policy"), key=lambda one: int(one.findtext("order") or "0"))
    named = [cluster.server_named(one.get("name", "")) for one in ordered]
    if not name or None in named or any(one.get("name") != one.get("name", "").lower() for one in ordered):
        raise ClusterError(_INVALID.format("group"))
    resources, settings = [], [_canonical(element)]
    for entry in element.findall("resource"):
        kind, _, resource = entry.get("name", "").partition("@")
        found = [one for one in root.findall(f"resource/{kind}") if one.get("name") == resource] if kind else []
        if len(found) != 1 or entry.get("name", "") in held:
            raise ClusterError(_INVALID.format(f"resource {resource}"))
        held.add(entry.get("name", ""))
        resources.append(_resource(cluster, found[0]))
        settings.append(_canonical(found[0]))
    policy = tuple(one for one in named if one) or tuple(cluster.servers)
    return Definition(name, policy, tuple(resources), "\n".join(sorted(settings)))


def _resource(cluster: Cluster, element: ET.Element) -> Resource:
    kind, name = element.tag, element.get("name", "")
    if kind not in get_args(ResourceKind):
        raise ClusterError(_INVALID.format(f"resource {name}"))
    resource = Resource(name, cast(ResourceKind, kind))
    if kind in ("fip", "vip"):
        resource.address = element.findtext("parameters/ip" if kind == "fip" else "parameters/address") or ""
    if kind == "regsync":
        resource.keys = tuple(one.text or "" for one in element.findall("parameters/list/key"))
        if not all(re.match(r"HKEY_[A-Z_]+\\.", key) for key in resource.keys):
            raise ClusterError(_INVALID.format(f"resource {name}"))
    if kind in ("md", "sd"):
        letter = (element.findtext("parameters/volumemountpoint") or "").rstrip(":\\").upper()
        resource.drive, resource.volume = f"{letter}:", cluster.volumes.get(f"{letter}:")
        known = {one.get("name") for one in element.findall("server") if one.findtext("parameters/volumeguid")}
        if resource.volume is None or known != {server.lower() for server in cluster.servers}:
            raise ClusterError(_INVALID.format(f"resource {name}"))
    return resource


def _canonical(element: ET.Element) -> str:
    return ET.canonicalize(ET.tostring(element, encoding="unicode"), strip_text=True)
