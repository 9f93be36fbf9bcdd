"""The gate before a step that destroys something: the name of the node has to be typed."""

import html
from collections.abc import Callable, Sequence

import ipywidgets as widgets

from runbook_lib.panel.entering import on_entering
from runbook_lib.wording import say


class Gate:
    """Asks at the place where the button was pressed, and tells there what is wrong.

    Attributes:
        box: its widgets; empty while nothing is asked or told.
    """

    def __init__(self, node: str, language: str) -> None:
        self._node = node
        self._language = language
        self._call_off: Callable[[], None] = lambda: None
        self._question = widgets.VBox([])
        self._alarm = widgets.HTML()
        self.box = widgets.VBox([self._question, self._alarm])

    def ask(self, losses: Sequence[str], go: Callable[[], None]) -> None:
        """Say what is lost, and call *go* once the node's name has been typed; at once where nothing is lost."""
        self.close()
        if not losses:
            go()
            return
        typed = widgets.Text(description=f"{self._say('Node')}:", placeholder=self._node)
        apply = button(self._say("Apply on this node"), "danger")
        cancel = button(self._say("Cancel"))

        def check() -> None:
            if typed.value.strip() == self._node:
                self._question.children = ()
                self._alarm.value = ""
                go()
                return
            said = f"'{typed.value}' is not {self._node}. Nothing was done; type the name of this node."
            self.complain(self._say(said))

        self._call_off = on_entering([typed], apply, check)
        cancel.on_click(lambda _: self.close())
        items = "".join(f"<li>{html.escape(self._say(loss))}</li>" for loss in losses)
        wanted = html.escape(self._say(f"Type the name of the node, {self._node}, to go on:"))
        self._question.children = (
            widgets.HTML(f'<div class="rb-alarm"><ul>{items}</ul>{wanted}</div>'),
            widgets.HBox([typed, apply, cancel], layout=wrapping()),
        )
        typed.focus()

    def complain(self, text: str) -> None:
        """Show *text* as what went wrong."""
        self._alarm.value = alarm_html(text)

    def close(self) -> None:
        """Ask and tell nothing any more, and take nothing that was typed before."""
        self._call_off()
        self._question.children = ()
        self._alarm.value = ""

    def _say(self, text: str) -> str:
        return say(self._language, text)


def alarm_html(text: str) -> str:
    """*text* where the person looks, read out by a screen reader; nothing where it is empty."""
    return f'<div class="rb-alarm" role="alert">{html.escape(text)}</div>' if text else ""


def button(description: str, style: str = "") -> widgets.Button:
    """A button as wide as its words, with a layout of its own."""
    return widgets.Button(description=description, button_style=style, layout=widgets.Layout(width="auto"))


def wrapping() -> widgets.Layout:
    """The layout of a row that wraps where it is too long; one for each row, because who hides one would hide all."""
    return widgets.Layout(flex_flow="row wrap")
