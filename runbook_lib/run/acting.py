"""Making one state true: act, read again, and let only the second reading say that it changed."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from runbook_lib.errors import CommandFailed, OutcomeUnknown
from runbook_lib.node import Node, NodeFacts
from runbook_lib.parameters.sections import LimitsSection
from runbook_lib.run.display import Progress
from runbook_lib.run.journal import Journal
from runbook_lib.run.outcome import StateReport
from runbook_lib.states.state import Act, Blocked, ByHand, Plan, Row, State

_OUTPUT_KEPT = 2000
"""Characters of a command's output that the journal keeps: its end, where tools say how it went."""

Read = Callable[[Sequence[State[Any]]], list[Any]]


class Place(Protocol):
    """What acting needs of a run."""

    node: str
    journal: Journal
    facts: NodeFacts | None

    @property
    def limits(self) -> LimitsSection:
        """How long commands may take."""

    @property
    def connection(self) -> Node:
        """The node that is acted on."""


class Acting:
    """One state being made true on one node; the report tells how it went, whatever happens."""

    def __init__(self, place: Place, step: str, state: State[Any], report: StateReport, read: Read) -> None:
        self._place = place
        self._step = step
        self._state = state
        self._report = report
        self._read = read
        self._trouble = ""
        self._lost: set[str] = set()
        self._ran: tuple[str, ...] = ()

    def until_true(self, actual: Any) -> None:  # noqa: ANN401  (each state has its own)
        """Plan, act, read again, until the state holds or nothing more may be done.

        The plan is made anew after every command that asks for it, from what was read, so that each command is
        preceded by a reading of what it depends on.
        """
        while True:
            plan = self._state.plan(actual, self._facts)
            stage, stop = _stage(plan)
            if not stage:
                self._stopped(stop)
                return
            lines = tuple(act.line for act in stage)
            if lines == self._ran or self._trouble or self._lost.intersection(lines):
                self._report.outcome = "failed"
                self._report.reason = self._did_not_help()
                return
            self._ran = lines
            for act in stage:
                if not self._act(act):
                    break
            actual, rows = self._read_again()
            self._report.after = rows
            if not any(row.differs for row in rows):
                self._report.outcome = "changed"
                if self._trouble:
                    self._report.reason = f"Settled by reading: {self._trouble}"
                return

    @property
    def _facts(self) -> NodeFacts:
        assert self._place.facts is not None  # noqa: S101  (a run that acts has reached its node)
        return self._place.facts

    def _act(self, act: Act) -> bool:
        """Run one command; whether the next one of its stage may follow."""
        limits = self._place.limits
        number = len(self._report.commands) + 1
        self._report.commands.append(act.recorded)
        journal, state = self._place.journal, self._state.title
        journal.append("act.started", step=self._step, state=state, number=number, command=act.recorded, why=act.why)
        started = time.monotonic()
        progress = Progress(self._place.node, act.why)
        exit_code: int | None = None
        output = ""
        try:
            reply = self._place.connection.execute(act.line, limits.of(act.limit), progress.output)
            exit_code, output = reply.exit_code, reply.text
            if exit_code not in act.success:
                self._trouble = f"`{act.recorded[:120]}` ended with exit code {exit_code}: {_end(output)}"
        except OutcomeUnknown as error:
            self._lost.add(act.line)
            self._trouble = output = act.told(error)
        except CommandFailed as error:
            self._trouble = output = act.told(error)
        finally:
            progress.close()
            journal.append(
                "act.ended", step=self._step, state=state, number=number, exit_code=exit_code,
                seconds=round(time.monotonic() - started, 3), output=output[-_OUTPUT_KEPT:],
            )  # fmt: skip
        return not self._trouble

    def _read_again(self) -> tuple[Any, tuple[Row, ...]]:
        """Read until the state holds, or has had its time to settle, or (after a lost reply) stands still."""
        give_up = time.monotonic() + self._state.settle_s
        pause, previous = 0.5, None
        while True:
            actual = self._read((self._state,))[0]
            rows = self._state.rows(actual, self._facts)
            settled = time.monotonic() >= give_up and (not self._lost or rows == previous)
            if settled or not any(row.differs for row in rows):
                return actual, rows
            previous = rows
            time.sleep(pause)
            pause = min(pause * 2, 10)

    def _stopped(self, stop: ByHand | Blocked | None) -> None:
        if isinstance(stop, ByHand):
            self._report.outcome = "waiting"
            self._report.reason = f"{stop.what} Then {stop.check}: run this chapter again."
        else:
            self._report.outcome = "failed"
            differs = "; ".join(
                f"{row.key} is {row.actual}" for row in (self._report.after or self._report.before) if row.differs
            )
            self._report.reason = stop.reason if stop else f"Nothing that this step may do changes it: {differs}."
        if self._trouble:
            self._report.reason += f" Before that: {self._trouble}"

    def _did_not_help(self) -> str:
        wrong = "; ".join(
            f"{row.key} is {'not there' if row.actual is None else row.actual}, "
            f"expected {'not there' if row.desired is None else row.desired}"
            for row in self._report.after
            if row.differs
        )
        cause = f" {self._trouble}." if self._trouble else ""
        again = " Read the node's state, then run this chapter again: it goes on from what it finds."
        return f"The commands were run, and still {wrong}.{cause}{again}"


def _stage(plan: Plan) -> tuple[tuple[Act, ...], ByHand | Blocked | None]:
    """The commands to run before the state is read again, and what stops the plan where there are none."""
    stage: list[Act] = []
    for part in plan:
        if not isinstance(part, Act):
            return tuple(stage), part
        stage.append(part)
        if part.then_read:
            break
    return tuple(stage), None


def _end(output: str) -> str:
    """The last lines of an output, short enough for a sentence."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " / ".join(lines[-2:])[-300:] or "(no output)"
