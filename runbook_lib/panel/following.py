"""Where a chapter has nothing left to do on a node: what is next in the procedure, and a button that leads there."""

import asyncio
import html
from collections.abc import Callable

import ipywidgets as widgets

from runbook_lib.batch import Chapter, all_chapters
from runbook_lib.errors import RunbookError
from runbook_lib.panel import window
from runbook_lib.panel.copies import change_folder
from runbook_lib.panel.gate import button
from runbook_lib.parameters import Site
from runbook_lib.report.standing import next_of, next_words, standings
from runbook_lib.wording import say


class Following:
    """What follows a chapter.

    Attributes:
        box: its widgets; empty while there is something left to do.
    """

    def __init__(self, site: Site, chapter: Chapter, change: str, note: str, complain: Callable[[str], None]) -> None:
        self._site, self._chapter, self._change, self._note = site, chapter, change, note
        self._complain = complain
        self._opening: asyncio.Task[None] | None = None
        self.box = widgets.HBox([])

    def show(self, *, done: bool) -> None:
        """Show what is next where the chapter is *done* here."""
        self.box.children = ()
        if not done:
            return
        every = all_chapters(self._chapter.path.parent)
        chapters = [one for one in every if one.procedure == self._chapter.procedure]
        standing = standings(self._site, chapters, change_folder(self._change))
        words = html.escape(next_words(standing, self._site.language))
        shown: tuple[widgets.Widget, ...] = (widgets.HTML(f'<div class="rb-told">{words}</div>'),)
        if following := next_of(standing):
            name = f"Open chapter {following.chapter.number} ({following.node})"
            there = button(say(self._site.language, name), "primary")
            there.on_click(lambda _: self._open(following.chapter, following.node))
            shown = (*shown, there)
        self.box.children = shown

    def _open(self, chapter: Chapter, node: str) -> None:
        """Open it without keeping the panel waiting."""

        async def carefully() -> None:
            try:
                await window.open_chapter(self._site, chapter, node, change=self._change, note=self._note)
            except (RunbookError, OSError) as error:
                self._complain(str(error))

        self._opening = asyncio.get_running_loop().create_task(carefully())
