r"""The manager's own programs: its set-up program, its uninstaller, CMSetDst.exe and CM GUI.

What they ask is the manual's (4-(1), 4-(2), note 4). Their command lines are not public: those here are the lab's own.
Without one, each shows a window and waits for somebody to close it, as it does on a real node whose remote shell has
no desktop.

- `setup.exe /silent FILE`: FILE is an INI file with a section [Setup] and the keys Cluster (1 or 0), LocalDir,
  ShareDir, ManagerID, DataSource, Database, DatabaseServer, UserGroup.
- `cmuninst.exe /silent`
- `CMSetDst.exe /silent ADDRESS`
"""

import configparser
from typing import Final

from runbook_lib.lab.files import FileError
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.manager_removal import remove
from runbook_lib.lab.manager_setup import Answers, Database, Medium, SetupRefused, install, set_destination
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute

REFUSED, UNREADABLE = 1, 2
_USAGE: Final = "Invalid command line.\r\n"


def put_in_place(machine: Machine, medium: Medium) -> None:
    """Make the programs known to a node; each is found where there is a file of its name."""

    def set_up(call: Invocation) -> int:
        return _set_up(call, medium)

    programs = {"setup": set_up, "cmuninst": _uninstall, "cmsetdst": _destination, "cmviewer": _window}
    machine.programs.update(programs)
    machine.of_products |= set(programs)


def _window(call: Invocation) -> int:
    """A window that nobody can see: it stays until the process is ended."""
    call.stopping.wait()
    call.check()
    return 0


def _set_up(call: Invocation, medium: Medium) -> int:
    words = call.arguments[1:]
    if not words:
        return _window(call)
    if len(words) != 2 or words[0].lower() != "/silent":
        call.stderr.write(_USAGE)
        return UNREADABLE
    try:
        chosen = _answers(call, words[1])
    except (FileError, configparser.Error, KeyError, UnicodeDecodeError):
        call.stderr.write(f"The response file {words[1]} cannot be used.\r\n")
        return UNREADABLE
    first = next(iter(call.machine.cluster.servers), "") == call.machine.name
    try:
        install(call.machine, chosen, medium, with_settings=first)
    except SetupRefused as refusal:
        call.stderr.write(f"{refusal}\r\n")
        return REFUSED
    call.stdout.write("Setup has completed.\r\n")
    return 0


def _answers(call: Invocation, path: str) -> Answers:
    page = "cp932" if call.machine.language == "ja" else "cp1252"
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(call.machine.files.read(absolute(call, path)).decode(page))
    given = parser["Setup"]
    clustered = given["Cluster"] == "1"
    return Answers(
        local=given["LocalDir"],
        shared=given["ShareDir"] if clustered else "",
        manager_id=given["ManagerID"],
        database=Database(given["DataSource"], given["Database"], given["DatabaseServer"]),
        user_group=given.get("UserGroup", "Administrators"),
        clustered=clustered,
    )


def _uninstall(call: Invocation) -> int:
    if len(call.arguments) == 1:
        return _window(call)
    if [word.lower() for word in call.arguments[1:]] != ["/silent"]:
        call.stderr.write(_USAGE)
        return UNREADABLE
    try:
        remove(call.machine)
    except SetupRefused as refusal:
        call.stderr.write(f"{refusal}\r\n")
        return REFUSED
    call.stdout.write("Uninstallation has completed.\r\n")
    return 0


def _destination(call: Invocation) -> int:
    words = call.arguments[1:]
    if not words:
        return _window(call)
    if len(words) != 2 or words[0].lower() != "/silent":
        call.stderr.write(_USAGE)
        return UNREADABLE
    try:
        set_destination(call.machine, words[1])
    except SetupRefused as refusal:
        call.stderr.write(f"{refusal}\r\n")
        return REFUSED
    return 0
