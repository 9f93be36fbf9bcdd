"""Fixtures that every folder of tests may use."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
from tests.clusters import PASSWORD, Cluster, running
from tests.detached_runs import one_chapter
from tests.scripted_journal import Script

# Whoever starts the tests in the background may have these signals ignored, and every process below would inherit that:
# the tests of Ctrl-C and of a closed terminal need them as a person's terminal has them.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def start_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Cluster]]:
    """Starts the lab of a shipped site, at a stage and with other values if told; one for each test."""
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("RUNBOOK_LAB_PASSWORD", PASSWORD)
    with ExitStack() as stack:
        yield lambda name, stage="installed", changes=None, **described: stack.enter_context(
            running(name, tmp_path, stage, changes, **described)
        )


@pytest.fixture
def cluster(start_cluster: Callable[..., Cluster]) -> Cluster:
    """The lab of parameters/lab.yaml."""
    return start_cluster("lab")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one chapter, whose only step takes three seconds; no run of it is left when the test ends."""
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    with one_chapter(tmp_path):
        yield tmp_path


@pytest.fixture
def site(home: Path) -> ClientManagerSite:
    """The site of that project."""
    return load_site("lab", ClientManagerSite)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """A journal that a test writes line by line."""
    return Script(tmp_path / "C1" / "05_share.node1.apply.20240101T000000000.jsonl")
