"""What is seen while chapters run: a table that lives on a terminal, plain lines anywhere else."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from runbook_lib.batch import Progress
from runbook_lib.cli.speaking import spoken
from runbook_lib.run.display import SIGNS

_STYLES: Final = {
    "ok": "green",
    "changed": "blue",
    "differs": "yellow",
    "skipped": "dim",
    "waiting": "magenta",
    "interrupted": "yellow",
    "failed": "bold red",
    "unreadable": "bold red",
}


def signed(outcome: str) -> str:
    """An outcome with its sign and colour, as rich's markup."""
    sign = SIGNS.get(outcome, "!" if outcome in ("interrupted", "unreadable") else "")
    return f"[{_STYLES.get(outcome, 'dim')}]{escape(f'{sign} {spoken(outcome)}'.strip())}[/]" if outcome else ""


class LinesView:
    """One line for each step that ends, and for each run."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def tell(self, progress: Progress) -> None:
        """Print what happened, if a reader of lines wants to know it."""
        place = escape(spoken(f"{progress.node}  chapter {progress.chapter}"))
        outcome = signed(progress.outcome)
        match progress.kind:
            case "started":
                self._line(f"{place}  {spoken('started')}")
            case "step ended":
                self._line(f"{place}  {escape(progress.step)}  {outcome}  {progress.seconds:.1f} {spoken('s')}")
            case "ended" if progress.outcome != "not started":
                self._line(f"{place}  {outcome}  {progress.seconds:.1f} {spoken('s')}")

    def _line(self, text: str) -> None:
        self._console.print(text, soft_wrap=True)


@dataclass
class _Row:
    step: str = ""
    outcome: str = ""
    doing: str = ""
    seconds: float = 0.0
    started: float | None = None


class LiveView:
    """A table with a line for every run, redrawn while it goes; gone when left."""

    def __init__(self, console: Console) -> None:
        self._rows: dict[tuple[str, str], _Row] = {}
        self._live = Live(console=console, get_renderable=self._table, refresh_per_second=4, transient=True)

    def __enter__(self) -> "LiveView":
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def tell(self, progress: Progress) -> None:
        """Put what happened into its line."""
        row = self._rows.setdefault((progress.node, progress.chapter), _Row())
        match progress.kind:
            case "started":
                row.started, row.doing = time.monotonic(), spoken("starting")
            case "step":
                row.step, row.outcome, row.doing = progress.step, "", spoken(progress.text)
            case "command" | "progress":
                row.doing = spoken(progress.text)
            case "step ended":
                row.outcome, row.doing = progress.outcome, ""
            case "ended":
                row.step, row.outcome, row.doing = "", progress.outcome, spoken(progress.text)
                row.started, row.seconds = None, progress.seconds

    def _table(self) -> Table:
        table = Table(*map(spoken, ("Node", "Chapter", "Step", "Outcome", "Seconds")), expand=True)
        table.add_column(spoken("Now"), no_wrap=True, overflow="ellipsis", ratio=1)
        for (node, chapter), row in list(self._rows.items()):
            seconds = time.monotonic() - row.started if row.started else row.seconds
            figure = f"{seconds:.0f}" if seconds else ""
            table.add_row(
                escape(node), escape(chapter), escape(row.step), signed(row.outcome), figure, escape(row.doing)
            )
        return table
