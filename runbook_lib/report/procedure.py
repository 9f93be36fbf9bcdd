"""The steps of a chapter as its notebook writes them, before anything has run."""

import ast
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from runbook_lib.run.chosen import step_calls

_HEADING = re.compile(r"^##+ +(.+?)\s*$", re.MULTILINE)
_EXPECTED = re.compile(r"\*\*Expected:\*\*\s*(.+)")
_JAPANESE = re.compile(r"^[^#\n].*[\u3041-\u30ff\u4e00-\u9fff].*$", re.MULTILINE)


@dataclass(frozen=True)
class PlannedStep:
    """One step of the manual in a notebook; several cells may serve one step.

    Attributes:
        number: as the manual prints it, such as "5-(1)".
        title, title_ja: what its heading says, without the number.
        expected, expected_ja: what is to be true, in the notebook's words, with its markup; a line for each cell.
        requirement: ids of the requirements it serves, separated by blanks.
        role: "active", "standby" or "" for every node, of its first cell.
    """

    number: str
    title: str
    title_ja: str
    expected: str
    expected_ja: str
    requirement: str
    role: str

    def titled(self, language: str) -> str:
        """Its title in the language of the site, where the notebook has one."""
        return self.title_ja if language == "ja" and self.title_ja else self.title

    def awaits(self, language: str) -> str:
        """What it expects, in the same language."""
        return self.expected_ja if language == "ja" and self.expected_ja else self.expected


def steps_of_notebook(notebook: Path) -> tuple[PlannedStep, ...]:
    """The steps of *notebook*, in its order, each number once; OSError or ValueError where it is no notebook."""
    return _steps(notebook, notebook.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _steps(notebook: Path, _written: int) -> tuple[PlannedStep, ...]:
    found: dict[str, PlannedStep] = {}
    heading, prose = "", ""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings = _HEADING.findall(text)
            heading, prose = (headings[-1] if headings else heading), text
            continue
        for call in step_calls(ast.parse(text)):
            number = str(ast.literal_eval(call.args[0]))
            step = _step(number, heading, prose, call)
            found[number] = _joined(found[number], step) if number in found else step
            prose = ""
    return tuple(found.values())


def _step(number: str, heading: str, prose: str, call: ast.Call) -> PlannedStep:
    title, _, title_ja = heading.removeprefix(number).strip().partition(" · ")
    english, japanese = _EXPECTED.search(prose), _JAPANESE.findall(prose)
    expected = english[1].strip() if english else ""
    words = {one.arg: ast.literal_eval(one.value) for one in call.keywords if one.arg in ("role", "requirement")}
    requirement, role = words.get("requirement", ""), words.get("role", "")
    return PlannedStep(number, title, title_ja, expected, japanese[-1] if japanese else "", requirement, role)


def _joined(first: PlannedStep, other: PlannedStep) -> PlannedStep:
    """One step of two cells."""
    requirement = " ".join(dict.fromkeys(f"{first.requirement} {other.requirement}".split()))
    expected = "\n".join(filter(None, (first.expected, other.expected)))
    expected_ja = "\n".join(filter(None, (first.expected_ja, other.expected_ja)))
    role = first.role if first.role == other.role else ""
    return PlannedStep(first.number, first.title, first.title_ja, expected, expected_ja, requirement, role)
