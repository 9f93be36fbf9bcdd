"""Machines and clusters to try programs on, without a shell or a network."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.process import InputPipe, Invocation, OutputPipe
from runbook_lib.lab.windows import make_machine


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def make() -> Callable[..., Machine]:
    def build(name: str = "node1", **settings) -> Machine:
        return make_machine(name, settings.pop("cluster", None) or Cluster("cluster"), **settings)

    return build


@pytest.fixture
def machine(make) -> Machine:
    return make(language="en", code_page=437)


def run(machine: Machine, *arguments: str, stdin: bytes = b"", folder: str = r"C:\Windows\Temp") -> Answer:
    """Run the program named first with the words that follow, as the C runtime would have split them."""
    entered = InputPipe()
    entered.feed(stdin, end=True)
    out, err = OutputPipe(65001), OutputPipe(65001)
    call = Invocation(
        machine, list(arguments), " ".join(arguments[1:]), folder, {}, machine.code_page, entered, out, err
    )
    code = machine.programs[arguments[0]](call)
    return Answer(code, out.take().decode(), err.take().decode())


@pytest.fixture
def call() -> Callable[..., Answer]:
    return run


def in_shell(machine: Machine, line: str, stdin: bytes = b"", code_page: int | None = None, **settings) -> Answer:
    """Run *line* as a remote shell does."""
    page = code_page or machine.code_page
    process = machine.start(line, code_page=page, **settings)
    process.stdin.feed(stdin, end=True)
    assert process.wait(20)
    encoding = "utf-8" if page == 65001 else f"cp{page}"
    return Answer(process.exit_code, process.stdout.take().decode(encoding), process.stderr.take().decode(encoding))


@pytest.fixture
def shell() -> Callable[..., Answer]:
    return in_shell
