"""A notebook is a procedure: prose, parameters, one verb for each step, and nothing that computes."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.house.notebooks import NOTEBOOKS, cells, metadata, verb_calls

FORBIDDEN = (
    ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Lambda, ast.IfExp,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip

each = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@each
def test_its_name_says_chapter_verb_and_object(notebook: Path) -> None:
    chapter = metadata(notebook)["runbook"]["chapter"]
    assert re.fullmatch(r"\d\d_[a-z]+(_[a-z]+)+", notebook.stem)
    assert int(notebook.stem[:2]) == int(chapter)


@each
def test_its_metadata_lets_papermill_and_the_batch_read_it(notebook: Path) -> None:
    stored = metadata(notebook)
    assert stored["kernelspec"]["name"] == "python3"
    assert stored["language_info"]["name"] == "python"
    runbook = stored["runbook"]
    assert set(runbook) == {"chapter", "title", "title_ja", "procedure", "scope", "order", "needs"}
    assert runbook["procedure"] in {"installation", "operation", "removal"}
    assert runbook["scope"] in {"node", "cluster"}
    assert runbook["order"] in {"policy", "active-first"}


@each
def test_git_has_no_outputs_of_it(notebook: Path) -> None:
    for cell in cells(notebook):
        assert not cell.raw.get("outputs")
        assert cell.raw.get("execution_count") is None
        assert cell.raw["id"]


@each
def test_its_parameters_are_the_five_with_safe_defaults(notebook: Path) -> None:
    (cell,) = [one for one in cells(notebook) if "parameters" in one.tags]
    values = {
        ast.unparse(node.target): (ast.unparse(node.annotation), ast.literal_eval(node.value))
        for node in ast.parse(cell.text).body
        if isinstance(node, ast.AnnAssign) and node.value
    }
    assert values == {
        "site": ("str", "lab"),
        "node": ("str", "node1"),
        "apply": ("bool", False),
        "change": ("str", ""),
        "note": ("str", ""),
    }
    comments = [
        one.string for one in tokenize.generate_tokens(io.StringIO(cell.text).readline) if one.type == tokenize.COMMENT
    ]
    assert not any("=" in comment for comment in comments), "papermill drops a parameter whose comment has ="


@each
def test_there_is_no_logic_in_it(notebook: Path) -> None:
    for cell in cells(notebook):
        if cell.kind != "code":
            continue
        assert not re.search(r"(?m)^\s*[%!]", cell.text), "no magics"
        assert len(cell.text.splitlines()) <= 8
        for node in ast.walk(ast.parse(cell.text)):
            assert not isinstance(node, FORBIDDEN), f"{type(node).__name__} in: {cell.text}"
            if isinstance(node, ast.Import):
                pytest.fail(f"foreign import in: {cell.text}")
            if isinstance(node, ast.ImportFrom):
                assert node.module == "runbook_lib"


@each
def test_each_step_has_its_heading_and_its_expected_result(notebook: Path) -> None:
    """Prose stands before every verb call, tells what is expected, and says it in Japanese too."""
    listed = cells(notebook)
    calls = list(verb_calls(notebook))
    assert calls
    for cell, call in calls:
        index = listed.index(cell)
        prose = [one.text for one in listed[:index] if one.kind == "markdown"]
        step = ast.literal_eval(call.args[0])
        heading = next(text for text in reversed(prose) if text.startswith("## "))
        assert heading.splitlines()[0].startswith(f"## {step} "), f"{step} stands under {heading.splitlines()[0]}"
        assert "**Expected:**" in prose[-1]
        assert re.search(r"[ぁ-んァ-ヶ一-龥]", prose[-1])


@each
def test_it_begins_with_its_purpose_and_ends_with_the_record(notebook: Path) -> None:
    listed = cells(notebook)
    for words in ("**What will be true:**", "**Where:**", "**How long:**", "**Undo:**", "**Manual:**"):
        assert words in listed[0].text
    assert [cell.text for cell in listed if cell.kind == "code"][-1] == "show_record(run)"
    assert listed[-1].text.startswith("## Next")
