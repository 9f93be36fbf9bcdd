"""The whole change on one page: where it stands, the cluster, what happened when, what people said, and every run.

One HTML file that fetches nothing, for the approver, the auditor and the archive; it prints on A4 with everything open.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from runbook_lib.batch import all_chapters
from runbook_lib.batch.under_way import running
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import Site, project_folder
from runbook_lib.pictures.change_timeline import change_timeline_card_html
from runbook_lib.pictures.cluster import cluster_card_html
from runbook_lib.pictures.looks import look_of
from runbook_lib.pictures.run_timeline import run_timeline_card_html
from runbook_lib.pictures.scale import lasted
from runbook_lib.pictures.spans import RunSpan, run_spans, said_in
from runbook_lib.pictures.view import cluster_seen
from runbook_lib.record.summary import Row, run_row, step_rows
from runbook_lib.report.desk import PROCEDURES, desk_seen
from runbook_lib.report.matrix import matrix_html
from runbook_lib.report.standing import next_words, titled
from runbook_lib.report.templating import render
from runbook_lib.run.journal import read_events

REPORT: Final = "report.html"
"""The file's name in the folder of the change."""

_OPEN: Final = frozenset({"failed", "waiting", "interrupted", "unreadable"})
"""Runs that are shown open, when they are the last of their chapter and node."""


@dataclass(frozen=True)
class _Value:
    """One value that was not as it must be, or was changed."""

    key: str
    before: str
    now: str
    expected: str


@dataclass(frozen=True)
class _StepShown:
    """One state of one step, with what differed and what was done."""

    row: Row
    values: tuple[_Value, ...]
    commands: tuple[str, ...]


@dataclass(frozen=True)
class _RunShown:
    """One run.

    Attributes:
        span: when, where and how it ended.
        row: `run_row`.
        title: of its chapter.
        took: how long, in words.
        timeline: as HTML.
        steps: its states in order.
        is_open: whether it is shown open on a screen.
        notebook: the executed notebook's name, "" where there is none.
    """

    span: RunSpan
    row: Row
    title: str
    took: str
    timeline: str
    steps: tuple[_StepShown, ...]
    is_open: bool
    notebook: str


def write_report(site: Site, change: str, outputs: Path) -> Path:
    """Write the page of a change into its folder; its path.

    Raises:
        ParameterError: there is no such change, or it has no run on this site.
    """
    path = outputs / change / REPORT
    text = change_page(site, change, outputs)
    path.write_text(text, "utf-8")
    return path


def change_page(site: Site, change: str, outputs: Path) -> str:
    """One change on one site as one HTML page, in the language of the site.

    Args:
        site: the site; its notebooks' folder says what chapters there are.
        change: its id.
        outputs: the folder of all changes.

    Raises:
        ParameterError: there is no such change, or it has no run on this site.
    """
    folder = outputs / change
    there = sorted(path.name for path in outputs.iterdir() if path.is_dir()) if outputs.is_dir() else []
    if not change or change not in there:
        raise ParameterError(f"There is no change {change!r} in {outputs}. There are: {', '.join(there) or 'none'}.")
    language = site.language
    going = running(folder)
    live = [one.journal for one in going]
    chapters = all_chapters(project_folder() / "notebooks")
    runs = [span for span in run_spans(folder, live) if run_row(span.journal)["site"] == site.name]
    if not runs:
        raise ParameterError(f"Change {change} has no run on site {site.name}.")
    seen = desk_seen(site, chapters, folder, going)
    standing = [
        (procedure, shown, next_words(shown, language), matrix_html(shown, language))
        for procedure in PROCEDURES
        if (shown := seen.of(procedure)) and (procedure == "installation" or any(one.row for one in shown))
    ]
    titles = {chapter.number: titled(chapter, language) for chapter in chapters}
    questions = _questions(runs)
    last = {(span.chapter, span.node): span for span in runs}
    return render(
        "page.html",
        language,
        site=site,
        change=change,
        now=datetime.now(UTC),
        began=runs[0].began,
        ended=max(span.ended for span in runs),
        operators=_known(runs, "operator"),
        notes=_known(runs, "note"),
        standing=standing,
        picture=cluster_card_html(cluster_seen(folder), language),
        timeline=change_timeline_card_html(folder, language, live),
        said=[(one, questions.get((one.key, one.node), "")) for one in said_in(folder)],
        runs=[
            _shown(span, titles.get(span.chapter, ""), language, is_last=last[_place(span)] is span) for span in runs
        ],
        broken=seen.broken,
        look=look_of,
    )


def _place(span: RunSpan) -> tuple[str, str]:
    return span.chapter, span.node


def _known(runs: Sequence[RunSpan], field: str) -> list[str]:
    """What the runs say there, each once, in their order."""
    return list(dict.fromkeys(str(value) for span in runs if (value := run_row(span.journal)[field])))


def _questions(runs: Sequence[RunSpan]) -> dict[tuple[str, str], str]:
    """What the runs have asked people to attest, by key and node."""
    return {
        (str(event["key"]), str(event["node"])): str(event["what"])
        for span in runs
        if span.outcome != "unreadable"
        for event in read_events(span.journal)
        if event["event"] == "confirmation.asked"
    }


def _shown(span: RunSpan, title: str, language: str, *, is_last: bool) -> _RunShown:
    row = run_row(span.journal)
    readable = span.outcome != "unreadable"
    notebook = span.journal.with_suffix(".ipynb")
    return _RunShown(
        span,
        row,
        title,
        lasted(span.ended - span.began),
        run_timeline_card_html(span.journal, language, is_going=span.outcome == "running") if readable else "",
        tuple(_steps(list(read_events(span.journal)))) if readable else (),
        is_last and span.outcome in _OPEN,
        notebook.name if notebook.exists() else "",
    )


def _steps(events: Sequence[Mapping[str, Any]]) -> list[_StepShown]:
    ended = {(str(event["step"]), event["state"]): event for event in events if event["event"] == "state.ended"}
    shown = []
    for row in step_rows(events):
        its = ended.get((row["step"], row["state"]), {})
        rows = [one for one in its.get("differences") or () if one.get("differed") or one["before"] != one["after"]]
        commands = its.get("commands") or ()
        shown.append(
            _StepShown(
                row,
                tuple(map(_value, rows)),
                tuple(map(str, commands)) if isinstance(commands, Collection) else (),
            )
        )
    return shown


def _value(row: Mapping[str, Any]) -> _Value:
    """A value as it was and as it is; what was expected only where it is not that."""
    before, after, desired = (_words(row[name]) for name in ("before", "after", "desired"))
    return _Value(str(row["key"]), before, after, "" if after == desired or not row.get("differed") else desired)


def _words(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(_words, value))
    return "not there" if value is None else str(value)
