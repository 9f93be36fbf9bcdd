"""One step in the panel: its line, what differs, a button, what a person is asked, and how far it has come."""

import html
from collections.abc import Callable
from typing import Final

import ipywidgets as widgets

from runbook_lib.panel.entering import on_entering
from runbook_lib.panel.gate import Gate, alarm_html, button
from runbook_lib.report.chapter import RUNNING, Event, StepSeen
from runbook_lib.report.chapter_html import body_html, head_html, question_html
from runbook_lib.wording import say

_WIDE: Final = widgets.Layout(width="100%")
_HIDDEN: Final = "none"


class StepView:
    """The widgets of one step; `show` brings them up to date.

    Attributes:
        box: all of them.
        apply: the button that applies this step alone.
        gate: asks for the node's name before it, and tells what is wrong.
    """

    def __init__(
        self,
        number: str,
        node: str,
        language: str,
        on_apply: Callable[[], None],
        on_answer: Callable[[Event, str, str], str],
    ) -> None:
        self._language = language
        self.gate = Gate(node, language)
        self._on_answer = on_answer
        self._shown: StepSeen | None = None
        self._asked: Event | None = None
        self._head = widgets.HTML(layout=widgets.Layout(flex="1 1 auto"))
        self.apply = button(self._say("Apply this step"))
        self.apply.tooltip = f"{self._say('Apply this step')}: {number}"
        self.apply.layout.flex = "0 0 auto"
        self.apply.on_click(lambda _: on_apply())
        self._body = widgets.HTML(layout=_WIDE)
        self._bar = widgets.FloatProgress(min=0, max=1, layout=widgets.Layout(width="18em"))
        self._bar_text = widgets.HTML()
        self._progress = widgets.HBox([self._bar, self._bar_text], layout=widgets.Layout(align_items="center"))
        self._progress.add_class("rb-progress")
        self._question = widgets.VBox([], layout=_WIDE)
        self.box = widgets.VBox(
            [
                widgets.HBox([self._head, self.apply], layout=_WIDE),
                self.gate.box,
                self._progress,
                self._body,
                self._question,
            ],
            layout=_WIDE,
        )
        self.box.add_class("rb-step")

    def show(self, step: StepSeen, *, may_apply: bool) -> None:
        """Bring the widgets up to date; what has not changed is left as it is, so that nothing jumps or loses focus."""
        asked = step.asked if step.outcome in ("waiting", "differs") else None
        visible = step.open and bool(step.states) and not (asked and asked.get("key"))
        self.apply.layout.display = "" if visible else _HIDDEN
        self.apply.disabled = not may_apply
        if step == self._shown:
            return
        former, self._shown = self._shown, step
        self._head.value = head_html(step, self._language)
        if former is None or (former.states, former.applied, former.at) != (step.states, step.applied, step.at):
            self._body.value = body_html(step, self._language, asked_below=asked is not None)
        self._show_progress(step)
        if _bare(asked) != _bare(self._asked):  # a new reading asks again, and must not empty what is being typed
            self._asked = asked
            self._question.children = self._form(asked) if asked else ()

    def _show_progress(self, step: StepSeen) -> None:
        progress = step.progress if step.outcome == RUNNING else None
        self._progress.layout.display = "" if progress else _HIDDEN
        if progress:
            share = share_done(progress)
            self._bar.layout.display = _HIDDEN if share is None else ""
            self._bar.value = share or 0.0
            self._bar_text.value = html.escape(progress_words(progress, self._language))

    def _form(self, asked: Event) -> tuple[widgets.Widget, ...]:
        """What is asked, and where to answer it."""
        name = widgets.Text(description=self._say("Your name"), style={"description_width": "7em"})
        note = widgets.Text(
            description=self._say("What you did or saw"), style={"description_width": "12em"},
            layout=widgets.Layout(width="36em"),
        )  # fmt: skip
        words = "I confirm this" if asked.get("key") else "It is done: check it"
        confirm = button(self._say(words))
        said = widgets.HTML()

        def answer() -> None:
            wrong = self._on_answer(asked, name.value, note.value)
            said.value = alarm_html(wrong)

        on_entering([name, note], confirm, answer)
        fields = widgets.HBox([name, note, confirm], layout=widgets.Layout(flex_flow="row wrap"))
        return widgets.HTML(question_html(asked, self._language)), fields, said

    def _say(self, text: str) -> str:
        return say(self._language, text)


def _bare(asked: Event | None) -> dict[str, object] | None:
    """A question without when it was asked."""
    return None if asked is None else {name: value for name, value in asked.items() if name != "at"}


def share_done(progress: Event) -> float | None:
    """How much of it is done, from 0 to 1: of the bytes, else of the files, else of the time limit; None: unknown."""
    for done, total in (("bytes", "bytes_total"), ("files", "files_total"), ("seconds", "limit_s")):
        if progress.get(total) and progress.get(done) is not None:
            return float(min(1.0, max(0.0, progress[done] / progress[total])))
    return None


def progress_words(progress: Event, language: str) -> str:
    """The same in words: files, bytes, seconds and the limit."""
    parts = []
    for done, total, unit in (("files", "files_total", "files"), ("bytes", "bytes_total", "bytes")):
        if progress.get(done) is not None:
            of = f" / {progress[total]:,}" if progress.get(total) else ""
            parts.append(f"{progress[done]:,}{of} {say(language, unit)}")
    limit = f" / {progress['limit_s']:.0f}" if progress.get("limit_s") else ""
    parts.append(f"{progress.get('seconds', 0):.0f}{limit} {say(language, 'seconds')}")
    if progress.get("said"):
        parts.append(say(language, str(progress["said"])))
    return " · ".join(parts)
