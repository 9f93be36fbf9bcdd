"""The notebooks as they are in git, for the tests of their form and of their requirements."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


@dataclass(frozen=True)
class Cell:
    """One cell: its kind, its text, its tags and the rest as stored."""

    kind: str
    text: str
    tags: tuple[str, ...]
    raw: dict[str, Any]


def cells(notebook: Path) -> list[Cell]:
    """The cells of a notebook, in order."""
    stored = json.loads(notebook.read_text())
    return [
        Cell(raw["cell_type"], "".join(raw["source"]), tuple(raw["metadata"].get("tags", [])), raw)
        for raw in stored["cells"]
    ]


def metadata(notebook: Path) -> dict[str, Any]:
    """What the batch reads of a notebook."""
    stored: dict[str, Any] = json.loads(notebook.read_text())["metadata"]
    return stored


def verb_calls(notebook: Path) -> Iterator[tuple[Cell, ast.Call]]:
    """Every call of `run.confirm` or `run.ensure`, with its cell."""
    for cell in cells(notebook):
        if cell.kind != "code":
            continue
        for node in ast.walk(ast.parse(cell.text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"run.confirm", "run.ensure"}:
                yield cell, node


def keyword(call: ast.Call, name: str) -> str:
    """A text argument of a call, empty when it is not given."""
    return next((ast.literal_eval(one.value) for one in call.keywords if one.arg == name), "")
