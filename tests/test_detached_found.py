"""Runs in a process of their own outlive who started them, and are found as long as they go."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import psutil
import pytest
import requests
from jupyter_client import BlockingKernelClient

from runbook_lib.batch import under_way
from runbook_lib.batch.processes import as_noted, lives, this_process
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.panel.server import wait_until_ready
from runbook_lib.record import run_outcome
from runbook_lib.run.journal import Journal
from tests.clusters import ROOT
from tests.detached_runs import begin, events, wait

NAMED = """\
open("/proc/self/comm", "w").write("a) b (c")
print(flush=True)
__import__("time").sleep(60)
"""
START = """\
from runbook_lib.batch import detached
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
started = detached.start(load_site("lab", ClientManagerSite), ["5"], ["node1"], apply=False, change="C1")
print(started.process.pid, flush=True)
"""


@pytest.mark.notebook
def test_run_is_found_while_it_goes_and_no_longer_when_it_has_ended(site: ClientManagerSite, home: Path) -> None:
    started, going = begin(site, note="--why \N{HIRAGANA LETTER A}")
    assert (going.site, going.change, going.chapter, going.node, going.apply) == ("lab", "C1", "5", "node1", False)
    assert going.pid == started.process.pid
    assert os.getsid(going.pid) == going.pid
    assert started.process.wait(30) == 0
    assert under_way.running(home / "outputs") == []
    assert run_outcome(events(home)) == "ok"
    assert events(home)[0]["parameters"]["note"] == "--why \N{HIRAGANA LETTER A}"
    assert "ended" not in started.said.read_text("utf-8")
    assert "✓" in started.said.read_text("utf-8")


@pytest.mark.notebook
def test_run_that_was_killed_is_not_under_way(site: ClientManagerSite, home: Path) -> None:
    started, going = begin(site)
    started.process.kill()
    wait(lambda: psutil.Process(going.pid).status() == psutil.STATUS_ZOMBIE)
    assert under_way.running(home / "outputs") == []
    assert not lives(events(home)[0]["process"])
    started.process.wait()


def test_process_is_known_by_more_than_its_number() -> None:
    here = this_process()
    assert lives(here)
    assert not lives({**here, "ticks": here["ticks"] + 1})
    assert not lives({**here, "boot": "another"})
    assert not lives({**here, "host": "elsewhere"})
    assert not lives(None)
    assert not lives({**here, "pid": "1"})


def test_process_is_known_after_the_clock_was_corrected() -> None:
    here = this_process()
    assert lives({**here, "started": here["started"] - 3600})


def test_process_of_a_journal_that_was_written_before_is_known_by_its_time() -> None:
    """Also on a system without /proc."""
    here = {key: value for key, value in this_process().items() if key in ("pid", "started", "host")}
    assert lives(here)
    assert not lives({**here, "started": here["started"] - 60})


def test_process_with_a_bracket_in_its_name_is_known() -> None:
    named = subprocess.Popen([sys.executable, "-c", NAMED], stdout=subprocess.PIPE)
    assert named.stdout
    named.stdout.readline()
    assert Path(f"/proc/{named.pid}/comm").read_text() == "a) b (c\n"
    noted = as_noted(named.pid)
    assert noted["ticks"] > 0
    assert lives(noted)
    named.kill()
    named.wait()
    assert not lives(noted)


def test_journals_of_earlier_versions_and_broken_ones_are_of_no_run_under_way(home: Path) -> None:
    old = Journal(home / "outputs" / "C" / "old.jsonl")
    old.append("notebook.started", chapter="5", parameters={"node": "node1"})
    (home / "outputs" / "C" / "broken.jsonl").write_text("{\n")
    (home / "outputs" / "C" / "empty.jsonl").write_text("")
    assert under_way.running(home / "outputs") == []


def test_files_of_something_else_hinder_nobody(home: Path) -> None:
    folder = home / "outputs" / "C" / "desk"
    folder.mkdir(parents=True)
    here = this_process()
    for number, line in enumerate(['{"hello": 1}', "[]", json.dumps({"event": "notebook.started", "process": here})]):
        (folder.parent / f"{number}.jsonl").write_text(f"{line}\n")
        (folder / f"{number}.started").write_text(line)
    (folder / "5.started").write_text(json.dumps({"at": "2026-01-01", "process": here, "site": "lab"}))
    assert under_way.running(home / "outputs") == []
    assert under_way.commands(home / "outputs") == []


def test_what_was_started_is_never_found_half_written(tmp_path: Path) -> None:
    """Its site, say, decides whether another run may be started."""
    said = tmp_path / "desk" / "5.log"
    said.parent.mkdir()
    many = [f"node{number}" for number in range(20000)]
    asked = {"site": "lab", "change": "C", "chapters": ["5"], "nodes": many, "steps": [], "apply": True}
    under_way.note_started(said, os.getpid(), **asked)
    writing = Thread(target=lambda: [under_way.note_started(said, os.getpid(), **asked) for _ in range(30)])
    writing.start()
    while writing.is_alive():
        assert len(under_way.commands(tmp_path)) == 1
    writing.join()
    assert [path.name for path in said.parent.iterdir()] == ["5.started"]


@pytest.fixture
def server(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    """A Jupyter server of its own: its process, its address, and the folder with its kernels' connection files."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    runtime = home / "runtime"
    command = [sys.executable, "-m", "jupyter_server", f"--ServerApp.port={port}", "--IdentityProvider.token=t"]
    command += ["--ServerApp.open_browser=False", "--ServerApp.allow_root=True", f"--ServerApp.root_dir={home}"]
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    address = f"http://127.0.0.1:{port}/api/kernels?token=t"

    def answers() -> bool:
        try:
            return requests.get(address, timeout=5).ok
        except requests.ConnectionError:
            return False

    wait(answers)
    yield process, address, runtime
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.notebook
@pytest.mark.parametrize("death", ["kernel restarted", "kernel killed", "server ended"])
def test_run_outlives_the_kernel_that_started_it_and_its_server(
    home: Path, server: tuple[subprocess.Popen[bytes], str, Path], death: str
) -> None:
    process, address, runtime = server
    kernel = requests.post(address, timeout=30).json()["id"]
    client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    wait_until_ready(client)
    client.execute(START)
    wait(lambda: under_way.running(home / "outputs"))
    client.stop_channels()
    (kernel_process,) = psutil.Process(process.pid).children()
    if death == "kernel restarted":
        assert requests.post(address.replace("?", f"/{kernel}/restart?"), timeout=30).ok
    elif death == "kernel killed":
        os.killpg(kernel_process.pid, signal.SIGKILL)
    else:
        process.terminate()
        process.wait(30)
    wait(lambda: not kernel_process.is_running() or kernel_process.status() == psutil.STATUS_ZOMBIE)
    (going,) = under_way.running(home / "outputs")
    assert replace(going, pid=0).chapter == "5"
    wait(lambda: not under_way.running(home / "outputs"))
    assert events(home)[-1]["event"] == "notebook.ended"
    assert events(home)[-1]["status"] == "completed"
