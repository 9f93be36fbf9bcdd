"""What happened when, read out of journals: the steps of a run, the runs of a change, what people said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from runbook_lib.record.told import told_by
from runbook_lib.run.confirmations import events_of
from runbook_lib.run.journal import FILE_OF_CONFIRMATIONS, journals

Event = Mapping[str, Any]


@dataclass
class StepSpan:
    """One step as it was carried out once.

    Attributes:
        step: as the manual prints it.
        titles: of its states.
        began, ended: *ended* is None where its end was never written.
        outcome: of the step; "interrupted" where it never ended.
        message: why, where it is not ok.
        acts: the commands that changed something, each from its beginning to its end.
        asked: when a person was asked for something.
        amount: what a long command has said of itself last, such as (files, bytes); empty where nothing.
    """

    step: str
    titles: tuple[str, ...]
    began: datetime
    ended: datetime | None = None
    outcome: str = "interrupted"
    message: str = ""
    acts: list[tuple[datetime, datetime]] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    amount: tuple[int, int] | None = None


def step_spans(events: Iterable[Event]) -> list[StepSpan]:
    """The steps of a run in the order in which they were begun; a step that was run twice is there twice."""
    spans: list[StepSpan] = []
    open_act: datetime | None = None
    last: datetime | None = None
    for event in events:
        at = last = datetime.fromisoformat(event["at"])
        kind = event["event"]
        if kind == "step.started":
            spans.append(StepSpan(str(event["step"]), tuple(map(str, event.get("states") or ())), at))
        if not spans:
            continue
        span = spans[-1]
        if kind == "step.ended":
            span.ended, span.outcome, span.message = at, str(event["outcome"]), str(event.get("message") or "")
        elif kind == "act.started":
            open_act = at
        elif kind == "act.ended" and open_act:
            span.acts.append((open_act, at))
            open_act = None
        elif kind in ("confirmation.asked", "person.asked"):
            span.asked.append(at)
        elif kind == "progress" and event.get("bytes"):
            span.amount = int(event.get("files") or 0), int(event["bytes"])
    if spans and open_act and last and spans[-1].ended is None:
        spans[-1].acts.append((open_act, last))
    return spans


@dataclass(frozen=True)
class RunSpan:
    """One run of a change.

    Attributes:
        chapter, node, outcome: as `runbook_lib.record.run_row` has them; *outcome* is "running" while it goes on.
        apply: whether it might change something; None: not known.
        began, ended: from the journal's first line to its last.
        journal: its path.
        reason: why it did not end well.
    """

    chapter: str
    node: str
    outcome: str
    apply: bool | None
    began: datetime
    ended: datetime
    journal: Path
    reason: str


@dataclass(frozen=True)
class Said:
    """What a person attested.

    Attributes:
        at: when.
        by: the name.
        key, node, note: of the confirmation.
    """

    at: datetime
    by: str
    key: str
    node: str
    note: str


def run_spans(folder: Path, going: Iterable[Path] = ()) -> list[RunSpan]:
    """The runs of a change, oldest first; *going* are the journals of those that are under way."""
    alive = frozenset(going)
    spans = []
    for path in journals(folder):
        row = told_by(path).row
        began = row["started"]
        if began is None:
            continue  # nothing of it is known but its name: the table of runs tells that
        outcome = "running" if path in alive else row["outcome"]
        ended = began + timedelta(seconds=row["seconds"] or 0)
        spans.append(RunSpan(row["chapter"], row["node"], outcome, row["apply"], began, ended, path, row["reason"]))
    return sorted(spans, key=lambda span: (span.began, span.node))


def said_in(folder: Path) -> list[Said]:
    """What people attested in a change, oldest first."""
    file = folder / FILE_OF_CONFIRMATIONS
    events: Sequence[Mapping[str, object]] = events_of(file) if file.exists() else ()
    return [
        Said(datetime.fromisoformat(str(event["at"])), *(str(event[name]) for name in ("by", "key", "node", "note")))
        for event in events
    ]
