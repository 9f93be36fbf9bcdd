"""The pictures of the page: the cluster as a run last saw it, or as it is read now, and what happened when."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import ipywidgets as widgets

from runbook_lib.batch.detached import known_passwords
from runbook_lib.errors import ParameterError
from runbook_lib.panel.gate import button
from runbook_lib.parameters import Site
from runbook_lib.parameters.credential import TYPED_PASSWORDS
from runbook_lib.pictures.view import Event, cluster_seen, last_of_each
from runbook_lib.report.desk_html import pictures_html
from runbook_lib.run.opening import connect
from runbook_lib.run.seen import EVENT, look_from
from runbook_lib.wording import say

_DRAWN_EVERY_S: Final = 5.0
"""While a run writes its journal the pictures change with each line; nobody can look that fast."""


class GlanceView:
    """The pictures, and the button that reads the cluster now, outside any run.

    Attributes:
        box: all widgets.
    """

    def __init__(
        self, site: Site, folder: Path, typed: Callable[[], dict[str, str]], complain: Callable[[str], None]
    ) -> None:
        self._site, self._folder, self._typed, self._complain = site, folder, typed, complain
        self._read_here: Sequence[Event] = ()
        self._shown: object = None
        self._drawn_at = 0.0
        self._going: Sequence[Path] = ()
        self._task: asyncio.Task[None] | None = None
        self.read = button(say(site.language, "Read the cluster now"))
        self.read.tooltip = say(site.language, "Asks every node where the group is and what runs; changes nothing.")
        self.read.on_click(lambda _: self._start_reading())
        self._pictures = widgets.HTML()
        self.box = widgets.VBox([self.read, self._pictures], layout=widgets.Layout(align_items="flex-start"))

    def show(self, written: object, going: Sequence[Path]) -> None:
        """Draw what is known.

        Args:
            written: changes when the journals of the change do.
            going: those of the runs that are under way.
        """
        if written == self._shown or (going and time.monotonic() - self._drawn_at < _DRAWN_EVERY_S):
            return
        self._shown, self._drawn_at, self._going = written, time.monotonic(), going
        glances = last_of_each([*cluster_seen(self._folder), *self._read_here])
        self._pictures.value = pictures_html(glances, self._folder, self._site.language, going)

    def _start_reading(self) -> None:
        try:
            passwords = known_passwords(self._site, self._typed())
        except ParameterError as error:
            self._complain(str(error))
            return
        self.read.disabled = True
        self.read.description = say(self._site.language, "Reading the cluster …")
        self._task = asyncio.get_running_loop().create_task(self._read(passwords))

    async def _read(self, passwords: dict[str, str]) -> None:
        try:
            with _known(passwords):
                nodes = self._site.group.policy
                self._read_here = await asyncio.gather(
                    *(asyncio.to_thread(glance_from, self._site, node) for node in nodes)
                )
        except OSError as error:
            self._complain(str(error))
        finally:
            self.read.disabled = False
            self.read.description = say(self._site.language, "Read the cluster now")
        self._drawn_at = 0.0
        self.show(object(), self._going)


def glance_from(site: Site, node: str) -> Event:
    """The cluster as *node* sees it now; what could not be read says why."""
    seen = look_from(site, node, connect)
    return {**seen, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": EVENT}


@contextmanager
def _known(passwords: Mapping[str, str]) -> Iterator[None]:
    """What was typed, where a connection looks for it, as long as it takes."""
    former = os.environ.get(TYPED_PASSWORDS)
    if passwords:
        os.environ[TYPED_PASSWORDS] = json.dumps(passwords)
    try:
        yield
    finally:
        os.environ.pop(TYPED_PASSWORDS, None)
        if former is not None:
            os.environ[TYPED_PASSWORDS] = former
