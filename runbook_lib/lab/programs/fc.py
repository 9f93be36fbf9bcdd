"""fc: compares files.

Sources: Microsoft's `fc` page; ss64.com/nt/fc.html (exit codes: 0 same, 1 different, 2 a file cannot be opened, -1
wrong usage); published transcripts for the lines (the second name is shown in upper case).
"""

import difflib

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, decode, files, folder_of, matching_files, say

_BINARY = (".exe", ".com", ".sys", ".obj", ".lib", ".bin")


def main(call: Invocation) -> int:
    """Run fc."""
    switches = [word.lower() for word in call.arguments[1:] if word.startswith("/")]
    names = [word for word in call.arguments[1:] if not word.startswith("/")]
    if len(names) != 2:
        text = "Insufficient number of file specifications"
        call.stderr.write(f"FC: {say(call, text, 'ファイルの指定が足りません')}\r\n")
        return -1
    pairs = _pairs(call, names[0], names[1])
    if not pairs:
        return _cannot_open(call, names[0])
    return max(_compare(call, first, second, switches) for first, second in pairs)


def _pairs(call: Invocation, first: str, second: str) -> list[tuple[str, str]]:
    """The files to compare, as typed: each that the first name finds, with the one that the second name means."""
    found = [shown for _, shown in matching_files(call, first)] if paths.has_wildcard(first) else [first]
    pairs = []
    for shown in found:
        name = shown[len(folder_of(shown)) :]
        if files(call).is_folder(absolute(call, second)):
            other = second.rstrip("\\") + "\\" + name
        elif paths.has_wildcard(second):
            wanted = second[len(folder_of(second)) :]
            stem, _, extension = name.rpartition(".")
            ending = wanted.rpartition(".")[2] if wanted.startswith("*.") and wanted != "*.*" else extension
            other = folder_of(second) + (f"{stem}.{ending}" if stem else name)
        else:
            other = second
        pairs.append((shown, other))
    return pairs


def _cannot_open(call: Invocation, name: str) -> int:
    text = say(
        call,
        f"FC: cannot open {name} - No such file or folder",
        f"FC: {name} を開けません - そのようなファイルまたはフォルダーはありません",
    )
    call.stderr.write(text + "\r\n")
    return 2


def _compare(call: Invocation, first: str, second: str, switches: list[str]) -> int:
    call.check()
    shown = second.upper()
    contents = []
    call.stdout.write(
        say(call, f"Comparing files {first} and {shown}", f"ファイル {first} と {shown} を比較しています") + "\r\n"
    )
    for name in (first, second):
        try:
            contents.append(files(call).read(absolute(call, name)))
        except FileError:
            return _cannot_open(call, name)
    if contents[0] == contents[1]:
        text = say(call, "FC: no differences encountered", "FC: 相違点は検出されませんでした")
        call.stdout.write(f"{text}\r\n\r\n\r\n" if "/b" not in switches else f"{text}\r\n\r\n")
        return 0
    if "/b" in switches or (first.lower().endswith(_BINARY) and "/l" not in switches):
        _show_bytes(call, contents[0], contents[1], first, shown)
    else:
        return _show_lines(call, contents, first, shown, switches)
    return 1


def _show_bytes(call: Invocation, one: bytes, other: bytes, first: str, second: str) -> None:
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            call.stdout.write(f"{place:08X}: {left:02X} {right:02X}\r\n")
    if len(one) != len(other):
        long, short = (first, second) if len(one) > len(other) else (second, first)
        call.stdout.write(say(call, f"FC: {long} longer than {short}", f"FC: {long} は {short} より長いです") + "\r\n")
    call.stdout.write("\r\n")


def _show_lines(call: Invocation, contents: list[bytes], first: str, second: str, switches: list[str]) -> int:
    texts = [decode(call, content).replace("\r\n", "\n").removesuffix("\n").split("\n") for content in contents]
    keys = [[line.lower() for line in text] if "/c" in switches else text for text in texts]
    if "/w" in switches:
        keys = [[" ".join(line.split()) for line in text] for text in keys]
    blocks = [
        one
        for one in difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes()
        if one[0] != "equal"
    ]
    for _, start, end, other_start, other_end in blocks:
        for name, lines, low, high in ((first, texts[0], start, end), (second, texts[1], other_start, other_end)):
            call.stdout.write(f"***** {name}\r\n")
            # One equal line before and after shows where the difference is.
            for line in lines[max(low - 1, 0) : high + 1]:
                call.stdout.write(line + "\r\n")
        call.stdout.write("*****\r\n\r\n")
    if not blocks:
        text = say(call, "FC: no differences encountered", "FC: 相違点は検出されませんでした")
        call.stdout.write(f"{text}\r\n\r\n\r\n")
    return 1 if blocks else 0
