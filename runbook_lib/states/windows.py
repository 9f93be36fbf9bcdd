"""States of Windows itself: registry values, services, drives."""

from dataclasses import dataclass

from runbook_lib.commands import registry, services
from runbook_lib.commands.folders import folder_path
from runbook_lib.commands.registry import RegistryData
from runbook_lib.commands.services import Service
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, Plan, Reading, Row, State, one_round

_TEXT_TYPES = ("REG_SZ", "REG_EXPAND_SZ")


def read_value(key: str, name: str) -> Reading[RegistryData | None]:
    """Ask for one value; None when it is not there.

    ``reg`` answers "absent" and "denied" alike.  So the key is asked for too, and the key above it: one that lists the
    key, while the key itself cannot be read, raises ValueError.
    """
    value, holder, above = yield one_round(
        registry.query(key, name), registry.query_key(key), registry.query_key(key.rpartition("\\")[0])
    )
    if value.exit_code == 0:
        return registry.parse_value(value.text, name)
    if holder.exit_code != 0 and registry.lists_key(above.text, key):
        raise ValueError(f"the key {key} is there, and the account may not read it")
    return None


@dataclass(frozen=True)
class RegistryValue(State[RegistryData | None]):
    r"""A text value of the registry holds *data*.

    Attributes:
        key: such as ``HKLM\SOFTWARE\NEC\NVBASE``.
        name: of the value.
        data: what it must be.
        of_32_bit: the value belongs to 32-bit software: on an x64 node the key is under ``SOFTWARE\Wow6432Node``.
    """

    key: str
    name: str
    data: str
    of_32_bit: bool = False

    @property
    def title(self) -> str:
        return f"Registry {self.name} = {self.data}"

    def _key(self, facts: NodeFacts) -> str:
        return registry.in_view(self.key, of_32_bit=self.of_32_bit and facts.architecture == "x64")

    def reading(self, facts: NodeFacts) -> Reading[RegistryData | None]:
        return (yield from read_value(self._key(facts), self.name))

    def rows(self, actual: RegistryData | None, facts: NodeFacts) -> tuple[Row, ...]:
        rows = [Row(f"{self._key(facts)}\\{self.name}", actual.data if actual else None, self.data)]
        if actual and actual.type not in _TEXT_TYPES:
            rows.append(Row("type", actual.type, "REG_SZ"))
        return tuple(rows)

    def plan(self, actual: RegistryData | None, facts: NodeFacts) -> Plan:
        kind = actual.type if actual and actual.type in _TEXT_TYPES else "REG_SZ"
        line = registry.add(self._key(facts), self.name, RegistryData(kind, self.data))
        return (Act(line, f"set {self.name}"),)


@dataclass(frozen=True)
class RegistryValueAmong(State[RegistryData | None]):
    r"""A text value of the registry, where it is set, is one of *allowed* (case does not matter, as for paths)."""

    key: str
    name: str
    allowed: tuple[str, ...]
    of_32_bit: bool = False

    @property
    def title(self) -> str:
        return f"Registry {self.name} is one of {', '.join(self.allowed)}"

    def reading(self, facts: NodeFacts) -> Reading[RegistryData | None]:
        key = registry.in_view(self.key, of_32_bit=self.of_32_bit and facts.architecture == "x64")
        return (yield from read_value(key, self.name))

    def rows(self, actual: RegistryData | None, facts: NodeFacts) -> tuple[Row, ...]:
        if actual is None:
            return (Row(self.name, None),)
        known = next((one for one in self.allowed if one.casefold() == actual.data.casefold()), None)
        return (Row(self.name, actual.data, actual.data if known else " or ".join(self.allowed)),)


@dataclass(frozen=True)
class ServicesStopped(State[list[Service]]):
    """None of the named services runs; one that is not installed counts as stopped.

    Attributes:
        names: display names (or key names).
    """

    names: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Stopped: {', '.join(self.names)}"

    def reading(self, facts: NodeFacts) -> Reading[list[Service]]:
        (reply,) = yield one_round(services.LIST_ALL)
        found = services.parse_list(reply.text)
        if not found:
            raise ValueError(f"`sc` listed no service at all: {reply.text.strip()[:120]!r}")
        return found

    def rows(self, actual: list[Service], facts: NodeFacts) -> tuple[Row, ...]:
        found = {name: services.by_display_name(actual, name) for name in self.names}
        return tuple(
            Row(name, service.state, "stopped") if service else Row(name, "not installed")
            for name, service in found.items()
        )


@dataclass(frozen=True)
class FolderThere(State[bool]):
    """A folder, or a whole drive, can be reached on this node, or is gone from it.

    Attributes:
        folder: absolute path; a drive's root is written such as "W:".
        there: False for gone.
    """

    folder: str
    there: bool = True

    @property
    def title(self) -> str:
        return f"{self.folder} {'can be reached' if self.there else 'is gone'} here"

    def reading(self, facts: NodeFacts) -> Reading[bool]:
        (reply,) = yield one_round(f"if exist {folder_path(self.folder)} (echo there) else (echo absent)")
        return reply.text.strip() == "there"

    def rows(self, actual: bool, facts: NodeFacts) -> tuple[Row, ...]:
        words = {True: "there", False: "out of reach"}
        return (Row(self.folder, words[actual], words[self.there]),)
