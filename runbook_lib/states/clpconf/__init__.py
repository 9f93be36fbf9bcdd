"""The cluster configuration file (clp.conf) as a document: read, edited, and compared, without loss."""

from runbook_lib.states.clpconf.configuration import Configuration, Group, Resource, difference, parse
from runbook_lib.states.clpconf.document import ConfigurationError
from runbook_lib.states.clpconf.editing import (
    free_name,
    with_dependencies,
    with_group,
    with_monitor,
    with_resource,
    without_group,
    without_monitor,
    without_resource,
)
from runbook_lib.states.clpconf.shapes import (
    MONITORS,
    Part,
    existing,
    exported,
    floating_ip,
    monitors_of,
    script,
    shared_disk,
    taken_from,
)

__all__ = [
    "MONITORS",
    "Configuration",
    "ConfigurationError",
    "Group",
    "Part",
    "Resource",
    "difference",
    "existing",
    "exported",
    "floating_ip",
    "free_name",
    "monitors_of",
    "parse",
    "script",
    "shared_disk",
    "taken_from",
    "with_dependencies",
    "with_group",
    "with_monitor",
    "with_resource",
    "without_group",
    "without_monitor",
    "without_resource",
]
