"""The sheet for a person at another machine: what it takes from a journal, and that it is safe to open and to print."""

import csv
from pathlib import Path

import pytest

from runbook_lib.record.sheet import show_sheet, write_sheet
from runbook_lib.run.journal import Journal
from runbook_lib.states.sheet import Sheet, SheetLine

SHEET = Sheet(
    "To connect", "接続", "registered",
    (SheetLine("name", "Name", "名前", "set-up", "セットアップ"),
     SheetLine("address", "Address", "アドレス", "GUI", "画面")),
    (("Heed this.", "注意。"),), (("Date", "日付"),),
)  # fmt: skip


def journal(path: Path, *readings: dict[str, tuple[object, object]]) -> Path:
    book = Journal(path)
    book.append("run.opened", chapter="8", node="node1", change="C-1", apply=False, site="lab")
    for reading in readings:
        differences = [
            {"key": key, "before": actual, "desired": desired, "after": actual, "differed": actual != desired}
            for key, (actual, desired) in reading.items()
        ]
        book.append("state.ended", step="8-(1)", state="registered", outcome="ok", differences=differences)
    return path


def test_values_come_from_the_last_reading(tmp_path: Path) -> None:
    old, new = ({"name": (value, value), "address": ("10.0.0.1", "10.0.0.1")} for value in ("old", "新"))
    written = write_sheet(journal(tmp_path / "08.node1.plan.x.jsonl", old, new), SHEET)
    assert written
    assert (written.csv.name, written.page.name) == ("08.node1.plan.x.sheet.csv", "08.node1.plan.x.sheet.html")
    with written.csv.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["item"], row["value"], row["enter_in_ja"], row["read_on"]) for row in rows] == [
        ("Name", "新", "セットアップ", "node1"),
        ("Address", "10.0.0.1", "画面", "node1"),
    ]
    assert written.csv.read_bytes().startswith(b"\xef\xbb\xbf")
    page = written.page.read_text("utf-8")
    assert "C-1" in page
    assert "settled" not in page


def test_a_difference_is_told_on_the_page_and_nothing_is_taken_for_markup(tmp_path: Path) -> None:
    reading = {"name": ("<script>x</script>", "a&b"), "address": (None, "10.0.0.1")}
    written = write_sheet(journal(tmp_path / "a.jsonl", reading), SHEET)
    assert written
    page = written.page.read_text("utf-8")
    assert "<script>" not in page
    assert "Name: registered &lt;script&gt;x&lt;/script&gt;, the site file says a&amp;b." in page
    assert "Address: registered (not registered 未登録), the site file says 10.0.0.1." in page


def test_without_a_reading_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = journal(tmp_path / "a.jsonl")
    assert write_sheet(path, SHEET) is None
    show_sheet(path, SHEET)
    assert "No sheet was written" in capsys.readouterr().out
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]
