"""A run's tables for the eye: static HTML that needs no style sheet, and plain text.

The archive is read for years in places that strip styles (JupyterLab does so in a notebook it does not trust), and is
printed in grey.  So every outcome is said in words and by a sign of its own; a tint is only added.
"""

import html
import math
import unicodedata
from pathlib import Path
from typing import Final, Protocol

import pandas as pd

from runbook_lib.record.summary import changes, language_of, outcome_so_far, run_outcome, run_row
from runbook_lib.record.tables import differences, steps
from runbook_lib.run.display import SIGNS
from runbook_lib.run.journal import Journal, read_events
from runbook_lib.wording import say, say_value

_TINTS: Final = {
    "ok": "transparent",
    "changed": "rgba(29,110,190,.14)",
    "differs": "rgba(230,180,0,.22)",
    "skipped": "rgba(128,128,128,.10)",
    "waiting": "rgba(130,70,180,.22)",
    "interrupted": "rgba(200,110,20,.38)",
    "failed": "rgba(190,30,20,.42)",
    "not run": "transparent",
}
"""Laid over the page's own background, light or dark; the worse, the stronger, so that it survives a grey printer."""

_HEADINGS: Final = {
    "step": "Step", "state": "State", "outcome": "Outcome", "reason": "Reason", "requirement": "Requirement",
    "role": "Role", "verb": "Verb", "commands": "Commands", "seconds": "Seconds", "started": "Started (UTC)",
    "key": "Value", "before": "Before", "desired": "Desired", "after": "After",
}  # fmt: skip

_SHORT: Final = frozenset({"step", "outcome", "role", "commands", "seconds"})
"""Columns whose values are never broken."""

_TRANSLATED: Final = frozenset({"state", "reason", "role", "key"})
"""Columns whose texts are the library's own sentences."""

_CELL: Final = (
    "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere;max-width:34em;padding:2px 6px;"
    "border:1px solid var(--jp-border-color1,#b0b0b0)"
)
_HEAD: Final = (
    f"{_CELL};position:sticky;top:0;background-color:var(--jp-layout-color2,#eeeeee);"
    "color:var(--jp-content-font-color1,#000000)"
)
_STYLE: Final = (
    "<style>@media screen{.runbook-table{max-height:70vh;overflow:auto}}"
    "@media print{.runbook-table{max-height:none;overflow:visible}.runbook-table th{position:static}"
    ".runbook-table tr{break-inside:avoid;-webkit-print-color-adjust:exact;print-color-adjust:exact}}</style>"
)
"""A long table scrolls in a box of its own under its headings, and is printed whole; a viewer that strips styles shows
it whole as well."""


class Recorded(Protocol):
    """Anything that keeps a journal, such as a run."""

    @property
    def journal(self) -> Journal:
        """Where its events are."""


def show_record(run_or_path: Recorded | Path | str) -> None:
    """Show the steps of a run and what differed, where the call stands in the notebook.

    Args:
        run_or_path: a run, or the path of a journal.
    """
    from IPython.display import display  # only a notebook has it

    journal = Path(run_or_path) if isinstance(run_or_path, Path | str) else run_or_path.journal.path
    for bundle in record_displays(journal):
        display(bundle, raw=True)  # type: ignore[no-untyped-call]


def record_displays(journal: Path, language: str = "") -> list[dict[str, str]]:
    """The two displays of `show_record`, each a MIME bundle with text/html and text/plain.

    A run that is still going on is told by its steps so far.

    Args:
        journal: of the run.
        language: "ja" or "en", the one that comes first; "" takes that of the site, as the journal says.
    """
    events = list(read_events(journal))
    language = language or language_of(events)
    ended = any(event["event"] == "notebook.ended" for event in events)
    outcome = run_outcome(events) if ended else outcome_so_far(events)
    row = run_row(journal)
    mode = {True: "apply", False: "plan"}.get(row["apply"], "")
    words = [say(language, f"Chapter {row['chapter']}") if row["chapter"] else "", row["node"]]
    words += [_both(language, mode), row["change"], _outcome(language, outcome)]
    words += [say(language, f"{changes(events)} changed"), row["note"]]
    title = " · ".join(word for word in words if word)
    step_table = steps(journal)[["step", "state", "outcome", "reason", "role", "requirement", "commands", "seconds"]]
    return [
        _bundle(language, f"{_both(language, 'Steps')}: {title}", step_table, "No step was begun."),
        _bundle(
            language,
            _both(language, "Differences (before, desired, after)"),
            differences(journal),
            "Nothing differed from what is desired.",
        ),
    ]


def _both(language: str, text: str) -> str:
    """*text* in the language of the site and in the other one, as far as it has a translation."""
    japanese = say("ja", text)
    if japanese == text or not text:
        return text
    return f"{japanese} {text}" if language == "ja" else f"{text} {japanese}"


def _bundle(language: str, title: str, table: pd.DataFrame, nothing: str) -> dict[str, str]:
    if table.empty:
        said = _both(language, nothing)
        return {
            "text/html": f"<p><b>{html.escape(title)}</b><br>{html.escape(said)}</p>",
            "text/plain": f"{title}\n{said}",
        }
    shown = table.map(_text)
    for name in {"before", "desired", "after"} & set(table.columns):
        shown[name] = [say_value(language, _value(value)) for value in table[name]]
    for name in _TRANSLATED & set(table.columns):
        shown[name] = [say(language, value) for value in shown[name]]
    if "outcome" in shown:
        shown["outcome"] = [_outcome(language, outcome) for outcome in table["outcome"]]
    return {"text/html": _html(language, title, table, shown), "text/plain": f"{title}\n{_aligned(shown)}"}


def _html(language: str, title: str, table: pd.DataFrame, shown: pd.DataFrame) -> str:
    styles = [_CELL + (";white-space:nowrap" if name in _SHORT else "") for name in table.columns]
    heads = "".join(
        f'<th scope="col" style="{_HEAD}">{_two_lines(language, _HEADINGS.get(name, name))}</th>'
        for name in table.columns
    )
    lines = []
    for number, row in enumerate(shown.itertuples(index=False)):
        outcome = str(table["outcome"].iloc[number]) if "outcome" in table else ""
        tint = _TINTS.get(outcome, "transparent")
        cells = "".join(
            f'<td style="{style}">{html.escape(value)}</td>' for style, value in zip(styles, row, strict=True)
        )
        lines.append(f'<tr style="background-color:{tint};color:var(--jp-content-font-color1,#000000)">{cells}</tr>')
    counted = f" · {len(lines)}" if len(lines) > _COUNTED_FROM else ""
    return (
        f"{_STYLE}<p><b>{html.escape(title)}</b>{counted}</p>\n"
        f'<div class="runbook-table" tabindex="0" role="region" aria-label="{html.escape(title, quote=True)}">'
        '<table border="1" style="border-collapse:collapse;font-size:90%">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody>\n</table></div>"
    )


def _two_lines(language: str, text: str) -> str:
    """A heading in the language of the site, in the other one below it; a narrow column breaks neither."""
    japanese = say("ja", text)
    lines = (text,) if japanese == text else (japanese, text) if language == "ja" else (text, japanese)
    return "<br>".join(f'<span style="white-space:nowrap">{html.escape(line)}</span>' for line in lines)


_COUNTED_FROM: Final = 20
"""The number of rows is said of tables that do not fit on a screen."""


def _outcome(language: str, outcome: str) -> str:
    sign = SIGNS.get(outcome, "!" if outcome == "interrupted" else "")
    return f"{sign} {_both(language, outcome)}".strip()


def _text(value: object) -> str:
    """A step's figure or sentence; what there is none of stays blank."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _value(value: object) -> str:
    """What was read on a node: nothing is left blank, so that absence is not mistaken for an empty text."""
    if isinstance(value, list | tuple):
        return "\n".join(map(_value, value)) or "(empty 空)"
    if value is None:
        return "(none なし)"
    return str(value) or "(empty 空)"


def _aligned(shown: pd.DataFrame) -> str:
    """The table in columns of text; a Japanese character is two columns wide."""
    lines = [list(shown.columns), *([_one_line(value) for value in row] for row in shown.itertuples(index=False))]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    padded = (
        [value + " " * (width - _width(value)) for value, width in zip(line, widths, strict=True)] for line in lines
    )
    return "\n".join("  ".join(line).rstrip() for line in padded)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _one_line(text: str, width: int = 80) -> str:
    line = " / ".join(text.splitlines())
    return line if len(line) <= width else line[: width - 1] + "…"
