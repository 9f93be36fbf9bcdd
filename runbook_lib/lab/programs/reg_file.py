"""Registry scripts (.reg): what `reg export` writes and `reg import` reads.

Source: "How to add, modify, or delete registry subkeys and values by using a .reg file" (support.microsoft.com,
310516).
"""

import re
import struct
from collections.abc import Callable

from runbook_lib.lab.registry import Content, Registry, Value, ValueType

HEAD = "Windows Registry Editor Version 5.00"
OLD_HEAD = "REGEDIT4"
_HEX_TYPES: dict[str, ValueType] = {
    "0": "REG_NONE",
    "2": "REG_EXPAND_SZ",
    "3": "REG_BINARY",
    "7": "REG_MULTI_SZ",
    "b": "REG_QWORD",
}


def as_script(registry: Registry, shown: str, real: str) -> str:
    """The key *real* with everything under it as a registry script in which it is called *shown*."""
    parts = [f"{HEAD}\r\n"]
    for path in registry.walk(real):
        lines = [f"[{shown}{path[len(real) :]}]", *(_line(value) for value in registry.values(path))]
        parts.append("".join(f"{line}\r\n" for line in lines))
    return "\r\n".join(parts) + "\r\n"


def from_script(registry: Registry, script: str, page: str, place: Callable[[str], str]) -> bool:
    """Carry a registry script out; False when the text is not one.

    Args:
        page: code page of the strings in hexadecimal that a REGEDIT4 script holds.
        place: where a key named in the script really is.
    """
    text = script.replace("\r\n", "\n").replace("\\\n  ", "")
    head, _, body = text.partition("\n")
    if head.strip() not in (HEAD, OLD_HEAD):
        return False
    key = ""
    for line in body.split("\n"):
        if removed := re.fullmatch(r"\[-(.+)\]", line.strip()):
            if registry.exists(place(removed[1])):
                registry.delete_key(place(removed[1]))
            key = ""
        elif named := re.fullmatch(r"\[(.+)\]", line.strip()):
            key = place(named[1])
            registry.create_key(key)
        elif key and (entry := re.fullmatch(r'\s*(@|"(?:[^"\\]|\\.)*")\s*=\s*(.*?)\s*', line)):
            name = "" if entry[1] == "@" else _unquoted(entry[1])
            if entry[2] == "-":
                if registry.get(key, name) is not None:
                    registry.delete_value(key, name)
            else:
                kind, content = _read(entry[2], page if head.strip() == OLD_HEAD else "utf-16-le")
                registry.set(key, name, kind, content)
    return True


def _line(value: Value) -> str:
    name = "@" if not value.name else _quoted(value.name)
    match value.type, value.content:
        case "REG_SZ", str(content):
            return f"{name}={_quoted(content)}"
        case "REG_DWORD", int(number):
            return f"{name}=dword:{number:08x}"
        case "REG_QWORD", int(number):
            raw, kind = struct.pack("<Q", number), "(b)"
        case "REG_EXPAND_SZ", str(content):
            raw, kind = (content + "\0").encode("utf-16-le"), "(2)"
        case "REG_MULTI_SZ", tuple(parts):
            raw, kind = ("".join(f"{part}\0" for part in parts) + "\0").encode("utf-16-le"), "(7)"
        case _, content:
            raw, kind = content if isinstance(content, bytes) else b"", "" if value.type == "REG_BINARY" else "(0)"
    return _folded(f"{name}=hex{kind}:", [f"{byte:02x}" for byte in raw])


def _folded(line: str, pairs: list[str]) -> str:
    """Hexadecimal pairs, broken by a backslash before column 80 as regedit does."""
    lines = [line]
    for index, pair in enumerate(pairs):
        piece = pair + ("," if index + 1 < len(pairs) else "")
        if len(lines[-1]) + len(piece) > 78:
            lines[-1] += "\\"
            lines.append("  ")
        lines[-1] += piece
    return "\r\n".join(lines)


def _read(written: str, encoding: str) -> tuple[ValueType, Content]:
    if written.startswith('"'):
        return "REG_SZ", _unquoted(written)
    if written.lower().startswith("dword:"):
        return "REG_DWORD", int(written[6:], 16)
    kind, _, digits = written.lower().removeprefix("hex").partition(":")
    raw = bytes.fromhex(digits.replace(",", ""))
    name = _HEX_TYPES[kind.strip("()") or "3"]
    if name == "REG_QWORD":
        return name, int.from_bytes(raw, "little")
    if name == "REG_EXPAND_SZ":
        return name, raw.decode(encoding).rstrip("\0")
    if name == "REG_MULTI_SZ":
        return name, tuple(part for part in raw.decode(encoding).split("\0") if part)
    return name, raw


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.strip()[1:-1])
