"""How the run of a notebook ended."""

from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from runbook_lib.run.journal import read_events


@dataclass(frozen=True)
class Ending:
    """How the run of a notebook ended.

    Attributes:
        status: completed, failed, waiting or interrupted.
        reason: why it did not complete, a sentence or two.
        cell: index of the cell that was running; None when none was.
        error: what the caller of the engine is to be told, once the record is written.
    """

    status: str = "completed"
    reason: str = ""
    cell: int | None = None
    error: BaseException | None = None


def why_stopped(name: str, journal: Path | None) -> str:
    """Why a run ends that is stopped by the signal *name*; its journal says who has asked for that, if anyone has."""
    events = list(read_events(journal)) if journal and journal.exists() else []
    asked = next((event for event in reversed(events) if event["event"] == "stop.asked"), None)
    if asked and name == "SIGINT":
        return f"The run was stopped, as {asked['by']} asked."
    return f"The run was stopped by {'Ctrl-C' if name == 'SIGINT' else name}."


def sections(notebook: NotebookNode) -> list[str]:
    """For each cell the heading it stands under, without its number signs; '' before the first heading."""
    headings: list[str] = []
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            lines = [line.lstrip("#").strip() for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[0] if lines else heading
        headings.append(heading)
    return headings


def is_run(cell: NotebookNode) -> bool:
    """Whether the kernel is given this cell at all."""
    return cell.cell_type == "code" and bool(cell.source.strip())
