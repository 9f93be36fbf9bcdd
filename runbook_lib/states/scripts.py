r"""The start and stop scripts that a failover group runs, as every node has them, with a product's work in them.

Files: ``<CLUSTERPRO>\scripts\GROUP\RESOURCE\start.bat`` and ``stop.bat``, names that CLUSTERPRO fixes; what else is in
that folder travels with the configuration too (EXPRESSCLUSTER/CreateClusterOnLinux, HowToCreateCluster_Windows_jp.md;
EXPRESSCLUSTER/Cluster-Set).
"""

import difflib
import hashlib
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runbook_lib.commands import content
from runbook_lib.node import NodeFacts
from runbook_lib.states.clpconf import (
    Configuration,
    ConfigurationError,
    difference,
    free_name,
    script,
    with_resource,
)
from runbook_lib.states.clpconf.distribution import (
    Files,
    Purpose,
    Registration,
    push_plan,
    read_registration,
    stops_group,
)
from runbook_lib.states.state import Ask, Blocked, Plan, Reading, Row, State

Texts = Mapping[str, bytes]
"""Files of one script resource by name; what is not there is missing."""

Edit = Callable[[Texts], Texts]
"""Given the files of a script resource, what they are to be; ValueError, with the reason, when they cannot be so."""


@dataclass(frozen=True)
class GroupScripts:
    """What was read of a group's scripts.

    Attributes:
        registration: the cluster's configuration.
        found: by node and script resource.
    """

    registration: Registration
    found: Mapping[str, Mapping[str, Texts]]

    def of(self, resource: str) -> dict[str, Texts]:
        """The files of one script resource, by node."""
        return {node: resources.get(resource, {}) for node, resources in self.found.items()}


@dataclass(frozen=True)
class ScriptsOfGroup(State[GroupScripts]):
    """What both states of scripts are made of.

    Attributes:
        group: the failover group; it is registered.
        nodes: every node that it may run on.
        install_folder: CLUSTERPRO's.
        product: whose lines they are, such as "ClientManager".
        names: files that are read, start.bat and stop.bat among them.
        edit: what is to be made of the files of one script resource.
    """

    group: str
    nodes: tuple[str, ...]
    install_folder: str
    product: str
    names: tuple[str, ...]
    edit: Edit

    settle_s = 30.0

    @property
    def destroys(self) -> str:
        return stops_group(self.group)

    def reading(self, facts: NodeFacts) -> Reading[GroupScripts]:
        registration = yield from read_registration(self.install_folder, self.nodes, facts, self.group, self.purpose)
        resources = self.resources(registration.configuration)
        places = [(node, resource, name) for node in self.nodes for resource in resources for name in self.names]
        if not places:
            return GroupScripts(registration, {node: {} for node in self.nodes})
        replies = yield tuple(
            Ask(content.read_file(self._file(resource, name)), node) for node, resource, name in places
        )
        found: dict[str, dict[str, dict[str, bytes]]] = {node: {one: {} for one in resources} for node in self.nodes}
        for (node, resource, name), reply in zip(places, replies, strict=True):
            text = content.parse_file(reply.output, f"{self._file(resource, name)} on {node}")
            if text is not None:
                found[node][resource][name] = text
        return GroupScripts(registration, found)

    def plan(self, actual: GroupScripts, facts: NodeFacts) -> Plan:
        registration = actual.registration
        if registration.unsafe:
            return (registration.unsafe,)
        try:
            edited, files, asked = self.edited(actual)
        except ValueError as error:
            return (Blocked(f"{error} Nothing was changed."),)
        return push_plan(registration, edited, self.group, self.install_folder, asked, files)

    def edit_rows(self, actual: GroupScripts) -> tuple[Row, ...]:
        """What would be edited, shown before it is: the configuration, and each script."""
        registration = actual.registration
        shown = [Row("group runs on", registration.runs_on(self.group) or "no node")]
        try:
            edited, files, _ = self.edited(actual)
        except ValueError as error:
            return (*shown, Row("edit", f"not possible: {error}"))
        shown.append(Row("edit of clp.conf", difference(registration.configuration, edited) or "none"))
        here = actual.found.get(registration.node, {})
        for resource in dict.fromkeys((*here, *(file.split("\\")[1] for file in files))):
            place, texts = f"{self.group}\\{resource}\\", here.get(resource, {})
            for name in self.names:
                before = texts.get(name)
                after = None if place in files else files.get(place + name, before)
                if before is not None or after is not None:
                    shown.append(Row(f"edit of {resource}\\{name}", _difference(name, before, after) or "none"))
        return tuple(shown)

    def resources(self, configuration: Configuration) -> tuple[str, ...]:
        """The script resources of the group."""
        group = configuration.group(self.group)
        return tuple(one.name for one in group.of_type("script")) if group else ()

    def _file(self, resource: str, name: str) -> str:
        return f"{self.install_folder}\\scripts\\{self.group}\\{resource}\\{name}"

    def edited_texts(self, actual: GroupScripts, resource: str) -> Texts:
        """The files of one resource as they are to be, on which every node agrees."""
        edited = {node: self.edit(texts) for node, texts in actual.of(resource).items()}
        here = actual.registration.node
        other = [node for node, texts in edited.items() if texts != edited[here]]
        if other:
            raise ValueError(
                f"The scripts of {resource} on {', '.join(other)} are not those on {here}, and it is not known which "
                "are right. Apply the configuration in WebManager to every server, then run this step again."
            )
        return edited[here]

    @property
    @abstractmethod
    def purpose(self) -> Purpose:
        """What the group is stopped for."""

    @abstractmethod
    def edited(self, actual: GroupScripts) -> tuple[Configuration, Files, str]:
        """The configuration and the files as they are to be, and the edit in words; ValueError: it cannot be so."""


@dataclass(frozen=True)
class ScriptResource(ScriptsOfGroup):
    """The group has a script resource whose start.bat and stop.bat do a product's work (procedure 6-(1)).

    A resource that is there keeps its own lines; where the group has none, one is made.  The group does not run while
    that is done: a person says first, in the change, that it may be stopped.
    """

    @property
    def title(self) -> str:
        return f"Group {self.group} starts and stops {self.product} by its scripts"

    def rows(self, actual: GroupScripts, facts: NodeFacts) -> tuple[Row, ...]:
        configuration = actual.registration.configuration
        try:
            resource, wanted = self._wanted(actual)
        except ValueError as error:
            return (Row("scripts", f"cannot be edited: {error}", "as wanted"), *actual.registration.rows)
        there = resource in self.resources(configuration)
        files = (
            Row(f"{name} on {node}", _mark(texts.get(name)), _mark(text))
            for node, texts in actual.of(resource).items()
            for name, text in wanted.items()
        )
        return (
            Row("script resource", resource if there else None, resource),
            *files,
            *actual.registration.rows,
            *self.edit_rows(actual),
        )

    @property
    def purpose(self) -> Purpose:
        return "settings"

    def _wanted(self, actual: GroupScripts) -> tuple[str, Texts]:
        """The resource to use, with its files: the one that has the work already, else the first, else a new one."""
        resources = self.resources(actual.registration.configuration)
        if not resources:
            return free_name(actual.registration.configuration, "script"), self.edit({})
        wanted = {resource: self.edited_texts(actual, resource) for resource in resources}
        here = actual.found[actual.registration.node]
        done = [resource for resource in resources if here[resource] == wanted[resource]]
        return next((one, wanted[one]) for one in (*done, *resources))

    def edited(self, actual: GroupScripts) -> tuple[Configuration, Files, str]:
        before = actual.registration.configuration
        if before.group(self.group) is None:
            raise ConfigurationError(f"There is no group {self.group} yet: register it first.")
        resource, wanted = self._wanted(actual)
        after = before if resource in self.resources(before) else with_resource(before, self.group, script(resource))
        place = f"{self.group}\\{resource}"
        stale = {
            name for texts in actual.of(resource).values() for name, text in wanted.items() if texts.get(name) != text
        }
        files = {f"{place}\\{name}": text for name, text in wanted.items() if name in stale}
        return after, files, f"script resource {resource} with {' and '.join(wanted)} as the record shows them"


def _mark(text: bytes | None) -> str | None:
    return None if text is None else f"{len(text):,} bytes, SHA-256 {hashlib.sha256(text).hexdigest()[:16]}"


def _difference(name: str, before: bytes | None, after: bytes | None) -> str:
    """What an edit of a script changes, as a unified diff; a character that is not cp932 is shown as a mark."""
    old, new = ((text or b"").decode("cp932", "replace").splitlines() for text in (before, after))
    return "\n".join(
        difflib.unified_diff(old, new, name, f"{name} (edited)" if after is not None else "(gone)", lineterm="")
    )
