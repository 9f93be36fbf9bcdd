"""The processes that tasklist shows on a simulated node."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

Note = Callable[[str, str, str], None]


@dataclass(frozen=True)
class RunningProcess:
    """One line of the process list.

    Attributes:
        image: file name of the program, as tasklist shows it.
        session: number of the session; 0 is that of the services.
        memory_kb: working set.
        account: who it runs as.
        services: key names of the services it hosts.
    """

    pid: int
    image: str
    session: int
    memory_kb: int
    account: str
    services: tuple[str, ...] = ()

    @property
    def session_name(self) -> str:
        """Name of the session: "Services" for 0, otherwise "Console"."""
        return "Console" if self.session else "Services"


class ProcessTable:
    """Processes of one node by process id; safe between threads.

    Starting or ending a process here notes nothing: a service's process is part of the service's own change. `kill`
    notes ("process", "IMAGE (PID)", "ended").
    """

    def __init__(self, note: Note, *, first_pid: int = 200) -> None:
        self._note = note
        self._next = first_pid
        self._lock = threading.RLock()
        self._running: dict[int, RunningProcess] = {}

    def add(
        self,
        image: str,
        *,
        pid: int | None = None,
        session: int = 0,
        memory_kb: int = 0,
        account: str = r"NT AUTHORITY\SYSTEM",
        services: tuple[str, ...] = (),
    ) -> int:
        """Start a process and answer its id (a multiple of four, as on Windows)."""
        with self._lock:
            if pid is None:
                # Neighbouring starts get uneven distances so that nobody comes to rely on a pattern.
                self._next += 4 * (1 + len(image) % 7)
                pid = self._next
            size = memory_kb or 2000 + 731 * (sum(image.encode()) % 37)
            self._running[pid] = RunningProcess(pid, image, session, size, account, services)
            return pid

    def get(self, pid: int) -> RunningProcess | None:
        """The process with that id, None when there is none."""
        with self._lock:
            return self._running.get(pid)

    def remove(self, pid: int) -> None:
        """The process has ended by itself; unknown ids are ignored."""
        with self._lock:
            self._running.pop(pid, None)

    def kill(self, pid: int) -> None:
        """End a process from outside; KeyError when there is none."""
        with self._lock:
            process = self._running.pop(pid)
            self._note("process", f"{process.image} ({pid})", "ended")

    def running(self) -> list[RunningProcess]:
        """All processes in the order they were started."""
        with self._lock:
            return list(self._running.values())
