"""What is made true only after something else is, and left alone until then."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from runbook_lib.node import NodeFacts
from runbook_lib.states.state import ANY, Plan, Reading, Row, Span, State

A = TypeVar("A")


@dataclass(frozen=True)
class Later(Generic[A]):
    """What was read for an `OnlyAfter`: the state itself, None before its time, and what has to be so first."""

    actual: A | None
    first: tuple[Row, ...]


@dataclass(frozen=True)
class OnlyAfter(State[Later[A]]):
    """*state* holds, once *first* holds; until then it is neither read nor changed.

    So the last step of a procedure can stand in the run of every node, and is done by the last one.

    Attributes:
        state: what is to be true in the end.
        first: what has to be so before, read each time.
    """

    state: State[A]
    first: State[Any]

    @property
    def title(self) -> str:
        return f"{self.state.title}, once this holds: {self.first.title}"

    @property
    def destroys(self) -> str:
        return self.state.destroys

    def reading(self, facts: NodeFacts) -> Reading[Later[A]]:
        rows = self.first.rows((yield from self.first.reading(facts)), facts)
        if any(row.differs for row in rows):
            return Later(None, rows)
        return Later((yield from self.state.reading(facts)), rows)

    def rows(self, actual: Later[A], facts: NodeFacts) -> tuple[Row, ...]:
        first = tuple(Row(row.key, row.actual, ANY) for row in actual.first)
        if actual.actual is None:
            return (Row("left as it is", self.state.title), *first)
        return (*first, *self.state.rows(actual.actual, facts))

    def plan(self, actual: Later[A], facts: NodeFacts) -> Plan:
        return () if actual.actual is None else self.state.plan(actual.actual, facts)

    def unsettled(self, before: Later[A], actual: Later[A]) -> bool:
        if before.actual is None or actual.actual is None:
            return False
        return self.state.unsettled(before.actual, actual.actual)

    def how_it_went(self, before: Later[A], after: Later[A], took: Span) -> str:
        if before.actual is None or after.actual is None:
            return ""
        return self.state.how_it_went(before.actual, after.actual, took)
