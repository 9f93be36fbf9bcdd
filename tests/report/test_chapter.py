"""How a chapter stands on a node, as the runs of a change have left it."""

import json
from pathlib import Path

import pytest

from runbook_lib.batch import find_chapters
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
from runbook_lib.report.chapter import ChapterSeen, chapter_seen
from runbook_lib.report.chapter_html import body_html, head_html, question_html
from runbook_lib.report.procedure import steps_of_notebook
from tests.clusters import ROOT
from tests.report.changes import Change

LAB = load_site(str(ROOT / "parameters" / "lab.yaml"), ClientManagerSite)
(SHARING,) = find_chapters(ROOT / "notebooks", ["5"])
STEPS = ("5", "5-(1)", "5-(2)", "5-(3)", "5-(4)")


@pytest.fixture
def change(tmp_path: Path) -> Change:
    return Change(tmp_path / "CHG-1")


def seen(change: Change, node: str = "node1", going: tuple[Path, ...] = ()) -> ChapterSeen:
    return chapter_seen(LAB, SHARING, node, change.folder, going)


def outcomes(one: ChapterSeen) -> dict[str, str]:
    return {step.step.number: step.outcome for step in one.steps}


def test_the_steps_are_those_of_the_notebook() -> None:
    steps = {step.number: step for step in steps_of_notebook(SHARING.path)}
    assert tuple(steps) == STEPS
    assert steps["5-(2)"].title == "Remove the work folder of a standby"
    assert steps["5-(2)"].titled("ja") == "待機系のワークフォルダの削除"
    assert steps["5-(2)"].role == "standby"
    assert steps["5-(1)"].requirement == "SHARE-3 SHARE-4 SHARE-5", "two cells serve one step"
    assert len(steps["5-(1)"].awaits("ja").splitlines()) == 2
    assert steps["5-(1)"].role == "active"


def test_without_a_run_every_step_is_still_to_come(change: Change) -> None:
    one = seen(change)
    assert outcomes(one) == dict.fromkeys(STEPS, "not yet")
    assert one.last is None
    assert not one.read, "nothing may be applied before it was read"


def test_the_last_run_that_came_to_a_step_tells_of_it(change: Change) -> None:
    change.run("5", "node1", dict.fromkeys(STEPS, "differs"))
    change.run("5", "node2", dict.fromkeys(STEPS, "failed"), apply=True)
    change.run("6", "node1", {"6-(1)": "failed"})
    assert outcomes(seen(change)) == dict.fromkeys(STEPS, "differs")
    assert seen(change).read

    change.run("5", "node1", {"5": "ok", "5-(1)": "failed"}, apply=True, ended="failed", reason="W: is full")
    after = seen(change)
    assert outcomes(after) == {"5": "ok", "5-(1)": "failed", "5-(2)": "differs", "5-(3)": "differs", "5-(4)": "differs"}
    assert after.last is not None
    assert (after.last.apply, after.last.outcome) == (True, "failed")
    assert not after.read, "after a failure the node is read again first"


def test_a_run_of_chosen_steps_leaves_the_others_as_they_were_seen(change: Change) -> None:
    change.run("5", "node1", dict.fromkeys(STEPS, "differs"))
    change.run("5", "node1", {"5": "skipped", "5-(1)": "changed", "5-(3)": "skipped"}, apply=True, only=["5-(1)"])
    one = seen(change)
    assert outcomes(one) == {**dict.fromkeys(STEPS, "differs"), "5-(1)": "changed"}
    assert one.read
    assert [step.step.number for step in one.left] == ["5", "5-(2)", "5-(3)", "5-(4)"]


def test_a_step_without_an_end_is_running_or_was_interrupted(change: Change) -> None:
    journal = change.run("5", "node1", {"5": "ok", "5-(1)": ""}, apply=True, ended="")
    alive = seen(change, going=(journal,))
    assert outcomes(alive)["5-(1)"] == "running"
    assert alive.last is not None
    assert alive.last.outcome == "running"
    assert outcomes(seen(change))["5-(1)"] == "interrupted"


def test_a_step_that_was_stopped_is_not_said_to_have_failed(change: Change) -> None:
    change.run(
        "5", "node1", {"5": "ok", "5-(1)": "failed"}, apply=True, ended="interrupted",
        reason="interrupted (KeyboardInterrupt) before it was settled",
    )  # fmt: skip
    assert outcomes(seen(change))["5-(1)"] == "interrupted"
    assert not seen(change).read


def test_the_run_that_asks_is_not_looked_at(change: Change) -> None:
    change.run("5", "node1", dict.fromkeys(STEPS, "differs"))
    own = change.run("5", "node1", {"5": "ok"}, apply=True, ended="")
    one = chapter_seen(LAB, SHARING, "node1", change.folder, without=own)
    assert outcomes(one) == dict.fromkeys(STEPS, "differs")


def test_a_run_on_another_site_is_not_taken_for_one_on_this(change: Change) -> None:
    change.run("5", "node1", dict.fromkeys(STEPS, "differs"), site="tokyo")
    assert outcomes(seen(change)) == dict.fromkeys(STEPS, "not yet")


def test_a_set_up_cell_run_by_hand_has_seen_nothing(change: Change) -> None:
    change.run("5", "node1", {"5": "ok", "5-(1)": "failed"}, apply=True, ended="failed")
    change.run("5", "node1", {}, by_hand=True)
    assert not seen(change).read


def test_some_steps_alone_do_not_make_a_chapter_done(change: Change) -> None:
    change.run("5", "node1", {**dict.fromkeys(STEPS, "skipped"), "5": "differs"})
    change.run("5", "node1", {"5": "changed"}, apply=True, only=["5"])
    one = seen(change)
    assert not one.left
    assert not one.done
    change.run("5", "node1", dict.fromkeys(STEPS, "ok"))
    assert seen(change).done


def test_a_broken_journal_hides_no_other(change: Change) -> None:
    change.run("5", "node1", dict.fromkeys(STEPS, "differs"))
    (change.folder / "5.node1.broken.jsonl").write_text("no journal\nat all\n")
    assert outcomes(seen(change)) == dict.fromkeys(STEPS, "differs")


def test_what_a_person_is_asked_is_kept_with_its_step(change: Change) -> None:
    change.run("5", "node1", dict.fromkeys(STEPS, "waiting"), apply=True, asking=["5-(2)"])
    asked = {step.step.number: step.asked for step in seen(change).steps}
    assert asked["5-(1)"] is None
    assert asked["5-(2)"] is not None
    assert "press it" in question_html(asked["5-(2)"], "en")


def test_the_question_of_a_first_cell_outlives_the_second(change: Change) -> None:
    steps = [("5", "differs"), ("5", "differs")]
    path = change.run("5", "node1", steps, asking=["5"])
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    asked = [number for number, line in enumerate(lines) if line["event"] == "person.asked"]
    del lines[asked[1]]  # only the first cell asks
    second = [line for line in lines if line["event"] in ("step.started", "state.ended")][-2:]
    second[0]["states"], second[1]["state"] = ["another state"], "another state"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert seen(change).steps[0].asked is not None


@pytest.mark.parametrize("language", ["en", "ja"])
def test_everything_that_goes_into_a_page_is_escaped(change: Change, language: str) -> None:
    change.run("5", "node1", dict.fromkeys(STEPS, "failed"), reason="<script>alert(1)</script>", ended="failed")
    for step in seen(change).steps:
        page = head_html(step, language) + body_html(step, language)
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
