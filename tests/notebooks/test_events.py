"""Restarts and waiting steps through the shipped engine: what the records of such runs say."""

from collections.abc import Callable

import pytest

from runbook_lib.batch import Result, find_chapters, run_chapters
from runbook_lib.cli import main
from runbook_lib.cli.chapters import exit_code
from tests.clusters import ROOT, Cluster

pytestmark = [pytest.mark.notebook, pytest.mark.wire]


def carry_out(cluster: Cluster, *chapters: str, apply: bool = True) -> dict[tuple[str, str], Result]:
    """Chapters over all nodes; what each run came to."""
    found = find_chapters(ROOT / "notebooks", chapters)
    results = run_chapters(cluster.site, found, apply=apply, change="CHG-1", outputs=cluster.home / "outputs")
    return {(one.chapter, one.node): one for one in results}


def test_a_request_that_waits_goes_on_once_it_is_answered(
    start_cluster: Callable[..., Cluster], capfd: pytest.CaptureFixture[str]
) -> None:
    cluster = start_cluster("lab", "complete")
    planned = carry_out(cluster, "0", "1", "3", "7", apply=False)
    assert planned["3", "node1"].outcome == "differs"
    assert cluster.changes() == {"node1": 0, "node2": 0}
    waiting = carry_out(cluster, "0", "1", "3", "7")
    assert waiting["1", "node1"].outcome == "waiting"
    assert waiting["3", "node1"].outcome == "not started"
    assert exit_code(list(waiting.values())) == 3
    assert cluster.changes() == {"node1": 0, "node2": 0}
    words = ["confirm", str(cluster.site_file), "clusterpro-manager", "--change", "CHG-1"]
    assert main([*words, "--by", "Sato Hanako", "--note", "seen in WebManager"]) == 0
    done = carry_out(cluster, "0", "1", "3", "7")
    assert {one.outcome for one in done.values()} == {"ok", "changed"}
    assert {key for key, one in done.items() if one.outcome == "changed"} == {("3", "node1"), ("7", "node1")}
    notebook = done["1", "node1"].notebook
    assert notebook is not None
    assert "attested by Sato Hanako at 2" in notebook.read_text()
    restarted = done["3", "node1"].notebook
    assert restarted is not None
    assert "Every node went down and booted anew" in restarted.read_text()
    again = carry_out(cluster, "0", "1", "3", "7")
    assert {one.outcome for one in again.values()} == {"ok"}
    downs = [change for machine in cluster.lab.machines.values() for change in machine.changes if change.how == "down"]
    assert len(downs) == 4, "two restarts of two nodes"
