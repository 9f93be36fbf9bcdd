"""Tells, while something takes long, for how long already and how far it has come: in the journal, for who watches.

The journal is written by a thread of its own, because whoever waits for a node cannot tell anything meanwhile.
"""

import codecs
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Protocol, Self

from runbook_lib.commands.copying import Measure
from runbook_lib.node import Node
from runbook_lib.run.display import OneLine
from runbook_lib.run.journal import Journal
from runbook_lib.states.state import Act

_OFTEN_FOR_S: Final = 20.0
_OFTEN_S: Final = 1.0
_SELDOM_S: Final = 5.0
NOTHING_KNOWN: Final = Measure()


class ProgressTeller:
    """Journals how far something has come, from a second after it is entered until it is left: event ``progress``.

    Once a second at first, and every five seconds after the first twenty.

    Args:
        journal: of the run.
        step, state: what it is done for.
        why: what is being done, as a few words.
        limit_s: how long it may take; None where there is no limit of its own.
        measure: how far it has come; called from another thread.
    """

    def __init__(
        self,
        journal: Journal,
        step: str,
        state: str,
        why: str,
        limit_s: float | None = None,
        measure: Callable[[], Measure] = lambda: NOTHING_KNOWN,
    ) -> None:
        self._journal = journal
        self._fields: Mapping[str, object] = {"step": step, "state": state, "why": why}
        self._limit_s = limit_s
        self._measure = measure
        self._over = threading.Event()
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._tell, name="progress", daemon=True)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._over.wait(_OFTEN_S if self.seconds < _OFTEN_FOR_S else _SELDOM_S):
            try:
                self._journal.append(
                    "progress", **self._fields, seconds=round(self.seconds, 1), limit_s=self._limit_s,
                    **self._measure()._asdict(),
                )  # fmt: skip
            except OSError:
                return  # what follows it in the journal cannot be written either, and stops the run


class Place(Protocol):
    """What following a command needs of a run."""

    node: str
    journal: Journal

    @property
    def connection(self) -> Node:
        """The node that the command runs on."""

    @property
    def language(self) -> str:
        """In which people are spoken to."""


class CommandFollower(ProgressTeller):
    """Follows one command through its output, and shows one line of it under the cell."""

    def __init__(self, place: Place, step: str, state: str, act: Act, limit_s: float) -> None:
        super().__init__(place.journal, step, state, act.why, limit_s, self._far)
        self._meter = act.meter() if act.meter else None
        self._decoder = codecs.getincrementaldecoder(place.connection.encoding)("replace")
        self._line = OneLine(place.node, act.why, place.language)
        self._bytes = 0

    def output(self, piece: bytes) -> None:
        """Take note of output that has come in."""
        self._bytes += len(piece)
        if self._meter:
            self._meter.take(self._decoder.decode(piece))
        self._line.tell(how_far(self._far()._asdict()) or f"{self.seconds:.0f} s, {self._bytes:,} bytes of output")

    def _far(self) -> Measure:
        return self._meter.measure if self._meter else NOTHING_KNOWN


def how_far(event: Mapping[str, Any]) -> str:
    """How far a ``progress`` event says that it is, in a few words; "" where it knows nothing of it."""
    parts = [
        f"{event[what]:,} of {event[f'{what}_total']:,} {what}"
        for what in ("files", "bytes")
        if event.get(what) is not None
    ]
    return "; ".join(part for part in (", ".join(parts), str(event.get("said") or "")) if part)


def in_words(event: Mapping[str, Any]) -> str:
    """A ``progress`` event as one line: what is done, how long it has taken, and how far it is."""
    limit = f" of at most {event['limit_s']:,.0f} s" if event.get("limit_s") else ""
    return "; ".join(part for part in (f"{event['why']}: {event['seconds']:,.0f} s{limit}", how_far(event)) if part)
