"""Making one state true: act, read again, and let only the second reading say that it changed."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from runbook_lib.errors import CommandFailed, NodeError, OutcomeUnknown
from runbook_lib.node import Node, NodeFacts
from runbook_lib.parameters.sections import LimitsSection
from runbook_lib.run.asking import Unmet, only_waits, what_first
from runbook_lib.run.journal import Journal
from runbook_lib.run.outcome import StateReport
from runbook_lib.run.progress import CommandFollower
from runbook_lib.run.reading import Unreadable
from runbook_lib.run.waiting import Waiting
from runbook_lib.states.state import Act, Await, Blocked, ByHand, Plan, Row, Span, State

_OUTPUT_KEPT = 2000
"""Characters of a command's output that the journal keeps: its end, where tools say how it went."""

Read = Callable[[Sequence[State[Any]]], list[Any]]


class Place(Protocol):
    """What acting needs of a run."""

    node: str
    journal: Journal
    facts: NodeFacts | None

    def asked(self, step: str, by_hand: ByHand) -> str:
        """Ask for what only a person can do; what the record says of it."""

    @property
    def limits(self) -> LimitsSection:
        """How long commands may take."""

    @property
    def language(self) -> str:
        """In which people are spoken to."""

    @property
    def connection(self) -> Node:
        """The node that is acted on."""


class Acting:
    """One state being made true on one node; the report tells how it went, whatever happens."""

    def __init__(
        self,
        place: Place,
        step: str,
        state: State[Any],
        report: StateReport,
        read: Read,
        unmet: Sequence[Unmet] = (),
        unmet_now: Callable[[], Sequence[Unmet]] = tuple,
    ) -> None:
        self._place = place
        self._step = step
        self._state = state
        self._report = report
        self._read = read
        self._unmet = unmet
        self._unmet_now = unmet_now
        self._trouble = ""
        self._lost_a_reply = False
        self._ran: set[tuple[str, ...]] = set()

    def until_true(self, actual: Any) -> None:  # noqa: ANN401  (each state has its own)
        """Plan, act, read again, until the state holds or nothing more may be done.

        The plan is made anew after every command that asks for it, from what was read, so that each command is
        preceded by a reading of what it depends on; what the step requires is read anew as well, for a copy can take
        an hour.
        """
        before, began = actual, datetime.now(UTC)
        while True:
            plan = self._state.plan(actual, self._facts)
            stage, stop = _stage(plan)
            if self._unmet and not only_waits(plan):
                self._held_back()
                break
            if not stage:
                self._stopped(stop)
                break
            lines = tuple(part.line if isinstance(part, Act) else part.why for part in stage)
            if lines in self._ran or self._trouble:
                self._report.outcome = "failed"
                self._report.reason = self._did_not_help()
                break
            acts = [part for part in stage if isinstance(part, Act)]
            if self._report.commands and acts and (unmet := self._unmet_now()):
                self._report.outcome = "failed"
                wrong = "; ".join(guard.difference for guard in unmet)
                self._report.reason = (
                    f"Stopped before `{acts[0].recorded[:120]}`, for meanwhile {wrong}. "
                    "Put that right, then run this chapter again."
                )
                break
            self._ran.add(lines)
            for part in stage:
                if isinstance(part, Act) and not self._act(part):
                    break
            actual, rows = self._read_again(stage, before)
            self._report.after = rows
            if not any(row.differs for row in rows):
                self._report.outcome = "changed" if self._report.commands else "ok"
                if self._trouble:
                    self._report.reason = f"Settled by reading: {self._trouble}"
                break
        self._tell(before, actual, Span(began, datetime.now(UTC)))

    def _held_back(self) -> None:
        """What must hold first does not, so nothing is done; what a person can put right is waited for."""
        self._report.outcome = "failed" if any(guard.by_hand is None for guard in self._unmet) else "waiting"
        what = what_first(self._unmet, partial(self._place.asked, self._step))
        self._report.reason = f"Nothing was changed. {what}"

    def _tell(self, before: Any, after: Any, took: Span) -> None:  # noqa: ANN401  (each state has its own)
        """Record how long it took, and what the state has to say of it."""
        if not self._report.after:
            return
        said = self._state.how_it_went(before, after, took)
        self._report.reason = " ".join(part for part in (self._report.reason, said) if part)
        self._place.journal.append(
            "state.settled", step=self._step, state=self._state.title, outcome=self._report.outcome,
            began=took.began.isoformat(timespec="milliseconds"), ended=took.ended.isoformat(timespec="milliseconds"),
            seconds=round(took.seconds, 3), said=said,
        )  # fmt: skip

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
        limit_s = limits.of(act.limit)
        exit_code: int | None = None
        output = ""
        try:
            with CommandFollower(self._place, self._step, state, act, limit_s) as progress:
                reply = self._place.connection.execute(act.line, limit_s, progress.output)
            exit_code, output = reply.exit_code, reply.text
            if exit_code not in act.success:
                self._trouble = f"`{act.recorded[:120]}` ended with exit code {exit_code}: {_end(output)}"
        except OutcomeUnknown as error:
            output = act.told(error)
            if not act.takes_node_down:
                self._lost_a_reply = True
                self._trouble = output
        except CommandFailed as error:
            self._trouble = output = act.told(error)
        finally:
            journal.append(
                "act.ended", step=self._step, state=state, number=number, exit_code=exit_code,
                seconds=round(time.monotonic() - started, 3), output=output[-_OUTPUT_KEPT:],
            )  # fmt: skip
        return not self._trouble

    def _read_again(self, stage: Sequence[Act | Await], before: Any) -> tuple[Any, tuple[Row, ...]]:  # noqa: ANN401
        """Read until the state holds, or has had its time to settle, or (after a lost reply) stands still.

        What takes a node down, or only waits, has its whole limit, in which a node may be away; a command whose effect
        is still under way has it too.
        """
        waiting = Waiting(self._place.node, self._place.limits, stage, self._place.language)
        give_up = time.monotonic() + self._state.settle_s
        pause, previous = 0.5, None
        with waiting.telling(self._place.journal, self._step, self._state.title):
            while True:
                try:
                    actual = self._read((self._state,))[0]
                except (NodeError, Unreadable) as error:
                    waiting.bear(error)
                else:
                    rows = self._state.rows(actual, self._facts)
                    settled = time.monotonic() >= give_up and (not self._lost_a_reply or rows == previous)
                    under_way = (waiting.for_nodes and not self._trouble) or self._state.unsettled(before, actual)
                    if not any(row.differs for row in rows) or (settled and not (under_way and waiting.goes_on)):
                        return actual, rows
                    previous = rows
                    waiting.tell("; ".join(f"{row.key} is {row.actual}" for row in rows if row.differs))
                time.sleep(pause)
                pause = min(pause * 2, waiting.longest_pause_s)

    def _stopped(self, stop: ByHand | Blocked | None) -> None:
        if isinstance(stop, ByHand):
            self._report.outcome = "waiting"
            self._report.reason = self._place.asked(self._step, stop)
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
        cause = f" {self._trouble.rstrip('.')}." if self._trouble else ""
        again = " Read the node's state, then run this chapter again: it goes on from what it finds."
        return f"The commands were run, and still {wrong}.{cause}{again}"


def _stage(plan: Plan) -> tuple[tuple[Act | Await, ...], ByHand | Blocked | None]:
    """The commands to run before the state is read again, and what stops the plan where there are none."""
    stage: list[Act | Await] = []
    for part in plan:
        if isinstance(part, ByHand | Blocked):
            return tuple(stage), part
        stage.append(part)
        if isinstance(part, Await) or part.then_read:
            break
    return tuple(stage), None


def _end(output: str) -> str:
    """The last lines of an output, short enough for a sentence."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " / ".join(lines[-2:])[-300:] or "(no output)"
