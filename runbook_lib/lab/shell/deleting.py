"""del and rd (Microsoft's pages of these commands; ss64.com/nt/del.html and rd.html for exit codes)."""

from runbook_lib.lab import paths
from runbook_lib.lab.files import Entry, FileError
from runbook_lib.lab.messages import win32_message
from runbook_lib.lab.shell.effects import bad_syntax, confirmed, invalid_switch, split_switches
from runbook_lib.lab.shell.session import Session

_SWITCHES = frozenset({"/p", "/f", "/s", "/q"})


def delete(session: Session, tail: str) -> int:
    """`del [/p] [/f] [/s] [/q] [/a[:attributes]] names`: 1 for a missing folder or bad words, else 0.

    A file that is not found, or that is refused, leaves 0 (assumed for refusals).
    """
    switches, words = split_switches(tail)
    for switch in switches:
        if switch not in _SWITCHES and not switch.startswith("/a"):
            return invalid_switch(session, switch)
    if not words:
        return bad_syntax(session)
    wanted = next((switch for switch in switches if switch.startswith("/a")), None)
    code = 0
    for word in words:
        try:
            _delete_named(session, word, switches, wanted)
        except FileError as error:
            code = session.complain(error.code)
    return code


def _delete_named(session: Session, word: str, switches: list[str], wanted: str | None) -> None:
    path = session.absolute(word)
    pattern = paths.name_of(path)
    folder = paths.parent(path)
    if not pattern or (not paths.has_wildcard(pattern) and session.files.is_folder(path)):
        folder, pattern = path, "*"
    if pattern in ("*", "*.*") and "/q" not in switches:
        shown = paths.join(folder, pattern)
        if not confirmed(session, session.say(f"{shown}, Are you sure (Y/N)? ", f"{shown}、よろしいですか (Y/N)? ")):
            return
    everywhere = "/s" in switches
    below = [entry.path for entry in session.files.walk(folder) if entry.folder] if everywhere else []
    found = False
    for place in [folder, *below]:
        for entry in session.files.entries(place):
            if entry.folder or not paths.matches(pattern, entry.name) or not has_attributes(entry, wanted):
                continue
            found = True
            _delete_one(session, entry, switches)
    if not found:
        session.stderr.write(session.say(f"Could Not Find {path}", f"{path} が見つかりませんでした。") + "\r\n")


def _delete_one(session: Session, entry: Entry, switches: list[str]) -> None:
    session.check()
    question = session.say(f"{entry.path}, Delete (Y/N)? ", f"{entry.path} を削除しますか (Y/N)? ")
    if "/p" in switches and not confirmed(session, question):
        return
    try:
        if "/f" in switches and "R" in entry.attributes:
            session.files.set_attributes(entry.path, entry.attributes - {"R"})
        session.files.remove(entry.path)
    except FileError as error:
        session.stdout.write(entry.path + "\r\n")
        session.complain(error.code)
        return
    if "/s" in switches:
        text = session.say(f"Deleted file - {entry.path}", f"削除されたファイル - {entry.path}")
        session.stdout.write(text + "\r\n")


def has_attributes(entry: Entry, wanted: str | None) -> bool:
    """Whether an entry has what ``/a:rh-s`` asks for; None: neither hidden nor system."""
    if wanted is None:
        return not entry.attributes & frozenset("HS")
    sense = True
    for letter in wanted[2:].lstrip(":").upper():
        if letter == "-":
            sense = False
            continue
        held = entry.folder if letter == "D" else letter in entry.attributes
        if held != sense:
            return False
        sense = True
    return True


def remove_folder(session: Session, tail: str) -> int:
    """`rd [/s] [/q] names`: answers the Win32 error, never as ERRORLEVEL; /s takes read-only files too."""
    switches, words = split_switches(tail)
    for switch in switches:
        if switch not in ("/s", "/q"):
            return invalid_switch(session, switch)
    if not words:
        return bad_syntax(session)
    code = 0
    for word in words:
        path = session.absolute(word)
        try:
            failed = _remove_folder(session, path, word.replace('"', ""), switches)
        except FileError as error:
            session.complain(error.code)
            failed = error.code
        code = failed or code
    return code


def _remove_folder(session: Session, path: str, shown: str, switches: list[str]) -> int:
    entry = session.files.entry(path)
    if not entry.folder:
        raise FileError(267, path)
    if "/s" not in switches:
        _refuse_current(session, path)
        session.files.remove(path)
        return 0
    question = session.say(f"{shown}, Are you sure (Y/N)? ", f"{shown}、よろしいですか (Y/N)? ")
    if "/q" not in switches and not confirmed(session, question):
        return 0
    return _remove_tree(session, entry)


def _remove_tree(session: Session, entry: Entry) -> int:
    """Remove what is below, then the folder; goes on behind what cannot be removed."""
    code = 0
    try:
        for child in session.files.entries(entry.path):
            session.check()
            code = (_remove_tree(session, child) if child.folder else _remove_file(session, child)) or code
    except FileError as error:
        return _say_of(session, entry.path, error.code)
    if code:
        return code
    try:
        _refuse_current(session, entry.path)
        return _remove_file(session, entry)
    except FileError as error:
        return _say_of(session, entry.path, error.code)


def _remove_file(session: Session, entry: Entry) -> int:
    try:
        if "R" in entry.attributes:
            session.files.set_attributes(entry.path, entry.attributes - {"R"})
        session.files.remove(entry.path)
    except FileError as error:
        return _say_of(session, entry.path, error.code)
    return 0


def _say_of(session: Session, path: str, code: int) -> int:
    text = win32_message(code, session.machine.language, session.machine.version)
    session.stderr.write(f"{path} - {text}\r\n")
    return code


def _refuse_current(session: Session, path: str) -> None:
    if f"{session.folder}\\".upper().startswith(f"{path}\\".upper()):
        raise FileError(32, path)
