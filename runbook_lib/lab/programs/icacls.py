"""icacls: shows and changes access rights.

Sources: Microsoft's `icacls` page; KB919240 for the version of Windows Server 2003 SP2 (no /inheritance, no /Q);
published transcripts for the lines of output; exit codes are Win32 errors (1332: no such account).
"""

from dataclasses import dataclass, field

from runbook_lib.lab import paths
from runbook_lib.lab.acl import AceFlags
from runbook_lib.lab.files import Entry, FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.icacls_steps import Step, granting, inheriting, removing
from runbook_lib.lab.programs.icacls_text import BadRights, parse_rights, parse_sddl, sddl, shown_rights, sid_reader
from runbook_lib.lab.programs.wording import absolute, decode, files, folder_of, say, sentence


@dataclass
class _Run:
    """One icacls: its switches, and what it did."""

    call: Invocation
    switches: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    save: str = ""
    restore: str = ""
    find: str = ""
    done: int = 0
    failed: int = 0
    code: int = 0


class _BadParameter(Exception):  # noqa: N818
    """A word that icacls does not know."""


def main(call: Invocation) -> int:
    """Run icacls."""
    words = call.arguments[1:]
    run = _Run(call)
    if not words:
        return _invalid(call, "")
    try:
        _parse(run, words[1:])
    except _BadParameter as error:
        return _invalid(call, str(error))
    except LookupError as error:
        call.stdout.write(f"{error.args[0]}: {sentence(call, 1332)}\r\n")
        run.failed, run.code = 1, 1332
        return _summary(run)
    if run.restore:
        _restore(run, words[0])
        return _summary(run)
    try:
        targets = _targets(run, words[0])
    except FileError as error:
        _fail(run, words[0], error.code)
        return _summary(run)
    _work(run, targets, words[0])
    return _summary(run)


def _invalid(call: Invocation, word: str) -> int:
    call.stdout.write(say(call, f'Invalid parameter "{word}"', f'無効なパラメーター "{word}"') + "\r\n")
    return 87


# Reading the command line


def _parse(run: _Run, words: list[str]) -> None:
    old = run.call.machine.version < (6, 0)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        option = word.lower()
        values: list[str] = []
        while rest and not rest[0].startswith("/"):
            values.append(rest.pop(0))
        if option in ("/t", "/c", "/l") or (option == "/q" and not old):
            run.switches.add(option)
            rest = values + rest
            if values:
                raise _BadParameter(values[0])
        elif not _step(run, option, values, old=old):
            raise _BadParameter(word)


def _step(run: _Run, option: str, values: list[str], *, old: bool) -> bool:
    read = sid_reader(run.call.machine.files.accounts.find)
    name, _, how = option.partition(":")
    if name in ("/grant", "/deny") and values and how in ("", "r"):
        for value in values:
            principal, rights = _pair(value)
            sid = read(principal)
            mask, flags = rights
            run.steps.append(granting(run.call, sid, mask, flags, allow=name == "/grant", replacing=how == "r"))
    elif name == "/remove" and values and how in ("", "g", "d"):
        run.steps += [removing(run.call, read(value), how) for value in values]
    elif name == "/inheritance" and how in ("e", "d", "r") and not old:
        run.steps.append(inheriting(run.call, how))
    elif option == "/reset":
        run.steps.append(lambda entry: files(run.call).set_acl(entry.path, (), protected=False))
    elif option == "/verify":
        run.steps.append(lambda _entry: None)
    elif option == "/setowner" and len(values) == 1:
        owner = read(values[0])
        run.steps.append(lambda entry: files(run.call).set_owner(entry.path, owner))
    elif option in ("/save", "/restore", "/findsid") and len(values) == 1:
        setattr(run, {"/save": "save", "/restore": "restore", "/findsid": "find"}[option], values[0])
        if option == "/findsid":
            run.find = read(values[0])
    else:
        return False
    return True


def _pair(value: str) -> tuple[str, tuple[int, AceFlags]]:
    principal, colon, rights = value.rpartition(":")
    if not colon:
        raise _BadParameter(value)
    try:
        return principal, parse_rights(rights)
    except BadRights:
        raise _BadParameter(value) from None


# Working through files


def _targets(run: _Run, name: str) -> list[Entry]:
    store = files(run.call)
    path = absolute(run.call, name)
    pattern = paths.name_of(path)
    below = "/t" in run.switches
    if not paths.has_wildcard(pattern):
        first = store.entry(path)
        return [first, *(store.walk(path) if below and first.folder else [])]
    folder = paths.parent(path)
    candidates = store.walk(folder) if below else store.entries(folder)
    found = [entry for entry in candidates if paths.matches(pattern, entry.name)]
    if not found:
        raise FileError(2, path)
    return found


def _shown(call: Invocation, entry: Entry, name: str) -> str:
    """The path as it follows from what was typed."""
    base = absolute(call, name)
    if paths.has_wildcard(name):
        return folder_of(name) + entry.path[len(paths.join(paths.parent(base), "")) :]
    return name.rstrip("\\") + entry.path[len(base.rstrip("\\")) :] if entry.path != base else name


def _work(run: _Run, targets: list[Entry], name: str) -> None:
    saved: list[str] = []
    found_any = False
    for entry in targets:
        run.call.check()
        shown = _shown(run.call, entry, name)
        try:
            if run.find:
                found_any = _find(run, entry, shown) or found_any
            elif run.save:
                saved += _saved(run, entry, targets[0])
            elif run.steps:
                for step in run.steps:
                    step(entry)
            else:
                _show(run, entry, shown)
            run.done += 1
            if (run.steps or run.save) and "/q" not in run.switches:
                text = say(run.call, f"processed file: {shown}", f"処理ファイル: {shown}")
                run.call.stdout.write(text + "\r\n")
        except FileError as error:
            _fail(run, shown, error.code)
            if "/c" not in run.switches:
                break
    if run.find and not found_any:
        text = say(
            run.call, "No files with a matching SID was found.", "一致する SID を持つファイルは見つかりませんでした。"
        )
        run.call.stdout.write(text + "\r\n")
    if run.save:
        content = b"\xff\xfe" + "".join(saved).encode("utf-16-le")
        files(run.call).write(absolute(run.call, run.save), content)


def _fail(run: _Run, shown: str, code: int) -> None:
    run.call.stdout.write(f"{shown}: {sentence(run.call, code)}\r\n")
    run.failed += 1
    run.code = code


def _summary(run: _Run) -> int:
    text = say(
        run.call,
        f"Successfully processed {run.done} files; Failed processing {run.failed} files",
        f"{run.done} 個のファイルが正常に処理されました。{run.failed} 個のファイルを処理できませんでした",
    )
    run.call.stdout.write(text + "\r\n")
    return run.code


def _show(run: _Run, entry: Entry, shown: str) -> None:
    accounts = files(run.call).accounts
    prefix = shown + " "
    aces = files(run.call).acl(entry.path)
    lines = [f"{accounts.name_of(ace.sid)}:{shown_rights(ace)}" for ace in aces]
    for number, line in enumerate(lines):
        run.call.stdout.write((prefix if number == 0 else " " * len(prefix)) + line + "\r\n")
    run.call.stdout.write("\r\n" if lines else f"{prefix}\r\n\r\n")


def _find(run: _Run, entry: Entry, shown: str) -> bool:
    if not any(ace.sid == run.find for ace in files(run.call).acl(entry.path)):
        return False
    text = say(run.call, f"SID Found: {shown}.", f"SID が見つかりました: {shown}。")
    run.call.stdout.write(text + "\r\n")
    return True


def _saved(run: _Run, entry: Entry, first: Entry) -> list[str]:
    access = files(run.call).access(entry.path)
    relative = entry.path[len(paths.join(paths.parent(first.path), "")) :]
    return [f"{relative}\r\n", sddl(list(access.aces), protected=access.protected) + "\r\n"]


def _restore(run: _Run, name: str) -> None:
    store = files(run.call)
    try:
        content = store.read(absolute(run.call, run.restore))
    except FileError as error:
        _fail(run, run.restore, error.code)
        return
    unicode_text = content.startswith(b"\xff\xfe")
    text = content[2:].decode("utf-16-le") if unicode_text else decode(run.call, content)
    lines = text.replace("\r\n", "\n").split("\n")
    for relative, line in zip(lines[::2], lines[1::2], strict=False):
        run.call.check()
        shown = name.rstrip("\\") + "\\" + relative
        try:
            aces, protected = parse_sddl(line)
            explicit = [ace for ace in aces if not ace.inherited]
            store.set_acl(absolute(run.call, shown), explicit, protected=protected)
            run.done += 1
            if "/q" not in run.switches:
                run.call.stdout.write(say(run.call, f"processed file: {shown}", f"処理ファイル: {shown}") + "\r\n")
        except (FileError, BadRights) as error:
            _fail(run, shown, error.code if isinstance(error, FileError) else 13)
            if "/c" not in run.switches:
                return
