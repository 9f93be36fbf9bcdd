"""Reading everything from the page of a change: begun, followed and stopped here, and carried out by a batch."""

import html
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import ipywidgets as widgets

from runbook_lib.batch.detached import Started, start
from runbook_lib.batch.under_way import Command, Going, stop
from runbook_lib.errors import RunbookError
from runbook_lib.panel.gate import button, wrapping
from runbook_lib.panel.passwords import PasswordFields
from runbook_lib.panel.steps import progress_words, share_done
from runbook_lib.panel.telling import Telling
from runbook_lib.parameters import Site
from runbook_lib.report.desk import DeskSeen, UnderWay
from runbook_lib.report.desk_html import under_way_words
from runbook_lib.wording import say

_STOPPED: Final = (130, 143, 129, -signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP)
"""How a command ends that was asked to; by the signal itself where it had hardly begun."""

_WAS_STOPPED: Final = "Stopped. What was done so far stands below."


class Reading:
    """The plan of a whole procedure, in a process of its own; and how far whatever is under way has come.

    Attributes:
        read: the button that begins it.
        stop: the button that ends what is under way, also what was begun elsewhere.
        box: how far it has come.
        passwords: fields for those that the site asks of the operator.
    """

    def __init__(self, site: Site, change: str, telling: Telling) -> None:
        self._site, self._change, self._telling = site, change, telling
        self._started: Started | None = None
        self._commands: Sequence[Command] = ()
        self._began = datetime.now(UTC)
        self._procedure = ""
        self._stopping = False
        self._seen: DeskSeen | None = None
        self.read = button("")
        self.read.tooltip = self._say("Reads every node and lists what differs; changes nothing.")
        self.stop = button(self._say("Stop"), "danger")
        self.stop.on_click(lambda _: self._ask_to_stop())
        self._bar = widgets.FloatProgress(min=0, max=1, layout=widgets.Layout(width="16em"))
        self._words = widgets.HTML()
        self.box = widgets.HBox([self._bar, self._words], layout=wrapping())
        self.box.add_class("rb-bar")
        self.passwords = PasswordFields(site)

    @property
    def goes_on(self) -> bool:
        """Whether everything is being read, also where somebody else or this page before a restart began it."""
        return self._started is not None or any(_reads_everything(one) for one in self._commands)

    def begin(self, seen: DeskSeen, procedure: str, note: str) -> None:
        """Begin to read every chapter of *procedure* on every node, or say why that cannot be."""
        self._procedure, self._began = procedure, datetime.now(UTC)
        numbers = dict.fromkeys(one.chapter.number for one in seen.of(procedure))
        asked = [] if procedure == "installation" else list(numbers)
        try:
            self._started = start(
                self._site, asked, [], apply=False, change=self._change, note=note, passwords=self.passwords.typed()
            )
        except (RunbookError, OSError) as error:
            self._telling.complain(str(error))
        else:
            self._telling.tell("")

    def follow(self, seen: DeskSeen, commands: Sequence[Command]) -> None:
        """Take note of the *commands* of the change that go on, and of the end of what was begun here.

        Where it was refused before there was a journal, what it printed is all there is.
        """
        self._seen, self._commands = seen, commands
        for one in commands:
            if _reads_everything(one):
                self._began = one.since
                asked = [each.chapter.procedure for each in seen.standings if each.chapter.number in one.chapters]
                self._procedure = asked[0] if asked else "installation"
        if self._started is None:
            if self._stopping and not (commands or seen.under_way):  # begun elsewhere, or before the kernel's restart
                self._telling.tell(_WAS_STOPPED)
            return
        if self._started.process.poll() is None:
            return
        ended, self._started = self._started, None
        code = ended.process.returncode
        if code in _STOPPED:
            self._telling.tell(_WAS_STOPPED)
        elif not any(one.at and one.at >= self._began for one in seen.standings):
            self._telling.complain(ended.refusal)
        elif code == 1:
            self._telling.tell("Not everything could be read. What failed stands below.")
        else:
            self._telling.tell("Everything was read.")

    def show(self, seen: DeskSeen, *, begun: bool) -> None:
        """Bring the widgets up to date; *begun* is whether anything was read before."""
        self._seen = seen
        busy = bool(seen.under_way or self._started or self._commands)
        self._stopping = self._stopping and busy
        self.read.description = self._say("Read everything again" if begun else "Read everything")
        self.read.button_style = "" if begun else "primary"
        self.read.layout.display = "none" if busy else ""
        for one in (self.box, self.stop):
            one.layout.display = "" if busy else "none"
        self.stop.disabled = self._stopping or not (seen.under_way or self._commands)
        if not seen.under_way:
            self._words.value = html.escape(self._say("Starting …")) if busy and not self._stopping else ""
            self._bar.layout.display = "none"
            return
        latest = seen.under_way[-1]
        share = self._share(seen, latest)
        self._bar.layout.display = "none" if share is None else ""
        self._bar.value = share or 0.0
        progress = latest.step.progress if latest.step else None
        words = under_way_words(latest, self._site.language)
        words += f" · {progress_words(progress, self._site.language)}" if progress else ""
        self._words.value = html.escape(words)

    def _share(self, seen: DeskSeen, latest: UnderWay) -> float | None:
        """How much is done, from 0 to 1: of everything that is to be read, else of the step; None: unknown."""
        if not self.goes_on:
            return share_done(latest.step.progress) if latest.step and latest.step.progress else None
        wanted = seen.of(self._procedure)
        ended = [one for one in wanted if one.at and one.at >= self._began and one.word != "running"]
        return len(ended) / len(wanted)

    def _to_stop(self) -> Sequence[Command | Going]:
        """What the button ends: everything that is being read, else the run that is shown."""
        if whole := [one for one in self._commands if _reads_everything(one)]:
            return whole
        if self._seen and self._seen.under_way:
            return [self._seen.under_way[-1].going]
        return self._commands[-1:]

    def _ask_to_stop(self) -> None:
        try:
            for one in self._to_stop():
                stop(one)
        except (RunbookError, OSError) as error:
            self._telling.complain(str(error))
        else:
            self._stopping = self.stop.disabled = True
            self._telling.tell("Stopping; the record of what was begun is being written.")

    def _say(self, text: str) -> str:
        return say(self._site.language, text)


def _reads_everything(command: Command) -> bool:
    return not (command.apply or command.nodes or command.steps)
