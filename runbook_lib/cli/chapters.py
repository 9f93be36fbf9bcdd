"""`runbook plan` and `runbook apply`: run the chapters, show how it goes, end with a table."""

import logging
from collections.abc import Sequence
from contextlib import nullcontext

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runbook_lib.batch import Progress, Result, find_chapters, run_chapters
from runbook_lib.cli import shown
from runbook_lib.cli.speaking import spoken
from runbook_lib.cli.watching import LinesView, LiveView, signed
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import Site, project_folder


def run_and_show(
    site: Site,
    numbers: Sequence[str],
    nodes: Sequence[str],
    change: str,
    note: str,
    steps: Sequence[str] = (),
    *,
    apply: bool,
) -> int:
    """Run chapters, or *steps* of them alone, on a site and show them on the terminal; the exit code."""
    console = terminal()
    results: list[Result] = []
    try:
        run_watched(console, results, site, numbers, nodes, change, note, steps, apply=apply)
    finally:
        if results:
            _summary(console, results)
    return exit_code(results)


def terminal() -> Console:
    """The terminal, or lines of a width that fits a log."""
    return Console(width=None if Console().is_terminal else 120, highlight=False)


def run_watched(
    console: Console,
    results: list[Result],
    site: Site,
    numbers: Sequence[str],
    nodes: Sequence[str],
    change: str,
    note: str,
    steps: Sequence[str] = (),
    *,
    apply: bool,
) -> None:
    """Run chapters, or *steps* of them alone, and show it; *results* fills as they end, also when interrupted."""
    logging.getLogger("papermill").addHandler(logging.NullHandler())  # what it warns of is in the record and the table
    folder = project_folder() / "notebooks"
    chapters = find_chapters(folder, numbers)
    if not chapters:
        raise ParameterError(f"There are no chapters in {folder}.")
    view = LiveView(console) if console.is_terminal else LinesView(console)

    def on_progress(progress: Progress) -> None:
        if progress.result:
            results.append(progress.result)
        view.tell(progress)

    with view if isinstance(view, LiveView) else nullcontext():
        run_chapters(site, chapters, nodes, apply=apply, change=change, note=note, steps=steps, on_progress=on_progress)


def exit_code(results: Sequence[Result]) -> int:
    """The worst that happened: 1 failed or interrupted, 3 waiting, 2 differs, 0 nothing left to do."""
    outcomes = {result.outcome for result in results}
    for code, names in ((1, {"failed", "interrupted", "unreadable"}), (3, {"waiting"}), (2, {"differs"})):
        if outcomes & names:
            return code
    return 0


def _summary(console: Console, results: Sequence[Result]) -> None:
    heads = ("Node", "Chapter", "Outcome", "Changed", "Seconds")
    table = Table(*map(spoken, heads))
    for result in results:
        run = result.outcome != "not started"
        figures = (str(result.changed), f"{result.seconds:.1f}") if run else ("", "")
        table.add_row(result.node, result.chapter, signed(result.outcome), *figures)
    console.print(table)
    for result in results:
        if result.reason:
            line = spoken(f"{result.node}, chapter {result.chapter}: {result.reason}")
            console.print(escape(line), soft_wrap=True)
    folders = dict.fromkeys(result.journal.parent for result in results if result.journal)
    for folder in folders:
        console.print(escape(spoken(f"Records: {shown(folder)}")), soft_wrap=True)
