"""docs/requirements.md, made from docs/requirements.csv and from what the steps of the notebooks cite."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.notebooks import NOTEBOOKS, ROOT, cells, keyword, metadata, verb_calls

COMMAND = ".venv/bin/python -m tests.house.requirement_table"
TABLE = ROOT / "docs" / "requirements.md"

WHERE = {"active": "the active node", "standby": "each standby node"}
"""The roles that a step may name."""

SCOPE = {"node": "every node", "cluster": "once for the cluster"}
"""Where a step is carried out that names no role: as its notebook is."""

HEADER = f"""\
# Where each requirement is fulfilled

<!-- Generated. Do not edit. -->

This file is generated from `docs/requirements.csv` and the notebooks by `{COMMAND}`; edit those and run it again. \
`tests/house/test_requirements.py` fails while it is not up to date.

The requirements of the manual are in our words. Each place names the notebook, the step under the manual's number, \
its verb (`confirm` only reads; `ensure` makes true) and the nodes whose runs carry the step out; what concerns the \
whole cluster is done by one of these runs and found done by the others.

| id | requirement | fulfilled by |
|---|---|---|
"""


def listed() -> list[tuple[str, str]]:
    """The ids in docs/requirements.csv with their requirements, in its order."""
    with (ROOT / "docs" / "requirements.csv").open(encoding="utf-8", newline="") as file:
        return [(row["id"], row["requirement"]) for row in csv.DictReader(file)]


def places() -> dict[str, list[str]]:
    """For each id that a step cites, the places where it is cited, in the order of the notebooks."""
    found: dict[str, list[str]] = {}
    for notebook in NOTEBOOKS:
        for identifiers, place in _steps(notebook):
            for identifier in identifiers:
                known = found.setdefault(identifier, [])
                if place not in known:
                    known.append(place)
    return found


def table() -> str:
    """The whole of docs/requirements.md."""
    found = places()
    return HEADER + "".join(
        f"| {identifier} | {_plain(requirement)} | {'<br>'.join(found.get(identifier, ['**no step yet**']))} |\n"
        for identifier, requirement in listed()
    )


def _steps(notebook: Path) -> Iterator[tuple[list[str], str]]:
    """The ids that each verb call cites, and how the table names that call."""
    everywhere = SCOPE[metadata(notebook)["runbook"]["scope"]]
    every_cell = cells(notebook)
    for cell, call in verb_calls(notebook):
        before = every_cell[: every_cell.index(cell)]
        heading = next(one.text for one in reversed(before) if one.kind == "markdown" and one.text.startswith("## "))
        step = heading.splitlines()[0].removeprefix("## ").split(" · ")[0]
        verb = ast.unparse(call.func).removeprefix("run.")
        where = WHERE.get(keyword(call, "role"), everywhere)
        link = f"[{notebook.stem}](../{notebook.relative_to(ROOT).as_posix()})"
        yield keyword(call, "requirement").split(), f"{link}: {_plain(step)}, `{verb}`, {where}"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in a cell of a table."""
    return re.sub(r"[|*<`\[]|\\(?=[!-/:-@\[-`{-~])", r"\\\g<0>", text)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
