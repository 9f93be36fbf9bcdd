"""The journal of a run: one JSON object a line, on disk before and after every act.

A killed run still has its journal, and the journal alone says what ran, what did not, and why.
The kernel and the engine that runs it append to the same file; each line is written whole.

Events, with the fields they carry beside ``at`` (UTC) and ``event``:

====================  ================================================================================================
``run.opened``        change, chapter, site, site_file, node, apply, only (steps that are carried out; empty: all),
                      note, operator, language (of the site), library, notebook
``node.facts``        what was read of the node when it was first reached, flat
``cluster.seen``      node (that was asked), reason (why CLUSTERPRO was not read, else ""), cluster, nodes (status by
                      name), group (name, status), active (node or None), resources and monitors (status by name),
                      drive (letter, kind, here: reachable, out of reach or not read), address (ip, kind, here: there,
                      not there or not read), services (state by name on that node; empty: not read), seconds
``step.started``      step, verb, role, requirement, states (their titles), apply,
                      destructive (an object: title of a state, what is lost or interrupted where it has to be made
                      true; empty where the verb is confirm),
                      passing (titles of the states that tell of what happens, not of how the node is set up)
``state.read``        step, state, actual (flat), seconds
``node.boot``         node, boot (marks of the boot that a restart in this chapter is measured against)
``progress``          step, state, why, seconds, limit_s, files, files_total, bytes, bytes_total, said: how far a long
                      command, wait or reading has come; null where that is not known
``act.started``       step, state, number, command, why
``act.ended``         step, state, number, exit_code (None: the reply was lost), seconds, output (its end)
``state.settled``     step, state, outcome, began, ended, seconds, said (from the first command until last read)
``person.asked``      step, what (to do), check (what is read then or, with a key, what is vouched for),
                      key ("": reading verifies it), node ("": the whole cluster), command (for who attests it to type;
                      "" without a key)
``confirmation.asked``  step, key, node ("": the whole cluster), what, command (for who attests it to type)
``state.ended``       step, state, verb, role, requirement, outcome, reason, seconds, commands, differences
``step.ended``        step, outcome, seconds, message
``notebook.started``  notebook, source, chapter, title, parameters, cells (how many the notebook will run),
                      only (steps that are carried out; empty: all),
                      process (pid, started: when it was created, host, boot and ticks: the same as /proc counts):
                      what runs the notebook, to see whether it lives
``stop.asked``        by (the account at the host from which a run in a process of its own was asked to stop)
``cell.started``      cell (counted from 1), heading (of the section it stands in)
``cell.ended``        cell, heading, status (completed, failed, waiting or interrupted), seconds
``notebook.ended``    status (completed, failed, waiting or interrupted), reason, seconds, cells_run and cells_not_run
                      (counts), stopped_at (heading of the cell that stopped it), not_run (headings of what never ran)
====================  ================================================================================================

The last six are of a headless run, and one that was killed has no ``notebook.ended``.
``differences`` is a list of objects with key, before, desired, after.  ``outcome`` is one of `OUTCOMES`.
"""

import errno
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

OUTCOMES: Final = ("ok", "changed", "differs", "skipped", "waiting", "failed")
"""What can be said of a state or a step, in the order a summary lists them."""


FILE_OF_CONFIRMATIONS: Final = "confirmations.jsonl"
"""Lies in a change's folder beside its journals and is none: `runbook_lib.run.confirmations`."""


def journals(folder: Path) -> list[Path]:
    """The journals in *folder* and below it, by name."""
    return [
        path
        for path in sorted(folder.rglob("*.jsonl"))
        if path.name != FILE_OF_CONFIRMATIONS and ".ipynb_checkpoints" not in path.parts
    ]


class Journal:
    """Appends events to one file, each flushed to the disk before the call returns.

    Attributes:
        path: the file; its folder is made when the first event is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, event: str, **fields: object) -> None:
        """Write one event; OSError when the disk refuses, so that nothing goes on unrecorded."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}
        text = json.dumps(line, ensure_ascii=False, default=str) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            line_bytes = text.encode()
            if os.write(descriptor, line_bytes) != len(line_bytes):
                raise OSError(errno.ENOSPC, "the journal's line could not be written whole", str(self.path))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_events(path: Path) -> Iterator[dict[str, object]]:
    """The events of a journal, oldest first.

    A last line that a crash cut short is left out; any other that is no event raises ValueError with its number.
    """
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            event = event_in(line)
        except ValueError as error:
            if number == len(lines):
                return
            raise ValueError(f"{path}:{number}: this line of the journal cannot be read: {error}") from error
        yield event


def event_in(line: bytes) -> dict[str, Any]:
    """The event that a line of a journal is: an object that says when and what; ValueError for anything else."""
    event = json.loads(line)
    if not isinstance(event, dict) or not isinstance(event.get("at"), str) or not isinstance(event.get("event"), str):
        raise ValueError('an event is an object with "at" and "event"')
    if datetime.fromisoformat(event["at"]).tzinfo is None:
        raise ValueError(f"{event['at']} does not name its zone of time")
    return event
