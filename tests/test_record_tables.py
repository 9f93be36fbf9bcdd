"""The record as tables: steps, differences and commands of one run, and a list of all runs."""

import io
from pathlib import Path

import pandas as pd

from runbook_lib.record import commands, differences, run_row, runs, steps
from tests.scripted_journal import Script, step

NVWORK = r"C:\Program Files\ESMPRO\NVWORK"


def test_value_that_was_only_noted_is_no_difference(script: Script) -> None:
    noted = {"key": "client", "before": "there", "desired": None, "after": "there", "differed": False}
    assert differences(script.open().state("0", "s", "ok", differences=[noted]).path).empty


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


def test_tables_can_be_written_for_other_programs(script: Script) -> None:
    step(script.open(), "changed")
    stream = io.StringIO()
    runs(script.path.parent).to_csv(stream, index=False)
    assert "月次作業" in stream.getvalue()
