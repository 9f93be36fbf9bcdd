"""States of settings that a product's own programs make: read in the registry, set by the program or by a person."""

from collections.abc import Mapping
from dataclasses import dataclass

from runbook_lib.commands import registry
from runbook_lib.commands.registry import RegistryData
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, ByHand, Plan, Reading, Row, State, one_round
from runbook_lib.states.windows import read_value

_ODBC = r"HKLM\SOFTWARE\ODBC\ODBC.INI"
_SOURCES = "ODBC Data Sources"


@dataclass(frozen=True)
class SettingOfProgram(State[RegistryData | None]):
    r"""A program has stored a setting, which is read where the site says that it is kept.

    Attributes:
        what: the setting, as people call it.
        desired: what it must be.
        key, name: where the registry keeps it, such as ``HKLM\SOFTWARE\NEC\ESMPRO/CM``.
        of_32_bit: it belongs to 32-bit software.
        command: sets it without a person; "" where only a person can.
        todo: what a person does otherwise, in whole sentences.
    """

    what: str
    desired: str
    key: str
    name: str
    of_32_bit: bool
    command: str
    todo: str

    settle_s = 5.0

    @property
    def title(self) -> str:
        return f"{self.what} is {self.desired}"

    def _key(self, facts: NodeFacts) -> str:
        return registry.in_view(self.key, of_32_bit=self.of_32_bit and facts.architecture == "x64")

    def reading(self, facts: NodeFacts) -> Reading[RegistryData | None]:
        return (yield from read_value(self._key(facts), self.name))

    def rows(self, actual: RegistryData | None, facts: NodeFacts) -> tuple[Row, ...]:
        return (Row(f"{self._key(facts)}\\{self.name}", actual.data if actual else None, self.desired),)

    def plan(self, actual: RegistryData | None, facts: NodeFacts) -> Plan:
        if self.command:
            return (Act(self.command, f"set it to {self.desired}"),)
        return (ByHand(self.todo, f"{self.name} in the registry is read"),)


@dataclass(frozen=True)
class DataSource(State[tuple[str | None, Mapping[str, RegistryData]]]):
    """An ODBC system data source leads to a database on a server (Microsoft, "Registry Entries for Data Sources").

    It can only be confirmed: the product's set-up makes it.

    Attributes:
        name: of the data source.
        values: (name, data) of what it must hold; the names are the driver's own.
        of_32_bit: 32-bit software uses it.
    """

    name: str
    values: tuple[tuple[str, str], ...]
    of_32_bit: bool

    @property
    def title(self) -> str:
        return f"ODBC data source {self.name}: {', '.join(f'{name} {data}' for name, data in self.values)}"

    def reading(self, facts: NodeFacts) -> Reading[tuple[str | None, Mapping[str, RegistryData]]]:
        root = registry.in_view(_ODBC, of_32_bit=self.of_32_bit and facts.architecture == "x64")
        entry, held = yield one_round(
            registry.query(f"{root}\\{_SOURCES}", self.name), registry.query_key(f"{root}\\{self.name}")
        )
        driver = registry.parse_value(entry.text, self.name) if entry.exit_code == 0 else None
        return driver.data if driver else None, registry.parse_values(held.text) if held.exit_code == 0 else {}

    def rows(self, actual: tuple[str | None, Mapping[str, RegistryData]], facts: NodeFacts) -> tuple[Row, ...]:
        driver, held = actual
        if driver is None and not held:
            return (Row("data source", None, self.name),)
        found = {name.casefold(): data.data for name, data in held.items()}
        return (
            Row("data source", self.name, self.name),
            Row("driver", driver),
            *(Row(name, found.get(name.casefold()), data) for name, data in self.values),
        )
