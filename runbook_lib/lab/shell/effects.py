"""What a command that cmd.exe knows is, and what it does to ERRORLEVEL."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from runbook_lib.lab.shell.scanner import DELIMITERS
from runbook_lib.lab.shell.session import Session


class Effect(Enum):
    """When a return code becomes ERRORLEVEL.

    Sources: stackoverflow.com/questions/34987885 (which commands clear it) and Wine's test_builtins.cmd.exp.
    """

    ALWAYS = "always"
    ON_FAILURE = "on failure"
    IN_CMD_FILES = "on failure; in .cmd files on success too"
    NEVER = "never"


@dataclass(frozen=True)
class Builtin:
    """One command: takes the session and the text behind its name, answers a return code."""

    run: Callable[[Session, str], int]
    effect: Effect


def split_switches(tail: str) -> tuple[list[str], list[str]]:
    """The switches (lower case, with "/", such as "/a:d") and the other words (quotes kept) of a command's text.

    Words end at blanks, commas, semicolons and equal signs outside quotes; "/" begins a new one.
    """
    words: list[str] = []
    word, quoted = "", False
    for sign in tail:
        if not quoted and (sign in DELIMITERS or (sign == "/" and word)):
            if word:
                words.append(word)
            word = "" if sign in DELIMITERS else sign
            continue
        quoted ^= sign == '"'
        word += sign
    words += [word] if word else []
    return [one.lower() for one in words if one.startswith("/")], [one for one in words if not one.startswith("/")]


def invalid_switch(session: Session, switch: str) -> int:
    """Complain about a switch; answers 1."""
    letter = switch[1:]
    session.stderr.write(session.say(f'Invalid switch - "{letter}".', f'無効なスイッチです - "{letter}"') + "\r\n")
    return 1


def bad_syntax(session: Session) -> int:
    """Complain about a command's arguments; answers 1."""
    text = session.say("The syntax of the command is incorrect.", "コマンドの構文が誤っています。")
    session.stderr.write(text + "\r\n")
    return 1


def complain_about(session: Session, name: str) -> None:
    """Say which of several names an error was about."""
    english = f"Error occurred while processing: {name}."
    text = session.say(english, f"次のファイルの処理中にエラーが発生しました: {name}。")
    session.stderr.write(text + "\r\n")


def confirmed(session: Session, question: str) -> bool:
    """Ask until the input says Y or N (in Japanese Windows too); the end of the input is a no."""
    while True:
        session.stdout.write(question)
        line = session.stdin.read_line()
        session.check()
        answer = session.decode(line).strip().upper()
        if not line or answer[:1] in ("Y", "N"):
            return answer.startswith("Y")
