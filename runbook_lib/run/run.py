"""One run: one notebook on one node.  The two verbs, and everything that is the same for every state."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar

from runbook_lib.errors import NodeError, NotConfirmed, RunbookError, StepError
from runbook_lib.node import Node, NodeFacts
from runbook_lib.parameters import Site
from runbook_lib.parameters.sections import LimitsSection
from runbook_lib.run.acting import Acting
from runbook_lib.run.again import Before
from runbook_lib.run.answering import Answers
from runbook_lib.run.asking import Unmet, ask, propose, unmet_of
from runbook_lib.run.attended import tell_stopped
from runbook_lib.run.chosen import ACCEPTED_VARIABLE, accepted_in, left_out, not_agreed
from runbook_lib.run.display import show, show_text
from runbook_lib.run.history import History
from runbook_lib.run.journal import Journal
from runbook_lib.run.nodes import Nodes
from runbook_lib.run.outcome import CUT_SHORT, StateReport, StepReport, difference, verdict
from runbook_lib.run.progress import ProgressTeller
from runbook_lib.run.reading import Unreadable, read_together
from runbook_lib.run.recording import note_begin, note_end
from runbook_lib.run.seen import note_seen
from runbook_lib.states.state import ByHand, State
from runbook_lib.wording import say

S = TypeVar("S", bound=Site)
Role = Literal["", "active", "standby"]
Verb = Literal["confirm", "ensure"]


class Run(Generic[S]):
    """The run of one chapter on one node; `open_run` makes it.

    Attributes:
        site: the site's parameters.
        node: the name of the node this run works on.
        chapter: the manual's number of the chapter, as text.
        apply: False reads and changes nothing.
        change: the id of the change this run belongs to.
        journal: what has happened so far, on disk.
        only: the steps that alone are carried out; all when empty.
        facts: what the node said of itself; None in a chapter that the site skips, where no node is reached.
    """

    def __init__(
        self,
        site: S,
        node: str,
        *,
        chapter: str,
        apply: bool,
        change: str,
        journal: Journal,
        nodes: Nodes,
        only: tuple[str, ...] = (),
        attended: bool = False,
    ) -> None:
        self.site = site
        self.node = node
        self.chapter = chapter
        self.apply = apply
        self.change = change
        self.journal = journal
        self.only = only
        self._accepted = accepted_in(os.environ.get(ACCEPTED_VARIABLE))
        self.skip_reason = site.skip.get(chapter, "")
        self._nodes = nodes
        self._before = Before(
            journal, look_back=attended, change=change, chapter=chapter, node=node, apply=apply, site=site.name
        )
        history = History(journal.path.parent, change, chapter, node)
        self._answer = Answers(site, node, nodes, history, journal, applies=apply)
        self.facts: NodeFacts | None = None if self.skip_reason else nodes[node].facts

    def confirm(self, step: str, *states: State[Any], role: Role = "", requirement: str = "") -> StepReport:
        """Read whether *states* hold; never changes anything.

        Args:
            step: as the manual prints it.
            states: what must already be true.
            role: only on the "active" node, or only on a "standby"; on the others the step is skipped.
            requirement: ids of the requirements that this step fulfils, separated by blanks.

        Raises:
            NotConfirmed: one does not hold, and this run applies changes.
            NodeError: the node could not be read.
        """
        return self._step("confirm", step, states, role, requirement, ())

    def ensure(
        self,
        step: str,
        *states: State[Any],
        role: Role = "",
        requirement: str = "",
        requires: Sequence[State[Any]] = (),
    ) -> StepReport:
        """Make *states* true, in their order: read, compare, act, read again.

        With ``apply=False`` it only reads, and lists the commands it would run.

        *step*, *states*, *role* and *requirement* are those of `confirm`.

        Args:
            requires: what must hold on this node before anything is changed; read just before.

        Raises:
            NotApplied: a state does not hold after acting, or nothing may be done as things are.
            Waiting: a person must act first.
            NodeError: the node could not be read, or a command could not be run.
        """
        return self._step("ensure", step, states, role, requirement, tuple(requires))

    def close(self) -> None:
        """End the remote shells; the journal stays."""
        self._nodes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _step(
        self,
        verb: Verb,
        step: str,
        states: tuple[State[Any], ...],
        role: Role,
        requirement: str,
        requires: tuple[State[Any], ...],
    ) -> StepReport:
        """Carry one step out and record it, whatever happens: saved first, raised second."""
        started, began = time.monotonic(), datetime.now(UTC)
        report = StepReport(step, self.node, verb, role, requirement, self.apply, [])
        titles = [state.title for state in states]
        note_begin(self.journal, report, states, carried_out=not left_out(step, self.only))
        if said := self._before.said(step, titles):
            show_text(say(self.site.language, said))
        problem: BaseException | None = None
        try:
            self._fill(report, states, role, requires)
        except StepError as error:
            # A plan goes on: what an earlier chapter will bring about (the group itself, say) is not there to be read.
            problem = error if self.apply else None
            report.cut_short(titles, str(error), "failed" if self.apply else "differs")
        except (RunbookError, Unreadable) as error:
            problem = error if isinstance(error, RunbookError) else NotConfirmed(str(error))
            report.cut_short(titles, str(problem), "failed")
        except BaseException as error:  # noqa: BLE001  (also Ctrl-C: recorded, then raised again)
            problem = error
            if isinstance(error, KeyboardInterrupt):
                tell_stopped(error, step, self.node)
            report.cut_short(titles, f"{CUT_SHORT}{type(error).__name__}) before it was settled", "failed")
        report.seconds = time.monotonic() - started
        note_end(self.journal, report)
        self._before.note(step, titles, began.isoformat(), report.outcome, report.message)
        show(report, self.site.language)
        problem = problem or verdict(report)
        if isinstance(problem, StepError):
            note_seen(self)  # nothing after this step is run, so nobody else looks at how the cluster was left
        if isinstance(problem, StepError | NodeError):
            where = f"Step {step} on {self.node}: "
            text = str(problem)
            raise type(problem)(text if text.startswith(where) else where + text) from problem
        if problem is not None:
            raise problem
        return report

    def _fill(
        self, report: StepReport, states: tuple[State[Any], ...], role: Role, requires: tuple[State[Any], ...]
    ) -> None:
        skipped = self.skip_reason and f"the site skips chapter {self.chapter}: {self.skip_reason}"
        skipped = skipped or left_out(report.step, self.only)
        if not skipped and role:
            active = self._nodes.active()
            if active is None:
                group = self.site.group.name
                reason = (
                    f"Group {group} runs on no node, so none is the active one. Start it (clpgrp -s {group}) first."
                )
                outcome = "failed" if self.apply else "differs"
                report.states += [StateReport(state.title, outcome, reason) for state in states]
                return
            if (active == self.node) != (role == "active"):
                skipped = f"{self.node} is {'not ' if role == 'active' else ''}the active node ({active} is)"
        if skipped:
            report.states += [StateReport(state.title, "skipped", skipped) for state in states]
            return
        assert self.facts is not None  # noqa: S101  (only a skipped chapter has none)
        with ProgressTeller(self.journal, report.step, "", "read the node"):
            actuals = self._read((*states, *requires))
        unmet = unmet_of(requires, actuals[len(states) :], self.facts)
        acted = False
        for state, first in zip(states, actuals, strict=False):
            started = time.monotonic()
            actual = first
            if acted:
                actual, *required = self._read((state, *requires))
                unmet = unmet_of(requires, required, self.facts)
            rows = state.rows(actual, self.facts)
            one = StateReport(state.title, "pending", before=rows)
            report.states.append(one)
            self.journal.append(
                "state.read", step=report.step, state=state.title,
                actual={row.key: row.actual for row in rows}, seconds=round(time.monotonic() - started, 3),
            )  # fmt: skip
            if reason := state.left_out(self.facts):
                one.outcome, one.reason = "skipped", reason
            elif not any(row.differs for row in rows):
                one.outcome = "ok"
            elif report.verb == "confirm":
                one.outcome = "failed" if self.apply else "differs"
                one.reason = difference(rows)
            elif not self.apply:
                propose(self, report.step, one, state.plan(actual, self.facts), unmet)
            elif reason := not_agreed(state.destroys, self._accepted):
                one.outcome, one.reason = "failed", reason
            else:
                unmet_now = partial(self._unmet, requires)
                Acting(self, report.step, state, one, self._read, unmet, unmet_now).until_true(actual)
                acted = True
            one.seconds = time.monotonic() - started
            if one.outcome in ("failed", "waiting"):
                report.cut_short([state.title for state in states], "", "skipped")
                return

    def asked(self, step: str, by_hand: ByHand) -> str:
        """Ask for what only a person can do; what the record says of it."""
        return ask(self, step, by_hand)

    def _unmet(self, requires: Sequence[State[Any]]) -> Sequence[Unmet]:
        """Which of *requires* do not hold at this moment."""
        assert self.facts is not None  # noqa: S101  (only a skipped chapter has none)
        return unmet_of(requires, self._read(requires), self.facts)

    def _read(self, states: Sequence[State[Any]]) -> list[Any]:
        assert self.facts is not None  # noqa: S101  (only a skipped chapter has none)
        return read_together(states, self.facts, self._answer)

    @property
    def language(self) -> str:
        """In which people are spoken to, as the site says."""
        return self.site.language

    @property
    def limits(self) -> LimitsSection:
        """How long commands may take, as the site says."""
        return self.site.limits

    @property
    def connection(self) -> Node:
        """The node of this run, for what acts on it."""
        return self._nodes[self.node]

    @property
    def reached(self) -> tuple[Node, ...]:
        """The cluster's nodes that have answered this run, its own last."""
        return self._nodes.reached()
