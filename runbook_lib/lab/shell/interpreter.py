"""Running what the parser found: phases 4 to 7 of cmd.exe.

Every command answers a return code, which decides `&&`, `||` and the exit code of `cmd /c`; it becomes ERRORLEVEL only
where the command says so (rd and redirections that fail do not). `||` makes it ERRORLEVEL in any case. Source: Wine's
test_builtins.cmd.exp, whose expectations were taken from Windows; Microsoft's pages of the commands.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from runbook_lib.lab.files import FileError
from runbook_lib.lab.shell.builtins import BUILTINS, Effect
from runbook_lib.lab.shell.conditions import holds
from runbook_lib.lab.shell.launch import hang_if_told, launch, run_in, split_command
from runbook_lib.lab.shell.loops import run_for
from runbook_lib.lab.shell.modifiers import expand_loop_variables
from runbook_lib.lab.shell.parser import BadSyntax, Parser
from runbook_lib.lab.shell.percent import expand_delayed, expand_percent
from runbook_lib.lab.shell.redirect import opened
from runbook_lib.lab.shell.session import Session
from runbook_lib.lab.shell.streams import Content, Memory, Stream
from runbook_lib.lab.shell.syntax import Block, Chain, Command, For, If, Redirection, Remark, Simple

LONGEST_LINE = 8191


def run_line(session: Session, line: str) -> int:
    """Run one command line in command line mode, as `cmd /c` does; answers the return code of its last command."""
    if len(line) > LONGEST_LINE:
        return _too_long(session)
    expanded = expand_percent(line, session.lookup)
    if len(expanded) > LONGEST_LINE:
        return _too_long(session)
    try:
        command = Parser(expanded).parse()
    except BadSyntax as error:
        return complain_of_syntax(session, error.unexpected)
    return 0 if command is None else run(session, command)


def _too_long(session: Session) -> int:
    session.stderr.write(session.say("The command line is too long.", "コマンド ラインが長すぎます。") + "\r\n")
    return 1


def complain_of_syntax(session: Session, unexpected: str) -> int:
    """Say that a line cannot be understood (*unexpected* is the word that does not fit, or "")."""
    if unexpected:
        text = session.say(f"{unexpected} was unexpected at this time.", f"{unexpected} の使い方が誤っています。")
    else:
        text = session.say("The syntax of the command is incorrect.", "コマンドの構文が誤っています。")
    session.stderr.write(text + "\r\n")
    session.errorlevel = 1
    return 1


def run(session: Session, command: Command) -> int:
    """Run one command of any kind; answers its return code."""
    session.check()
    match command:
        case Simple():
            return _simple(session, command)
        case Chain():
            return _chain(session, command)
        case Block():
            return _block(session, command)
        case If():
            return _if(session, command)
        case For():
            return run_for(session, command, run)
        case Remark():
            return 0


def expand(session: Session, text: str) -> str:
    """Phases 4 and 5 for one piece of text."""
    text = expand_loop_variables(session, text)
    return expand_delayed(text, session.lookup, batch=session.batch is not None) if session.delayed else text


@contextmanager
def _redirected(session: Session, redirections: tuple[Redirection, ...]) -> Iterator[None]:
    before = session.streams
    session.streams = opened(session, redirections)
    try:
        yield
    finally:
        session.streams = before


def _block(session: Session, block: Block) -> int:
    try:
        with _redirected(session, block.redirections):
            code = 0
            for command in block.commands:
                code = run(session, command)
            return code
    except FileError as error:
        return session.complain(error.code)


def _if(session: Session, command: If) -> int:
    condition = command.condition
    expanded = replace(condition, left=expand(session, condition.left), right=expand(session, condition.right))
    if holds(session, expanded):
        return run(session, command.then)
    return run(session, command.otherwise) if command.otherwise else 0


def _chain(session: Session, chain: Chain) -> int:
    if chain.operator == "|":
        return _pipe(session, chain)
    code = run(session, chain.left)
    if chain.operator == "||" and code:
        session.errorlevel = code
    if (chain.operator == "&&" and code) or (chain.operator == "||" and not code):
        return code
    return run(session, chain.right)


def _pipe(session: Session, chain: Chain) -> int:
    """Both sides run as processes of their own, the left one first; what only cmd.exe knows runs in a child of it."""
    between = Memory(session.code_page)
    _side(session, chain.left, {**session.streams, 1: between})
    code = _side(session, chain.right, {**session.streams, 0: Content(bytes(between.content))})
    session.errorlevel = code
    return code


def _side(session: Session, command: Command, streams: dict[int, Stream]) -> int:
    child = session.child(streams)
    child.loop_variables = session.loop_variables
    if isinstance(command, Chain) and command.operator == "|":
        return run(child, command)
    if isinstance(command, Simple) and split_command(command.words, BUILTINS)[0].lower() not in BUILTINS:
        return run(child, command)
    # What is not a program goes to a child as text, where carets that were used up do not protect a second time.
    text = expand(session, command.text())
    child.loop_variables = {}
    return run_in(child, text)


def _simple(session: Session, command: Simple) -> int:
    text = expand(session, command.words)
    try:
        with _redirected(session, command.redirections):
            return run_words(session, text)
    except FileError as error:
        return session.complain(error.code)


def run_words(session: Session, text: str) -> int:
    """Phase 7: find the command named first in *text* and run it."""
    if not text.strip():
        return 0
    if len(text) > LONGEST_LINE:
        return _too_long(session)
    name, tail = split_command(text, BUILTINS)
    builtin = BUILTINS.get(name.lower())
    if builtin is None:
        return launch(session, name, tail)
    hang_if_told(session, name)
    try:
        code = builtin.run(session, tail)
    except FileError as error:
        code = session.complain(error.code)
    always = builtin.effect is Effect.ALWAYS or (
        builtin.effect is Effect.IN_CMD_FILES and session.batch is not None and session.batch.always_clears
    )
    if always or (code and builtin.effect is not Effect.NEVER):
        session.errorlevel = code
    return code
