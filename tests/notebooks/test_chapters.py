"""The shipped notebooks through the shipped engine on the lab: every run leaves its executed record."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runbook_lib.batch import find_chapters, run_chapters
from runbook_lib.record import differences, runs, steps
from tests.clusters import ROOT, Cluster
from tests.procedure_5 import assert_shared, files_of

pytestmark = [pytest.mark.notebook, pytest.mark.wire]


def carry_out(cluster: Cluster, *, apply: bool, chapters: tuple[str, ...] = ("0", "5")) -> list[Any]:
    """Chapters over all nodes, as `runbook plan` and `runbook apply` do it."""
    return run_chapters(
        cluster.site,
        find_chapters(ROOT / "notebooks", chapters),
        apply=apply,
        change="CHG-1",
        note="a test",
        outputs=cluster.home / "outputs",
    )


def texts(notebook: Path) -> str:
    """Everything that a reader of the executed notebook sees, as one text."""
    cells = json.loads(notebook.read_text())["cells"]
    parts = ["".join(cell["source"]) for cell in cells]
    for cell in cells:
        for output in cell.get("outputs", []):
            parts.append("".join(output.get("text", "")))
            parts += ["".join(value) for value in output.get("data", {}).values()]
            parts += output.get("traceback", [])
    return "\n".join(parts)


@pytest.mark.parametrize("name", ["lab", "lab-2003", "lab-2022"])
def test_plan_apply_again(start_cluster: Callable[[str], Cluster], name: str) -> None:
    cluster = start_cluster(name)
    nodes = cluster.site.group.policy
    before = files_of(cluster.machine(nodes[0]), cluster.site.nvwork_local)

    planned = carry_out(cluster, apply=False)
    assert [(one.chapter, one.node) for one in planned] == [(chapter, node) for chapter in "05" for node in nodes]
    assert {one.outcome for one in planned if one.chapter == "0"} == {"ok"}
    assert {one.outcome for one in planned if one.chapter == "5"} == {"differs"}
    assert cluster.changes() == dict.fromkeys(nodes, 0)

    applied = carry_out(cluster, apply=True)
    assert {one.outcome for one in applied if one.chapter == "5"} == {"changed"}
    assert_shared(cluster, before)
    after = cluster.changes()

    again = carry_out(cluster, apply=True)
    assert {one.outcome for one in again} == {"ok"}
    assert cluster.changes() == after

    listed = runs(cluster.home / "outputs")
    assert len(listed) == 3 * 2 * len(nodes)
    assert set(listed.outcome) == {"ok", "differs", "changed"}
    moved = listed[(listed.node == nodes[0]) & (listed.chapter == "5") & (listed.outcome == "changed")].iloc[0]
    table = steps(Path(moved.journal))
    assert table[table.step == "5-(4)"].outcome.tolist() == ["changed"] * 4
    values = differences(Path(moved.journal)).set_index("key")
    assert values.loc[[key for key in values.index if key.endswith("WorkDir")], "after"].tolist() == ["W:\\NVWORK"]
    record = texts(Path(moved.notebook))
    for words in ("5-(1)", "SHARE-3", "files in", "W:\\NVWORK", "変更済み", "a test"):
        assert words in record, words
    assert "<table" in record


def papermill(cluster: Cluster, *arguments: str) -> subprocess.CompletedProcess[str]:
    """papermill's own command with its own engine, from another folder."""
    notebook = ROOT / "notebooks" / "05_share_work_folder.ipynb"
    return subprocess.run(
        [sys.executable, "-m", "papermill", str(notebook), "out.ipynb", *arguments],
        cwd=cluster.home,
        capture_output=True,
        text=True,
        check=False,
    )


def test_plain_papermill_works(cluster: Cluster) -> None:
    done = papermill(cluster, "-p", "node", "node2", "-p", "site", "lab")
    assert done.returncode == 0, done.stderr
    assert "is kept, because node1 has no" in texts(cluster.home / "out.ipynb")
    assert cluster.changes() == {"node1": 0, "node2": 0}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-p", "appply", "True"), "does not have the parameter appply"),
        (("-r", "apply", "False"), "must be True or False itself"),
        (("-p", "node", "node9"), "there is no node 'node9' in this site"),
        (("-p", "site", "nowhere"), "nowhere"),
    ],
)
def test_a_wrong_parameter_stops_plain_papermill_before_it_connects(
    cluster: Cluster, arguments: tuple[str, ...], words: str
) -> None:
    done = papermill(cluster, *arguments)
    assert done.returncode != 0
    assert words in texts(cluster.home / "out.ipynb")
    assert cluster.lab.endpoints["node1"].exchanges == []
    assert cluster.lab.endpoints["node2"].exchanges == []


def test_a_run_killed_while_it_copies_tells_so_and_goes_on(cluster: Cluster) -> None:
    """The worst moment: the engine dies with the copy half done. The journal says where; the next run finishes."""
    machine = cluster.machine("node1")
    before = files_of(machine, cluster.site.nvwork_local)
    machine.files.copy_bytes_per_s = 400_000
    command = [sys.executable, "-m", "runbook_lib.cli", "apply", "lab", "0", "5", "--change", "CHG-1"]
    process = subprocess.Popen(command, cwd=cluster.home, start_new_session=True, stdout=subprocess.DEVNULL)
    while not machine.files.exists("W:\\NVWORK.copying\\alert"):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    machine.files.copy_bytes_per_s = None
    killed = runs(cluster.home / "outputs").iloc[-1]
    assert killed.outcome == "interrupted"
    assert cluster.events()[-1]["event"] in {"act.started", "act.ended"}  # the kernel outlives its engine by a second
    assert files_of(machine, cluster.site.nvwork_local) == before
    time.sleep(1)  # robocopy runs on on the node until its shell is gone
    cluster.lab.endpoints["node1"].delete_shells()
    carry_out(cluster, apply=True)
    assert_shared(cluster, before)


def test_a_failure_stops_the_batch_and_says_what_to_do(cluster: Cluster) -> None:
    cluster.machine("node1").files.seed("W:\\NVWORK\\other.txt", b"somebody's")
    results = carry_out(cluster, apply=True)
    assert [one.outcome for one in results if one.chapter == "5"] == ["failed", "not started"]
    record = texts(next(one.notebook for one in results if one.outcome == "failed"))
    assert "already holds something different" in record
    assert "Traceback" not in record
    assert 'File "' not in record
