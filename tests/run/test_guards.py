"""What a step requires holds for every command of it, and what a journal says after a crash."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from runbook_lib import open_run
from runbook_lib.errors import NotApplied
from runbook_lib.node import NodeFacts
from runbook_lib.run.journal import Journal, read_events
from runbook_lib.states.state import Act, Plan, Reading, Row, State, one_round
from runbook_lib.states.windows import RegistryValue, RegistryValueAmong
from tests.clusters import Cluster

KEY = "HKLM\\SOFTWARE\\Guarded"


@pytest.mark.wire
def test_what_a_step_requires_is_read_again_before_each_state(cluster: Cluster) -> None:
    """The first state undoes what the step requires: the second is left as it is."""
    run = open_run("lab", "node1", chapter="5", apply=True, change="test")
    first, second = RegistryValue(KEY, "First", "new"), RegistryValue(KEY, "Second", "new")
    with pytest.raises(NotApplied, match=r"Nothing was changed. First: First is new, expected old"):
        run.ensure("5", first, second, requires=[RegistryValueAmong(KEY, "First", ("old",))])
    run.close()
    assert cluster.machine("node1").registry.get("HKEY_LOCAL_MACHINE\\SOFTWARE\\Guarded", "First")
    assert not cluster.machine("node1").registry.get("HKEY_LOCAL_MACHINE\\SOFTWARE\\Guarded", "Second")


@dataclass(frozen=True)
class Folders(State[int]):
    """So many folders are there; *stages* are the commands for each number that is."""

    stages: tuple[tuple[Act, ...], ...]

    @property
    def title(self) -> str:
        return "folders"

    def reading(self, facts: NodeFacts) -> Reading[int]:
        replies = yield one_round(*(f"if exist C:\\f{number} echo there" for number in range(1, 4)))
        return sum("there" in reply.text for reply in replies)

    def rows(self, actual: int, facts: NodeFacts) -> tuple[Row, ...]:
        return (Row("folders", actual, 3),)

    def plan(self, actual: int, facts: NodeFacts) -> Plan:
        return self.stages[actual]


@pytest.mark.wire
@pytest.mark.parametrize(
    "stages",
    [
        ((Act("md C:\\f1&cmd /c exit 9", ""), Act("md C:\\f2", "")), (Act("md C:\\f2", ""),)),
        ((Act("md C:\\f1&cmd /c exit 9", "", then_read=True),), (Act("md C:\\f2", ""),)),
    ],
    ids=["in the same stage", "in the next"],
)
def test_nothing_follows_a_command_that_failed(cluster: Cluster, stages: tuple[tuple[Act, ...], ...]) -> None:
    run = open_run("lab", "node1", chapter="5", apply=True, change="test")
    with pytest.raises(NotApplied, match=r"folders is 1, expected 3.*ended with exit code 9"):
        run.ensure("5", Folders(stages))
    run.close()
    assert cluster.machine("node1").files.exists("C:\\f1")
    assert not cluster.machine("node1").files.exists("C:\\f2")


def test_a_journal_whose_last_line_a_crash_cut_short(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append("run.opened", node="node1")
    with journal.path.open("a") as file:
        file.write('{"at": "2026-01-01", "ev')
    assert [event["event"] for event in read_events(journal.path)] == ["run.opened"]


def test_a_journal_with_a_broken_line_within_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.path.write_text('{"at": \n')
    journal.append("run.opened", node="node1")
    with pytest.raises(ValueError, match=r"j.jsonl:1: this line of the journal cannot be read"):
        list(read_events(journal.path))


@pytest.mark.parametrize(
    "line",
    [
        '{"hello": 1}',
        "[]",
        "1",
        '{"at": 1, "event": "x"}',
        '{"at": "then", "event": "x"}',
        '{"at": "2026-01-01", "event": ""}',
    ],
)
def test_a_file_of_something_else_is_no_journal(tmp_path: Path, line: str) -> None:
    (tmp_path / "notes.jsonl").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"notes.jsonl:1: this line of the journal cannot be read"):
        list(read_events(tmp_path / "notes.jsonl"))
