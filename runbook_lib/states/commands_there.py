"""The state of commands that something on the nodes relies on later, when nobody watches."""

from collections.abc import Mapping
from dataclasses import dataclass

from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Ask, Blocked, Plan, Reading, Row, State


@dataclass(frozen=True)
class CommandsThere(State[Mapping[tuple[str, str], bool]]):
    """Commands are found through PATH on every node.

    Attributes:
        commands: their names.
        nodes: where.
        absent: what it means that one is not there, as a clause.
    """

    commands: tuple[str, ...]
    nodes: tuple[str, ...]
    absent: str

    @property
    def title(self) -> str:
        return f"There on {', '.join(self.nodes)}: {', '.join(self.commands)}"

    def reading(self, facts: NodeFacts) -> Reading[Mapping[tuple[str, str], bool]]:
        places = [(node, command) for node in self.nodes for command in self.commands]
        replies = yield tuple(Ask(f"where {command}", node) for node, command in places)
        return {place: reply.exit_code == 0 for place, reply in zip(places, replies, strict=True)}

    def rows(self, actual: Mapping[tuple[str, str], bool], facts: NodeFacts) -> tuple[Row, ...]:
        return tuple(
            Row(f"{command} on {node}", "there" if there else f"absent ({self.absent})", "there")
            for (node, command), there in actual.items()
        )

    def plan(self, actual: Mapping[tuple[str, str], bool], facts: NodeFacts) -> Plan:
        return (Blocked(f"{', '.join(self.commands)} must be there: {self.absent}."),)
