"""What programs share when they speak: the machine's language, Windows' sentences, paths as typed."""

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError, FileSystem
from runbook_lib.lab.messages import win32_message
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.shell.streams import codec


def say(call: Invocation, english: str, japanese: str) -> str:
    """One of the two, by the machine's language."""
    return japanese if call.machine.language == "ja" else english


def sentence(call: Invocation, code: int) -> str:
    """Windows' sentence for a Win32 error."""
    return win32_message(code, call.machine.language, call.machine.version)


def files(call: Invocation) -> FileSystem:
    """The machine's files."""
    return call.machine.files


def absolute(call: Invocation, path: str) -> str:
    """A path as typed, made absolute."""
    return paths.absolute(path, call.folder)


def decode(call: Invocation, content: bytes) -> str:
    """Bytes as text in the console's code page."""
    return content.decode(codec(call.code_page), errors="replace")


def folder_of(typed: str) -> str:
    r"""The folder part of a path as typed, with its last "\" ("" when there is none)."""
    cut = max(typed.rfind("\\"), typed.rfind("/"), typed.rfind(":"))
    return typed[: cut + 1]


def matching_files(call: Invocation, typed: str) -> list[tuple[str, str]]:
    """Absolute path and name to show of each file that a name or pattern means; [] when there is none."""
    path = absolute(call, typed)
    pattern = paths.name_of(path)
    try:
        found = files(call).entries(paths.parent(path))
    except FileError:
        return []
    return [
        (entry.path, folder_of(typed) + entry.name)
        for entry in found
        if not entry.folder and paths.matches(pattern, entry.name)
    ]
