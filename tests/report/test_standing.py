"""What is told of a change: from journals as runs leave them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from runbook_lib.batch import Chapter, find_chapters
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
from runbook_lib.report.matrix import LOOKS, matrix_html
from runbook_lib.report.standing import SIGNS, Standing, next_of, next_words, standings
from tests.report.changes import Change

ROOT = Path(__file__).parents[2]
ALL_OF_5 = ("5", "5-(1)", "5-(2)", "5-(3)", "5-(4)")


@pytest.fixture
def site() -> ClientManagerSite:
    return load_site(ROOT / "parameters" / "lab.yaml", ClientManagerSite)


@pytest.fixture
def change(tmp_path: Path) -> Change:
    return Change(tmp_path / "CHG-1")


@pytest.fixture
def told(site: ClientManagerSite, change: Change) -> Callable[..., list[Standing]]:
    def tell(*numbers: str, skip: dict[str, str] | None = None, **known: Any) -> list[Standing]:
        chapters = find_chapters(ROOT / "notebooks", numbers)
        there = site.model_copy(update={"skip": skip or {}})
        return standings(there, chapters, change.folder, **known)

    return tell


def words(found: list[Standing]) -> list[str]:
    return [f"{one.chapter.number} {one.node} {one.word}" for one in found]


def test_a_change_that_nobody_has_begun(told: Callable[..., list[Standing]]) -> None:
    assert words(told("2", "5")) == ["2 node1 not yet", "5 node1 not yet", "5 node2 not yet"]


@pytest.mark.parametrize(
    ("outcome", "ended", "word", "said"),
    [
        ("ok", "completed", "done", "Read, and everything is as it must be."),
        ("changed", "completed", "done", "Changed and read again: 1."),
        ("differs", "completed", "differs", "Not as it must be: 5-(1)."),
        ("waiting", "waiting", "waiting", "Step 5-(1): close it"),
        ("failed", "failed", "failed", "Step 5-(1): close it"),
        ("", "interrupted", "interrupted", "close it"),
        ("", "", "interrupted", "Its end was never recorded."),
        ("skipped", "completed", "done", "Read, and everything is as it must be."),
    ],
)
def test_the_last_run_says_it(
    change: Change, told: Callable[..., list[Standing]], outcome: str, ended: str, word: str, said: str
) -> None:
    change.run("5", "node1", {"5-(1)": "failed"}, ended="failed", reason="an earlier one")
    reason = "close it" if ended in ("waiting", "failed", "interrupted") else ""
    journal = change.run("5", "node1", {"5-(1)": outcome}, apply=True, ended=ended, reason=reason)
    first, second = told("5")
    assert (first.word, first.said) == (word, said)
    assert first.row is not None
    assert first.row["journal"] == str(journal)
    assert first.at == change.clock - timedelta(seconds=1)
    assert second.word == "not yet"


def test_a_plan_that_asks_for_a_person_says_so(change: Change, told: Callable[..., list[Standing]]) -> None:
    change.run("5", "node1", {"5": "ok", "5-(1)": "differs", "5-(3)": "differs"}, asking=["5", "5-(3)"])
    assert told("5")[0].said == "Not as it must be: 5-(1), 5-(3). A person has to act or to confirm: 5-(3)."
    assert told("5")[0].steps == ("5-(1)", "5-(3)")


def test_who_stopped_a_run_is_named(change: Change, told: Callable[..., list[Standing]]) -> None:
    change.run(
        "5", "node1", {"5-(1)": ""}, ended="interrupted", reason="The run was stopped by Ctrl-C.", stopped="op@x"
    )
    assert (told("5")[0].word, told("5")[0].said) == ("interrupted", "The run was stopped by op@x.")


def test_it_runs_while_its_process_lives_or_its_cell_writes(
    change: Change, told: Callable[..., list[Standing]]
) -> None:
    journal = change.run("5", "node1", {"5": "ok", "5-(1)": ""}, ended="")
    assert told("5", going=[journal])[0].said == "Step 5-(1) is under way."
    assert told("5")[0].word == "interrupted"
    change.run("5", "node2", {"5": ""}, by_hand=True)
    assert told("5", now=change.clock + timedelta(seconds=5))[1].word == "running"
    assert told("5", now=change.clock + timedelta(minutes=5))[1].word == "interrupted"
    change.run("2", "node1", {}, ended="")
    assert told("2", going=change.folder.glob("2.*"))[0].said == "It is being opened."


def test_only_a_whole_run_makes_a_chapter_done(change: Change, told: Callable[..., list[Standing]]) -> None:
    change.run("5", "node1", {"5-(1)": "changed"}, apply=True, only=["5-(1)"])
    assert (told("5")[0].word, told("5")[0].said) == (
        "not yet",
        "Of this chapter only 5-(1) was run in this change.",
    )
    change.run("5", "node1", {"5-(1)": "ok", "5-(3)": "differs"})
    assert told("5")[0].word == "differs"
    change.run("5", "node1", {"5-(3)": "changed"}, apply=True, only=["5-(3)"])
    assert (told("5")[0].word, told("5")[0].said) == (
        "differs",
        "Since the chapter was read as a whole, 5-(3) was run. Read it once more.",
    )
    change.run("5", "node1", {"5-(1)": "ok", "5-(3)": "ok"})
    change.run("5", "node1", {"5-(3)": "ok"}, only=["5-(3)"])
    assert told("5")[0].word == "done"
    change.run("5", "node1", {"5-(3)": "failed"}, apply=True, only=["5-(3)"], ended="failed")
    assert told("5")[0].word == "failed"


def test_cells_run_by_hand_count_when_every_step_was_among_them(
    change: Change, told: Callable[..., list[Standing]]
) -> None:
    change.run("5", "node1", {"5": "ok"}, by_hand=True)
    assert told("5")[0].word == "not yet"
    change.run("5", "node1", dict.fromkeys(ALL_OF_5, "ok"), by_hand=True)
    assert told("5")[0].word == "done"


def test_once_for_the_cluster_is_one_entry_whichever_node_it_ran_on(
    change: Change, told: Callable[..., list[Standing]]
) -> None:
    change.run("9", "node2", {"9-(1)": "ok"}, apply=True)
    assert words(told("9")) == ["9 node2 done"]


def test_other_sites_and_broken_journals_say_nothing(change: Change, told: Callable[..., list[Standing]]) -> None:
    change.run("5", "node1", {"5": "ok"}, site="tokyo")
    (change.folder / "5.node1.broken.jsonl").write_text("{\n{}\n")
    assert told("5")[0].word == "not yet"


def test_what_the_site_skips_is_left_out(change: Change, told: Callable[..., list[Standing]]) -> None:
    change.run("5", "node1", {"5": "failed"}, ended="failed")
    found = told("5", skip={"5": "shared before"})
    assert [(one.word, one.said) for one in found] == [("skipped", "shared before")] * 2
    assert next_of(found) is None


def test_a_journal_that_has_grown_is_read_again(change: Change, told: Callable[..., list[Standing]]) -> None:
    journal = change.run("5", "node1", {"5": ""}, ended="")
    assert told("5", going=[journal])[0].word == "running"
    with journal.open("a") as file:
        file.write(
            '{"at": "2026-11-20T09:05:00+00:00", "event": "notebook.ended", "status": "failed", "reason": "x"}\n'
        )
    assert told("5")[0].word == "failed"


# What is next


@pytest.mark.parametrize(
    ("runs", "expected", "sentence"),
    [
        ([], "4 node1", "Begin by reading everything."),
        ([("4", "node1", "ok")], "4 node2", "Next: chapter 4 (node2), Set the manager up. Nothing was read here"),
        ([("4", "node1", "ok"), ("4", "node2", "ok")], "5 node1", "Next: chapter 5 (node1)"),
        ([("4", "node1", "differs"), ("5", "node1", "failed")], "4 node1", "Next: chapter 4 (node1)"),
        (
            [("4", "node1", "waiting")],
            "4 node1",
            "Chapter 4 (node1), Set the manager up, waits for a person. Step 1:",
        ),
        ([("4", "node1", "failed")], "4 node1", "Chapter 4 (node1), Set the manager up, failed: put it right,"),
        ([("4", "node1", "interrupted")], "4 node1", "Chapter 4 (node1), Set the manager up, was interrupted:"),
        (
            [("4", "node1", "ok"), ("4", "node2", "ok"), ("5", "node1", "ok"), ("5", "node2", "ok")],
            "",
            "Nothing is left",
        ),
    ],
)
def test_next_is_the_first_in_the_procedure_that_is_not_done(
    change: Change, told: Callable[..., list[Standing]], runs: list[tuple[str, str, str]], expected: str, sentence: str
) -> None:
    for chapter, node, outcome in runs:
        ended = outcome if outcome in ("waiting", "failed", "interrupted") else "completed"
        change.run(chapter, node, {"1": outcome if outcome != "interrupted" else ""}, ended=ended, reason="a reason")
    found = told("4", "5")
    one = next_of(found)
    assert (f"{one.chapter.number} {one.node}" if one else "") == expected
    assert next_words(found, "en").startswith(sentence)


def test_what_runs_comes_first(change: Change, told: Callable[..., list[Standing]]) -> None:
    journal = change.run("5", "node2", {"5-(2)": ""}, ended="")
    found = told("4", "5", going=[journal])
    assert next_words(found, "en") == ("Chapter 5 (node2), Share the work folder, is running. Step 5-(2) is under way.")


def test_what_is_asked_for_by_its_number_is_not_urged(change: Change, told: Callable[..., list[Standing]]) -> None:
    assert next_of(told("8", "9", "10")) is None
    assert next_words(told("9"), "en").startswith("Nothing is under way.")
    change.run("10", "node2", {"10-(1)": "waiting"}, ended="waiting", reason="stop it")
    one = next_of(told("8", "9", "10"))
    assert one is not None
    assert words([one]) == ["10 node2 waiting"]


# The table


def test_the_table_says_every_word_beside_its_sign(change: Change, told: Callable[..., list[Standing]]) -> None:
    change.run("5", "node1", {"5-(1)": "failed"}, ended="failed", reason="a <folder> & more")
    change.run("2", "node1", {"2": "ok"})
    text = matrix_html(told("2", "5"), "en")
    assert 'colspan="2"' in text
    assert "✗ <b>failed</b>" in text
    assert "○ <b>not yet</b>" in text
    assert "a &lt;folder&gt; &amp; more" in text
    assert text.count("<tr>") == 3


def test_every_word_has_its_own_sign_and_the_worse_are_darker() -> None:
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert set(SIGNS) == set(LOOKS)

    def grey(word: str) -> float:
        red, green, blue = bytes.fromhex(LOOKS[word].fill.removeprefix("#"))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    order = ["done", "differs", "waiting", "interrupted", "failed"]
    assert all(grey(one) - grey(other) > 10 for one, other in pairwise(order))


def test_a_table_of_the_cluster_alone_and_of_nothing(told: Callable[..., list[Standing]]) -> None:
    assert 'colspan="1"' in matrix_html(told("2"), "en")
    assert matrix_html([], "en").startswith("<p>There are no chapters")


def test_a_title_in_the_language_of_the_site(told: Callable[..., list[Standing]]) -> None:
    assert "ワークフォルダの共有化" in matrix_html(told("5"), "ja")
    (one, _) = told("5")
    bare: Chapter = replace(one.chapter, title_ja="")
    assert "Share the work folder" in matrix_html([replace(one, chapter=bare)], "ja")
