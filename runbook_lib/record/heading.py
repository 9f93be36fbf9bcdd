"""What stands at the top of a record: which run this is, what it may do, and which runs there were before."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from runbook_lib.record.summary import Row, run_row
from runbook_lib.run.display import SIGNS, show_text
from runbook_lib.run.journal import Journal, journals, read_events
from runbook_lib.wording import both, say

_SHOWN: Final = 5
"""Earlier runs that have a line each."""

_NEVER_ENDED: Final = "Its end was never recorded."


def show_heading(journal: Journal, language: str = "en") -> None:
    """Show the heading of the run that keeps *journal*, where the call stands in the notebook.

    Args:
        journal: of a run that has been opened.
        language: of the site, "ja" or "en"; English stands beside it.
    """
    show_text(heading_text(journal.path, language), heading_html(journal.path, language))


def heading_text(journal: Path, language: str) -> str:
    """The heading as lines."""
    opened = _opened(journal)
    lines = [_both(language, _what(opened)), *(f"{name}: {value}" for name, value in _facts(opened, journal, language))]
    before, more = earlier_runs(journal, opened)
    if before:
        lines.append(f"{_both(language, _EARLIER)}:")
        lines += [f"  {line}" for line in _lines(before, more, language)]
    return "\n".join(lines)


def heading_html(journal: Path, language: str) -> str:
    """The heading as one block of static HTML, everything escaped."""
    opened = _opened(journal)
    facts = "<br>".join(
        f"{html.escape(name)}: {html.escape(value)}" for name, value in _facts(opened, journal, language)
    )
    before, more = earlier_runs(journal, opened)
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in _lines(before, more, language))
    earlier = f"<div>{html.escape(_both(language, _EARLIER))}:</div><ul>{lines}</ul>" if before else ""
    return (
        '<div class="runbook-heading" style="border-left:4px solid currentColor;padding-left:8px">'
        f"<b>{html.escape(_both(language, _what(opened)))}</b><br>{facts}{earlier}</div>"
    )


def earlier_runs(journal: Path, opened: Mapping[str, Any]) -> tuple[list[Row], int]:
    """The last runs of the same chapter on the same node in the same change, oldest first, and how many there are more.

    *opened* is the ``run.opened`` of *journal*, which is not among them.
    """
    same = ("chapter", "node", "site", "change")
    rows = [run_row(path) for path in journals(journal.parent) if path != journal]
    rows = [row for row in rows if row["started"] and all(row[name] == opened.get(name) for name in same)]
    rows.sort(key=lambda row: row["started"])
    return rows[-_SHOWN:], max(0, len(rows) - _SHOWN)


_EARLIER: Final = "Earlier runs of this chapter on this node in this change"


def _what(opened: Mapping[str, Any]) -> str:
    where = f"Chapter {opened.get('chapter')} on {opened.get('node')}"
    if opened.get("apply"):
        return f"{where}: it may change what is not as it must be"
    return f"{where}: it only reads, and changes nothing"


def _facts(opened: Mapping[str, Any], journal: Path, language: str) -> list[tuple[str, str]]:
    facts = (
        ("change", opened.get("change")),
        ("note", opened.get("note")),
        ("only these steps", ", ".join(opened.get("only") or ())),
        ("operator", opened.get("operator")),
        ("journal", journal.name),
    )
    return [(_both(language, name), str(value)) for name, value in facts if value]


def _lines(rows: list[Row], more: int, language: str) -> list[str]:
    lines = [say(language, f"and {more} before them")] if more else []
    for row in rows:
        outcome, reason = row["outcome"], row["reason"]
        if outcome == "interrupted" and reason == _NEVER_ENDED:
            outcome, reason = "not ended", ""
        words = [
            f"{row['started']:%Y-%m-%d %H:%M:%S} UTC",
            say(language, "apply" if row["apply"] else "plan"),
            row["only"],
            f"{SIGNS.get(outcome, '!')} {say(language, outcome)}",
            say(language, reason),
        ]
        lines.append(" · ".join(word for word in words if word))
    return lines


def _opened(journal: Path) -> Mapping[str, Any]:
    return next((event for event in read_events(journal) if event["event"] == "run.opened"), {})


def _both(language: str, text: str) -> str:
    return " · ".join(filter(None, both(language, text)))
