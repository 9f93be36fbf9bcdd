"""The record: journals written line by line here, read back as tables and judged."""

import io
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from runbook_lib.record import (
    commands,
    differences,
    record_displays,
    run_outcome,
    run_row,
    runs,
    show_record,
    steps,
)
from runbook_lib.record.summary import act_in_flight
from runbook_lib.run.journal import Journal, read_events

NVWORK = r"C:\Program Files\ESMPRO\NVWORK"


class Script:
    """Writes a journal the way a run does."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal(path)

    def open(self, **fields: object) -> "Script":
        opened = {"change": "C1", "chapter": "5", "site": "lab", "node": "node1", "apply": True, "note": "月次作業"}
        self.journal.append("run.opened", **{**opened, "operator": "op", **fields})
        return self

    def begin(self, step: str, *states: str) -> "Script":
        self.journal.append(
            "step.started", step=step, verb="ensure", role="active", requirement="SHARE-3", states=states
        )
        return self

    def state(self, step: str, state: str, outcome: str, **fields: object) -> "Script":
        plain = {"verb": "ensure", "role": "active", "requirement": "SHARE-3", "reason": "", "seconds": 0.5}
        ended = {**plain, "commands": 0, "differences": [], **fields}
        self.journal.append("state.ended", step=step, state=state, outcome=outcome, **ended)
        return self

    def end(self, step: str, outcome: str, message: str = "") -> "Script":
        self.journal.append("step.ended", step=step, outcome=outcome, seconds=1.0, message=message)
        return self

    def act(self, step: str, state: str, number: int = 1, **ended: object) -> "Script":
        act = {"step": step, "state": state, "number": number}
        self.journal.append("act.started", **act, command="robocopy a b", why="to move it")
        if ended:
            self.journal.append("act.ended", **act, seconds=0.1, **ended)
        return self

    def notebook(self, status: str = "") -> "Script":
        if status:
            self.journal.append("notebook.ended", status=status, reason="because", seconds=2.0)
        else:
            self.journal.append("notebook.started", chapter="5", parameters={"site": "lab", "node": "node2"})
        return self

    @property
    def events(self) -> list[dict[str, object]]:
        return list(read_events(self.journal.path))

    @property
    def path(self) -> Path:
        return self.journal.path


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return Script(tmp_path / "C1" / "05_share.node1.apply.20240101T000000000.jsonl")


def step(script: Script, outcome: str) -> Script:
    return script.begin("5-(1)", "moved").state("5-(1)", "moved", outcome).end("5-(1)", outcome)


@pytest.mark.parametrize("outcome", ["ok", "changed", "differs", "waiting", "failed"])
def test_run_is_what_its_step_is(script: Script, outcome: str) -> None:
    assert outcome == run_outcome(step(script.open(), outcome).events)


def test_skipped_step_leaves_nothing_to_do(script: Script) -> None:
    assert run_outcome(step(script.open(), "skipped").events) == "ok"


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["changed", "ok"], "changed"),
        (["changed", "differs"], "differs"),
        (["differs", "waiting"], "waiting"),
        (["waiting", "failed"], "failed"),
    ],
)
def test_the_worst_outcome_is_said(script: Script, outcomes: list[str], expected: str) -> None:
    script.open()
    for number, outcome in enumerate(outcomes):
        script.begin(str(number), "s").state(str(number), "s", outcome).end(str(number), outcome)
    assert expected == run_outcome(script.events)


def test_command_without_an_end_means_interrupted(script: Script) -> None:
    assert run_outcome(script.open().begin("5-(1)", "moved").act("5-(1)", "moved").events) == "interrupted"


def test_step_without_an_end_means_interrupted(script: Script) -> None:
    assert run_outcome(script.open().begin("5-(1)", "moved").events) == "interrupted"


def test_notebook_begun_and_never_ended_means_interrupted(script: Script) -> None:
    assert run_outcome(step(script.notebook().open(), "ok").events) == "interrupted"


def test_empty_journal_means_interrupted() -> None:
    assert run_outcome([]) == "interrupted"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("completed", "changed"), ("failed", "failed"), ("waiting", "waiting"), ("interrupted", "interrupted")],
)
def test_the_engine_has_a_word_in_it(script: Script, status: str, expected: str) -> None:
    assert expected == run_outcome(step(script.notebook().open(), "changed").notebook(status).events)


def test_step_that_ctrl_c_cut_short_makes_no_failed_run(script: Script) -> None:
    script.notebook().open().begin("5-(1)", "moved").act("5-(1)", "moved", exit_code=None)
    script.state("5-(1)", "moved", "failed", reason="interrupted").end("5-(1)", "failed").notebook("interrupted")
    assert run_outcome(script.events) == "interrupted"
    assert act_in_flight(script.events)


def test_lost_reply_that_a_reading_settled_is_settled(script: Script) -> None:
    script.open().begin("5-(1)", "moved").act("5-(1)", "moved", exit_code=None).state("5-(1)", "moved", "changed")
    assert act_in_flight(script.events) is None


def test_refused_run_failed_for_the_reason_it_gives(script: Script) -> None:
    script.open().journal.append("run.refused", reason="node1 does not answer.")
    assert (run_row(script.path)["outcome"], run_row(script.path)["reason"]) == ("failed", "node1 does not answer.")


def test_value_that_was_only_noted_is_no_difference(script: Script) -> None:
    noted = {"key": "client", "before": "there", "desired": None, "after": "there", "differed": False}
    assert differences(script.open().state("0", "s", "ok", differences=[noted]).path).empty


def test_attended_run_needs_no_end(script: Script) -> None:
    assert run_outcome(step(script.open(), "changed").events) == "changed"


def test_step_run_again_counts_as_its_last_run_but_a_change_stays_a_change(script: Script) -> None:
    step(step(script.open(), "failed"), "changed")
    assert run_outcome(script.events) == "changed"
    assert list(steps(script.path)["outcome"]) == ["changed"]
    step(script, "ok")
    assert run_outcome(script.events) == "changed"


def test_steps_have_one_row_per_state(script: Script) -> None:
    script.open().begin("5-(1)", "moved", "rights").state("5-(1)", "moved", "changed", commands=3, reason="was local")
    script.state("5-(1)", "rights", "ok", requirement="SHARE-4 SHARE-5").end("5-(1)", "changed")
    table = steps(script.path)
    assert list(table["state"]) == ["moved", "rights"]
    assert list(table["commands"]) == [3, 0]
    assert list(table["requirement"]) == ["SHARE-3", "SHARE-4 SHARE-5"]
    assert table["reason"][0] == "was local"
    assert str(table["started"].dt.tz) == "UTC"


def test_two_cells_of_one_step_both_count(script: Script) -> None:
    script.open().begin("5-(1)", "moved").state("5-(1)", "moved", "failed").end("5-(1)", "failed")
    script.begin("5-(1)", "rights").end("5-(1)", "ok")
    assert list(steps(script.path)["state"]) == ["moved", "rights"]
    assert list(steps(script.path)["outcome"]) == ["failed", "ok"]


def test_states_behind_a_failed_one_never_ran(script: Script) -> None:
    script.open().begin("5-(1)", "moved", "rights").state("5-(1)", "moved", "failed", reason="full").end(
        "5-(1)", "failed"
    )
    assert list(steps(script.path)["outcome"]) == ["failed", "not run"]


def test_step_whose_node_could_not_be_read_tells_the_message_for_each_state(script: Script) -> None:
    script.open().begin("5-(1)", "moved", "rights").end("5-(1)", "failed", "node1 does not answer.")
    assert list(steps(script.path)["reason"]) == ["node1 does not answer."] * 2


def test_step_in_flight_is_interrupted(script: Script) -> None:
    assert list(steps(script.open().begin("5-(1)", "moved").path)["outcome"]) == ["interrupted"]


def test_differences_keep_the_values_as_they_were_read(script: Script) -> None:
    found = [
        {"key": "WorkDir", "before": NVWORK, "desired": r"W:\NVWORK", "after": r"W:\NVWORK"},
        {"key": "files", "before": 311, "desired": None, "after": ["a", "b"]},
    ]
    table = differences(script.open().begin("5-(4)", "r").state("5-(4)", "r", "changed", differences=found).path)
    assert list(table["before"]) == [NVWORK, 311]
    assert list(table["desired"]) == [r"W:\NVWORK", None]
    assert table["after"][1] == ["a", "b"]


def test_commands_say_how_each_ended(script: Script) -> None:
    script.open().begin("5-(1)", "moved").act("5-(1)", "moved", 1, exit_code=0, output="移動しました")
    script.act("5-(1)", "moved", 2, exit_code=None, output="").act("5-(1)", "moved", 3)
    table = commands(script.path)
    assert list(table["status"]) == ["ended", "reply lost", "not ended"]
    assert list(table["exit_code"]) == [0, pd.NA, pd.NA]
    assert table["output"][0] == "移動しました"


def test_tables_of_a_run_that_did_nothing_have_their_columns(script: Script) -> None:
    path = script.open().path
    assert list(steps(path).columns[:3]) == ["step", "requirement", "state"]
    assert list(differences(path).columns) == ["step", "state", "key", "before", "desired", "after"]
    assert "exit_code" in commands(path)
    assert "journal" in runs(path.parent / "nowhere")


def test_runs_lists_every_journal_oldest_first(tmp_path: Path) -> None:
    second = tmp_path / "C1" / "a.node2.apply.2.jsonl"
    step(Script(tmp_path / "C1" / "b.node1.apply.1.jsonl").open(), "changed")
    step(Script(second).open(node="node2", apply=False), "differs")
    second.with_suffix(".ipynb").write_text("{}")
    table = runs(tmp_path)
    assert list(table["node"]) == ["node1", "node2"]
    assert list(table["changed"]) == [1, 0]
    assert list(table["apply"]) == [True, False]
    assert ["", str(second.with_suffix(".ipynb"))] == list(table["notebook"])
    assert table["note"][0] == "月次作業"


def test_run_that_never_opened_is_known_by_what_the_engine_was_given(script: Script) -> None:
    row = run_row(script.notebook().notebook("failed").path)
    assert tuple(row[key] for key in ("change", "chapter", "site", "node", "outcome", "reason")) == (
        "C1",
        "5",
        "lab",
        "node2",
        "failed",
        "because",
    )


def test_broken_journal_is_listed_with_what_is_wrong_and_hides_no_other(script: Script) -> None:
    step(script.open(), "ok")
    broken = script.path.with_name("x.jsonl")
    broken.write_text('{"at": \n{}\n')
    table = runs(script.path.parent).set_index("journal")
    assert table.loc[str(broken), "outcome"] == "unreadable"
    assert "x.jsonl:1" in str(table.loc[str(broken), "reason"])
    assert table.loc[str(script.path), "outcome"] == "ok"


def test_reason_is_the_failed_step_s_message(script: Script) -> None:
    script.open().begin("5-(2)", "gone").state("5-(2)", "gone", "failed", reason="311 of 314 files").end(
        "5-(2)", "failed"
    )
    assert run_row(script.path)["reason"] == "Step 5-(2): 311 of 314 files"


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


def test_judging_a_run_costs_no_pandas() -> None:
    code = (
        "import sys, runbook_lib.record as r; print('pandas' in sys.modules); r.steps; print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\nTrue\n", "")


def test_tables_can_be_written_for_other_programs(script: Script) -> None:
    step(script.open(), "changed")
    stream = io.StringIO()
    runs(script.path.parent).to_csv(stream, index=False)
    assert "月次作業" in stream.getvalue()
