"""What a verb shows under its cell: one table for the states, one for what differs, and the commands.

Everything is static HTML beside plain text, so that a saved notebook shows it in any viewer and on paper; the outcome
is a word and a sign, never a colour alone.  Sentences are in the language of the site; the journal beside the notebook
has the English of each.  Outcomes are in both languages, so that either can be searched for.
"""

import html
import sys
import time
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from runbook_lib.run.outcome import CUT_SHORT, StateReport, StepReport
from runbook_lib.wording import both, say, say_value

SIGNS: Final = {"ok": "✓", "changed": "●", "differs": "△", "skipped": "–", "waiting": "‖", "failed": "✗"}
"""One sign for each outcome."""

_COMMANDS_SHOWN = 12
_REDRAWN_S: Final = 1.0
_PRINTED_S: Final = 10.0
_VALUE = '<code style="white-space:pre-wrap">'
"""A value may have lines, as the difference of a file does."""


def show(report: StepReport, language: str = "en") -> None:
    """Show a report under the cell that made it, in *language*; as plain text where there is no notebook."""
    show_text(as_text(report, language), as_html(report, language))


def show_text(text: str, as_html: str = "") -> None:
    """Show *text* under the cell, as HTML where that is given and this is a notebook."""
    if not _in_notebook():
        print(text, flush=True)
        return
    from IPython.display import display

    shown = {"text/html": as_html or f"<div>{_text(text)}</div>", "text/plain": text}
    display(shown, raw=True)  # type: ignore[no-untyped-call]


def as_text(report: StepReport, language: str = "en") -> str:
    """The report as lines for a terminal."""
    sign, outcome = _outcome(report.outcome, report.message)
    lines = [say(language, f"{report.step} on {report.node}: {sign} {outcome} ({report.seconds:.1f} s)")]
    for state in report.states:
        sign, outcome = _outcome(state.outcome, state.reason)
        lines.append(f"  {sign} {padded(say(language, outcome), 8)} {say(language, state.state)}")
        if state.reason:
            lines.append(f"      {say(language, state.reason)}")
        lines += [f"      {key} · {' → '.join(values)}" for key, *values in _changes(state, language)]
        lines += [f"      > {command}" for command in _few(state.commands, language)]
    return "\n".join(lines)


def as_html(report: StepReport, language: str = "en") -> str:
    """The report as one block of static HTML, everything escaped."""
    rows = "".join(_state_html(state, language) for state in report.states)
    sign, outcome = _outcome(report.outcome, report.message)
    head = (
        f"<b>{_text(report.step)}</b> · {_text(report.node)} · {sign} "
        f"<b>{_text(_both(language, outcome))}</b> · {report.seconds:.1f} {say(language, 's')}"
    )
    heads = "".join(
        f"<th>{_text(say(language, name))}</th>" for name in ("outcome", "state", "as it was → as it must be")
    )
    return (
        f'<div class="runbook-step">{head}<table style="text-align:left"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def width(text: str) -> int:
    """How many columns *text* takes on a terminal, where a Japanese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, columns: int) -> str:
    """*text* with blanks after it, up to so many columns."""
    return text + " " * (columns - width(text))


def _outcome(outcome: str, reason: str) -> tuple[str, str]:
    """The sign and the word for an outcome; what was stopped while it was carried out has not failed."""
    return ("!", "interrupted") if reason.startswith(CUT_SHORT) else (SIGNS[outcome], outcome)


def _both(language: str, word: str) -> str:
    return " ".join(filter(None, both(language, word)))


def _state_html(state: StateReport, language: str) -> str:
    cell = '<td style="text-align:left;vertical-align:top;overflow-wrap:anywhere">'
    reason = f"<br><i>{_text(say(language, state.reason))}</i>" if state.reason else ""
    changes = "<br>".join(
        f"{_text(key)} · {' → '.join(f'{_VALUE}{_text(value)}</code>' for value in values)}"
        for key, *values in _changes(state, language)
    )
    commands = "".join(f"<br><code>&gt; {_text(command)}</code>" for command in _few(state.commands, language))
    sign, outcome = _outcome(state.outcome, state.reason)
    return (
        f'<tr><td style="text-align:left;vertical-align:top;white-space:nowrap">{sign} '
        f"{_text(_both(language, outcome))}</td>"
        f"{cell}{_text(say(language, state.state))}{reason}{commands}</td>{cell}{changes}</td></tr>"
    )


def _changes(state: StateReport, language: str) -> Iterable[tuple[str, ...]]:
    """Key, then the value as it was and as it became (or, where nothing was done, would become)."""
    for row in state.differences:
        names = ("key", "before", "desired", "after")
        key, before, desired, after = (_said(language, name, row[name]) for name in names)
        if not row["differed"]:
            yield (key, after) if before == after else (key, before, after)
        elif not state.after or after == desired:
            yield key, before, desired
        else:
            yield key, before, say(language, f"{after} (expected {desired})")


def _few(commands: list[str], language: str) -> list[str]:
    if len(commands) <= _COMMANDS_SHOWN:
        return commands
    more = say(language, f"… and {len(commands) - _COMMANDS_SHOWN} more (all are in the journal)")
    return [*commands[:_COMMANDS_SHOWN], more]


def _said(language: str, name: str, value: object) -> str:
    text = "not there" if value is None else str(value)
    return say(language, text) if name == "key" else say_value(language, text)


def _text(value: str) -> str:
    return html.escape(value, quote=True)


def _in_notebook() -> bool:
    """Whether this is a kernel; another program may have imported ipykernel too, to start one."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return "ipykernel" in sys.modules and shell is not None and shell() is not None


class OneLine:
    """One line under the cell that says how far something long is, put in place of the former one.

    On a terminal, where nothing can be put in place of another line, the lines are printed, ten seconds apart.
    """

    def __init__(self, node: str, why: str, language: str = "en") -> None:
        self._label = f"{node}: {say(language, why)}"
        self._language = language
        self._told = time.monotonic()
        self._shown: Any = None

    def tell(self, text: str) -> None:
        """Show *text* after the label, if the former line has been seen for long enough."""
        now = time.monotonic()
        in_notebook = _in_notebook()
        if now - self._told < (_REDRAWN_S if in_notebook else _PRINTED_S):
            return
        self._told = now
        line = f"{self._label}: {say(self._language, text)}"
        if not in_notebook:
            print(line, flush=True)
            return
        from IPython.display import display

        shown = {"text/plain": line, "text/html": f"<div>{_text(line)}</div>"}
        if self._shown is None:
            self._shown = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._shown.update(shown, raw=True)
