"""What a notebook shows of a run before its tables: the cluster as it was left, and the run's timeline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from runbook_lib.parameters import Site
from runbook_lib.pictures.cluster import cluster_card_html
from runbook_lib.pictures.cluster_words import cluster_words
from runbook_lib.pictures.run_timeline import run_timeline_card_html
from runbook_lib.pictures.view import Event, cluster_seen, glances, last_of_each, view_of
from runbook_lib.record.summary import language_of
from runbook_lib.run.journal import Journal, read_events
from runbook_lib.wording import say


class Pictured(Protocol):
    """What the pictures need of a run."""

    @property
    def site(self) -> Site:
        """Its language is that of the pictures."""

    @property
    def journal(self) -> Journal:
        """Where its events are."""


def show_pictures(run: Pictured) -> None:
    """Show the pictures of a run, where the call stands in the notebook."""
    from IPython.display import display  # only a notebook has it

    for bundle in picture_displays(run.journal.path, run.site.language):
        display(bundle, raw=True)  # type: ignore[no-untyped-call]


def picture_displays(journal: Path, language: str = "") -> list[dict[str, str]]:
    """The displays of `show_pictures`, each a MIME bundle with text/html and text/plain; none where nothing was read.

    Args:
        journal: of the run; the other nodes are drawn as other runs of the change have seen them before.
        language: "ja" or "en"; "" takes the one that the journal names.

    Raises:
        ValueError: the journal is broken.
    """
    language = language or language_of(read_events(journal))
    own = glances(journal)
    bundles = []
    if own:
        known = [event for event in cluster_seen(journal.parent) if event["at"] <= own[-1]["at"]]
        seen = last_of_each([*known, *own])
        before = last_of_each([*(event for event in known if event["at"] < own[0]["at"]), own[0]])
        bundles += _clusters(before, seen, language, is_old=_acted_since(journal, own[-1]))
    if timeline := run_timeline_card_html(journal, language):
        bundles.append({"text/html": timeline, "text/plain": say(language, "The run's timeline is a picture.")})
    return bundles


def _acted_since(journal: Path, glance: Event) -> bool:
    """Whether the run has changed something after it last looked: it was cut short, then."""
    return any(event["event"] == "act.started" and str(event["at"]) > glance["at"] for event in read_events(journal))


def _clusters(before: Sequence[Event], after: Sequence[Event], language: str, *, is_old: bool) -> list[dict[str, str]]:
    """The cluster as it was left; and as it was found, where the group was elsewhere or otherwise then."""
    was, now = view_of(before), view_of(after)
    if was is None or now is None:
        return []
    if is_old:
        shown = [("As it was before the last commands; it was not read again", after, now)]
    elif was.headline != now.headline:
        shown = [("Before this run", before, was), ("After this run", after, now)]
    else:
        return [{"text/html": cluster_card_html(after, language), "text/plain": cluster_words(now, language)}]
    return [
        {
            "text/html": f"<p><b>{say(language, words)}</b></p>{cluster_card_html(seen, language)}",
            "text/plain": f"{say(language, words)}: {cluster_words(view, language)}",
        }
        for words, seen, view in shown
    ]
