"""The record says how a run went: its outcome, and the reason."""

import subprocess
import sys

import pytest

from runbook_lib.record import run_outcome, run_row, steps
from runbook_lib.record.summary import act_in_flight
from tests.scripted_journal import Script, step


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


def test_attended_run_needs_no_end(script: Script) -> None:
    assert run_outcome(step(script.open(), "changed").events) == "changed"


def test_step_run_again_counts_as_its_last_run_but_a_change_stays_a_change(script: Script) -> None:
    step(step(script.open(), "failed"), "changed")
    assert run_outcome(script.events) == "changed"
    assert list(steps(script.path)["outcome"]) == ["changed"]
    step(script, "ok")
    assert run_outcome(script.events) == "changed"


def test_reason_is_the_failed_step_s_message(script: Script) -> None:
    script.open().begin("5-(2)", "gone").state("5-(2)", "gone", "failed", reason="311 of 314 files").end(
        "5-(2)", "failed"
    )
    assert run_row(script.path)["reason"] == "Step 5-(2): 311 of 314 files"


def test_judging_a_run_costs_no_pandas() -> None:
    code = (
        "import sys, runbook_lib.record as r; print('pandas' in sys.modules); r.steps; print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\nTrue\n", "")
