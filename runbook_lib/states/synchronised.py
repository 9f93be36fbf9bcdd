r"""States of the registry keys that a failover group takes with it (procedure 6-(2)).

CLUSTERPRO saves such keys where the group runs and puts them back where it starts: what is edited in them on any other
node is lost at the next failover (EXPRESSCLUSTER/Tools, HowToUpdateUM8700withCluster.md).  So everything that belongs
into them is written first, on the node where the group runs, and the keys are named to the cluster last.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from runbook_lib.node import NodeFacts
from runbook_lib.states.clpconf import (
    Configuration,
    ConfigurationError,
    Resource,
    difference,
    exported,
    keys_in,
    same_key,
    with_keys,
    with_monitors,
    with_resource,
    without_keys,
    without_resource,
)
from runbook_lib.states.clpconf.distribution import Purpose, Registration, push_plan, read_registration, stops_group
from runbook_lib.states.state import Blocked, ByHand, Plan, Reading, Row, State

_KIND = "regsync"
_TAKEN_OVER = "taken over"


@dataclass(frozen=True)
class _Keys(State[Registration]):
    r"""What both states of synchronised keys are made of.

    Attributes:
        group: the failover group; it is registered.
        nodes: every node that it may run on.
        install_folder: CLUSTERPRO's.
        keys: whole, such as ``HKEY_LOCAL_MACHINE\SOFTWARE\NEC\NVBASE``, in the view that the nodes keep them in.
        exported: elements of resources and monitors as a cluster's own file has them, each as XML.
    """

    group: str
    nodes: tuple[str, ...]
    install_folder: str
    keys: tuple[str, ...]
    exported: tuple[str, ...] = ()

    settle_s = 30.0

    @property
    def destroys(self) -> str:
        return stops_group(self.group)

    def reading(self, facts: NodeFacts) -> Reading[Registration]:
        return (yield from read_registration(self.install_folder, self.nodes, facts, self.group, self._purpose))

    def rows(self, actual: Registration, facts: NodeFacts) -> tuple[Row, ...]:
        try:
            edit = difference(actual.configuration, self._edited(actual.configuration)) or "none"
        except ConfigurationError as error:
            edit = f"by hand: {error}"
        keys = (Row(key, self._found(actual.configuration, key), self._desired) for key in self.keys)
        return (
            *keys,
            *actual.rows,
            Row("group runs on", actual.runs_on(self.group) or "no node"),
            Row("edit of clp.conf", edit),
        )

    def plan(self, actual: Registration, facts: NodeFacts) -> Plan:
        if actual.unsafe:
            return (actual.unsafe,)
        if actual.configuration.group(self.group) is None:
            return (Blocked(f"There is no group {self.group} yet: register it first. Nothing was changed."),)
        wrong = [key for key in self.keys if self._found(actual.configuration, key) != self._desired]
        asked = f"{self._in_words} {', '.join(wrong)}"
        try:
            edited = self._edited(actual.configuration)
        except ConfigurationError as error:
            where = actual.runs_on(self.group)
            stops = f" The group runs on {where}: applying it stops it by force." if where else ""
            what = f"In WebManager, in the settings of group {self.group}: {asked}; then apply it: {error}.{stops}"
            return (ByHand(what, "clp.conf is read on every node"),)
        return push_plan(actual, edited, self.group, self.install_folder, asked)

    def _resources(self, configuration: Configuration) -> tuple[Resource, ...]:
        group = configuration.group(self.group)
        return tuple(one for one in group.of_type(_KIND) if one.element) if group else ()

    def _found(self, configuration: Configuration, key: str) -> str | None:
        held = (keys_in(one.element) for one in self._resources(configuration) if one.element)
        return _TAKEN_OVER if any(same_key(one.key, key) for entries in held for one in entries) else None

    @property
    @abstractmethod
    def _purpose(self) -> Purpose:
        """What the group is stopped for."""

    @property
    @abstractmethod
    def _desired(self) -> str | None:
        """What is to be found of every key."""

    @property
    @abstractmethod
    def _in_words(self) -> str:
        """What is to be done with the keys."""

    @abstractmethod
    def _edited(self, configuration: Configuration) -> Configuration:
        """The configuration as it is to be; ConfigurationError: what is known does not show how."""


@dataclass(frozen=True)
class SynchronisedKeys(_Keys):
    """The group takes these registry keys with it, beside whatever others it takes.

    How a configuration names such keys is not public.  So it is done after a pattern: that of the group's own resource,
    where it has one, else that of an exported one; where neither shows it, a person does it in WebManager.
    """

    @property
    def title(self) -> str:
        return f"Group {self.group} takes {len(self.keys)} registry keys with it"

    @property
    def _purpose(self) -> Purpose:
        return "settings"

    @property
    def _desired(self) -> str | None:
        return _TAKEN_OVER

    @property
    def _in_words(self) -> str:
        return "have a registry synchronisation resource that synchronises"

    def _edited(self, configuration: Configuration) -> Configuration:
        missing = [key for key in self.keys if self._found(configuration, key) is None]
        if not missing:
            return configuration
        xml = self._with_missing(configuration, missing)
        part = exported(xml)
        return with_monitors(with_resource(configuration, self.group, part), part, self.exported)

    def _with_missing(self, configuration: Configuration, missing: Sequence[str]) -> str:
        for resource in self._resources(configuration):
            if resource.element and keys_in(resource.element):
                return with_keys(configuration.document.slice(resource.element), missing, others=True)
        for xml in self.exported:
            if exported(xml).type == _KIND:
                return with_keys(xml, missing, others=False)
        raise ConfigurationError("how the file has such a resource is not public, and the site has none exported")


@dataclass(frozen=True)
class SynchronisedKeysRemoved(_Keys):
    """The group no longer takes these registry keys with it (uninstallation, first step; REMOVE-1).

    A resource that has no other key leaves the group, and its monitor with it.
    """

    @property
    def title(self) -> str:
        return f"Group {self.group} no longer takes {len(self.keys)} registry keys with it"

    @property
    def _purpose(self) -> Purpose:
        return "removal"

    @property
    def _desired(self) -> str | None:
        return None

    @property
    def _in_words(self) -> str:
        return "no longer synchronise"

    def _edited(self, configuration: Configuration) -> Configuration:
        for resource in self._resources(configuration):
            assert resource.element  # noqa: S101  (those without one were left out)
            before = configuration.document.slice(resource.element)
            after = without_keys(before, self.keys)
            if not after:
                configuration = without_resource(configuration, _KIND, resource.name)
            elif after != before:
                configuration = with_resource(configuration, self.group, exported(after))
        return configuration
