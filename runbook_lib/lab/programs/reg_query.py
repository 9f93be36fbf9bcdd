"""`reg query`: what it finds and how it prints it, by release.

Source: the page "reg query" of Microsoft's command reference; published transcripts for the layout.
"""

import re
from collections.abc import Iterator, Mapping

from runbook_lib.lab.machine import Machine
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.reg_format import RegError, content_text, parse_type, text, value_line
from runbook_lib.lab.registry import Value


def query(call: Invocation, shown: str, real: str, given: Mapping[str, str]) -> int:
    """Print what `reg query` was asked for.

    Args:
        shown: the key as typed, root written out.
        real: where it is (a 32-bit view's SOFTWARE is elsewhere).
        given: switches and their words.

    Returns:
        0 when something was found, 1 when a search found nothing.

    Raises:
        RegError: the key or the value is missing, or the switches contradict each other.
    """
    machine = call.machine
    if not machine.registry.exists(real):
        raise RegError(text(machine, "absent"))
    if "/f" in given or ("/s" in given and ("/v" in given or "/ve" in given)):
        return _search(call, shown, real, given)
    if {"/k", "/d", "/c", "/e"} & given.keys():
        raise RegError(text(machine, "syntax", "QUERY"))
    if "/v" in given or "/ve" in given:
        found = _one_value(machine, real, given.get("/v", ""))
        call.stdout.write(_head(machine) + _block(shown, [found]))
        return 0
    written = _head(machine)
    for path in machine.registry.walk(real) if "/s" in given else [real]:
        call.check()
        written += _key_block(
            machine, shown + path[len(real) :], path, given, recursive="/s" in given, top=path.upper() == real.upper()
        )
    call.stdout.write(written or "\r\n")
    return 0


def _head(machine: Machine) -> str:
    return "\r\n! REG.EXE VERSION 3.0\r\n" if machine.version < (6, 0, 0) else ""


def _one_value(machine: Machine, key: str, name: str) -> str:
    value = machine.registry.get(key, name)
    if value is not None:
        return value_line(machine, value)
    if name or machine.version < (6, 0, 0):
        raise RegError(text(machine, "absent"))
    return f"    {text(machine, 'default')}    REG_SZ    {text(machine, 'not set')}"


def _block(shown: str, lines: list[str]) -> str:
    return "".join(f"{line}\r\n" for line in ("", shown, *lines)) + "\r\n"


def _key_block(machine: Machine, shown: str, key: str, given: Mapping[str, str], *, recursive: bool, top: bool) -> str:
    """One key with its values, then the names of its sub keys unless they follow as blocks of their own."""
    wanted = parse_type(given["/t"]) if "/t" in given else None
    lines = [value_line(machine, value) for value in machine.registry.values(key) if wanted in (None, value.type)]
    below = [] if recursive else [rf"{shown}\{name}" for name in machine.registry.keys(key)]
    if lines or not top or machine.version < (6, 0, 0):
        return _block(shown, lines) + "".join(f"{name}\r\n" for name in below)
    # From Vista on a key without values is not printed itself, only what is under it.
    return ("\r\n" + "".join(f"{name}\r\n" for name in below)) if below else ""


def _search(call: Invocation, shown: str, real: str, given: Mapping[str, str]) -> int:
    machine = call.machine
    hits = 0
    for path in _searched(call, real, recursive="/s" in given):
        call.check()
        if path != real and _key_matches(path, given):
            hits += 1
            call.stdout.write(f"\r\n{shown}{path[len(real) :]}\r\n")
        if path != real and "/s" not in given:
            continue
        lines = [value_line(machine, value) for value in _matching(machine, path, given)]
        if lines:
            hits += len(lines)
            call.stdout.write(_block(shown + path[len(real) :], lines))
    if not hits and machine.version < (6, 0, 0):
        raise RegError(text(machine, "absent"))
    call.stdout.write(f"{text(machine, 'found', hits)}\r\n")
    return 0 if hits else 1


def _searched(call: Invocation, real: str, *, recursive: bool) -> Iterator[str]:
    registry = call.machine.registry
    if recursive:
        yield from registry.walk(real)
    else:
        yield registry.spelling(real)
        yield from (rf"{registry.spelling(real)}\{name}" for name in registry.keys(real))


def _key_matches(path: str, given: Mapping[str, str]) -> bool:
    if "/f" not in given or ("/d" in given and "/k" not in given) or "/v" in given or "/ve" in given or "/t" in given:
        return False
    return _fits(path.rpartition("\\")[2], given)


def _matching(machine: Machine, key: str, given: Mapping[str, str]) -> Iterator[Value]:
    kinds = {kind for kind in map(parse_type, re.split(r"[\s,]+", given.get("/t", ""))) if kind}
    for value in machine.registry.values(key):
        if kinds and value.type not in kinds:
            continue
        if "/v" in given and not _wild(given["/v"], value.name):
            continue
        if "/ve" in given and value.name:
            continue
        if "/f" in given:
            named = _fits(value.name, given) and not ({"/k", "/d"} & given.keys()) and "/v" not in given
            holds = _fits(content_text(machine, value), given) and not ("/k" in given and "/d" not in given)
            if not named and not holds:
                continue
        yield value


def _fits(candidate: str, given: Mapping[str, str]) -> bool:
    pattern = given["/f"]
    if "/c" not in given:
        candidate, pattern = candidate.lower(), pattern.lower()
    if pattern in ("*", ""):
        return True
    if "*" in pattern or "?" in pattern:
        return _wild(pattern if "/e" in given else f"*{pattern}*", candidate)
    return candidate == pattern if "/e" in given else pattern in candidate


def _wild(pattern: str, candidate: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, candidate, re.IGNORECASE | re.DOTALL) is not None
