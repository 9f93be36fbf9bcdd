"""How one chapter stands on one node: each of its steps as the runs of a change have last seen it.

Pure: from the notebook and the journals of the change.  The panel shows it live; the static twin and the report print
it.  A run that was asked for some steps only leaves the others as an earlier run saw them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from runbook_lib.batch import Chapter
from runbook_lib.batch.running import how_to_find
from runbook_lib.parameters import Site
from runbook_lib.record.summary import run_row
from runbook_lib.report.procedure import PlannedStep, steps_of_notebook
from runbook_lib.run.journal import journals, read_events
from runbook_lib.run.outcome import CUT_SHORT, GRAVITY

Event = Mapping[str, Any]

RUNNING: Final = "running"
INTERRUPTED: Final = "interrupted"
NOT_YET: Final = "not yet"


@dataclass(frozen=True)
class StateSeen:
    """One state of a step: what was found, or is being done.

    Attributes:
        title: the state.
        outcome: one of the journal's outcomes, "running", "interrupted" or "not yet".
        reason: why.
        differences: rows with key, before, desired, after.
        commands: sent, or with ``apply=False`` to be sent.
        destroys: what is lost or interrupted when it is made true; "" for nothing.
    """

    title: str
    outcome: str = NOT_YET
    reason: str = ""
    differences: tuple[Event, ...] = ()
    commands: tuple[str, ...] = ()
    destroys: str = ""


@dataclass(frozen=True)
class StepSeen:
    """One step, and what the last run that came to it saw.

    Attributes:
        step: as the notebook writes it.
        states: what it consists of; none before it has been read.
        applied: whether that run was allowed to change things.
        at: when it ended, or began where it has not ended (UTC, ISO 8601); "" before it has been read.
        asked: what a person is asked for (event ``person.asked``); None where nobody is.
        progress: the last ``progress`` event of what is under way; None otherwise.
    """

    step: PlannedStep
    states: tuple[StateSeen, ...] = ()
    applied: bool = False
    at: str = ""
    asked: Event | None = None
    progress: Event | None = None

    @property
    def outcome(self) -> str:
        """The gravest outcome of its states."""
        said = {state.outcome for state in self.states}
        for outcome in (RUNNING, INTERRUPTED):
            if outcome in said:
                return outcome
        known = [state.outcome for state in self.states if state.outcome in GRAVITY]
        return max(known, key=GRAVITY.index) if known else NOT_YET

    @property
    def open(self) -> bool:
        """Whether there is something left to do in it."""
        return self.outcome in ("differs", "waiting", "failed", INTERRUPTED, NOT_YET)

    @property
    def destroys(self) -> tuple[str, ...]:
        """What would be lost or interrupted by what is left to do."""
        left = ("differs", "waiting", "failed", INTERRUPTED)
        return tuple(dict.fromkeys(state.destroys for state in self.states if state.destroys and state.outcome in left))


@dataclass(frozen=True)
class RunSeen:
    """The last run.

    Attributes:
        journal: its path.
        apply: whether it might change things.
        outcome: of the run; "running" while it goes on.
        reason: why it did not end well.
        since: when it began (UTC, ISO 8601).
        only: the steps that it was asked for; none: all.
        notebook: its executed notebook; None where it has none (yet).
    """

    journal: Path
    apply: bool
    outcome: str
    reason: str
    since: str
    only: tuple[str, ...] = ()
    notebook: Path | None = None


@dataclass(frozen=True)
class ChapterSeen:
    """All steps of one chapter on one node, in their order, and the last run; None where there was none."""

    node: str
    steps: tuple[StepSeen, ...]
    last: RunSeen | None = None

    @property
    def read(self) -> bool:
        """Whether every step has been looked at, and nothing was cut short since: what is shown can be acted on."""
        if self.last is None or self.last.outcome in (RUNNING, INTERRUPTED, "failed"):
            return False
        return all(step.outcome != NOT_YET for step in self.steps)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do, and a run of the whole chapter says so: some steps alone can shift others."""
        return self.read and not self.left and self.last is not None and not self.last.only

    @property
    def left(self) -> tuple[StepSeen, ...]:
        """The steps with something left to do."""
        return tuple(step for step in self.steps if step.open)


def chapter_seen(
    site: Site, chapter: Chapter, node: str, folder: Path, going: Iterable[Path] = (), without: Path | None = None
) -> ChapterSeen:
    """How *chapter* stands on *node* of *site* in the change whose folder is given.

    *going* are the journals of runs that still go on; *without* is one that is not looked at, such as that of the very
    run that asks. The runs on any other site, which a change may have too, are left out.
    """
    steps = steps_of_notebook(chapter.path)
    seen = {step.number: StepSeen(step) for step in steps}
    last: RunSeen | None = None
    under_way = set(going)
    for path, events in _runs(folder, chapter.number, node, names_of(site)):
        if path == without:
            continue
        alive = path in under_way
        if not alive and not any(event["event"] in ("notebook.started", "step.started") for event in events):
            continue  # opened by hand and nothing more: it has not seen a thing
        for number, one in _steps_of(events, alive=alive).items():
            if number in seen:
                seen[number] = replace(one, step=seen[number].step)
        last = _run_of(path, events, alive=alive)
    return ChapterSeen(node, tuple(seen.values()), last)


def names_of(site: Site) -> frozenset[str]:
    """By which names runs call *site*."""
    return frozenset({site.name, how_to_find(site)})


def _runs(folder: Path, chapter: str, node: str, sites: Collection[str]) -> list[tuple[Path, Sequence[Event]]]:
    """The runs of a chapter on a node, oldest first."""
    found = []
    for path in journals(folder):
        events = _events(path, path.stat().st_size)
        known: dict[str, Any] = {}
        for event in events[:3]:
            if event["event"] == "notebook.started":
                known = {"chapter": event.get("chapter"), **(event.get("parameters") or {}), **known}
            elif event["event"] == "run.opened":
                known.update(event)
        if known.get("site") not in sites:
            continue
        if str(known.get("chapter")) == chapter and known.get("node") == node:
            found.append((path, events))
    return sorted(found, key=lambda run: str(run[1][0]["at"]))


@lru_cache(maxsize=512)
def _events(path: Path, _size: int) -> tuple[Event, ...]:
    """The events of a journal; none where it cannot be read, which `record.runs` reports."""
    try:
        return tuple(read_events(path))
    except ValueError:
        return ()


def _run_of(path: Path, events: Sequence[Event], *, alive: bool) -> RunSeen:
    row = run_row(path)
    opened = next((event for event in events if event["event"] == "run.opened"), {})
    notebook = path.with_suffix(".ipynb")
    return RunSeen(
        path, bool(row["apply"]), RUNNING if alive else row["outcome"], "" if alive else row["reason"],
        str(events[0]["at"]), tuple(opened.get("only") or ()), notebook if notebook.exists() else None,
    )  # fmt: skip


def _steps_of(events: Sequence[Event], *, alive: bool) -> dict[str, StepSeen]:
    """What one run saw of each step it came to, by the step's number; a step that it left out is not among them."""
    only = next((event.get("only") or () for event in events if event["event"] == "run.opened"), ())
    steps: dict[str, _Gathered] = {}
    for event in events:
        number = str(event.get("step", ""))
        if not number or (only and number not in only):
            continue
        steps.setdefault(number, _Gathered()).take(event)
    unfinished = RUNNING if alive else INTERRUPTED
    return {number: gathered.seen(unfinished) for number, gathered in steps.items() if gathered.states}


class _Gathered:
    """The events of one step in one run, gathered into what was seen."""

    def __init__(self) -> None:
        self.states: dict[str, StateSeen] = {}
        self._applied = False
        self._at = ""
        self._cell: tuple[str, ...] = ()
        self._asked: dict[tuple[str, ...], Event] = {}
        self._progress: Event | None = None

    def take(self, event: Event) -> None:
        """Take note of one event of this step, in their order."""
        title, kind = str(event.get("state", "")), event["event"]
        if kind == "step.started":
            destroys = event.get("destructive") or {}
            for state in event.get("states") or ():
                self.states[state] = StateSeen(state, RUNNING, destroys=destroys.get(state, ""))
            self._applied, self._at = bool(event.get("apply")), str(event["at"])
            self._cell = tuple(event.get("states") or ())
            self._asked.pop(self._cell, None)
        elif kind == "act.started":
            self._change(title, commands=(*self._state(title).commands, str(event["command"])))
        elif kind == "act.ended":
            self._progress = None
        elif kind == "progress":
            self._progress = event
        elif kind == "person.asked":
            self._asked[self._cell] = event
        elif kind == "state.ended":
            differences = tuple(one for one in event.get("differences") or () if isinstance(one, dict))
            commands = event.get("commands")
            reason = str(event.get("reason") or "")
            outcome = INTERRUPTED if reason.startswith(CUT_SHORT) else str(event["outcome"])
            self._change(
                title, outcome=outcome, reason=reason, differences=differences,
                commands=tuple(commands) if isinstance(commands, list) else (),
            )  # fmt: skip
            self._progress = None
        elif kind == "step.ended":
            self._at, self._progress = str(event["at"]), None

    def seen(self, unfinished: str) -> StepSeen:
        """What was seen; a state without an end is *unfinished*."""
        states = tuple(
            replace(state, outcome=unfinished) if state.outcome == RUNNING else state for state in self.states.values()
        )
        progress = self._progress if unfinished == RUNNING else None
        asked = next(iter(self._asked.values()), None)
        return StepSeen(_UNKNOWN, states, self._applied, self._at, asked, progress)

    def _state(self, title: str) -> StateSeen:
        return self.states.setdefault(title, StateSeen(title, RUNNING))

    def _change(self, title: str, **fields: Any) -> None:  # noqa: ANN401 - fields of StateSeen
        self.states[title] = replace(self._state(title), **fields)


_UNKNOWN: Final = PlannedStep("", "", "", "", "", "", "")
