"""copy, move and ren (Microsoft's pages of these commands).

In `cmd /c` and batch files none of them asks before it replaces a file, unless /-y is given.
"""

import re

from runbook_lib.lab import paths
from runbook_lib.lab.files import Entry, FileError
from runbook_lib.lab.shell.effects import bad_syntax, confirmed, invalid_switch, split_switches
from runbook_lib.lab.shell.session import Session

_COPY_SWITCHES = frozenset({"/a", "/b", "/v", "/y", "/-y", "/d", "/n", "/z", "/l"})
_END_OF_TEXT = b"\x1a"


def _pause(session: Session, seconds: float) -> None:
    if session.stopping.wait(seconds):
        session.check()


def copy_file(session: Session, source: str, destination: str) -> None:
    """Copy one file, taking the time that the lab's disks take."""
    session.files.copy(source, destination, lambda seconds: _pause(session, seconds))


def _found(session: Session, word: str) -> list[tuple[str, str]]:
    """Absolute path and the name to show of each file a word means; hidden and system files are not seen."""
    plain = word.replace('"', "")
    path = session.absolute(plain)
    if session.files.is_folder(path):
        path, plain = paths.join(path, "*"), plain.rstrip("\\/") + "\\*"
    pattern, folder = paths.name_of(path), paths.parent(path)
    if not session.files.is_folder(folder):
        raise FileError(15 if path[:2].upper() not in session.files.drives else 3, path)
    typed = re.match(r"(?:.*[\\/:])?", plain)
    prefix = typed[0] if typed else ""
    return [
        (entry.path, prefix + entry.name)
        for entry in session.files.entries(folder)
        if not entry.folder and not entry.attributes & frozenset("HS") and paths.matches(pattern, entry.name)
    ]


def _into(session: Session, source: str, destination: str) -> str:
    """The path of the target: inside the destination when it is a folder; a pattern takes over the source's name."""
    path = session.absolute(destination)
    if session.files.is_folder(path) or destination.rstrip('"').endswith(("\\", "/")):
        return paths.join(path, paths.name_of(source))
    name = paths.name_of(path)
    if paths.has_wildcard(name):
        return paths.join(paths.parent(path), renamed(paths.name_of(source), name))
    return path


def renamed(name: str, pattern: str) -> str:
    """The new name that a pattern such as ``*.bak`` makes of *name*, part by part."""
    stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
    new_stem, new_dot, new_extension = pattern.rpartition(".") if "." in pattern else (pattern, "", "")
    text = _part(stem, new_stem)
    if new_dot:
        ending = _part(extension, new_extension)
        return f"{text}.{ending}" if ending else text
    return f"{text}{dot}{extension}" if new_stem.endswith("*") else text


def _part(old: str, pattern: str) -> str:
    out = ""
    for place, sign in enumerate(pattern):
        if sign == "*":
            return out + old[place:]
        out += old[place : place + 1] if sign == "?" else sign
    return out


def _may_replace(session: Session, path: str, switches: list[str]) -> bool:
    if "/-y" not in switches or not session.files.exists(path):
        return True
    name = paths.name_of(path)
    english = f"Overwrite {name}? (Yes/No/All): "
    return confirmed(session, session.say(english, f"{name} を上書きしますか? (Yes/No/All): "))


def _copied(session: Session, count: int) -> int:
    text = session.say(f"{count:>9} file(s) copied.", f"{count:>9} 個のファイルをコピーしました。")
    session.stdout.write(text + "\r\n")
    return 0 if count else 1


def copy(session: Session, tail: str) -> int:
    """`copy`: one file, a pattern, or files joined with "+"."""
    switches, words = split_switches(tail)
    for switch in switches:
        if switch not in _COPY_SWITCHES:
            return invalid_switch(session, switch)
    text = re.sub(r"\s*\+\s*", "+", " ".join(words))
    words = split_switches(text)[1]
    if not words or len(words) > 2:
        return bad_syntax(session)
    destination = words[1] if len(words) > 1 else "."
    try:
        if "+" in words[0]:
            count = _join(session, words[0].split("+"), destination, switches)
        else:
            count = _copy_each(session, words[0], destination, switches)
    except FileError as error:
        session.complain(error.code)
        count = 0
    return _copied(session, count)


def _copy_each(session: Session, word: str, destination: str, switches: list[str]) -> int:
    plain = word.replace('"', "")
    if paths.is_device(plain):
        content = session.stdin.read_all() if plain.rstrip(":").upper() == "CON" else b""
        session.files.write(session.absolute(destination), content)
        return 1
    found = _found(session, word)
    if not found:
        raise FileError(2, plain)
    several = paths.has_wildcard(plain) or session.files.is_folder(session.absolute(plain))
    count = 0
    for source, shown in found:
        session.check()
        if several:
            session.stdout.write(shown + "\r\n")
        if paths.is_device(destination.replace('"', "")):
            count += 1
            continue
        target = _into(session, source, destination)
        if target.upper() == source.upper():
            english = "The file cannot be copied onto itself."
            session.stderr.write(session.say(english, "同じファイル同士でコピーしようとしました。") + "\r\n")
            return count
        if _may_replace(session, target, switches):
            copy_file(session, source, target)
            count += 1
    return count


def _join(session: Session, words: list[str], destination: str, switches: list[str]) -> int:
    """Files one behind the other; as text (the default) each ends at Ctrl+Z, and one is written at the end."""
    content = b""
    for word in words:
        found = _found(session, word)
        for source, shown in found:
            session.stdout.write(shown + "\r\n")
            part = session.files.read(source)
            content += part if "/b" in switches else part.partition(_END_OF_TEXT)[0]
        if not found and word is words[0]:
            raise FileError(2, word)
    target = session.absolute(words[0] if destination == "." else destination)
    session.files.write(target, content if "/b" in switches else content + _END_OF_TEXT)
    return 1


def move(session: Session, tail: str) -> int:
    """`move`: renames on one volume; between volumes files are copied and removed, folders are refused."""
    switches, words = split_switches(tail)
    for switch in switches:
        if switch not in ("/y", "/-y"):
            return invalid_switch(session, switch)
    if not words or len(words) > 2:
        return bad_syntax(session)
    destination = words[1] if len(words) > 1 else "."
    source = session.absolute(words[0])
    try:
        if session.files.is_folder(source):
            return _move_folder(session, session.files.entry(source), destination)
        found = _found(session, words[0])
        if not found:
            raise FileError(2, source)
    except FileError as error:
        return session.complain(error.code)
    several = paths.has_wildcard(words[0])
    count = 0
    for path, _ in found:
        session.check()
        if several:
            session.stdout.write(path + "\r\n")
        try:
            target = _into(session, path, destination)
            if _may_replace(session, target, switches):
                _move_file(session, path, target)
                count += 1
        except FileError as error:
            session.complain(error.code)
            break
    text = session.say(f"{count:>9} file(s) moved.", f"{count:>9} 個のファイルを移動しました。")
    session.stdout.write(text + "\r\n")
    return 0 if count == len(found) else 1


def _move_file(session: Session, source: str, target: str) -> None:
    if session.files.volume(source) is session.files.volume(target):
        session.files.move(source, target, replacing=True)
        return
    copy_file(session, source, target)
    # MoveFileEx copies and then deletes; a read-only source loses that attribute on the way.
    session.files.set_attributes(source, session.files.entry(source).attributes - {"R"})
    session.files.remove(source)


def _move_folder(session: Session, source: Entry, destination: str) -> int:
    target = session.absolute(destination)
    if session.files.is_folder(target) and target.upper() != source.path.upper():
        target = paths.join(target, source.name)
    try:
        if session.files.volume(source.path) is not session.files.volume(target):
            raise FileError(5, target)
        session.files.move(source.path, target)
    except FileError as error:
        return session.complain(5 if error.code == 183 else error.code)
    session.stdout.write(session.say("        1 dir(s) moved.", "        1 個のディレクトリを移動しました。") + "\r\n")
    return 0


def rename(session: Session, tail: str) -> int:
    """`ren old new`: *new* is a name or pattern without a folder."""
    switches, words = split_switches(tail)
    if switches:
        return invalid_switch(session, switches[0])
    if len(words) != 2 or "\\" in words[1] or ":" in words[1]:
        return bad_syntax(session)
    path = session.absolute(words[0])
    pattern = words[1].replace('"', "")
    try:
        found = [
            entry
            for entry in session.files.entries(paths.parent(path))
            if paths.matches(paths.name_of(path), entry.name) and not entry.attributes & frozenset("HS")
        ]
        if not found:
            raise FileError(2, path)
        for entry in found:
            name = renamed(entry.name, pattern) if paths.has_wildcard(pattern) else pattern
            session.files.move(entry.path, paths.join(paths.parent(entry.path), name))
    except FileError as error:
        if error.code != 183:
            return session.complain(error.code)
        english = "A duplicate file name exists, or the file\r\ncannot be found."
        text = session.say(english, "同じ名前のファイルがあるか、またはファイルが\r\n見つかりません。")
        session.stderr.write(text + "\r\n")
        return 1
    return 0
