"""What the journal has of a step: its beginning, and what became of each of its states."""

from collections.abc import Sequence
from typing import Any

from runbook_lib.run.journal import Journal
from runbook_lib.run.outcome import StepReport
from runbook_lib.states.state import State, lost_by


def note_begin(journal: Journal, report: StepReport, states: Sequence[State[Any]], *, carried_out: bool) -> None:
    """Journal that a step begins; *carried_out* is False where other steps alone were asked for."""
    journal.append(
        "step.started", step=report.step, verb=report.verb, role=report.role, requirement=report.requirement,
        states=[state.title for state in states], apply=report.apply,
        passing=[state.title for state in states if state.passing],
        destructive=lost_by(states) if report.verb == "ensure" and carried_out else {},
    )  # fmt: skip


def note_end(journal: Journal, report: StepReport) -> None:
    """Journal what became of a step, state by state."""
    for state in report.states:
        journal.append(
            "state.ended", step=report.step, state=state.state, verb=report.verb, role=report.role,
            requirement=report.requirement, outcome=state.outcome, reason=state.reason,
            seconds=round(state.seconds, 3), commands=state.commands, differences=state.differences,
        )  # fmt: skip
    journal.append(
        "step.ended", step=report.step, outcome=report.outcome, seconds=round(report.seconds, 3),
        message=report.message,
    )  # fmt: skip
