"""The panel of one chapter on one node: read and plan, apply one step or the rest, answer, stop.

A button starts the run that a batch would start, in a process of its own (`runbook_lib.batch.detached`); the panel
shows what its journal says.  So nothing is lost with the page or the kernel, and the record is the same.
"""

import asyncio
import html
from collections.abc import Sequence
from typing import Final

import ipywidgets as widgets

from runbook_lib.batch import Chapter
from runbook_lib.errors import RunbookError
from runbook_lib.panel import window
from runbook_lib.panel.following import Following
from runbook_lib.panel.gate import Gate, button
from runbook_lib.panel.passwords import PasswordFields
from runbook_lib.panel.remote import Remote
from runbook_lib.panel.steps import StepView, progress_words
from runbook_lib.parameters import Site
from runbook_lib.report.chapter import RUNNING, ChapterSeen, Event
from runbook_lib.report.chapter_html import SIGNS, heading, style_html
from runbook_lib.run.confirmations import confirm
from runbook_lib.wording import say

_LOOK_EVERY_S: Final = 0.4


class ChapterPanel:
    """The panel; `box` is what is displayed, and `watch` keeps it up to date.

    Attributes:
        box: all widgets.
    """

    def __init__(self, site: Site, chapter: Chapter, node: str, change: str, note: str) -> None:
        self._site, self._chapter, self._node, self._change, self._note = site, chapter, node, change, note
        self._remote = Remote(site, chapter, node, change)
        self._answered: str | None = None
        self._build()
        self._look()

    async def watch(self) -> None:
        """Look at the journals again and again, and show what is new, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is, a panel that stands still has to say so
                self._complain(f"What is shown may be old: {type(error).__name__}: {error}")

    def _build(self) -> None:
        self._title = widgets.HTML()
        self._plan = button(self._say("Read and plan"), "primary")
        self._apply = button(self._say("Apply the rest"), "warning")
        self._stop = button(self._say("Stop"), "danger")
        self._record = button(self._say("Open the record"))
        self._pressed = self._plan
        self._plan.on_click(lambda _: self._run(apply=False))
        self._gate = Gate(self._node, self._site.language)
        self._asked_at = self._gate
        self._apply.on_click(lambda _: self._ask_to_apply((), self._gate))
        self._stop.on_click(lambda _: self._ask_to_stop())
        self._record.on_click(lambda _: self._open_record())
        self._told, self._meter = widgets.HTML(), widgets.HTML()
        self._following = Following(self._site, self._chapter, self._change, self._note, self._complain)
        self._passwords = PasswordFields(self._site)
        self._views = {step.step.number: self._view(step.step.number) for step in self.seen.steps}
        buttons = [self._plan, self._apply, self._stop, self._record]
        self.box = widgets.VBox(
            [
                widgets.HTML(style_html()), self._title, *self._passwords.boxes,
                widgets.HBox(buttons, layout=widgets.Layout(flex_flow="row wrap")),
                self._told, self._meter, self._gate.box, *(view.box for view in self._views.values()),
                self._following.box,
            ]
        )  # fmt: skip
        self.box.add_class("rb-live")
        self.box.add_class("rb-panel")

    def _view(self, number: str) -> StepView:
        view = StepView(
            number, self._node, self._site.language, lambda: self._ask_to_apply((number,), view.gate), self._answer
        )
        return view

    def _look(self) -> None:
        """Read the journals where something has changed, and show it."""
        was_busy = self._remote.busy
        if not self._remote.look():
            return
        if was_busy and not self._remote.busy:
            self._close_gates()
            self._complain(self._remote.refused)
        self._show()
        self._take_answer()

    @property
    def seen(self) -> ChapterSeen:
        """What is shown now."""
        return self._remote.seen

    def _show(self) -> None:
        busy = self._remote.busy
        self._title.value = (
            f"<b>{html.escape(heading(self._chapter, self.seen, self._change, self._site.language))}</b>"
        )
        may_apply = not busy and self.seen.read
        for one, may in ((self._plan, not busy), (self._apply, may_apply and bool(self.seen.left))):
            # A button that is disabled loses the focus, and whoever works by keyboard has to begin from the top.
            pressed = busy and one is self._pressed
            one.disabled = not may and not pressed
            (one.add_class if pressed else one.remove_class)("rb-busy")
        self._stop.layout.display = "" if busy else "none"
        self._stop.disabled = self._remote.going is None
        last = self.seen.last
        self._record.layout.display = "" if last and last.notebook and not busy else "none"
        for step in self.seen.steps:
            self._views[step.step.number].show(step, may_apply=may_apply)
        self._told.value = f'<div class="rb-told" role="status">{html.escape(self._words(busy=busy))}</div>'
        self._meter.value = html.escape(self._under_way()) if busy else ""
        self._following.show(done=not busy and self.seen.done)

    def _words(self, *, busy: bool) -> str:
        """What goes on, or what to do next, in a sentence."""
        last = self.seen.last
        if busy:
            if self._remote.going is None:
                return self._say("Starting …")
            applying = "Applying. You may close this page; the run goes on."
            what = applying if self._remote.going.apply else "Reading …"
            return f"{SIGNS['running']} {self._say(what)}"
        if last is None:
            return self._say("Press “Read and plan”: it reads the node and changes nothing.")
        if not self.seen.read:
            reason = f" {self._say(last.reason)}" if last.reason else ""
            return (
                f"{self._say('Before anything is applied, press “Read and plan” to see how the node stands.')}{reason}"
            )
        if any(step.outcome == "waiting" for step in self.seen.steps):
            return self._say("A step waits for a person: see below what to do.")
        if self.seen.left:
            return self._say("Look at what differs, then apply one step or the rest.")
        if not self.seen.done:
            return self._say("Some steps alone were applied. Press “Read and plan” to see the chapter as a whole.")
        return self._say("Nothing is left to do in this chapter on this node.")

    def _under_way(self) -> str:
        """The step that is being done, and how far it has come."""
        step = next((step for step in self.seen.steps if step.outcome == RUNNING), None)
        if step is None:
            return ""
        name = f"{step.step.number} {step.step.titled(self._site.language)}"
        return f"{name}: {progress_words(step.progress, self._site.language)}" if step.progress else name

    def _ask_to_apply(self, only: Sequence[str], gate: Gate) -> None:
        """Apply at once where nothing can be lost; else only after the node's name has been typed at *gate*."""
        if self._refuses_a_second():
            return
        steps = [step for step in self.seen.left if not only or step.step.number in only]
        losses = list(dict.fromkeys(loss for step in steps for loss in step.destroys))
        gate.ask(losses, lambda: self._run(apply=True, only=only, gate=gate, accepted=losses))

    def _run(
        self,
        *,
        apply: bool,
        only: Sequence[str] = (),
        note: str = "",
        gate: Gate | None = None,
        accepted: Sequence[str] = (),
    ) -> None:
        if self._refuses_a_second():
            return
        self._pressed = self._apply if apply else self._plan
        self._pressed.focus()
        self._asked_at = gate or self._gate
        self._close_gates()
        try:
            self._remote.start(
                apply=apply, steps=only, note=note or self._note, accepted=accepted, passwords=self._passwords.typed()
            )
        except (RunbookError, OSError) as error:
            self._complain(str(error))
        self._show()

    def _refuses_a_second(self) -> bool:
        if self._remote.busy:
            self._complain("A run is under way. Wait for its end, or stop it.")
        return self._remote.busy

    def _close_gates(self) -> None:
        for one in (self._gate, *(view.gate for view in self._views.values())):
            one.close()

    def _ask_to_stop(self) -> None:
        try:
            self._remote.stop()
        except (RunbookError, OSError) as error:
            self._complain(str(error))
            return
        self._stop.disabled = True
        self._told.value = f'<div class="rb-told" role="status">{html.escape(self._say("Stopping …"))}</div>'

    def _answer(self, asked: Event, name: str, note: str) -> str:
        """Take what a person says of *asked*; why it cannot be taken, or "" where it was."""
        if not name.strip() or not note.strip():
            return self._say("Write your name, and what you did or saw; the record keeps both.")
        if not asked.get("key"):
            self._read_again(f"{name.strip()}: {note.strip()}")
            return ""
        try:
            confirm(self._remote.folder, self._site.name, str(asked["key"]), str(asked.get("node") or ""), name, note)
        except (RunbookError, OSError) as error:
            return self._say(str(error))
        self._read_again("")
        return ""

    def _read_again(self, note: str) -> None:
        """Read what a person has done or said, once nothing else is under way."""
        self._answered = note
        self._take_answer()

    def _take_answer(self) -> None:
        if self._answered is not None and not self._remote.busy:
            note, self._answered = self._answered, None
            self._run(apply=False, note=note)

    def _open_record(self) -> None:
        if self.seen.last and self.seen.last.notebook:
            try:
                window.open_record(self.seen.last.notebook)
            except (RunbookError, OSError) as error:
                self._complain(str(error))

    def _complain(self, text: str) -> None:
        self._asked_at.complain(self._say(text))

    def _say(self, text: str) -> str:
        return say(self._site.language, text)
