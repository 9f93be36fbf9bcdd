"""How patiently is waited: for whom, how long, and what is told meanwhile."""

import time

import pytest

from runbook_lib.errors import CommandFailed, NodeError, NotAuthenticated, Unreachable
from runbook_lib.parameters.sections import LimitsSection
from runbook_lib.run import display
from runbook_lib.run.reading import Unreadable
from runbook_lib.run.waiting import Waiting
from runbook_lib.states.state import Act, Await

LIMITS = LimitsSection(restart_s=0.2, command_s=60.0)
RESTART = Act("clpstdn -r", "restart", limit="restart", takes_node_down=True)


@pytest.mark.parametrize("error", [Unreachable("node1 is away."), CommandFailed("cut off"), Unreadable("no sense")])
@pytest.mark.parametrize("part", [RESTART, Await("wait", "restart")])
def test_a_node_may_be_away_until_the_limit_is_over(error: NodeError | Unreadable, part: Act | Await) -> None:
    wait = Waiting("node1", LIMITS, [part])
    wait.bear(error)
    time.sleep(0.25)
    with pytest.raises(type(error), match=r"This is still so \d+ s after .*run this chapter again"):
        wait.bear(error)


def test_refused_credentials_are_never_tried_again() -> None:
    with pytest.raises(NotAuthenticated):
        Waiting("node1", LIMITS, [RESTART]).bear(NotAuthenticated("no"))


def test_other_commands_take_no_node_away() -> None:
    with pytest.raises(Unreachable, match=r"^gone$"):
        Waiting("node1", LIMITS, [Act("reg add", "set")]).bear(Unreachable("gone"))


def test_the_longest_limit_of_a_stage_counts() -> None:
    alone, with_another = Waiting("node1", LIMITS, [RESTART]), Waiting("node1", LIMITS, [RESTART, Act("x", "y")])
    assert alone.goes_on
    time.sleep(0.25)
    assert (alone.goes_on, with_another.goes_on) == (False, True)


def test_it_is_told_for_what_is_waited(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    wait = Waiting("node1", LIMITS, [RESTART])
    wait.tell("node2 is away")
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(display, "_PRINTED_S", 0)
    wait.tell("node2 is away")
    assert capsys.readouterr().out == "node1: restart: 0 s of 0 s; node2 is away\n"
