"""The page of a change: every chapter on every node, and what is under way.

Pure: from the notebooks and the journals of the change.  The desk shows it live; the static twin and the report print
it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from runbook_lib.batch import Chapter
from runbook_lib.batch.under_way import Command, Going
from runbook_lib.parameters import Site, new_change
from runbook_lib.record.summary import run_row
from runbook_lib.record.told import told_by
from runbook_lib.report.chapter import RUNNING, StepSeen, chapter_seen, names_of
from runbook_lib.report.standing import Standing, standings
from runbook_lib.run.journal import journals

PROCEDURES: Final = ("installation", "operation", "removal")
"""What a chapter may be part of, in the order in which a page shows them."""

_UnderWay = TypeVar("_UnderWay", Going, Command)


@dataclass(frozen=True)
class UnderWay:
    """The run that goes on.

    Attributes:
        going: its process and journal.
        chapter: which; None where its notebook is not among those shown.
        step: the step it is at; None before the first.
    """

    going: Going
    chapter: Chapter | None
    step: StepSeen | None


@dataclass(frozen=True)
class DeskSeen:
    """A change as it stands now.

    Attributes:
        change: its id.
        standings: of all chapters, in the manual's order.
        under_way: what goes on, the oldest first.
        broken: names of the journals that cannot be read; what they would say is not in what is shown.
    """

    change: str
    standings: tuple[Standing, ...]
    under_way: tuple[UnderWay, ...]
    broken: tuple[str, ...] = ()

    def of(self, procedure: str) -> tuple[Standing, ...]:
        """The chapters of one procedure."""
        return tuple(one for one in self.standings if one.chapter.procedure == procedure)


@dataclass(frozen=True)
class ChangeSeen:
    """A change that there is a record of.

    Attributes:
        name: its id.
        runs: how many runs of the site it has.
        at: when the last one began, UTC.
        note: why, as the last run that says so puts it.
    """

    name: str
    runs: int
    at: datetime
    note: str


def desk_seen(site: Site, chapters: Sequence[Chapter], folder: Path, going: Sequence[Going] = ()) -> DeskSeen:
    """How the change whose folder is given stands on *site*.

    *going* is what `runbook_lib.batch.under_way.running` says of the change; runs on other sites are left out.
    """
    ours = of_site(site, going)
    found = standings(site, chapters, folder, [one.journal for one in ours])
    by_number = {chapter.number: chapter for chapter in chapters}
    under_way = tuple(_under_way(one, by_number.get(one.chapter), folder, site) for one in ours)
    broken = tuple(path.name for path in journals(folder) if told_by(path).row["outcome"] == "unreadable")
    return DeskSeen(folder.name, tuple(found), under_way, broken)


def of_site(site: Site, under_way: Iterable[_UnderWay]) -> list[_UnderWay]:
    """Those of the runs or commands that are on *site*: a change may have some on other sites too."""
    return [one for one in under_way if one.site in names_of(site)]


def changes_of(site: Site, outputs: Path) -> list[ChangeSeen]:
    """The changes under *outputs* that have runs on *site*, the latest first."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for path in journals(outputs):
        row = run_row(path)
        if row["site"] == site.name and row["started"]:
            rows.setdefault(path.relative_to(outputs).parts[0], []).append(row)
    found = []
    for name, runs in rows.items():
        runs.sort(key=lambda row: row["started"])
        note = next((row["note"] for row in reversed(runs) if row["note"]), "")
        found.append(ChangeSeen(name, len(runs), runs[-1]["started"], note))
    return sorted(found, key=lambda change: change.at, reverse=True)


def latest_change(site: Site, outputs: Path) -> str:
    """The change that somebody last worked in on *site*; the id of a new one where there is none."""
    known = changes_of(site, outputs)
    return known[0].name if known else new_change(site.name)


def _under_way(going: Going, chapter: Chapter | None, folder: Path, site: Site) -> UnderWay:
    steps = chapter_seen(site, chapter, going.node, folder, [going.journal]).steps if chapter else ()
    return UnderWay(going, chapter, next((step for step in steps if step.outcome == RUNNING), None))
