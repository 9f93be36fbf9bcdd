"""What is said of a step that was carried out before: people run cells in any order, twice, after a restart."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from runbook_lib.run.journal import Journal, journals, read_events
from runbook_lib.run.outcome import CUT_SHORT

_ANEW: Final = "It is read anew, and what is done already is not done twice."

Cell = tuple[str, tuple[str, ...]]
"""A step and the titles of its states: several cells may share the number of a step."""


class Former(NamedTuple):
    """When a cell was carried out last.

    Attributes:
        at: when it was begun, UTC.
        outcome: what it came to; "" where its end was never recorded.
        journal: name of the journal that says so; "" for the run's own.
    """

    at: str
    outcome: str
    journal: str


class Before:
    """The steps that were carried out before, in this run or, with *look_back*, in earlier ones.

    Earlier runs count where they are of the same chapter on the same node in the same change, and like this one may
    change something, or may not.

    Args:
        journal: of this run.
        look_back: whether earlier runs are looked at: a kernel that was restarted begins a new run.
        opened: what makes a run count, by the names that ``run.opened`` has.
    """

    def __init__(self, journal: Journal, *, look_back: bool, **opened: object) -> None:
        self._journal = journal.path
        self._look_back = look_back
        self._opened = opened
        self._known: dict[Cell, Former] | None = None

    def said(self, step: str, titles: Sequence[str]) -> str:
        """What to say of a step that is about to begin; "" where it has never been carried out."""
        former = self._all().get((step, tuple(titles)))
        if former is None:
            return ""
        moment = f"{former.at[:10]} {former.at[11:19]} UTC"
        if not former.outcome:
            where = former.journal or self._journal.name
            return f"This step was begun at {moment} and its end was never recorded ({where}). {_ANEW}"
        if not former.journal:
            return f"This step was carried out before in this run, at {moment}: {former.outcome}. {_ANEW}"
        return f"This step was carried out before, at {moment}: {former.outcome} ({former.journal}). {_ANEW}"

    def note(self, step: str, titles: Sequence[str], began: str, outcome: str, message: str) -> None:
        """Take note that the run itself has carried a step out."""
        self._all()[step, tuple(titles)] = Former(began, _outcome(outcome, message), "")

    def _all(self) -> dict[Cell, Former]:
        if self._known is None:
            self._known = {}
            for path in journals(self._journal.parent) if self._look_back else ():
                if path != self._journal:
                    self._known.update(_carried_out(path, self._opened, self._known))
        return self._known


def _carried_out(path: Path, opened: Mapping[str, object], known: Mapping[Cell, Former]) -> dict[Cell, Former]:
    """The steps that the run of one journal carried out, where it counts and nothing later is known of them."""
    found: dict[Cell, Former] = {}
    begun: dict[str, Cell] = {}
    counts = False
    for event in _events(path):
        if event["event"] == "run.opened":
            counts = all(event.get(name) == value for name, value in opened.items())
        elif event["event"] == "step.started" and counts:
            cell = str(event["step"]), tuple(event.get("states") or ())
            begun[cell[0]] = cell
            found[cell] = Former(str(event["at"]), "", path.name)
        elif event["event"] == "step.ended" and event["step"] in begun:
            cell = begun[str(event["step"])]
            found[cell] = found[cell]._replace(outcome=_outcome(str(event["outcome"]), str(event.get("message") or "")))
    return {cell: one for cell, one in found.items() if cell not in known or known[cell].at < one.at}


def _outcome(outcome: str, message: str) -> str:
    return "interrupted" if message.startswith(CUT_SHORT) else outcome


def _events(path: Path) -> list[dict[str, Any]]:
    """The events of a journal; none where it is broken, which the tables of the record report."""
    try:
        return list(read_events(path))
    except (OSError, ValueError):
        return []
