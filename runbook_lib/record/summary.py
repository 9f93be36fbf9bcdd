"""What a run came to, judged from its journal alone.  Pure, and without pandas: the batch asks it after every run.

An *event* is one line of a journal as `runbook_lib.run.journal.read_events` gives it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from runbook_lib.run.journal import read_events
from runbook_lib.run.outcome import CUT_SHORT

Event = Mapping[str, Any]
Row = dict[str, Any]

RUN_OUTCOMES: Final = ("failed", "waiting", "interrupted", "differs", "changed", "ok")
"""What can be said of a run; where several are true the first of them is said."""

INTERRUPTED: Final = "interrupted"
"""Outcome of a state that was being read or made true when its run was stopped."""

NOT_RUN: Final = "not run"
"""Outcome of a state that its step never came to, because an earlier state of the step had stopped it."""


def step_rows(events: Iterable[Event]) -> list[Row]:
    """One row per step and state, in the order they were begun; see `runbook_lib.record.steps` for the columns.

    A state that was looked at twice (a cell run again in JupyterLab) has the row of its last run; several cells may
    share the number of a step.  A state without an end of its own has the outcome of its step: `failed` with the step's
    message when the node could not be read, `interrupted` when the step never ended, and `not run` when an earlier
    state of the step had stopped it.
    """
    rows: dict[tuple[str, str], Row] = {}
    begun: dict[str, Event] = {}
    for event in events:
        kind = event["event"]
        if kind == "step.started":
            step = str(event["step"])
            begun[step] = event
            for title in _titles(event):
                rows.pop((step, title), None)
                rows[step, title] = _blank_row(event, title)
        elif kind == "state.ended":
            key = str(event["step"]), str(event["state"])
            row = rows.setdefault(key, _blank_row(begun.get(key[0], event), key[1]))
            commands = event.get("commands") or 0
            row.update(
                requirement=_joined(event.get("requirement") or row["requirement"]),
                role=event.get("role") or row["role"],
                verb=event.get("verb") or row["verb"],
                outcome=INTERRUPTED if str(event.get("reason") or "").startswith(CUT_SHORT) else event["outcome"],
                reason=event.get("reason") or "",
                commands=commands if isinstance(commands, int) else len(commands),
                seconds=event.get("seconds"),
            )
        elif kind == "step.ended":
            step = str(event["step"])
            _end_step([rows[step, title] for title in _titles(begun.get(step, {})) if (step, title) in rows], event)
    return [{**row, "outcome": row["outcome"] or INTERRUPTED} for row in rows.values()]


def run_outcome(events: Iterable[Event]) -> str:
    """One of `RUN_OUTCOMES`.

    `failed`: the notebook failed, or a step did.  `waiting`: a person must act first.  `interrupted`: the run was
    stopped, or an act or a step was begun and its end was never written, or the engine began the notebook and never
    ended it (killed, or still running).  `differs`: something is not as desired, and nothing was done about it.
    `changed`: something was changed.  `ok`: everything was already so, or was skipped for a reason that is recorded.

    Where the engine stopped the run its word counts: a step that Ctrl-C cut short makes no failed run.  A run attended
    in JupyterLab has no engine and no end; it is judged by its steps.
    """
    events = list(events)
    ended = _last(events, "notebook.ended")
    if ended and ended["status"] != "completed":
        return str(ended["status"])
    unfinished = not events or (_last(events, "notebook.started") and not ended)
    return _worst({outcome_so_far(events), "interrupted" if unfinished else "ok"})


def outcome_so_far(events: Iterable[Event]) -> str:
    """The same, from the steps alone: for a run that has not ended yet, such as in the notebook's own last cell."""
    events = list(events)
    said = {str(row["outcome"]) for row in step_rows(events)}
    if act_in_flight(events):
        said.add("interrupted")
    if changes(events):
        said.add("changed")
    if _last(events, "run.refused"):
        said.add("failed")
    return _worst(said)


def language_of(events: Iterable[Event]) -> str:
    """The language of the site that a run worked on, as its journal says; English where it does not."""
    return next((str(event.get("language") or "en") for event in events if event["event"] == "run.opened"), "en")


def act_in_flight(events: Iterable[Event]) -> Event | None:
    """The `act.started` event of the last command, where nobody can say whether it ran, or None.

    Its end was never written, or its reply was lost and no reading has settled it: only reading the node can tell.
    """
    act: Event | None = None
    for event in events:
        if event["event"] == "act.started":
            act = event
        elif (event["event"] == "act.ended" and event.get("exit_code") is not None) or (
            event["event"] == "state.ended" and event["outcome"] in ("ok", "changed")
        ):
            act = None
    return act


def changes(events: Iterable[Event]) -> int:
    """How many states were changed, counting every time that one was."""
    return sum(event["event"] == "state.ended" and event["outcome"] == "changed" for event in events)


def run_row(journal: Path) -> Row:
    """One run as `runbook_lib.record.runs` describes it; `unreadable`, with the reason, where the journal is broken."""
    try:
        events: list[Event] = list(read_events(journal))
    except (OSError, ValueError) as error:
        return _run_row({}, [], journal, "unreadable", str(error))
    opened = _last(events, "run.opened") or {}
    started = _last(events, "notebook.started") or {}
    known = {"chapter": started.get("chapter"), "only": started.get("only"), **(started.get("parameters") or {})}
    known.update((key, value) for key, value in opened.items() if value not in ("", None))
    outcome = run_outcome(events)
    return _run_row(known, events, journal, outcome, _reason(events, outcome))


def _run_row(known: Event, events: list[Event], journal: Path, outcome: str, reason: str) -> Row:
    notebook = journal.with_suffix(".ipynb")
    started = datetime.fromisoformat(events[0]["at"]) if events else None
    ended = datetime.fromisoformat(events[-1]["at"]) if events else None
    return {
        "change": known.get("change") or journal.parent.name,
        "chapter": str(known.get("chapter") or ""),
        "site": known.get("site") or "",
        "node": known.get("node") or "",
        "apply": known.get("apply"),
        "only": " ".join(known.get("only") or ()),
        "outcome": outcome,
        "changed": changes(events),
        "steps": len({row["step"] for row in step_rows(events)}),
        "seconds": (ended - started).total_seconds() if started and ended else None,
        "started": started,
        "operator": known.get("operator") or "",
        "note": known.get("note") or "",
        "reason": reason,
        "notebook": str(notebook if notebook.exists() else known.get("notebook") or ""),
        "journal": str(journal),
    }


def _reason(events: list[Event], outcome: str) -> str:
    """Why the run came to that, in the words of the first state that did, else in the engine's."""
    if outcome in ("ok", "changed"):
        return ""
    for row in step_rows(events):
        if row["outcome"] == outcome and row["reason"]:
            return f"Step {row['step']}: {row['reason']}"
    for kind in ("run.refused", "notebook.ended"):
        if event := _last(events, kind):
            return str(event["reason"])
    return "Its end was never recorded." if outcome == "interrupted" else ""


def _blank_row(event: Event, title: str) -> Row:
    return {
        "step": str(event["step"]),
        "requirement": _joined(event.get("requirement")),
        "state": title,
        "role": event.get("role") or "",
        "verb": event.get("verb") or "",
        "outcome": "",
        "reason": "",
        "commands": 0,
        "seconds": None,
        "started": datetime.fromisoformat(event["at"]),
    }


def _titles(started: Event) -> list[str]:
    return [str(title) for title in started.get("states") or [""]]


def _end_step(rows: list[Row], ended: Event) -> None:
    stopped = any(row["outcome"] in ("failed", "waiting") for row in rows)
    for row in rows:
        if not row["outcome"]:
            row["outcome"] = NOT_RUN if stopped else ended["outcome"]
            row["reason"] = "" if stopped else ended.get("message") or ""


def _worst(said: Iterable[str]) -> str:
    said = set(said)
    return next((outcome for outcome in RUN_OUTCOMES if outcome in said), "ok")


def _joined(requirement: object) -> str:
    return ", ".join(map(str, requirement)) if isinstance(requirement, list | tuple) else str(requirement or "")


def _last(events: Iterable[Event], kind: str) -> Event | None:
    return next((event for event in reversed(list(events)) if event["event"] == kind), None)
