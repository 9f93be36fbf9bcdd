r"""Windows paths and wildcards as text.

Sources: "Naming Files, Paths, and Namespaces" (Microsoft Learn) for forbidden characters, dots and trailing blanks;
FindFirstFile and RtlIsNameInExpression documentation and ss64.com/nt/syntax-wildcards.html for wildcards.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_FORBIDDEN: Final = re.compile(r'[<>:"|?*\x00-\x1f]')
DEVICES: Final = frozenset({"NUL", "CON", "PRN", "AUX", *(f"COM{n}" for n in range(1, 10))})


def absolute(path: str, folder: str, drive_folders: Mapping[str, str] | None = None) -> str:
    r"""*path* as an absolute path without "." or "..", as GetFullPathName makes it.

    Args:
        path: any path; slashes of either kind; ``\\?\`` is taken off.
        folder: the current folder.
        drive_folders: current folders of other drives, by drive ("W:"), for paths such as ``W:file``.
    """
    path = path.replace("/", "\\")
    if path.startswith(("\\\\?\\", "\\\\.\\")):
        path = path[4:]
    if path.startswith("\\\\"):
        return path
    drive, rest = (path[:2].upper(), path[2:]) if path[1:2] == ":" else (folder[:2], path)
    if not rest.startswith("\\"):
        base = folder if folder[:2].upper() == drive else (drive_folders or {}).get(drive, drive + "\\")
        rest = f"{base[2:]}\\{rest}"
    parts: list[str] = []
    for part in rest.split("\\"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part.rstrip(". ") or part)
    return drive + "\\" + "\\".join(parts)


def split(path: str) -> tuple[str, list[str]]:
    r"""Drive ("C:") and names of an absolute path."""
    return path[:2].upper(), [part for part in path[2:].split("\\") if part]


def parent(path: str) -> str:
    r"""The folder of an absolute path; a root is its own."""
    head = path.rstrip("\\").rpartition("\\")[0]
    return head + "\\" if len(head) <= len("C:") else head


def name_of(path: str) -> str:
    r"""The last name of an absolute path; "" for a root."""
    return "" if path.endswith("\\") else path.rpartition("\\")[2]


def join(folder: str, name: str) -> str:
    r"""*name* in *folder*, which may be a root (``C:\``) or not (``C:\a``)."""
    return f"{folder}{name}" if folder.endswith("\\") else f"{folder}\\{name}"


def valid_name(name: str) -> bool:
    """Whether a file or folder may be called that."""
    return bool(name) and not _FORBIDDEN.search(name)


def has_wildcard(path: str) -> bool:
    """Whether the last name of *path* is a pattern."""
    return "*" in path or "?" in path


def is_device(path: str) -> bool:
    r"""Whether the path means a device: NUL, CON and so on, in any folder, with any extension."""
    name = re.split(r"[\\/:]", path.rstrip(":"))[-1].rstrip(" ")
    return name.split(".")[0].rstrip(" ").upper() in DEVICES


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> re.Pattern[str]:
    if pattern in ("*.*", "*"):
        return re.compile(r".*", re.DOTALL)
    text = pattern
    only_plain = text.endswith(".") and "*" in text  # "*." finds names without an extension
    text = text.rstrip(".") if only_plain else text
    out: list[str] = []
    for position, sign in enumerate(text):
        rest = text[position:]
        if sign == "*":
            out.append(r"[^.]*" if only_plain else r".*")
        elif sign == "?":
            # "?" also stands for nothing before a dot or at the end.
            out.append(r"[^.]?" if not rest.strip("?") or rest.lstrip("?")[:1] in (".", "*") else r".")
        elif sign == "." and not rest.strip(".*?") and "*" in rest:
            out.append(r"(?:\..*)?")  # "name.*" finds "name" too
            break
        else:
            out.append(re.escape(sign))
    return re.compile("".join(out), re.IGNORECASE | re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    """Whether FindFirstFile would find *name* for *pattern* (long names only; 8.3 names are not looked at)."""
    return _pattern(pattern).fullmatch(name) is not None
