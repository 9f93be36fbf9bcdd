"""What a notebook keeps of a chapter, and what its panel says is next, while a run goes on."""

import json
import os
import platform
from pathlib import Path

import psutil
import pytest

from runbook_lib.batch import find_chapters
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.panel.following import Following
from runbook_lib.panel.showing import static_chapter
from runbook_lib.parameters import load_site
from tests.clusters import ROOT
from tests.report.changes import Change

(SHARING,) = find_chapters(ROOT / "notebooks", ["5"])


@pytest.fixture
def site() -> ClientManagerSite:
    return load_site(ROOT / "parameters" / "lab.yaml", ClientManagerSite)


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    (tmp_path / "parameters").symlink_to(ROOT / "parameters")
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    return Change(tmp_path / "outputs" / "CHG-1")


def goes_on(journal: Path) -> None:
    """Make the process of these tests the one that writes *journal*."""
    first, *rest = journal.read_text().splitlines()
    own = {"pid": os.getpid(), "started": psutil.Process().create_time(), "host": platform.node()}
    journal.write_text("\n".join([json.dumps({**json.loads(first), "process": own}), *rest]) + "\n")


def test_a_run_that_goes_on_is_not_told_as_interrupted(site: ClientManagerSite, change: Change) -> None:
    journal = change.run("5", "node1", {"5": "ok", "5-(1)": ""}, apply=True, ended="")
    assert "中断" in static_chapter(site, SHARING, "node1", "CHG-1")[1]
    goes_on(journal)
    page, text = static_chapter(site, SHARING, "node1", "CHG-1")
    assert "中断" not in page + text
    following = Following(site, SHARING, "CHG-1", "", lambda _: None)
    following.show(done=True)
    assert "中断" not in following.box.children[0].value


def test_what_is_next_keeps_its_button_while_it_says_the_same(site: ClientManagerSite, change: Change) -> None:
    change.run("0", "node1", {"0": "ok"})
    following = Following(site, SHARING, "CHG-1", "", lambda _: None)
    following.show(done=True)
    words, there = following.box.children
    change.run("0", "node1", {"0": "ok"})
    following.show(done=True)
    assert following.box.children == (words, there)
    following.show(done=False)
    assert following.box.children == ()
    following.show(done=True)
    assert len(following.box.children) == 2
