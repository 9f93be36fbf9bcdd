"""Remote shells and the commands in them: what a node keeps between two requests.

Rules: [MS-WSMV] 3.1.1 and 3.1.4.5 to 3.1.4.14; default quotas: Microsoft, "Quotas for remote shells" and
"Installation and configuration for Windows Remote Management" (WinRM 2.0 before Windows Server 2012).
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from runbook_lib.lab.process import Process
from runbook_lib.lab.wire import faults
from runbook_lib.lab.wire.faults import Fault


class Node(Protocol):
    """What the endpoint needs of a machine; `runbook_lib.lab.machine.Machine` is one."""

    @property
    def name(self) -> str:
        """The computer's name."""

    @property
    def version(self) -> tuple[int, int, int]:
        """Major, minor and build number of Windows."""

    def start(
        self,
        command_line: str,
        *,
        code_page: int | None = None,
        environment: dict[str, str] | None = None,
        folder: str | None = None,
        skip_cmd_shell: bool = False,
    ) -> Process:
        """Start a command in a process of its own."""


class ClientGone(Exception):  # noqa: N818  (a signal, not an error)
    """The client closed its connection while its request was waiting: nobody is left to answer."""


@dataclass(frozen=True)
class Quotas:
    """What one account may use; defaults are those of WinRM 3.0 (Windows Server 2012 and later).

    Attributes:
        shells: MaxShellsPerUser.
        processes: MaxProcessesPerShell, counted as commands that still run.
        operations: MaxConcurrentOperationsPerUser, counted as commands that no Signal has ended yet.
        envelope_bytes: MaxEnvelopeSizekb in bytes, for requests and replies.
        idle_s: IdleTimeout of a shell, when the client asks for none.
        timeout_s: MaxTimeoutms in seconds; a longer OperationTimeout counts as this ([MS-WSMV] 3.1.4.1.6).
    """

    shells: int = 30
    processes: int = 25
    operations: int = 1500
    envelope_bytes: int = 500 * 1024
    idle_s: float = 7200.0
    timeout_s: float = 60.0

    @classmethod
    def of(cls, version: tuple[int, int, int]) -> "Quotas":
        """The defaults of a release of Windows, by its version number."""
        if version >= (6, 2, 0):
            return cls()
        return cls(shells=5, processes=15, operations=15, envelope_bytes=150 * 1024, idle_s=180.0)


@dataclass
class Output:
    """What one Receive brings: bytes by stream, the streams that ended, and the exit code once all have."""

    content: dict[str, bytes]
    exit_code: int | None


class Command:
    """One command of a shell: its process, and the bytes that no Receive has taken yet."""

    def __init__(self, command_id: str, process: Process) -> None:
        self.id = command_id
        self.process = process
        self._pending = {"stdout": bytearray(), "stderr": bytearray()}
        self._receiving = threading.Lock()
        self._released = threading.Event()

    def release(self) -> None:
        """End the process and whatever waits for its output; returns at once."""
        self._released.set()
        self.process.stop()

    def receive(self, streams: list[str], room: int, deadline: float, connected: Callable[[], bool]) -> Output:
        """Block until *streams* have something to say; take at most *room* bytes in all.

        Args:
            streams: of "stdout" and "stderr".
            room: bytes that fit into the reply, at least 1.
            deadline: by `time.monotonic()`.
            connected: False as soon as the client has gone.

        Raises:
            Fault: the time is up, or the command was ended from outside.
            ClientGone: nothing was taken.
        """
        with self._receiving:
            pause = 0.001
            while True:
                ended = self.process.wait(0)  # before looking at the pipes: what comes later is seen later
                for name, pipe in (("stdout", self.process.stdout), ("stderr", self.process.stderr)):
                    self._pending[name] += pipe.take()
                if self._released.is_set():
                    raise Fault(faults.OPERATION_ABORTED)
                if ended or any(self._pending[name] for name in streams):
                    return self._take(streams, room, ended=ended)
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise Fault(faults.OPERATION_TIMED_OUT)
                if not connected():
                    raise ClientGone
                # The end of the process wakes this at once; output of a running one is seen within 50 ms.
                self.process.wait(min(pause, remaining))
                pause = min(pause * 2, 0.05)

    def _take(self, streams: list[str], room: int, *, ended: bool) -> Output:
        content = {}
        for name in streams:
            pending = self._pending[name]
            content[name] = bytes(pending[:room])
            del pending[:room]
            room -= len(content[name])
        done = ended and not any(self._pending[name] for name in streams)
        return Output(content, self.process.exit_code if done else None)


@dataclass
class Shell:
    """One remote shell: the settings its commands start with, and the commands.

    Attributes:
        id: as the client names it, upper case.
        code_page: of the console; None takes the node's own.
        idle_s: seconds without any request after which the shell goes away.
        used: when the last request ended, by `time.monotonic()`.
        busy: requests at work in it now.
    """

    id: str
    code_page: int | None
    environment: dict[str, str]
    folder: str | None
    idle_s: float
    client_ip: str
    commands: dict[str, Command] = field(default_factory=dict)
    created: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)
    busy: int = 0

    def command(self, command_id: str) -> Command:
        """The command of that id (any case); raises `Fault` when there is none."""
        found = self.commands.get(command_id.upper())
        if found is None:
            raise Fault(faults.COMMAND_NOT_FOUND, command_id)
        return found

    def release(self) -> None:
        """End everything that runs in it."""
        for command in list(self.commands.values()):
            command.release()
        self.commands.clear()


class Shells:
    """All shells of one account on one node; safe between threads."""

    def __init__(self, node: Node, quotas: Quotas) -> None:
        self._node = node
        self._quotas = quotas
        self._shells: dict[str, Shell] = {}
        self._lock = threading.RLock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._shells)

    def create(self, shell: Shell) -> None:
        """Open *shell*; raises `Fault` when the account has as many as it may."""
        with self._lock:
            if len(self._shells) >= self._quotas.shells:
                raise Fault(faults.TOO_MANY_SHELLS, self._quotas.shells)
            self._shells[shell.id] = shell

    @contextmanager
    def use(self, shell_id: str) -> Iterator[Shell]:
        """The shell of that id (any case), not idle meanwhile; raises `Fault` when there is none."""
        with self._lock:
            shell = self._shells.get(shell_id.upper())
            if shell is None:
                raise Fault(faults.SHELL_NOT_FOUND, shell_id)
            shell.busy += 1
        try:
            yield shell
        finally:
            with self._lock:
                shell.busy -= 1
                shell.used = time.monotonic()

    def start(self, shell: Shell, command_line: str, command_id: str, *, skip_cmd_shell: bool) -> Command:
        """Start a command in *shell*; raises `Fault` when a quota is used up."""
        with self._lock:
            if sum(len(each.commands) for each in self._shells.values()) >= self._quotas.operations:
                raise Fault(faults.TOO_MANY_OPERATIONS, self._quotas.operations)
            running = sum(each.process.exit_code is None for each in shell.commands.values())
            if running >= self._quotas.processes:
                raise Fault(faults.TOO_MANY_PROCESSES, self._quotas.processes)
            process = self._node.start(
                command_line,
                code_page=shell.code_page,
                environment=dict(shell.environment),
                folder=shell.folder,
                skip_cmd_shell=skip_cmd_shell,
            )
            command = Command(command_id or new_id(), process)
            shell.commands[command.id] = command
            return command

    def delete(self, shell_id: str) -> None:
        """Close one shell; raises `Fault` when there is none."""
        with self._lock:
            shell = self._shells.pop(shell_id.upper(), None)
        if shell is None:
            raise Fault(faults.SHELL_NOT_FOUND, shell_id)
        shell.release()

    def delete_all(self) -> None:
        """Close every shell, as a restart of the service does."""
        with self._lock:
            shells = list(self._shells.values())
            self._shells.clear()
        for shell in shells:
            shell.release()

    def expire(self) -> None:
        """Close the shells whose idle time is over."""
        now = time.monotonic()
        with self._lock:
            idle = [each for each in self._shells.values() if not each.busy and now - each.used > each.idle_s]
            for shell in idle:
                del self._shells[shell.id]
        for shell in idle:
            shell.release()


def new_id() -> str:
    """A fresh ShellId or CommandId."""
    return str(uuid.uuid4()).upper()
