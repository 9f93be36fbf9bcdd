"""Where a command's input comes from and its output goes to."""

from runbook_lib.lab.files import FileSystem
from runbook_lib.lab.process import BytesInput, TextOutput

Stream = BytesInput | TextOutput


def codec(code_page: int) -> str:
    """Python's name for a code page."""
    return "utf-8" if code_page == 65001 else f"cp{code_page}"


class FileOutput:
    """Writes into a file, each piece at once, as a redirection does."""

    def __init__(self, files: FileSystem, path: str, code_page: int, *, append: bool) -> None:
        self._files = files
        self._path = path
        self._codec = codec(code_page)
        if append:
            files.append(path, b"")
        else:
            files.write(path, b"")

    def write(self, text: str) -> None:
        """Write text in the console's code page."""
        self.write_bytes(text.encode(self._codec, errors="replace"))

    def write_bytes(self, content: bytes) -> None:
        """Write bytes as they are."""
        if content:
            self._files.append(self._path, content)


class Memory:
    """Keeps what is written: one end of a pipe, or the output of a command that `for /f` reads."""

    def __init__(self, code_page: int) -> None:
        self._codec = codec(code_page)
        self.content = bytearray()

    def write(self, text: str) -> None:
        """Write text in the console's code page."""
        self.content += text.encode(self._codec, errors="replace")

    def write_bytes(self, content: bytes) -> None:
        """Write bytes as they are."""
        self.content += content


class Nowhere:
    """The device NUL as output."""

    def write(self, text: str) -> None:
        """Drop text."""

    def write_bytes(self, content: bytes) -> None:
        """Drop bytes."""


class Content:
    """Input out of bytes that are all there: a file, NUL (no bytes), the left side of a pipe."""

    def __init__(self, content: bytes) -> None:
        self._rest = content

    def read_line(self) -> bytes:
        """The next line with its line end; b"" at the end."""
        cut = self._rest.find(b"\n") + 1 or len(self._rest)
        line, self._rest = self._rest[:cut], self._rest[cut:]
        return line

    def read_all(self) -> bytes:
        """What is left."""
        content, self._rest = self._rest, b""
        return content
