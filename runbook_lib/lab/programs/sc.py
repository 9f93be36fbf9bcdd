"""sc.exe: query, queryex, qc, start, stop, config, create, delete, getkeyname, getdisplayname, description.

Source: the "sc" pages of Microsoft's command reference. An option's name ends in "=" and its value is the next word.
Errors go to standard output and the exit code is the Win32 error.
"""

from collections.abc import Callable, Sequence

from runbook_lib.lab.messages import win32_message
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.sc_format import configuration_block, status_block
from runbook_lib.lab.service_facts import (
    AUTO,
    DEMAND,
    ERROR_SERVICE_DOES_NOT_EXIST,
    INTERACTIVE,
    OWN_PROCESS,
    SHARE_PROCESS,
    STOPPED,
    ServiceError,
)

INVALID_COMMAND_LINE = 1639
INVALID_PARAMETER = 87
_STARTS = {"boot": 0, "system": 1, "auto": AUTO, "demand": DEMAND, "disabled": 4, "delayed-auto": AUTO}
_TYPES = {"own": OWN_PROCESS, "share": SHARE_PROCESS, "interact": INTERACTIVE}
_ERRORS = {"ignore": 0, "normal": 1, "severe": 2, "critical": 3}

Settings = dict[str, str | int | tuple[str, ...] | None]


class _Usage(Exception):  # noqa: N818  (the condition)
    """The command line is not one that sc understands."""


def main(call: Invocation) -> int:
    """Run sc.exe; answers 0 or a Win32 error code."""
    words = call.arguments[1:]
    if words and words[0].startswith("\\\\"):
        if words[0][2:].upper() not in (call.machine.name.upper(), "LOCALHOST", "."):
            return _failed(call, "OpenSCManager", 1722)
        words = words[1:]
    command = words[0].lower() if words else ""
    if command not in _RUN:
        call.stdout.write(_HELP if not command else f"\r\n*** Unrecognized Command ***\r\n{_HELP}")
        return INVALID_COMMAND_LINE
    steps = {
        "query": "EnumQueryServicesStatus:OpenService",
        "queryex": "EnumQueryServicesStatus:OpenService",
        "start": "StartService: OpenService",
        "getkeyname": "GetServiceKeyName",
        "getdisplayname": "GetServiceDisplayName",
    }
    refused = {
        "start": "StartService",
        "stop": "ControlService",
        "config": "ChangeServiceConfig",
        "create": "CreateService",
        "delete": "DeleteService",
    }
    try:
        return _RUN[command](call, words[1:])
    except ServiceError as error:
        opening = error.code == ERROR_SERVICE_DOES_NOT_EXIST or command not in refused
        return _failed(call, steps.get(command, "OpenService") if opening else refused[command], error.code)
    except _Usage:
        call.stdout.write(f"DESCRIPTION:\r\n        sc {command}\r\nUSAGE:\r\n        {_USAGES[command]}\r\n")
        return INVALID_COMMAND_LINE


def _failed(call: Invocation, step: str, code: int) -> int:
    call.stdout.write(
        f"[SC] {step} FAILED {code}:\r\n\r\n{win32_message(code, call.machine.language, call.machine.version)}\r\n\r\n"
    )
    return code


def _query(call: Invocation, words: Sequence[str], *, extended: bool = False) -> int:
    name, options = _options(words, {"type=", "state=", "bufsize=", "ri=", "group="}, name_needed=False)
    if name:
        call.stdout.write(status_block(call.machine, name, extended=extended))
        return 0
    wanted = dict(options)
    state = wanted.get("state=", "active").lower()
    if state not in ("active", "inactive", "all"):
        raise _Usage
    if wanted.get("type=", "service").lower() not in ("service", "all"):
        return 0  # drivers are not simulated
    services = call.machine.services
    for each in services.names():
        call.check()
        stopped = services.status(each).state == STOPPED
        if state == "all" or stopped == (state == "inactive"):
            call.stdout.write(status_block(call.machine, each, title=True, extended=extended))
    return 0


def _queryex(call: Invocation, words: Sequence[str]) -> int:
    return _query(call, words, extended=True)


def _qc(call: Invocation, words: Sequence[str]) -> int:
    name = _only_name(words, more=1)
    call.stdout.write(configuration_block(call.machine.services.configuration(name)))
    return 0


def _start(call: Invocation, words: Sequence[str]) -> int:
    if not words:
        raise _Usage
    call.machine.services.start(words[0])
    call.stdout.write(status_block(call.machine, words[0], extended=True))
    return 0


def _stop(call: Invocation, words: Sequence[str]) -> int:
    if not words:
        raise _Usage
    call.machine.services.stop(words[0])
    call.stdout.write(status_block(call.machine, words[0]))
    return 0


def _config(call: Invocation, words: Sequence[str]) -> int:
    name, options = _options(words, _SETTINGS)
    if not options:
        raise _Usage
    call.machine.services.configure(name, _settings(call, options))
    return _succeeded(call, "ChangeServiceConfig")


def _create(call: Invocation, words: Sequence[str]) -> int:
    name, options = _options(words, _SETTINGS)
    settings: Settings = {"Type": OWN_PROCESS, "Start": DEMAND, "ErrorControl": 1, **_settings(call, options)}
    if "ImagePath" not in settings:
        raise _Usage
    settings.setdefault("DisplayName", name)
    settings.setdefault("ObjectName", "LocalSystem")
    call.machine.services.create(name, settings)
    return _succeeded(call, "CreateService")


def _delete(call: Invocation, words: Sequence[str]) -> int:
    call.machine.services.delete(_only_name(words))
    return _succeeded(call, "DeleteService")


def _description(call: Invocation, words: Sequence[str]) -> int:
    if not words:
        raise _Usage
    call.machine.services.configure(words[0], {"Description": words[1] if len(words) > 1 else ""})
    return _succeeded(call, "ChangeServiceConfig2")


def _getkeyname(call: Invocation, words: Sequence[str]) -> int:
    key = call.machine.services.by_display_name(_only_name(words, more=1))
    if key is None:
        raise ServiceError(ERROR_SERVICE_DOES_NOT_EXIST)
    return _name_answer(call, "GetServiceKeyName", key)


def _getdisplayname(call: Invocation, words: Sequence[str]) -> int:
    configuration = call.machine.services.configuration(_only_name(words, more=1))
    return _name_answer(call, "GetServiceDisplayName", configuration.display_name)


def _name_answer(call: Invocation, step: str, name: str) -> int:
    if call.machine.version < (6, 0, 0):
        call.stdout.write(f"[SC] {step} SUCCESS  Name = {name}\r\n")
    else:
        label = "名前" if call.machine.language == "ja" else "Name"
        call.stdout.write(f"[SC] {step} SUCCESS\r\n{label} = {name}\r\n")
    return 0


def _succeeded(call: Invocation, step: str) -> int:
    call.stdout.write(f"[SC] {step} SUCCESS\r\n")
    return 0


def _only_name(words: Sequence[str], more: int = 0) -> str:
    if not 1 <= len(words) <= 1 + more:
        raise _Usage
    return words[0]


def _options(words: Sequence[str], known: set[str], *, name_needed: bool = True) -> tuple[str, list[tuple[str, str]]]:
    """The service's name and the options in order: names in lower case, the equals sign included."""
    rest = list(words)
    name = rest.pop(0) if rest and rest[0].lower() not in known else ""
    if name_needed and not name:
        raise _Usage
    options = []
    while rest:
        option = rest.pop(0).lower()
        if option not in known or not rest:
            raise _Usage
        options.append((option, rest.pop(0)))
    return name, options


_SETTINGS = {
    "type=", "start=", "error=", "binpath=", "group=", "tag=", "depend=", "obj=", "displayname=", "password=",
}  # fmt: skip


def _settings(call: Invocation, options: Sequence[tuple[str, str]]) -> Settings:
    """Registry values for the options of config and create; _Usage or ServiceError when one makes no sense."""
    settings: Settings = {}
    for option, word in options:
        match option:
            case "type=":
                if word.lower() not in _TYPES:
                    raise _Usage
                before = settings.get("Type", 0)
                settings["Type"] = (before if isinstance(before, int) else 0) | _TYPES[word.lower()]
            case "start=":
                if word.lower() not in _STARTS or (word.lower() == "delayed-auto" and call.machine.version < (6, 0, 0)):
                    raise _Usage
                settings["Start"] = _STARTS[word.lower()]
                if call.machine.version >= (6, 0, 0):
                    settings["DelayedAutostart"] = 1 if word.lower() == "delayed-auto" else None
            case "error=":
                if word.lower() not in _ERRORS:
                    raise _Usage
                settings["ErrorControl"] = _ERRORS[word.lower()]
            case "binpath=":
                settings["ImagePath"] = word
            case "depend=":
                settings["DependOnService"] = tuple(part for part in word.split("/") if part) or None
            case "obj=":
                settings["ObjectName"] = word
            case "displayname=":
                settings["DisplayName"] = word
            case _:
                pass  # group, tag and password leave nothing to see here
    if settings.get("Type") == INTERACTIVE:
        raise ServiceError(INVALID_PARAMETER)
    return settings


_RUN: dict[str, Callable[[Invocation, Sequence[str]], int]] = {
    "query": _query,
    "queryex": _queryex,
    "qc": _qc,
    "start": _start,
    "stop": _stop,
    "config": _config,
    "create": _create,
    "delete": _delete,
    "description": _description,
    "getkeyname": _getkeyname,
    "getdisplayname": _getdisplayname,
}
_USAGES = {
    "query": "sc <server> query [service name] <option1> <option2>...",
    "queryex": "sc <server> queryex [service name] <option1> <option2>...",
    "qc": "sc <server> qc [service name] <bufferSize>",
    "start": "sc <server> start [service name] <arg1> <arg2> ...",
    "stop": "sc <server> stop [service name]",
    "config": "sc <server> config [service name] <option1> <option2>...",
    "create": "sc <server> create [service name] [binPath= ] <option1> <option2>...",
    "delete": "sc <server> delete [service name]",
    "description": "sc <server> description [service name] [description]",
    "getkeyname": "sc <server> GetKeyName [service display name] <bufferSize>",
    "getdisplayname": "sc <server> GetDisplayName [service key name] <bufferSize>",
}
_HELP = (
    "DESCRIPTION:\r\n        SC is a command line program used for communicating with the\r\n"
    "        Service Control Manager and services.\r\n"
    "USAGE:\r\n        sc <server> [command] [service name] <option1> <option2>...\r\n"
)
