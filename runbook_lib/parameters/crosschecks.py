"""What the sections of a site must not be together.  Each check asks first whether its sections could be read."""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from .section import Problem

if TYPE_CHECKING:
    from .site import NodeAccess, Site

_READABLE_PASSWORD: Final = frozenset({"basic", "plaintext"})
_ONLY_HTTPS: Final = frozenset({"ssl", "certificate"})


def cluster_problems(site: "Site") -> Iterator[Problem]:
    """Nodes, policy, drives and the group's address."""
    if site.has("nodes") and len(site.nodes) < 2:
        yield Problem("nodes", f"has {len(site.nodes)} node, and a cluster has at least two. Write every node.")
    if site.has("group.policy", "nodes"):
        yield from _policy(site.group.policy, list(site.nodes))
    if site.has("group.address.ip", "nodes"):
        yield from _group_address(site)
    if site.has("group.disk.drive", "windows.system_drive") and site.group.disk.drive == site.windows.system_drive:
        yield Problem(
            "group.disk.drive",
            f"'{site.group.disk.drive}' is the system drive of the nodes. Write that of the switched partition.",
        )
    if site.has("cluster.install_folder"):
        yield from on_local_drive(site, "cluster.install_folder", site.cluster.install_folder)


def on_local_drive(site: "Site", key: str, folder: str) -> Iterator[Problem]:
    """A folder that every node has for itself must not lie on the switched partition."""
    switched = _switched_drive(site)
    if switched and folder[:2] == switched:
        yield Problem(
            key, f"'{folder}' is on the switched partition {switched}. Write a folder on a local drive of the nodes."
        )


def on_switched_drive(site: "Site", key: str, folder: str) -> Iterator[Problem]:
    """A folder that moves with the group must lie on the switched partition."""
    switched = _switched_drive(site)
    if switched and folder[:2] != switched:
        yield Problem(key, f"'{folder}' is not on the switched partition. Write a folder on {switched}.")


def _switched_drive(site: "Site") -> str | None:
    """The switched partition's drive; None where it is wrong itself and nothing can be compared with it."""
    if not site.has("group.disk.drive", "windows.system_drive"):
        return None
    drive = site.group.disk.drive
    return None if drive == site.windows.system_drive else drive


def _policy(policy: tuple[str, ...], nodes: list[str]) -> Iterator[Problem]:
    for name, times in Counter(policy).items():
        if times > 1:
            yield Problem("group.policy", f"names {name} {times} times. Write each node once.")
        if name not in nodes:
            near = get_close_matches(name, nodes, n=1)
            instead = f"Write {near[0]}" if near else f"Write one of {', '.join(nodes)}"
            yield Problem(
                "group.policy", f"names '{name}', which is not under nodes. {instead}, or add the node there."
            )
    for name in nodes:
        if name not in policy:
            yield Problem(
                "group.policy", f"leaves out {name}, which is under nodes. Write every node of the group in it."
            )


def _group_address(site: "Site") -> Iterator[Problem]:
    for name, node in site.nodes.items():
        if node.has("address") and node.address == site.group.address.ip:
            yield Problem(
                "group.address.ip",
                f"'{node.address}' is the address of {name} itself. Write the address that moves with the group.",
            )


def access_problems(site: "Site") -> Iterator[Problem]:
    """Transports, certificates, credentials and addresses, for each node as it will be reached."""
    if not site.has("nodes", "winrm"):
        return
    seen: dict[tuple[str, int], str] = {}
    told: set[tuple[str, str]] = set()
    machines = [("nodes", name, node) for name, node in site.nodes.items()]
    if site.has("outside_machines"):
        machines += [("outside_machines", name, one) for name, one in site.outside_machines.items()]
    for block, name, node in machines:
        if not node.has("address", *type(site.winrm).model_fields):
            continue
        access = site.node(name) if block == "nodes" else site.machine(name)
        endpoint = (access.address.lower(), access.port)
        if endpoint in seen:
            yield Problem(
                f"{block}.{name}.address",
                f"'{access.address}' with port {access.port} is also that of {seen[endpoint]}. Write the node's own.",
            )
        seen.setdefault(endpoint, name)
        for key, text in _access(access):
            own = node.has(key) and getattr(node, key) is not None
            problem = Problem(f"{block}.{name}.{key}" if own else f"winrm.{key}", text)
            if (problem.key, problem.text) not in told:
                told.add((problem.key, problem.text))
                yield problem


def outside_problems(site: "Site") -> Iterator[Problem]:
    """A machine outside the cluster is none of its nodes."""
    if not site.has("nodes", "outside_machines"):
        return
    for name in site.outside_machines:
        if name in site.nodes:
            yield Problem(
                f"outside_machines.{name}", "is a node of the cluster. Write only machines outside of it here."
            )


def _access(access: "NodeAccess") -> Iterator[tuple[str, str]]:
    https = access.scheme == "https"
    if access.transport in _ONLY_HTTPS and not https:
        yield "transport", f"'{access.transport}' works over HTTPS only. Write scheme: https, or another transport."
    if access.transport in _READABLE_PASSWORD and not https and not _is_loopback(access.address):
        yield (
            "transport",
            f"'{access.transport}' over HTTP sends the password readable to all. Write scheme: https, or ntlm.",
        )
    if access.ca_file and not https:
        yield "ca_file", "is of use over HTTPS only. Write scheme: https, or leave it out."
    if access.transport == "certificate":
        for key in ("client_certificate", "client_key"):
            if getattr(access, key) is None:
                yield key, "is missing, and the transport 'certificate' needs it. Write a file relative to this one."
    elif access.credential is None:
        yield "credential", r"is missing. Write user: 'CORP\runbook' and password: {environment: NAME} under it."


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address.lower() == "localhost"
