"""What is journaled while something takes long, and what a step says of itself before it begins, on the lab."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runbook_lib.cli.simulated import describe
from runbook_lib.commands.copying import Measure
from runbook_lib.errors import NotApplied
from runbook_lib.errors import Waiting as WaitsForAPerson
from runbook_lib.run import progress
from runbook_lib.run.journal import Journal, read_events
from runbook_lib.run.progress import ProgressTeller, how_far, in_words
from tests.clusters import PASSWORD, Cluster


def told(cluster: Cluster, event: str = "progress", number: int = -1) -> list[dict[str, Any]]:
    return [one for one in cluster.events(number) if one["event"] == event]


@pytest.mark.wire
@pytest.mark.parametrize("name", ["lab", "lab-2003", "lab-2022"])
def test_copy_tells_files_and_bytes(start_cluster: Callable[..., Cluster], name: str) -> None:
    """With robocopy and, on Windows Server 2003, with xcopy; in Japanese and in English."""
    cluster = start_cluster(name)
    node = cluster.site.group.policy[0]
    tree = sum(1 for entry in cluster.machine(node).files.walk(cluster.site.nvwork_local) if not entry.folder)
    cluster.machine(node).files.copy_bytes_per_s = 600_000
    cluster.share(node)
    copying = [one for one in told(cluster) if one["files"] is not None]
    assert len(copying) >= 2
    assert {one["why"] for one in copying} == {"copy it beside its destination"}
    assert {one["files_total"] for one in copying} == {tree}
    assert {one["limit_s"] for one in copying} == {cluster.site.limits.copy_s}
    for what in ("files", "bytes", "seconds"):
        values = [one[what] for one in copying]
        assert values == sorted(values)
    assert 0 < copying[-1]["files"] <= tree
    assert 0 < copying[-1]["bytes"] <= copying[-1]["bytes_total"]
    assert copying[-1]["said"]
    act = next(one for one in told(cluster, "act.started") if "copy" in one["command"].split()[0])
    assert copying[0]["step"] == act["step"]
    assert copying[0]["state"] == act["state"]


@pytest.mark.wire
def test_restart_tells_seconds_and_limit(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "grouped")
    for machine in cluster.lab.machines.values():
        machine.boot_s = 2.5
    cluster.carry_out("03_restart_cluster", "node1", apply=True)
    waiting = [one for one in told(cluster) if "wait for every node" in one["why"]]
    assert waiting
    assert {one["limit_s"] for one in waiting} == {cluster.site.limits.restart_s}
    assert waiting[-1]["files"] is None
    assert 2 <= waiting[-1]["seconds"] < 30
    assert any("node" in one["said"] for one in waiting)


@pytest.mark.wire
def test_step_says_what_is_lost(cluster: Cluster) -> None:
    cluster.share("node1", apply=False)
    lost = {title: what for one in told(cluster, "step.started") for title, what in one["destructive"].items()}
    site = cluster.site
    assert lost[f"{site.nvwork_local} has moved to {site.nvwork_shared}"] == (
        f"{site.nvwork_local} is removed, once every file of it is proven in {site.nvwork_shared}"
    )
    assert all(not one["destructive"] for one in told(cluster, "step.started") if one["verb"] == "confirm")


@pytest.mark.wire
@pytest.mark.parametrize(
    ("notebook", "words"),
    [
        ("02_register_group", "is stopped, where it runs"),
        ("03_restart_cluster", "Every node restarts (node1, node2)"),
        ("05_share_work_folder", "is removed from this node"),
        ("07_start_group", "is started on or moves to node1"),
        ("09_operate_manager", "is started on or moves to node1"),
        ("10_uninstall_manager", "is uninstalled from node1"),
        ("10_uninstall_manager", "is deleted with everything in it"),
        ("10_uninstall_manager", "is stopped and deleted, with its resources"),
    ],
)
def test_every_destructive_step_says_so(cluster: Cluster, notebook: str, words: str) -> None:
    cluster.carry_out(notebook, "node1", apply=False)
    said = [what for one in told(cluster, "step.started") for what in one["destructive"].values()]
    assert any(words in one for one in said), said


@pytest.mark.wire
def test_person_is_asked_in_the_journal(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "grouped")
    cluster.change_site(setup__command=None, setup__response_file=None, setup__destination__command=None)
    with pytest.raises(WaitsForAPerson):
        cluster.carry_out("04_set_up_manager", "node1", apply=True)
    (asked,) = told(cluster, "person.asked")
    assert asked["what"].startswith("At the console of node1, start the set-up")
    assert (asked["key"], asked["command"], asked["node"]) == ("", "", "node1")
    assert asked["check"] == "services, both folders and the registry are read"
    with pytest.raises(WaitsForAPerson):
        cluster.carry_out("01_check_cluster", "node1", apply=True)
    (asked,) = told(cluster, "person.asked")
    (vouched,) = told(cluster, "confirmation.asked")
    assert (asked["key"], asked["command"]) == (vouched["key"], vouched["command"])
    assert asked["step"] == vouched["step"]


def test_nothing_is_told_of_what_is_quick(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    with ProgressTeller(journal, "5-(1)", "s", "copy"):
        pass
    assert not journal.path.exists()


def test_told_often_at_first_and_seldom_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_OFTEN_FOR_S", 0.4), ("_OFTEN_S", 0.05), ("_SELDOM_S", 0.5)):
        monkeypatch.setattr(progress, name, seconds)
    journal = Journal(tmp_path / "j.jsonl")
    with ProgressTeller(journal, "5-(1)", "s", "copy", 60, lambda: Measure(1, 2, 10, 20, "a.txt")):
        time.sleep(1.2)
    events = list(read_events(journal.path))
    assert 4 <= len(events) <= 11
    assert events[0] | {"at": "", "seconds": 0} == {
        "at": "", "event": "progress", "step": "5-(1)", "state": "s", "why": "copy", "seconds": 0, "limit_s": 60,
        "files": 1, "files_total": 2, "bytes": 10, "bytes_total": 20, "said": "a.txt",
    }  # fmt: skip


def test_telling_ends_with_what_it_tells_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_OFTEN_S", 0.01)
    journal = Journal(tmp_path / "j.jsonl")

    def interrupted() -> None:
        with ProgressTeller(journal, "5-(1)", "s", "copy"):
            time.sleep(0.1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    size = journal.path.stat().st_size
    time.sleep(0.1)
    assert journal.path.stat().st_size == size


def test_in_words() -> None:
    event = {"why": "copy it", "seconds": 12.4, "limit_s": 3600.0, "files": 12, "files_total": 1311}
    event |= {"bytes": 4_500_000, "bytes_total": 90_000_000, "said": "a.txt"}
    far = "12 of 1,311 files, 4,500,000 of 90,000,000 bytes; a.txt"
    assert how_far(event) == far
    assert in_words(event) == f"copy it: 12 s of at most 3,600 s; {far}"
    assert in_words({"why": "read the node", "seconds": 3.0, "limit_s": None}) == "read the node: 3 s"


def test_lab_can_be_slow(cluster: Cluster) -> None:
    from runbook_lib.lab.lab import Lab

    slow = Lab(replace(describe(cluster.site, PASSWORD), disk_bytes_per_s=1000, boot_s=30))
    assert {machine.files.copy_bytes_per_s for machine in slow.machines.values()} == {1000}
    assert {machine.boot_s for machine in slow.machines.values()} == {30}


@pytest.mark.wire
def test_failed_copy_leaves_no_thread_behind(cluster: Cluster) -> None:
    volume = cluster.machine("node1").files.volume("W:\\")
    volume.capacity_bytes = volume.used_bytes + 100_000
    with pytest.raises(NotApplied):
        cluster.share("node1")
    import threading

    assert not [thread for thread in threading.enumerate() if thread.name == "progress"]
