"""What must hold only as long as there is something left to do that needs it."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from runbook_lib.node import NodeFacts
from runbook_lib.states.state import ANY, Plan, Reading, Row, Span, State

A = TypeVar("A")


@dataclass(frozen=True)
class Ground(Generic[A]):
    """What was read for a `NeededFor`: the ground, and the titles of what is left to do on it."""

    actual: A
    left: tuple[str, ...]


@dataclass(frozen=True)
class NeededFor(State[Ground[A]]):
    """*ground* holds, unless all of *work* is done already: then it is left as it is.

    So a step that prepares the ground (brings the failover group here, say) does nothing when a chapter is done again.

    Attributes:
        ground: what the work needs.
        work: what is to be done on it.
    """

    ground: State[A]
    work: tuple[State[Any], ...]

    @property
    def title(self) -> str:
        return f"{self.ground.title}, or nothing is left to do here"

    @property
    def destroys(self) -> str:
        return self.ground.destroys

    def reading(self, facts: NodeFacts) -> Reading[Ground[A]]:
        left = []
        for state in self.work:
            actual = yield from state.reading(facts)
            if any(row.differs for row in state.rows(actual, facts)):
                left.append(state.title)
        return Ground((yield from self.ground.reading(facts)), tuple(left))

    def rows(self, actual: Ground[A], facts: NodeFacts) -> tuple[Row, ...]:
        rows = self.ground.rows(actual.actual, facts)
        if not actual.left:
            return (Row("left to do here", "nothing"), *(Row(row.key, row.actual, ANY) for row in rows))
        return (Row("left to do here", "; ".join(actual.left)), *rows)

    def plan(self, actual: Ground[A], facts: NodeFacts) -> Plan:
        return self.ground.plan(actual.actual, facts)

    def unsettled(self, before: Ground[A], actual: Ground[A]) -> bool:
        return self.ground.unsettled(before.actual, actual.actual)

    def how_it_went(self, before: Ground[A], after: Ground[A], took: Span) -> str:
        return self.ground.how_it_went(before.actual, after.actual, took)
