"""Chapters x nodes: order, what stops it, and what is told on the way."""

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from runbook_lib.batch import (
    Chapter,
    Progress,
    Result,
    active_node,
    all_chapters,
    find_chapters,
    nodes_in_order,
    run_chapters,
)
from runbook_lib.cli.simulated import describe
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.lab.lab import Lab
from runbook_lib.parameters import load_site
from runbook_lib.record import RUN_OUTCOMES, runs

POLICY = ("node1", "node2", "node3")
PARAMETERS = """\
site: str = "lab"
node: str = "node1"
apply: bool = False
change: str = ""
note: str = ""
"""
SOURCE = """\
import os
from pathlib import Path
from runbook_lib.errors import NotApplied, Waiting
from runbook_lib.run.journal import Journal
outcome = {outcomes}[node]
step = dict(step="{chapter}-(1)", verb="ensure", role="", requirement="")
journal = Journal(Path(os.environ["RUNBOOK_JOURNAL"]))
journal.append("run.opened", change=change, chapter="{chapter}", site=site, node=node, apply=apply, note=note)
journal.append("step.started", states=["s"], **step)
journal.append("state.ended", state="s", outcome=outcome, reason="because", seconds=0.1, commands=[], **step)
journal.append("step.ended", outcome=outcome, seconds=0.1, message="because", **step)
if outcome in ("failed", "waiting"):
    raise dict(failed=NotApplied, waiting=Waiting)[outcome]("because")
if outcome == "interrupted":
    os.kill(os.getppid(), 2)
    __import__("time").sleep(30)
"""


def write(folder: Path, chapter: str, outcomes: dict[str, str] | None = None, **metadata: Any) -> Path:
    folder.mkdir(exist_ok=True)
    source = SOURCE.format(outcomes=outcomes or dict.fromkeys(POLICY, "ok"), chapter=chapter)
    cells = [
        new_markdown_cell(f"# {chapter}"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(source),
    ]
    node = new_notebook(cells=cells)
    node.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    node.metadata["language_info"] = {"name": "python"}
    node.metadata["runbook"] = {"chapter": chapter, "title": f"Chapter {chapter}", **metadata}
    path = folder / f"{chapter.zfill(2)}_chapter.ipynb"
    nbformat.write(node, path)
    return path


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of its own, in a folder whose name papermill would take for a parameter."""
    home = tmp_path / "{here}"
    (home / "parameters").mkdir(parents=True)
    text = (Path(__file__).parents[1] / "parameters" / "lab.yaml").read_text("utf-8")
    (home / "parameters" / "lab.yaml").write_text(re.sub(r"(?<=port: )\d+", lambda _: free_port(), text), "utf-8")
    monkeypatch.setenv("RUNBOOK_HOME", str(home))
    return home


@pytest.fixture
def site(home: Path) -> ClientManagerSite:
    return load_site("lab", ClientManagerSite)


def chapter(**fields: Any) -> Chapter:
    plain = {"number": "5", "title": "t", "title_ja": "", "procedure": "installation", "scope": "node"}
    return Chapter(**{**plain, "order": "policy", "needs": (), "path": Path("n.ipynb"), **fields})


def test_chapters_come_in_the_manual_s_order(home: Path) -> None:
    for number in ("10", "0", "5a", "5"):
        write(home / "notebooks", number)
    assert [one.number for one in find_chapters(home / "notebooks")] == ["0", "5", "5a", "10"]
    assert [one.number for one in find_chapters(home / "notebooks", ["10", "05"])] == ["5", "10"]


def test_only_the_installation_is_carried_out_unasked(home: Path) -> None:
    """Nobody uninstalls by leaving a number out."""
    write(home / "notebooks", "5")
    write(home / "notebooks", "10", procedure="removal")
    assert [one.number for one in find_chapters(home / "notebooks")] == ["5"]
    assert [one.number for one in find_chapters(home / "notebooks", ["10"])] == ["10"]
    assert [one.number for one in all_chapters(home / "notebooks")] == ["5", "10"]


def test_chapter_that_is_not_there_is_refused_with_those_that_are(home: Path) -> None:
    write(home / "notebooks", "5")
    with pytest.raises(ParameterError, match=r"There is no chapter '6' in .*Chapters are: 5"):
        find_chapters(home / "notebooks", ["6"])


def test_notebook_without_metadata_is_no_chapter(home: Path) -> None:
    nbformat.write(new_notebook(), home / "x.ipynb")
    assert find_chapters(home) == []


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ({"scope": "nodes"}, "runbook.scope is 'nodes'; write node or cluster"),
        ({"order": "any"}, "runbook.order is 'any'; write policy or active-first"),
        ({"needs": "0"}, "runbook.needs must be a list"),
        ({"title": ""}, "runbook.title must be text"),
        ({"chapter": 5}, "runbook.chapter must be text, such as '5'"),
    ],
)
def test_metadata_that_cannot_be_followed_is_refused(home: Path, metadata: dict[str, Any], sentence: str) -> None:
    write(home, "5")
    path = home / "05_chapter.ipynb"
    node = json.loads(path.read_text())
    node["metadata"]["runbook"].update(metadata)
    path.write_text(json.dumps(node))
    with pytest.raises(ParameterError, match=sentence):
        find_chapters(home)


def test_two_notebooks_of_one_chapter_are_refused(home: Path) -> None:
    path = write(home, "5")
    shutil.copy(path, home / "copy.ipynb")
    with pytest.raises(ParameterError, match="both chapter 5"):
        find_chapters(home)


@pytest.mark.parametrize(
    ("fields", "active", "expected"),
    [
        ({}, "node2", ["node1", "node2", "node3"]),
        ({"order": "active-first"}, "node2", ["node2", "node1", "node3"]),
        ({"order": "active-first"}, None, ["node1", "node2", "node3"]),
        ({"scope": "cluster"}, "node2", ["node1"]),
    ],
)
def test_order_of_nodes(fields: dict[str, Any], active: str | None, expected: list[str]) -> None:
    assert nodes_in_order(chapter(**fields), ["node3", "node1", "node2"], POLICY, lambda: active) == expected


def test_active_node_is_asked_only_where_the_order_needs_it() -> None:
    asked: list[int] = []
    ask = lambda: asked.append(1)  # noqa: E731
    nodes_in_order(chapter(), POLICY, POLICY, ask)
    nodes_in_order(chapter(order="active-first"), ["node2"], POLICY, ask)
    assert asked == []


@pytest.mark.wire
def test_active_node_is_asked_of_the_nodes(site: ClientManagerSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_LAB_PASSWORD", "right")
    with Lab(describe(site, "right")) as lab:
        assert active_node(site) == "node1"
        lab.cluster.move(site.group.name, "node2")
        assert active_node(site) == "node2"
        monkeypatch.setenv("RUNBOOK_LAB_PASSWORD", "wrong")
        before = len(lab.endpoints["node2"].exchanges)
        assert active_node(site) is None
        assert len(lab.endpoints["node2"].exchanges) == before


def test_wrong_requests_run_nothing(site: ClientManagerSite, home: Path) -> None:
    write(home / "notebooks", "5", needs=["0"])
    write(home / "notebooks", "0")
    chapters = find_chapters(home / "notebooks", ["5"])
    for wrong, sentence in [
        ({"nodes": ["node9"]}, "no node 'node9'"),
        ({"change": "a/b"}, "cannot name a folder"),
        ({"apply": True}, "Chapter 5 needs chapter 0, .* on node1, node2. Ask for both"),
    ]:
        with pytest.raises(ParameterError, match=sentence):
            run_chapters(site, chapters, **wrong)
    assert not (home / "outputs").exists()


@pytest.mark.notebook
def test_planning_goes_on_after_a_failure_and_tells_what_happens(site: ClientManagerSite, home: Path) -> None:
    write(home / "notebooks", "0", {"node1": "failed", "node2": "differs"})
    seen: list[Progress] = []
    results = run_chapters(site, find_chapters(home / "notebooks"), note="注記", on_progress=seen.append)
    assert [(one.node, one.outcome, one.reason) for one in results] == [
        ("node1", "failed", "Step 0-(1): because"),
        ("node2", "differs", "Step 0-(1): because"),
    ]
    kinds = ["started", "step", "step ended", "ended"]
    assert [one.kind for one in seen] == ["queued", "queued", *kinds, *kinds]
    assert [one.result for one in seen if one.result] == results
    assert {one.outcome for one in results} <= set(RUN_OUTCOMES)
    first = results[0].notebook
    assert first
    assert first.parent.parent == home / "outputs"
    assert first.name.startswith("00_chapter.node1.plan.2")
    assert list(runs(home / "outputs")["note"]) == ["注記", "注記"]


@pytest.mark.notebook
def test_applying_stops_at_the_first_run_that_does_not_end_well(site: ClientManagerSite, home: Path) -> None:
    write(home / "notebooks", "0", {"node1": "changed", "node2": "waiting"})
    write(home / "notebooks", "5")
    results = run_chapters(site, find_chapters(home / "notebooks"), apply=True, change="C1")
    assert [(one.chapter, one.node, one.outcome) for one in results] == [
        ("0", "node1", "changed"),
        ("0", "node2", "waiting"),
        ("5", "node1", "not started"),
        ("5", "node2", "not started"),
    ]
    assert results[2] == Result("5", "node1")


@pytest.mark.notebook
def test_needed_chapter_may_have_run_earlier_in_the_change(site: ClientManagerSite, home: Path) -> None:
    write(home / "notebooks", "0")
    write(home / "notebooks", "5", needs=["0"], order="active-first")
    run_chapters(site, find_chapters(home / "notebooks", ["0"]), ["node2"], change="C1")
    five = find_chapters(home / "notebooks", ["5"])
    assert run_chapters(site, five, ["node2"], change="C1", apply=True)[0].outcome == "ok"
    with pytest.raises(ParameterError, match="no run of it that ended well on node1"):
        run_chapters(site, five, change="C1", apply=True)


@pytest.mark.notebook
def test_ctrl_c_is_recorded_then_raised(site: ClientManagerSite, home: Path) -> None:
    write(home / "notebooks", "0", {"node1": "interrupted"})
    results: list[Result] = []
    with pytest.raises(KeyboardInterrupt):
        run_chapters(
            site,
            find_chapters(home / "notebooks"),
            on_progress=lambda progress: results.append(progress.result) if progress.result else None,
            active=lambda: "node1",
        )
    assert [one.outcome for one in results] == ["interrupted", "not started"]
