"""reg.exe: query, add, delete, export and import.

Source: the pages "reg", "reg query", "reg add", "reg delete", "reg export", "reg import" of Microsoft's command
reference (0 = success, 1 = failure; errors go to standard error), the older Windows Server 2003 pages for what that
release lacks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.reg_file import as_script, from_script
from runbook_lib.lab.programs.reg_format import RegError, parse_content, parse_type, text
from runbook_lib.lab.programs.reg_query import query


@dataclass
class Options:
    """A parsed command line: the bare words, the switches (lower case) and the words that belong to them."""

    operation: str
    words: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)

    def has(self, switch: str) -> bool:
        """True when the switch was typed."""
        return switch in self.given


_VALUED = {"query": "/v /f /t /se", "add": "/v /t /s /d", "delete": "/v", "export": "", "import": ""}
_PLAIN = {
    "query": "/ve /s /k /d /c /e /z",
    "add": "/ve /f",
    "delete": "/ve /va /f",
    "export": "/y",
    "import": "",
}
_LACKING_2003 = {"query": "/f /t /se /k /d /c /e /z", "export": "/y"}


def main(call: Invocation) -> int:
    """Run reg.exe; answers 0 or 1."""
    operation = call.arguments[1].lower() if len(call.arguments) > 1 else ""
    try:
        if operation not in _RUN:
            raise RegError(text(call.machine, "syntax", "").replace("REG  /?", "REG /?"))
        return _RUN[operation](call, _parse(call, operation))
    except RegError as error:
        call.stderr.write(f"\r\n{error}\r\n" if call.machine.version < (6, 0, 0) else f"{error}\r\n")
        return 1


def _parse(call: Invocation, operation: str) -> Options:
    options = Options(operation)
    valued, plain = _VALUED[operation].split(), _PLAIN[operation].split()
    lacking = _LACKING_2003.get(operation, "").split() if call.machine.version < (6, 0, 0) else []
    rest = iter(call.arguments[2:])
    for word in rest:
        switch = word.lower()
        if switch in lacking or (switch.startswith("/reg:") and call.machine.version < (6, 1, 0)):
            raise _bad_syntax(call, operation)
        if switch in ("/reg:32", "/reg:64"):
            options.given["/reg"] = switch[5:]
        elif switch in valued:
            following = next(rest, None)
            if following is None and switch == "/v" and operation == "query":
                following = ""
            if following is None or switch in options.given:
                raise _bad_syntax(call, operation)
            options.given[switch] = following
        elif switch in plain:
            options.given[switch] = ""
        elif word.startswith("/") and (options.words or operation == "import"):
            raise _bad_syntax(call, operation)
        else:
            options.words.append(word)
    if len(options.words) != (2 if operation == "export" else 1) or {"/v", "/ve"} <= options.given.keys():
        raise _bad_syntax(call, operation)
    return options


def _bad_syntax(call: Invocation, operation: str) -> RegError:
    return RegError(text(call.machine, "syntax", operation.upper()))


def _bits(call: Invocation, options: Options) -> Literal[32, 64]:
    native: Literal[32, 64] = 32 if call.arguments[0].lower().find("syswow64") >= 0 else 64
    return 32 if options.given.get("/reg") == "32" else 64 if options.has("/reg") else native


def _keys(call: Invocation, options: Options, word: str) -> tuple[str, str]:
    """The key as reg shows it, and where it really is; RegError when it is not a key's name."""
    if word.startswith("\\\\"):
        raise RegError(text(call.machine, "network"))
    registry = call.machine.registry
    try:
        shown = registry.full_path(word)
    except KeyError:
        raise RegError(text(call.machine, "key name", options.operation.upper())) from None
    real = registry.in_view(shown, _bits(call, options))
    if registry.exists(real) and real.upper() == shown.upper():
        shown = registry.spelling(real)
    return shown, real


def _done(call: Invocation) -> int:
    before = "\r\n" if call.machine.version < (6, 0, 0) else ""
    call.stdout.write(f"{before}{text(call.machine, 'done')}\r\n")
    return 0


def _confirmed(call: Invocation, options: Options, switch: str, question: str) -> bool:
    """Ask, unless the switch says not to; the end of the input counts as no."""
    while not options.has(switch):
        call.stdout.write(question)
        answer = call.stdin.read_line()
        call.check()
        if answer[:1].upper() == b"Y":
            return True
        if answer[:1].upper() in (b"N", b""):
            call.stdout.write(f"{text(call.machine, 'cancelled')}\r\n")
            return False
    return True


def _query(call: Invocation, options: Options) -> int:
    shown, real = _keys(call, options, options.words[0])
    return query(call, shown, real, options.given)


def _add(call: Invocation, options: Options) -> int:
    machine = call.machine
    _, real = _keys(call, options, options.words[0])
    if not {"/v", "/ve", "/d", "/t"} & options.given.keys():
        machine.registry.create_key(real)
        return _done(call)
    kind = parse_type(options.given.get("/t", "REG_SZ"))
    if not kind or (kind == "REG_QWORD" and machine.version < (6, 0, 0)):
        raise _bad_syntax(call, "add")
    name = options.given.get("/v", "")
    content = parse_content(machine, kind, options.given.get("/d"), options.given.get("/s", r"\0"))
    kept = machine.registry.get(real, name)
    if kept is not None and not _confirmed(call, options, "/f", text(machine, "overwrite value", kept.name)):
        return 0
    machine.registry.set(real, name, kind, content)
    return _done(call)


def _delete(call: Invocation, options: Options) -> int:
    registry = call.machine.registry
    shown, real = _keys(call, options, options.words[0])
    name = options.given.get("/v", "" if options.has("/ve") else None)
    if not registry.exists(real) or (name is not None and registry.get(real, name) is None):
        raise RegError(text(call.machine, "absent"))
    what, subject = ("delete key", shown) if name is None else ("delete value", name)
    if options.has("/va"):
        what = "delete values"
    if not _confirmed(call, options, "/f", text(call.machine, what, subject)):
        return 0
    if name is not None:
        registry.delete_value(real, name)
    elif options.has("/va"):
        for value in registry.values(real):
            registry.delete_value(real, value.name)
    else:
        registry.delete_key(real)
    return _done(call)


def _export(call: Invocation, options: Options) -> int:
    machine = call.machine
    shown, real = _keys(call, options, options.words[0])
    if not machine.registry.exists(real):
        raise RegError(text(machine, "absent"))
    path = paths.absolute(options.words[1], call.folder)
    if (
        machine.version >= (6, 0, 0)
        and machine.files.exists(path)
        and not _confirmed(call, options, "/y", text(machine, "overwrite file", options.words[1]))
    ):
        return 0
    try:
        machine.files.write(path, as_script(machine.registry, shown, real).encode("utf-16"))
    except FileError as error:
        raise RegError(text(machine, "file")) from error
    return _done(call)


def _import(call: Invocation, options: Options) -> int:
    machine = call.machine
    try:
        content = machine.files.read(paths.absolute(options.words[0], call.folder))
    except FileError as error:
        raise RegError(text(machine, "file")) from error
    page = f"cp{machine.code_page}"
    script = content.decode("utf-16") if content[:2] == b"\xff\xfe" else content.decode(page, errors="replace")
    bits = _bits(call, options)
    if not from_script(machine.registry, script, page, lambda key: machine.registry.in_view(key, bits)):
        raise RegError(text(machine, "content"))
    call.stderr.write(f"{text(machine, 'done')}\r\n")  # reg import reports on standard error even when all is well
    return 0


_RUN: dict[str, Callable[[Invocation, Options], int]] = {
    "query": _query,
    "add": _add,
    "delete": _delete,
    "export": _export,
    "import": _import,
}
