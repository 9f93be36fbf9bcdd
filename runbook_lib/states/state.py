"""What a state is: something that must be true, how it is read, and what would make it true.

A state never touches a node.  It asks (`State.reading`), compares (`State.rows`) and proposes (`State.plan`); reading,
acting, reading again and recording are written once, in `runbook_lib.run`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeVar

from runbook_lib.commands.copying import CopyMeter
from runbook_lib.node import NodeFacts, Reply
from runbook_lib.parameters.sections import Limit

A = TypeVar("A")
Value = str | int | float | bool | None
"""A value in a row; None means "not there"."""


class _Any:
    """Stands where any value will do."""

    def __repr__(self) -> str:
        return "(any)"


ANY: Final = _Any()


AWAY: Final = -1
"""Exit code of what was asked of a machine that may be away, and is; no command on Windows ends with it by itself."""


@dataclass(frozen=True)
class Ask:
    """One reading: a command line that changes nothing, and the node it is for.

    Attributes:
        line: the command line.
        on: "this" node of the run, the "active" one, on which the failover group runs, or a node by its name; or the
            "change", whose journals and confirmations the run answers from (`runbook_lib.run.history` says what).
            A name with a question mark after it is a machine that may be away: every answer then has the exit code
            `AWAY`, and as its output why the machine could not be reached.
    """

    line: str
    on: str = "this"


Reading = Generator[tuple[Ask, ...], tuple[Reply, ...], A]
"""Yields rounds of questions, is sent the answers, returns what they say.  Rounds of several states travel together."""


class Row(NamedTuple):
    """One line of the comparison of a state; it differs when *actual* is not *desired*."""

    key: str
    actual: Value
    desired: Value | _Any = ANY

    @property
    def differs(self) -> bool:
        """Whether this row is not as it must be."""
        return self.desired is not ANY and self.actual != self.desired


@dataclass(frozen=True)
class Act:
    """A command that changes the node.

    Attributes:
        line: the command line.
        why: what it is for, as a few words in the record.
        then_read: what follows depends on what this has done, so the state is read and planned again after it.
        limit: which of the site's time limits holds.
        success: exit codes that let the next command follow; the state is read again whatever they are.
        shown: what the record has in the line's place, where the line carries what no record may hold.
        takes_node_down: a node goes away by it, this one too: a lost reply is as it should be, and until the limit is
            over a node that does not answer is waited for.
        meter: makes what follows its output and tells how far it has come; None where its output tells nothing.
    """

    line: str
    why: str
    then_read: bool = False
    limit: Limit = "command"
    success: Container[int] = (0,)
    shown: str = ""
    takes_node_down: bool = False
    meter: Callable[[], CopyMeter] | None = field(default=None, compare=False)

    @property
    def recorded(self) -> str:
        """The line as the record has it."""
        return self.shown or self.line

    def told(self, error: Exception) -> str:
        """What an error says of this command, as the record may have it: errors quote the beginning of the line."""
        text = str(error)
        quoted = next((self.line[:end] for end in range(len(self.line), 8, -1) if self.line[:end] in text), "")
        return text.replace(quoted, self.shown) if self.shown and quoted else text


@dataclass(frozen=True)
class Await:
    """Nothing is to be done but wait: the state is read until it holds, or the limit is over.

    A node that does not answer meanwhile is waited for too.
    """

    why: str
    limit: Limit = "command"


@dataclass(frozen=True)
class ByHand:
    """Something only a person can do, and what will be read afterwards.

    Attributes:
        what: what to do, in whole sentences.
        check: what is read then, as a clause; with *key*, what the person vouches for.
        key: names what a person attests, where nothing can be read: the run says how to enter it.
        whole_cluster: one attestation holds for every node.
    """

    what: str
    check: str
    key: str = ""
    whole_cluster: bool = False


@dataclass(frozen=True)
class Blocked:
    """Nothing may be done as things are, and why."""

    reason: str


Plan = tuple[Act | Await | ByHand | Blocked, ...]


class Span(NamedTuple):
    """From the first command until the state was last read (UTC)."""

    began: datetime
    ended: datetime

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.began).total_seconds()

    def __str__(self) -> str:
        return f"{self.began:%Y-%m-%d %H:%M:%S} to {self.ended:%H:%M:%S} UTC, {self.seconds:.1f} s"


@dataclass(frozen=True)
class State(ABC, Generic[A]):
    """Something that must be true of a node.

    Attributes:
        settle_s: how long, in seconds, the node may take to show a change that was made.
        passing: it tells of what happens (a restart, an attestation, where a group runs just now), not of how the
            nodes are set up, so an audit leaves it out.
    """

    settle_s: ClassVar[float] = 0.0
    passing: ClassVar[bool] = False

    @property
    @abstractmethod
    def title(self) -> str:
        """The state as a short statement, such as "W: is usable"."""

    @property
    def destroys(self) -> str:
        """What is lost or interrupted where this has to be made true, as a short statement; "" where nothing is."""
        return ""

    @abstractmethod
    def reading(self, facts: NodeFacts) -> Reading[A]:
        """Ask the node; raises ValueError when an answer makes no sense."""

    @abstractmethod
    def rows(self, actual: A, facts: NodeFacts) -> tuple[Row, ...]:
        """What was read beside what is desired."""

    def plan(self, actual: A, facts: NodeFacts) -> Plan:
        """What would make it true, in order; asked only when a row differs.  Nothing: it can only be confirmed."""
        return ()

    def unsettled(self, before: A, actual: A) -> bool:
        """Whether *actual*, read after acting, is on its way to something else: read again until the limit is over."""
        return False

    def how_it_went(self, before: A, after: A, took: Span) -> str:
        """What is to be said, in whole sentences, of how the change from *before* to *after* went; "" for nothing."""
        return ""

    def left_out(self, facts: NodeFacts) -> str:
        """Why this state does not apply on such a node, which skips it; "" where it does."""
        return ""


def lost_by(states: Iterable[State[Any]]) -> dict[str, str]:
    """What making *states* true destroys, by title, for those that destroy anything."""
    return {state.title: state.destroys for state in states if state.destroys}


def one_round(*lines: str) -> tuple[Ask, ...]:
    """Questions to the node of the run itself."""
    return tuple(Ask(line) for line in lines)
