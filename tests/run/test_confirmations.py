"""What people attest: only what was asked for, by a name, and on the record; and what a change knows of restarts."""

import json
from pathlib import Path
from typing import Any

import pytest

from runbook_lib.errors import ParameterError
from runbook_lib.record import runs
from runbook_lib.run.confirmations import answer_to, confirm, last_answer
from runbook_lib.run.history import History
from runbook_lib.run.journal import FILE_OF_CONFIRMATIONS, Journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A change in which chapter 1 asked once for the cluster, and chapter 4 once on node1."""
    change = tmp_path / "C1"
    asked(change / "01.node1.jsonl", "1", "manager", "")
    asked(change / "04.node1.jsonl", "4", "gui-closed-4", "node1")
    asked(change / "04.other.jsonl", "4", "elsewhere", "", site="other")
    return change


def asked(path: Path, chapter: str, key: str, node: str, site: str = "lab") -> None:
    journal = Journal(path)
    journal.append("run.opened", change=path.parent.name, chapter=chapter, site=site, node="node1", apply=False)
    journal.append("confirmation.asked", step=chapter, key=key, node=node, what="so", command="runbook confirm ...")


def enter(folder: Path, key: str = "manager", node: str = "", by: str = "佐藤", note: str = "見た") -> Any:
    return confirm(folder, "lab", key, node, by, note)


def test_the_last_answer_counts_and_all_stay(folder: Path) -> None:
    assert answer_to(folder, "manager", "") is None
    enter(folder, note="first")
    enter(folder, note=" second ")
    answer = answer_to(folder, "manager", "")
    assert answer is not None
    assert (answer.by, answer.note) == ("佐藤", "second")
    assert "@" in answer.account
    assert len((folder / FILE_OF_CONFIRMATIONS).read_text().splitlines()) == 2


def test_an_answer_may_last_beyond_its_change_but_not_beyond_its_site(folder: Path) -> None:
    enter(folder, note="first")
    later = folder.parent / "C2"
    asked(later / "01.node1.jsonl", "1", "manager", "")
    enter(later, note="second")
    lines = (later / FILE_OF_CONFIRMATIONS).read_text().replace('"at": "2', '"at": "3')
    (later / FILE_OF_CONFIRMATIONS).write_text(lines)
    elsewhere = folder.parent / "C3"
    asked(elsewhere / "01.node1.jsonl", "1", "manager", "", site="other")
    confirm(elsewhere, "other", "manager", "", "x", "third")
    found = last_answer(folder.parent, "lab", "manager", "")
    assert found is not None
    assert (found[0], found[1].note) == ("C2", "second")
    assert last_answer(folder.parent, "lab", "manager", "node1") is None
    history = History(folder.parent / "C4", "C4", "9", "node1")
    assert json.loads(history.answer("cluster confirmation manager on site lab", None).text)["note"] == (
        "second (in change C2)"
    )
    assert history.answer("cluster confirmation manager", None).exit_code == 1
    assert history.answer("node confirmation manager on site lab", None).exit_code == 1


def test_an_answer_is_for_its_node(folder: Path) -> None:
    enter(folder, "gui-closed-4", "node1")
    assert answer_to(folder, "gui-closed-4", "node2") is None
    assert answer_to(folder, "gui-closed-4", "") is None
    assert answer_to(folder, "gui-closed-4", "node1") is not None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"key": "other"},
            r"has not asked for other without --node\. It has asked for: manager; gui-closed-4 --node node1",
        ),
        ({"node": "node1"}, "has not asked for manager on node1"),
        ({"key": "gui-closed-4"}, "has not asked for gui-closed-4 without --node"),
        ({"key": "elsewhere"}, "has not asked for elsewhere"),
        ({"by": " "}, "--by ' ' says nothing"),
        ({"by": "NAME"}, r"--by 'NAME' says nothing.*Write your name"),
        ({"note": "TEXT"}, "--note 'TEXT' says nothing"),
        ({"note": "two\nlines"}, "or has a line break"),
    ],
)
def test_what_is_refused(folder: Path, changed: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        enter(folder, **changed)
    assert not (folder / FILE_OF_CONFIRMATIONS).exists()


def test_a_change_that_has_asked_nothing(tmp_path: Path) -> None:
    (tmp_path / "C2").mkdir()
    with pytest.raises(ParameterError, match="Change C2 has asked nobody"):
        enter(tmp_path / "C2")


def test_a_broken_file_is_told_with_its_line(folder: Path) -> None:
    enter(folder)
    file = folder / FILE_OF_CONFIRMATIONS
    file.write_text("{\n" + file.read_text())
    with pytest.raises(ParameterError, match=r"confirmations.jsonl:1: .* mend the line"):
        answer_to(folder, "manager", "")


def test_confirmations_are_no_run(folder: Path) -> None:
    enter(folder)
    assert len(runs(folder.parent)) == 3


def at(second: int) -> str:
    return f"2026-01-02T03:04:{second:02}.000+00:00"


def write(path: Path, chapter: str, *events: dict[str, Any], change: str = "C1") -> None:
    path.parent.mkdir(exist_ok=True)
    opened = {"at": at(0), "event": "run.opened", "change": change, "chapter": chapter}
    path.write_text("".join(json.dumps(event) + "\n" for event in (opened, *events)))


def boot(second: int, node: str, mark: str) -> dict[str, Any]:
    return {"at": at(second), "event": "node.boot", "node": node, "boot": {"ShutdownTime": mark}}


def changed(second: int) -> dict[str, Any]:
    return {"at": at(second), "event": "state.ended", "outcome": "changed"}


def counted(folder: Path, chapter: str = "3") -> dict[str, str]:
    return {node: marks["ShutdownTime"] for node, marks in History(folder, "C1", chapter, "node1").boots().items()}


def test_a_chapter_counts_from_its_first_run(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", "3", boot(10, "node1", "A"), boot(10, "node2", "B"))
    write(tmp_path / "a.jsonl", "3", boot(20, "node1", "C"))
    write(tmp_path / "c.jsonl", "7", boot(5, "node1", "D"))
    write(tmp_path / "d.jsonl", "3", boot(1, "node1", "E"), change="another")
    assert counted(tmp_path) == {"node1": "A", "node2": "B"}
    assert counted(tmp_path, "7") == {"node1": "D"}
    assert counted(tmp_path, "9") == {}


def test_a_chapter_counts_anew_after_an_earlier_one_has_changed_something(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", "3", boot(10, "node1", "A"), changed(15))
    write(tmp_path / "b.jsonl", "2", changed(20))
    assert counted(tmp_path) == {}
    write(tmp_path / "c.jsonl", "3", boot(30, "node1", "C"))
    assert counted(tmp_path) == {"node1": "C"}
    write(tmp_path / "d.jsonl", "4", changed(40))
    assert counted(tmp_path) == {"node1": "C"}


def test_the_first_applying_run_begins_to_count(tmp_path: Path) -> None:
    history = History(tmp_path, "C1", "3", "node1")
    assert history.answer("boot", None).exit_code == 1
    answered = history.answer("boot", lambda: {"node1": {"ShutdownTime": "A"}})
    assert (answered.exit_code, json.loads(answered.text)) == (0, {"node1": {"ShutdownTime": "A"}})
