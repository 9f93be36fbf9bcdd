"""Parameters are checked before a kernel is started: papermill only logs what it does not know."""

import ast
import difflib
from collections.abc import Sequence
from typing import Final

from nbformat import NotebookNode

from runbook_lib.errors import ParameterError
from runbook_lib.run import chosen

_TYPES: Final[dict[str, tuple[type, ...]]] = {"str": (str,), "bool": (bool,), "int": (int,), "float": (int, float)}
_ADVICE: Final = {
    "str": "text; papermill reads -p values that look like numbers as numbers, so write -r {name} VALUE",
    "bool": "True or False; write -p {name} True or -p {name} False",
    "int": "a whole number; write -p {name} NUMBER",
    "float": "a number; write -p {name} NUMBER",
}
_PAPERMILLS_OWN: Final = {"PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH"}
"""What papermill itself passes for --inject-paths."""


def check_parameters(notebook: NotebookNode) -> None:
    """Raise ParameterError for a parameter the notebook does not have, or a value of another type than it declares.

    What it has are the names assigned in the cell tagged `parameters`.  Types are checked because papermill passes
    `-p apply false` on as the text 'false', which Python takes for true.
    """
    given: dict[str, object] = notebook.metadata.get("papermill", {}).get("parameters") or {}
    known = declared_parameters(notebook)
    for name, value in given.items():
        if name in _PAPERMILLS_OWN:
            continue
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known) or 'none'}."
            raise ParameterError(f"The notebook has no parameter {name!r}: {hint} Nothing was run.")
        kind = known[name]
        if kind in _TYPES and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "bool")):
            advice = _ADVICE[kind].format(name=name)
            raise ParameterError(f"Parameter {name} is {value!r}, but must be {advice}. Nothing was run.")


def check_steps(notebook: NotebookNode, steps: Sequence[str]) -> None:
    """Raise ParameterError for a step that *notebook* does not have."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    chosen.check_steps(steps, chosen.steps_in(sources), "this notebook")


def declared_parameters(notebook: NotebookNode) -> dict[str, str]:
    """Names the cell tagged `parameters` assigns, with their declared type, else the type of their default, else ''.

    Read with Python's own parser: papermill's inspection loses a parameter whose comment holds an equals sign.
    ParameterError when the cell is not Python.
    """
    cell = next((cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])), None)
    if cell is None:
        return {}
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError as error:
        raise ParameterError(
            f"The notebook's parameters cell, line {error.lineno}, is not Python: {error.msg}."
        ) from error
    found: dict[str, str] = {}
    for statement in statements:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found[statement.target.id] = ast.unparse(statement.annotation)
        elif isinstance(statement, ast.Assign):
            default = statement.value.value if isinstance(statement.value, ast.Constant) else None
            kind = "" if default is None else type(default).__name__
            found.update((target.id, kind) for target in statement.targets if isinstance(target, ast.Name))
    return found
