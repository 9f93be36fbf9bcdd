"""The state of one line in a text file."""

import codecs
from dataclasses import dataclass

from runbook_lib.commands import content
from runbook_lib.commands.folders import folder_path
from runbook_lib.commands.quoting import path
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, Blocked, Plan, Reading, Row, State, one_round


@dataclass(frozen=True)
class FileText:
    """What was read: the bytes (None: no such file), and whether its folder is there."""

    content: bytes | None
    folder_there: bool


@dataclass(frozen=True)
class FileLine(State[FileText]):
    r"""Exactly one line of a text file begins with *key*, and it is *line*; every other line stays byte for byte.

    The file is created where it is missing.  Lines end as the file's other lines do, CR LF in a new one, and the last
    one ends too.

    Attributes:
        file: absolute path.
        key: how the line begins, such as "CommunityName:"; case does not matter, nor blanks before it.
        line: the whole line, without its end; ASCII.
    """

    file: str
    key: str
    line: str

    @property
    def title(self) -> str:
        return f"{self.file}: {self.line}"

    def reading(self, facts: NodeFacts) -> Reading[FileText]:
        folder = self.file.rpartition("\\")[0]
        there, text = yield one_round(
            f"if exist {folder_path(folder)} (echo there) else (echo absent)", content.read_file(self.file)
        )
        return FileText(content.parse_file(text.output, self.file), there.text.strip() == "there")

    def rows(self, actual: FileText, facts: NodeFacts) -> tuple[Row, ...]:
        if actual.content is None:
            return (Row("file", None, "there"), Row(self.key, None, self.line))
        lines = actual.content.splitlines(keepends=True)
        ours = [line for line in lines if self._is_ours(line)]
        shown = " | ".join(_without_mark(line).decode("ascii", "backslashreplace").strip() for line in ours) or None
        rows = [Row("file", "there", "there"), Row(self.key, shown, self.line)]
        unended = bool(lines) and not lines[-1].endswith((b"\n", b"\r"))
        rows.append(Row("last line ends with a line break", not unended, True))
        return tuple(rows)

    def plan(self, actual: FileText, facts: NodeFacts) -> Plan:
        folder = self.file.rpartition("\\")[0]
        before = actual.content or b""
        if before.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return (
                Blocked(
                    f"{self.file} is UTF-16, which this step does not edit. Save it as ANSI text, then run it again."
                ),
            )
        make = () if actual.folder_there else (Act(f"md {path(folder)}", "make the folder of the file"),)
        lines = content.write_file(self.file, self.edited(before))
        return (*make, *(Act(line, "write the file anew, other lines unchanged") for line in lines))

    def edited(self, before: bytes) -> bytes:
        """*before* with our line in it once: where it stood first, else at the end."""
        end = b"\r\n" if b"\r\n" in before or b"\n" not in before else b"\n"
        wanted = self.line.encode("ascii") + end
        after: list[bytes] = []
        placed = False
        for line in before.splitlines(keepends=True):
            if not self._is_ours(line):
                after.append(line if line.endswith((b"\n", b"\r")) else line + end)
            elif not placed:
                after.append(line[: len(line) - len(_without_mark(line))] + wanted)
                placed = True
        if not placed:
            after.append(wanted)
        return b"".join(after)

    def _is_ours(self, line: bytes) -> bool:
        text = _without_mark(line).lstrip(b" \t").lower()
        return text.startswith(self.key.encode("ascii").lower())


def _without_mark(line: bytes) -> bytes:
    """*line* without the mark with which a file in UTF-8 may begin."""
    return line.removeprefix(codecs.BOM_UTF8)
