"""attrib: shows and changes attributes (Microsoft's `attrib` page; columns as in Wine's test_builtins.cmd.exp)."""

import re

from runbook_lib.lab import paths
from runbook_lib.lab.files import Entry, FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, files, say, sentence

_COLUMNS = {"A": 0, "S": 3, "H": 4, "R": 5}


def main(call: Invocation) -> int:
    """Run attrib; 1 when nothing was found or something was refused (assumed), else 0."""
    changes: dict[str, bool] = {}
    switches: set[str] = set()
    names: list[str] = []
    for word in call.arguments[1:]:
        if re.fullmatch(r"[+-][RASHrash]", word):
            changes[word[1].upper()] = word[0] == "+"
        elif word.startswith("/"):
            switches.add(word.lower())
        elif re.match(r"[+-]", word):
            text = say(call, f"Parameter format not correct - {word}", f"パラメーターの書式が違います - {word}")
            call.stderr.write(text + "\r\n")
            return 1
        else:
            names.append(word)
    code = 0
    for name in names or ["*"]:
        path = absolute(call, name)
        found = _found(call, path, switches)
        if not found:
            text = say(call, f"File not found - {name}", f"ファイルが見つかりません - {name}")
            call.stdout.write(text + "\r\n")
            code = 1
        for entry in found:
            code = (_change(call, entry, changes) if changes else _show(call, entry)) or code
    return code


def _found(call: Invocation, path: str, switches: set[str]) -> list[Entry]:
    store = files(call)
    pattern = paths.name_of(path)
    if "/s" not in switches:
        if not paths.has_wildcard(pattern):
            return [store.entry(path)] if store.exists(path) else []
        candidates = store.entries(paths.parent(path)) if store.is_folder(paths.parent(path)) else []
    else:
        candidates = list(store.walk(paths.parent(path))) if store.is_folder(paths.parent(path)) else []
    return [
        entry for entry in candidates if paths.matches(pattern, entry.name) and (not entry.folder or "/d" in switches)
    ]


def _show(call: Invocation, entry: Entry) -> int:
    build = call.machine.version[2]
    width = 11 if call.machine.version < (6, 2) else 13 if build <= 14393 else 21
    letters = [" "] * width
    for letter in entry.attributes:
        letters[_COLUMNS[letter]] = letter
    call.stdout.write("".join(letters) + entry.path + "\r\n")
    return 0


def _change(call: Invocation, entry: Entry, changes: dict[str, bool]) -> int:
    for letter, english, japanese in (("S", "system", "システム"), ("H", "hidden", "隠し")):
        if letter in entry.attributes and not {"S", "H"} & changes.keys():
            text = say(
                call,
                f"Not resetting {english} file - {entry.path}",
                f"{japanese}ファイルはリセットされません - {entry.path}",
            )
            call.stdout.write(text + "\r\n")
            return 0
    attributes = set(entry.attributes)
    for letter, wanted in changes.items():
        (attributes.add if wanted else attributes.discard)(letter)
    try:
        files(call).set_attributes(entry.path, attributes)
    except FileError as error:
        call.stdout.write(f"{sentence(call, error.code)} - {entry.path}\r\n")
        return 1
    return 0
