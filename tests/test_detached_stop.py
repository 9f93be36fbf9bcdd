"""Runs in a process of their own are stopped once, with a clean record, by an account that may stop them."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from runbook_lib.batch import detached, under_way
from runbook_lib.batch.processes import as_noted
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError, RunbookError
from runbook_lib.record import run_outcome
from runbook_lib.run.journal import Journal, journals
from tests.detached_runs import begin, chapter, events, wait


@pytest.mark.notebook
def test_run_is_stopped_once_with_a_clean_record_also_where_its_starter_ignores_ctrl_c(
    site: ClientManagerSite, home: Path
) -> None:
    chapter(home, seconds=60)
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel that waits has it
    try:
        started, going = begin(site)
    finally:
        signal.signal(signal.SIGINT, former)
    wait(lambda: [event for event in events(home) if event["event"] == "cell.started" and event["cell"] == 2])
    under_way.stop(going)
    under_way.stop(going)
    assert started.process.wait(30) == 130
    told = [event["event"] for event in events(home)]
    assert told.count("stop.asked") == 1
    assert told[-1] == "notebook.ended"
    assert run_outcome(events(home)) == "interrupted"
    (asked,) = (event for event in events(home) if event["event"] == "stop.asked")
    assert events(home)[-1]["reason"] == f"The run was stopped, as {asked['by']} asked."
    with pytest.raises(RunbookError, match=r"Chapter 5 on node1 is not running any more.*node1\.plan\..*ipynb"):
        under_way.stop(going)


@pytest.mark.notebook
def test_command_is_there_before_its_first_journal_and_can_be_stopped(site: ClientManagerSite, home: Path) -> None:
    chapter(home, seconds=60)
    started = detached.start(site, ["5"], [], apply=True, change="C1", steps=[])
    (command,) = under_way.commands(home / "outputs")
    assert (command.site, command.change, command.chapters, command.nodes) == ("lab", "C1", ("5",), ())
    assert (command.apply, command.pid, command.said) == (True, started.process.pid, started.said)
    with pytest.raises(ParameterError, match=r"Chapter 5 is being applied (on node1 )?since"):
        detached.start(site, ["5"], ["node2"], apply=True, change="C2")
    wait(lambda: under_way.running(home / "outputs"))
    under_way.stop(command)
    assert started.process.wait(30) == 130
    assert under_way.commands(home / "outputs") == []
    assert [event["event"] for event in events(home)].count("stop.asked") == 1
    with pytest.raises(RunbookError, match="has ended, so there is nothing to stop"):
        under_way.stop(command)


@pytest.mark.notebook
def test_command_without_a_run_is_stopped_too(site: ClientManagerSite, home: Path) -> None:
    """While it is starting, or between two runs."""
    started = detached.start(site, ["5"], [], apply=False, change="C1")
    (command,) = under_way.commands(home / "outputs")
    wait(lambda: b"default_int_handler" in Path(f"/proc/{started.process.pid}/cmdline").read_bytes())
    time.sleep(0.3)  # Python itself begins
    assert not under_way.running(home / "outputs")
    under_way.stop(command)
    under_way.stop(command)
    assert started.process.wait(30) != 0
    assert list(journals(home / "outputs")) == []


@pytest.fixture
def seen_by_all() -> Iterator[tuple[Path, int]]:
    """A folder that every account may look into, as below tmp_path none but root may; and a process of root.

    An account that cannot start one takes the first of the machine.
    """
    with TemporaryDirectory() as folder, subprocess.Popen(["sleep", "60"]) as sleeping:
        Path(folder).chmod(0o755)
        yield Path(folder), 1 if os.geteuid() else sleeping.pid
        still_alive = sleeping.poll() is None
        sleeping.kill()
    assert still_alive


@contextmanager
def as_another_account() -> Iterator[None]:
    """Be another account than root for a while; whoever is none stays as he is."""
    if os.geteuid():
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize("mode", [0o644, 0o666], ids=["of another account", "that all may write"])
def test_account_that_may_not_stop_a_run_is_told_so_and_leaves_no_trace(
    seen_by_all: tuple[Path, int], mode: int
) -> None:
    """Once it is said that somebody had asked, nobody else's asking would do anything."""
    folder, pid = seen_by_all
    journal = Journal(folder / "C" / "5.jsonl")
    journal.append("notebook.started", chapter="5", parameters={"node": "node1"}, process=as_noted(pid))
    said = folder / "C" / "desk" / "5.log"
    said.parent.mkdir()
    asked = {"site": "lab", "change": "C", "chapters": [], "nodes": [], "steps": [], "apply": False}
    under_way.note_started(said, pid, **asked)
    (going,), (command,) = under_way.running(folder), under_way.commands(folder)
    files = [journal.path, said.with_suffix(".started")]
    for file in files:
        file.chmod(mode)
        file.parent.chmod(0o777 if mode == 0o666 else 0o755)
    before = [file.read_bytes() for file in files]
    with as_another_account():
        for what in (going, command, going):
            with pytest.raises(
                RunbookError, match=r"It is run by process \d+ of root, which this account may not stop"
            ):
                under_way.stop(what)
    assert [file.read_bytes() for file in files] == before
