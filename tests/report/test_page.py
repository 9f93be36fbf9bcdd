"""The page of a change: what stands on it, that it needs nothing but itself, and the command that writes it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from runbook_lib.cli import main
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site
from runbook_lib.report.page import change_page
from runbook_lib.run.journal import Journal
from runbook_lib.wording import say
from tests.clusters import ROOT
from tests.pictures.clusters_seen import seen
from tests.report.changes import Change

HOSTILE = '<script>alert("1")</script>'


class _Page(HTMLParser):
    """What is said, and which elements with which attributes there are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the lab's site and the notebooks, and nothing run."""
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    (tmp_path / "parameters").mkdir()
    for name in ("lab.yaml", "lab-fragments.xml", "lab-setup.ini"):
        (tmp_path / "parameters" / name).write_bytes((ROOT / "parameters" / name).read_bytes())
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    return tmp_path


@pytest.fixture
def change(home: Path) -> Change:
    """A change with a run that found, one that did, and one that failed."""
    made = Change(home / "outputs" / "CHG-1")
    made.run("0", "node1", {"0-(1)": "ok"})
    made.run("5", "node1", {"5-(1)": "changed"}, apply=True)
    made.run("5", "node2", {"5-(1)": "ok", "5-(2)": "failed"}, apply=True, ended="failed", reason=HOSTILE)
    return made


def page_of(change: Change) -> _Page:
    site = load_site("lab", ClientManagerSite)
    return _Page(change_page(site, change.folder.name, change.folder.parent))


def in_english(home: Path) -> None:
    file = home / "parameters" / "lab.yaml"
    file.write_text(file.read_text().replace("language: ja\n\ncluster", "language: en\n\ncluster"))


def test_every_run_is_there_and_what_failed_is_open(home: Path, change: Change) -> None:
    in_english(home)
    page = page_of(change)
    runs = [attributes for tag, attributes in page.elements if tag == "details" and attributes.get("class") == "run"]
    assert ["open" in attributes for attributes in runs] == [False, False, True]
    assert "Change CHG-1" in page.text
    assert any(words.startswith("Next: chapter") for words in page.text)
    assert HOSTILE in " ".join(page.text)


def test_it_speaks_the_language_of_the_site(change: Change) -> None:
    assert {"変更 CHG-1", say("ja", "Every run"), say("ja", "What happened when")} <= {*page_of(change).text}
    assert say("ja", "Every run") != "Every run"


def test_it_needs_nothing_but_itself(change: Change) -> None:
    page = page_of(change)
    assert not {"script", "link", "iframe"} & {tag for tag, _ in page.elements}
    for _, attributes in page.elements:
        for name in ("src", "href"):
            if value := attributes.get(name):
                assert value.startswith("data:image/svg+xml;base64,") or re.fullmatch(r"[\w.%-]+\.(jsonl|ipynb)", value)


def test_values_commands_and_confirmations_are_told(home: Path, change: Change) -> None:
    in_english(home)
    journal = Journal(change.folder / "6.node1.jsonl")
    journal.append("run.opened", change="CHG-1", chapter="6", site="lab", node="node1", apply=True, operator="op@here")
    glance = {name: value for name, value in seen().items() if name not in ("at", "event")}
    journal.append("cluster.seen", **glance)
    journal.append("confirmation.asked", step="6", key="agreed", node="", what="it may be stopped", command="x")
    journal.append("step.started", step="6", states=["registered"])
    rows = [
        {"key": "WorkDir", "before": None, "desired": "W:\\N", "after": "W:\\N", "differed": True},
        {"key": "Path", "before": "C:\\N", "desired": "W:\\N", "after": "C:\\N", "differed": True},
        {"key": "untouched", "before": "1", "desired": None, "after": "1", "differed": False},
    ]
    ended = {"step": "6", "state": "registered", "outcome": "failed", "reason": "why", "seconds": 0.1}
    journal.append("state.ended", **ended, commands=["reg add <x>"], differences=rows)
    said = {"key": "agreed", "node": "", "by": "佐藤", "note": "会議で", "account": "a@b"}
    line = {"at": "2026-11-20T10:00:00+00:00", "event": "confirmation", **said}
    (change.folder / "confirmations.jsonl").write_text(json.dumps(line) + "\n")
    page = page_of(change)
    text = " ".join(page.text)
    assert "WorkDir · not there → W:\\N" in text
    assert "Path · C:\\N (Desired W:\\N )" in text
    assert "untouched" not in text
    assert "> reg add <x>" in text
    assert "佐藤 it may be stopped agreed 会議で" in text
    assert sum(tag == "img" for tag, _ in page.elements) == 2 + 4, "the cluster, the change, and every run"


def test_a_broken_journal_is_named(change: Change) -> None:
    (change.folder / "broken.jsonl").write_text("{\n{}\n")
    assert "broken.jsonl" in " ".join(page_of(change).text)


def test_the_command_writes_it_beside_the_records(change: Change, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "lab", "--change", "CHG-1"]) == 0
    assert "report.html" in capsys.readouterr().out
    assert (change.folder / "report.html").read_text("utf-8").startswith('<!DOCTYPE html>\n<html lang="ja">')


@pytest.mark.parametrize("other", ["CHG-2", "", ".."])
def test_a_change_that_is_not_there_is_refused(change: Change, other: str) -> None:
    with pytest.raises(ParameterError, match=r"There is no change .* There are: CHG-1\."):
        change_page(load_site("lab", ClientManagerSite), other, change.folder.parent)


def test_a_change_of_another_site_is_refused(home: Path) -> None:
    Change(home / "outputs" / "CHG-1").run("5", "node1", {"5-(1)": "ok"}, site="tokyo")
    with pytest.raises(ParameterError, match=r"Change CHG-1 has no run on site lab\."):
        change_page(load_site("lab", ClientManagerSite), "CHG-1", home / "outputs")


def test_nothing_run_at_all_is_refused(home: Path) -> None:
    assert main(["report", "lab", "--change", "CHG-1"]) == 64
