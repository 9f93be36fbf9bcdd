"""The notebook of a change: its form in git, and what it leaves where nobody sits before it."""

import ast
from pathlib import Path

import nbformat
import papermill
import pytest

from tests.clusters import ROOT
from tests.house.notebooks import cells, metadata
from tests.report.changes import Change

INDEX = ROOT / "notebooks" / "index.ipynb"


def test_it_is_no_chapter_and_has_no_outputs() -> None:
    assert "runbook" not in metadata(INDEX)
    assert all(not cell.raw.get("outputs") and cell.raw.get("execution_count") is None for cell in cells(INDEX))


def test_its_cells_are_parameters_and_one_call() -> None:
    parameters, call = (cell for cell in cells(INDEX) if cell.kind == "code")
    assert parameters.tags == ("parameters",)
    names = [ast.unparse(one.target) for one in ast.parse(parameters.text).body if isinstance(one, ast.AnnAssign)]
    assert names == ["site", "change", "note"]
    assert call.tags == ("panel",)
    assert call.text == ("from runbook_lib import show_desk\n\nshow_desk(site, change=change, note=note)")


@pytest.mark.notebook
def test_headless_it_leaves_the_static_page_and_loads_no_widgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("parameters", "notebooks"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    change = Change(tmp_path / "outputs" / "CHG-1")
    change.run("5", "node1", {"5-(1)": "failed"}, apply=True, ended="failed", reason="W:<full>")
    notebook = nbformat.read(INDEX, as_version=4)
    loaded = "import sys; print('ipywidgets' in sys.modules, 'ipylab' in sys.modules)"
    notebook.cells.append(nbformat.v4.new_code_cell(loaded))
    nbformat.write(notebook, tmp_path / "index.ipynb")
    papermill.execute_notebook(
        str(tmp_path / "index.ipynb"), str(tmp_path / "out.ipynb"), {"change": "CHG-1"}, progress_bar=False
    )
    *_, page, widgets = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    (output,) = page.outputs
    assert set(output.data) == {"text/html", "text/plain"}
    assert "CHG-1" in output.data["text/plain"]
    assert "✗ <b>" in output.data["text/html"]
    assert "W:&lt;full&gt;" in output.data["text/html"]
    assert widgets.outputs[0].text == "False False\n"


@pytest.mark.notebook
def test_a_wrong_change_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("parameters", "notebooks"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    with pytest.raises(papermill.PapermillExecutionError, match="cannot name a folder"):
        papermill.execute_notebook(str(INDEX), str(tmp_path / "out.ipynb"), {"change": "../up"}, progress_bar=False)
