"""find: lines that contain a text (Microsoft's `find` page; exit codes 0 found, 1 not found, 2 wrong usage)."""

import re

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, decode, files, matching_files, say
from runbook_lib.lab.shell.arguments import split_arguments


def main(call: Invocation) -> int:
    """Run find; the text must stand in quotes."""
    match = re.search(r'"((?:[^"]|"")*)"', call.tail)
    if match is None:
        text = say(call, "FIND: Parameter format not correct", "FIND: パラメーターの書式が違います")
        call.stderr.write(text + "\r\n")
        return 2
    wanted = match[1].replace('""', '"')
    others = split_arguments(call.tail[: match.start()] + " " + call.tail[match.end() :])
    switches = {word.lower() for word in others if word.startswith("/")}
    names = [word for word in others if not word.startswith("/")]
    if not switches <= {"/v", "/c", "/n", "/i", "/off", "/offline"}:
        call.stderr.write(say(call, "FIND: Invalid switch", "FIND: 無効なスイッチです") + "\r\n")
        return 2
    if not names:
        return _search(call, decode(call, call.stdin.read_all()), wanted, switches, "")
    codes = [_search_file(call, name, wanted, switches) for name in names]
    return min(codes)


def _search_file(call: Invocation, name: str, wanted: str, switches: set[str]) -> int:
    found = matching_files(call, name) if paths.has_wildcard(name) else [(absolute(call, name), name)]
    code = 1
    for path, shown in found:
        try:
            text = decode(call, files(call).read(path))
        except FileError:
            found = []
            break
        code = min(code, _search(call, text, wanted, switches, shown))
    if not found:
        call.stderr.write(say(call, f"File not found - {name.upper()}", f"ファイルが見つかりません - {name.upper()}"))
        call.stderr.write("\r\n")
    return code


def _search(call: Invocation, text: str, wanted: str, switches: set[str], shown: str) -> int:
    lines = text.replace("\r\n", "\n").split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    fold = str.lower if "/i" in switches else str
    found = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if (bool(wanted) and fold(wanted) in fold(line)) != ("/v" in switches)
    ]
    header = f"\r\n---------- {shown.upper()}" if shown else ""
    if "/c" in switches:
        call.stdout.write(f"{header}: {len(found)}\r\n" if header else f"{len(found)}\r\n")
    else:
        call.stdout.write(f"{header}\r\n" if header else "")
        for number, line in found:
            call.stdout.write((f"[{number}]" if "/n" in switches else "") + line + "\r\n")
    return 0 if found else 1
