"""The state of one running cmd.exe."""

import random
import threading
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from runbook_lib.lab import paths
from runbook_lib.lab.messages import win32_message
from runbook_lib.lab.process import BytesInput, Stopped, TextOutput
from runbook_lib.lab.shell.streams import Stream, codec

if TYPE_CHECKING:
    from runbook_lib.lab.files import FileSystem
    from runbook_lib.lab.machine import Machine
    from runbook_lib.lab.shell.syntax import Command


class Leave(Exception):  # noqa: N818  (how `exit` gets out)
    """Ends this cmd.exe.

    Attributes:
        code: its exit code.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Variables(MutableMapping[str, str]):
    """Environment variables: found whatever their case, kept as first written."""

    def __init__(self, values: "dict[str, str] | Variables") -> None:
        self._values = {name.upper(): (name, value) for name, value in values.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.upper()][1]

    def __setitem__(self, name: str, value: str) -> None:
        old = self._values.get(name.upper())
        self._values[name.upper()] = (old[0] if old else name, value)

    def __delitem__(self, name: str) -> None:
        del self._values[name.upper()]

    def __iter__(self) -> Iterator[str]:
        return (name for _, (name, _value) in sorted(self._values.items()))

    def __len__(self) -> int:
        return len(self._values)

    @property
    def upper(self) -> dict[str, str]:
        """The values by upper-case name, as programs get them."""
        return {name: value for name, (_, value) in self._values.items()}


class BatchFile(Protocol):
    """What a session needs to know of the batch file it is in; `runbook_lib.lab.shell.batch` has the real one."""

    @property
    def always_clears(self) -> bool:
        """Whether `set` and `path` clear ERRORLEVEL on success."""

    def argument(self, reference: str) -> str:
        """The text of %1, %* or %~dp0."""


class Interpreter(Protocol):
    """What commands that run commands need of `runbook_lib.lab.shell.interpreter`, the module."""

    def run(self, session: "Session", command: "Command") -> int:
        """Run a parsed command."""

    def run_line(self, session: "Session", line: str) -> int:
        """Parse and run a line in command line mode."""

    def run_words(self, session: "Session", text: str) -> int:
        """Run one command that has no operators or redirections."""

    def complain_of_syntax(self, session: "Session", unexpected: str) -> int:
        """Say that a line cannot be understood."""


@dataclass
class Session:
    """One cmd.exe: a `cmd /c`, and everything that runs in it.

    Attributes:
        variables: the environment.
        folder: the current folder.
        drive_folders: the current folders of other drives.
        streams: 0 standard input, 1 output, 2 error, and what redirections open.
        loop_variables: values of FOR variables by letter.
        errorlevel: what %ERRORLEVEL% shows.
        delayed: whether "!" expands (cmd /v:on, setlocal enabledelayedexpansion).
        echo: whether batch commands are shown.
        batch: the batch file being run, or None in command line mode.
        calling: whether `call` is at work, so that a batch file comes back.
        pushed: folders kept by pushd.
        saved: environments and delayed expansion kept by setlocal.
        interpreter: runs commands.
    """

    machine: "Machine"
    variables: Variables
    folder: str
    streams: dict[int, Stream]
    code_page: int
    stopping: threading.Event
    interpreter: Interpreter
    drive_folders: dict[str, str] = field(default_factory=dict)
    loop_variables: dict[str, str] = field(default_factory=dict)
    errorlevel: int = 0
    delayed: bool = False
    echo: bool = True
    batch: BatchFile | None = None
    calling: bool = False
    pushed: list[str] = field(default_factory=list)
    saved: list[tuple[Variables, bool]] = field(default_factory=list)
    command_line: str = ""

    @property
    def files(self) -> "FileSystem":
        """The machine's files."""
        return self.machine.files

    @property
    def stdin(self) -> BytesInput:
        """Standard input."""
        return cast(BytesInput, self.streams[0])

    @property
    def stdout(self) -> TextOutput:
        """Standard output."""
        return cast(TextOutput, self.streams[1])

    @property
    def stderr(self) -> TextOutput:
        """Standard error."""
        return cast(TextOutput, self.streams[2])

    def say(self, english: str, japanese: str) -> str:
        """One of the two, by the machine's language."""
        return japanese if self.machine.language == "ja" else english

    def complain(self, code: int) -> int:
        """Write Windows' sentence for a Win32 error to standard error; answers 1, what most commands return then."""
        self.stderr.write(win32_message(code, self.machine.language, self.machine.version) + "\r\n")
        return 1

    def check(self) -> None:
        """Raise `Stopped` when the process must end."""
        if self.stopping.is_set():
            raise Stopped

    def child(self, streams: dict[int, Stream]) -> "Session":
        """A cmd.exe started by this one: same environment and folder, nothing else shared."""
        return Session(
            self.machine,
            Variables(self.variables),
            self.folder,
            streams,
            self.code_page,
            self.stopping,
            self.interpreter,
            dict(self.drive_folders),
        )

    def absolute(self, path: str) -> str:
        """A path as typed (quotes taken out), made absolute."""
        return paths.absolute(path.replace('"', ""), self.folder, self.drive_folders)

    def lookup(self, name: str) -> str | None:
        """The value of a variable, dynamic ones included (``set /?``)."""
        if name in self.variables:
            return self.variables[name]
        now = self.files.clock()
        match name.upper():
            case "CD":
                return self.folder
            case "ERRORLEVEL":
                return str(self.errorlevel)
            case "DATE":
                return now.strftime(self.say("%a %m/%d/%Y", "%Y/%m/%d"))
            case "TIME":
                return f"{now.hour:2}:{now:%M:%S}.{now.microsecond // 10000:02}"
            case "RANDOM":
                return str(random.randrange(32768))  # noqa: S311
            case "CMDEXTVERSION":
                return "2"
            case "CMDCMDLINE":
                return self.command_line
            case _:
                return None

    def decode(self, content: bytes) -> str:
        """Bytes of a file or program as text in the console's code page."""
        return content.decode(codec(self.code_page), errors="replace")
