"""cd, md, pushd, popd and changing the drive (Microsoft's pages of these commands)."""

from runbook_lib.lab.files import FileError
from runbook_lib.lab.shell.effects import bad_syntax, complain_about, invalid_switch, split_switches
from runbook_lib.lab.shell.session import Session


def _go(session: Session, path: str, *, with_drive: bool) -> int:
    drive = path[:2].upper()
    if drive not in session.files.drives and path[1:2] == ":":
        return session.complain(15)
    if not session.files.exists(path):
        return session.complain(3)
    entry = session.files.entry(path)
    if not entry.folder:
        return session.complain(267)
    session.drive_folders[drive] = entry.path
    if with_drive or drive == session.folder[:2].upper():
        session.folder = entry.path
    return 0


def change(session: Session, tail: str) -> int:
    """`cd [/d] [path]`: shows or changes the current folder; blanks in the path need no quotes."""
    text = tail.strip()
    with_drive = text[:2].lower() == "/d" and text[2:3] in ("", " ", "\t")
    text = text[2:].strip() if with_drive else text
    if text.startswith("/"):
        return _go(session, session.absolute(text), with_drive=False)
    name = text.replace('"', "").strip(" \t,;=")
    if not name:
        if not with_drive:
            session.stdout.write(session.folder + "\r\n")
        return 0
    if len(name) == len("C:") and name[1] == ":" and not with_drive:
        drive = name.upper()
        if drive not in session.files.drives:
            return session.complain(15)
        here = session.folder[:2].upper() == drive
        session.stdout.write((session.folder if here else session.drive_folders.get(drive, drive + "\\")) + "\r\n")
        return 0
    return _go(session, session.absolute(name), with_drive=with_drive)


def change_drive(letter: str, session: Session, tail: str) -> int:
    """``W:``: go to the current folder of that drive."""
    del tail
    drive = letter.upper() + ":"
    if drive not in session.files.drives:
        return session.complain(15)
    session.drive_folders[session.folder[:2].upper()] = session.folder
    folder = session.drive_folders.get(drive, drive + "\\")
    session.folder = folder if session.files.is_folder(folder) else drive + "\\"
    return 0


def push(session: Session, tail: str) -> int:
    """`pushd [path]`: keeps the current folder and goes to another, drive included."""
    name = tail.replace('"', "").strip(" \t,;=")
    if not name:
        for folder in reversed(session.pushed):
            session.stdout.write(folder + "\r\n")
        return 0
    before = session.folder
    code = _go(session, session.absolute(name), with_drive=True)
    if code == 0:
        session.pushed.append(before)
    return code


def pop(session: Session, tail: str) -> int:
    """`popd`: back to the folder kept last; says nothing when there is none."""
    del tail
    if not session.pushed:
        return 1
    return _go(session, session.pushed.pop(), with_drive=True)


def make(session: Session, tail: str) -> int:
    """`md`: makes folders, and those above them."""
    switches, words = split_switches(tail)
    if switches:
        return invalid_switch(session, switches[0])
    if not words:
        return bad_syntax(session)
    code = 0
    for word in words:
        name = word.replace('"', "")
        path = session.absolute(name)
        try:
            if path[:2].upper() not in session.files.drives and not path.startswith("\\\\"):
                raise FileError(15, path)
            session.files.make_folder(path)
        except FileError as error:
            code = 1
            if error.code == 183:
                english = f"A subdirectory or file {name} already exists."
                text = session.say(english, f"サブディレクトリまたはファイル {name} は既に存在します。")
                session.stderr.write(text + "\r\n")
            else:
                session.complain(error.code)
            if len(words) > 1:
                complain_about(session, name)
    return code
