"""Waiting for what a command has set going: how long, how patiently, and what is told meanwhile."""

import time
from collections.abc import Sequence
from typing import Final

from runbook_lib.errors import NodeError, NotAuthenticated
from runbook_lib.parameters.sections import LimitsSection
from runbook_lib.run.reading import Unreadable
from runbook_lib.states.state import Act, Await

_TELL_EVERY_S: Final = 10.0


class Waiting:
    """The wait after one stage of a plan.

    Attributes:
        for_nodes: a node may be away, and the whole limit is its.
        longest_pause_s: between two readings.
    """

    def __init__(self, node: str, limits: LimitsSection, stage: Sequence[Act | Await]) -> None:
        self._node = node
        self._stage = stage
        self._limit_s = max(limits.of(part.limit) for part in stage)
        self._began = self._told = time.monotonic()
        self.for_nodes = any(isinstance(part, Await) or part.takes_node_down for part in stage)
        self.longest_pause_s = 5.0 if self.for_nodes else 10.0

    @property
    def seconds(self) -> float:
        """Since the stage was carried out."""
        return time.monotonic() - self._began

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
        """Say, not too often, that it is still being waited, and for what."""
        now = time.monotonic()
        if now - self._told >= _TELL_EVERY_S:
            self._told = now
            why = self._stage[-1].why
            print(f"{self._node}: {why}: {self.seconds:.0f} s of {self._limit_s:.0f} s; {how_it_is[:160]}", flush=True)
