"""What the service control manager and its callers tell each other: states, start modes, errors, records.

Source: winsvc.h and winerror.h as the Win32 reference documents them (learn.microsoft.com).
"""

from dataclasses import dataclass

STOPPED, START_PENDING, STOP_PENDING, RUNNING = 1, 2, 3, 4
BOOT, SYSTEM, AUTO, DEMAND, DISABLED = range(5)
OWN_PROCESS, SHARE_PROCESS, INTERACTIVE = 0x10, 0x20, 0x100

# Win32 error codes (winerror.h)
ERROR_DEPENDENT_SERVICES_RUNNING = 1051
ERROR_SERVICE_REQUEST_TIMEOUT = 1053
ERROR_SERVICE_ALREADY_RUNNING = 1056
ERROR_SERVICE_DISABLED = 1058
ERROR_SERVICE_DOES_NOT_EXIST = 1060
ERROR_SERVICE_CANNOT_ACCEPT_CTRL = 1061
ERROR_SERVICE_NOT_ACTIVE = 1062
ERROR_PROCESS_ABORTED = 1067
ERROR_SERVICE_MARKED_FOR_DELETE = 1072
ERROR_SERVICE_EXISTS = 1073
ERROR_SERVICE_NEVER_STARTED = 1077
ERROR_DUPLICATE_SERVICE_NAME = 1078


class ServiceError(Exception):
    """A request was refused; `code` is the Win32 error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class ServiceConfiguration:
    """What the registry holds about one service; the field names are those of the registry values."""

    name: str
    display_name: str
    type: int
    start: int
    error_control: int
    image_path: str
    account: str
    depends: tuple[str, ...]
    delayed: bool


@dataclass(frozen=True)
class ServiceStatus:
    """State of one service at one moment: state 1 to 7, last exit code (Win32), process id (0 when stopped)."""

    state: int
    exit_code: int
    pid: int
