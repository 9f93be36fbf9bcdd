"""The pictures as Chromium draws them: no word over another or outside, on paper with its Japanese."""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
from runbook_lib.pictures.change_timeline import change_timeline_svg
from runbook_lib.pictures.cluster import cluster_svg
from runbook_lib.pictures.run_timeline import run_timeline_svg
from runbook_lib.record import record_displays
from runbook_lib.report.page import change_page
from runbook_lib.run.journal import read_events
from runbook_lib.wording import say
from tests.clusters import ROOT
from tests.pictures.clusters_seen import LONG, SITUATIONS
from tests.report.changes import Change

_MEASURED = """() => {
  const whole = document.querySelector('svg').getBoundingClientRect();
  const texts = [...document.querySelectorAll('svg text')].filter(one => one.textContent.trim());
  const boxes = texts.map(one => [one.textContent, one.getBoundingClientRect()]);
  const wrong = [];
  for (const [words, box] of boxes) {
    const margin = 1.5;
    if (box.left < whole.left - margin || box.right > whole.right + margin ||
        box.top < whole.top - margin || box.bottom > whole.bottom + margin) wrong.push(words + ' is outside');
  }
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, b] = [boxes[i][1], boxes[j][1]];
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // The box of a line of text has room above and below its letters.
    if (across > 1 && down > 0.35 * Math.min(a.height, b.height)) wrong.push(boxes[i][0] + ' over ' + boxes[j][0]);
  }
  return wrong;
}"""


@pytest.fixture
def page(chromium: Browser) -> Page:
    """An empty page."""
    return chromium.new_page(viewport={"width": 920, "height": 700})


def wrong_in(page: Page, svg: str) -> list[str]:
    """What stands over something else, or outside the picture."""
    page.set_content(f"<body style='margin:8px'>{svg}</body>")
    found: list[str] = page.evaluate(_MEASURED)
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_word_of_a_cluster_is_over_another_or_outside(page: Page, language: str) -> None:
    assert {
        name: wrong for name, one in SITUATIONS.items() if (wrong := wrong_in(page, cluster_svg(one, language)))
    } == {}


def a_change(folder: Path) -> Change:
    """One with many runs on nodes with long names, with waits, failures and Japanese."""
    change = Change(folder)
    outcomes = ("ok", "changed", "differs", "waiting", "failed", "skipped")
    for number in range(45):
        outcome = outcomes[number % len(outcomes)]
        steps = [(f"{number % 11}-({step})", outcome if step == 2 else "ok") for step in range(3)]
        status = outcome if outcome in ("waiting", "failed") else "completed"
        reason = (
            "作業フォルダのファイル 314 個のうち 311 個しかコピーされていない。" * 4 if status != "completed" else ""
        )
        node = (LONG, "WWWWWWWWWWWWWWW", "node3")[number % 3]
        change.run(str(number % 11), node, steps, apply=number > 9, ended=status, reason=reason)
    return change


def test_no_word_of_a_timeline_is_over_another_or_outside(page: Page, tmp_path: Path) -> None:
    change = a_change(tmp_path / "C1")
    assert wrong_in(page, change_timeline_svg(change.folder, "ja")) == []
    for journal in sorted(change.folder.glob("*.jsonl"))[:12]:
        assert wrong_in(page, run_timeline_svg(list(read_events(journal)), "ja")) == []


def test_the_page_of_a_change_prints_whole_with_its_japanese(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", str(ROOT))
    a_change(tmp_path / "変更-1")
    html = tmp_path / "report.html"
    html.write_text(change_page(load_site("lab", ClientManagerSite), "変更-1", tmp_path), "utf-8")
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(html.as_uri())
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert [url for url in asked_for if not url.startswith(("file:", "data:"))] == []
    pdftotext = shutil.which("pdftotext")
    assert pdftotext, "There is no pdftotext on this machine. `make browser` installs it (poppler-utils)."
    text = subprocess.run([pdftotext, tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True).stdout
    flat = "".join(text.split())
    assert "変更変更-1" in flat
    assert say("ja", "Every run") in flat
    assert "作業フォルダのファイル314個のうち311個しかコピーされていない。" in flat
    assert flat.count("what10-(1)asksfor") >= 4, "runs that are closed on the screen are open on paper"
    sizes = subprocess.run(
        [shutil.which("pdfinfo") or "", tmp_path / "report.pdf"], capture_output=True, text=True, check=True
    )
    assert "A4" in sizes.stdout


def test_a_long_table_keeps_its_headings_and_fits_a_dark_page(page: Page, tmp_path: Path) -> None:
    steps = [(f"5-({number})", "changed" if number % 3 else "ok") for number in range(200)]
    journal = Change(tmp_path / "C1").run("5", "node1", steps)
    dark = ":root{--jp-layout-color2:#333;--jp-content-font-color1:#eee;--jp-border-color1:#555}body{background:#111}"
    shown = record_displays(journal)[0]["text/html"]
    page.set_content(f"<style>{dark}</style><body>{shown}</body>")
    box = page.locator(".runbook-table")
    assert box.evaluate("box => box.clientHeight") <= 500
    box.evaluate("box => box.scrollTop = 3000")
    head, top = page.locator("th").first.bounding_box(), box.bounding_box()
    assert head
    assert top
    assert abs(head["y"] - top["y"]) <= 2
    assert page.locator("td").first.evaluate("cell => getComputedStyle(cell).color") == "rgb(238, 238, 238)"
    page.emulate_media(media="print")
    assert box.evaluate("box => box.scrollHeight - box.clientHeight") <= 2
