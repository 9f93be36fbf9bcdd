"""set and path (Microsoft's `set` and `path` pages)."""

from runbook_lib.lab.shell.arithmetic import BadArithmetic, evaluate
from runbook_lib.lab.shell.effects import bad_syntax
from runbook_lib.lab.shell.scanner import DELIMITERS
from runbook_lib.lab.shell.session import Session


def set_variable(session: Session, tail: str) -> int:
    """`set`, `set name`, `set name=value`, `set /a`, `set /p`."""
    text = tail.lstrip(DELIMITERS)
    if text[:2].lower() == "/a":
        return _calculate(session, text[2:])
    if text[:2].lower() == "/p":
        return _ask(session, text[2:].lstrip(DELIMITERS))
    text = _unquoted(text)
    name, equals, value = text.partition("=")
    if not equals:
        return _show(session, text.rstrip())
    if not name:
        return bad_syntax(session)
    _assign(session, name, value)
    return 0


def _unquoted(text: str) -> str:
    """The text between an opening quote and the last one; text behind the last one is dropped."""
    if not text.startswith('"'):
        return text
    inside, quote, _ = text[1:].rpartition('"')
    return inside if quote else text[1:]


def _assign(session: Session, name: str, value: str) -> None:
    if value:
        session.variables[name] = value
    else:
        session.variables.pop(name, None)


def _show(session: Session, prefix: str) -> int:
    found = [name for name in session.variables if name.upper().startswith(prefix.upper())]
    for name in found:
        session.stdout.write(f"{name}={session.variables[name]}\r\n")
    if found or not prefix:
        return 0
    text = session.say(f"Environment variable {prefix} not defined", f"環境変数 {prefix} が定義されていません")
    session.stderr.write(text + "\r\n")
    return 1


def _ask(session: Session, text: str) -> int:
    name, equals, prompt = _unquoted(text).partition("=")
    if not equals:
        return bad_syntax(session)
    session.stdout.write(_unquoted(prompt))
    line = session.stdin.read_line()
    session.check()
    value = session.decode(line).rstrip("\r\n")
    if not value:
        return 1
    session.variables[name] = value
    return 0


def _calculate(session: Session, text: str) -> int:
    try:
        result, changed = evaluate(text.replace('"', ""), session.variables.get)
    except BadArithmetic as error:
        session.stderr.write(session.say(error.english, error.japanese) + "\r\n")
        return error.code
    for name, value in changed.items():
        session.variables[name] = str(value)
    if session.batch is None:
        session.stdout.write(str(result))
    return 0


def path(session: Session, tail: str) -> int:
    """`path`: show or set PATH; ";" alone empties it."""
    text = tail.strip(" \t=,")
    if not text:
        value = session.lookup("PATH")
        session.stdout.write(f"PATH={'(null)' if value is None else value}\r\n")
    else:
        _assign(session, "PATH", "" if text == ";" else text)
    return 0
