r"""The service control manager of a simulated node.

What is configured lives in the registry, under HKLM\SYSTEM\CurrentControlSet\Services, as on Windows; what is
running lives here. Source: the SERVICE_STATUS, StartService, ControlService and DeleteService pages of the Win32
reference (learn.microsoft.com).
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from runbook_lib.lab.processes import ProcessTable
from runbook_lib.lab.registry import SERVICES, Registry
from runbook_lib.lab.service_facts import (
    DEMAND,
    DISABLED,
    ERROR_DEPENDENT_SERVICES_RUNNING,
    ERROR_DUPLICATE_SERVICE_NAME,
    ERROR_PROCESS_ABORTED,
    ERROR_SERVICE_ALREADY_RUNNING,
    ERROR_SERVICE_CANNOT_ACCEPT_CTRL,
    ERROR_SERVICE_DISABLED,
    ERROR_SERVICE_DOES_NOT_EXIST,
    ERROR_SERVICE_EXISTS,
    ERROR_SERVICE_MARKED_FOR_DELETE,
    ERROR_SERVICE_NEVER_STARTED,
    ERROR_SERVICE_NOT_ACTIVE,
    INTERACTIVE,
    OWN_PROCESS,
    RUNNING,
    START_PENDING,
    STOP_PENDING,
    STOPPED,
    ServiceConfiguration,
    ServiceError,
    ServiceStatus,
)


@dataclass
class _Live:
    state: int = STOPPED
    due: float = 0.0
    exit_code: int = ERROR_SERVICE_NEVER_STARTED
    pid: int = 0
    marked_for_deletion: bool = False


@dataclass
class Services:
    """Services of one node; safe between threads.

    Changes are noted as ("service", KEY NAME, HOW): HOW is "started", "stopped", "created", "deleted" or
    "NAME=CONTENT" of the registry value that was configured.

    Attributes:
        start_seconds, stop_seconds: how long a service stays in START_PENDING and STOP_PENDING.
        failing: services (key name, upper case) that end during their start, with the Win32 code they report (a
            misbehaviour switch).
    """

    registry: Registry
    processes: ProcessTable
    note: Callable[[str, str, str], None]
    start_seconds: float = 0.15
    stop_seconds: float = 0.15
    failing: dict[str, int] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._live: dict[str, _Live] = {}

    # finding

    def names(self) -> list[str]:
        """Key names of all services, sorted; drivers are left out."""
        self._sweep()
        keys = self.registry.keys(SERVICES) if self.registry.exists(SERVICES) else []
        return [name for name in keys if self.registry.number(rf"{SERVICES}\{name}", "Type") & 0x30]

    def by_display_name(self, display_name: str) -> str | None:
        """Key name of the service with that display name (any case), or None."""
        wanted = display_name.upper()
        return next((name for name in self.names() if self._display(name).upper() == wanted), None)

    def find(self, name: str) -> str | None:
        """Key name of the service called *name*, by key or display name (any case), or None.

        `net` looks services up like this.
        """
        return next((key for key in self.names() if key.upper() == name.upper()), None) or self.by_display_name(name)

    def configuration(self, name: str) -> ServiceConfiguration:
        """What is configured for the service with that key name; ServiceError 1060 when there is none."""
        with self._lock:
            key = self._key(name)
            depends = self.registry.get(key, "DependOnService")
            return ServiceConfiguration(
                key.rpartition("\\")[2],
                self._display(name),
                self.registry.number(key, "Type"),
                self.registry.number(key, "Start"),
                self.registry.number(key, "ErrorControl"),
                self.registry.text(key, "ImagePath"),
                self.registry.text(key, "ObjectName", "LocalSystem"),
                depends.content if depends and isinstance(depends.content, tuple) else (),
                bool(self.registry.number(key, "DelayedAutostart")),
            )

    def status(self, name: str) -> ServiceStatus:
        """How the service is now; ServiceError 1060 when there is none."""
        with self._lock:
            live = self._settled(self._key(name))
            return ServiceStatus(live.state, live.exit_code, live.pid)

    def dependents(self, name: str) -> list[str]:
        """Key names of the services that need *name* and are not stopped, nearest first."""
        found: list[str] = []
        for other in self.names():
            needs = [need.upper() for need in self.configuration(other).depends]
            if name.upper() in needs and self.status(other).state != STOPPED:
                found += [other, *(far for far in self.dependents(other) if far not in found)]
        return list(dict.fromkeys(found))

    # controlling

    def start(self, name: str) -> None:
        """Ask the service to start; answers while it is still START_PENDING. ServiceError as StartService refuses."""
        with self._lock:
            key = self._key(name)
            live = self._settled(key)
            if live.marked_for_deletion:
                raise ServiceError(ERROR_SERVICE_MARKED_FOR_DELETE)
            if live.state != STOPPED:
                raise ServiceError(ERROR_SERVICE_ALREADY_RUNNING)
            configuration = self.configuration(name)
            if configuration.start == DISABLED:
                raise ServiceError(ERROR_SERVICE_DISABLED)
            for need in configuration.depends:
                if self.status(need).state == STOPPED:
                    self.start(need)
            self._run(configuration, live)
            live.state, live.due = START_PENDING, self.clock() + self.start_seconds
            self.note("service", configuration.name, "started")

    def stop(self, name: str) -> None:
        """Ask the service to stop; answers while it is still STOP_PENDING. ServiceError as ControlService refuses."""
        with self._lock:
            live = self._settled(self._key(name))
            if live.state == STOPPED:
                raise ServiceError(ERROR_SERVICE_NOT_ACTIVE)
            if live.state != RUNNING:
                raise ServiceError(ERROR_SERVICE_CANNOT_ACCEPT_CTRL)
            if self.dependents(name):
                raise ServiceError(ERROR_DEPENDENT_SERVICES_RUNNING)
            live.state, live.due = STOP_PENDING, self.clock() + self.stop_seconds
            self.note("service", self.configuration(name).name, "stopped")

    # configuring

    def configure(self, name: str, values: dict[str, str | int | tuple[str, ...] | None]) -> None:
        """Write registry values of a service (None removes one) as ChangeServiceConfig does.

        ServiceError when refused.
        """
        with self._lock:
            key = self._key(name)
            if self._settled(key).marked_for_deletion:
                raise ServiceError(ERROR_SERVICE_MARKED_FOR_DELETE)
            kind = values.get("Type")
            account = values.get("ObjectName") or self.configuration(name).account
            if isinstance(kind, int) and kind & INTERACTIVE and str(account).upper() != "LOCALSYSTEM":
                raise ServiceError(87)
            display = values.get("DisplayName")
            if display and self.by_display_name(str(display)) not in (None, self.configuration(name).name):
                raise ServiceError(ERROR_DUPLICATE_SERVICE_NAME)
            for item, content in values.items():
                self._write(key, item, content)
                self.note("service", self.configuration(name).name, f"{item}={content}")

    def create(self, name: str, values: dict[str, str | int | tuple[str, ...] | None]) -> None:
        """Register a new service with these registry values; ServiceError 1073 or 1078 when the name is taken."""
        with self._lock:
            if self.registry.exists(rf"{SERVICES}\{name}"):
                marked = self._live.get(name.upper(), _Live()).marked_for_deletion
                raise ServiceError(ERROR_SERVICE_MARKED_FOR_DELETE if marked else ERROR_SERVICE_EXISTS)
            display = values.get("DisplayName")
            if display and self.by_display_name(str(display)):
                raise ServiceError(ERROR_DUPLICATE_SERVICE_NAME)
            for item, content in values.items():
                self._write(rf"{SERVICES}\{name}", item, content)
            self.note("service", name, "created")

    def delete(self, name: str) -> None:
        """Remove the service now, or when it has stopped; ServiceError 1060 or 1072."""
        with self._lock:
            key = self._key(name)
            live = self._settled(key)
            if live.marked_for_deletion:
                raise ServiceError(ERROR_SERVICE_MARKED_FOR_DELETE)
            self.note("service", self.configuration(name).name, "deleted")
            live.marked_for_deletion = True
            self._bury(key, live)

    def seed(
        self,
        name: str,
        display_name: str,
        image_path: str,
        *,
        start: int = DEMAND,
        kind: int = OWN_PROCESS,
        account: str = "LocalSystem",
        depends: Sequence[str] = (),
        running: bool = False,
        pid: int | None = None,
    ) -> None:
        """Put a service there without noting a change; *pid* lets several share a process that is already listed."""
        key = rf"{SERVICES}\{name}"
        items: dict[str, str | int | tuple[str, ...] | None] = {
            "Type": kind,
            "Start": start,
            "ErrorControl": 1,
            "ImagePath": image_path,
            "DisplayName": display_name,
            "ObjectName": account,
        }
        if depends:
            items["DependOnService"] = tuple(depends)
        for item, content in items.items():
            self._write(key, item, content)
        if running:
            self.run(name, pid)

    # with the machine

    def reset(self) -> None:
        """The machine goes down: every service has ended, and what was to be deleted is gone. Notes nothing."""
        with self._lock:
            for name, live in list(self._live.items()):
                if live.pid:
                    self.processes.remove(live.pid)
                if live.marked_for_deletion:
                    self.registry.remove_silently(rf"{SERVICES}\{name}")
            self._live.clear()

    def run(self, name: str, pid: int | None = None) -> None:
        """The service runs, without noting a change and without delay; *pid* lets several share a process."""
        with self._lock:
            key = self._key(name)
            live = self._live.setdefault(name.upper(), _Live())
            failure = self.failing.get(name.upper())
            live.state, live.exit_code = (STOPPED, failure) if failure else (RUNNING, 0)
            if live.state == RUNNING and pid is None:
                self._run(self.configuration(key.rpartition("\\")[2]), live)
            elif live.state == RUNNING:
                live.pid = pid or 0

    # inside

    def _sweep(self) -> None:
        """Let go of services that were marked for deletion and have stopped since."""
        with self._lock:
            for name in [name for name, live in self._live.items() if live.marked_for_deletion]:
                self._settled(rf"{SERVICES}\{name}")

    def _key(self, name: str) -> str:
        self._sweep()
        key = rf"{SERVICES}\{name}"
        if "\\" in name or not name or not self.registry.number(key, "Type") & 0x30:
            raise ServiceError(ERROR_SERVICE_DOES_NOT_EXIST)
        return self.registry.spelling(key)

    def _display(self, name: str) -> str:
        return self.registry.text(rf"{SERVICES}\{name}", "DisplayName", name)

    def _write(self, key: str, item: str, content: str | int | tuple[str, ...] | None) -> None:
        if content is None:
            self.registry.unseed(key, item)
        elif isinstance(content, int):
            self.registry.seed(key, item, "REG_DWORD", content)
        elif isinstance(content, tuple):
            self.registry.seed(key, item, "REG_MULTI_SZ", content)
        else:
            self.registry.seed(key, item, "REG_EXPAND_SZ" if item == "ImagePath" else "REG_SZ", content)

    def _run(self, configuration: ServiceConfiguration, live: _Live) -> None:
        program = configuration.image_path.lstrip('"').split('"')[0].split(" -")[0].split(" /")[0]
        image = program.replace("/", "\\").rpartition("\\")[2] or f"{configuration.name}.exe"
        account = configuration.account.replace("LocalSystem", r"NT AUTHORITY\SYSTEM")
        live.pid = self.processes.add(image, account=account, services=(configuration.name,))

    def _settled(self, key: str) -> _Live:
        """The live state after what has become due, and after its process was ended from outside."""
        live = self._live.setdefault(key.rpartition("\\")[2].upper(), _Live())
        late = self.clock() >= live.due
        failure = self.failing.get(key.rpartition("\\")[2].upper())
        if live.pid and self.processes.get(live.pid) is None:
            live.state, live.exit_code, live.pid = STOPPED, ERROR_PROCESS_ABORTED, 0
        elif live.state == START_PENDING and late:
            live.state, live.exit_code = (STOPPED, failure) if failure else (RUNNING, 0)
        elif live.state == STOP_PENDING and late:
            live.state, live.exit_code = STOPPED, 0
        if live.state == STOPPED and live.pid:
            self._leave(live.pid)
            live.pid = 0
        self._bury(key, live)
        return live

    def _leave(self, pid: int) -> None:
        if sum(live.pid == pid for live in self._live.values()) == 1:
            self.processes.remove(pid)

    def _bury(self, key: str, live: _Live) -> None:
        if live.marked_for_deletion and live.state == STOPPED and self.registry.exists(key):
            self.registry.remove_silently(key)
            del self._live[key.rpartition("\\")[2].upper()]
