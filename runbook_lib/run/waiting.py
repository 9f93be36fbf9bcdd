"""Waiting for what a command has set going: how long, how patiently, and what is told meanwhile."""

import time
from collections.abc import Sequence
from typing import Final

from runbook_lib.commands.copying import Measure
from runbook_lib.errors import NodeError, NotAuthenticated
from runbook_lib.parameters.sections import LimitsSection
from runbook_lib.run.display import OneLine
from runbook_lib.run.journal import Journal
from runbook_lib.run.progress import ProgressTeller
from runbook_lib.run.reading import Unreadable
from runbook_lib.states.state import Act, Await

_QUICK: Final = ("command", "copy")
"""Limits of commands whose effect is there when they end: what follows them is a reading, and no wait."""


_SAID: Final = 160
"""Characters of a reason, in one line that says how it is."""


class Waiting:
    """The wait after one stage of a plan.

    Attributes:
        for_nodes: a node may be away, and the whole limit is its.
        longest_pause_s: between two readings.
    """

    def __init__(self, node: str, limits: LimitsSection, stage: Sequence[Act | Await], language: str = "en") -> None:
        self._node = node
        self._stage = stage
        self._limit_s = max(limits.of(part.limit) for part in stage)
        self._began = time.monotonic()
        self._line = OneLine(node, stage[-1].why, language)
        self._said = ""
        self.for_nodes = any(isinstance(part, Await) or part.takes_node_down for part in stage)
        self.longest_pause_s = 5.0 if self.for_nodes else 10.0

    @property
    def seconds(self) -> float:
        """Since the stage was carried out."""
        return time.monotonic() - self._began

    def telling(self, journal: Journal, step: str, state: str) -> ProgressTeller:
        """Journals how long it has been waited, as long as it is entered."""
        last = self._stage[-1]
        if isinstance(last, Act) and last.limit in _QUICK and not self.for_nodes:
            return ProgressTeller(journal, step, state, "read the node again")
        return ProgressTeller(journal, step, state, last.why, self._limit_s, lambda: Measure(said=self._said))

    @property
    def goes_on(self) -> bool:
        """Whether the limit is not over."""
        return self.seconds < self._limit_s

    def bear(self, error: NodeError | Unreadable) -> None:
        """Take an unsuccessful reading as a sign that a node is away, or raise *error* where none may be, or no longer.

        Refused credentials are never tried again: every attempt brings the account nearer to being locked.
        """
        if isinstance(error, NotAuthenticated) or not self.for_nodes:
            raise error
        if self.goes_on:
            self.tell(str(error))
            return
        what = "; ".join(f"`{part.line}`" if isinstance(part, Act) else part.why for part in self._stage)
        kind = type(error)
        raise kind(
            f"{error} This is still so {self.seconds:.0f} s after {what}. Look at the node itself; when it is back, "
            "run this chapter again: what has happened is not done twice."
        ) from error

    def tell(self, how_it_is: str) -> None:
        """Say that it is still being waited, and for what."""
        self._said = how_it_is[:_SAID]
        self._line.tell(f"{self.seconds:.0f} s of {self._limit_s:.0f} s; {self._said}")
