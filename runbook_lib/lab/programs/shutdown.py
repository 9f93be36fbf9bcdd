"""shutdown.exe: /s and /r with /t, /f, /c, /d; /a takes it back. "-" stands for "/" too.

Source: Microsoft's `shutdown` page; error numbers: winerror.h (1116 nothing to abort, 1190 already scheduled).
"""

from runbook_lib.lab.membership import leave
from runbook_lib.lab.process import Invocation

_DEFAULT_S = 30.0
_NOTHING_TO_ABORT, _ALREADY_SCHEDULED = 1116, 1190


def main(call: Invocation) -> int:
    """Order or abort; 0, or the Win32 error."""
    seconds, action, rest = _DEFAULT_S, "", iter(call.arguments[1:])
    for word in rest:
        match word.lower().replace("-", "/", 1):
            case "/r" | "/s" | "/a" as found if not action:
                action = found
            case "/t":
                value = next(rest, "")
                if not value.isdigit():
                    return _usage(call)
                seconds = float(value)
            case "/c" | "/d":
                next(rest, "")
            case "/f":
                pass
            case _:
                return _usage(call)
    machine = call.machine
    if action == "/a":
        return 0 if machine.power.abort() else _error(call, _NOTHING_TO_ABORT)
    if not action:
        return _usage(call)

    def windows_stops_the_cluster() -> None:
        was_online = machine.cluster.online(machine.name)
        leave(machine.cluster, machine.name)
        if was_online and not machine.cluster.rejoins_after_os_restart:
            machine.cluster.isolated.add(machine.name)

    ordered = machine.power.order(restart=action == "/r", after_s=seconds, prepare=windows_stops_the_cluster)
    return 0 if ordered else _error(call, _ALREADY_SCHEDULED)


def _usage(call: Invocation) -> int:
    call.stdout.write('Usage: shutdown [/s | /r | /a] [/f] [/t xxx] [/d [p|u:]xx:yy] [/c "comment"]\r\n')
    return 1


def _error(call: Invocation, code: int) -> int:
    japanese = call.machine.language == "ja"
    texts = {
        _NOTHING_TO_ABORT: (
            "Unable to abort the system shutdown because no shutdown was in progress.",
            "シャットダウンが実行中でないため、システムのシャットダウンを中断できません。",
        ),
        _ALREADY_SCHEDULED: (
            "A system shutdown has already been scheduled.",
            "システムのシャットダウンは既にスケジュールされています。",
        ),
    }
    call.stderr.write(f"{texts[code][japanese]}({code})\r\n")
    return code
