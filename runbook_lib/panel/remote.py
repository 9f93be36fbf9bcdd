"""The remote control of one chapter on one node: starts its runs, finds those under way, and stops them.

Every run is a process of its own (`runbook_lib.batch.detached`); what is known of it is what its journal says.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from runbook_lib.batch import Chapter
from runbook_lib.batch.detached import Started, start
from runbook_lib.batch.order import unmet_needs
from runbook_lib.batch.under_way import Command, Going, commands, running, stop
from runbook_lib.panel.copies import change_folder
from runbook_lib.panel.telling import SAID_KEPT
from runbook_lib.parameters import Site
from runbook_lib.report.chapter import chapter_seen
from runbook_lib.report.desk import of_site
from runbook_lib.run.journal import journals


class Remote:
    """The runs of one chapter on one node in one change.

    Attributes:
        seen: how the chapter stands, as of the last `look`.
        going: what is under way, found by its journal or its command; None where nothing is.
        refused: what the last run printed that ended before it had a journal; "" otherwise.
    """

    def __init__(self, site: Site, chapter: Chapter, node: str, change: str) -> None:
        self._site, self._chapter, self._node, self._change = site, chapter, node, change
        self.folder = change_folder(change)
        self.going: Going | Command | None = None
        self.refused = ""
        self._started: Started | None = None
        self._before: Path | None = None
        self._signature: object = None
        self.seen = chapter_seen(site, chapter, node, self.folder)

    @property
    def busy(self) -> bool:
        """Whether a run is under way, or has been started and is not to be seen yet."""
        return self.going is not None or self._started is not None

    def look(self) -> bool:
        """Read the journals where something may have changed; whether that was so."""
        signature = tuple((path, path.stat().st_size) for path in journals(self.folder))
        ended = self._started is not None and self._started.process.poll() is not None
        if signature == self._signature and not self.busy:
            return False
        self._signature = signature
        ours = [
            one
            for one in of_site(self._site, running(self.folder))
            if (one.chapter, one.node) == (self._chapter.number, self._node)
        ]
        under_way: list[Going | Command] = [*self._commands(), *ours]
        self.going = under_way[-1] if under_way else None
        going = [one.journal for one in ours]
        self.seen = chapter_seen(self._site, self._chapter, self._node, self.folder, going)
        if ended:
            self._account_for_end()
        return True

    def start(
        self,
        *,
        apply: bool,
        steps: Sequence[str],
        note: str,
        accepted: Sequence[str],
        passwords: Mapping[str, str],
    ) -> None:
        """Start a run; what the chapter needs only reads, so a plan reads it first and stands on known ground.

        Args:
            apply: False changes nothing.
            steps: these alone; the whole chapter when empty.
            note: why.
            accepted: what a person has agreed to lose.
            passwords: typed, by account.

        Raises:
            ParameterError, OSError: as `runbook_lib.batch.detached.start`.
        """
        self._before = self.seen.last.journal if self.seen.last else None
        self.refused = ""
        first = () if apply else unmet_needs(self._site, self._chapter, [self._node], self.folder)
        once = self._chapter.scope == "cluster" and self._node == self._site.group.policy[0]
        nodes = [] if first and once else [self._node]  # what runs once for the cluster needs every node to be read
        self._started = start(
            self._site, [*first, self._chapter.number], nodes, apply=apply, change=self._change, note=note,
            steps=steps, accepted=accepted, passwords=passwords,
        )  # fmt: skip

    def stop(self) -> None:
        """Stop what is under way, as Ctrl-C would; RunbookError or OSError where it cannot be."""
        if self.going is not None:
            stop(self.going)

    def _commands(self) -> list[Command]:
        """The commands under way that run this chapter here: before its journal, and while another chapter is read."""
        return [
            one
            for one in of_site(self._site, commands(self.folder))
            if self._chapter.number in one.chapters and (not one.nodes or self._node in one.nodes)
        ]

    def _account_for_end(self) -> None:
        """Where a run was refused before it had a journal, what it printed is all there is."""
        assert self._started is not None  # noqa: S101  (only asked then)
        if self.seen.last is None or self.seen.last.journal == self._before:
            self.refused = self._started.refusal[-SAID_KEPT:]
        self._started = None
