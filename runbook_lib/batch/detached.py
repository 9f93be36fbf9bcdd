"""A headless run in a process of its own, which outlives whoever started it.

A kernel that carried a chapter out itself would end with its page, its restart or its server, in the middle of a
command.  So the same `runbook plan` or `runbook apply` that a person types is started in a session of its own; what
becomes of it is read from its journals, by anybody, also later, and it is stopped with the signal of Ctrl-C.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runbook_lib.batch.chapters import choose, find_chapters
from runbook_lib.batch.environment import of_a_run
from runbook_lib.batch.processes import end_process
from runbook_lib.batch.running import how_to_find
from runbook_lib.batch.under_way import commands, note_started, running
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import Site, check_parameters, project_folder
from runbook_lib.parameters.credential import TYPED_PASSWORDS, typed_passwords
from runbook_lib.run.alone import refuse_if_held, starting
from runbook_lib.run.chosen import ACCEPTED_VARIABLE

FOLDER: Final = "desk"
"""Lies in a change's folder and holds what started runs have printed."""

_COMMAND: Final = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from runbook_lib.cli import main; sys.exit(main())"
)
"""A kernel that waits ignores Ctrl-C, and what it starts would inherit that: such a run could not be stopped."""

_END_S: Final = 20.0
"""How long a run that must not go on may take to write its record."""


@dataclass(frozen=True)
class Started:
    """What `start` has set going.

    Attributes:
        process: the command; its exit codes are those of `runbook`.
        said: the file with everything that it prints, which alone tells of a refusal before there is a journal.
    """

    process: subprocess.Popen[bytes]
    said: Path

    @property
    def refusal(self) -> str:
        """What it has printed, for a run that ended before it had a journal: why it was refused."""
        return self.said.read_text("utf-8", "replace").strip().removeprefix("runbook: ")


def start(
    site: Site,
    chapters: Sequence[str],
    nodes: Sequence[str],
    *,
    apply: bool,
    change: str,
    note: str = "",
    steps: Sequence[str] = (),
    accepted: Sequence[str] | None = None,
    passwords: Mapping[str, str] | None = None,
) -> Started:
    """Start `runbook plan` or `runbook apply` and return at once; it goes on when this process ends.

    Args:
        site: where.
        chapters: numbers; the whole installation when empty.
        nodes: names; all of the site's when empty.
        apply: False changes nothing.
        change: the change's id.
        note: why.
        steps: as the manual prints them; only these are carried out, all when empty.
        accepted: what may be lost by it, in the words of the states; anything else that a state would destroy is then
            left as it is. None where a person was not asked.
        passwords: what was typed, by account, for a site that asks for it (`asked_accounts`); it is handed on in the
            environment of the process, never in its command line and never in a file.

    Raises:
        ParameterError: a wrong parameter, a password that nobody typed, or another run that applies on this site;
            nothing was started.
        OSError: the process cannot be started, or its output cannot be written.
    """
    check_parameters(site=site.name, node=(tuple(nodes) or site.group.policy)[0], apply=apply, change=change, note=note)
    if not change:
        raise ParameterError("A run of its own needs a change to belong to. Name one, such as CHG-1234.")
    for node in nodes:
        site.node(node)
    home = project_folder()
    choose(find_chapters(home / "notebooks", chapters), steps)
    typed = known_passwords(site, passwords or {})
    which = [*(f"--node={node}" for node in nodes), *(f"--step={step}" for step in steps)]
    how = [how_to_find(site), *chapters, *which, f"--change={change}", f"--note={note}"]
    command = [sys.executable, "-c", _COMMAND, "apply" if apply else "plan", *how]
    environment = of_a_run(os.environ)
    if typed:
        environment[TYPED_PASSWORDS] = json.dumps(typed)
    if accepted is not None:
        environment[ACCEPTED_VARIABLE] = json.dumps(list(accepted))
    with starting(site) if apply else nullcontext():
        if apply:
            _refuse_a_second(site, home / "outputs")
        said = _fresh_file(home / "outputs" / change / FOLDER, chapters, nodes, apply=apply)
        with said.open("xb") as output:
            process = subprocess.Popen(
                command,
                cwd=home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started = {"site": how_to_find(site), "change": change, "chapters": list(chapters), "nodes": list(nodes)}
        try:
            note_started(said, process.pid, **started, apply=apply, steps=list(steps))
        except BaseException:  # nobody could see it, nor stop it
            end_process(process, _END_S)
            raise
    return Started(process, said)


def asked_accounts(site: Site) -> tuple[str, ...]:
    """The accounts whose passwords the site asks of the operator."""
    accesses = [site.machine(name) for name in (*site.nodes, *site.outside_machines)]
    asked = [one.credential for one in accesses if one.credential and one.credential.is_asked]
    return tuple(dict.fromkeys(credential.user for credential in asked))


def known_passwords(site: Site, typed: Mapping[str, str]) -> dict[str, str]:
    """The passwords that this process was given, and those *typed* now, by account.

    Raises ParameterError where one that the site asks of the operator is not among them.
    """
    known = {**typed_passwords(), **typed}
    if missing := [account for account in asked_accounts(site) if not known.get(account)]:
        raise ParameterError(
            f"The password of {', '.join(missing)} is asked of the operator. Type it, then start again."
        )
    return known


def _refuse_a_second(site: Site, outputs: Path) -> None:
    """Two runs that change the same cluster at once would each act on what the other is about to change."""
    for going in running(outputs):
        if going.apply and going.site == how_to_find(site):
            raise ParameterError(
                f"Chapter {going.chapter} is being applied on {going.node} since {going.since:%H:%M:%S} UTC "
                f"(change {going.change}). Wait for its end, or stop it; nothing was started."
            )
    for command in commands(outputs):
        if command.apply and command.site == how_to_find(site):
            raise ParameterError(
                f"Chapter {', '.join(command.chapters) or 'by chapter'} is being applied since "
                f"{command.since:%H:%M:%S} UTC (change {command.change}). Wait for its end, or stop it; nothing was "
                "started."
            )
    refuse_if_held(site)  # by a terminal, or by cells that are run by hand


def _fresh_file(folder: Path, chapters: Sequence[str], nodes: Sequence[str], *, apply: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC)
    stamp = f"{moment:%Y%m%dT%H%M%S}{moment.microsecond:06d}"
    what = "+".join(chapters) or "installation"
    return folder / f"{what}.{'+'.join(nodes) or 'all'}.{'apply' if apply else 'plan'}.{stamp}.log"
