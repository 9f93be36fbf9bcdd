"""What a verb shows under its cell: one table for the states, one for what differs, and the commands.

Everything is static HTML beside plain text, so that a saved notebook shows it in any viewer and on paper; the outcome
is a word and a sign, never a colour alone.
"""

import html
import sys
import time
from collections.abc import Iterable
from typing import Any, Final

from runbook_lib.run.outcome import StateReport, StepReport

SIGNS: Final = {"ok": "✓", "changed": "●", "differs": "△", "skipped": "–", "waiting": "‖", "failed": "✗"}
"""One sign for each outcome."""

_COMMANDS_SHOWN = 12
_REDRAWN_S: Final = 1.0
_PRINTED_S: Final = 10.0
_VALUE = '<code style="white-space:pre-wrap">'
"""A value may have lines, as the difference of a file does."""


def show(report: StepReport) -> None:
    """Show a report under the cell that made it; as plain text where there is no notebook."""
    if not _in_notebook():
        print(as_text(report), flush=True)
        return
    from IPython.display import display

    display({"text/html": as_html(report), "text/plain": as_text(report)}, raw=True)  # type: ignore[no-untyped-call]


def as_text(report: StepReport) -> str:
    """The report as lines for a terminal."""
    lines = [f"{report.step} on {report.node}: {SIGNS[report.outcome]} {report.outcome} ({report.seconds:.1f} s)"]
    for state in report.states:
        lines.append(f"  {SIGNS[state.outcome]} {state.outcome:<8} {state.state}")
        if state.reason:
            lines.append(f"      {state.reason}")
        lines += [f"      {key} · {' → '.join(values)}" for key, *values in _changes(state)]
        lines += [f"      > {command}" for command in _few(state.commands)]
    return "\n".join(lines)


def as_html(report: StepReport) -> str:
    """The report as one block of static HTML, everything escaped."""
    rows = "".join(_state_html(state) for state in report.states)
    head = (
        f"<b>{_text(report.step)}</b> · {_text(report.node)} · {SIGNS[report.outcome]} "
        f"<b>{_text(report.outcome)}</b> · {report.seconds:.1f} s"
    )
    return (
        f'<div class="runbook-step">{head}<table style="text-align:left"><thead><tr><th>outcome</th><th>state</th>'
        f"<th>as it was → as it must be</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _state_html(state: StateReport) -> str:
    cell = '<td style="text-align:left;vertical-align:top;overflow-wrap:anywhere">'
    reason = f"<br><i>{_text(state.reason)}</i>" if state.reason else ""
    changes = "<br>".join(
        f"{_text(key)} · {' → '.join(f'{_VALUE}{_text(value)}</code>' for value in values)}"
        for key, *values in _changes(state)
    )
    commands = "".join(f"<br><code>&gt; {_text(command)}</code>" for command in _few(state.commands))
    return (
        f'<tr><td style="text-align:left;vertical-align:top;white-space:nowrap">{SIGNS[state.outcome]} '
        f"{_text(state.outcome)}</td>"
        f"{cell}{_text(state.state)}{reason}{commands}</td>{cell}{changes}</td></tr>"
    )


def _changes(state: StateReport) -> Iterable[tuple[str, ...]]:
    """Key, then the value as it was and as it became (or, where nothing was done, would become)."""
    for row in state.differences:
        key, before, desired, after = (_words(row[name]) for name in ("key", "before", "desired", "after"))
        if not row["differed"]:
            yield (key, after) if before == after else (key, before, after)
        elif not state.after or after == desired:
            yield key, before, desired
        else:
            yield key, before, f"{after} (expected {desired})"


def _few(commands: list[str]) -> list[str]:
    if len(commands) <= _COMMANDS_SHOWN:
        return commands
    return [*commands[:_COMMANDS_SHOWN], f"… and {len(commands) - _COMMANDS_SHOWN} more (all are in the journal)"]


def _words(value: object) -> str:
    return "not there" if value is None else str(value)


def _text(value: str) -> str:
    return html.escape(value, quote=True)


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules and hasattr(sys.modules.get("IPython"), "get_ipython")


class OneLine:
    """One line under the cell that says how far something long is, put in place of the former one.

    On a terminal, where nothing can be put in place of another line, the lines are printed, ten seconds apart.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._told = time.monotonic()
        self._shown: Any = None

    def tell(self, text: str) -> None:
        """Show *text* after the label, if the former line has been seen for long enough."""
        now = time.monotonic()
        in_notebook = _in_notebook()
        if now - self._told < (_REDRAWN_S if in_notebook else _PRINTED_S):
            return
        self._told = now
        line = f"{self._label}: {text}"
        if not in_notebook:
            print(line, flush=True)
            return
        from IPython.display import display

        shown = {"text/plain": line, "text/html": f"<div>{_text(line)}</div>"}
        if self._shown is None:
            self._shown = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._shown.update(shown, raw=True)
