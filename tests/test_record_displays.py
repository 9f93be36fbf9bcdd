"""The record as a notebook shows it, as HTML and as plain text."""

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from runbook_lib.record import record_displays, show_record
from tests.scripted_journal import Script, step


class _Cells(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_displays_escape_and_keep_japanese(script: Script) -> None:
    hostile = '<script>alert("1")</script> & 管理者'
    found = [{"key": "k", "before": hostile, "desired": "", "after": None}]
    script.open().begin("5-(1)", "<b>").state("5-(1)", "<b>", "failed", reason=hostile, differences=found).end(
        "5-(1)", "failed"
    )
    for display in record_displays(script.path):
        cells = _Cells(display["text/html"])
        assert hostile in cells.text
        assert cells.tags <= {"style", "p", "b", "div", "br", "span", "table", "thead", "tbody", "tr", "th", "td"}
        assert hostile in display["text/plain"]
    assert "(none なし)" in cells.text
    assert "(empty 空)" in cells.text


def test_displays_say_the_outcome_in_words_not_in_colour_alone(script: Script) -> None:
    script.open().begin("5-(1)", "a", "b").state("5-(1)", "a", "changed").state("5-(1)", "b", "differs")
    text = _Cells(record_displays(script.end("5-(1)", "differs").path)[0]["text/html"]).text
    assert "● changed 変更済み" in text
    assert "△ differs 相違あり" in text


def test_the_language_of_the_site_comes_first(script: Script) -> None:
    shown = record_displays(step(script.open(language="ja"), "changed").path)
    assert "● 変更済み changed" in _Cells(shown[0]["text/html"]).text
    text = _Cells(shown[0]["text/html"]).text
    assert text[text.index("手順") + 1] == "Step"
    assert "● changed 変更済み" in _Cells(record_displays(script.path, "en")[0]["text/html"]).text


def test_a_long_table_scrolls_on_a_screen_and_is_printed_whole(script: Script) -> None:
    script.open()
    for number in range(200):
        script.begin(f"5-({number})", "s").state(f"5-({number})", "s", "ok").end(f"5-({number})", "ok")
    text = record_displays(script.path)[0]["text/html"]
    assert text.count("<tr") == 201
    assert "</b> · 200</p>" in text
    assert "@media screen{.runbook-table{max-height:70vh;overflow:auto}}" in text
    assert "position:sticky" in text
    assert "@media print{.runbook-table{max-height:none;overflow:visible}" in text


def test_record_in_the_last_cell_tells_the_steps_so_far(script: Script) -> None:
    step(script.notebook().open(), "changed")
    assert "● changed" in record_displays(script.path)[0]["text/plain"].splitlines()[0]


def test_text_table_keeps_its_columns_under_japanese(script: Script) -> None:
    script.open().begin("5", "移動", "x").state("5", "移動", "ok").state("5", "x", "failed", reason="だめ").end(
        "5", "failed"
    )
    _, head, first, second = record_displays(script.path)[0]["text/plain"].splitlines()
    at = head.index("outcome")
    assert (first[at - 2 :][0], second[at:][0]) == ("✓", "✗")  # two characters of the first are two columns wide


def test_show_record_takes_a_run_or_a_path(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    step(script.open(), "changed")
    shown: list[object] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    show_record(SimpleNamespace(journal=script.journal))
    show_record(script.path)
    assert record_displays(script.path) * 2 == shown
