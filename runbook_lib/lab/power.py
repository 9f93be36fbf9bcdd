r"""A node's power: shutting down, restarting, failing, and starting again.

ShutdownTime in HKLM\SYSTEM\CurrentControlSet\Control\Windows is a FILETIME that changes at every clean shutdown
(winhelponline.com, 4n6post.com), not at a power cut.
"""

import struct
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

from runbook_lib.lab.service_facts import AUTO, SHARE_PROCESS

if TYPE_CHECKING:
    from runbook_lib.lab.machine import Machine

State = Literal["up", "going down", "down"]
_WINDOWS: Final = r"HKLM\SYSTEM\CurrentControlSet\Control\Windows"
_FILETIME_1970: Final = 116_444_736_000_000_000


class Power:
    """The power of one machine; safe between threads.

    What `machine.boot_s` and `machine.stays_down` say decides how it comes back.

    Attributes:
        state: "up", "going down" or "down".
        notice_s: seconds between an order of CLUSTERPRO's and the moment when connections break, so that the command
            that gave it can still be answered.
        on_down, on_up: called when the machine has gone down (connections break) and has started (they open again).
        on_boot: called when its services have started.
    """

    def __init__(self, machine: "Machine") -> None:
        self.state: State = "up"
        self.notice_s = 0.1
        self.on_down: list[Callable[[], None]] = []
        self.on_up: list[Callable[[], None]] = []
        self.on_boot: list[Callable[[], None]] = []
        self._machine = machine
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._abort = threading.Event()
        self._closed = threading.Event()
        self._ordered = False

    def order(self, *, restart: bool, after_s: float, prepare: Callable[[], None] = lambda: None) -> bool:
        """Shut the machine down after a while; answers at once, False when it was ordered before.

        Args:
            restart: and start it again, unless it stays down.
            after_s: seconds until then.
            prepare: called first, such as for its groups to move.
        """
        with self._lock:
            if self._ordered:
                return False
            self._ordered = True
            self._abort = threading.Event()
            thread = threading.Thread(target=self._shut_down, args=(restart, after_s, prepare), daemon=True)
            self._threads.append(thread)
        thread.start()
        return True

    def abort(self) -> bool:
        """Take an order back while there is time; False when there is none."""
        with self._lock:
            if not self._ordered or self.state != "up":
                return False
            self._ordered = False
            self._abort.set()
            return True

    def cut(self) -> None:
        """The power fails: everything ends at once and in no order."""
        self._go_down(clean=False)

    def turn_on(self) -> None:
        """Start a machine that is down: Windows' services, then what waits for them."""
        with self._lock:
            if self.state != "down" or self._closed.is_set():
                return
            self._ordered = False
            self.state = "up"
        machine = self._machine
        boot_services(machine)
        machine.note_change("power", machine.name, "up")
        for call in (*self.on_up, *self.on_boot):
            call()

    def wait(self, state: State, seconds: float = 10.0) -> bool:
        """True as soon as the machine is in that state and no order is being carried out."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.state == state and not any(thread.is_alive() for thread in self._threads):
                return True
            time.sleep(0.005)
        return False

    def close(self) -> None:
        """The lab ends: nothing is shut down or started any more."""
        self._closed.set()
        self._abort.set()
        for thread in self._threads:
            thread.join(10)

    def _shut_down(self, restart: bool, after_s: float, prepare: Callable[[], None]) -> None:
        if self._abort.wait(after_s):
            return
        self.state = "going down"
        prepare()
        self._go_down(clean=True)
        if restart and not self._machine.stays_down and not self._closed.wait(self._machine.boot_s):
            self.turn_on()

    def _go_down(self, *, clean: bool) -> None:
        machine = self._machine
        self.state = "going down"
        for call in self.on_down:
            call()
        machine.services.reset()
        for process in machine.processes.running():
            if process.session:
                machine.processes.remove(process.pid)
        machine.files.in_use.clear()
        if clean:
            moment = time.time_ns() // 100 + _FILETIME_1970
            machine.registry.seed(_WINDOWS, "ShutdownTime", "REG_BINARY", struct.pack("<Q", moment))
        machine.note_change("power", machine.name, "down")
        self.state = "down"


def boot_services(machine: "Machine") -> None:
    """Run every service with automatic start, as Windows does when it starts; nothing is noted."""
    services = machine.services
    configurations = [services.configuration(name) for name in services.names()]
    automatic = [each for each in configurations if each.start == AUTO]
    shared = {each.image_path for each in automatic if each.type & SHARE_PROCESS}
    hosts = {
        path: machine.processes.add(
            "svchost.exe", services=tuple(each.name for each in automatic if each.image_path == path)
        )
        for path in sorted(shared)
    }
    for each in automatic:
        services.run(each.name, hosts.get(each.image_path))
