"""Runs in a process of their own: they outlive who started them, are found again, and can be stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from typing import Any

import psutil
import pytest
import requests
from jupyter_client import BlockingKernelClient

from runbook_lib.batch import detached, find_chapters, run_chapters, under_way
from runbook_lib.batch.environment import of_a_run, of_the_desk
from runbook_lib.batch.processes import as_noted, lives, this_process
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError, RunbookError
from runbook_lib.parameters import load_site
from runbook_lib.parameters.credential import TYPED_PASSWORDS
from runbook_lib.record import run_outcome
from runbook_lib.run.journal import Journal, journals, read_events
from tests.clusters import ROOT, change_file
from tests.test_batch import write

SLOW = """\
import time
time.sleep({seconds})
"""
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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one chapter, whose only step takes three seconds; no run of it is left when the test ends."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "lab.yaml").write_text((ROOT / "parameters" / "lab.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "outputs").mkdir()
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    chapter(tmp_path, seconds=3)
    yield tmp_path
    for going in detached.running(tmp_path / "outputs"):
        os.kill(going.pid, signal.SIGKILL)


def chapter(home: Path, seconds: float) -> None:
    """Chapter 5, which ends well on every node after so long."""
    path = write(home / "notebooks", "5")
    stored = json.loads(path.read_text("utf-8"))
    stored["cells"][-1]["source"] = SLOW.format(seconds=seconds) + "".join(stored["cells"][-1]["source"])
    path.write_text(json.dumps(stored), "utf-8")


@pytest.fixture
def site(home: Path) -> ClientManagerSite:
    return load_site("lab", ClientManagerSite)


def wait(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def begin(site: ClientManagerSite, **options: Any) -> tuple[detached.Started, detached.Going]:
    """Start chapter 5 on node1 and wait until its notebook is being run."""
    started = detached.start(site, ["5"], ["node1"], **{"apply": False, "change": "C1", **options})
    folder = started.said.parent.parent
    wait(lambda: detached.running(folder))
    return started, detached.running(folder)[0]


def events(home: Path) -> list[dict[str, Any]]:
    (path,) = journals(home / "outputs")
    return list(read_events(path))


@pytest.mark.notebook
def test_run_is_found_while_it_goes_and_no_longer_when_it_has_ended(site: ClientManagerSite, home: Path) -> None:
    started, going = begin(site, note="--why \N{HIRAGANA LETTER A}")
    assert (going.site, going.change, going.chapter, going.node, going.apply) == ("lab", "C1", "5", "node1", False)
    assert going.pid == started.process.pid
    assert os.getsid(going.pid) == going.pid
    assert started.process.wait(30) == 0
    assert detached.running(home / "outputs") == []
    assert run_outcome(events(home)) == "ok"
    assert events(home)[0]["parameters"]["note"] == "--why \N{HIRAGANA LETTER A}"
    assert "ended" not in started.said.read_text("utf-8")
    assert "✓" in started.said.read_text("utf-8")


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
    detached.stop(going)
    detached.stop(going)
    assert started.process.wait(30) == 130
    told = [event["event"] for event in events(home)]
    assert told.count("stop.asked") == 1
    assert told[-1] == "notebook.ended"
    assert run_outcome(events(home)) == "interrupted"
    (asked,) = (event for event in events(home) if event["event"] == "stop.asked")
    assert events(home)[-1]["reason"] == f"The run was stopped, as {asked['by']} asked."
    with pytest.raises(RunbookError, match=r"Chapter 5 on node1 is not running any more.*node1\.plan\..*ipynb"):
        detached.stop(going)


@pytest.mark.notebook
def test_run_that_was_killed_is_not_under_way(site: ClientManagerSite, home: Path) -> None:
    started, going = begin(site)
    started.process.kill()
    wait(lambda: psutil.Process(going.pid).status() == psutil.STATUS_ZOMBIE)
    assert detached.running(home / "outputs") == []
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
    assert detached.running(home / "outputs") == []


def test_files_of_something_else_hinder_nobody(home: Path) -> None:
    folder = home / "outputs" / "C" / "desk"
    folder.mkdir(parents=True)
    here = this_process()
    for number, line in enumerate(['{"hello": 1}', "[]", json.dumps({"event": "notebook.started", "process": here})]):
        (folder.parent / f"{number}.jsonl").write_text(f"{line}\n")
        (folder / f"{number}.started").write_text(line)
    (folder / "5.started").write_text(json.dumps({"at": "2026-01-01", "process": here, "site": "lab"}))
    assert detached.running(home / "outputs") == []
    assert detached.commands(home / "outputs") == []


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
        assert len(detached.commands(tmp_path)) == 1
    writing.join()
    assert [path.name for path in said.parent.iterdir()] == ["5.started"]


@pytest.fixture
def seen_by_all() -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A folder that every account may look into, as below tmp_path none but root may; and a process of root."""
    with TemporaryDirectory() as folder, subprocess.Popen(["sleep", "60"]) as sleeping:
        Path(folder).chmod(0o755)
        yield Path(folder), sleeping
        sleeping.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can become another account.")
@pytest.mark.parametrize("mode", [0o644, 0o666], ids=["of another account", "that all may write"])
def test_account_that_may_not_stop_a_run_is_told_so_and_leaves_no_trace(
    seen_by_all: tuple[Path, subprocess.Popen[bytes]], mode: int
) -> None:
    """Once it is said that somebody had asked, nobody else's asking would do anything."""
    folder, sleeping = seen_by_all
    journal = Journal(folder / "C" / "5.jsonl")
    journal.append("notebook.started", chapter="5", parameters={"node": "node1"}, process=as_noted(sleeping.pid))
    said = folder / "C" / "desk" / "5.log"
    said.parent.mkdir()
    asked = {"site": "lab", "change": "C", "chapters": [], "nodes": [], "steps": [], "apply": False}
    under_way.note_started(said, sleeping.pid, **asked)
    (going,), (command,) = detached.running(folder), detached.commands(folder)
    files = [journal.path, said.with_suffix(".started")]
    for file in files:
        file.chmod(mode)
        file.parent.chmod(0o777 if mode == 0o666 else 0o755)
    before = [file.read_bytes() for file in files]
    os.setresuid(65534, 65534, 0)
    try:
        for what in (going, command, going):
            with pytest.raises(
                RunbookError, match=r"It is run by process \d+ of root, which this account may not stop"
            ):
                detached.stop(what)
    finally:
        os.setresuid(0, 0, 0)
    assert [file.read_bytes() for file in files] == before
    assert sleeping.poll() is None


def test_wrong_requests_start_nothing(site: ClientManagerSite, home: Path) -> None:
    for wrong, sentence in [
        ({"nodes": ["node9"]}, "no node 'node9'"),
        ({"chapters": ["6"]}, "There is no chapter '6'"),
        ({"change": "a/b"}, "cannot name a folder"),
        ({"change": ""}, "Name one, such as CHG-1234"),
    ]:
        asked: dict[str, Any] = {"chapters": ["5"], "nodes": [], "change": "C1", "apply": False, **wrong}
        with pytest.raises(ParameterError, match=sentence):
            detached.start(site, asked.pop("chapters"), asked.pop("nodes"), **asked)
    assert list((home / "outputs").iterdir()) == []


@pytest.mark.notebook
def test_two_runs_do_not_change_one_site_at_once(site: ClientManagerSite, home: Path) -> None:
    started, _ = begin(site, apply=True)
    with pytest.raises(ParameterError, match=r"Chapter 5 is being applied on node1 since .* \(change C1\)"):
        detached.start(site, ["5"], ["node2"], apply=True, change="C2")
    other = detached.start(site, ["5"], ["node2"], apply=False, change="C2")
    assert [started.process.wait(30), other.process.wait(30)] == [0, 0]


def test_of_two_that_start_at_once_one_is_refused(site: ClientManagerSite, home: Path) -> None:
    ready, came_to = Barrier(2), []

    def start() -> None:
        ready.wait()
        try:
            came_to.append(detached.start(site, ["5"], ["node1"], apply=True, change="C1"))
        except ParameterError as error:
            came_to.append(str(error))

    threads = [Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (started,) = (one for one in came_to if isinstance(one, detached.Started))
    started.process.kill()
    started.process.wait()
    (refused,) = (one for one in came_to if isinstance(one, str))
    assert "is being" in refused


@pytest.mark.notebook
def test_terminal_is_refused_while_another_process_applies(site: ClientManagerSite, home: Path) -> None:
    chapter(home, seconds=60)
    started, going = begin(site, apply=True)
    told = r"Chapter 5 is being applied on node1 since .* in change C1\."
    with pytest.raises(ParameterError, match=told):
        run_chapters(site, find_chapters(home / "notebooks"), ["node2"], apply=True, change="C2")
    command = [sys.executable, "-m", "runbook_lib.cli", "apply", "lab", "5", "--node", "node2", "--change", "C2"]
    terminal = subprocess.run(
        command,
        check=False,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert terminal.returncode == 64
    assert "何も開始していない" in terminal.stdout + terminal.stderr
    assert not (home / "outputs" / "C2").exists()
    detached.stop(going)
    started.process.wait(30)


def test_run_that_cannot_be_noted_does_not_go_on_unseen(
    site: ClientManagerSite, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, say: nobody could stop it."""
    pids = []

    def full(_said: Path, pid: int, **_asked: object) -> None:
        pids.append(pid)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(detached, "note_started", full)
    with pytest.raises(OSError, match="No space left"):
        detached.start(site, ["5"], ["node1"], apply=True, change="C1")
    assert not psutil.pid_exists(pids[0])


def test_run_inherits_nothing_of_the_desk(site: ClientManagerSite, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = {"JUPYTER_TOKEN": "Secret-1", "JUPYTER_SERVER_ROOT": "/", "RUNBOOK_DESK_URL": "http://127.0.0.1:8888/"}
    for name, value in {**server, "JUPYTER_PATH": "/kernels", "JUPYTERHUB_API_TOKEN": "Secret-2"}.items():
        monkeypatch.setenv(name, value)
    for name, value in of_the_desk({"IPYTHONDIR": "/operators/own"}, "/desks").items():
        monkeypatch.setenv(name, value)
    started = detached.start(site, ["5"], ["node1"], apply=False, change="C1")
    try:
        wait(lambda: b"default_int_handler" in Path(f"/proc/{started.process.pid}/cmdline").read_bytes())
        given = Path(f"/proc/{started.process.pid}/environ").read_bytes().decode()
    finally:
        started.process.kill()
        started.process.wait()
    assert "Secret" not in given
    names = dict(line.split("=", 1) for line in given.split("\0") if line)
    assert [name for name in names if name.startswith(("JUPYTER", "RUNBOOK_DESK"))] == ["JUPYTER_PATH"]
    assert names["IPYTHONDIR"] == "/operators/own"


def test_ipythondir_of_the_operator_comes_back_also_from_a_desk_within_a_desk() -> None:
    assert of_a_run(of_the_desk({}, "/desk")) == {}
    inner = of_the_desk(of_the_desk({"IPYTHONDIR": "/own"}, "/outer"), "/inner")
    assert inner["IPYTHONDIR"] == "/inner"
    assert of_a_run(inner) == of_a_run({"IPYTHONDIR": "/own"}) == {"IPYTHONDIR": "/own"}


@pytest.mark.notebook
def test_command_is_there_before_its_first_journal_and_can_be_stopped(site: ClientManagerSite, home: Path) -> None:
    chapter(home, seconds=60)
    started = detached.start(site, ["5"], [], apply=True, change="C1", steps=[])
    (command,) = detached.commands(home / "outputs")
    assert (command.site, command.change, command.chapters, command.nodes) == ("lab", "C1", ("5",), ())
    assert (command.apply, command.pid, command.said) == (True, started.process.pid, started.said)
    with pytest.raises(ParameterError, match=r"Chapter 5 is being applied (on node1 )?since"):
        detached.start(site, ["5"], ["node2"], apply=True, change="C2")
    wait(lambda: detached.running(home / "outputs"))
    detached.stop(command)
    assert started.process.wait(30) == 130
    assert detached.commands(home / "outputs") == []
    assert [event["event"] for event in events(home)].count("stop.asked") == 1
    with pytest.raises(RunbookError, match="has ended, so there is nothing to stop"):
        detached.stop(command)


@pytest.mark.notebook
def test_command_without_a_run_is_stopped_too(site: ClientManagerSite, home: Path) -> None:
    """While it is starting, or between two runs."""
    started = detached.start(site, ["5"], [], apply=False, change="C1")
    (command,) = detached.commands(home / "outputs")
    wait(lambda: b"default_int_handler" in Path(f"/proc/{started.process.pid}/cmdline").read_bytes())
    time.sleep(0.3)  # Python itself begins
    assert not detached.running(home / "outputs")
    detached.stop(command)
    detached.stop(command)
    assert started.process.wait(30) != 0
    assert list(journals(home / "outputs")) == []


@pytest.mark.notebook
def test_refusal_before_any_journal_can_be_read(site: ClientManagerSite, home: Path) -> None:
    site_file = home / "parameters" / "lab.yaml"
    site_file.write_text("nonsense: 1\n")
    started = detached.start(site, ["5"], ["node1"], apply=False, change="C1")
    assert started.process.wait(30) == 64
    assert "lab.yaml" in started.said.read_text()


@pytest.mark.notebook
def test_typed_password_reaches_the_run_and_nothing_else(home: Path) -> None:
    change_file(home / "parameters" / "lab.yaml", {"winrm__credential": {"user": "runbook", "password": "prompt"}})
    site = load_site("lab", ClientManagerSite)
    path = write(home / "notebooks", "5")
    stored = json.loads(path.read_text("utf-8"))
    look = (
        "from runbook_lib.clientmanager import ClientManagerSite\nfrom runbook_lib.parameters import load_site\n"
        "assert load_site(site, ClientManagerSite).node(node).password() == 'Typed' + '-1'\n"
    )
    stored["cells"][-1]["source"] = look + "".join(stored["cells"][-1]["source"])
    path.write_text(json.dumps(stored), "utf-8")
    assert detached.asked_accounts(site) == ("runbook",)
    with pytest.raises(ParameterError, match="The password of runbook is asked of the operator"):
        detached.start(site, ["5"], ["node1"], apply=False, change="C1")
    typed = {"runbook": "Typed-1"}
    started = detached.start(site, ["5"], ["node1"], apply=False, change="C1", passwords=typed)
    assert "Typed-1" not in " ".join(psutil.Process(started.process.pid).cmdline())
    assert started.process.wait(30) == 0
    assert not [path for path in (home / "outputs").rglob("*") if path.is_file() and b"Typed-1" in path.read_bytes()]


def test_typed_passwords_that_cannot_be_read_are_refused_without_being_quoted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_file(home / "parameters" / "lab.yaml", {"winrm__credential": {"user": "runbook", "password": "prompt"}})
    monkeypatch.setenv(TYPED_PASSWORDS, "Secret-1")
    with pytest.raises(ParameterError, match=TYPED_PASSWORDS) as refused:
        load_site("lab", ClientManagerSite).node("node1").password()
    assert "Secret-1" not in str(refused.value)


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
    client.wait_for_ready(timeout=30)
    client.execute(START)
    wait(lambda: detached.running(home / "outputs"))
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
    (going,) = detached.running(home / "outputs")
    assert replace(going, pid=0).chapter == "5"
    wait(lambda: not detached.running(home / "outputs"))
    assert events(home)[-1]["event"] == "notebook.ended"
    assert events(home)[-1]["status"] == "completed"
