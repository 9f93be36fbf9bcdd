"""The timeline of a change: a lane for each node, every run in its place, and when people said something."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from runbook_lib.pictures.drawing import as_image, draw, on_card
from runbook_lib.pictures.looks import LOOKS, fitted, width_of
from runbook_lib.pictures.scale import CUT_WIDTH, Scale, lasted
from runbook_lib.pictures.spans import RunSpan, Said, run_spans, said_in
from runbook_lib.wording import say

WIDTH: Final = 880.0
_CHART, _CHART_WIDTH = 166.0, 710.0
_NAME: Final = 118.0
_LEAST: Final = 21.0
"""Room of a run, however short: for the number of its chapter."""
_BAR, _GAP, _LANE_GAP, _AXIS, _PEOPLE = 34.0, 4.0, 10.0, 26.0, 26.0


def change_timeline_svg(folder: Path, language: str, going: Iterable[Path] = ()) -> str:
    """Draw the runs in a change's folder; "" where there are none.

    *language* is "ja" or "en"; *going* are the journals of the runs that are under way.
    """
    runs = run_spans(folder, going)
    return _drawn(folder.name, runs, said_in(folder), language) if runs else ""


def change_timeline_card_html(folder: Path, language: str, going: Iterable[Path] = ()) -> str:
    """The timeline of a change on its card; "" where nothing was run."""
    going = tuple(going)
    svg = change_timeline_svg(folder, language, going)
    return on_card(as_image(svg, _words(run_spans(folder, going), language))) if svg else ""


@dataclass(frozen=True)
class _Bar:
    """One run as it is drawn."""

    x: float
    y: float
    width: float
    chapter: str
    outcome: str
    is_open: bool


@dataclass(frozen=True)
class _Lane:
    """One node in one band: its rows of bars, and the waits between them."""

    name: str
    size: float
    y: float
    height: float
    rows: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class _Band:
    """A stretch of the change, as wide as the picture."""

    y: float
    bottom: float
    lanes: tuple[_Lane, ...]
    bars: tuple[_Bar, ...]
    waits: tuple[tuple[float, float, float], ...]
    ticks: tuple[tuple[float, str], ...]
    cuts: tuple[tuple[float, str], ...]
    said: tuple[tuple[float, str, str], ...]
    said_y: float


def _drawn(change: str, runs: Sequence[RunSpan], said: Sequence[Said], language: str) -> str:
    legend, legend_bottom = _legend(runs, language)
    y = legend_bottom + 22
    bands = []
    for part in _parts(runs):
        first, last = part[0].began, max(run.ended for run in part)
        until = last if part[-1] is not runs[-1] else max([last, *(one.at for one in said)])
        after = first if part[0] is not runs[0] else min([first, *(one.at for one in said)])
        band = _band(y, part, [one for one in said if after <= one.at <= until], language)
        bands.append(band)
        y = band.bottom + 22
    began, ended = runs[0].began, max(run.ended for run in runs)
    same_day = began.date() == ended.date()
    span = f"{began:%Y-%m-%d %H:%M:%S} – {ended:{'%H:%M:%S' if same_day else '%Y-%m-%d %H:%M:%S'}} UTC"
    return draw(
        "change_timeline.svg.j2",
        width=WIDTH,
        height=y - 8,
        language=language,
        title=_words(runs, language),
        headline=fitted(say(language, f"Change {change}"), WIDTH, 19),
        subline=fitted(f"{say(language, 'Runs')}: {len(runs)} · {span}", WIDTH, 12.5),
        legend=legend,
        bands=bands,
        chart=_CHART,
        chart_width=_CHART_WIDTH,
        bar=_BAR,
    )


def _legend(runs: Sequence[RunSpan], language: str) -> tuple[list[tuple[float, float, str, str]], float]:
    """How often each outcome is there (x, y, outcome, words), and where the legend ends."""
    counts = Counter(run.outcome for run in runs)
    x, y, entries = 0.0, 62.0, []
    for outcome in (*LOOKS, *(counts.keys() - LOOKS.keys())):
        if counts[outcome]:
            words = f"{say(language, outcome)} {counts[outcome]}"
            room = 28 + width_of(words, 12.5) + 20
            if x + room > WIDTH:
                x, y = 0.0, y + 24
            entries.append((x, y, outcome, words))
            x += room
    return entries, y + 18


def _parts(runs: Sequence[RunSpan]) -> list[Sequence[RunSpan]]:
    """The runs in as many stretches as the width needs, all of about the same number."""
    busy = sum((run.ended - run.began).total_seconds() for run in runs)
    gaps = sum((later.began - run.ended).total_seconds() > max(10.0, busy / 5) for run, later in pairwise(runs))
    count = max(1, math.ceil((len(runs) * _LEAST + gaps * CUT_WIDTH) / _CHART_WIDTH))
    size = math.ceil(len(runs) / count)
    return [runs[start : start + size] for start in range(0, len(runs), size)]


def _band(y: float, runs: Sequence[RunSpan], said: Sequence[Said], language: str) -> _Band:
    scale = Scale(
        [*((run.began, run.ended) for run in runs), *((one.at, one.at) for one in said)], _CHART_WIDTH, _LEAST
    )
    lanes: list[_Lane] = []
    rows: dict[tuple[str, bool], float] = {}
    at = y + _AXIS
    for node in sorted({run.node for run in runs}):
        top = at
        for applies in (False, True):
            if any(run.node == node and bool(run.apply) == applies for run in runs):
                rows[node, applies] = at
                at += _BAR + _GAP
        names = {False: say(language, "plan"), True: say(language, "apply")}
        kinds = tuple((rows[node, kind], names[kind]) for kind in (False, True) if (node, kind) in rows)
        size = next((size for size in (13.0, 12.0) if width_of(node, size) <= _NAME), 11.0)
        lanes.append(_Lane(fitted(node, _NAME, size), size, top, at - _GAP - top, kinds))
        at += _LANE_GAP
    bars = tuple(_bar(run, scale, rows) for run in runs)
    waits = tuple(_waits(runs, bars, rows))
    labels = _spoken(said, scale)
    return _Band(
        y,
        at + (_PEOPLE if said else 0) - _LANE_GAP,
        tuple(lanes),
        bars,
        waits,
        tuple(_ticks(runs, scale)),
        tuple((cut.x, lasted(cut.lasted)) for cut in scale.cuts),
        labels,
        at + 8,
    )


def _bar(run: RunSpan, scale: Scale, rows: dict[tuple[str, bool], float]) -> _Bar:
    x = scale.x(run.began)
    width = max(_LEAST - 3, scale.x(run.ended) - x - 2)
    return _Bar(x, rows[run.node, bool(run.apply)], width, run.chapter, run.outcome, run.outcome == "running")


def _waits(
    runs: Sequence[RunSpan], bars: Sequence[_Bar], rows: dict[tuple[str, bool], float]
) -> Iterable[tuple[float, float, float]]:
    """From each run that waits for a person to the next one of its chapter on its node (x, y, length)."""
    for number, (run, bar) in enumerate(zip(runs, bars, strict=True)):
        if run.outcome != "waiting":
            continue
        later = zip(runs[number + 1 :], bars[number + 1 :], strict=True)
        follows = (its.x for other, its in later if (other.chapter, other.node) == (run.chapter, run.node))
        start, end = bar.x + bar.width, next(follows, _CHART_WIDTH)
        if end - start > 4:
            yield start, rows[run.node, bool(run.apply)] + _BAR / 2, end - start


def _ticks(runs: Sequence[RunSpan], scale: Scale) -> Iterable[tuple[float, str]]:
    """Times at which runs began, as far as there is room for them; the day where it is another one."""
    busy = sum((run.ended - run.began).total_seconds() for run in runs)
    form = "%H:%M:%S" if busy < 3600 else "%H:%M"
    free_from = -1.0
    day = None
    for moment in sorted({run.began for run in runs}):
        x = scale.x(moment)
        words = f"{moment:{form}}" if moment.date() == day else f"{moment:%m-%d {form}}"
        if x < free_from or x + width_of(words, 11) > _CHART_WIDTH:
            continue
        yield x, words
        day = moment.date()
        free_from = x + width_of(words, 11) + 14


def _spoken(said: Sequence[Said], scale: Scale) -> tuple[tuple[float, str, str], ...]:
    """What people said (x, words, side of the mark they stand on); no words where there is no room for them."""
    places = [scale.x(one.at) for one in said]
    taken = 0.0  # up to here words stand already
    labels: list[tuple[float, str, str]] = []
    for number, (one, x) in enumerate(zip(said, places, strict=True)):
        following = places[number + 1] if number + 1 < len(places) else _CHART_WIDTH
        words = f"{one.by}: {one.key}"
        right, left = following - x - 24, x - 12 - taken
        if right >= width_of(words, 12) or right >= left:
            shown = fitted(words, right, 12) if right > 30 else ""
            labels.append((x, shown, "right"))
            taken = x + 14 + width_of(shown, 12)
        else:
            labels.append((x, fitted(words, left, 12) if left > 30 else "", "left"))
            taken = x + 14
    return tuple(labels)


def _words(runs: Sequence[RunSpan], language: str) -> str:
    """The picture in words, for whoever cannot see it."""
    return "; ".join(f"{run.chapter} {run.node} {_when(run.began)} {say(language, run.outcome)}" for run in runs[-60:])


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
