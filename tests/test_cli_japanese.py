"""The command on a site whose people read Japanese: what it says, and tables whose columns stand under each other."""

import io
import json
import unicodedata
from pathlib import Path

import pytest
from rich.console import Console

from runbook_lib.batch import Progress, Result
from runbook_lib.cli import main
from runbook_lib.cli.chapters import _summary
from runbook_lib.cli.speaking import begin, speak_for, spoken
from runbook_lib.cli.watching import LinesView, LiveView
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import load_site
from runbook_lib.record.show import record_displays
from runbook_lib.run.journal import Journal

PROJECT = Path(__file__).parents[1]


def columns(text: str) -> int:
    """How wide a terminal shows *text*."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "lab.yaml").write_text((PROJECT / "parameters" / "lab.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "parameters" / "lab-fragments.xml").symlink_to(PROJECT / "parameters" / "lab-fragments.xml")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def site(home: Path) -> ClientManagerSite:
    begin()
    site = load_site("lab", ClientManagerSite)
    speak_for(site)
    return site


def record(home: Path) -> Path:
    journal = Journal(home / "outputs" / "CHG-1" / "05.node1.apply.x.jsonl")
    journal.append(
        "run.opened", change="CHG-1", chapter="5", site="lab", node="node1", apply=True, note="月次", operator="op",
        language="ja",
    )  # fmt: skip
    step = {"step": "5-(1)", "verb": "ensure", "role": "active", "requirement": ""}
    state = "C:\\Program Files\\ESMPRO\\NVWORK has moved to W:\\NVWORK"
    reason = "Drive W: cannot be reached on this node, so nothing is copied."
    row = {"key": "destination", "before": None, "desired": "資産管理部", "after": None, "differed": True}
    journal.append("step.started", states=[state], **step)
    journal.append(
        "state.ended", state=state, outcome="failed", reason=reason, seconds=1.0, commands=[], differences=[row], **step
    )
    journal.append("step.ended", outcome="failed", seconds=1.0, message=reason, **step)
    return journal.path


def test_until_a_site_is_read_the_terminal_says_which_language(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["records", "--json", "--csv"]) == 64
    assert "Ask for --json or --csv" in capfd.readouterr().err
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert main(["records", "--json", "--csv"]) == 64
    assert "runbook: --json と --csv は同時に指定できない。" in capfd.readouterr().err


def test_errors_are_in_the_language_of_the_site(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "lab"]) == 64
    assert "に章がない。" in capfd.readouterr().err
    assert main(["confirm", "lab", "key", "--change", "X", "--by", "me", "--note", "seen"]) == 64
    assert "outputs に変更 'X' がない。" in capfd.readouterr().err


def test_the_table_of_records(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    record(home)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert main(["records", "--steps"]) == 0
    shown = capfd.readouterr().out
    assert "✗ 失敗" in shown
    assert "へ移動している" in shown
    assert len({columns(line) for line in shown.splitlines()}) == 1
    assert main(["records", "--steps", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)[0]["reason"].startswith("Drive W: cannot be reached")


def test_records_of_a_site_are_listed_in_its_language(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    record(home)
    assert main(["records"]) == 0
    assert "Outcome" in capfd.readouterr().out
    assert main(["records", "lab"]) == 0
    assert "結果" in capfd.readouterr().out


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_live_table_keeps_its_columns(site: ClientManagerSite, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    view = LiveView(console)
    view.tell(Progress("started", "5", "node1"))
    view.tell(Progress("step", "5", "node1", step="5-(1)", text="W:\\NVWORK has moved to W:\\資産管理部の共有フォルダ"))
    view.tell(Progress("step ended", "5", "node2", step="5-(2)", outcome="waiting"))
    console.print(view._table())
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert {columns(line) for line in lines} == {width}
    assert "作業待ち" in "".join(lines)


def test_lines_and_summary(site: ClientManagerSite) -> None:
    console = Console(file=io.StringIO(), width=100, color_system=None)
    view = LinesView(console)
    view.tell(Progress("started", "5", "node1"))
    view.tell(Progress("step ended", "5", "node1", step="5-(1)", outcome="failed", seconds=2))
    reason = "Step 5-(1): Drive W: cannot be reached on this node, so nothing is copied."
    _summary(console, [Result("5", "node1", "failed", 0, 2.0, reason)])
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "node1  5 章  開始" in said
    assert "node1  5 章  5-(1)  ✗ 失敗  2.0 秒" in said
    assert (
        "node1、5 章\uff1a手順 5-(1)\uff1aこのノードではドライブ W: にアクセスできないため、コピーは行わない。" in said
    )
    table = [line for line in said.splitlines() if line.startswith(("┏", "┃", "┡", "│", "└"))]
    assert len(table) == 5
    assert len({columns(line) for line in table}) == 1


def test_a_confirmation_is_told(site: ClientManagerSite, home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    journal = Journal(record(home).with_name("06.node1.apply.y.jsonl"))
    journal.append("run.opened", change="CHG-1", chapter="6", site="lab", node="node1", apply=True)
    journal.append(
        "confirmation.asked", step="6-(1)", key="stop-for-settings", node="", what="group may be stopped", command="c"
    )
    arguments = ["stop-for-settings", "--change", "CHG-1", "--by", "山田", "--note", "連絡済み"]
    assert main(["confirm", "lab", *arguments]) == 0
    said = capfd.readouterr().out
    assert "山田の確認\uff1aクラスタ全体の stop-for-settings\uff08連絡済み\uff09" in said
    assert "続いて、--change CHG-1 を付けてこの章を再実行すること。" in said


def test_text_of_a_record_keeps_its_columns(home: Path) -> None:
    """What a viewer without HTML shows: the last column but one begins at the same place in every line."""
    shown = record_displays(record(home))[-1]["text/plain"].splitlines()
    assert "資産管理部" in shown[-1]
    header, line = shown[-2], shown[-1]
    starts = [columns(text[: text.index(word)]) for text, word in ((header, "desired"), (line, "資産管理部"))]
    assert starts[0] == starts[1]


def test_every_message_of_the_command_is_spoken(site: ClientManagerSite) -> None:
    assert spoken("Records: outputs/CHG-1") == "記録\uff1aoutputs/CHG-1"
    assert spoken("Nothing to report: chapters 5, 9, 3 runs.") == "相違なし\uff1a5, 9 章、実行 3 件。"
