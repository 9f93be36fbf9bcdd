"""Where a change stands: what the last run of every chapter on every node came to, and what is next.

Told by the journals in the change's folder alone, so that the desk, a page and a record say the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from runbook_lib.batch import Chapter, nodes_in_order
from runbook_lib.batch.order import is_whole
from runbook_lib.parameters import Site
from runbook_lib.record.told import Told, told_by
from runbook_lib.run.journal import journals
from runbook_lib.wording import say

Word = Literal["done", "differs", "waiting", "failed", "interrupted", "running", "not yet", "skipped"]

SIGNS: Final[Mapping[Word, str]] = {
    "done": "✓", "differs": "△", "waiting": "‖", "failed": "✗", "interrupted": "!", "running": "▶\ufe0e",
    "not yet": "○", "skipped": "–",
}  # fmt: skip
"""One sign for each word, as `runbook_lib.run.display.SIGNS` has for outcomes; drawn as text, never as emoji."""

_STILL_ALIVE: Final = timedelta(seconds=30)
"""A cell run by hand has no process of its own to ask for: it is taken to be alive while its journal grows."""


@dataclass(frozen=True)
class Standing:
    """How one chapter stands on one node.

    Attributes:
        chapter: which.
        node: where; of a chapter that runs once for the cluster, the node of its last run, or the first of the policy.
        word: in one word.
        said: why, on one line, in English; `runbook_lib.wording.say` knows it.
        row: the run that says so, as `runbook_lib.record.run_row` describes it; None where there is none.
        at: when that run ended, or wrote last; None where there is none.
        steps: numbers of the steps that the word is about; none where it is about the whole.
    """

    chapter: Chapter
    node: str
    word: Word
    said: str
    row: Mapping[str, Any] | None = None
    at: datetime | None = None
    steps: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing is left to do."""
        return self.word in ("done", "skipped")


def standings(
    site: Site,
    chapters: Sequence[Chapter],
    folder: Path,
    going: Collection[Path] = (),
    now: datetime | None = None,
) -> list[Standing]:
    """How *chapters* stand on the nodes of *site*, in the order in which they are carried out.

    A chapter that runs once for the cluster has one entry, whichever node it ran on.  A run of chosen steps alone never
    makes a chapter done, nor does a notebook of which not every step was run by hand.

    Args:
        site: its policy gives the nodes, its `skip` the chapters that are left out.
        chapters: from `find_chapters`.
        folder: of the change; need not be there yet.
        going: journals of the runs that are under way, from `runbook_lib.batch.under_way.running`.
        now: the time; the clock's when None.
    """
    moment = now or datetime.now(UTC)
    runs = sorted(
        (one for one in map(told_by, journals(folder)) if one.row["site"] == site.name),
        key=lambda one: one.row["started"],
    )
    return [
        _standing(
            site,
            chapter,
            node,
            [
                one
                for one in runs
                if one.row["chapter"] == chapter.number and (chapter.scope == "cluster" or one.row["node"] == node)
            ],
            frozenset(going),
            moment,
        )
        for chapter in chapters
        for node in nodes_in_order(chapter, site.group.policy, site.group.policy, lambda: None)
    ]


def _standing(
    site: Site, chapter: Chapter, node: str, runs: Sequence[Told], going: Collection[Path], now: datetime
) -> Standing:
    if reason := site.skip.get(chapter.number):
        return Standing(chapter, node, "skipped", reason)
    if not runs:
        return Standing(chapter, node, "not yet", "Nothing was read here in this change yet.")
    last = runs[-1]
    node, at = last.row["node"] or node, last.row["started"] + timedelta(seconds=last.row["seconds"] or 0)
    word, said, steps = _judged(chapter, runs, going, now - at)
    return Standing(chapter, node, word, said, last.row, at, steps)


def _judged(
    chapter: Chapter, runs: Sequence[Told], going: Collection[Path], silent: timedelta
) -> tuple[Word, str, tuple[str, ...]]:
    """The word, why, and the steps that it is about."""
    last = runs[-1]
    outcome, changed = last.row["outcome"], last.row["changed"]
    listed = ", ".join(last.begun)
    if outcome == "interrupted" and (Path(last.row["journal"]) in going or (last.by_hand and silent < _STILL_ALIVE)):
        said = f"Step {last.begun[-1]} is under way." if last.begun else "It is being opened."
        return "running", said, last.begun[-1:]
    if outcome == "differs":
        steps = last.ended["differs"]
        asked = ", ".join(step for step in steps if step in last.asked)
        if asked:
            return (
                "differs",
                f"Not as it must be: {', '.join(steps)}. A person has to act or to confirm: {asked}.",
                steps,
            )
        return "differs", f"Not as it must be: {', '.join(steps)}.", steps
    if outcome == "interrupted" and last.stopped_by:
        return "interrupted", f"The run was stopped by {last.stopped_by}.", last.ended.get(outcome, ())
    if outcome not in ("ok", "changed"):
        return outcome, last.row["reason"], last.ended.get(outcome, ())
    whole = [one for one in runs if is_whole(chapter, one)]
    if not whole:
        return "not yet", f"Of this chapter only {listed} was run in this change.", last.begun
    if whole[-1] is last or whole[-1].row["outcome"] in ("ok", "changed"):
        said = f"Changed and read again: {changed}." if changed else "Read, and everything is as it must be."
        return "done", said, ()
    return "differs", f"Since the chapter was read as a whole, {listed} was run. Read it once more.", last.begun


def next_of(standings: Sequence[Standing]) -> Standing | None:
    """The first that is not done, in the order of the procedure; None where nothing is left to do.

    What runs comes first of all.  Of a procedure that is asked for by its number (operation, removal) only what was
    begun counts.
    """
    running = next((one for one in standings if one.word == "running"), None)
    left = (
        one
        for one in standings
        if not one.is_good and (one.chapter.procedure == "installation" or one.word != "not yet")
    )
    return running or next(left, None)


def next_words(standings: Sequence[Standing], language: str) -> str:
    """What is next and why, in a sentence or two, in *language*."""
    one = next_of(standings)
    if one is None:
        installing = any(each.chapter.procedure == "installation" for each in standings)
        if installing:
            return say(language, "Nothing is left to do: every chapter is done on every node.")
        return say(language, "Nothing is under way. Choose a chapter and a node.")
    if all(each.word in ("not yet", "skipped") for each in standings):
        return say(language, "Begin by reading everything. Nothing changes, and this page then shows what differs.")
    number, node = one.chapter.number, one.node
    title, said = titled(one.chapter, language), say(language, one.said)
    match one.word:
        case "running":
            return say(language, f"Chapter {number} ({node}), {title}, is running. {said}")
        case "waiting":
            return say(language, f"Chapter {number} ({node}), {title}, waits for a person. {said}")
        case "interrupted":
            return say(language, f"Chapter {number} ({node}), {title}, was interrupted: go on there. {said}")
        case "failed":
            return say(language, f"Chapter {number} ({node}), {title}, failed: put it right, then run it again. {said}")
    return say(language, f"Next: chapter {number} ({node}), {title}. {said}")


def worded(word: Word, language: str) -> str:
    """*word* as it is shown in *language*; a run is under way, where a service is running."""
    return say(language, "under way" if word == "running" else word)


def titled(chapter: Chapter, language: str) -> str:
    """What a chapter does, in the language of the site, where the notebook says it."""
    return chapter.title_ja if language == "ja" and chapter.title_ja else chapter.title
