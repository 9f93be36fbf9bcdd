r"""start.bat and stop.bat of the group's script resource, rendered from the facts (procedure 6-(1)).

The form is the manual's: which event, is the disk there, the thirteen items, which server, the exceptions at the end.
What differs from the printed sample, and why:

- Variables. The sample tests ARMS_EVENT, ARMS_DISK and ARMS_SERVER; the scripts that CLUSTERPRO X itself ships (from
  the header of 2007 on; EXPRESSCLUSTER/Milestone on GitHub, script/script-DB/start.bat) test CLP_EVENT, CLP_DISK and
  CLP_SERVER. Both are accepted, ARMS_* first, in variables of our own, so that no other script sees a change.
- Faults. stop.bat has the label that its disk checks jump to, and every ARMBCAST is spelled so.
- Exit code. The sample ends with a bare `exit`, which hands over whatever its last ARMNSADD, ARMKILL or ARMBCAST
  returned. Return codes of these are not documented in public, and ARMLOAD fails for a service that runs already, `net
  stop` for one that has stopped. CLUSTERPRO looks at the code only where somebody has set the resource's "Normal Return
  Value" (NEC's guides set it to 0 by hand); then a stop.bat that "fails" makes the node stop its cluster service and
  shut down, which is the default final action of a deactivation (ResourceParameters, EXPRESSCLUSTER/
  CreateClusterOnLinux). A number that means nothing must not decide that, so both scripts end with 0. Nothing is lost:
  ARMLOAD /M watches each service from then on, failures of the disk are broadcast, and procedure 7 reads the services.
- splaunch has a line to itself: the sample breaks the line before it, and ARMNSDEL takes a name as ARMNSADD does.
"""

from collections.abc import Iterator
from typing import Final, Literal

from .facts import (
    START_ORDER,
    STOP_ORDER,
    STOP_PROGRAM,
    TIME_SERVER_FOLDER,
    TIME_SERVER_NAME,
    WatchedService,
)
from .script_words import WORDS, ScriptWords
from .site import ClientManagerSite

Moment = Literal["start", "stop"]
"""Which of the two scripts: start.bat or stop.bat."""

SCRIPT_NAMES: Final[dict[Moment, str]] = {"start": "start.bat", "stop": "stop.bat"}
"""Names that CLUSTERPRO fixes; the folder is ``scripts\\<group>\\<script resource>``."""

PART_NAMES: Final[dict[Moment, str]] = {"start": "cm_start.bat", "stop": "cm_stop.bat"}
"""Beside a script that has lines of its own: what its marked line calls.  Files there travel with the configuration."""

_EVENTS: Final[dict[Moment, tuple[tuple[str, str], ...]]] = {
    "start": (("START", "NORMAL"), ("FAILOVER", "FAILOVER"), ("RECOVER", "RECOVER")),
    "stop": (("START", "NORMAL"), ("FAILOVER", "FAILOVER")),
}
"""6-(1): event and the label it leads to; any other event means that CLUSTERPRO does not run."""


def whole_script(site: ClientManagerSite, moment: Moment) -> bytes:
    """start.bat or stop.bat of a script resource that is ClientManager's alone: CR LF, cp932 (ASCII on English nodes).

    Raises:
        ValueError: the folder on the switched partition has a character that the script cannot hold.
    """
    words = WORDS[site.windows.language]
    remarks = (f"{SCRIPT_NAMES[moment]}: {words.title[moment]}", words.source)
    return _encoded(_script(site, moment, remarks, ending="exit 0"), site)


def script_part(site: ClientManagerSite, moment: Moment) -> bytes:
    """cm_start.bat or cm_stop.bat: the same work, for a script with lines of its own that calls it and goes on.

    It leaves no variable behind and ERRORLEVEL 0, and any `exit` but ``exit /b`` would end its caller too.

    Raises:
        ValueError: the folder on the switched partition has a character that the script cannot hold.
    """
    words = WORDS[site.windows.language]
    called = words.called.format(caller=SCRIPT_NAMES[moment])
    remarks = (f"{PART_NAMES[moment]}: {words.title[moment]}", words.source, called)
    return _encoded(_script(site, moment, remarks, ending="exit /b 0"), site)


def _encoded(lines: Iterator[str], site: ClientManagerSite) -> bytes:
    text = "".join(f"{line}\r\n" for line in lines)
    try:
        return text.encode("cp932" if site.windows.language == "ja" else "ascii")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"clientmanager.shared_folder '{site.clientmanager.shared_folder}' has '{text[error.start]}' in it, which "
            "cmd.exe on these nodes cannot read in a script. Install into a folder without it."
        ) from None


def _script(site: ClientManagerSite, moment: Moment, title: tuple[str, ...], ending: str) -> Iterator[str]:
    words = WORDS[site.windows.language]
    folder = site.clientmanager.shared_folder
    work = tuple(_start_lines(folder) if moment == "start" else _stop_lines(folder))
    yield from _remarks(*title)
    # The caller's variables stay as they are; the end of a batch file undoes setlocal by itself.
    yield "setlocal"
    yield from _heading(words.variables)
    for name in ("EVENT", "DISK", "SERVER"):
        yield f"set CM_{name}=%ARMS_{name}%"
        # Not "if not defined": a variable handed over empty counts as missing too.
        yield f'IF "%CM_{name}%" == "" set CM_{name}=%CLP_{name}%'
    yield from _heading(words.event)
    for event, label in _EVENTS[moment]:
        yield f'IF "%CM_EVENT%" == "{event}" GOTO {label}'
    yield f"rem {words.not_running}"
    yield "GOTO NO_ARM"
    yield from _work("NORMAL", words.normal[moment], work, words, "ON_OTHER1")
    if moment == "start":
        yield from _heading(words.recover)
        yield from (":RECOVER", "GOTO EXIT")
    yield from _work("FAILOVER", words.failover[moment], work, words, "ON_OTHER2")
    yield from _heading(words.exceptions)
    yield f"rem {words.disk}"
    yield from (":ERROR_DISK", f'ARMBCAST /MSG "{words.disk_failed[moment]}" /A', "GOTO EXIT", "")
    yield f"rem {words.not_running}"
    yield from (":NO_ARM", f'ARMBCAST /MSG "{words.cluster_not_running[moment]}" /A', "")
    yield from (":EXIT", ending)


def _work(label: str, title: str, work: tuple[str, ...], words: ScriptWords, other: str) -> Iterator[str]:
    """One of the two branches that do the work; the priority check that ends it has nothing of ours behind it."""
    yield from _heading(title)
    yield f":{label}"
    yield f"rem {words.disk}"
    yield from ('IF "%CM_DISK%" == "FAILURE" GOTO ERROR_DISK', "")
    yield from work
    yield ""
    yield f"rem {words.priority}"
    yield f'IF "%CM_SERVER%" == "OTHER" GOTO {other}'
    yield f"rem {words.first}"
    yield "GOTO EXIT"
    yield f":{other}"
    yield f"rem {words.other}"
    yield "GOTO EXIT"


def _heading(line: str) -> Iterator[str]:
    yield ""
    yield from _remarks(line)


def _remarks(*lines: str) -> Iterator[str]:
    yield "rem " + "*" * 60
    yield from (f"rem {line}" for line in lines)
    yield "rem " + "*" * 60


def _start_lines(folder: str) -> Iterator[str]:
    for service in START_ORDER:
        yield _relay("start", service) or f'ARMLOAD {service.watch_id} /M /S "{service.display_name}"'
    yield f'ARMNSADD {TIME_SERVER_NAME} "{folder}\\{TIME_SERVER_FOLDER}"'


def _stop_lines(folder: str) -> Iterator[str]:
    yield f"ARMNSDEL {TIME_SERVER_NAME}"
    yield f'"{folder}\\{STOP_PROGRAM}"'
    for service in STOP_ORDER:
        yield _relay("stop", service) or f"ARMKILL {service.watch_id}"


def _relay(moment: Moment, service: WatchedService) -> str:
    """The line of the service that is not watched."""
    return "" if service.watch_id else f'net {moment} "{service.display_name}"'
