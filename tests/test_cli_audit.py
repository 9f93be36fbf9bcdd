"""`runbook audit`: what it finds in the journals, what it prints, and with which exit code it ends."""

import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runbook_lib.cli import main
from runbook_lib.record.drift import Finding, drift
from runbook_lib.run.journal import Journal
from tests.clusters import Cluster

WORK_DIR = r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC\NVBASE"


def row(key: str, before: object, desired: object, *, differed: bool = True) -> dict[str, object]:
    return {"key": key, "before": before, "desired": desired, "after": before, "differed": differed}


def journal(path: Path, *ends: dict[str, Any], passing: tuple[str, ...] = ()) -> Path:
    book = Journal(path)
    book.append("run.opened", chapter="5", node="node1", change="C")
    book.append("step.started", step="5-(4)", states=[end["state"] for end in ends], passing=list(passing))
    for end in ends:
        book.append("state.ended", step="5-(4)", **{"reason": "", "differences": [], **end})
    return path


@pytest.mark.parametrize(
    ("end", "passing", "found"),
    [
        ({"outcome": "ok", "differences": [row("a", 1, 1, differed=False)]}, (), []),
        ({"outcome": "skipped", "differences": [row("a", 1, 2)]}, (), []),
        (
            {"outcome": "differs", "differences": [row("a", None, "x"), row("b", 1, 1, differed=False)]},
            (),
            [("a", None, "x")],
        ),
        ({"outcome": "failed", "differences": [row("a", 1, None)]}, (), [("a", 1, None)]),
        ({"outcome": "differs", "reason": "the group runs on no node"}, (), [("", "the group runs on no node", "")]),
        ({"outcome": "differs", "differences": [row("a", 1, 2)]}, ("s",), []),
    ],
)
def test_what_counts_as_drift(
    tmp_path: Path, end: dict[str, Any], passing: tuple[str, ...], found: list[tuple[Any, ...]]
) -> None:
    result = drift([journal(tmp_path / "a.jsonl", {"state": "s", **end}, passing=passing)])
    assert result.findings == tuple(Finding("5", "node1", "5-(4)", "s", *one) for one in found)
    assert result.left_out == passing


def test_a_journal_without_an_end_of_its_first_line_is_no_drift(tmp_path: Path) -> None:
    book = Journal(tmp_path / "a.jsonl")
    book.append("run.refused", reason="away")
    assert drift([book.path]).findings == ()


def test_json_and_csv_at_once_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "lab", "--json", "--csv"]) == 64
    assert "not for both" in capfd.readouterr().err


@pytest.mark.notebook
@pytest.mark.wire
def test_a_failover_is_no_finding_and_a_stopped_group_is(
    start_cluster: Callable[..., Cluster], capfd: pytest.CaptureFixture[str]
) -> None:
    cluster = start_cluster("lab", "complete")
    cluster.lab.cluster.move("ESMPROCM", "node2")
    time.sleep(3)  # until every service has started there
    assert main(["audit", "lab", "9", "--change", "A1"]) == 0
    assert "Group ESMPROCM runs on node1" in capfd.readouterr().out
    cluster.lab.cluster.stop("ESMPROCM")
    assert main(["audit", "lab", "9", "--change", "A2", "--csv"]) == 2
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert ("group runs on", "no node") in [(row["value"], row["actual"]) for row in rows]


@pytest.mark.notebook
@pytest.mark.wire
def test_audit_of_a_cluster(start_cluster: Callable[..., Cluster], capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing to report, then what somebody changed, then a node that cannot be read."""
    cluster = start_cluster("lab", "complete")
    assert main(["audit", "lab", "5", "9", "--change", "A1"]) == 0
    said = capfd.readouterr().out
    assert "Nothing to report: chapters 5, 9, 3 runs." in said
    assert "The clustered manager has no parent manager" in said

    first, second = cluster.machine("node1"), cluster.machine("node2")
    first.registry.seed(WORK_DIR, "WorkDir", "REG_SZ", r"C:\elsewhere")
    second.services.start_seconds = 0.0
    second.services.start(second.services.by_display_name("ESM Base Service") or "")
    before = cluster.changes()
    assert main(["audit", "lab", "5", "9", "--change", "A2", "--json"]) == 2
    said = capfd.readouterr().out
    found = [(one["chapter"], one["node"], one["value"], one["actual"], one["desired"]) for one in json.loads(said)]
    assert ("5", "node1", r"HKLM\SOFTWARE\Wow6432Node\NEC\NVBASE\WorkDir", r"C:\elsewhere", r"W:\NVWORK") in found
    assert ("9", "node1", "running on node2 (standby)", "ESM Base Service (running)", "none") in found
    assert main(["audit", "lab", "9", "--change", "A3", "--csv"]) == 2
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert [(one["step"], one["actual"]) for one in rows] == [("9-(4)", "ESM Base Service (running)")]
    assert cluster.changes() == before

    cluster.lab.endpoints["node1"].go_down()
    assert main(["audit", "lab", "9", "--change", "A4"]) == 1
    said = capfd.readouterr().out
    assert "Not read: chapter 9 on node1: " in said
    assert "Incomplete: chapters 9, 1 runs." in said
