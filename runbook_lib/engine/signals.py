"""Ctrl-C, SIGTERM and SIGHUP while a notebook is being run: heard, never obeyed before the record is written."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class StopSignals:
    """Catches the stop signals for as long as it is entered, and puts the former handlers back.

    Outside the main thread nothing can be caught, and a signal that the process ignores (nohup) stays ignored.

    Attributes:
        received: name of the first signal that came, or None.
        listener: called with the name of each signal, in the main thread; it must return at once.
    """

    def __init__(self) -> None:
        self.received: str | None = None
        self.listener: Callable[[str], None] | None = None
        self._former: dict[int, Any] = {}

    def __enter__(self) -> "StopSignals":
        if threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._former[number] = signal.signal(number, self._caught)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - Python's signature
        name = signal.Signals(number).name
        self.received = self.received or name
        if self.listener:
            self.listener(name)


def as_exception(name: str) -> BaseException:
    """What is raised for a signal once the record is written; exit codes as in a shell: 130, 143, 129."""
    return KeyboardInterrupt() if name == "SIGINT" else SystemExit(128 + getattr(signal, name))
