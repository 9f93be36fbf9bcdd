"""The parts of the engine that need no kernel."""

import os
import signal
import threading
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from runbook_lib.engine.ending import Ending, sections
from runbook_lib.engine.files import WholeFiles, file_behind, write_atomically
from runbook_lib.engine.inputs import check_parameters, declared_parameters
from runbook_lib.engine.notes import add_notes
from runbook_lib.engine.signals import StopSignals, as_exception
from runbook_lib.engine.tail import JournalTail
from runbook_lib.errors import ParameterError
from runbook_lib.run.journal import Journal

PARAMETERS = """\
site: str = "lab"        # parameters/lab.yaml, name = file
node: str = "node1"
apply: bool = False      # False changes nothing
tries: int = 3
limit: float = 1.5
free = None
plain = "text"
"""


def notebook(given: dict[str, object] | None = None, parameters: str = PARAMETERS) -> NotebookNode:
    cell = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    return new_notebook(cells=[cell], metadata={"papermill": {"parameters": given or {}}})


def test_parameters_are_what_the_tagged_cell_assigns() -> None:
    expected = {
        "site": "str",
        "node": "str",
        "apply": "bool",
        "tries": "int",
        "limit": "float",
        "free": "",
        "plain": "str",
    }
    assert declared_parameters(notebook()) == expected


def test_known_parameters_pass() -> None:
    check_parameters(notebook({"site": "tokyo", "apply": True, "tries": 4, "limit": 2, "free": [1], "plain": ""}))


def test_what_papermill_itself_injects_passes() -> None:
    check_parameters(notebook({"PAPERMILL_INPUT_PATH": "in", "PAPERMILL_OUTPUT_PATH": "out"}))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"appply": True}, "has no parameter 'appply': did you mean apply?"),
        ({"zzz": 1}, "has no parameter 'zzz': it has site, node"),
        ({"apply": "false"}, "apply is 'false', but must be True or False; write -p apply True or -p apply False"),
        ({"node": 7}, "node is 7, but must be text; .*-r node VALUE"),
        ({"plain": 7}, "plain is 7, but must be text"),
        ({"tries": True}, "tries is True, but must be a whole number"),
        ({"tries": 1.5}, "tries is 1.5, but must be a whole number"),
        ({"limit": "x"}, "limit is 'x', but must be a number"),
        ({"apply": 1}, "apply is 1, but must be True or False"),
    ],
)
def test_wrong_parameter_is_refused_with_what_to_write(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        check_parameters(notebook(given))


def test_notebook_without_parameters_takes_none() -> None:
    bare = new_notebook(cells=[], metadata={"papermill": {"parameters": {"site": "lab"}}})
    with pytest.raises(ParameterError, match="it has none"):
        check_parameters(bare)


def test_parameters_cell_that_is_not_python_is_told_by_its_line() -> None:
    with pytest.raises(ParameterError, match="line 2, is not Python"):
        check_parameters(notebook(parameters="a = 1\nb = = 2"))


def test_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    write_atomically(path, "前")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "後\ud800")
    assert path.read_text("utf-8") == "前"
    assert list(tmp_path.iterdir()) == [path]


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"


def test_new_file_has_the_permissions_any_file_would_have(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", "")
    (tmp_path / "b").write_text("")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_relative_path_means_the_folder_papermill_was_started_in(tmp_path: Path) -> None:
    files = WholeFiles()
    files.cwd(str(tmp_path))
    files.write("x", "n.ipynb")
    assert (tmp_path / "n.ipynb").read_text() == "x"


def test_missing_folder_is_told_as_papermill_does(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"output folder .* doesn't exist"):
        WholeFiles().write("x", str(tmp_path / "no" / "n.ipynb"))


def test_only_a_local_file_has_a_journal_beside_it(tmp_path: Path) -> None:
    assert file_behind(str(tmp_path / "n.ipynb")) == tmp_path / "n.ipynb"
    assert [file_behind(place) for place in (None, "-", "s3://bucket/n.ipynb", os.devnull)] == [None] * 4


def test_signals_are_exit_codes_as_in_a_shell() -> None:
    assert isinstance(as_exception("SIGINT"), KeyboardInterrupt)
    codes = [error.code for error in map(as_exception, ("SIGTERM", "SIGHUP")) if isinstance(error, SystemExit)]
    assert codes == [143, 129]


def test_each_stop_signal_is_heard_and_none_is_obeyed() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    heard: list[str] = []
    with StopSignals() as signals:
        signals.listener = heard.append
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            signal.raise_signal(number)
    assert heard == ["SIGHUP", "SIGTERM", "SIGINT"]
    assert signals.received == "SIGHUP"
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_ignored_signal_stays_ignored() -> None:
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopSignals() as signals:
            signal.raise_signal(signal.SIGHUP)
        assert signals.received is None
    finally:
        signal.signal(signal.SIGHUP, former)


def test_outside_the_main_thread_signals_are_left_alone() -> None:
    entered = []

    def enter() -> None:
        with StopSignals() as signals:
            entered.append(signals.received)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert entered == [None]


def test_tail_hands_on_each_whole_line_once(tmp_path: Path) -> None:
    seen: list[object] = []
    journal = Journal(tmp_path / "j.jsonl")
    tail = JournalTail(journal.path, lambda event: seen.append(event["event"]))
    tail.hand_on()
    journal.append("one")
    journal.append("two")
    tail.hand_on()
    with journal.path.open("ab") as file:
        file.write(b'{"event": "cut')
    tail.hand_on()
    with journal.path.open("ab") as file:
        file.write(b' here"}\n')
    tail.hand_on()
    tail.hand_on()
    assert seen == ["one", "two", "cut here"]


def test_display_that_fails_is_dropped_and_the_run_goes_on(tmp_path: Path) -> None:
    calls: list[object] = []

    def watch(event: object) -> None:
        calls.append(event)
        raise ZeroDivisionError

    journal = Journal(tmp_path / "j.jsonl")
    tail = JournalTail(journal.path, watch)
    journal.append("one")
    journal.append("two")
    tail.hand_on()
    assert len(calls) == 1


def stopped(journal: Path | None = None, **ending: object) -> list[NotebookNode]:
    cells = [
        new_markdown_cell("# 5 Share"),
        new_code_cell("a"),
        new_markdown_cell("## 5-(2) <gone>\ntext"),
        new_code_cell("b"),
    ]
    node = new_notebook(cells=cells)
    statuses = ["completed", "failed", "not run", "not run"]
    for cell, status in zip(cells, statuses, strict=True):
        cell.metadata["papermill"] = {"status": status}
    how = Ending(**{"status": "failed", "reason": "<NotApplied>: disk full", "cell": 1, **ending})
    add_notes(node, how, sections(node), journal)
    nbformat.validate(node)
    return list(node.cells)


def test_banner_says_where_why_and_what_never_ran_in_both_languages() -> None:
    banner = stopped()[0].source
    for part in (
        "This run failed",
        "この実行は失敗した",
        "5 Share",
        "&lt;NotApplied&gt;: disk full",
        "1 of 2 cells",
        "What to do 対処",
    ):
        assert part in banner
    assert "- 5-(2) &lt;gone&gt;" in banner


def test_banner_begins_with_the_language_of_the_site(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "05.node1.apply.x.jsonl")
    journal.append("run.opened", change="C", chapter="5", node="node1", apply=True, language="ja")
    reason = "NotApplied: Step 5-(1) on node1: Group G1 runs on no node. Start it (clpgrp -s G1) first."
    banner = stopped(journal.path, reason=reason)[0].source
    assert banner.index("この実行は失敗した") < banner.index("This run failed")
    said = "NotApplied: 手順 5-(1)\uff08node1\uff09\uff1aグループ G1 がどのノードでも動作していない。"
    assert said in banner
    assert reason in banner
    assert banner.index(said) < banner.index(reason)


def test_reader_meets_a_mark_before_the_cell_that_stopped_and_a_line_after_it() -> None:
    cells = stopped()
    assert "runbook-stopped" in cells[2].source
    assert cells[3].source == "a"
    assert "Nothing below this line was run" in cells[4].source


def test_run_that_stopped_between_cells_has_only_the_line() -> None:
    cells = stopped(cell=None, status="interrupted", reason="Ctrl-C")
    assert [cell.source.split("\n")[0][:20] for cell in cells[1:5]] == [
        "# 5 Share",
        "a",
        "## 5-(2) <gone>",
        "**Nothing below this",
    ]


def test_command_whose_end_is_not_known_is_in_the_banner(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append("act.started", step="5-(1)", state="s", number=1, command='rd /s /q "C:\\A & B"', why="w")
    banner = stopped(journal.path)[0].source
    assert "whether it ran is not known" in banner
    assert "rd /s /q &quot;C:\\A &amp; B&quot;" in banner


def test_waiting_is_told_apart_from_failing() -> None:
    banner = stopped(status="waiting", reason="Waiting: close CM GUI")[0].source
    assert "waits for a person" in banner
    assert "failed" not in banner


def test_added_cells_go_when_the_notebook_is_run_again(tmp_path: Path) -> None:
    from papermill.execute import remove_error_markers

    journal = Journal(tmp_path / "j.jsonl")
    journal.append("notebook.started", parameters={})
    node = new_notebook(cells=stopped(journal.path))
    assert [cell.source for cell in remove_error_markers(node).cells][1::2] == ["a", "b"]
