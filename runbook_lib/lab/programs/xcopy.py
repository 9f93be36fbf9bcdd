"""xcopy.

Sources: Microsoft's `xcopy` page (switches, exit codes 0, 1, 2, 4, 5); published transcripts for the lines of output.
"""

from dataclasses import dataclass, field

from runbook_lib.lab import paths
from runbook_lib.lab.files import DiskFull, Entry, FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, decode, files, folder_of, say, sentence

_KNOWN = frozenset({*"ampsevwciqflghrtuknoxyzbj", "-y"})


@dataclass
class _Run:
    """One xcopy: its switches, where it copies from and to, and how far it is."""

    call: Invocation
    switches: set[str]
    since_newer: bool
    pattern: str
    source: str
    shown: str
    target: str
    excluded: list[str] = field(default_factory=list)
    as_file: str = ""
    replace_all: bool = False
    count: int = 0
    seen: int = 0
    code: int = 0


class _Stop(Exception):  # noqa: N818
    """The copy ends here."""


def main(call: Invocation) -> int:
    """Run xcopy."""
    names: list[str] = []
    switches: set[str] = set()
    newer = False
    excluded: list[str] = []
    for word in call.arguments[1:]:
        if not word.startswith("/"):
            names.append(word)
            continue
        for option in word[1:].lower().split("/"):
            if option.startswith("exclude:"):
                excluded += _exclusions(call, word[9:])
            elif option == "d" or option.startswith("d:"):
                newer = True
            elif option in _KNOWN:
                switches.add(option)
            else:
                call.stderr.write(say(call, f"Invalid switch - /{option}", f"無効なスイッチです - /{option}") + "\r\n")
                return 4
    if not names or len(names) > 2:
        text = say(call, "Invalid number of parameters", "パラメーターの数が無効です")
        call.stderr.write(text + "\r\n")
        return 4
    return _start(call, names, switches, newer=newer, excluded=excluded)


def _exclusions(call: Invocation, names: str) -> list[str]:
    lines: list[str] = []
    for name in names.split("+"):
        lines += decode(call, files(call).read(absolute(call, name))).splitlines()
    return [line.upper() for line in lines if line]


def _start(call: Invocation, names: list[str], switches: set[str], *, newer: bool, excluded: list[str]) -> int:
    store = files(call)
    source = absolute(call, names[0])
    target = absolute(call, names[1]) if len(names) > 1 else call.folder
    if store.is_folder(source):
        pattern, shown, folder = "*", names[0].rstrip("\\/") + "\\", source
    else:
        pattern, shown, folder = paths.name_of(source), folder_of(names[0]), paths.parent(source)
        exists = store.exists(source) if not paths.has_wildcard(pattern) else store.is_folder(folder)
        if not exists:
            return _nothing(call, pattern, 4)
    run = _Run(call, switches, newer, pattern, folder, shown, target, excluded)
    single = folder != source and not paths.has_wildcard(pattern)
    ends = names[-1].endswith(("\\", "/")) and len(names) > 1
    try:
        if not store.is_folder(target) and not ends and _is_file(call, target, names[-1], switches, single=single):
            run.as_file = target
        if target.upper() == folder.upper() or f"{target}\\".upper().startswith(f"{source}\\".upper()):
            call.stderr.write(say(call, "Cannot perform a cyclic copy", "循環コピーは実行できません") + "\r\n")
            raise _Stop
        _tree(run, folder, target, shown)
    except _Stop:
        run.code = run.code or 4
    except FileError as error:
        call.stderr.write(sentence(call, error.code) + "\r\n")
        run.code = 4
    if not run.seen and not run.code:
        return _nothing(call, pattern, 1)
    _summary(run)
    return run.code


def _nothing(call: Invocation, pattern: str, code: int) -> int:
    text = say(call, f"File not found - {pattern}", f"ファイルが見つかりません - {pattern}")
    call.stderr.write(text + "\r\n")
    call.stdout.write(say(call, "0 File(s) copied", "0 個のファイルをコピーしました") + "\r\n")
    return code


def _summary(run: _Run) -> None:
    if "l" in run.switches:
        text = say(run.call, f"{run.count} File(s)", f"{run.count} 個のファイル")
    else:
        text = say(run.call, f"{run.count} File(s) copied", f"{run.count} 個のファイルをコピーしました")
    run.call.stdout.write(text + "\r\n")


def _is_file(call: Invocation, target: str, name: str, switches: set[str], *, single: bool) -> bool:
    """Whether the destination, which is no folder, means a file: it is one, or the answer to the question says so."""
    if files(call).exists(target) and single:
        return True
    return ("i" not in switches or single) and _asks_for_file(call, name)


def _asks_for_file(call: Invocation, name: str) -> bool:
    question = say(
        call,
        f"Does {name} specify a file name\r\nor directory name on the target\r\n(F = file, D = directory)? ",
        f"{name} は受け側のファイル名ですか、\r\nまたはディレクトリ名ですか\r\n(F= ファイル、D= ディレクトリ)? ",
    )
    while True:
        call.stdout.write(question)
        line = call.stdin.read_line()
        call.check()
        answer = decode(call, line).strip().upper()[:1]
        if answer in ("F", "D"):
            return answer == "F"
        if not line:
            raise _Stop


def _tree(run: _Run, folder: str, target: str, shown: str) -> None:
    store = files(run.call)
    entries = store.entries(folder)
    if "t" not in run.switches:
        for entry in entries:
            if not entry.folder and paths.matches(run.pattern, entry.name) and _wanted(run, entry):
                run.seen += 1
                place = run.as_file or paths.join(target, entry.name)
                _file(run, entry, place, shown + entry.name)
    if not run.switches & {"s", "e"} and "t" not in run.switches:
        return
    for entry in entries:
        if not entry.folder or not _wanted(run, entry):
            continue
        place = paths.join(target, entry.name)
        if "e" in run.switches and "l" not in run.switches:
            _folder(run, place, entry)
        _tree(run, entry.path, place, f"{shown}{entry.name}\\")


def _wanted(run: _Run, entry: Entry) -> bool:
    if entry.attributes & frozenset("HS") and "h" not in run.switches:
        return False
    if any(text in entry.path.upper() for text in run.excluded):
        return False
    return entry.folder or not run.switches & {"a", "m"} or "A" in entry.attributes


def _folder(run: _Run, path: str, source: Entry | None) -> None:
    store = files(run.call)
    if store.is_folder(path):
        return
    store.make_folder(path)
    if source is not None and "o" in run.switches:
        copy_rights(run.call, source.path, path)
    if source is not None and "k" in run.switches and source.attributes:
        store.set_attributes(path, source.attributes)


def _file(run: _Run, entry: Entry, target: str, shown: str) -> None:
    call, store = run.call, files(run.call)
    call.check()
    if store.exists(target):
        there = store.entry(target)
        if run.since_newer and there.modified >= entry.modified:
            return
        if not _may_replace(run, target):
            return
    elif "u" in run.switches:
        return
    if "q" not in run.switches:
        call.stdout.write(f"{entry.path} -> {target}\r\n" if "f" in run.switches else f"{shown}\r\n")
    if "l" in run.switches:
        run.count += 1
        return
    try:
        _folder(run, paths.parent(target), None)
        if store.exists(target) and "r" in run.switches and "R" in store.entry(target).attributes:
            store.set_attributes(target, store.entry(target).attributes - {"R"})
        store.copy(entry.path, target, call.sleep)
        attributes = entry.attributes | {"A"} if "k" in run.switches else (entry.attributes - {"R"}) | {"A"}
        if store.entry(target).attributes != attributes:
            store.set_attributes(target, attributes)
        if run.switches & {"o", "x"}:
            copy_rights(call, entry.path, target)
        if "m" in run.switches:
            store.set_attributes(entry.path, entry.attributes - {"A"})
        run.count += 1
    except FileError as error:
        call.stderr.write(sentence(call, error.code) + "\r\n")
        run.code = 5 if isinstance(error, DiskFull) else 4
        if "c" not in run.switches or isinstance(error, DiskFull):
            raise _Stop from error


def _may_replace(run: _Run, target: str) -> bool:
    if run.switches & {"y", "l"} or run.replace_all:
        return True
    call = run.call
    while True:
        call.stdout.write(say(call, f"Overwrite {target} (Yes/No/All)? ", f"{target} を上書きしますか (Yes/No/All)? "))
        line = call.stdin.read_line()
        call.check()
        if not line:
            raise _Stop
        answer = decode(call, line).strip().upper()[:1]
        if answer in ("Y", "N", "A"):
            run.replace_all = answer == "A"
            return answer != "N"


def copy_rights(call: Invocation, source: str, target: str, *, owner: bool = True) -> None:
    """Give *target* the explicit entries, the protection and, with *owner*, the owner of *source*.

    Inherited entries come from where *target* is.
    """
    store = files(call)
    rights = store.access(source)
    store.set_acl(target, rights.explicit, protected=rights.protected)
    if owner:
        store.set_owner(target, rights.owner)
