"""How a program runs inside the lab: the seam between the WinRM endpoint, the shell and the programs.

The endpoint knows nothing of cmd.exe: it starts a `Process` on a `Machine` and moves bytes. A program knows nothing of
WinRM: it gets an `Invocation` and answers an exit code.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from runbook_lib.lab.machine import Machine


class Stopped(Exception):  # noqa: N818  (a signal, not an error)
    """The process was told to end: a terminate signal, a deleted shell, a node going down."""


class TextOutput(Protocol):
    """Where a program writes; text becomes bytes in the console's code page, unknown characters "?"."""

    def write(self, text: str) -> None:
        """Write *text*; programs write CR LF line ends themselves."""

    def write_bytes(self, content: bytes) -> None:
        """Write bytes as they are (what `type` does with the content of a file)."""


class BytesInput(Protocol):
    """Standard input of a program."""

    def read_line(self) -> bytes:
        """Block until one line (with its line end), or the end of the input (b"")."""

    def read_all(self) -> bytes:
        """Block until the end of the input."""


@dataclass
class Invocation:
    """One program being run.

    Attributes:
        machine: the node it runs on.
        arguments: the program as typed, then its arguments, split as Microsoft's C runtime splits them.
        tail: the text after the program's name, exactly as typed (some programs parse it themselves).
        folder: the current folder, absolute, no trailing backslash but for a drive's root.
        environment: variables, names upper case.
        code_page: of the console; decides the bytes of text written.
        stopping: set when the process must end.
    """

    machine: "Machine"
    arguments: list[str]
    tail: str
    folder: str
    environment: dict[str, str]
    code_page: int
    stdin: BytesInput
    stdout: TextOutput
    stderr: TextOutput
    stopping: threading.Event = field(default_factory=threading.Event)

    def sleep(self, seconds: float) -> None:
        """Pass time as the program would; raises `Stopped` as soon as the process must end."""
        if self.stopping.wait(seconds):
            raise Stopped

    def check(self) -> None:
        """Raise `Stopped` when the process must end; long loops call this."""
        if self.stopping.is_set():
            raise Stopped


Program = Callable[[Invocation], int]


class OutputPipe:
    """Bytes on their way from a program to whoever reads them; safe between threads."""

    def __init__(self, code_page: int) -> None:
        self._encoding = "utf-8" if code_page == 65001 else f"cp{code_page}"
        self._parts: list[bytes] = []
        self._ready = threading.Condition()
        self.closed = False

    def write(self, text: str) -> None:
        """Encode *text* in the console's code page; what it lacks becomes "?", as on Windows."""
        self.write_bytes(text.encode(self._encoding, errors="replace"))

    def write_bytes(self, content: bytes) -> None:
        """Append bytes as they are."""
        with self._ready:
            if content:
                self._parts.append(content)
                self._ready.notify_all()

    def close(self) -> None:
        """No more bytes will come."""
        with self._ready:
            self.closed = True
            self._ready.notify_all()

    def take(self) -> bytes:
        """Everything written so far and not yet taken; does not wait."""
        with self._ready:
            content = b"".join(self._parts)
            self._parts.clear()
            return content


class InputPipe:
    """Standard input of a process: bytes from the client until it says that was all."""

    def __init__(self) -> None:
        self._content = bytearray()
        self._ready = threading.Condition()
        self._ended = False

    def feed(self, content: bytes, *, end: bool = False) -> None:
        """Add bytes; *end* closes the input."""
        with self._ready:
            self._content += content
            self._ended = self._ended or end
            self._ready.notify_all()

    def read_line(self) -> bytes:
        """Block until one line (with its line end), or the end of the input (b"")."""
        with self._ready:
            self._ready.wait_for(lambda: self._ended or b"\n" in self._content)
            cut = self._content.find(b"\n") + 1 or len(self._content)
            line = bytes(self._content[:cut])
            del self._content[:cut]
            return line

    def read_all(self) -> bytes:
        """Block until the end of the input."""
        with self._ready:
            self._ready.wait_for(lambda: self._ended)
            content = bytes(self._content)
            self._content.clear()
            return content


class Process:
    """One command of a remote shell: runs in a thread of its own, ends with an exit code.

    Attributes:
        stdout, stderr: what it has written.
        stdin: what the client sent.
        exit_code: None while it runs.
    """

    def __init__(self, code_page: int, run: Callable[["Process"], int]) -> None:
        self.stdout = OutputPipe(code_page)
        self.stderr = OutputPipe(code_page)
        self.stdin = InputPipe()
        self.stopping = threading.Event()
        self.exit_code: int | None = None
        self.started = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._main, args=(run,), daemon=True)
        self._thread.start()

    def _main(self, run: Callable[["Process"], int]) -> None:
        code = 1
        try:
            code = run(self)
        except Stopped:
            code = 0xC000013A - (1 << 32)  # STATUS_CONTROL_C_EXIT, as a signed number
        finally:
            self.exit_code = code
            self.stdout.close()
            self.stderr.close()
            self._done.set()

    def wait(self, seconds: float | None = None) -> bool:
        """True when the process has ended within *seconds*."""
        return self._done.wait(seconds)

    def stop(self) -> None:
        """Tell the process to end; returns at once."""
        self.stopping.set()
        self.stdin.feed(b"", end=True)
