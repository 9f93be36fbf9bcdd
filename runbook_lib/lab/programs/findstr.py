"""findstr: lines that match texts or patterns (Microsoft's `findstr` page; exit codes 0 found, 1 not, 2 usage)."""

import re

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, decode, files, matching_files, say

_SIMPLE = frozenset("bexivnmlros")


class _Search:
    """The switches of one findstr."""

    def __init__(self) -> None:
        self.switches: set[str] = set()
        self.texts: list[tuple[str, bool]] = []
        self.names: list[str] = []
        self.source = ""

    def pattern(self) -> re.Pattern[str]:
        """One pattern for all the texts."""
        parts = [_regular(text) if regular else re.escape(text) for text, regular in self.texts]
        start = "^" if self.switches & {"b", "x"} else ""
        end = "$" if self.switches & {"e", "x"} else ""
        flags = re.IGNORECASE if "i" in self.switches else 0
        return re.compile("|".join(f"{start}(?:{part}){end}" for part in parts), flags)


def _regular(text: str) -> str:
    """A findstr pattern as a Python one: . * [class] ^ $ backslash, word ends."""
    out = []
    place = 0
    while place < len(text):
        sign = text[place]
        if sign == "\\" and place + 1 < len(text):
            place += 1
            out.append(r"\b" if text[place] in "<>" else re.escape(text[place]))
        elif sign == "[" and "]" in text[place + 2 :]:
            end = text.index("]", place + 2)
            out.append("[" + text[place + 1 : end].replace("\\", "\\\\") + "]")
            place = end
        elif sign in ".*" or (sign == "^" and place == 0) or (sign == "$" and place == len(text) - 1):
            out.append(sign if sign != "*" or out else r"\*")
        else:
            out.append(re.escape(sign))
        place += 1
    return "".join(out)


def _parsed(call: Invocation) -> _Search | None:
    search = _Search()
    texts: list[str] = []
    words = call.arguments[1:]
    while words and words[0].startswith(("/", "-")):
        word = words.pop(0)
        option = word[1:].lower()
        if option.startswith("c:"):
            search.texts.append((word[3:], False))
        elif option.startswith("g:"):
            search.source = word[3:]
        elif set(option) <= _SIMPLE | {"p"} and option:
            search.switches |= set(option)
        elif not option.startswith(("off", "a:", "f:", "d:")):
            call.stderr.write(f"FINDSTR: /{word[1:]} {say(call, 'ignored', 'は無視されます')}\r\n")
    regular = "l" not in search.switches
    search.texts = [(text, "r" in search.switches) for text, _ in search.texts]
    if not search.texts and not search.source:
        if not words:
            call.stderr.write(say(call, "FINDSTR: Bad command line", "FINDSTR: コマンド ラインが無効です") + "\r\n")
            return None
        texts = words.pop(0).split(" ")
        meta = re.compile(r"[.*^$\[\\]")
        search.texts = [(text, regular and bool(meta.search(text) or "r" in search.switches)) for text in texts if text]
    search.names = words
    return search


def main(call: Invocation) -> int:
    """Run findstr."""
    search = _parsed(call)
    if search is None:
        return 2
    if search.source:
        lines = decode(call, files(call).read(absolute(call, search.source))).splitlines()
        search.texts += [(line, "r" in search.switches) for line in lines if line]
    pattern = search.pattern()
    if not search.names:
        return 0 if _shown(call, decode(call, call.stdin.read_all()), "", search, pattern) else 1
    sources = _sources(call, search)
    several = len(sources) > 1 or "s" in search.switches or any(paths.has_wildcard(name) for name in search.names)
    found = False
    for path, shown in sources:
        call.check()
        try:
            text = decode(call, files(call).read(path))
        except FileError:
            message = say(call, f"FINDSTR: Cannot open {shown}", f"FINDSTR: {shown} を開けません")
            call.stderr.write(message + "\r\n")
            continue
        found = _shown(call, text, shown if several else "", search, pattern) or found
    return 0 if found else 1


def _sources(call: Invocation, search: _Search) -> list[tuple[str, str]]:
    sources: list[tuple[str, str]] = []
    for name in search.names:
        path = absolute(call, name)
        if "s" in search.switches:
            folder = paths.parent(path)
            sources += [
                (entry.path, entry.path)
                for entry in files(call).walk(folder)
                if not entry.folder and paths.matches(paths.name_of(path), entry.name)
            ]
        elif paths.has_wildcard(name):
            sources += matching_files(call, name)
        else:
            sources.append((path, name))
    return sources


def _shown(call: Invocation, text: str, prefix: str, search: _Search, pattern: re.Pattern[str]) -> bool:
    lines = text.replace("\r\n", "\n").split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    found = False
    for number, line in enumerate(lines, 1):
        if bool(pattern.search(line)) == ("v" in search.switches):
            continue
        found = True
        if "m" in search.switches:
            call.stdout.write((prefix or "(stdin)") + "\r\n")
            return True
        start = f"{prefix}:" if prefix else ""
        start += f"{number}:" if "n" in search.switches else ""
        call.stdout.write(f"{start}{line}\r\n")
    return found
