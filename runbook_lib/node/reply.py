"""What a command on a node answered."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """One answered command.

    Attributes:
        line: the command line.
        exit_code: as the node gave it.
        output: standard output and standard error, byte for byte.
        encoding: Python's name of the code page the node writes in.
        seconds: from sending to the last byte.
        whole: False when the connection was lost while output came in, so that some of it may be missing.
    """

    line: str
    exit_code: int
    output: bytes
    encoding: str
    seconds: float
    whole: bool = True

    @property
    def text(self) -> str:
        r"""The output as text; a byte that the code page does not have appears as ``\xNN``."""
        return self.output.decode(self.encoding, errors="backslashreplace")
