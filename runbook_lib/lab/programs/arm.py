"""The commands that scripts of CLUSTERPRO X 1.0 to 4.3 call: ARMLOAD, ARMKILL, ARMBCAST, ARMNSADD, ARMNSDEL.

Sources: NEC Express5800/320Ma Installation & Configuration Guide, p. 109 (ARMLOAD's options and watch IDs);
EXPRESSCLUSTER/UM8700, README (a running service without /A fails; ARMKILL /T); the ClientManager guide, 6-(1) (/M,
ARMBCAST, ARMNSADD, ARMNSDEL). X 5 has none of them. Return codes are not public: 0, or 1 for every failure.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final

from runbook_lib.lab.paths import name_of
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.scripts import ScriptCall
from runbook_lib.lab.service_facts import RUNNING, START_PENDING, STOPPED, ServiceError

_VALUED: Final = ("/R", "/H", "/WAIT", "/INT", "/T", "/U", "/MSG")
_PENDING_LIMIT_S: Final = 10.0


def _logged(work: Callable[[Invocation, Sequence[str]], str]) -> Callable[[Invocation], int]:
    """A program that notes its call with the code it ends with; *work* answers what went wrong, "" for nothing."""

    def main(call: Invocation) -> int:
        cluster = call.machine.cluster
        name = name_of("\\" + call.arguments[0]).upper().removesuffix(".EXE")
        online = cluster.online(call.machine.name)
        failure = work(call, call.arguments[1:]) if online else "The cluster service is not running."
        if failure:
            call.stderr.write(f"{name}: {failure}\r\n")
        code = 1 if failure else 0
        cluster.script_calls.append(ScriptCall(call.machine.name, name, tuple(call.arguments[1:]), code))
        return code

    return main


def _split(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Plain words, and options (upper case) with their values; after the name of a program every word is plain."""
    plain, options, rest = list[str](), dict[str, str](), list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("/") and (len(plain) < 2 or "/S" in options):
            options[word.upper()] = rest.pop(0) if word.upper() in _VALUED and rest else ""
        else:
            plain.append(word)
    return plain, options


def _load(call: Invocation, words: Sequence[str]) -> str:
    plain, options = _split(words)
    if len(plain) < 2 or not _good_id(plain[0]):
        return "Invalid parameter."
    if "/S" not in options:
        return _load_program(call, plain[0], plain[1])
    services = call.machine.services
    key = services.find(plain[1])
    if key is None:
        return f"The service {plain[1]} does not exist."
    if not call.machine.cluster.watches.add(call.machine.name, plain[0], key):
        return f"The watch ID {plain[0]} is already in use."
    failure = ""
    if services.status(key).state != STOPPED:
        failure = "" if "/A" in options else f"The service {plain[1]} is already running."
    else:
        try:
            services.start(key)
        except ServiceError as error:
            failure = f"The service {plain[1]} could not be started ({error.code})."
    if not failure and "/WAIT" in options:
        limit = float(options["/WAIT"] or 0) or _PENDING_LIMIT_S
        _settle(call, key, limit)
        failure = "" if services.status(key).state == RUNNING else f"The service {plain[1]} did not start."
    if failure:
        call.machine.cluster.watches.take(call.machine.name, plain[0])
    return failure


def _good_id(watch_id: str) -> bool:
    return watch_id.isascii() and watch_id.isalnum() and len(watch_id) <= 255


def _load_program(call: Invocation, watch_id: str, program: str) -> str:
    pid = call.machine.processes.add(name_of("\\" + program.replace("/", "\\")))
    if call.machine.cluster.watches.add(call.machine.name, watch_id, f"#{pid}"):
        return ""
    call.machine.processes.remove(pid)
    return f"The watch ID {watch_id} is already in use."


def _settle(call: Invocation, key: str, limit: float) -> None:
    """Wait while a service is on its way."""
    end = time.monotonic() + limit
    services = call.machine.services
    while services.status(key).state not in (STOPPED, RUNNING) and time.monotonic() < end:
        call.sleep(0.01)


def _kill(call: Invocation, words: Sequence[str]) -> str:
    plain, _ = _split(words)
    if len(plain) != 1:
        return "Invalid parameter."
    watched = call.machine.cluster.watches.take(call.machine.name, plain[0])
    if watched is None:
        return f"The watch ID {plain[0]} does not exist."
    if watched.startswith("#"):
        call.machine.processes.remove(int(watched[1:]))
        return ""
    services = call.machine.services
    if services.find(watched) is None:
        return ""
    if services.status(watched).state == START_PENDING:
        _settle(call, watched, _PENDING_LIMIT_S)
    try:
        if services.status(watched).state != STOPPED:
            services.stop(watched)
    except ServiceError as error:
        return f"The service {watched} could not be stopped ({error.code})."
    _settle(call, watched, _PENDING_LIMIT_S)
    return ""


def _broadcast(_: Invocation, words: Sequence[str]) -> str:
    return "" if "/MSG" in [word.upper() for word in words[:-1]] else "Invalid parameter."


def _name_added(_: Invocation, words: Sequence[str]) -> str:
    return "" if len(words) == 2 else "Invalid parameter."


def _name_deleted(_: Invocation, words: Sequence[str]) -> str:
    return "" if len(words) == 1 else "Invalid parameter."


def _stopped_programs(_call: Invocation, _words: Sequence[str]) -> str:
    """splaunch: what it does is not known; that it was called is noted."""
    return ""


load = _logged(_load)
kill = _logged(_kill)
broadcast = _logged(_broadcast)
name_added = _logged(_name_added)
name_deleted = _logged(_name_deleted)
splaunch = _logged(_stopped_programs)
