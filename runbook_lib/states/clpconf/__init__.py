"""The cluster configuration file (clp.conf) as a document: read, edited, and compared, without loss."""

from runbook_lib.states.clpconf.configuration import Configuration, Group, Resource, difference, parse
from runbook_lib.states.clpconf.document import ConfigurationError
from runbook_lib.states.clpconf.editing import (
    free_name,
    with_dependencies,
    with_group,
    with_monitor,
    with_monitors,
    with_resource,
    without_group,
    without_monitor,
    without_resource,
)
from runbook_lib.states.clpconf.keys import keys_in, same_key, with_keys, without_keys
from runbook_lib.states.clpconf.shapes import (
    MONITORS,
    Part,
    existing,
    exported,
    exported_in,
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
    "exported_in",
    "floating_ip",
    "free_name",
    "keys_in",
    "monitors_of",
    "parse",
    "same_key",
    "script",
    "shared_disk",
    "taken_from",
    "with_dependencies",
    "with_group",
    "with_keys",
    "with_monitor",
    "with_monitors",
    "with_resource",
    "without_group",
    "without_keys",
    "without_monitor",
    "without_resource",
]
