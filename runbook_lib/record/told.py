"""One run as its journal tells it: what the page of a change, and what builds on a chapter, need to know of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from runbook_lib.record.summary import run_row, step_rows
from runbook_lib.run.journal import read_events

_ASKS: Final = ("person.asked", "confirmation.asked")


@dataclass(frozen=True)
class Told:
    """One run as its journal tells it.

    Attributes:
        row: `run_row`.
        begun: numbers of the steps that were begun.
        ended: numbers of the steps by the outcome of one of their states.
        asked: numbers of the steps that ask for a person.
        chosen: numbers of the steps that alone were asked for; empty: the whole chapter.
        stopped_by: who asked it to stop; "" where nobody did.
        by_hand: whether its cells are run by hand, without an engine that would tell its end.
    """

    row: Mapping[str, Any]
    begun: tuple[str, ...]
    ended: Mapping[str, tuple[str, ...]]
    asked: tuple[str, ...]
    chosen: tuple[str, ...]
    stopped_by: str
    by_hand: bool


def told_by(journal: Path) -> Told:
    """What *journal* tells; it is read once for each state of the file, because the desk asks twice a second."""
    written = journal.stat()
    return _once(journal, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=4096)
def _once(journal: Path, _written: int, _size: int) -> Told:
    row = run_row(journal)
    if row["outcome"] == "unreadable":
        return Told(row, (), {}, (), (), "", by_hand=False)
    events: list[dict[str, Any]] = list(read_events(journal))
    opened = next((event for event in events if event["event"] == "run.opened"), {})
    rows = step_rows(events)
    return Told(
        row,
        tuple(dict.fromkeys(one["step"] for one in rows)),
        {
            outcome: tuple(dict.fromkeys(one["step"] for one in rows if one["outcome"] == outcome))
            for outcome in {one["outcome"] for one in rows}
        },
        tuple(dict.fromkeys(event["step"] for event in events if event["event"] in _ASKS)),
        tuple(opened.get("only") or ()),
        next((str(event["by"]) for event in events if event["event"] == "stop.asked"), ""),
        by_hand=not any(event["event"] == "notebook.started" for event in events),
    )
