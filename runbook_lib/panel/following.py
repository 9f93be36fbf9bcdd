"""Where a chapter has nothing left to do on a node: what is next in the procedure, and a button that leads there."""

import html
from collections.abc import Callable

import ipywidgets as widgets

from runbook_lib.batch import Chapter, all_chapters
from runbook_lib.batch.under_way import running
from runbook_lib.panel import window
from runbook_lib.panel.copies import change_folder
from runbook_lib.panel.gate import button
from runbook_lib.parameters import Site
from runbook_lib.report.desk import of_site
from runbook_lib.report.standing import Standing, next_of, next_words, standings
from runbook_lib.wording import say


class Following:
    """What follows a chapter.

    Attributes:
        box: its widgets; empty while there is something left to do.
    """

    def __init__(self, site: Site, chapter: Chapter, change: str, note: str, complain: Callable[[str], None]) -> None:
        self._site, self._chapter, self._change, self._note = site, chapter, change, note
        self._complain = complain
        self._shown: tuple[str, str] | None = None
        self.box = widgets.HBox([])

    def show(self, *, done: bool) -> None:
        """Show what is next where the chapter is *done* here.

        The widgets stay as long as they say the same: a new button would not have the focus that the old one had.
        """
        standing = self._standings() if done else []
        following = next_of(standing)
        words = next_words(standing, self._site.language) if done else ""
        name = f"Open chapter {following.chapter.number} ({following.node})" if following else ""
        if (words, name) == self._shown:
            return
        self._shown = words, name
        shown: list[widgets.Widget] = []
        if words:
            shown.append(widgets.HTML(f'<div class="rb-told">{html.escape(words)}</div>'))
        if following:
            chapter, node = following.chapter, following.node
            there = button(say(self._site.language, name), "primary")
            there.on_click(lambda _: self._open(chapter, node))
            shown.append(there)
        self.box.children = tuple(shown)

    def _standings(self) -> list[Standing]:
        """How the chapters of the same procedure stand now; a run that goes on was not interrupted."""
        folder = change_folder(self._change)
        every = all_chapters(self._chapter.path.parent)
        chapters = [one for one in every if one.procedure == self._chapter.procedure]
        going = [one.journal for one in of_site(self._site, running(folder))]
        return standings(self._site, chapters, folder, going)

    def _open(self, chapter: Chapter, node: str) -> None:
        window.soon(
            window.open_chapter(self._site, chapter, node, change=self._change, note=self._note), self._complain
        )
