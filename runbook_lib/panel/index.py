"""The page of a change: how every chapter stands on every node, what is next, and one press to get there.

Reading everything is a run like any other, in a process of its own (`runbook_lib.batch.detached`); this page shows what
the journals say, so nothing is lost with it.
"""

import asyncio
import html
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import ipywidgets as widgets

from runbook_lib.batch import Chapter
from runbook_lib.batch.detached import Started, asked_accounts, running, start, stop
from runbook_lib.errors import RunbookError
from runbook_lib.panel import window
from runbook_lib.panel.changes import ChangeBar
from runbook_lib.panel.copies import change_folder
from runbook_lib.panel.gate import alarm_html, button, wrapping
from runbook_lib.panel.glance import GlanceView
from runbook_lib.panel.matrix import MatrixView
from runbook_lib.panel.steps import progress_words, share_done
from runbook_lib.parameters import Site
from runbook_lib.report.desk import PROCEDURES, UnderWay, desk_seen
from runbook_lib.report.desk_html import legend_html, style_html, under_way_words
from runbook_lib.report.standing import next_of, next_words
from runbook_lib.run.journal import journals
from runbook_lib.wording import say

_LOOK_EVERY_S: Final = 0.5
_SAID_KEPT: Final = 600
"""Characters at the end of what a refused run has printed."""


class Index:
    """The page; `box` is what is displayed, and `watch` keeps it up to date.

    Attributes:
        box: all widgets.
        seen: what is shown now.
    """

    def __init__(self, site: Site, chapters: Sequence[Chapter], change: str, note: str) -> None:
        self._site, self._chapters, self._change = site, tuple(chapters), change
        self._folder = change_folder(change)
        self._started: Started | None = None
        self._started_at = datetime.now(UTC)
        self._reads = ""
        self._stopping = False
        self._signature: object = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.seen = desk_seen(site, chapters, self._folder)
        self._build(note)
        self._look()

    async def watch(self) -> None:
        """Look at the journals again and again, and show what is new, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                self._look()
            except (OSError, ValueError, RunbookError) as error:
                self._complain(str(error))

    def _build(self, note: str) -> None:
        language = self._site.language
        self._bar = ChangeBar(self._site, self._change, note, self._go_to_change)
        self._sentence = widgets.HTML()
        self._next = button("", "primary")
        self._read = button("")
        self._next.on_click(lambda _: self._go_on())
        self._read.on_click(lambda _: self._read_everything())
        self._passwords = {
            account: widgets.Password(
                description=f"{self._say('Password of')} {account}", style={"description_width": "initial"}
            )
            for account in asked_accounts(self._site)
        }
        self._progress = widgets.FloatProgress(min=0, max=1, layout=widgets.Layout(width="16em"))
        self._doing = widgets.HTML()
        self._stop = button(self._say("Stop"), "danger")
        self._stop.on_click(lambda _: self._ask_to_stop())
        self._under_way = widgets.HBox([self._progress, self._doing], layout=wrapping())
        self._under_way.add_class("rb-bar")
        self._told, self._alarm = widgets.HTML(), widgets.HTML()
        following = widgets.VBox(
            [
                self._sentence, self._under_way, *self._passwords.values(),
                widgets.HBox([self._next, self._read, self._stop], layout=wrapping()), self._told, self._alarm,
            ]
        )  # fmt: skip
        following.add_class("rb-next")
        here = [one for one in PROCEDURES if any(chapter.procedure == one for chapter in self._chapters)]
        self._procedure = widgets.ToggleButtons(options=[(self._say(one), one) for one in here])
        self._procedure.add_class("rb-tabs")
        self._procedure.observe(lambda _: self._show(), "value")
        self._matrix = MatrixView(self._site.group.policy, language, self._open)
        self._glance = GlanceView(self._site, self._folder, self._typed, self._complain)
        parts = [self._bar.box, following, self._procedure, self._matrix.box, widgets.HTML(legend_html(language))]
        self.box = widgets.VBox([widgets.HTML(style_html()), *parts, self._glance.box])
        self.box.add_class("rb-live").add_class("rb-desk")

    def _look(self) -> None:
        """Read the journals where something has changed, and show it."""
        signature = tuple((path, path.stat().st_size) for path in journals(self._folder))
        if signature == self._signature and not self.seen.under_way and self._started is None:
            return
        self._signature = signature
        self.seen = desk_seen(self._site, self._chapters, self._folder, running(self._folder))
        if self._started is not None and self._started.process.poll() is not None:
            self._account_for_end(self._started)
        self._show()

    def _account_for_end(self, started: Started) -> None:
        """Say that it was read; where it was refused before there was a journal, what it printed is all there is."""
        self._started = None
        code = started.process.returncode
        if not any(one.at and one.at >= self._started_at for one in self.seen.standings):
            self._complain(started.said.read_text("utf-8", "replace").strip().removeprefix("runbook: "))
        elif code == 1:
            self._tell("Not everything could be read. What failed stands below.")
        else:
            self._tell("Everything was read." if code in (0, 2, 3) else "Stopped. What was read so far stands below.")

    def _show(self) -> None:
        shown = self.seen.of(self._procedure.value)
        reading = self._started is not None
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
        self._read.description = self._say("Read everything again" if begun else "Read everything")
        self._read.tooltip = self._say("Reads every node and lists what differs; changes nothing.")
        self._read.button_style = "" if begun else "primary"
        self._read.layout.display = "none" if self.seen.under_way or self._started else ""
        self._matrix.show(shown, following)
        self._glance.show(self._signature, [one.going.journal for one in self.seen.under_way])
        self._show_under_way()

    def _show_under_way(self) -> None:
        busy = bool(self.seen.under_way or self._started)
        self._stopping = self._stopping and busy
        for one in (self._under_way, self._stop):
            one.layout.display = "" if busy else "none"
        self._stop.disabled = self._stopping or not self.seen.under_way
        if not self.seen.under_way:
            self._doing.value = html.escape(self._say("Starting …")) if busy and not self._stopping else ""
            self._progress.layout.display = "none"
            return
        latest = self.seen.under_way[-1]
        share = self._share(latest)
        self._progress.layout.display = "none" if share is None else ""
        self._progress.value = share or 0.0
        progress = latest.step.progress if latest.step else None
        words = under_way_words(latest, self._site.language)
        words += f" · {progress_words(progress, self._site.language)}" if progress else ""
        self._doing.value = html.escape(words)

    def _share(self, one: UnderWay) -> float | None:
        """How much is done, from 0 to 1: of everything that was to be read, else of the step; None: unknown."""
        if self._started is not None:
            wanted = self.seen.of(self._reads)
            ended = [each for each in wanted if each.at and each.at >= self._started_at and each.word != "running"]
            return len(ended) / len(wanted)
        return share_done(one.step.progress) if one.step and one.step.progress else None

    def _go_on(self) -> None:
        if following := next_of(self.seen.of(self._procedure.value)):
            self._open(following.chapter, following.node)

    def _read_everything(self) -> None:
        self._alarm.value = ""
        self._reads = self._procedure.value
        chapters = [one.number for one in self._chapters if one.procedure == self._reads != "installation"]
        try:
            self._started_at = datetime.now(UTC)
            self._started = start(
                self._site, chapters, [], apply=False, change=self._change, note=self._bar.note.value,
                passwords=self._typed(),
            )  # fmt: skip
        except (RunbookError, OSError) as error:
            self._complain(str(error))
        else:
            self._tell("")
        self._show()

    def _ask_to_stop(self) -> None:
        try:
            for one in self.seen.under_way:
                stop(one.going)
        except RunbookError as error:
            self._complain(str(error))
        else:
            self._stopping = self._stop.disabled = True
            self._tell("Stopping; the record of what was begun is being written.")

    def _open(self, chapter: Chapter, node: str) -> None:
        self._alarm.value = ""
        self._tell(f"Opening chapter {chapter.number} ({node}) …")
        note = self._bar.note.value
        self._do(window.open_chapter(self._site, chapter, node, change=self._change, note=note))

    def _go_to_change(self, change: str, note: str) -> None:
        self._alarm.value = ""
        self._tell(f"Opening the page of change {change} …")
        self._do(window.open_index(self._site, change=change, note=note))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        """Open something without keeping the page waiting."""

        async def carefully() -> None:
            try:
                await work
                self._tell("")
            except (RunbookError, OSError) as error:
                self._tell("")
                self._complain(str(error))

        task = asyncio.get_running_loop().create_task(carefully())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _typed(self) -> dict[str, str]:
        """The passwords that were typed here, by account."""
        return {account: field.value for account, field in self._passwords.items() if field.value}

    def _tell(self, text: str) -> None:
        said = html.escape(self._say(text)) if text else ""
        self._told.value = f'<div class="rb-told" role="status">{said}</div>' if said else ""

    def _complain(self, text: str) -> None:
        self._alarm.value = alarm_html(self._say(text)[-_SAID_KEPT:])

    def _say(self, text: str) -> str:
        return say(self._site.language, text)
