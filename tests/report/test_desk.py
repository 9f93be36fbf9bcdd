"""The page of a change, from its journals: what there is, what is under way, and the static twin."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runbook_lib.batch import all_chapters
from runbook_lib.batch.under_way import Going
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
from runbook_lib.report.desk import changes_of, desk_seen
from runbook_lib.report.desk_html import attention_html, legend_html, style_html, twin_html, under_way_words
from runbook_lib.report.standing import SIGNS
from tests.report.changes import Change

ROOT = Path(__file__).parents[2]
CHAPTERS = all_chapters(ROOT / "notebooks")


@pytest.fixture
def site() -> ClientManagerSite:
    return load_site(ROOT / "parameters" / "lab.yaml", ClientManagerSite)


def test_what_is_under_way_names_its_step(site: ClientManagerSite, tmp_path: Path) -> None:
    change = Change(tmp_path / "CHG-1")
    journal = change.run("5", "node1", {"5": "ok", "5-(1)": ""}, apply=True, ended="")
    going = Going(journal, "lab", "CHG-1", "5", "node1", True, os.getpid(), datetime.now(UTC))
    seen = desk_seen(site, CHAPTERS, change.folder, [going])
    (one,) = seen.under_way
    assert under_way_words(one, "en") == (
        "▶\ufe0e apply · 5 Share the work folder · node1 · 5-(1) Move the work folder to the switched partition"
    )
    assert [each.word for each in seen.of("installation") if each.chapter.number == "5"] == ["running", "not yet"]
    assert [each.chapter.number for each in seen.of("operation")] == ["8", "9"]


def test_the_changes_of_a_site_the_latest_first(site: ClientManagerSite, tmp_path: Path) -> None:
    old, new, other = (Change(tmp_path / name) for name in ("CHG-1", "CHG-2", "CHG-3"))
    old.run("0", "node1", {"0": "ok"})
    old.run("0", "node2", {"0": "ok"})
    new.clock = old.clock
    new.run("0", "node1", {"0": "ok"})
    other.run("0", "node1", {"0": "ok"}, site="tokyo")
    (tmp_path / "CHG-4").mkdir()
    assert [(one.name, one.runs) for one in changes_of(site, tmp_path)] == [("CHG-2", 1), ("CHG-1", 2)]
    assert changes_of(site, tmp_path / "nowhere") == []


def test_the_twin_has_what_was_begun_and_the_pictures(site: ClientManagerSite, tmp_path: Path) -> None:
    change = Change(tmp_path / "CHG-1")
    change.run("5", "node1", {"5-(1)": "failed"}, apply=True, ended="failed", reason="W:<full>")
    page = twin_html(site, desk_seen(site, CHAPTERS, change.folder), change.folder)
    assert page.count('class="runbook-matrix"') == 1
    assert 'class="rb-twin"' in page
    assert "W:&lt;full&gt;" in page
    assert "data:image/svg+xml" in page
    change.run("9", "node1", {"9-(1)": "ok"})
    page = twin_html(site, desk_seen(site, CHAPTERS, change.folder), change.folder)
    assert page.count('class="runbook-matrix"') == 2


def test_the_reasons_of_what_did_not_end_well_are_there_to_be_read(site: ClientManagerSite, tmp_path: Path) -> None:
    change = Change(tmp_path / "CHG-1")
    change.run("4", "node1", {"4-(1)": "differs"})
    assert attention_html(desk_seen(site, CHAPTERS, change.folder).standings, "en") == ""
    change.run("5", "node1", {"5-(1)": "failed"}, apply=True, ended="failed", reason="W: is <full>")
    listed = attention_html(desk_seen(site, CHAPTERS, change.folder).standings, "en")
    assert listed == '<ul class="rb-attention"><li>✗ <b>5 (node1)</b> Step 5-(1): W: is &lt;full&gt;</li></ul>'


def test_the_looks_and_the_legend_know_every_word() -> None:
    style = style_html()
    assert ".rb-cell.rb-failed{" in style
    assert "@media print" in style
    legend = legend_html("en")
    assert all(SIGNS[word] in legend for word in ("done", "differs", "waiting", "failed", "not yet"))


def test_a_journal_that_cannot_be_read_is_named(site: ClientManagerSite, tmp_path: Path) -> None:
    change = Change(tmp_path / "CHG-1")
    change.run("5", "node1", {"5": "ok"})
    (change.folder / "torn.jsonl").write_text('{"at": \n{}\n')
    seen = desk_seen(site, CHAPTERS, change.folder)
    assert seen.broken == ("torn.jsonl",)
    assert "unreadable <b>torn.jsonl</b>" in attention_html((), "en", seen.broken)
    assert "torn.jsonl" in twin_html(site, seen, change.folder)


def test_a_run_on_another_site_of_the_change_is_not_under_way_here(site: ClientManagerSite, tmp_path: Path) -> None:
    change = Change(tmp_path / "CHG-1")
    journal = change.run("5", "node1", {"5-(1)": ""}, ended="", site="tokyo")
    going = Going(journal, "tokyo", "CHG-1", "5", "node1", True, os.getpid(), datetime.now(UTC))
    assert desk_seen(site, CHAPTERS, change.folder, [going]).under_way == ()
