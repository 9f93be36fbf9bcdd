"""The chapters there are, as the metadata of their notebooks describes them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from runbook_lib.errors import ParameterError
from runbook_lib.run.chosen import check_steps, steps_in

_CHOICES = {
    "procedure": ("installation", "operation", "removal"),
    "scope": ("node", "cluster"),
    "order": ("policy", "active-first"),
}


@dataclass(frozen=True)
class Chapter:
    """One notebook, as its `metadata.runbook` describes it.

    Attributes:
        number: as the manual prints it, text: "5", "10".
        title, title_ja: what it does.
        procedure: what it is part of; without numbers only the "installation" is carried out.
        scope: "node" runs on every node, "cluster" once, on the first node of the group's policy.
        order: "policy" is the group's order of nodes; "active-first" begins where the group runs.
        needs: numbers of the chapters that must have ended well before this one may change anything.
        path: the notebook.
    """

    number: str
    title: str
    title_ja: str
    procedure: str
    scope: str
    order: str
    needs: tuple[str, ...]
    path: Path

    @property
    def steps(self) -> tuple[str, ...]:
        """The numbers of its steps, each once, in their order, read from the notebook."""
        return _steps(self.path, self.path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _steps(path: Path, _written: int) -> tuple[str, ...]:
    """Read once for each state of the file, because the desk asks twice a second."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return steps_in("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def all_chapters(folder: Path) -> list[Chapter]:
    """Every chapter in *folder*, whatever it is part of, in the manual's order.

    Raises:
        ParameterError: metadata that cannot be followed.
    """
    return list(_chapters(folder).values())


def find_chapters(folder: Path, numbers: Sequence[str] = ()) -> list[Chapter]:
    """The chapters in *folder*, in the manual's order: those of *numbers*, or those of the installation.

    Notebooks without `metadata.runbook` are no chapters.  "05" finds chapter "5".

    Raises:
        ParameterError: for a number that no notebook has, or metadata that cannot be followed.
    """
    chapters = _chapters(folder)
    wanted = [re.sub(r"^0+(?=\d)", "", number) for number in numbers]
    for number, asked in zip(wanted, numbers, strict=True):
        if number not in chapters:
            there = ", ".join(chapters) or "none"
            raise ParameterError(f"There is no chapter {asked!r} in {folder}. Chapters are: {there}.")
    return [
        chapter
        for chapter in chapters.values()
        if chapter.number in wanted or (not wanted and chapter.procedure == "installation")
    ]


def _chapters(folder: Path) -> dict[str, Chapter]:
    found = [chapter for path in sorted(folder.glob("*.ipynb")) if (chapter := _chapter(path))]
    chapters = {chapter.number: chapter for chapter in sorted(found, key=lambda chapter: _by_number(chapter.number))}
    if len(chapters) < len(found):
        twice = next(one for one in found if one is not chapters[one.number])
        raise ParameterError(f"{twice.path} and {chapters[twice.number].path.name} are both chapter {twice.number}.")
    return chapters


def choose(chapters: Sequence[Chapter], steps: Sequence[str]) -> dict[Chapter, tuple[str, ...]]:
    """Of *chapters* those that have any of *steps*, each with its own of them; all, with none, where none is asked for.

    Raises:
        ParameterError: for a step that no chapter has, with those that there are.
    """
    if not steps:
        return dict.fromkeys(chapters, ())
    there = {chapter: chapter.steps for chapter in chapters}
    where = f"chapter {', '.join(chapter.number for chapter in chapters)}"
    check_steps(steps, list(dict.fromkeys(step for those in there.values() for step in those)), where)
    asked = tuple(dict.fromkeys(steps))
    found = {chapter: tuple(step for step in asked if step in those) for chapter, those in there.items()}
    return {chapter: those for chapter, those in found.items() if those}


def _by_number(number: str) -> list[tuple[int, str]]:
    """So that 5 comes before 10, and 5 before 5a."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", number)]


def _chapter(path: Path) -> Chapter | None:
    try:
        metadata = json.loads(path.read_text("utf-8"))["metadata"].get("runbook")
    except (ValueError, KeyError, AttributeError) as error:
        raise ParameterError(f"{path} is not a notebook: {error}.") from error
    if metadata is None:
        return None
    values: dict[str, Any] = {
        "title_ja": "",
        "procedure": "installation",
        "scope": "node",
        "order": "policy",
        "needs": [],
        **metadata,
    }
    for key in ("chapter", "title"):
        if not isinstance(values.get(key), str) or not values[key]:
            raise ParameterError(f"{path}: metadata.runbook.{key} must be text, such as {_EXAMPLES[key]!r}.")
    for key, choices in _CHOICES.items():
        if values[key] not in choices:
            raise ParameterError(f"{path}: metadata.runbook.{key} is {values[key]!r}; write {' or '.join(choices)}.")
    if not isinstance(values["needs"], list) or not all(isinstance(need, str) for need in values["needs"]):
        raise ParameterError(f'{path}: metadata.runbook.needs must be a list of chapter numbers, such as ["0"].')
    needs = tuple(values["needs"])
    return Chapter(
        values["chapter"],
        values["title"],
        values["title_ja"],
        values["procedure"],
        values["scope"],
        values["order"],
        needs,
        path,
    )


_EXAMPLES = {"chapter": "5", "title": "Share the work folder"}
