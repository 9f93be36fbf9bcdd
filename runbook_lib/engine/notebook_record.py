"""The notebook and its journal on disk while the notebook is run."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager
from papermill.iorw import write_ipynb
from papermill.log import logger

from runbook_lib.engine.ending import Ending, is_run, sections
from runbook_lib.engine.notes import add_notes, not_run_headings
from runbook_lib.run.journal import Journal

SNAPSHOT_SECONDS: Final = 2.0
"""At most so often is the notebook written while it is run; the journal has everything at once."""


class NotebookRecord(NotebookExecutionManager):  # type: ignore[misc]
    """papermill's bookkeeping in the notebook's metadata, made truthful and cheap.

    A cell's `metadata.papermill.status` is pending, running, completed, skipped (tagged so), failed, waiting,
    interrupted, or, once the run has ended, `not run`.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        output_path: str | None,
        journal: Path | None,
        *,
        snapshots: bool,
        **shown: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(notebook, output_path=output_path, autosave_cell_every=0, **shown)
        self.journal = Journal(journal) if journal else None
        self.headings = sections(notebook)
        self._snapshots = snapshots
        self._unsaved = False
        self._saved_at = 0.0
        self._numbers = {id(cell): number for number, cell in enumerate(filter(is_run, notebook.cells), start=1)}

    def begin(self, source: str | None, only: Sequence[str] = ()) -> None:
        """Everything is pending: say so on disk before anything is started; *only* are the steps asked for."""
        from runbook_lib.batch.processes import this_process  # here, because the batch imports the engine

        self.notebook_start()
        metadata = self.nb.metadata
        chapter = metadata.get("runbook", {})
        self._note(
            "notebook.started",
            notebook=str(self.output_path or ""),
            source=source if isinstance(source, str) else "",
            chapter=chapter.get("chapter"),
            title=chapter.get("title"),
            parameters=metadata.papermill.get("parameters") or {},
            cells=len(self._numbers),
            only=only,
            process=this_process(),
        )
        if self._snapshots:
            self._write()

    def cell_begins(self, cell: NotebookNode, index: int) -> None:
        """The kernel is about to be given this cell."""
        self.cell_start(cell, index)
        self._note("cell.started", cell=self._numbers[id(cell)], heading=self.headings[index])

    def cell_ends(self, cell: NotebookNode, index: int, status: str) -> None:
        """The kernel is done with this cell, or this cell was passed over."""
        begun = cell.metadata.papermill["start_time"] is not None
        cell.metadata.papermill["exception"] = status not in (self.COMPLETED, "skipped")
        if begun:
            self.cell_complete(cell, index)
        elif self.pbar:
            self.pbar.update(1)
        cell.metadata.papermill["status"] = status
        if begun:
            seconds = cell.metadata.papermill["duration"]
            number = self._numbers[id(cell)]
            self._note("cell.ended", cell=number, heading=self.headings[index], status=status, seconds=seconds)

    def finish(self, ending: Ending) -> None:
        """Write what became of the run: to the journal, then to the notebook.  OSError when the disk refuses."""
        papermill = self.nb.metadata.papermill
        self.end_time = self.now()
        papermill["end_time"] = self.end_time.isoformat()
        papermill["duration"] = (self.end_time - self.start_time).total_seconds()
        papermill["status"] = ending.status
        stopped = ending.status != "completed"
        if stopped:
            papermill["exception"] = True
            papermill["reason"] = ending.reason
        for cell in self.nb.cells:
            if cell.metadata.papermill["status"] in (self.PENDING, self.RUNNING):
                cell.metadata.papermill["status"] = "not run"
        missing = [cell for cell in self.nb.cells if is_run(cell) and cell.metadata.papermill["status"] == "not run"]
        self._note(
            "notebook.ended",
            status=ending.status,
            reason=ending.reason,
            seconds=papermill["duration"],
            cells_run=len(self._numbers) - len(missing),
            cells_not_run=len(missing),
            stopped_at="" if ending.cell is None else self.headings[ending.cell],
            not_run=not_run_headings(self.nb.cells, self.headings),
        )
        if stopped:
            add_notes(self.nb, ending, self.headings, self.journal.path if self.journal else None)
        self.complete_pbar()
        self.cleanup_pbar()
        if stopped or self._snapshots:
            self._write()

    def save(self, **_: object) -> None:
        """Remember that there is something to save: papermill calls this twice for every cell."""
        self._unsaved = True

    def autosave_cell(self, **_: object) -> None:
        """Remember the same: papermill calls this at every message from the kernel."""
        self._unsaved = True

    def snapshot(self, *, now: bool = False) -> None:
        """Write the notebook if it changed and the last time is long enough ago, or *now*.

        A snapshot that the disk refuses is logged, and the run goes on: the journal has it all, and `finish` raises.
        """
        due = now or time.monotonic() - self._saved_at >= SNAPSHOT_SECONDS
        if self._snapshots and self._unsaved and due:
            try:
                self._write()
            except OSError as error:
                logger.warning(f"The notebook could not be saved meanwhile: {error}")
                self._saved_at = time.monotonic()

    def _write(self) -> None:
        write_ipynb(self.nb, self.output_path)
        self._unsaved = False
        self._saved_at = time.monotonic()

    def _note(self, event: str, **fields: object) -> None:
        if self.journal:
            self.journal.append(event, **fields)
