"""call, goto, exit, shift, setlocal, endlocal (Microsoft's pages of these commands)."""

from runbook_lib.lab.shell.batch import Batch, EndBatch, Goto, call_label
from runbook_lib.lab.shell.conditions import number
from runbook_lib.lab.shell.effects import split_switches
from runbook_lib.lab.shell.parser import BadSyntax, Parser
from runbook_lib.lab.shell.percent import expand_percent
from runbook_lib.lab.shell.scanner import DELIMITERS
from runbook_lib.lab.shell.session import Leave, Session, Variables
from runbook_lib.lab.shell.syntax import Simple


def call(session: Session, tail: str) -> int:
    """`call`: doubles the carets and reads the text once more, percent signs included (phase 6)."""
    arguments = session.batch.argument if session.batch else None
    text = expand_percent(tail.lstrip(DELIMITERS).replace("^", "^^"), session.lookup, arguments)
    if text.startswith(":"):
        label, _, rest = text[1:].partition(" ")
        return call_label(session, label, rest)
    try:
        command = Parser(text).parse()
    except BadSyntax as error:
        return session.interpreter.complain_of_syntax(session, error.unexpected)
    if command is None:
        return 0
    if not isinstance(command, Simple) or command.redirections:
        # `call` does not run blocks, chains and redirections that come out of the second reading.
        session.errorlevel = 1
        return 1
    outer, session.calling = session.calling, True
    try:
        return session.interpreter.run_words(session, command.words)
    finally:
        session.calling = outer


def goto(session: Session, tail: str) -> int:
    """`goto`: only in a batch file."""
    label = tail.strip(DELIMITERS)
    if session.batch is None:
        return 1
    raise Goto(label if label.lower().startswith(":eof") else label.lstrip(":"))


def leave(session: Session, tail: str) -> int:
    """`exit [/b] [code]`: without a code ERRORLEVEL stays; /b outside a batch file ends cmd.exe too."""
    switches, words = split_switches(tail)
    code = number(words[0]) if words else session.errorlevel
    code = 0 if code is None else (code + 2**31) % 2**32 - 2**31
    if switches == ["/b"] and session.batch is not None:
        raise EndBatch(code)
    raise Leave(code)


def shift(session: Session, tail: str) -> int:
    """`shift [/n]`: only in a batch file."""
    switches, _ = split_switches(tail)
    first = number(switches[0][1:]) if switches else 0
    if first is None or first > 8:
        return session.interpreter.complain_of_syntax(session, "")
    if isinstance(session.batch, Batch):
        del session.batch.arguments[first : first + 1]
    return 0


def setlocal(session: Session, tail: str) -> int:
    """`setlocal`: keeps the environment; works only in a batch file."""
    words = tail.lower().split()
    known = {"enableextensions", "disableextensions", "enabledelayedexpansion", "disabledelayedexpansion"}
    if not set(words) <= known:
        return session.interpreter.complain_of_syntax(session, "")
    if session.batch is not None:
        session.saved.append((session.variables, session.delayed))
        session.variables = Variables(session.variables)
        if "enabledelayedexpansion" in words:
            session.delayed = True
        elif "disabledelayedexpansion" in words:
            session.delayed = False
    return 0


def endlocal(session: Session, tail: str) -> int:
    """`endlocal`: back to the environment that the last setlocal of this batch file kept."""
    del tail
    if isinstance(session.batch, Batch) and len(session.saved) > session.batch.depth:
        session.variables, session.delayed = session.saved.pop()
    return 0
