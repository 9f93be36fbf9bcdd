"""The timeline of one run: its steps one below the other, each where it stands in time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from runbook_lib.pictures.drawing import as_image, draw, on_card
from runbook_lib.pictures.looks import fitted, in_lines, width_of
from runbook_lib.pictures.scale import Scale, lasted
from runbook_lib.pictures.spans import Event, StepSpan, step_spans
from runbook_lib.record.summary import outcome_so_far, run_outcome
from runbook_lib.run.journal import read_events
from runbook_lib.wording import say

WIDTH: Final = 880.0
_CHART, _CHART_WIDTH, _STEP = 376.0, 366.0, 72.0
_ROW, _LINE, _BAR = 27.0, 16.0, 15.0
_MOST_ROWS: Final = 60
_SHORT_S: Final = 30.0
"""Of shorter runs the axis tells tenths of a second."""
_TOLD: Final = frozenset({"failed", "waiting", "interrupted"})


def run_timeline_svg(events: Iterable[Event], language: str, *, is_going: bool = False) -> str:
    """Draw the events of one journal; "" where no step was begun.

    *language* is "ja" or "en"; *is_going*: the run is under way, so a step without an end is no interrupted one.
    """
    events = list(events)
    spans = step_spans(events)
    return _drawn(events, spans, language, is_going=is_going) if spans else ""


def run_timeline_card_html(journal: Path, language: str, *, is_going: bool = False) -> str:
    """The timeline of a journal on its card; "" where no step was begun."""
    events: list[dict[str, Any]] = list(read_events(journal))
    svg = run_timeline_svg(events, language, is_going=is_going)
    return on_card(as_image(svg, _words(step_spans(events), language))) if svg else ""


@dataclass(frozen=True)
class _Row:
    """One step as it is drawn."""

    y: float
    step: str
    title: str
    outcome: str
    x: float
    width: float
    is_open: bool
    acts: tuple[tuple[float, float], ...]
    asked: tuple[float, ...]
    aside: str
    told: tuple[str, ...]


def _drawn(events: Sequence[Event], spans: Sequence[StepSpan], language: str, *, is_going: bool) -> str:
    left_out, spans = spans[:-_MOST_ROWS], spans[-_MOST_ROWS:]
    last = datetime.fromisoformat(events[-1]["at"])
    scale = Scale([(span.began, span.ended or last) for span in spans], _CHART_WIDTH)
    y = top = 92.0 + (20 if left_out else 0)
    rows = []
    for span in spans:
        row = _row(span, scale, y, last, language, is_going=is_going)
        rows.append(row)
        y += _ROW + _LINE * len(row.told)
    opened = next((event for event in events if event["event"] == "run.opened"), {})
    ended = any(event["event"] == "notebook.ended" for event in events)
    outcome = "running" if is_going else run_outcome(events) if ended else outcome_so_far(events)
    mode = say(language, "apply" if opened.get("apply") else "plan (reads only)")
    where = say(language, f"Chapter {opened.get('chapter', '')} on {opened.get('node', '')}")
    took = lasted(last - spans[0].began)
    began = f"{spans[0].began:%Y-%m-%d %H:%M:%S} UTC"
    return draw(
        "run_timeline.svg.j2",
        width=WIDTH,
        height=y + 14,
        language=language,
        title=_words(spans, language),
        headline=fitted(f"{where} · {mode}", WIDTH - 190, 19),
        outcome=outcome,
        outcome_words=say(language, outcome),
        outcome_width=width_of(say(language, outcome), 13) + 40,
        subline=fitted(f"{began} · {say(language, f'{took} in all')}", WIDTH, 12.5),
        left_out=say(language, f"{len(left_out)} earlier steps are not drawn.") if left_out else "",
        rows=rows,
        top=top,
        bottom=y,
        chart=_CHART,
        chart_width=_CHART_WIDTH,
        bar=_BAR,
        row_height=_ROW,
        line=_LINE,
        step_width=_STEP,
        ticks=_ticks(spans, scale, last),
        cuts=[(cut.x, lasted(cut.lasted)) for cut in scale.cuts],
    )


def _row(span: StepSpan, scale: Scale, y: float, last: datetime, language: str, *, is_going: bool) -> _Row:
    ended = span.ended or last
    outcome = "running" if span.ended is None and is_going else span.outcome
    x = min(scale.x(span.began), _CHART_WIDTH - 3)
    title = " · ".join(say(language, title) for title in span.titles)
    amount = f"{_amount(span.amount, language)} · " if span.amount else ""
    told = in_lines(say(language, span.message), WIDTH - _STEP, 12, 2) if outcome in _TOLD and span.message else []
    return _Row(
        y,
        fitted(span.step, _STEP - 8, 13),
        fitted(title, _CHART - _STEP - 34, 12.5),
        outcome,
        x,
        max(3.0, scale.x(ended) - x),
        span.ended is None,
        tuple((scale.x(a), max(1.5, scale.x(b) - scale.x(a))) for a, b in span.acts),
        tuple(scale.x(moment) for moment in span.asked),
        "" if outcome == "skipped" else f"{amount}{lasted(ended - span.began)}",
        tuple(told),
    )


def _amount(amount: tuple[int, int], language: str) -> str:
    files, size = amount
    power = next((power for power in (3, 2, 1) if size >= 1000**power), 0)
    shown = f"{size / 1000**power:.1f} {('B', 'kB', 'MB', 'GB')[power]}" if power else f"{size} B"
    return f"{say(language, f'{files} files')}, {shown}" if files else shown


def _ticks(spans: Sequence[StepSpan], scale: Scale, last: datetime) -> list[tuple[float, str]]:
    """Times on the axis: exact ones, where something begins, as far as there is room for them."""
    ticks: list[tuple[float, str]] = []
    is_short = sum(((span.ended or last) - span.began).total_seconds() for span in spans) < _SHORT_S
    for moment in sorted({*(span.began for span in spans), *(span.ended or last for span in spans)}):
        x = scale.x(moment)
        if (not ticks or x - ticks[-1][0] >= 70) and x <= _CHART_WIDTH - 30:
            ticks.append(
                (x, f"{moment:%H:%M:%S}.{moment.microsecond // 100_000}" if is_short else f"{moment:%H:%M:%S}")
            )
    return ticks


def _words(spans: Sequence[StepSpan], language: str) -> str:
    """The picture in words, for whoever cannot see it."""
    return "; ".join(f"{span.step} {say(language, span.outcome)}" for span in spans)
