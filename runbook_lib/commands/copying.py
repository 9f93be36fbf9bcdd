r"""How far a copying command has come, told from what it prints meanwhile.  Pure.

``robocopy /NP`` and ``xcopy`` print one line for a file when they begin with it, and for a file that is tried again one
more.  Theirs are, with a tab before each column (Microsoft's Resource Kit, Robocopy.doc, "The Output Log")::

    <TAB>  New Dir          2<TAB>C:\Program Files\ESMPRO\NVWORK\log\
    <TAB>    New File  <TAB><TAB>  476693<TAB>2014-01-31.log

and xcopy's is the path alone.  The words are in the node's language and the sizes shortened ("1.2 m"), so that neither
is read: the last column of a line is looked up among the files that are known to be there.
"""

import re
from typing import Final, NamedTuple

from runbook_lib.commands.folders import Tree

_LINE_END: Final = re.compile(r"[\r\n]+")


class Measure(NamedTuple):
    """How far something has come; None where that is not known.

    Attributes:
        files, files_total: how many are done, and how many there are.
        bytes, bytes_total: of those files.
        said: what is under way just now, in a few words.
    """

    files: int | None = None
    files_total: int | None = None
    bytes: int | None = None
    bytes_total: int | None = None
    said: str = ""


class CopyMeter:
    """Follows the copy of *source*, as it was read before, through the output of the command."""

    def __init__(self, source: Tree) -> None:
        self._root = source.path.rstrip("\\").lower()
        self._sizes = {name.lower(): size for name, size in source.sizes.items()}
        self._names = {name.lower(): name for name in source.sizes}
        self._total = source.total_bytes
        self._folder = ""
        self._begun: dict[str, None] = {}
        self._rest = ""

    def take(self, text: str) -> None:
        """Take note of the next piece of output, which may end within a line."""
        *lines, self._rest = _LINE_END.split(self._rest + text)
        for line in lines:
            self._line(line)

    @property
    def measure(self) -> Measure:
        """What is done: every file that was begun, except the one that was begun last."""
        *done, now = tuple(self._begun) or ("",)  # a copy, at once: it is asked from another thread
        copied = sum(self._sizes[name] for name in done)
        said = f"{self._names[now]} ({self._sizes[now]:,} bytes)" if now else ""
        return Measure(len(done), len(self._sizes), copied, self._total, said)

    def _line(self, line: str) -> None:
        before, tab, last = line.rpartition("\t")
        if last.lower().startswith(f"{self._root}\\"):
            below = last[len(self._root) + 1 :].lower()
            if below.endswith("\\") or not below:
                self._folder = below
            else:
                self._begin(below)
        elif tab and before.strip():
            self._begin(self._folder + last.lower())

    def _begin(self, name: str) -> None:
        if name in self._sizes:
            self._begun[name] = None  # once, also where it is tried again
