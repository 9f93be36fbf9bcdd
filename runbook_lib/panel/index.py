"""The page of a change: how every chapter stands on every node, what is next, and one press to get there.

Reading everything is a run like any other, in a process of its own (`runbook_lib.batch.detached`); this page shows what
the journals say, so nothing is lost with it.
"""

import asyncio
import html
from collections.abc import Sequence
from typing import Final

import ipywidgets as widgets

from runbook_lib.batch import Chapter
from runbook_lib.batch.under_way import commands, running
from runbook_lib.errors import RunbookError
from runbook_lib.panel import window
from runbook_lib.panel.changes import ChangeBar
from runbook_lib.panel.copies import change_folder
from runbook_lib.panel.gate import button, wrapping
from runbook_lib.panel.glance import GlanceView
from runbook_lib.panel.matrix import MatrixView
from runbook_lib.panel.reading import Reading
from runbook_lib.panel.telling import Telling
from runbook_lib.parameters import Site
from runbook_lib.report.desk import PROCEDURES, desk_seen, of_site
from runbook_lib.report.desk_html import attention_html, legend_html, style_html
from runbook_lib.report.standing import next_of, next_words
from runbook_lib.run.journal import journals
from runbook_lib.wording import say

_LOOK_EVERY_S: Final = 0.5


class Index:
    """The page; `box` is what is displayed, and `watch` keeps it up to date.

    Attributes:
        box: all widgets.
        seen: what is shown now.
    """

    def __init__(self, site: Site, chapters: Sequence[Chapter], change: str, note: str) -> None:
        self._site, self._chapters, self._change = site, tuple(chapters), change
        self._folder = change_folder(change)
        self._signature: object = None
        self.seen = desk_seen(site, chapters, self._folder)
        self._build(note)
        self._look()

    async def watch(self) -> None:
        """Look at the journals again and again, and show what is new, until cancelled.

        Whatever goes wrong is said once, and tried again: a page that had stopped looking would seem alive.
        """
        wrong = ""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            former, wrong = wrong, self._look_carefully()
            if wrong != former:
                self._telling.complain(wrong)

    def _look_carefully(self) -> str:
        """Look, and return why that could not be; "" where it could."""
        try:
            self._look()
        except (OSError, ValueError, RunbookError) as error:
            wrong = str(error)
        except Exception as error:  # noqa: BLE001 - it is said on the page
            wrong = f"What is shown may be old: {type(error).__name__}: {error}"
        else:
            return ""
        self._signature = None
        return wrong

    def _build(self, note: str) -> None:
        language = self._site.language
        self._bar = ChangeBar(self._site, self._change, note, self._go_to_change)
        self._sentence = widgets.HTML()
        self._telling = Telling(language)
        self._reading = Reading(self._site, self._change, self._telling)
        self._reading.read.on_click(lambda _: self._read_everything())
        self._next = button("", "primary")
        self._next.on_click(lambda _: self._go_on())
        buttons = widgets.HBox([self._next, self._reading.read, self._reading.stop], layout=wrapping())
        following = widgets.VBox(
            [self._sentence, self._reading.box, *self._reading.passwords.boxes, buttons, self._telling.box]
        )
        following.add_class("rb-next")
        here = [one for one in PROCEDURES if any(chapter.procedure == one for chapter in self._chapters)]
        self._procedure = widgets.ToggleButtons(options=[(self._say(one).capitalize(), one) for one in here])
        self._procedure.add_class("rb-tabs")
        self._procedure.observe(lambda _: self._show(), "value")
        self._matrix = MatrixView(self._site.group.policy, language, self._open)
        self._glance = GlanceView(self._site, self._folder, self._reading.passwords.typed, self._telling.complain)
        self._attention = widgets.HTML()
        legend = widgets.HTML(legend_html(language))
        parts = [self._bar.box, following, self._procedure, self._matrix.box, legend, self._attention]
        self.box = widgets.VBox([widgets.HTML(style_html()), *parts, self._glance.box])
        self.box.add_class("rb-live").add_class("rb-desk")

    def _look(self) -> None:
        """Read the journals where something has changed, and show it."""
        written = tuple((path, path.stat().st_size) for path in journals(self._folder))
        started = of_site(self._site, commands(self._folder))
        # A command outlives the last line of its last journal, and nothing is written at its own end.
        signature = written, tuple(one.pid for one in started)
        if signature == self._signature and not (started or self.seen.under_way or self._reading.goes_on):
            return
        self._signature = signature
        self.seen = desk_seen(self._site, self._chapters, self._folder, running(self._folder))
        self._reading.follow(self.seen, started)
        self._show()

    def _show(self) -> None:
        shown = self.seen.of(self._procedure.value)
        reading = self._reading.goes_on
        following = None if reading else next_of(shown)  # what is next is known when everything has been read
        begun = any(one.word not in ("not yet", "skipped") for one in shown)
        words = (
            self._say("Everything is being read; nothing is changed. You may close this page, and it goes on.")
            if reading
            else next_words(shown, self._site.language)
        )
        self._sentence.value = f'<div class="rb-next-words" role="status">{html.escape(words)}</div>'
        self._next.layout.display = "" if following and begun else "none"
        if following:
            number, node = following.chapter.number, following.node
            self._next.description = self._say(f"Open chapter {number} ({node})")
        self._reading.show(self.seen, begun=begun)
        self._matrix.show(shown, following)
        others = [one for one in shown if one is not following]
        self._attention.value = attention_html(others, self._site.language, self.seen.broken)
        self._attention.layout.display = "" if self._attention.value else "none"
        self._glance.show(self._signature, [one.going.journal for one in self.seen.under_way])

    def _go_on(self) -> None:
        if following := next_of(self.seen.of(self._procedure.value)):
            self._open(following.chapter, following.node)

    def _read_everything(self) -> None:
        self._reading.begin(self.seen, self._procedure.value, self._bar.note.value)
        self._show()

    def _open(self, chapter: Chapter, node: str) -> None:
        self._telling.tell(f"Opening chapter {chapter.number} ({node}) …")
        note = self._bar.note.value
        window.soon(
            window.open_chapter(self._site, chapter, node, change=self._change, note=note), self._telling.complain
        )

    def _go_to_change(self, change: str, note: str) -> None:
        self._telling.tell(f"Opening the page of change {change} …")
        window.soon(window.open_index(self._site, change=change, note=note), self._telling.complain)

    def _say(self, text: str) -> str:
        return say(self._site.language, text)
