"""Gives the cells to a kernel, one after the other, and says how that ended.

The kernel talks over sockets in a private folder (ipc) where the system has them: over TCP other users of the machine
could read along.  It gets the journal's path in its environment, and is gone when `run` returns.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.exceptions import PapermillExecutionError

from runbook_lib.engine.ending import Ending, is_run, why_stopped
from runbook_lib.engine.notebook_record import NotebookRecord
from runbook_lib.engine.signals import StopSignals, as_exception
from runbook_lib.engine.tail import JournalTail
from runbook_lib.run.chosen import STEPS_VARIABLE

GRACE_SECONDS: Final = 3.0
"""So long may a cell take to end by itself after it was interrupted; then its kernel is killed."""

_OURS: Final = ("RUNBOOK_JOURNAL", STEPS_VARIABLE)
"""Variables by which a kernel is told of its own run; never those of another run that this process may be part of."""

_TICK_SECONDS: Final = 0.1
_LONGEST_SOCKET_PATH: Final = 90  # the system's limit is 104 to 108 bytes, and "-1" to "-5" is appended


class RunbookClient(PapermillNotebookClient):  # type: ignore[misc]
    """One run of one notebook.

    Args:
        record: where what happens is written.
        signals: the stop signals, already being caught.
        tail: asked regularly whether the journal has grown.
        cell_seconds: how long one cell may take; None: as long as it likes.
        only: the steps that alone are carried out; all when empty.
    """

    def __init__(
        self,
        record: NotebookRecord,
        signals: StopSignals,
        tail: JournalTail,
        cell_seconds: float | None,
        only: Sequence[str] = (),
        **options: Any,  # noqa: ANN401 - nbclient's own
    ) -> None:
        super().__init__(record, timeout=None, iopub_timeout=30, **options)
        self._record = record
        self._signals = signals
        self._tail = tail
        self._cell_seconds = cell_seconds
        self._only = only
        self._folder = Path(tempfile.mkdtemp(prefix="runbook-"))
        self._current: int | None = None
        self._stopping: Ending | None = None
        self._work: asyncio.Task[Ending] | None = None

    def run(self) -> Ending:
        """Run every cell until one stops the run; the kernel is gone afterwards.  Raises nothing of the run's own."""
        if not _loop_is_busy():
            return self._run_here()
        with ThreadPoolExecutor(1) as elsewhere:
            return elsewhere.submit(self._run_here).result()

    def create_kernel_manager(self) -> AsyncKernelManager:
        """A kernel of the notebook's kind, reachable by this user alone where the system can do that."""
        private = {"transport": "ipc", "ip": str(self._folder / "k")}
        fits = sys.platform != "win32" and len(os.fsencode(self._folder / "k")) <= _LONGEST_SOCKET_PATH
        return AsyncKernelManager(
            kernel_name=self.kernel_name,
            config=self.config,
            connection_file=str(self._folder / "kernel.json"),
            **(private if fits else {}),
        )

    def _run_here(self) -> Ending:
        self.reset_execution_trackers()
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                return runner.run(self._run())
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _run(self) -> Ending:
        loop = asyncio.get_running_loop()
        self._work = asyncio.ensure_future(self._all_cells())
        ticking = asyncio.ensure_future(self._tick())

        def listen(name: str) -> None:
            loop.call_soon_threadsafe(self._stop_for, name)

        self._signals.listener = listen
        if self._signals.received:
            self._stop_for(self._signals.received)
        heeded = False
        try:
            ending = await self._work
            heeded = True
        except (asyncio.CancelledError, Exception) as error:  # noqa: BLE001 - the engine raises it, after the record
            ending = self._stopping or self._ended_by(error)
        self._signals.listener = None
        ending = replace(ending, cell=self._current)
        if self._current is not None:
            self._close_cell(ending)
        if (
            self.km is not None
        ):  # an idle kernel may close its connections to the node; one that heeds nothing is killed
            self.shutdown_kernel = "graceful" if heeded else "immediate"
            await self._async_cleanup_kernel()
        ticking.cancel()
        self._tail.hand_on()
        return ending

    async def _all_cells(self) -> Ending:
        self.km = self.create_kernel_manager()
        await self.async_start_new_kernel(env=self._environment())
        await self.async_start_new_kernel_client()
        reply = await self.async_wait_for_reply(self.kc.kernel_info())
        if reply:
            self.nb.metadata["language_info"] = reply["content"]["language_info"]
        for index, cell in enumerate(self.nb.cells):
            skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
            if skipped or not is_run(cell):
                self._record.cell_ends(cell, index, "skipped" if skipped and is_run(cell) else "completed")
                continue
            await self._one_cell(cell, index)
            if self._stopping:
                return self._stopping
        self.set_widgets_metadata()
        return Ending()

    async def _one_cell(self, cell: NotebookNode, index: int) -> None:
        self._current = index
        self._record.cell_begins(cell, index)
        loop = asyncio.get_running_loop()
        seconds = self._cell_seconds
        too_long = loop.call_later(seconds, self._stop_too_long, cell, seconds) if seconds else None
        try:
            await self.async_execute_cell(cell, index)
        except CellExecutionError as error:
            if not self._stopping:
                self._stopping = _ended_by_cell(cell, index, error)
            return
        finally:
            if too_long:
                too_long.cancel()
        self._record.cell_ends(cell, index, "completed")
        self._current = None

    def _stop_for(self, name: str) -> None:
        journal = self._record.journal.path if self._record.journal else None
        self._stop(Ending("interrupted", why_stopped(name, journal), error=as_exception(name)))

    def _stop_too_long(self, cell: NotebookNode, seconds: float) -> None:
        error = CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", round(seconds), cell)
        self._stop(Ending("failed", f"The cell ran longer than the {seconds:g} s it may take.", error=error))

    def _stop(self, ending: Ending) -> None:
        """End the run: its cell is interrupted and has a moment to write its journal; asked twice, it has none."""
        assert self._work is not None  # noqa: S101 - only called from within _run
        if self._stopping or self._current is None:
            self._stopping = self._stopping or ending
            self._work.cancel()
            return
        self._stopping = ending
        self._record.snapshot(now=True)
        asyncio.ensure_future(self.km.interrupt_kernel())  # noqa: RUF006 - it ends with the kernel
        asyncio.get_running_loop().call_later(GRACE_SECONDS, self._work.cancel)

    def _ended_by(self, error: BaseException) -> Ending:
        if isinstance(error, DeadKernelError):
            return Ending(
                "failed", f"The kernel died{self._how_it_died()}; the cell's work stopped there.", error=error
            )
        if self._current is None:
            return Ending("failed", f"No cell could be run: {type(error).__name__}: {error}", error=error)
        return Ending("failed", f"{type(error).__name__}: {error}", error=error)

    def _how_it_died(self) -> str:
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        code = process.poll() if process else None
        if code is None:
            return ""
        return f" (killed by {signal.Signals(-code).name})" if code < 0 else f" (exit code {code})"

    def _close_cell(self, ending: Ending) -> None:
        assert ending.cell is not None  # noqa: S101 - the caller looked
        cell = self.nb.cells[ending.cell]
        if not any(output.output_type == "error" for output in cell.outputs):
            name = type(ending.error).__name__
            told = {"ename": name, "evalue": ending.reason, "traceback": [f"{name}: {ending.reason}"]}
            cell.outputs.append(new_output("error", **told))
        self._record.cell_ends(cell, ending.cell, ending.status)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self._tail.hand_on()
            self._record.snapshot()

    def _environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if name not in _OURS}
        environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a warning about frozen modules, not meant for a record
        if self._record.journal:
            environment["RUNBOOK_JOURNAL"] = str(self._record.journal.path)
        if self._only:
            environment[STEPS_VARIABLE] = " ".join(self._only)
        return environment


def _ended_by_cell(cell: NotebookNode, index: int, error: CellExecutionError) -> Ending:
    status = {"Waiting": "waiting", "KeyboardInterrupt": "interrupted"}.get(error.ename, "failed")
    told: list[str] = next((output.traceback for output in cell.outputs if output.output_type == "error"), [])
    reason = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
    failure = PapermillExecutionError(
        cell_index=index,
        exec_count=cell.execution_count,
        source=cell.source,
        ename=error.ename,
        evalue=error.evalue,
        traceback=told,
    )
    return Ending(status, reason, index, failure)


def _loop_is_busy() -> bool:
    """Whether this thread's event loop is running our caller, as it is in a notebook's kernel."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
