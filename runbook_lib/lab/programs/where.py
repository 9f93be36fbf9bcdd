"""where: finds files in the current folder and along PATH (Microsoft's `where` page; 0 found, 1 not found, 2 usage)."""

from runbook_lib.lab import paths
from runbook_lib.lab.files import Entry
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, files, say

_COM = frozenset({"chcp", "more", "mode", "format", "tree"})


def main(call: Invocation) -> int:
    """Run where."""
    words = call.arguments[1:]
    quiet = "/q" in [word.lower() for word in words]
    root = ""
    patterns: list[str] = []
    while words:
        word = words.pop(0)
        if word.lower() == "/r" and words:
            root = absolute(call, words.pop(0))
        elif word.lower() not in ("/q", "/t", "/f"):
            patterns.append(word)
    if not patterns:
        text = "ERROR: The syntax of the command is incorrect."
        call.stderr.write(say(call, text, "エラー: コマンドの構文が誤っています。") + "\r\n")
        return 2
    found = [path for pattern in patterns for path in _places(call, pattern, root)]
    if not quiet:
        for path in found:
            call.stdout.write(path + "\r\n")
        if not found:
            text = "INFO: Could not find files for the given pattern(s)."
            japanese = "情報: 与えられたパターンのファイルが見つかりませんでした。"
            call.stderr.write(say(call, text, japanese) + "\r\n")
    return 0 if found else 1


def _places(call: Invocation, pattern: str, root: str) -> list[str]:
    extensions = [one.lower() for one in call.environment.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";") if one]
    names = [pattern, *(pattern + extension for extension in extensions)]

    def fits(entry: Entry) -> bool:
        return not entry.folder and any(paths.matches(name, entry.name) for name in names)

    store = files(call)
    if root:
        return [entry.path for entry in store.walk(root) if fits(entry)] if store.is_folder(root) else []
    found: list[str] = []
    system = call.environment.get("SYSTEMROOT", call.machine.system_drive + "\\Windows") + "\\System32"
    for folder in [call.folder, *call.environment.get("PATH", system).replace('"', "").split(";")]:
        if not folder:
            continue
        place = absolute(call, folder)
        if store.is_folder(place):
            found += [entry.path for entry in store.entries(place) if fits(entry)]
        if place.lower() == system.lower():
            # The lab's programs need no file to be there.
            programs = [
                file_of(program) for program in sorted({"cmd", *call.machine.programs} - call.machine.of_products)
            ]
            found += [f"{place}\\{file}" for file in programs if any(paths.matches(name, file) for name in names)]
    return list({path.lower(): path for path in found}.values())


def file_of(program: str) -> str:
    """The name of a program's file in System32."""
    return program + (".com" if program in _COM else ".exe")
