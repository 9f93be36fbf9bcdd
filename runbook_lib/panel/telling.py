"""What a page says of what was pressed: a sentence, or what went wrong, beside the buttons."""

import html
from typing import Final

import ipywidgets as widgets

from runbook_lib.panel.gate import alarm_html
from runbook_lib.wording import say

SAID_KEPT: Final = 600
"""Characters at the end of what a refused run has printed."""


class Telling:
    """Two places that take no room while there is nothing to say.

    Attributes:
        box: both.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._told, self._alarm = widgets.HTML(), widgets.HTML()
        self.box = widgets.VBox([self._told, self._alarm])
        self.tell("")

    def tell(self, text: str) -> None:
        """Say *text*, an English sentence, in the language of the site; "" for nothing.  What went wrong is over."""
        said = html.escape(say(self._language, text))
        _fill(self._told, f'<div class="rb-told" role="status">{said}</div>' if text else "")
        _fill(self._alarm, "")

    def complain(self, text: str) -> None:
        """Say what went wrong, in place of all that was said before."""
        self.tell("")
        _fill(self._alarm, alarm_html(say(self._language, text)[-SAID_KEPT:]))


def _fill(place: widgets.HTML, text: str) -> None:
    place.value = text
    place.layout.display = "" if text else "none"
