"""The command: what it prints, and with which exit code it ends."""

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from runbook_lib.batch import Result
from runbook_lib.cli import main
from runbook_lib.cli.chapters import exit_code
from runbook_lib.cli.simulated import describe
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site
from runbook_lib.run.journal import Journal

PROJECT = Path(__file__).parents[1]


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "parameters").mkdir()
    for file in (PROJECT / "parameters").glob("*.yaml"):
        text = re.sub(r"(?<=port: )\d+", lambda _: free_port(), file.read_text("utf-8"))
        text = text.replace("\nlanguage: ja\n", "\nlanguage: en\n")
        (tmp_path / "parameters" / file.name).write_text(text, "utf-8")
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("RUNBOOK_LAB_PASSWORD", raising=False)
    return tmp_path


def record(home: Path, change: str, outcome: str, site: str = "lab") -> None:
    journal = Journal(home / "outputs" / change / f"05.node1.apply.{change}.jsonl")
    step = {"step": "5-(1)", "verb": "ensure", "role": "", "requirement": ""}
    opened = {"change": change, "chapter": "5", "site": site, "node": "node1", "apply": True}
    journal.append("run.opened", **opened, note="月次", operator="op")
    journal.append("step.started", states=["移動"], **step)
    journal.append("state.ended", state="移動", outcome=outcome, reason="", seconds=1.0, commands=[], **step)
    journal.append("step.ended", outcome=outcome, seconds=1.0, message="", **step)


@pytest.mark.parametrize(
    "arguments",
    [["plan"], ["nonesuch"], ["plan", "lab", "--nope"], ["plan", "nolab"], ["records", "--json", "--csv"], []],
)
def test_wrong_usage_is_64_and_says_so_without_a_traceback(
    home: Path, capfd: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 64
    said = capfd.readouterr()
    assert said.err or "Usage" in said.out
    assert "Traceback" not in said.err + said.out


def test_error_is_one_message_on_stderr(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "lba"]) == 64
    assert capfd.readouterr().err.startswith("runbook: There is no site 'lba' in parameters. Did you mean lab?")


def test_project_without_notebooks_is_told(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "lab"]) == 64
    assert "There are no chapters in" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["ok", "changed"], 0),
        (["ok", "differs"], 2),
        (["differs", "waiting"], 3),
        (["waiting", "not started"], 3),
        (["waiting", "failed", "differs"], 1),
        (["interrupted"], 1),
        (["unreadable"], 1),
    ],
)
def test_exit_code_is_the_worst_outcome_s(outcomes: list[str], code: int) -> None:
    assert exit_code([Result("5", "node1", outcome) for outcome in outcomes]) == code


def test_records_as_a_table(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    record(home, "C1", "changed")
    record(home, "C2", "failed", "tokyo")
    assert main(["records"]) == 0
    said = capfd.readouterr().out
    assert "● changed" in said
    assert "✗ failed" in said
    assert main(["records", "tokyo"]) == 0
    assert "C1" not in capfd.readouterr().out


def test_records_as_json_and_csv(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    record(home, "C1", "changed")
    record(home, "C2", "failed")
    main(["records", "--change", "C2", "--json"])
    (row,) = json.loads(capfd.readouterr().out)
    assert (row["change"], row["outcome"], row["note"]) == ("C2", "failed", "月次")
    main(["records", "--steps", "--csv"])
    rows = csv.DictReader(io.StringIO(capfd.readouterr().out))
    assert [(row["change"], row["step"], row["state"]) for row in rows] == [(c, "5-(1)", "移動") for c in ("C1", "C2")]


def test_records_of_nothing(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["records", "--steps"]) == 0
    assert "no records" in capfd.readouterr().out


def test_sites_are_listed_and_a_broken_one_is_told(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["sites"]) == 0
    (home / "parameters" / "broken.yaml").write_text("cluster: 1\n")
    capfd.readouterr()
    assert main(["sites"]) == 64
    said = capfd.readouterr()
    assert "lab-2022" in said.out
    assert "parameters/broken.yaml:1: cluster" in said.err


@pytest.mark.parametrize("name", ["lab", "lab-2003", "lab-2022"])
def test_every_lab_site_describes_a_lab(home: Path, name: str) -> None:
    site = load_site(name, ClientManagerSite)
    description = describe(site, "secret")
    assert tuple(node.name for node in description.nodes) == site.group.policy
    assert all(node.port for node in description.nodes)
    assert description.https == (name == "lab-2022")
    assert "secret" not in repr(description)


def test_lab_of_a_real_cluster_is_refused(home: Path) -> None:
    with pytest.raises(ParameterError, match=r"example-site.yaml is not a site for the lab: .* 10.0.0.11"):
        describe(load_site("example-site", ClientManagerSite), "secret")


def test_stage_that_the_lab_does_not_know_is_refused(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "lab-2003", "--stage", "x"]) == 64
    assert "the lab cannot be --stage 'x'; it can be clustered" in capfd.readouterr().err


def test_help_is_quick() -> None:
    # The time itself depends on the machine; what costs time is importing any of these.
    code = (
        "import sys; from runbook_lib.cli import main; main(['--help']);"
        "print([name for name in ('pandas', 'papermill', 'nbclient', 'rich.live') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.wire
def test_command_runs_with_the_lab_up_and_its_exit_code_is_kept(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    port = load_site("lab-2022", ClientManagerSite).node("node1").port
    probe = (
        f"import os, socket; socket.create_connection(('127.0.0.1', {port}));"
        "print(len(os.environ['RUNBOOK_LAB_PASSWORD'])); raise SystemExit(7)"
    )
    assert main(["lab", "lab-2022", "--", sys.executable, "-c", probe]) == 7
    assert capfd.readouterr().out == "16\n"
    assert b"BEGIN CERTIFICATE" in (home / "outputs" / "lab-ca.pem").read_bytes()


@pytest.mark.wire
def test_command_that_does_not_exist(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "lab-2003", "--", "no-such-command"]) == 64
    assert "no-such-command cannot be run" in capfd.readouterr().err


@pytest.mark.wire
def test_lab_serves_until_it_is_told_to_end(home: Path) -> None:
    command = [sys.executable, "-m", "runbook_lib.cli", "lab", "lab-2003"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as lab:
        assert lab.stdout
        lines = [lab.stdout.readline() for _ in range(7)]
        assert lines[0].startswith("node1: http://127.0.0.1:")
        assert any("export RUNBOOK_LAB_PASSWORD=" in line for line in lines)
        taken = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (taken.returncode, "Is a lab of this site up?" in taken.stderr) == (1, True)
        lab.send_signal(signal.SIGINT)
        assert lab.wait(10) == 0


def chapter(home: Path, source: str) -> None:
    """A chapter 0 that does what *source* says."""
    parameters = 'site: str = ""\nnode: str = ""\napply: bool = False\nchange: str = ""\nnote: str = ""'
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]}), new_code_cell(source)]
    node = new_notebook(cells=cells)
    node.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    node.metadata["language_info"] = {"name": "python"}
    node.metadata["runbook"] = {"chapter": "0", "title": "t"}
    (home / "notebooks").mkdir()
    nbformat.write(node, home / "notebooks" / "00_t.ipynb")


@pytest.mark.notebook
def test_plan_shows_lines_and_a_table_and_where_the_records_are(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    chapter(home, "")
    assert main(["plan", "lab", "0", "--node", "node2", "--change", "C1", "--note", "why"]) == 0
    said = capfd.readouterr().out
    assert "node2  chapter 0  started" in said
    assert "✓ ok" in said
    assert f"Records: {home / 'outputs' / 'C1'}" in said


@pytest.mark.notebook
def test_terminated_command_ends_with_its_table_and_143(home: Path) -> None:
    chapter(home, "import time; time.sleep(60)")
    command = [sys.executable, "-m", "runbook_lib.cli", "apply", "lab"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        end = time.monotonic() + 20
        while not any("cell.started" in path.read_text() for path in home.rglob("*.jsonl")):
            assert time.monotonic() < end
            time.sleep(0.1)
        process.terminate()
        said = process.communicate(timeout=20)[0]
    assert process.returncode == 143
    assert "! interrupted" in said
    assert "not started" in said
