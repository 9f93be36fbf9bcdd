"""echo, type, ver, date, time, pause (Microsoft's pages of these commands)."""

import re

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError
from runbook_lib.lab.shell.effects import bad_syntax, complain_about, invalid_switch, split_switches
from runbook_lib.lab.shell.session import Session

_UPDATE_REVISION = {14393: 5125, 17763: 4252, 20348: 2340, 26100: 1742}  # assumed patch levels shown by ver


def nothing(session: Session, tail: str) -> int:
    """A command without any effect here: title, cls, prompt."""
    del session, tail
    return 0


def echo(session: Session, tail: str) -> int:
    """`echo`: the text behind one separating sign; on, off, or how it is set when there is no text."""
    text = tail[1:]
    if tail[:1] in ("", " ", "\t", ",", ";", "="):
        word = text.strip().lower()
        if word in ("on", "off"):
            session.echo = word == "on"
            return 0
        if not word:
            state = "on" if session.echo else "off"
            session.stdout.write(session.say(f"ECHO is {state}.", f"ECHO は <{state.upper()}> です。") + "\r\n")
            return 0
    session.stdout.write(text + "\r\n")
    return 0


def ver(session: Session, tail: str) -> int:
    """`ver`."""
    switches, _ = split_switches(tail)
    if switches:
        return invalid_switch(session, switches[0])
    major, minor, build = session.machine.version
    revision = _UPDATE_REVISION.get(build)
    number = f"{major}.{minor}.{build}" + (f".{revision}" if revision else "")
    session.stdout.write(f"\r\nMicrosoft Windows [Version {number}]\r\n")
    return 0


def date(session: Session, tail: str) -> int:
    """`date /t`; setting the date is refused."""
    return _moment(session, tail, session.lookup("DATE") or "")


def time(session: Session, tail: str) -> int:
    """`time /t`; setting the time is refused."""
    return _moment(session, tail, f"{session.files.clock():%H:%M}")


def _moment(session: Session, tail: str, text: str) -> int:
    if split_switches(tail)[0] == ["/t"]:
        session.stdout.write(text + "\r\n")
        return 0
    english = "A required privilege is not held by the client."
    session.stderr.write(session.say(english, "クライアントは要求された特権を保有していません。") + "\r\n")
    return 1


def pause(session: Session, tail: str) -> int:
    """`pause`: waits for input."""
    del tail
    session.stdout.write(session.say("Press any key to continue . . . ", "続行するには何かキーを押してください . . . "))
    key = session.stdin.read_line()
    session.check()
    session.stdout.write("\r\n")
    return 0 if key else 1


def type_file(session: Session, tail: str) -> int:
    """`type`: bytes as they are; UTF-16 with a byte order mark becomes the console's code page.

    With several names or a pattern, each name goes to standard error first.
    """
    switches, words = split_switches(tail)
    if switches:
        return invalid_switch(session, switches[0])
    if not words:
        return bad_syntax(session)
    several = len(words) > 1 or paths.has_wildcard(words[0])
    code = 0
    for word in words:
        try:
            for path, shown in _named(session, word):
                if several:
                    session.stderr.write(f"\r\n{shown}\r\n\r\n\r\n")
                _show(session, path)
        except FileError as error:
            code = session.complain(error.code)
            if several:
                complain_about(session, word.replace('"', ""))
    return code


def _named(session: Session, word: str) -> list[tuple[str, str]]:
    plain = word.replace('"', "")
    if paths.is_device(plain):
        return [("NUL", plain)]
    path = session.absolute(word)
    if not paths.has_wildcard(plain):
        return [(path, plain)]
    prefix = re.match(r"(?:.*[\\/:])?", plain)
    found = [
        (entry.path, (prefix[0] if prefix else "") + entry.name)
        for entry in session.files.entries(paths.parent(path))
        if not entry.folder and paths.matches(paths.name_of(path), entry.name)
    ]
    if not found:
        raise FileError(2, path)
    return found


def _show(session: Session, path: str) -> None:
    content = b"" if path == "NUL" else session.files.read(path)
    if content.startswith(b"\xff\xfe"):
        session.stdout.write(content[2:].decode("utf-16-le", errors="replace"))
    else:
        session.stdout.write_bytes(content)
