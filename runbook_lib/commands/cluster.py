"""``clpstat``, ``clpgrp`` and ``clpstdn``: command lines and the parsing of what they print.

The form is taken from transcripts that NEC published: the section heads ``<server>``, ``<group>`` and ``<monitor>``;
servers and groups from the fifth column on, filled with dots where there is room, their members further to the right,
filled with blanks; then a colon and a status that ends at two blanks or at the end of the line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from runbook_lib.commands.quoting import argument

STATUS: Final = "clpstat -s"
"""Shows the whole cluster (the form on page vii of the manual; it cuts names to 16 characters, and nodes have 15)."""

_MIRROR_MONITORS: Final = ("mdw", "mdnw", "hdw", "hdtw")
"""How the monitors of mirror and hybrid disks are named where nobody named them otherwise (hybrid disks: assumed)."""

_SECTION = re.compile(r"^\s*<(?P<name>\w+)>\s*$")
_HEAD = re.compile(r"^ {3}[* ](?P<name>\S+?)\s*\.*\s*: (?P<status>.*)$")
_MEMBER = re.compile(r"^\s{4,}(?P<name>\S.*?)\s*: (?P<status>.*)$")


@dataclass(frozen=True)
class Group:
    """A failover group as ``clpstat`` shows it.

    Attributes:
        status: such as "Online".
        active_node: the node it runs on, None when it runs nowhere.
        resources: status by resource name.

    """

    status: str
    active_node: str | None
    resources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ClusterStatus:
    """The whole answer: status of each server, the groups, and status of each monitor, by name."""

    servers: Mapping[str, str]
    groups: Mapping[str, Group]
    monitors: Mapping[str, str]


def parse_status(output: str) -> ClusterStatus | None:
    """The answer to `STATUS`; None when it is not one (the command failed, or CLUSTERPRO does not run)."""
    section, head = "", ""
    heads: dict[str, dict[str, str]] = {"server": {}, "group": {}}
    members: dict[str, dict[str, str]] = {}
    monitors: dict[str, str] = {}
    for line in output.splitlines():
        found = _SECTION.match(line)
        if found:
            section = found["name"]
            continue
        found = _HEAD.match(line)
        if found and section in heads:
            head = found["name"]
            heads[section][head] = _status(found["status"])
            continue
        found = _MEMBER.match(line)
        if found and section == "monitor":
            monitors[found["name"]] = _status(found["status"])
        elif found and section == "group" and head:
            members.setdefault(head, {})[found["name"]] = _status(found["status"])
    if not heads["server"]:
        return None
    groups = {}
    for name, status in heads["group"].items():
        resources = members.get(name, {})
        active = resources.pop("current", None)
        groups[name] = Group(status, None if active in (None, "None") else active, resources)
    return ClusterStatus(heads["server"], groups, monitors)


def watches_mirror(monitor: str) -> bool:
    """Whether the monitor of that name watches a mirror or hybrid disk."""
    return monitor.lower().startswith(_MIRROR_MONITORS)


def _status(text: str) -> str:
    return re.split(r"\s{2,}", text.strip())[0]


def active_node(group: str) -> str:
    """Prints nothing but the name of the server on which *group* runs."""
    return f"clpgrp -n {argument(group)}"


def start(group: str, node: str) -> str:
    """Starts *group*, which is stopped, on *node* (``-h`` names the server that the request goes to)."""
    return f"clpgrp -s {argument(group)} -h {argument(node)}"


def stop(group: str) -> str:
    """Stops a group wherever it runs, its stop scripts first."""
    return f"clpgrp -t {argument(group)}"


def move(group: str, active: str, node: str) -> str:
    """Moves *group* from *active*, where it runs and where the request goes to, to *node*."""
    return f"clpgrp -m {argument(group)} -h {argument(active)} -a {argument(node)}"


RESTART: Final = "clpstdn -r"
"""Shuts the whole cluster down and boots every server again (EXPRESSCLUSTER/clpaic, tool_definitions.py)."""
