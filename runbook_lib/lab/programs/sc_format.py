"""The blocks that sc.exe prints for services, by release.

Source: the pages "sc query", "sc qc" of Microsoft's command reference and published transcripts. The field names are
English in every language; before Windows Server 2008 R2 the accepted controls of a stopped service are printed too,
without blanks.
"""

from runbook_lib.lab.machine import Machine
from runbook_lib.lab.service_facts import (
    INTERACTIVE,
    RUNNING,
    START_PENDING,
    STOP_PENDING,
    STOPPED,
    ServiceConfiguration,
)

_STATES = {STOPPED: "STOPPED", START_PENDING: "START_PENDING", STOP_PENDING: "STOP_PENDING", RUNNING: "RUNNING"}
_STARTS = ("BOOT_START", "SYSTEM_START", "AUTO_START", "DEMAND_START", "DISABLED")
_ERRORS = ("IGNORE", "NORMAL", "SEVERE", "CRITICAL")


def _type(kind: int) -> str:
    name = "WIN32_SHARE_PROCESS" if kind & 0x20 else "WIN32_OWN_PROCESS"
    return f"{kind:x}  {name} {'(interactive)' if kind & INTERACTIVE else ''}"


def status_block(machine: Machine, name: str, *, title: bool = False, extended: bool = False) -> str:
    """State of one service as `sc query` prints it.

    Args:
        title: with the display name (when many are listed).
        extended: with process id and flags (`sc queryex`, and the answer to `sc start`).
    """
    configuration, status = machine.services.configuration(name), machine.services.status(name)
    pending = status.state in (START_PENDING, STOP_PENDING)
    lines = ["", f"SERVICE_NAME: {configuration.name}"]
    if title:
        lines.append(f"DISPLAY_NAME: {configuration.display_name}")
    lines += [
        _field("TYPE", _type(configuration.type)),
        _field("STATE", f"{status.state}  {_STATES[status.state]} "),
    ]
    old = machine.version < (6, 1, 0)
    if status.state != STOPPED or old:
        stoppable = "STOPPABLE" if status.state == RUNNING else "NOT_STOPPABLE"
        shutdown = "ACCEPTS_SHUTDOWN" if status.state == RUNNING else "IGNORES_SHUTDOWN"
        lines.append(f"{' ' * 32}({(',' if old else ', ').join((stoppable, 'NOT_PAUSABLE', shutdown))})")
    lines += [
        _field("WIN32_EXIT_CODE", f"{status.exit_code}  (0x{status.exit_code:x})"),
        _field("SERVICE_EXIT_CODE", "0  (0x0)"),
        _field("CHECKPOINT", "0x0"),
        _field("WAIT_HINT", "0x7d0" if pending else "0x0"),
    ]
    if extended:
        lines += [_field("PID", str(status.pid)), _field("FLAGS", "")]
    return "".join(f"{line}\r\n" for line in lines)


def configuration_block(configuration: ServiceConfiguration) -> str:
    """What `sc qc` prints of one service."""
    start = f"{configuration.start}   {_STARTS[configuration.start]}"
    if configuration.delayed:
        start += "  (DELAYED)"
    first, *others = configuration.depends or ("",)
    lines = [
        "[SC] QueryServiceConfig SUCCESS",
        "",
        f"SERVICE_NAME: {configuration.name}",
        _field("TYPE", _type(configuration.type)),
        _field("START_TYPE", start),
        _field("ERROR_CONTROL", f"{configuration.error_control}   {_ERRORS[configuration.error_control]}"),
        _field("BINARY_PATH_NAME", configuration.image_path),
        _field("LOAD_ORDER_GROUP", ""),
        _field("TAG", "0"),
        _field("DISPLAY_NAME", configuration.display_name),
        _field("DEPENDENCIES", first),
        *(_field("", other) for other in others),
        _field("SERVICE_START_NAME", configuration.account),
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _field(name: str, content: str) -> str:
    return f"        {name:<19}: {content}"
