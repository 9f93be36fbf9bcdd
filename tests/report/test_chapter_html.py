"""A chapter on a node as a saved notebook keeps it: what is read years later says when it was."""

import re
import time
from pathlib import Path

import pytest

from runbook_lib.batch import find_chapters
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
from runbook_lib.report.chapter import chapter_seen
from runbook_lib.report.chapter_html import head_html, heading, twin_html
from tests.clusters import ROOT
from tests.report.changes import Change

LAB = load_site(str(ROOT / "parameters" / "lab.yaml"), ClientManagerSite)
(SHARING,) = find_chapters(ROOT / "notebooks", ["5"])


def test_what_is_kept_has_its_day_and_zone_and_what_is_live_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        change = Change(tmp_path / "CHG-1")
        change.clock = change.clock.now(change.clock.tzinfo)
        change.run("5", "node1", {"5": "ok", "5-(1)": "differs"})
        seen = chapter_seen(LAB, SHARING, "node1", change.folder)
        whole = r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d JST"
        assert re.search(f"plan {whole}", heading(SHARING, seen, "CHG-1", "en"))
        twin = twin_html(SHARING, seen, "CHG-1", "en")
        assert re.findall(r'rb-at">read ([^<]+)<', twin), "the steps say when they were read"
        assert all(re.fullmatch(whole, at) for at in re.findall(r'rb-at">read ([^<]+)<', twin))
        live = "".join(head_html(step, "en") for step in seen.steps)
        assert not re.search("JST", live)
    finally:
        monkeypatch.undo()
        time.tzset()
