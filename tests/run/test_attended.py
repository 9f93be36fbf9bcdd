"""Cells run by hand in a real kernel: out of order, twice, stopped in the middle, and after the kernel restarted."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

from runbook_lib.panel.server import wait_until_ready
from runbook_lib.record import run_outcome, steps
from runbook_lib.record.heading import heading_html, heading_text
from runbook_lib.run.again import Before
from runbook_lib.run.journal import Journal
from tests.clusters import ROOT, Cluster

pytestmark = [pytest.mark.wire, pytest.mark.notebook]

CELLS = [
    "".join(cell["source"]) for cell in json.loads((ROOT / "notebooks/05_share_work_folder.ipynb").read_text())["cells"]
]
SET_UP = next(cell for cell in CELLS if "= open_run(" in cell)
MOVE = next(cell for cell in CELLS if "FolderMoved(run.site.nvwork_local, run.site.nvwork_shared),\n    role" in cell)
GROUP = next(cell for cell in CELLS if "group_on_first_for_sharing(run.site)," in cell)


class Kernel:
    """A kernel as the desk starts one, and what its cells show."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "RUNBOOK_JOURNAL"}
        self.said: list[tuple[str, str]] = []
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            env={**environment, "PYTHONPATH": str(ROOT)},
            extra_arguments=["--InteractiveShellApp.extensions=runbook_lib.run.attended"],
        )
        self.client: BlockingKernelClient = self.manager.blocking_client()
        self.client.start_channels()
        wait_until_ready(self.client)

    def parameters(self, **values: object) -> None:
        self.run("\n".join(f"{name} = {value!r}" for name, value in values.items()))

    def begin(self, cell: str) -> None:
        self.client.execute(cell)

    def run(self, cell: str) -> str:
        """Everything that a cell shows, as text."""
        self.begin(cell)
        return self.shown()

    def shown(self) -> str:
        """What the cell that was begun shows, until it has ended."""
        self.said.clear()
        end = time.monotonic() + 90
        while time.monotonic() < end:
            message = self.client.get_iopub_msg(timeout=90)
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                self.said.append((kind, content["text"]))
            elif kind in ("display_data", "update_display_data", "execute_result"):
                self.said.append((kind, content["data"]["text/plain"]))
            elif kind == "error":
                self.said.append((kind, "ERROR " + "\n".join(content["traceback"])))
            elif kind == "status" and content["execution_state"] == "idle" and self._ours(message):
                return "\n".join(text for _, text in self.said)
        raise AssertionError(self.said)

    def _ours(self, message: dict[str, Any]) -> bool:
        return bool(message["parent_header"].get("msg_type") == "execute_request")

    def restart(self) -> None:
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        wait_until_ready(self.client)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(cluster: Cluster) -> Iterator[Kernel]:
    cluster.change_site(language="en")
    kernel = Kernel()
    yield kernel
    kernel.close()


def test_cell_before_the_set_up_says_what_to_run_first(kernel: Kernel) -> None:
    shown = kernel.run(MOVE)
    assert shown.startswith("ERROR Run the set-up cell first: it is the one with open_run")
    assert "Traceback" not in shown
    assert "File " not in shown
    assert "NameError" not in shown
    assert kernel.run(SET_UP).startswith("ERROR Run the cell with the parameters first")
    kernel.parameters(site="lab", node="node1", apply=False, change="C1", note="")
    kernel.run(SET_UP)
    assert "NameError" in kernel.run("rnu.ensure('5')")


def test_foreseen_error_is_one_sentence(kernel: Kernel) -> None:
    kernel.parameters(site="nowhere", node="node1", apply=False, change="C1", note="")
    shown = kernel.run(SET_UP)
    assert shown.startswith("ERROR There is no site 'nowhere'")
    assert "File " not in shown


def test_step_run_twice_says_so_and_changes_nothing(kernel: Kernel, cluster: Cluster) -> None:
    kernel.parameters(site="lab", node="node1", apply=True, change="C1", note="why")
    opened = kernel.run(SET_UP)
    assert "Chapter 5 on node1: it may change what is not as it must be" in opened
    assert "why" in opened
    assert "carried out before" not in kernel.run(GROUP)
    assert "carried out before" not in kernel.run(MOVE)
    before = cluster.changes()
    again = kernel.run(MOVE)
    assert "This step was carried out before in this run" in again
    assert cluster.changes() == before
    assert [one["event"] for one in cluster.events()].count("run.opened") == 1


def test_long_copy_is_told_on_one_line(kernel: Kernel, cluster: Cluster) -> None:
    cluster.machine("node1").files.copy_bytes_per_s = 600_000
    kernel.parameters(site="lab", node="node1", apply=True, change="C1", note="")
    kernel.run(SET_UP)
    kernel.run(MOVE)
    told = [kind for kind, text in kernel.said if "copy it beside its destination: " in text]
    assert told[0] == "display_data"
    assert set(told[1:]) == {"update_display_data"}
    assert any("of 311 files" in text and "bytes; " in text for _, text in kernel.said)


def test_step_stopped_in_the_middle_and_gone_on_with_after_a_restart(kernel: Kernel, cluster: Cluster) -> None:
    machine = cluster.machine("node1")
    machine.files.copy_bytes_per_s = 200_000
    kernel.parameters(site="lab", node="node1", apply=True, change="C1", note="")
    kernel.run(SET_UP)
    kernel.begin(MOVE)
    end = time.monotonic() + 30
    while not machine.files.exists("W:\\NVWORK.copying\\alert"):
        assert time.monotonic() < end
        time.sleep(0.05)
    kernel.manager.interrupt_kernel()
    shown = kernel.shown()
    assert "Step 5-(1) on node1 was stopped by hand." in shown
    assert "5-(1) on node1: ! interrupted" in shown
    assert "Traceback" not in shown
    assert "File " not in shown
    last = cluster.events()
    assert [one["event"] for one in last[-3:]] == ["act.ended", "state.ended", "step.ended"]
    assert list(steps(cluster.journals()[-1])["outcome"]) == ["interrupted"]
    assert run_outcome(last) == "interrupted"
    first = cluster.journals()[-1].name
    machine.files.copy_bytes_per_s = None
    kernel.restart()
    assert "Run the set-up cell first" in kernel.run(MOVE)
    kernel.parameters(site="lab", node="node1", apply=True, change="C1", note="")
    opened = kernel.run(SET_UP)
    assert "Earlier runs of this chapter on this node in this change" in opened
    assert "interrupted" in opened
    again = kernel.run(MOVE)
    assert f": interrupted ({first})." in again
    assert "changed" in again
    assert machine.files.exists(cluster.site.nvwork_shared)
    assert not machine.files.exists(cluster.site.nvwork_local)


def opened(folder: Path, name: str, **fields: object) -> Journal:
    journal = Journal(folder / name)
    known = {"change": "C1", "chapter": "5", "node": "node1", "site": "lab", "apply": True, **fields}
    journal.append("run.opened", **known)
    return journal


def carried_out(journal: Journal, *, outcome: str, step: str = "5-(1)", title: str = "s") -> None:
    fields = {"step": step, "verb": "ensure", "role": "", "requirement": ""}
    journal.append("step.started", states=[title], **fields)
    if outcome:
        journal.append("state.ended", state=title, outcome=outcome, reason="", seconds=0.1, commands=[], **fields)
        journal.append("step.ended", step=step, outcome=outcome, seconds=0.1, message="")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "This step was carried out before, at "),
        ({"node": "node2"}, ""),
        ({"chapter": "6"}, ""),
        ({"apply": False}, ""),
        ({"change": "C2"}, ""),
    ],
)
def test_what_counts_as_before(tmp_path: Path, fields: dict[str, object], said: str) -> None:
    carried_out(opened(tmp_path, "a.jsonl", **fields), outcome="changed")
    now = opened(tmp_path, "b.jsonl")
    same = {"change": "C1", "chapter": "5", "node": "node1", "apply": True, "site": "lab"}
    told = Before(now, look_back=True, **same).said("5-(1)", ["s"])
    assert told.startswith(said) if said else not told
    assert not Before(now, look_back=True, **same).said("5-(1)", ["another cell of the same step"])
    assert not Before(now, look_back=False, **same).said("5-(1)", ["s"])


def test_step_whose_end_was_never_recorded(tmp_path: Path) -> None:
    carried_out(opened(tmp_path, "a.jsonl"), outcome="changed")
    carried_out(opened(tmp_path, "b.jsonl"), outcome="")
    (tmp_path / "broken.jsonl").write_text("{\n\n{}")
    before = Before(opened(tmp_path, "c.jsonl"), look_back=True, change="C1")
    assert "its end was never recorded (b.jsonl)" in before.said("5-(1)", ["s"])
    before.note("5-(1)", ["s"], "2026-11-23T01:02:03.000+00:00", "ok", "")
    assert "before in this run, at 2026-11-23 01:02:03 UTC: ok." in before.said("5-(1)", ["s"])


def test_heading(tmp_path: Path) -> None:
    for number in range(7):
        carried_out(opened(tmp_path, f"{number}.jsonl", apply=number % 2 == 1), outcome="failed")
    opened(tmp_path, "other.jsonl", node="node2")
    last = opened(tmp_path, "last.jsonl", note="<b>why</b>", only=["5-(1)"], operator="a@b", apply=False)
    text = heading_text(last.path, "en")
    assert text.splitlines()[0] == "Chapter 5 on node1: it only reads, and changes nothing"
    for line in ("change: C1", "note: <b>why</b>", "only these steps: 5-(1)", "operator: a@b", "journal: last.jsonl"):
        assert line in text.splitlines()
    assert "  and 2 before them" in text
    assert text.count("✗ failed") == 5
    page = heading_html(last.path, "ja")
    assert "&lt;b&gt;why" in page
    assert "<b>why" not in page
    assert "Chapter 5 on node1" in page


def test_first_run_has_no_earlier_ones(tmp_path: Path) -> None:
    assert "Earlier" not in heading_text(opened(tmp_path, "a.jsonl").path, "en")
