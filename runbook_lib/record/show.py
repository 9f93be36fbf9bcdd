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

from runbook_lib.record.summary import changes, outcome_so_far, run_outcome, run_row
from runbook_lib.record.tables import differences, steps
from runbook_lib.run.display import SIGNS
from runbook_lib.run.journal import Journal, read_events

_LOOKS: Final = {
    "ok": ("#ffffff", "問題なし"),
    "changed": ("#e6f0fa", "変更済み"),
    "differs": ("#fdf3d0", "相違あり"),
    "skipped": ("#f4f4f4", "対象外"),
    "waiting": ("#efe3f7", "作業待ち"),
    "interrupted": ("#e9c7a0", "中断"),
    "failed": ("#e8a5a5", "失敗"),
    "not run": ("#ffffff", "未実行"),
}
"""Tint and Japanese word of an outcome; the worse, the darker, so that the order survives a grey printer."""

_HEADINGS: Final = {
    "step": "Step 手順", "state": "State 状態", "outcome": "Outcome 結果", "reason": "Reason 理由",
    "requirement": "Requirement 要件", "role": "Role 系", "verb": "Verb 動作", "commands": "Commands コマンド数",
    "seconds": "Seconds 秒", "started": "Started 開始 (UTC)", "key": "Value 項目", "before": "Before 実施前",
    "desired": "Desired あるべき値", "after": "After 実施後",
}  # fmt: skip

_SHORT: Final = frozenset({"step", "outcome", "role", "commands", "seconds"})
"""Columns whose values are never broken."""

_CELL: Final = (
    "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere;max-width:34em;padding:2px 6px"
)


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


def record_displays(journal: Path) -> list[dict[str, str]]:
    """The two displays of `show_record`, each a MIME bundle with text/html and text/plain.

    A run that is still going on is told by its steps so far.
    """
    events = list(read_events(journal))
    ended = any(event["event"] == "notebook.ended" for event in events)
    outcome = run_outcome(events) if ended else outcome_so_far(events)
    row = run_row(journal)
    mode = {True: "apply 適用", False: "plan 確認のみ"}.get(row["apply"], "")
    words = [f"Chapter {row['chapter']}" if row["chapter"] else "", row["node"], mode, row["change"], _outcome(outcome)]
    words += [f"{changes(events)} changed", row["note"]]
    title = " · ".join(word for word in words if word)
    step_table = steps(journal)[["step", "state", "outcome", "reason", "role", "requirement", "commands", "seconds"]]
    difference_table = differences(journal)
    nothing = "Nothing differed from what is desired. あるべき値との相違はありません。"
    return [
        _bundle(f"Steps 手順の結果: {title}", step_table, "No step was begun. 実行された手順はありません。"),
        _bundle("Differences 相違 (before, desired, after)", difference_table, nothing),
    ]


def _bundle(title: str, table: pd.DataFrame, nothing: str) -> dict[str, str]:
    if table.empty:
        return {"text/html": f"<p><b>{html.escape(title)}</b><br>{nothing}</p>", "text/plain": f"{title}\n{nothing}"}
    shown = table.map(_text)
    for name in {"before", "desired", "after"} & set(table.columns):
        shown[name] = [_value(value) for value in table[name]]
    if "outcome" in shown:
        shown["outcome"] = [_outcome(outcome) for outcome in table["outcome"]]
    return {"text/html": _html(title, table, shown), "text/plain": f"{title}\n{_aligned(shown)}"}


def _html(title: str, table: pd.DataFrame, shown: pd.DataFrame) -> str:
    styles = [_CELL + (";white-space:nowrap" if name in _SHORT else "") for name in table.columns]
    heads = "".join(f'<th style="{_CELL}">{html.escape(_HEADINGS.get(name, name))}</th>' for name in table.columns)
    lines = []
    for number, row in enumerate(shown.itertuples(index=False)):
        outcome = str(table["outcome"].iloc[number]) if "outcome" in table else ""
        tint = _LOOKS.get(outcome, ("#ffffff", ""))[0]
        cells = "".join(
            f'<td style="{style}">{html.escape(value)}</td>' for style, value in zip(styles, row, strict=True)
        )
        lines.append(f'<tr style="background-color:{tint};color:#000000">{cells}</tr>')
    return (
        f"<p><b>{html.escape(title)}</b></p>\n"
        '<table border="1" style="border-collapse:collapse;font-size:90%">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody>\n</table>"
    )


def _outcome(outcome: str) -> str:
    sign = SIGNS.get(outcome, "!" if outcome == "interrupted" else "")
    return f"{sign} {outcome} {_LOOKS.get(outcome, ('', ''))[1]}".strip()


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
