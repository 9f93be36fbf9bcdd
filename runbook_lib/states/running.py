"""States of a set of services that run together."""

from dataclasses import dataclass

from runbook_lib.commands import services
from runbook_lib.commands.services import Service
from runbook_lib.node import NodeFacts
from runbook_lib.states.services import read_services
from runbook_lib.states.state import Await, Blocked, Plan, Reading, Row, State


@dataclass(frozen=True)
class ServicesRunning(State[list[Service]]):
    """Every named service runs.  One that is being started is waited for; none is started here.

    Attributes:
        names: display names (or key names).
        started_by: what starts them, for the message where one does not run.
    """

    names: tuple[str, ...]
    started_by: str

    @property
    def title(self) -> str:
        return f"Running: {', '.join(self.names)}"

    def reading(self, facts: NodeFacts) -> Reading[list[Service]]:
        return (yield from read_services())

    def rows(self, actual: list[Service], facts: NodeFacts) -> tuple[Row, ...]:
        found = {name: services.by_display_name(actual, name) for name in self.names}
        return tuple(Row(name, one.state if one else "not installed", "running") for name, one in found.items())

    def plan(self, actual: list[Service], facts: NodeFacts) -> Plan:
        wrong = [row for row in self.rows(actual, facts) if row.differs]
        if all(row.actual == "start pending" for row in wrong):
            return (Await("wait for services that are being started", "command"),)
        said = "; ".join(f"{row.key} is {row.actual}" for row in wrong)
        return (Blocked(f"{said}. {self.started_by} starts them: find out there why it did not."),)


@dataclass(frozen=True)
class ServiceFamily(State[list[Service]]):
    """The main service of a product is installed and runs; its other services are named with their states.

    Attributes:
        families: how the display names of the product's services may begin, such as ("CLUSTERPRO", "EXPRESSCLUSTER").
        main: how the main one's display name goes on, such as "Server".
    """

    families: tuple[str, ...]
    main: str

    @property
    def title(self) -> str:
        return f"{self.families[0]} is installed and its services run"

    def reading(self, facts: NodeFacts) -> Reading[list[Service]]:
        return (yield from read_services())

    def rows(self, actual: list[Service], facts: NodeFacts) -> tuple[Row, ...]:
        ours = [one for one in actual if one.display_name.startswith(self.families)]
        names = tuple(f"{family} {self.main}".casefold() for family in self.families)
        main = next((one for one in ours if one.display_name.casefold() in names), None)
        shown = main.display_name if main else f"{self.families[0]} {self.main}"
        return (
            Row(shown, main.state if main else "not installed", "running"),
            *(Row(one.display_name, one.state) for one in ours if one is not main),
        )
