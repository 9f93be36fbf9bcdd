"""From time to place on a line: what nobody did anything in is cut out, and what was short is still to be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

Span = tuple[datetime, datetime]

CUT_WIDTH: Final = 30.0
"""Room of a cut, with its mark and how long it was."""

_A_MOMENT_S: Final = 0.05
_SHORTEST_CUT: Final = timedelta(seconds=10)


@dataclass(frozen=True)
class Cut:
    """A stretch in which nothing happened, drawn short.

    Attributes:
        x: where it begins.
        lasted: how long it was.
    """

    x: float
    lasted: timedelta


class Scale:
    """Places for the times of one line.

    Attributes:
        width: of the line.
        cuts: what was left out.
    """

    def __init__(self, spans: Sequence[Span], width: float, least: float = 0.0) -> None:
        """Lay *spans* out on a line of *width*; every one gets *least* at least, as far as that is possible.

        A stretch without any span is cut where it is longer than a fifth of all the rest together.
        """
        self.width = width
        moments = sorted({moment for span in spans for moment in span})
        busy = [(a, b, any(start <= a and b <= end for start, end in spans)) for a, b in pairwise(moments)]
        longest = max(_SHORTEST_CUT, sum((b - a for a, b, is_busy in busy if is_busy), timedelta()) / 5)
        pieces = [(a, b, is_busy, not is_busy and b - a > longest) for a, b, is_busy in busy]
        room = max(0.0, width - CUT_WIDTH * sum(is_cut for *_, is_cut in pieces))
        floors = [(b - a, least if is_busy else 0.0) for a, b, is_busy, is_cut in pieces if not is_cut]
        rate = _rate(floors, room)
        self.cuts: list[Cut] = []
        self._places: list[tuple[datetime, float]] = [(moments[0], 0.0)] if moments else []
        x = 0.0
        for a, b, is_busy, is_cut in pieces:
            if is_cut:
                self.cuts.append(Cut(x, b - a))
            x += CUT_WIDTH if is_cut else max(least if is_busy else 0.0, rate * (b - a).total_seconds())
            self._places.append((b, x))

    def x(self, moment: datetime) -> float:
        """The place of a moment, from 0 to `width`; before the first and after the last, that of these."""
        if not self._places or moment <= self._places[0][0]:
            return 0.0
        for (before, left), (after, right) in pairwise(self._places):
            if moment <= after:
                return left + (right - left) * ((moment - before) / (after - before))
        return self._places[-1][1]


def _rate(floors: Sequence[tuple[timedelta, float]], room: float) -> float:
    """Width of a second, so that all stretches, each of its least width or its length, fill *room*."""

    def taken(rate: float) -> float:
        return sum(max(least, rate * length.total_seconds()) for length, least in floors)

    total = sum(length.total_seconds() for length, _ in floors)
    if not total:
        return 0.0
    low, high = 0.0, room / total  # at the higher one alone the lengths fill it
    if taken(high) <= room:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if taken(middle) <= room else (low, middle)
    return low


def lasted(length: timedelta | float) -> str:
    """A length of time in short, the same in every language: "0.4 s", "3 min 20 s", "2 h 5 min", "3 d 4 h"."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    if seconds < _A_MOMENT_S:
        return "< 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, smaller_size, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            count, rest = divmod(whole, size)
            return f"{count} {unit} {rest // smaller_size} {smaller}" if rest // smaller_size else f"{count} {unit}"
    return f"{whole} s"
