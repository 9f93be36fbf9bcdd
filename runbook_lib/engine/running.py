"""What papermill calls."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.log import logger

from runbook_lib.engine.client import RunbookClient
from runbook_lib.engine.files import file_behind
from runbook_lib.engine.inputs import check_parameters, check_steps
from runbook_lib.engine.notebook_record import NotebookRecord
from runbook_lib.engine.signals import StopSignals, as_exception
from runbook_lib.engine.tail import JournalTail, Watch
from runbook_lib.run.chosen import STEPS_VARIABLE, in_text


def execute(
    nb: NotebookNode,
    kernel_name: str,
    output_path: str | None = None,
    *,
    progress_bar: bool | dict[str, Any] = True,
    log_output: bool = False,
    input_path: str | None = None,
    start_timeout: int = 60,
    execution_timeout: float | None = None,
    stdout_file: Any = None,  # noqa: ANN401
    stderr_file: Any = None,  # noqa: ANN401
    watch: Watch | None = None,
    steps: Sequence[str] | None = None,
    **_: Any,  # noqa: ANN401 - papermill passes options of other engines, such as autosave_cell_every
) -> NotebookNode:
    """Run *nb* and return it, with the arguments that papermill describes and three of its own.

    *execution_timeout* is the time in seconds one cell may take; *watch* is called with every event of the journal,
    soon after it was written, while the notebook runs; *steps* are those that alone are carried out (empty: all; None:
    those of the environment variable RUNBOOK_STEPS).  The record is written first, whatever happens, and the error
    raised second, so that papermill has nothing to add.

    Raises:
        ParameterError: a parameter is not known or of the wrong type, or a step is not in the notebook; no kernel was
            started, nothing was written.
        PapermillExecutionError: a cell raised.
        nbclient.exceptions.DeadKernelError: the kernel died.
        nbclient.exceptions.CellTimeoutError: a cell took too long.
        KeyboardInterrupt: Ctrl-C.
        SystemExit: SIGTERM (143) or SIGHUP (129).
        OSError: the record could not be written.
    """
    check_parameters(nb)
    only = in_text(os.environ.get(STEPS_VARIABLE, "")) if steps is None else tuple(dict.fromkeys(steps))
    check_steps(nb, only)
    place = output_path or nb.metadata.papermill.get("output_path")
    notebook = file_behind(place)
    journal = _fresh_journal(notebook) if notebook else None
    with StopSignals() as signals:
        record = NotebookRecord(
            nb, place, journal, snapshots=output_path is not None, progress_bar=progress_bar, log_output=log_output
        )
        record.begin(input_path, only)
        client = RunbookClient(
            record,
            signals,
            JournalTail(journal, watch),
            execution_timeout,
            only,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        ending = client.run()
        record.finish(ending)
    if ending.error:
        raise ending.error
    if signals.received:  # it came too late to stop anything, and is still the caller's wish
        raise as_exception(signals.received)
    return nb


def _fresh_journal(notebook: Path) -> Path:
    """The journal's path for a run into *notebook*; one that an earlier run left there is kept under its date."""
    journal = notebook.with_suffix(".jsonl")
    if journal.exists():
        written = datetime.fromtimestamp(journal.stat().st_mtime, UTC)
        journal.rename(journal.with_suffix(f".{written:%Y%m%dT%H%M%S%f}.jsonl"))
    return journal
