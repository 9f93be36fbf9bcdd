"""The cluster configuration file (clp.conf) of the simulated cluster, as WebManager would have written it.

Skeleton and elements follow files exported by the product (EXPRESSCLUSTER/BasicCluster, mkazuyuki/hauc) and NEC's own
generators (EXPRESSCLUSTER/CreateClusterOnLinux); how `vip` holds its address and `regsync` its keys is made up, because
no file with one is public. A Japanese cluster has its file in SJIS (code page 932) with CR LF and Japanese remarks, an
English one in ASCII with LF: both spellings of line ends and empty elements occur in public files.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape

from runbook_lib.lab.cluster import Cluster, Group, Resource

OBSCURED: Final = "8000000a0000000000"
"""What an account's password looks like in the file: 8000, its length in four digits, an obscured body."""


def configuration_file(cluster: Cluster, language: str, unassigned: Iterable[Resource] = ()) -> bytes:
    """The file for the cluster as it is.

    Args:
        cluster: servers, groups and resources.
        language: of CLUSTERPRO, "ja" or "en".
        unassigned: resources that the file describes and no group has.
    """
    japanese = language == "ja"
    resources = [one for group in cluster.groups.values() for one in group.resources] + list(unassigned)
    lines = [
        f'<?xml version="1.0" encoding="{"SJIS" if japanese else "ASCII"}"?>',
        "<root>",
        *_indented(_sections(cluster, resources, japanese=japanese)),
        "</root>",
        "",
    ]
    text = ("\r\n" if japanese else "\n").join(lines)
    return (text if japanese else text.replace("/>", " />")).encode("cp932" if japanese else "ascii")


def _sections(cluster: Cluster, resources: list[Resource], *, japanese: bool) -> Iterator[str]:
    charset = "SJIS" if japanese else "ASCII"
    yield from _inside("all", _leaf("charset", charset), _leaf("encode", "SJIS"), _leaf("serveros", "windows"))
    remark = _leaf("comment", "表示用ソフトの構成") if japanese else "<comment/>"
    account = _inside('list id="0"', _leaf("username", "Administrator"), _leaf("password", OBSCURED))
    yield from _inside("cluster", _leaf("name", cluster.name), remark, *_inside("account", *account))
    for number, server in enumerate(cluster.servers):
        yield from _server(server, number, mirrored=any(one.kind == "md" for one in resources))
    hb = _inside('lankhb name="lankhb1"', _leaf("priority", "0"), _leaf("device", "0"))
    yield from _inside("heartbeat", '<types name="lankhb"/>', *hb)
    yield "<!-- 待機系は二台まで -->" if japanese else "<!-- at most two standbys -->"
    for group in cluster.groups.values():
        yield from _group(cluster, group)
    yield from _typed("resource", [(one.kind, _resource(cluster, one)) for one in resources])
    monitors = list(_monitors(cluster))
    yield from _typed("monitor", monitors)
    yield from _inside(
        "trekking",
        _leaf("create", "1"),
        _leaf("restart", "3"),
        _leaf("configid", "3101000.13407891234567"),
        _leaf("savededition", "X"),
        _leaf("savedversion", f"{cluster.version}.0-1"),
    )
    servers = len(cluster.servers)
    count = servers + servers * 1 + len(cluster.groups) + len(resources) + len(monitors) + 4
    yield from _inside("webmgr", *_inside("client", _leaf("objectnumber", str(count))))


def _server(name: str, number: int, *, mirrored: bool) -> list[str]:
    address = f"10.0.0.{number + 1}"
    lan = _inside('device id="0"', _leaf("type", "lan"), _leaf("info", address))
    mdc = _inside(
        'device id="400"', _leaf("type", "mdc"), _leaf("info", address), *_inside("mdc", _leaf("info", address))
    )
    # The product takes server names in lower case only (EXPRESSCLUSTER/CreateClusterOnLinux, CommandUsage_v2).
    return _inside(f'server name="{name.lower()}"', _leaf("priority", str(number)), *lan, *(mdc if mirrored else ()))


def _group(cluster: Cluster, group: Group) -> list[str]:
    policy: list[str] = []
    if group.policy != tuple(cluster.servers):
        for order, server in enumerate(group.policy):
            policy += _inside(f'policy name="{server.lower()}"', _leaf("order", str(order)))
    held = [f'<resource name="{one.kind}@{one.name}"/>' for one in group.resources]
    return _inside(f'group name="{group.name}"', "<comment/>", *policy, *held)


def _resource(cluster: Cluster, resource: Resource) -> list[str]:
    letter = resource.drive[:1]
    parameters: list[str] = []
    volumes: list[str] = []
    match resource.kind:
        case "fip":
            parameters = [_leaf("ip", resource.address)]
        case "vip":
            parameters = [_leaf("address", resource.address)]
        case "md":
            device = _inside('netdev id="0"', _leaf("priority", "1"), _leaf("device", "400"), _leaf("mdcname", "mdc1"))
            parameters = [*device, _leaf("volumemountpoint", letter), _leaf("cpvolumemountpoint", "X")]
        case "sd":
            parameters = [_leaf("volumemountpoint", letter)]
        case "regsync":
            for number, key in enumerate(resource.keys):
                parameters += _inside(f'list id="{number}"', _leaf("key", key))
        case _:
            pass
    if resource.kind in ("md", "sd"):
        for server in cluster.servers:
            guids = [_leaf("volumeguid", volume_guid(server, resource.drive))]
            guids += [_leaf("cpvolumeguid", volume_guid(server, "X:"))] if resource.kind == "md" else []
            volumes += _inside(f'server name="{server.lower()}"', *_inside("parameters", *guids))
    inner = _inside("parameters", *parameters) if parameters else []
    return _inside(f'{resource.kind} name="{resource.name}"', "<comment/>", *inner, *volumes)


def volume_guid(server: str, drive: str) -> str:
    """The GUID by which a server knows a volume; made up, always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{server.lower()}/{drive}"))


def _monitors(cluster: Cluster) -> Iterator[tuple[str, list[str]]]:
    local = _inside("relation", _leaf("type", "cls"), _leaf("name", "LocalServer"))
    yield "userw", _inside('userw name="userw"', "<comment/>", "<target/>", *local)
    for group in cluster.groups.values():
        for kind in ("fip", "md", "regsync", "sd", "vip"):
            for number, resource in enumerate((one for one in group.resources if one.kind == kind), 1):
                relation = _inside("relation", _leaf("type", "rsc"), _leaf("name", resource.name))
                disk = kind in ("md", "sd")
                target = "<target/>" if disk else _leaf("target", resource.name)
                watched = _inside("parameters", _leaf("object", resource.name)) if disk else []
                named = f'{kind}w name="{kind}w{number}"'
                yield f"{kind}w", _inside(named, "<comment/>", target, *relation, *watched)


def _typed(section: str, members: list[tuple[str, list[str]]]) -> list[str]:
    kinds = dict.fromkeys(kind for kind, _ in members)
    elements = [line for _, lines in members for line in lines]
    return _inside(section, *(f'<types name="{kind}"/>' for kind in kinds), *elements)


def _leaf(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>"


def _inside(opening: str, *lines: str) -> list[str]:
    return [f"<{opening}>", *_indented(lines), f"</{opening.split()[0]}>"] if lines else [f"<{opening}/>"]


def _indented(lines: Iterable[str]) -> list[str]:
    return ["  " + line for line in lines]
