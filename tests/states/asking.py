"""Drives a state's reading with prepared answers, as a run does with a node's."""

from collections.abc import Sequence
from typing import Any

from runbook_lib.node import NodeFacts, Reply
from runbook_lib.states.state import State

FACTS_2008_R2 = NodeFacts(
    host_name="NODE1",
    version=(6, 1, 7601),
    product="Windows Server 2008 R2 Enterprise",
    architecture="x64",
    code_page=932,
    groups={"S-1-1-0": "Everyone", "S-1-5-32-544": "BUILTIN\\Administrators"},
    tools=frozenset({"certutil", "icacls", "robocopy", "clpstat", "clpgrp"}),
)
FACTS_2003 = NodeFacts(
    host_name="NODE1",
    version=(5, 2, 3790),
    product="Microsoft Windows Server 2003",
    architecture="x86",
    code_page=932,
    groups=FACTS_2008_R2.groups,
    tools=frozenset({"certutil", "icacls", "clpstat", "clpgrp"}),
)


def reply(output: str | bytes, exit_code: int = 0) -> Reply:
    """An answer as a node would give it."""
    content = output if isinstance(output, bytes) else output.encode("cp932")
    return Reply("", exit_code, content, "cp932", 0.0)


def asked(state: State[Any], facts: NodeFacts, *rounds: Sequence[Reply]) -> tuple[list[list[str]], Any]:
    """The lines a state asks for, round by round, and what it makes of the answers."""
    reading = state.reading(facts)
    lines = [[ask.line for ask in next(reading)]]
    for answers in rounds:
        try:
            lines.append([ask.line for ask in reading.send(tuple(answers))])
        except StopIteration as end:
            return lines, end.value
    raise AssertionError(f"the state asks for more: {lines[-1]}")
