"""Reading many states in the fewest remote commands: their questions travel together, round by round."""

from collections.abc import Callable, Sequence
from typing import Any

from runbook_lib.node import NodeFacts, Reply
from runbook_lib.states.state import Ask, State

Answer = Callable[[str, list[str]], list[Reply]]
"""Given where ("this", "active" or a node's name) and command lines, answers each line."""


class Unreadable(Exception):  # noqa: N818  (becomes an error of a step, which knows where it happened)
    """What a node answered makes no sense for a state."""


def read_together(states: Sequence[State[Any]], facts: NodeFacts, answer: Answer) -> list[Any]:
    """What each of *states* reads, in their order.

    Raises:
        Unreadable: naming the state and what was wrong with the answer.
        NodeError: from *answer*.
    """
    actual: list[Any] = [None] * len(states)
    readings = [state.reading(facts) for state in states]
    sent: dict[int, tuple[Reply, ...] | None] = dict.fromkeys(range(len(states)))
    while sent:
        asked: dict[int, tuple[Ask, ...]] = {}
        for index, replies in sent.items():
            try:
                reading = readings[index]
                asked[index] = next(reading) if replies is None else reading.send(replies)
            except StopIteration as end:
                actual[index] = end.value
            except ValueError as error:
                raise Unreadable(f"'{states[index].title}' cannot be read: {error}.") from error
        sent = dict(_answered(asked, answer))
    return actual


def _answered(asked: dict[int, tuple[Ask, ...]], answer: Answer) -> dict[int, tuple[Reply, ...]]:
    """The replies to one round, by state: one call of *answer* for each place that was asked."""
    places: dict[str, list[str]] = {}
    for asks in asked.values():
        for ask in asks:
            places.setdefault(ask.on, []).append(ask.line)
    replies = {place: iter(answer(place, lines)) for place, lines in places.items()}
    return {index: tuple(next(replies[ask.on]) for ask in asks) for index, asks in asked.items()}
