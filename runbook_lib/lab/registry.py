"""The registry of a simulated node: keys and values, with the 32-bit view that x64 Windows keeps under Wow6432Node.

Source: "Registry Redirector" and "Registry Keys Affected by WOW64" (learn.microsoft.com, Win32).
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Note = Callable[[str, str, str], None]
ValueType = Literal["REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_MULTI_SZ", "REG_QWORD"]
Content = str | int | bytes | tuple[str, ...]

ROOTS = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
SERVICES = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services"
SOFTWARE = r"HKEY_LOCAL_MACHINE\SOFTWARE"


@dataclass(frozen=True)
class Value:
    """One registry value.

    Attributes:
        name: as first written; "" is the key's default value.
        type: one of `ValueType`.
        content: str for REG_SZ and REG_EXPAND_SZ, int for REG_DWORD and REG_QWORD, tuple of str for REG_MULTI_SZ,
            bytes for REG_BINARY and REG_NONE.
    """

    name: str
    type: ValueType
    content: Content


@dataclass
class _Key:
    name: str
    children: dict[str, "_Key"] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)


class Registry:
    """Keys of one node, case-insensitive and case-preserving, safe between threads.

    Keys are named by their full path; roots may be abbreviated (HKLM). Everything that changes calls
    note("registry", WHAT, HOW): WHAT is the key's full path, for a value followed by " [NAME]" (" []" for the default
    value); HOW is "created", "written" or "removed". The `seed...` methods and what the service control manager
    writes note nothing.
    """

    def __init__(self, architecture: Literal["x86", "x64"], note: Note) -> None:
        self.architecture = architecture
        self._note = note
        self._lock = threading.RLock()
        self._roots = {full.upper(): _Key(full) for full in ROOTS.values()}

    # reading

    def full_path(self, key: str) -> str:
        """*key* with its root written out, no trailing backslash; KeyError when the root is unknown."""
        root, separator, rest = key.rstrip("\\").partition("\\")
        full = ROOTS.get(root.upper(), root.upper())
        if full not in self._roots:
            raise KeyError(key)
        return full + separator + rest

    def in_view(self, key: str, bits: Literal[32, 64]) -> str:
        r"""Where a program of that width finds *key*: on x64, SOFTWARE of a 32-bit program is SOFTWARE\Wow6432Node."""
        full = self.full_path(key)
        if bits == 64 or self.architecture == "x86":
            return full
        head, tail = full[: len(SOFTWARE)], full[len(SOFTWARE) :]
        if head.upper() != SOFTWARE or (tail and not tail.startswith("\\")):
            return full
        if tail.upper() == r"\WOW6432NODE" or tail.upper().startswith("\\WOW6432NODE\\"):
            return full
        return rf"{head}\Wow6432Node{tail}"

    def exists(self, key: str) -> bool:
        """True when the key is there."""
        return self._find(key) is not None

    def get(self, key: str, name: str) -> Value | None:
        """The value *name* ("" for the default value) of *key*; None when either is missing."""
        with self._lock:
            found = self._find(key)
            return found.values.get(name.upper()) if found else None

    def text(self, key: str, name: str, default: str = "") -> str:
        """The value as text (REG_SZ, REG_EXPAND_SZ), or *default*."""
        value = self.get(key, name)
        return value.content if value is not None and isinstance(value.content, str) else default

    def number(self, key: str, name: str, default: int = 0) -> int:
        """The value as a number (REG_DWORD, REG_QWORD), or *default*."""
        value = self.get(key, name)
        return value.content if value is not None and isinstance(value.content, int) else default

    def keys(self, key: str) -> list[str]:
        """Names of the keys directly under *key*, sorted as Windows does; KeyError when the key is missing."""
        with self._lock:
            return [child.name for _, child in sorted(self._need(key).children.items())]

    def values(self, key: str) -> list[Value]:
        """Values of *key*, in the order they were made; KeyError when the key is missing."""
        with self._lock:
            return list(self._need(key).values.values())

    def spelling(self, key: str) -> str:
        """The full path of an existing key as it was first written; KeyError when it is missing."""
        with self._lock:
            parts = self.full_path(key).split("\\")
            found = self._roots[parts[0].upper()]
            names = [found.name]
            for part in parts[1:]:
                found = found.children[part.upper()]
                names.append(found.name)
            return "\\".join(names)

    def walk(self, key: str) -> Iterator[str]:
        """Full paths of *key* and every key under it, a key before its children."""
        yield self.spelling(key)
        for name in self.keys(key):
            yield from self.walk(rf"{key}\{name}")

    # changing

    def create_key(self, key: str) -> bool:
        """Make the key and what is missing above it; False when it was there already."""
        with self._lock:
            if self.exists(key):
                return False
            self._make(key)
            self._note("registry", self.spelling(key), "created")
            return True

    def set(self, key: str, name: str, kind: ValueType, content: Content) -> None:
        """Write a value, and the key when it is missing."""
        with self._lock:
            self.create_key(key)
            stored = self._put(key, name, kind, content)
            self._note("registry", f"{self.spelling(key)} [{stored.name}]", "written")

    def delete_value(self, key: str, name: str) -> None:
        """Remove a value; KeyError when it is missing."""
        with self._lock:
            removed = self._need(key).values.pop(name.upper())
            self._note("registry", f"{self.spelling(key)} [{removed.name}]", "removed")

    def delete_key(self, key: str) -> None:
        """Remove a key with everything under it; KeyError when it is missing or a root."""
        with self._lock:
            path = self.spelling(key)
            self.remove_silently(key)
            self._note("registry", path, "removed")

    # without a note: seeding, and what the service control manager writes for itself

    def seed(self, key: str, name: str, kind: ValueType, content: Content) -> None:
        """Write a value without noting a change."""
        with self._lock:
            self._make(key)
            self._put(key, name, kind, content)

    def seed_key(self, key: str) -> None:
        """Make a key without noting a change."""
        with self._lock:
            self._make(key)

    def seed_texts(self, key: str, values: dict[str, str | int]) -> None:
        """Write several values: text as REG_SZ, numbers as REG_DWORD."""
        for name, content in values.items():
            self.seed(key, name, "REG_SZ" if isinstance(content, str) else "REG_DWORD", content)

    def unseed(self, key: str, name: str) -> None:
        """Remove a value without noting a change; nothing happens when it is missing."""
        with self._lock:
            found = self._find(key)
            if found:
                found.values.pop(name.upper(), None)

    def remove_silently(self, key: str) -> None:
        """Remove a key with everything under it without noting a change; KeyError when it is missing or a root."""
        with self._lock:
            above, _, name = self.full_path(key).rpartition("\\")
            del self._need(above).children[name.upper()]

    # inside

    def _find(self, key: str) -> _Key | None:
        try:
            return self._need(key)
        except KeyError:
            return None

    def _need(self, key: str) -> _Key:
        with self._lock:
            parts = self.full_path(key).split("\\")
            found = self._roots[parts[0].upper()]
            for part in parts[1:]:
                found = found.children[part.upper()]
            return found

    def _make(self, key: str) -> _Key:
        parts = self.full_path(key).split("\\")
        found = self._roots[parts[0].upper()]
        for part in parts[1:]:
            found = found.children.setdefault(part.upper(), _Key(part))
        return found

    def _put(self, key: str, name: str, kind: ValueType, content: Content) -> Value:
        values = self._need(key).values
        kept = values.get(name.upper())
        values[name.upper()] = Value(kept.name if kept else name, kind, content)
        return values[name.upper()]
