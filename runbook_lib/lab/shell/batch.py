"""Batch files: lines, labels, arguments, and who called whom."""

import re
from dataclasses import dataclass, field
from typing import Final

from runbook_lib.lab.shell.modifiers import modified_argument
from runbook_lib.lab.shell.parser import BadSyntax, Parser
from runbook_lib.lab.shell.percent import expand_percent
from runbook_lib.lab.shell.scanner import DELIMITERS
from runbook_lib.lab.shell.session import Session
from runbook_lib.lab.shell.syntax import is_quiet, shown

_LABEL: Final = re.compile(rf"[{DELIMITERS}]*:\s*([^\s:+,;=&|<>]+)")
UTF8: Final = 65001


class Goto(Exception):  # noqa: N818  (a jump)
    """Go on at a label; "" is the end of the file."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class EndBatch(Exception):  # noqa: N818  (how `exit /b` gets out)
    """Leave the batch file or subroutine with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Transferred(Exception):  # noqa: N818  (a batch file named without `call` never comes back)
    """Another batch file took over; the caller ends with its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Batch:
    """One batch file (or subroutine in it) being run.

    Attributes:
        path: absolute path of the file.
        lines: its text.
        arguments: %0 to %n as typed.
        tail: what %* stands for.
        at: index of the next line.
        depth: how many setlocals were open when it began.
    """

    session: Session
    path: str
    lines: list[str]
    arguments: list[str]
    tail: str
    at: int = 0
    depth: int = 0
    shifted: list[str] = field(default_factory=list)

    @property
    def always_clears(self) -> bool:
        """Whether `set` and `path` clear ERRORLEVEL on success: they do in .cmd files only."""
        return self.path.lower().endswith(".cmd")

    def argument(self, reference: str) -> str:
        """The text of %1, %* or %~dp0."""
        if reference == "*":
            return self.tail
        number = int(reference[-1])
        value = self.arguments[number] if number < len(self.arguments) else ""
        if not reference.startswith("~"):
            return value
        wanted = reference[1:-1]
        if number == 0 and wanted and not value.startswith(":"):
            value = self.path
        return modified_argument(self.session, value, wanted)

    def next_line(self) -> str | None:
        """The next line with its variables expanded; None at the end."""
        if self.at >= len(self.lines):
            return None
        line = self.lines[self.at]
        self.at += 1
        return expand_percent(line, self.session.lookup, self.argument)

    def find(self, label: str) -> bool:
        """Go to the line after *label*, searching from here to the end and then from the top."""
        order = [*range(self.at, len(self.lines)), *range(self.at)]
        for index in order:
            match = _LABEL.match(self.lines[index])
            if match and match[1].lower() == label.lower():
                self.at = index + 1
                return True
        return False


def split_batch_arguments(tail: str) -> list[str]:
    """The arguments of a batch file: cut at blanks, commas, semicolons and equal signs outside quotes."""
    words: list[str] = []
    word, quoted = "", False
    for sign in tail:
        if sign in DELIMITERS and not quoted:
            if word:
                words.append(word)
            word = ""
            continue
        quoted ^= sign == '"'
        word += sign
    return [*words, word] if word else words


def run_batch(session: Session, path: str, name: str, tail: str) -> int:
    """Run the batch file at *path*; answers its return code.

    Before Windows 7 and Server 2008 R2 a batch file under code page 65001 does nothing, silently.
    """
    if session.code_page == UTF8 and session.machine.version < (6, 1):
        return 0
    lines = session.decode(session.files.read(path)).replace("\r\n", "\n").split("\n")
    batch = Batch(session, path, lines, [name, *split_batch_arguments(tail)], tail.lstrip(DELIMITERS))
    return _run(session, batch)


def call_label(session: Session, label: str, tail: str) -> int:
    """``call :label``: run the current batch file from there as a subroutine."""
    current = session.batch
    if isinstance(current, Batch):
        batch = Batch(session, current.path, current.lines, [f":{label}", *split_batch_arguments(tail)], tail.strip())
        batch.at = current.at
        if batch.find(label):
            return _run(session, batch)
        text = f"The system cannot find the batch label specified - {label}"
    else:
        text = "Invalid attempt to call batch label outside of batch script."
    japanese = (
        f"バッチ ラベルが見つかりません - {label}"
        if current
        else "バッチ スクリプトの外部でバッチ ラベルを呼び出すことはできません。"
    )
    session.stderr.write(session.say(text, japanese) + "\r\n")
    session.errorlevel = 1
    return 1


def _run(session: Session, batch: Batch) -> int:
    outer = session.batch
    session.batch = batch
    batch.depth = len(session.saved)
    code = 0
    try:
        while (line := batch.next_line()) is not None:
            session.check()
            try:
                code = _run_line(session, batch, line, code)
            except Goto as jump:
                code = 0
                if jump.label.lower() == ":eof":
                    break
                if not batch.find(jump.label):
                    text = session.say(
                        f"The system cannot find the batch label specified - {jump.label}",
                        f"バッチ ラベルが見つかりません - {jump.label}",
                    )
                    session.stderr.write(text + "\r\n")
                    session.errorlevel = 1
                    return 1
    except EndBatch as end:
        session.errorlevel = end.code
        return end.code
    except Transferred as end:
        return end.code
    finally:
        session.batch = outer
        while len(session.saved) > batch.depth:
            session.variables, session.delayed = session.saved.pop()
    return code or session.errorlevel


def _run_line(session: Session, batch: Batch, line: str, before: int) -> int:
    """Run a line; empty ones and labels leave the return code as it was *before*."""
    if line.lstrip(DELIMITERS).startswith(":"):
        return before
    try:
        command = Parser(line, batch.next_line).parse()
    except BadSyntax as error:
        session.interpreter.complain_of_syntax(session, error.unexpected)
        raise EndBatch(255) from error
    if command is None:
        return before
    if session.echo and not is_quiet(command):
        session.stdout.write(f"\r\n{session.folder}>{shown(command)}\r\n")
    return session.interpreter.run(session, command)
