"""The buttons of the page: what each says, and that pressing it names the chapter and the node."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_lib.batch import Chapter, all_chapters
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.panel.matrix import MatrixView, look_of, places_of
from runbook_lib.parameters import load_site
from runbook_lib.report.chapter_html import clock
from runbook_lib.report.standing import Standing, next_of, standings
from tests.report.changes import Change

ROOT = Path(__file__).parents[2]
NODES = ("node1", "node2")


@pytest.fixture
def change(tmp_path: Path) -> Change:
    return Change(tmp_path / "CHG-1")


@pytest.fixture
def told(change: Change) -> Callable[[str], list[Standing]]:
    site = load_site(ROOT / "parameters" / "lab.yaml", ClientManagerSite)
    chapters = all_chapters(ROOT / "notebooks")
    return lambda procedure: [
        one for one in standings(site, chapters, change.folder) if one.chapter.procedure == procedure
    ]


def of(found: list[Standing], number: str, node: str = "node1") -> Standing:
    return next(one for one in found if (one.chapter.number, one.node) == (number, node))


def test_a_button_says_the_word_the_steps_and_when(change: Change, told: Callable[[str], list[Standing]]) -> None:
    change.run("5", "node1", {"5": "ok", "5-(1)": "differs"})
    one = of(told("installation"), "5")
    look = look_of(one, "node1", "en", is_next=True)
    assert one.at is not None
    assert look.words == f"△ differs\nstep 5-(1) · {clock(one.at.isoformat())}"
    assert look.tooltip == "5 Share the work folder · node1\ndiffers: Not as it must be: 5-(1)."
    assert (look.kind, look.is_next) == ("differs", True)


@pytest.mark.parametrize(
    ("steps", "apply", "second_line"),
    [
        ({"5": "differs", "5-(1)": "differs"}, False, "steps 5, 5-(1) · "),
        ({"5": "differs", "5-(1)": "differs", "5-(3)": "differs"}, False, "3 steps · "),
        ({"5": "changed", "5-(1)": "changed"}, True, "2 changed · "),
        ({"5": "ok"}, True, ""),
    ],
)
def test_its_second_line_is_short(
    change: Change, told: Callable[[str], list[Standing]], steps: dict[str, str], apply: bool, second_line: str
) -> None:
    change.run("5", "node1", steps, apply=apply)
    one = of(told("installation"), "5")
    assert one.at is not None
    words = look_of(one, "node1", "en", is_next=False).words
    assert words.split("\n")[1] == second_line + clock(one.at.isoformat())


def test_a_run_is_under_way_and_a_service_is_running(change: Change, told: Callable[[str], list[Standing]]) -> None:
    (one,) = [Standing(of(told("installation"), "5").chapter, "node1", "running", "Step 5 is under way.")]
    assert look_of(one, "node1", "en", is_next=False).words.startswith("▶\ufe0e under way\n")


def test_once_for_the_cluster_is_one_button_and_an_operation_one_for_each_node(
    change: Change, told: Callable[[str], list[Standing]]
) -> None:
    group = of(told("installation"), "2")
    assert places_of(group, NODES) == ("",)
    assert look_of(group, "", "en", is_next=False).words == "○ not yet\nonce for the whole cluster"
    change.run("9", "node2", {"9-(1)": "ok"})
    operate = of(told("operation"), "9", "node2")
    assert places_of(operate, NODES) == NODES
    assert look_of(operate, "node2", "en", is_next=True).kind == "done"
    assert look_of(operate, "node1", "en", is_next=True).words == "→ Open for this node\n"
    assert not look_of(operate, "node1", "en", is_next=True).is_next


def test_pressing_names_the_chapter_and_the_node(change: Change, told: Callable[[str], list[Standing]]) -> None:
    pressed: list[str] = []
    view = MatrixView(NODES, "en", lambda chapter, node: pressed.append(f"{chapter.number} {node}"))
    found = told("installation")
    view.show(found, next_of(found))
    assert len(view.buttons) == 13
    first = view.buttons["0", "node1"]
    assert {"rb-not-yet", "rb-is-next", "rb-cell-0-node1"} <= set(first._dom_classes)
    for key in (("5", "node2"), ("2", "")):
        view.buttons[key].click()
    change.run("0", "node1", {"0-(1)": "ok"})
    found = told("installation")
    view.show(found, next_of(found))
    assert view.buttons["0", "node1"] is first, "a button that is rebuilt would lose the focus"
    assert "rb-done" in first._dom_classes
    assert not {"rb-not-yet", "rb-is-next"} & set(first._dom_classes)
    first.click()
    operation = told("operation")
    view.show(operation, None)
    assert list(view.buttons) == [("8", "node1"), ("8", "node2"), ("9", "node1"), ("9", "node2")]
    view.buttons["9", "node2"].click()
    assert pressed == ["5 node2", "2 node1", "0 node1", "9 node2"]


def test_a_title_is_never_taken_for_html(told: Callable[[str], list[Standing]]) -> None:
    chapter = Chapter("5", "<b>Move</b> & more", "", "installation", "node", "policy", (), Path("05.ipynb"))
    view = MatrixView(NODES, "en", lambda *_: None)
    view.show([Standing(chapter, node, "not yet", "") for node in NODES], None)
    assert "&lt;b&gt;Move&lt;/b&gt; &amp; more" in view.box.children[3].value
