"""What a verb found and did: one `StateReport` for each state, one `StepReport` for the call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from runbook_lib.errors import NotApplied, NotConfirmed, StepError, Waiting
from runbook_lib.run.journal import OUTCOMES
from runbook_lib.states.state import ANY, Row

CUT_SHORT: Final = "interrupted ("
"""How the reason of a state begins that was being made true when the run was stopped: nobody knows how it stands."""


def _shown(value: object) -> object:
    return None if value is ANY else value


def difference(rows: Iterable[Row]) -> str:
    """What differs, in words; empty when nothing does."""
    return "; ".join(
        f"{row.key} is {_words(row.actual)}, expected {_words(row.desired)}" for row in rows if row.differs
    )


def _words(value: object) -> str:
    return "not there" if value is None else str(value)


@dataclass
class StateReport:
    """One state in one step.

    Attributes:
        state: its title.
        outcome: one of `OUTCOMES`.
        reason: why, where the outcome alone does not say it.
        before, after: the rows as first and as last read; *after* is empty unless something was done.
        commands: the command lines that were run or, with ``apply=False``, would be.
        seconds: from the first reading to the last.
    """

    state: str
    outcome: str = "ok"
    reason: str = ""
    before: tuple[Row, ...] = ()
    after: tuple[Row, ...] = ()
    commands: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def differences(self) -> list[dict[str, object]]:
        """The rows as the journal keeps them: those that differed before or differ now, and those only noted.

        What was only noted, and not read once more because nothing was left to compare, keeps its value.
        """
        after = {row.key: row.actual for row in self.after}
        return [
            {
                "key": row.key,
                "before": row.actual,
                "desired": _shown(row.desired),
                "after": after.get(row.key, row.actual if row.desired is ANY else None) if self.after else row.actual,
                "differed": row.differs,
            }
            for row in (*self.before, *(row for row in self.after if row.key not in {one.key for one in self.before}))
        ]


@dataclass
class StepReport:
    """What one call of a verb came to.

    Attributes:
        step: as the manual prints it, such as "5-(1)".
        node: where.
        verb: "confirm" or "ensure".
        role: "active", "standby" or "" for every node.
        requirement: ids of the requirements that this step fulfils, separated by blanks.
        apply: whether changes were allowed.
        states: a report for each state, in order.
        seconds: for the whole call.
    """

    step: str
    node: str
    verb: str
    role: str
    requirement: str
    apply: bool
    states: list[StateReport]
    seconds: float = 0.0

    @property
    def outcome(self) -> str:
        """The gravest outcome of its states."""
        return max((report.outcome for report in self.states), key=GRAVITY.index, default="ok")

    def cut_short(self, titles: Sequence[str], reason: str, outcome: str) -> None:
        """Complete a report that was cut short: the state that was under way, then those of *titles* never begun."""
        done = len(self.states)
        if done and self.states[-1].outcome == "pending":
            self.states[-1].outcome, self.states[-1].reason = outcome, reason
        elif done < len(titles):
            self.states.append(StateReport(titles[done], outcome, reason))
        for title in titles[len(self.states) :]:
            self.states.append(StateReport(title, "skipped", "not reached: the step ended before it"))

    def _ipython_display_(self) -> None:
        """Nothing: the verb has shown the report already, and IPython would show the value of a cell once more."""

    @property
    def message(self) -> str:
        """Why, for the first state with the gravest outcome."""
        return next((report.reason for report in self.states if report.outcome == self.outcome), "")


def verdict(report: StepReport) -> StepError | None:
    """What a step that may change something raises once it is recorded; None where it ended well, or only read."""
    if not report.apply:
        return None
    if report.outcome == "waiting":
        return Waiting(report.message)
    if report.outcome == "failed":
        return (NotApplied if report.verb == "ensure" else NotConfirmed)(report.message)
    return None


GRAVITY = ("skipped", "ok", "changed", "differs", "waiting", "failed")
"""The outcomes from the lightest to the gravest."""

assert set(GRAVITY) == set(OUTCOMES)  # noqa: S101  (both name the same words, in another order)
