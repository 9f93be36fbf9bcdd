"""Some steps of a chapter alone: what is carried out, what the record says of the others, what such a run is worth."""

from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from runbook_lib.batch import detached, find_chapters, run_chapters
from runbook_lib.batch.chapters import choose
from runbook_lib.batch.order import check_needs, unmet_needs
from runbook_lib.cli import main
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site
from runbook_lib.record import runs, steps
from runbook_lib.record.summary import run_row
from runbook_lib.run.chosen import STEPS_VARIABLE, in_text, steps_in
from runbook_lib.run.journal import Journal, read_events
from tests.clusters import ROOT, Cluster

SHARE = ("5", "5-(1)", "5-(2)", "5-(3)", "5-(4)")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientManagerSite:
    """A project with the shipped notebooks, and no lab."""
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "lab.yaml").write_text((ROOT / "parameters" / "lab.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    return load_site("lab", ClientManagerSite)


@pytest.mark.parametrize(
    ("text", "steps"),
    [("", ()), (" , ", ()), ("5-(1)", ("5-(1)",)), ("5-(1) 5-(3),5-(1)\n6", ("5-(1)", "5-(3)", "6"))],
)
def test_steps_are_named_in_a_text(text: str, steps: tuple[str, ...]) -> None:
    assert in_text(text) == steps


def test_steps_of_a_notebook() -> None:
    (five,) = find_chapters(ROOT / "notebooks", ["5"])
    assert five.steps == SHARE
    assert steps_in(["run.ensure(", "other.ensure('1')", "run.ensure(name)", "run.confirm('1'); run.ensure('2')"]) == (
        "1",
        "2",
    )


def test_only_the_chapters_with_the_steps_are_run() -> None:
    chapters = find_chapters(ROOT / "notebooks")
    assert {one.number: those for one, those in choose(chapters, ["5-(3)", "0-(1)", "5-(1)"]).items()} == {
        "0": ("0-(1)",),
        "5": ("5-(3)", "5-(1)"),
    }
    assert set(choose(chapters, []).values()) == {()}


def test_step_that_is_not_there_is_refused_before_anything_is_run(site: ClientManagerSite, tmp_path: Path) -> None:
    chapters = find_chapters(tmp_path / "notebooks", ["5"])
    sentence = r"There is no step 5-\(9\) in chapter 5\. Its steps are: 5, 5-\(1\), .*5-\(4\)\. Nothing was run"
    with pytest.raises(ParameterError, match=sentence):
        run_chapters(site, chapters, steps=["5-(1)", "5-(9)"])
    with pytest.raises(ParameterError, match=sentence):
        detached.start(site, ["5"], ["node1"], apply=True, change="C1", steps=["5-(9)"])
    assert not (tmp_path / "outputs").exists()


@pytest.mark.notebook
def test_engine_refuses_a_step_that_the_notebook_does_not_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    node = new_notebook(cells=[new_code_cell("run = None"), new_code_cell('run and run.ensure("5-(1)")')])
    node.metadata.update(kernelspec=kernel, language_info={"name": "python"})
    nbformat.write(node, source)
    options: dict[str, Any] = {"engine_name": "runbook", "progress_bar": False}
    monkeypatch.setenv(STEPS_VARIABLE, "5-(2)")
    with pytest.raises(ParameterError, match=r"There is no step 5-\(2\) in this notebook\. Its steps are: 5-\(1\)\."):
        papermill.execute_notebook(source, out, **options)
    assert not out.with_suffix(".jsonl").exists()
    papermill.execute_notebook(source, out, steps=["5-(1)"], **options)
    assert next(read_events(out.with_suffix(".jsonl")))["only"] == ["5-(1)"]
    papermill.execute_notebook(source, out, steps=[], **options)
    assert next(read_events(out.with_suffix(".jsonl")))["only"] == []


@pytest.mark.wire
@pytest.mark.notebook
def test_others_are_recorded_as_left_out(cluster: Cluster) -> None:
    chapters = find_chapters(cluster.home / "notebooks", ["0", "5"])
    run_chapters(cluster.site, chapters[:1], change="C1")
    results = run_chapters(
        cluster.site, chapters, ["node1"], apply=True, change="C1", steps=["5-(1)"], active=lambda: "node1"
    )
    assert [(one.chapter, one.node, one.outcome, one.changed) for one in results] == [("5", "node1", "changed", 2)]
    assert results[0].journal
    table = steps(results[0].journal)
    told = {
        step: (set(rows["outcome"]), set(rows["reason"])) for step, rows in table.groupby("step") if step != "5-(1)"
    }
    left_out = ({"skipped"}, {"left out: only 5-(1) was asked for"})
    assert told == {step: left_out for step in SHARE if step != "5-(1)"}
    events = list(read_events(results[0].journal))
    assert [one["only"] for one in events if one["event"] in ("notebook.started", "run.opened")] == [["5-(1)"]] * 2
    assert all(not one["destructive"] for one in events if one["event"] == "step.started" and one["step"] != "5-(1)")
    assert cluster.machine("node1").files.exists(cluster.site.nvwork_shared)
    assert list(runs(cluster.home / "outputs")["only"]) == ["", "", "5-(1)"]


@pytest.mark.wire
def test_attended_run_takes_the_steps_from_the_environment(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STEPS_VARIABLE, "5-(3)")
    run = cluster.share("node1", apply=False)
    assert run.only == ("5-(3)",)
    outcomes = {one["step"]: one["outcome"] for one in cluster.events() if one["event"] == "step.ended"}
    assert outcomes == {**dict.fromkeys(SHARE, "skipped"), "5-(3)": "differs"}


def test_run_of_some_steps_ends_no_chapter(site: ClientManagerSite, tmp_path: Path) -> None:
    """Not by itself; but one that went wrong takes back what a whole run had said."""
    (five,) = find_chapters(tmp_path / "notebooks", ["5"])
    folder = tmp_path / "outputs" / "C1"
    number = 0

    def ran(outcome: str, *only: str) -> bool:
        """Whether chapter 0 counts as done once this run of it has been, too."""
        nonlocal number
        number += 1
        journal = Journal(folder / f"{number}.jsonl")
        journal.append("notebook.started", chapter="0", only=list(only))
        journal.append("run.opened", chapter="0", site="lab", node="node1", change="C1", apply=True, only=list(only))
        step = {"step": "0-(1)", "verb": "ensure", "role": "", "requirement": ""}
        journal.append("step.started", states=["s"], **step)
        journal.append("state.ended", state="s", outcome=outcome, reason="", seconds=0.1, commands=[], **step)
        journal.append("step.ended", step="0-(1)", outcome=outcome, seconds=0.1, message="")
        journal.append("notebook.ended", status="failed" if outcome == "failed" else "completed", reason="")
        return "0" not in unmet_needs(site, five, ["node1"], folder)

    assert five.needs == ("0",)
    assert not ran("changed", "0-(1)")
    assert ran("ok")
    assert ran("changed", "0-(1)")
    assert not ran("failed", "0-(1)")
    assert not ran("ok", "0-(1)")
    assert ran("ok")


def test_cells_by_hand_end_a_chapter_only_when_all_its_steps_were_run(site: ClientManagerSite, tmp_path: Path) -> None:
    (zero,), (five,) = (find_chapters(tmp_path / "notebooks", [number]) for number in ("0", "5"))
    folder = tmp_path / "outputs" / "C1"

    def is_needed_after(number: int, *steps: str) -> bool:
        journal = Journal(folder / f"{number}.jsonl")
        journal.append("run.opened", chapter="0", site="lab", node="node1", change="C1", apply=True, only=[])
        for step in steps:
            told = {"step": step, "verb": "ensure", "role": "", "requirement": ""}
            journal.append("step.started", states=["s"], **told)
            journal.append("state.ended", state="s", outcome="ok", reason="", seconds=0.1, commands=[], **told)
            journal.append("step.ended", step=step, outcome="ok", seconds=0.1, message="")
        return "0" in unmet_needs(site, five, ["node1"], folder)

    assert is_needed_after(1)
    assert is_needed_after(2, *zero.steps[1:])
    assert not is_needed_after(3, *zero.steps)
    assert not is_needed_after(4)


def test_chapter_of_the_cluster_needs_others_on_every_node(site: ClientManagerSite, tmp_path: Path) -> None:
    (six,) = find_chapters(tmp_path / "notebooks", ["6"])
    assert (six.scope, six.needs) == ("cluster", ("0",))
    folder = tmp_path / "outputs" / "C1"
    for node in site.group.policy:
        with pytest.raises(ParameterError, match=f"Chapter 6 .* chapter 0.* ended well on.*{site.group.policy[-1]}"):
            check_needs(site, [six], ["node1"], "C1", folder)
        journal = Journal(folder / f"{node}.jsonl")
        journal.append("notebook.started", chapter="0", only=[])
        journal.append("run.opened", chapter="0", site="lab", node=node, change="C1", apply=True, only=[])
        journal.append("notebook.ended", status="completed", reason="")
    check_needs(site, [six], ["node1"], "C1", folder)


def test_what_is_asked_for_together_is_still_needed_on_the_nodes_that_are_left_out(
    site: ClientManagerSite, tmp_path: Path
) -> None:
    both = find_chapters(tmp_path / "notebooks", ["0", "6"])
    check_needs(site, both, site.group.policy, "C1", tmp_path / "outputs" / "C1")
    with pytest.raises(ParameterError, match=r"Chapter 6 changes the whole cluster .* on node2\. Run it there first"):
        check_needs(site, both, ["node1"], "C1", tmp_path / "outputs" / "C1")


def test_journal_of_an_earlier_version_is_of_a_whole_run(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "old.jsonl")
    journal.append("run.opened", chapter="5", site="lab", node="node1", change="C1", apply=True)
    assert run_row(journal.path)["only"] == ""
    assert list(runs(tmp_path)["only"]) == [""]


@pytest.mark.wire
@pytest.mark.notebook
def test_command_takes_steps(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "lab", "--step", "0-(1)", "--step", "0-(3)", "--node", "node1", "--change", "C1"]) == 0
    assert list(runs(cluster.home / "outputs")["only"]) == ["0-(1) 0-(3)"]
    assert main(["plan", "lab", "5", "--step", "0-(1)"]) == 64
    assert "0-(1)" in capsys.readouterr().err


@pytest.mark.wire
@pytest.mark.notebook
def test_run_of_its_own_takes_steps(cluster: Cluster) -> None:
    started = detached.start(cluster.site, ["0"], ["node1"], apply=False, change="C1", steps=["0-(1)", "0-(3)"])
    assert started.process.wait(60) == 0, started.said.read_text("utf-8")
    assert list(runs(cluster.home / "outputs")["only"]) == ["0-(1) 0-(3)"]
