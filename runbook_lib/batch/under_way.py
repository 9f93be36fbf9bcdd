"""What is under way on this host: notebooks that are being run, and the commands that were started to run them."""

import getpass
import json
import os
import platform
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

from runbook_lib.batch.processes import as_noted, lives, living
from runbook_lib.errors import RunbookError
from runbook_lib.run.journal import Journal, event_in, journals, read_events

_STARTED: Final = ".started"
"""Ending of the file that tells of a command, beside the one with what it printed."""


@dataclass(frozen=True)
class Going:
    """A run that is under way on this host.

    Attributes:
        journal: where it writes what happens.
        site: name of the site, or its file.
        change, chapter, node: of the run.
        apply: whether it may change something.
        pid: of the process that runs the notebook.
        since: when it began, UTC.
    """

    journal: Path
    site: str
    change: str
    chapter: str
    node: str
    apply: bool
    pid: int
    since: datetime


@dataclass(frozen=True)
class Command:
    """A `runbook plan` or `runbook apply` that was started in a process of its own, and goes on.

    It is there before its first run has a journal, and between two runs.

    Attributes:
        site: name of the site, or its file.
        change: of the runs.
        chapters, nodes, steps: what was asked for; empty: all.
        apply: whether it may change something.
        pid: of its process, which is that of its runs too.
        since: when it began, UTC.
        said: the file with everything that it prints.
        process: as `runbook_lib.batch.processes.as_noted` has it.
    """

    site: str
    change: str
    chapters: tuple[str, ...]
    nodes: tuple[str, ...]
    steps: tuple[str, ...]
    apply: bool
    pid: int
    since: datetime
    said: Path
    process: Mapping[str, Any]


def note_started(said: Path, pid: int, **asked: object) -> None:
    """Write beside *said* that the process *pid* was started, and what it was asked for; OSError."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    _write(said.with_suffix(_STARTED), {"at": at, "process": as_noted(pid), **asked})


def commands(folder: Path) -> list[Command]:
    """The commands that were started for a change, or for all changes in *folder*, and that go on, oldest first."""
    found = [command for path in folder.rglob(f"*{_STARTED}") if (command := _command(path))]
    return sorted(found, key=lambda command: command.since)


def running(folder: Path) -> list[Going]:
    """The runs whose journals lie in *folder* (of a change, or of all changes) and that go on, oldest first.

    A run that was killed has left no end either; it is told by its process, which is gone.
    """
    found = [going for path in journals(folder) if (going := _going(path))]
    return sorted(found, key=lambda going: going.since)


def stop(what: Going | Command) -> None:
    """Ask a run, or a command with the run that it has come to, to end, as Ctrl-C does.

    Its step ends where it can, and its record is written as interrupted; the journal says who asked.  Asked again,
    nothing more is done: a second signal would cut the record short.

    Raises:
        RunbookError: it is not under way any more, or belongs to another account.
    """
    if isinstance(what, Command):
        ours = [going for going in running(what.said.parent.parent) if going.pid == what.pid]
        if ours:
            stop(ours[0])
        elif process := living(what.process):
            file = what.said.with_suffix(_STARTED)
            with _of_another_account(process):
                told = json.loads(file.read_text("utf-8"))
                if "stop_asked" not in told:
                    os.kill(process.pid, 0)  # nobody is told of a stop that is not allowed
                    _write(file, {**told, "stop_asked": _who()})
                    process.send_signal(signal.SIGINT)
        else:
            raise RunbookError(f"What was started at {what.since:%H:%M:%S} UTC has ended, so there is nothing to stop.")
        return
    first, ended, asked = _story(what.journal)
    process = None if ended else living(first.get("process"))
    if process is None:
        raise RunbookError(
            f"Chapter {what.chapter} on {what.node} is not running any more, so there is nothing to stop. "
            f"Its record is {what.journal.with_suffix('.ipynb').name}."
        )
    if not asked:
        with _of_another_account(process):
            os.kill(process.pid, 0)  # nobody is told of a stop that is not allowed
            Journal(what.journal).append("stop.asked", by=_who())
            process.send_signal(signal.SIGINT)


def _who() -> str:
    return f"{getpass.getuser()}@{platform.node()}"


@contextmanager
def _of_another_account(process: psutil.Process) -> Iterator[None]:
    """Say so in a sentence where the process may not be stopped, or where what is kept of it may not be written."""
    try:
        yield
    except (ProcessLookupError, psutil.NoSuchProcess):
        return  # it ended by itself meanwhile
    except (PermissionError, psutil.AccessDenied) as error:
        raise RunbookError(
            f"It is run by process {process.pid} of {process.username()}, which this account may not stop. "
            "Ask that person to."
        ) from error


def _write(file: Path, told: Mapping[str, Any]) -> None:
    """Write *file* aside and put it in place: who reads it meanwhile finds it whole."""
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        aside.write_text(json.dumps(told), "utf-8")
        aside.replace(file)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _command(path: Path) -> Command | None:
    try:
        told = json.loads(path.read_text("utf-8"))
        if not lives(told["process"]):
            return None
        return Command(
            site=str(told["site"]),
            change=str(told["change"]),
            chapters=tuple(told["chapters"]),
            nodes=tuple(told["nodes"]),
            steps=tuple(told["steps"]),
            apply=bool(told["apply"]),
            pid=int(told["process"]["pid"]),
            since=datetime.fromisoformat(told["at"]),
            said=path.with_suffix(".log"),
            process=told["process"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # of another version, or no file of ours


def _going(path: Path) -> Going | None:
    try:
        first, ended, _ = _story(path)
    except (OSError, ValueError):
        return None  # moved meanwhile, or broken: its table says so
    process = first.get("process")
    if ended or not isinstance(process, Mapping) or not lives(process):
        return None
    given: Mapping[str, Any] = first.get("parameters") or {}
    return Going(
        journal=path,
        site=str(given.get("site") or ""),
        change=str(given.get("change") or path.parent.name),
        chapter=str(first.get("chapter") or ""),
        node=str(given.get("node") or ""),
        apply=bool(given.get("apply")),
        pid=int(process["pid"]),
        since=datetime.fromisoformat(str(first["at"])),
    )


def _story(path: Path) -> tuple[Mapping[str, Any], bool, bool]:
    """How a run began, whether it has ended, and whether it was asked to stop.

    The process is looked at before the rest is read, because nearly all journals are of runs that ended long ago.
    """
    with path.open("rb") as file:
        line = file.readline()
    first = event_in(line) if line.endswith(b"\n") else {}
    if first.get("event") != "notebook.started" or not lives(first.get("process")):
        return first, True, False
    kinds = {event["event"] for event in read_events(path)}
    return first, "notebook.ended" in kinds, "stop.asked" in kinds
