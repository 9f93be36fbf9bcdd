"""What arrives at a program when a line goes through the lab's cmd.exe, which is built from Windows' documentation."""

from runbook_lib.commands.joining import join, split
from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.windows import make_machine

_ARRIVED: list[list[str]] = []


def _show(call: Invocation) -> int:
    _ARRIVED.append(call.arguments[1:])
    return 0


MACHINE = make_machine(
    "node1", Cluster("c"), release="2008 R2", architecture="x64", language="ja", code_page=932, user="runbook"
)
MACHINE.programs["show"] = _show


def arrives_as(line: str) -> list[str]:
    """The arguments of the program ``show`` in *line*, as the program is given them; fails when it is not run once."""
    _ARRIVED.clear()
    process = MACHINE.start(line)
    assert process.wait(5)
    assert len(_ARRIVED) == 1, f"{line!r} ran {len(_ARRIVED)} programs: {process.stderr.take()!r}"
    return _ARRIVED[0]


def printed(line: str, folder: str) -> str:
    """What a reading prints on a machine that has *folder*, joined with others as a run joins them."""
    (joined,) = join([line], "token")
    MACHINE.files.seed_folder(folder)
    process = MACHINE.start(joined.line)
    assert process.wait(5)
    ((output, _),) = split(process.stdout.take(), "token", joined)
    return output.decode("cp932")


def exit_code_of(line: str) -> int | None:
    """How *line* ended."""
    process = MACHINE.start(line)
    assert process.wait(5)
    return process.exit_code
