"""Imports go downwards only, and each foreign library has one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "runbook_lib"
LAYERS = [
    ["cli"],
    ["panel"],
    ["report"],
    ["batch", "engine"],
    ["pictures"],
    ["record"],
    ["run"],
    ["clientmanager"],
    ["states"],
    ["node"],
    ["commands"],
    ["parameters"],
    ["wording"],
    ["errors"],
    ["lab"],
]
"""From the top; a module may import from its own layer and from those below it."""

HOMES = {
    "IPython": {"run", "record", "pictures", "panel"},
    "babel": {"wording"},
    "ipylab": {"panel"},
    "ipywidgets": {"panel"},
    "jinja2": {"pictures", "report"},
    "jupyter_client": {"engine", "panel"},
    "keyring": {"parameters"},
    "nbclient": {"engine", "batch"},
    "nbformat": {"engine", "batch", "panel"},
    "pandas": {"record"},
    "papermill": {"engine", "batch"},
    "psutil": {"batch"},
    "pydantic": {"parameters"},
    "requests": {"node", "panel"},
    "rich": {"cli"},
    "typer": {"cli"},
    "winrm": {"node"},
    "yaml": {"parameters"},
}
"""Which modules may import a foreign library; the lab has no entry, because it may import none of them."""

ONLY_THE_LAB_BY_CLI = {"cli"}


def imports(file: Path) -> Iterator[str]:
    """Every dotted name that *file* imports, also inside functions."""
    package = ["runbook_lib", *file.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])


def home(file: Path) -> str:
    """The module of `LAYERS` that *file* belongs to; empty for the package's own door."""
    first = file.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_downwards(file: Path) -> None:
    here = home(file)
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    for name in imports(file):
        parts = name.split(".")
        if parts[0] == "runbook_lib" and here:
            there = parts[1] if len(parts) > 1 else ""
            assert there, f"{file} imports the door that it stands behind"
            assert there in level, f"{there} is in no layer"
            if there == "lab":
                assert here in {"lab", *ONLY_THE_LAB_BY_CLI}, f"{file} imports the lab"
            elif here == "lab":
                pytest.fail(f"the lab imports {name}")
            else:
                assert level[here] <= level[there], f"{file} imports {name}, which is above it"
        elif parts[0] in HOMES:
            assert here in HOMES[parts[0]], f"{file} imports {parts[0]}, whose home is {sorted(HOMES[parts[0]])}"


def test_every_module_is_in_a_layer() -> None:
    known = {name for layer in LAYERS for name in layer}
    assert {home(file) for file in FILES} - {""} == known


def test_the_door_is_sorted_and_open() -> None:
    import runbook_lib

    assert runbook_lib.__all__ == sorted(runbook_lib.__all__)
    assert all(getattr(runbook_lib, name) for name in runbook_lib.__all__)
