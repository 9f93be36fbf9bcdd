"""One process at a time applies on a site, whichever way it was started; reading hinders nobody."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_lib import open_run
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site
from runbook_lib.run.alone import hold, refuse_if_held, starting
from runbook_lib.run.journal import journals
from tests.clusters import ROOT, Cluster

HOLDER = """\
import sys
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.run.alone import hold
try:
    held = hold(load_site(sys.argv[1], ClientManagerSite))
except ParameterError as error:
    print(error)
    sys.exit(1)
held.tell("5", "node2", "C7")
print("held", flush=True)
sys.stdin.read()
"""


def other(site: str = "lab") -> subprocess.Popen[str]:
    """Another process that would apply on *site*."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, site],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientManagerSite:
    (tmp_path / "parameters").mkdir()
    shipped = (ROOT / "parameters" / "lab.yaml").read_text("utf-8")
    (tmp_path / "parameters" / "lab.yaml").write_text(shipped, "utf-8")
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    return load_site("lab", ClientManagerSite)


@pytest.fixture
def another(site: ClientManagerSite) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the site."""
    process = other()
    assert said(process) == "held"
    yield process
    process.kill()
    process.wait()


def test_second_process_is_told_who_holds_the_site(site: ClientManagerSite, another: subprocess.Popen[str]) -> None:
    told = (
        r"Chapter 5 is being applied on node2 since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, by \S+@\S+ in change C7\. "
        r"Wait for its end, or stop it; where its cells are run by hand, shut down the kernel of that notebook\. "
        r"Nothing was started\."
    )
    with pytest.raises(ParameterError, match=told):
        hold(site)
    with pytest.raises(ParameterError, match=told):
        refuse_if_held(site)


def test_hold_ends_with_its_process_however_that_ends(site: ClientManagerSite, another: subprocess.Popen[str]) -> None:
    another.send_signal(signal.SIGKILL)
    another.wait()
    refuse_if_held(site)
    held = hold(site)
    with pytest.raises(ParameterError, match="Chapter 5 is being applied on node2"):
        refuse_if_held(site)  # by this very process: what it would start is another
    held.release()


def test_runs_of_one_process_share_the_hold(site: ClientManagerSite) -> None:
    first, second = hold(site), hold(site)
    first.release()
    first.release()
    second.tell("6", "node1", "C8")
    waiting = other()
    assert "Chapter 6 is being applied on node1" in said(waiting)
    assert waiting.wait() == 1
    second.release()
    free = other()
    assert said(free) == "held"
    free.kill()
    free.wait()


def test_other_sites_are_not_hindered(site: ClientManagerSite, another: subprocess.Popen[str], tmp_path: Path) -> None:
    """Neither one of another name, nor a file of the same name elsewhere."""
    for file in (tmp_path / "parameters" / "tokyo.yaml", tmp_path / "elsewhere" / "lab.yaml"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(site.path.read_text("utf-8"), "utf-8")
        hold(load_site(str(file), ClientManagerSite)).release()
    assert journals(tmp_path / "outputs") == []
    assert all(path.name.startswith(".") for path in (tmp_path / "outputs").iterdir())


def test_one_run_is_started_at_a_time(site: ClientManagerSite) -> None:
    with starting(site), pytest.raises(ParameterError, match="Another run is being started on this site"):
        starting(site).__enter__()
    with starting(site):
        pass


def test_cells_by_hand_are_refused_before_anything_is_written(
    site: ClientManagerSite, another: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match="Chapter 5 is being applied on node2"):
        open_run("lab", "node1", chapter="6", apply=True, change="C8")
    assert journals(tmp_path / "outputs") == []


@pytest.mark.wire
def test_cells_by_hand_hold_the_site_until_their_run_is_closed(cluster: Cluster) -> None:
    with open_run("lab", "node1", chapter="5", apply=False, change="C1"):
        refuse_if_held(cluster.site)
    with open_run("lab", "node1", chapter="5", apply=True, change="C1"):
        waiting = other()
        assert "Chapter 5 is being applied on node1" in said(waiting)
        assert waiting.wait() == 1
    refuse_if_held(cluster.site)
    run = open_run("lab", "node1", chapter="5", apply=True, change="C1")
    run = open_run("lab", "node2", chapter="5", apply=True, change="C1")  # the set-up cell again
    with pytest.raises(ParameterError, match="Chapter 5 is being applied on node2"):
        refuse_if_held(cluster.site)
    del run
    refuse_if_held(cluster.site)
