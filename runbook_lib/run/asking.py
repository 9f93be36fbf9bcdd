"""Asking a person: what has to be so before anything is done, and how to enter what nothing can read."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from runbook_lib.node import NodeFacts
from runbook_lib.parameters import Site, project_folder
from runbook_lib.run.journal import Journal
from runbook_lib.run.outcome import StateReport, difference
from runbook_lib.states.state import Act, Await, Blocked, ByHand, Plan, State


@dataclass(frozen=True)
class Unmet:
    """A state that has to hold first and does not.

    Attributes:
        difference: what is not as it must be, in words.
        by_hand: what a person can do for it; None where that is not a person's to do.
    """

    difference: str
    by_hand: ByHand | None


def unmet_of(requires: Sequence[State[Any]], actuals: Sequence[Any], facts: NodeFacts) -> list[Unmet]:
    """Which of *requires* do not hold, given what each of them read."""
    unmet = []
    for state, actual in zip(requires, actuals, strict=True):
        if wrong := difference(state.rows(actual, facts)):
            by_hand = [part for part in state.plan(actual, facts) if isinstance(part, ByHand)]
            unmet.append(Unmet(wrong, by_hand[0] if by_hand else None))
    return unmet


def only_waits(plan: Plan) -> bool:
    """Whether a plan begins with waiting, for which nothing else has to hold."""
    return bool(plan) and isinstance(plan[0], Await)


class Asker(Protocol):
    """What asking needs of a run."""

    node: str
    change: str
    journal: Journal

    @property
    def site(self) -> Site:
        """The site's parameters."""


def ask(run: Asker, step: str, by_hand: ByHand) -> str:
    """Say what a person is to do and, where nothing can be read afterwards, the command by which they vouch for it."""
    node = "" if by_hand.whole_cluster else run.node
    command = confirm_command(run.site, by_hand.key, run.change, node) if by_hand.key else ""
    run.journal.append(
        "person.asked", step=step, what=by_hand.what, check=by_hand.check, key=by_hand.key, node=node, command=command
    )
    if not by_hand.key:
        return f"{by_hand.what} Then {by_hand.check}: run this chapter again."
    run.journal.append("confirmation.asked", step=step, key=by_hand.key, node=node, what=by_hand.check, command=command)
    return (
        f"{by_hand.what} Nothing can be read of it, so say that it is so by typing: {command} - and run this chapter "
        f"again in change {run.change}."
    )


def what_first(unmet: Sequence[Unmet], asked: Callable[[ByHand], str]) -> str:
    """What has to be so first, and what a person can do for it; *asked* asks."""
    wrong = "; ".join(guard.difference for guard in unmet)
    return " ".join([f"First: {wrong}.", *(asked(guard.by_hand) for guard in unmet if guard.by_hand)])


def propose(run: Asker, step: str, report: StateReport, plan: Plan, unmet: Sequence[Unmet]) -> None:
    """With ``apply=False``: enter what would be done into *report*, or what stands in the way."""
    report.outcome = "differs"
    if unmet and not only_waits(plan):
        # What earlier steps will have done is not there to be read yet, so any command named now would be a guess.
        report.reason = (
            f"{what_first(unmet, partial(ask, run, step))} What is to be done is decided from what is read then."
        )
        return
    report.commands = [act.recorded for act in plan if isinstance(act, Act)]
    reasons = [part.reason for part in plan if isinstance(part, Blocked)]
    reasons += [f"Still to {part.why}." for part in plan if isinstance(part, Await)]
    reasons += [f"By hand: {ask(run, step, part)}" for part in plan if isinstance(part, ByHand)]
    report.reason = " ".join(reasons)


def confirm_command(site: Site, key: str, change: str, node: str) -> str:
    """The command that enters a confirmation; who types it fills in the two words in capitals."""
    name = site.name if site.path.parent == project_folder() / "parameters" else shlex.quote(str(site.path))
    place = f" --node {node}" if node else ""
    return f"runbook confirm {name} {key} --change {change}{place} --by NAME --note TEXT"
