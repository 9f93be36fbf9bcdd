"""What starts in a process of its own: what is refused, and what the process is given."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import psutil
import pytest

from runbook_lib.batch import detached, find_chapters, run_chapters, under_way
from runbook_lib.batch.environment import of_a_run, of_the_desk
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site
from runbook_lib.parameters.credential import TYPED_PASSWORDS
from tests.clusters import ROOT, change_file
from tests.detached_runs import begin, chapter, wait
from tests.test_batch import write


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
    under_way.stop(going)
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
