"""The engine with real kernels and real signals: what is left on disk after every way a run can end."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from runbook_lib.errors import ParameterError
from runbook_lib.record import run_outcome
from runbook_lib.run.journal import read_events

pytestmark = pytest.mark.notebook

SETUP = """\
import os, signal, sys, time
from pathlib import Path
from runbook_lib.errors import NotApplied, Waiting
from runbook_lib.run.journal import Journal
journal = Journal(Path(os.environ["RUNBOOK_JOURNAL"]))
Path(site).write_text(str(os.getpid()))
journal.append("run.opened", change="C", chapter="5", site="lab", node="node1", apply=True)
"""
STEP = """\
journal.append("step.started", step="5-(1)", verb="ensure", role="", requirement="SHARE-3", states=["moved"])
journal.append("state.ended", step="5-(1)", state="moved", verb="ensure", role="", requirement="SHARE-3",
               outcome="changed", reason="", seconds=0.1, commands=1,
               differences=[dict(key="場所", before="C:", desired="W:", after="W:")])
journal.append("step.ended", step="5-(1)", outcome="changed", seconds=0.1, message="")
"""
ACT = 'journal.append("act.started", step="5-(2)", state="gone", number=1, command="rd NVWORK", why="moved")\n'


class Bench:
    """One throw-away notebook, its record, and the process id of its kernel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "in.ipynb"
        self.out = folder / "out.ipynb"
        self.journal = folder / "out.jsonl"
        self.pid = folder / "pid"

    def write(self, *steps: str, setup: str = SETUP) -> "Bench":
        cells = [new_markdown_cell("# 5 Share"), new_code_cell("site: str = ''", metadata={"tags": ["parameters"]})]
        cells.append(new_code_cell(setup))
        for number, step in enumerate(steps, start=1):
            cells += [new_markdown_cell(f"## 5-({number}) 手順"), new_code_cell(step)]
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "runbook": {"chapter": "5"}}
        nbformat.write(new_notebook(cells=cells, metadata=metadata), self.source)
        return self

    def run(self, **options: Any) -> NotebookNode:
        papermill.execute_notebook(
            self.source, self.out, {"site": str(self.pid)}, engine_name="runbook", progress_bar=False, **options
        )
        return self.notebook

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "papermill", "--engine", "runbook", "--no-progress-bar", *options]
        return subprocess.Popen(
            [*command, "-p", "site", str(self.pid), str(self.source), str(self.out)], stderr=subprocess.PIPE, text=True
        )

    def wait_for(self, event: str, count: int = 1) -> None:
        def seen() -> bool:
            events = [each["event"] for each in self.events] if self.journal.exists() else []
            assert "notebook.ended" not in events
            return events.count(event) >= count

        wait(seen)

    @property
    def notebook(self) -> NotebookNode:
        node = nbformat.read(self.out, as_version=4)
        nbformat.validate(node)
        return node

    @property
    def events(self) -> list[dict[str, Any]]:
        return list(read_events(self.journal))

    @property
    def ended(self) -> dict[str, Any]:
        last = self.events[-1]
        assert last["event"] == "notebook.ended"
        return last

    @property
    def statuses(self) -> list[str]:
        """Of the code cells, without the one the engine adds."""
        code = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        return [cell.metadata.papermill.status for cell in code if "runbook-note" not in cell.metadata.get("tags", [])]

    @property
    def kernel_is_gone(self) -> bool:
        return not Path("/proc", self.pid.read_text()).exists()

    def text(self) -> str:
        return "\n".join(cell.source for cell in self.notebook.cells if cell.cell_type == "markdown")

    def tables(self) -> str:
        return json.dumps(self.notebook.cells[-1].outputs, ensure_ascii=False)


def wait(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    if bench.pid.exists():
        wait(lambda: bench.kernel_is_gone)


def test_run_to_the_end(bench: Bench) -> None:
    seen: list[str] = []
    node = bench.write(STEP, "None").run(watch=lambda event: seen.append(event["event"]))
    assert bench.statuses == ["completed"] * 5
    assert [cell.metadata.papermill.status for cell in node.cells] == ["completed"] * 8
    assert (node.metadata.papermill.exception, node.metadata.papermill.status) == (None, "completed")
    assert (bench.ended["status"], bench.ended["cells_run"], bench.ended["cells_not_run"]) == ("completed", 5, 0)
    assert run_outcome(bench.events) == "changed"
    assert seen[:2] == ["notebook.started", "cell.started"]
    assert seen.count("cell.ended") == 5
    assert "step.ended" in seen
    assert not [cell for cell in node.cells if "runbook-note" in cell.metadata.tags]
    assert "TCP" not in json.dumps(node)
    assert bench.kernel_is_gone


def test_failed_step(bench: Bench) -> None:
    bench.write(STEP, 'raise NotApplied("Step 5-(2) on node2: <kept>")', "print('never')")
    with pytest.raises(PapermillExecutionError) as raised:
        bench.run()
    assert (raised.value.ename, raised.value.evalue) == ("NotApplied", "Step 5-(2) on node2: <kept>")
    assert bench.statuses == ["completed"] * 4 + ["failed", "not run"]
    assert bench.notebook.metadata.papermill.exception is True
    assert bench.ended["status"] == "failed"
    assert bench.ended["reason"] == "NotApplied: Step 5-(2) on node2: <kept>"
    assert (bench.ended["stopped_at"], bench.ended["not_run"]) == ("5-(2) 手順", ["5-(3) 手順"])
    first = bench.notebook.cells[0].source
    assert "This run failed" in first
    assert "&lt;kept&gt;" in first
    assert "papermill encountered" not in bench.text()
    assert "● changed 変更済み" in bench.tables()
    assert "場所" in bench.tables()
    assert "data:image/svg+xml;base64," in bench.tables(), "a run that stopped has its pictures too"
    failed = next(cell for cell in bench.notebook.cells if cell.metadata.papermill.get("status") == "failed")
    assert failed.outputs[-1].traceback == ["NotApplied: Step 5-(2) on node2: <kept>"]


def test_waiting_is_not_failing(bench: Bench) -> None:
    bench.write('raise Waiting("Close CM GUI on node1.")', "0")
    with pytest.raises(PapermillExecutionError):
        bench.run()
    assert bench.statuses[-2:] == ["waiting", "not run"]
    assert (bench.ended["status"], run_outcome(bench.events)) == ("waiting", "waiting")


def test_dead_kernel(bench: Bench) -> None:
    bench.write(STEP, ACT + "os.kill(os.getpid(), signal.SIGKILL)", "print('never')")
    with pytest.raises(DeadKernelError):
        bench.run()
    assert bench.statuses[-2:] == ["failed", "not run"]
    assert bench.ended["status"] == "failed"
    assert "The kernel died" in bench.ended["reason"]
    assert "rd NVWORK" in bench.notebook.cells[0].source
    assert "whether it ran is not known" in bench.notebook.cells[0].source
    assert "The kernel died" in json.dumps(bench.notebook.cells)
    assert "場所" in bench.tables()


def test_cell_that_takes_too_long_may_still_write_its_journal(bench: Bench) -> None:
    slow = (
        "try:\n    time.sleep(60)\nfinally:\n    journal.append('step.ended', step='x', outcome='failed', message='')"
    )
    bench.write(STEP, slow, "print('never')")
    with pytest.raises(CellTimeoutError):
        bench.run(execution_timeout=2)
    assert bench.statuses[-2:] == ["failed", "not run"]
    assert "longer than the 2 s" in bench.ended["reason"]
    assert "step.ended" in [event["event"] for event in bench.events[-4:]]


def test_unknown_parameter_starts_nothing_and_writes_nothing(bench: Bench) -> None:
    bench.write(STEP)
    with pytest.raises(ParameterError, match="did you mean site"):
        papermill.execute_notebook(bench.source, bench.out, {"sites": "x"}, engine_name="runbook", progress_bar=False)
    assert sorted(path.name for path in bench.folder.iterdir()) == ["in.ipynb"]


def test_kernel_that_cannot_start_leaves_a_record(bench: Bench) -> None:
    with pytest.raises(Exception, match="No such kernel"):
        bench.write(STEP).run(kernel_name="nonesuch")
    assert bench.statuses == ["not run"] * 4
    assert "No cell could be run" in bench.ended["reason"]


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 1, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM")],
)
def test_stopped_from_outside(bench: Bench, number: int, code: int, said: str) -> None:
    bench.write(STEP, ACT + "time.sleep(60)", "print('never')")
    with bench.start() as process:
        bench.wait_for("act.started")
        process.send_signal(number)
        assert process.wait(20) == code
    assert bench.kernel_is_gone
    assert bench.statuses == ["completed"] * 4 + ["interrupted", "not run"]
    assert (bench.ended["status"], bench.ended["reason"]) == ("interrupted", f"The run was stopped by {said}.")
    assert run_outcome(bench.events) == "interrupted"
    assert "This run was interrupted" in bench.notebook.cells[0].source
    assert "rd NVWORK" in bench.notebook.cells[0].source
    assert "場所" in bench.tables()


def test_cell_that_does_not_heed_the_signal_is_killed(bench: Bench) -> None:
    deaf = "signal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    bench.write(deaf + ACT + "time.sleep(60)")
    with bench.start() as process:
        bench.wait_for("act.started")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    assert bench.kernel_is_gone
    assert bench.statuses[-1] == "interrupted"


def test_stopped_while_the_kernel_starts(bench: Bench) -> None:
    bench.write(STEP)
    with bench.start() as process:
        bench.wait_for("notebook.started")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    assert bench.ended["status"] == "interrupted"
    assert bench.ended["cells_run"] == bench.statuses.count("completed")


def test_engine_killed_outright_leaves_what_had_happened(bench: Bench) -> None:
    bench.write(STEP, ACT + "time.sleep(60)", "print('never')")
    with bench.start() as process:
        bench.wait_for("act.started")
        wait(lambda: bench.statuses[-2:] == ["running", "pending"])
        process.kill()
    assert bench.statuses[-2:] == ["running", "pending"]
    assert run_outcome(bench.events) == "interrupted"
    wait(lambda: bench.kernel_is_gone)


def test_papermill_alone_and_twice_into_the_same_file_keeps_the_first_journal(bench: Bench) -> None:
    bench.write(STEP)
    bench.run()
    with bench.start() as process:
        assert process.wait(30) == 0
    assert bench.statuses == ["completed"] * 4
    assert len(list(bench.folder.glob("out*.jsonl"))) == 2
    assert [event["event"] for event in bench.events].count("notebook.started") == 1


def test_notebook_is_not_written_at_every_cell(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from runbook_lib.engine.files import WholeFiles

    writes = []
    write = WholeFiles.write
    monkeypatch.setattr(WholeFiles, "write", lambda self, text, path: (writes.append(path), write(self, text, path)))
    bench.write(*["None"] * 40).run()
    assert len(writes) <= 4  # before, after, papermill's own, and one snapshot if this machine is slow


def test_runs_inside_a_running_loop(bench: Bench) -> None:
    import asyncio

    async def inside() -> NotebookNode:
        return bench.write(STEP).run()

    assert asyncio.run(inside()).metadata.papermill.status == "completed"


def test_output_to_nowhere_needs_no_journal(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_JOURNAL", "/of/another/run")
    bench.write("assert not 'reached'", setup="import os; assert 'RUNBOOK_JOURNAL' not in os.environ")
    with pytest.raises(PapermillExecutionError, match="assert not 'reached'"):
        papermill.execute_notebook(bench.source, None, engine_name="runbook", progress_bar=False)
    assert [path.name for path in bench.folder.iterdir()] == ["in.ipynb"]
