"""What a command line is made of, after cmd.exe's phase 2 (no carets, operators and redirections any more)."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Redirection:
    """One redirection.

    Attributes:
        handle: 0 to 9.
        kind: "<", ">" or ">>".
        target: a file name as typed, quotes included; or "&1" for another handle.
    """

    handle: int
    kind: Literal["<", ">", ">>"]
    target: str

    def text(self) -> str:
        """As it could be typed."""
        return f"{self.handle}{self.kind}{self.target}"


@dataclass(frozen=True)
class Simple:
    """A command with its arguments as one text, redirections taken out."""

    words: str
    redirections: tuple[Redirection, ...] = ()
    quiet: bool = False

    def text(self) -> str:
        """As cmd.exe would write it for a child or for "echo on"."""
        return " ".join([self.words, *(one.text() for one in self.redirections)])


@dataclass(frozen=True)
class Remark:
    """A `rem`."""

    words: str
    quiet: bool = False

    def text(self) -> str:
        """As typed."""
        return self.words


@dataclass(frozen=True)
class Block:
    """Commands between parentheses."""

    commands: "tuple[Command, ...]"
    redirections: tuple[Redirection, ...] = ()
    quiet: bool = False

    def text(self) -> str:
        """On one line."""
        inside = " & ".join(shown(command) for command in self.commands)
        return " ".join([f"({inside})", *(one.text() for one in self.redirections)])


@dataclass(frozen=True)
class Chain:
    """Two commands with an operator between."""

    operator: Literal["&", "&&", "||", "|"]
    left: "Command"
    right: "Command"

    def text(self) -> str:
        """As cmd.exe would write it."""
        return f"{shown(self.left)} {self.operator} {shown(self.right)}"


@dataclass(frozen=True)
class Condition:
    """What `if` tests.

    Attributes:
        kind: "exist", "defined", "errorlevel", "cmdextversion" (then only *left* counts), "==" or EQU, NEQ and so on.
        ignore_case: /i was given.
        negated: `not` was given.
    """

    kind: str
    left: str
    right: str = ""
    ignore_case: bool = False
    negated: bool = False

    def text(self) -> str:
        """As cmd.exe would write it."""
        words = ["/I"] if self.ignore_case else []
        words += ["not"] if self.negated else []
        words += [self.left, self.kind, self.right] if self.right or not self.kind.isalpha() else [self.kind, self.left]
        return " ".join(words)


@dataclass(frozen=True)
class If:
    """An `if`, with its `else` when there is one."""

    condition: Condition
    then: "Command"
    otherwise: "Command | None" = None
    quiet: bool = False

    def text(self) -> str:
        """As cmd.exe would write it."""
        rest = f" else {shown(self.otherwise)}" if self.otherwise else ""
        return f"if {self.condition.text()} {shown(self.then)}{rest}"


@dataclass(frozen=True)
class For:
    """A `for`.

    Attributes:
        kind: "" for files and words, "d", "r", "l" or "f".
        root: the folder of /r, as typed.
        options: the text of /f's options, without quotes.
        variable: its letter.
        words: what stands between the parentheses.
    """

    kind: str
    variable: str
    words: str
    body: "Command"
    root: str = ""
    options: str = field(default="")
    quiet: bool = False

    def text(self) -> str:
        """As cmd.exe would write it."""
        switch = f"/{self.kind} " if self.kind else ""
        switch += f"{self.root} " if self.root else ""
        switch += f'"{self.options}" ' if self.options else ""
        return f"for {switch}%{self.variable} in ({self.words}) do {shown(self.body)}"


Command = Simple | Remark | Block | Chain | If | For


def shown(command: Command) -> str:
    """The text of a command as cmd.exe shows it and hands blocks to a child: each part ends in a blank."""
    return f"{command.text()} " if isinstance(command, Simple | Block | Remark) else command.text()


def is_quiet(command: Command) -> bool:
    """Whether a command begins with "@", so that "echo on" does not show it."""
    while isinstance(command, Chain):
        command = command.left
    return command.quiet
