"""The pictures as XML: whole, escaped, with nothing fetched from anywhere, in both languages."""

import base64
import json
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from runbook_lib.pictures.change_timeline import change_timeline_card_html, change_timeline_svg
from runbook_lib.pictures.cluster import cluster_card_html, cluster_svg, cluster_table_html
from runbook_lib.pictures.displays import picture_displays
from runbook_lib.pictures.run_timeline import run_timeline_card_html, run_timeline_svg
from runbook_lib.run.journal import Journal, read_events
from tests.pictures.clusters_seen import SITUATIONS, seen
from tests.report.changes import Change

SVG = "{http://www.w3.org/2000/svg}"


def words_of(svg: str) -> list[str]:
    """Every text that is drawn."""
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_cluster_is_drawn_whole_whatever_it_is_like(situation: str, language: str) -> None:
    svg = cluster_svg(SITUATIONS[situation], language)
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox")
    assert not re.search(r"(href|src)=|<script|<image|nan|None", svg)


def test_where_the_group_is_stands_in_the_picture_its_text_and_its_table() -> None:
    english = words_of(cluster_svg(SITUATIONS["two nodes"], "en"))
    japanese = words_of(cluster_svg(SITUATIONS["two nodes"], "ja"))
    assert {"node1", "node2", "active", "standby", "Services: 13 of 13 running", "10.0.0.200  floating IP"} <= {
        *english
    }
    assert {"現用系", "待機系"} <= {*japanese}
    card = cluster_card_html(SITUATIONS["two nodes"], "en")
    assert 'alt="Group ESMPROCM runs on node1. node1: Online' in card
    assert "out of reach" in cluster_table_html(SITUATIONS["two nodes"], "en")


def test_what_a_node_says_is_escaped() -> None:
    hostile = '<script>alert("1")</script>&'
    events = [seen(group={"name": hostile, "status": hostile}, resources={hostile: hostile}, cluster=hostile)]
    ElementTree.fromstring(cluster_svg(events, "en"))
    assert "<script" not in cluster_card_html(events, "en")


def test_nothing_seen_is_nothing_drawn(tmp_path: Path) -> None:
    assert cluster_svg([], "en") == cluster_card_html([], "en") == cluster_table_html([], "en") == ""
    assert change_timeline_svg(tmp_path, "en") == change_timeline_card_html(tmp_path, "en") == ""
    assert run_timeline_svg([], "en") == ""


def test_steps_stand_in_their_order_with_sign_and_reason(tmp_path: Path) -> None:
    change = Change(tmp_path / "C1")
    steps = [("5-(1)", "changed"), ("5-(2)", "failed"), ("5-(3)", "")]
    svg = run_timeline_svg(list(read_events(change.run("5", "node1", steps, reason="311 of 314 files"))), "en")
    words = words_of(svg)
    assert [word for word in words if word.startswith("5-(")] == ["5-(1)", "5-(2)", "5-(3)"]
    assert {"●", "✗", "!", "311 of 314 files"} <= {*words}


def test_a_step_under_way_is_not_said_to_be_interrupted(tmp_path: Path) -> None:
    events = list(read_events(Change(tmp_path / "C1").run("5", "node1", {"5-(1)": ""}, ended="")))
    assert "▸ running" in words_of(run_timeline_svg(events, "en", is_going=True))
    assert "! interrupted" in words_of(run_timeline_svg(events, "en"))


def test_what_a_long_copy_said_last_stands_beside_it(tmp_path: Path) -> None:
    events = list(read_events(Change(tmp_path / "C1").run("5", "node1", {"5-(1)": "changed"})))
    told = {"event": "progress", "at": events[2]["at"], "step": "5-(1)", "files": 311, "bytes": 1_828_421}
    words = words_of(run_timeline_svg([*events[:3], told, *events[3:]], "en"))
    assert any(word.startswith("311 files, 1.8 MB") for word in words)


def test_hundreds_of_steps_are_bounded_and_said_so(tmp_path: Path) -> None:
    steps = [(f"5-({number})", "ok") for number in range(200)]
    words = words_of(run_timeline_svg(list(read_events(Change(tmp_path / "C1").run("5", "node1", steps))), "en"))
    assert "140 earlier steps are not drawn." in words
    assert "5-(199)" in words
    assert "5-(0)" not in words


def test_a_change_counts_its_runs_and_shows_what_people_said(tmp_path: Path) -> None:
    change = Change(tmp_path / "C1")
    change.run("5", "node1", {"5-(1)": "differs"})
    change.run("6", "node1", {"6-(1)": "waiting"}, apply=True, ended="waiting", reason="a person")
    said = {"key": "stop-for-settings", "node": "", "by": "佐藤", "note": "ok", "account": "a@b"}
    line = {"at": change.clock.isoformat(), "event": "confirmation", **said}
    (change.folder / "confirmations.jsonl").write_text(json.dumps(line) + "\n")
    going = change.run("6", "node2", {"6-(1)": ""}, apply=True, ended="")
    words = words_of(change_timeline_svg(change.folder, "en", [going]))
    assert {"differs 1", "waiting 1", "running 1", "佐藤: stop-for-settings"} <= {*words}


def test_so_many_runs_that_one_line_is_too_short_go_on_below(tmp_path: Path) -> None:
    change = Change(tmp_path / "C1")
    for number in range(120):
        change.run(str(number % 10), f"node{number % 2 + 1}", {"1": "ok"}, apply=True)
    root = ElementTree.fromstring(change_timeline_svg(change.folder, "en"))
    assert sum("".join(text.itertext()) == "node1" for text in root.iter(f"{SVG}text")) == 4
    assert all(0 <= float(rect.get("x", 0)) <= 880 for rect in root.iter(f"{SVG}rect") if rect.get("x"))


def test_a_broken_journal_is_left_to_the_tables(tmp_path: Path) -> None:
    change = Change(tmp_path / "C1")
    change.run("5", "node1", {"5-(1)": "ok"})
    (change.folder / "x.jsonl").write_text("{\n{}\n")
    assert "Runs: 1" in " ".join(words_of(change_timeline_svg(change.folder, "en")))


def test_a_record_shows_the_cluster_before_and_after_where_the_group_has_moved(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "C1" / "7.node1.jsonl")
    journal.append("run.opened", chapter="7", node="node1", apply=True, language="en")
    for active in ("node2", "node1"):
        fields = {name: value for name, value in seen(active=active).items() if name not in ("at", "event")}
        journal.append("cluster.seen", **fields)
    shown = picture_displays(journal.path)
    assert [bundle["text/plain"].partition(".")[0] for bundle in shown] == [
        "Before this run: Group ESMPROCM runs on node2",
        "After this run: Group ESMPROCM runs on node1",
    ]
    journal.append("step.started", step="7", states=["x"])
    assert len(picture_displays(journal.path)) == 3
    assert picture_displays(journal.path, "ja")[0]["text/plain"] != shown[0]["text/plain"]


def test_a_run_that_was_cut_short_while_it_acted_says_that_the_picture_is_older(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "C1" / "7.node1.jsonl")
    journal.append("run.opened", chapter="7", node="node1", apply=True, language="en")
    journal.append("cluster.seen", **{name: value for name, value in seen().items() if name not in ("at", "event")})
    (plain,) = picture_displays(journal.path)
    assert plain["text/plain"].startswith("Group ESMPROCM runs on node1.")
    time.sleep(0.005)
    journal.append("act.started", step="7", state="x", number=1, command="clpgrp -m")
    (older,) = picture_displays(journal.path)
    assert older["text/plain"].startswith("As it was before the last commands; it was not read again: Group")


def test_a_card_carries_its_picture_in_itself(tmp_path: Path) -> None:
    journal = Change(tmp_path / "C1").run("5", "node1", {"5-(1)": "ok"})
    card = run_timeline_card_html(journal, "ja")
    packed = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', card)
    assert packed
    ElementTree.fromstring(base64.b64decode(packed[1]))
