"""The working copies of the notebooks: made once, filled in, and closed with the desk."""

import json
from pathlib import Path

import nbformat
import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.panel.closing import close_copies
from runbook_lib.panel.copies import working_copy
from runbook_lib.parameters import load_site
from tests.clusters import ROOT

NOTEBOOK = ROOT / "notebooks" / "05_share_work_folder.ipynb"
PARAMETERS: dict[str, str | bool] = {"site": "lab", "node": "node2", "change": "CHG-1", "note": 'say "hello" \\ 例'}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "lab.yaml").write_text((ROOT / "parameters" / "lab.yaml").read_text())
    for file in ("lab-fragments.xml", "lab-setup.ini"):
        (tmp_path / "parameters" / file).symlink_to(ROOT / "parameters" / file)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    return tmp_path


def parameters_of(copy: Path) -> dict[str, object]:
    (cell,) = [one for one in nbformat.read(copy, 4).cells if "parameters" in one.metadata.get("tags", [])]
    names: dict[str, object] = {}
    exec(cell.source, names)
    return {name: names[name] for name in ("site", "node", "apply", "change", "note")}


def test_a_copy_has_its_parameters_and_never_applies(home: Path) -> None:
    copy = working_copy(NOTEBOOK, PARAMETERS)
    assert copy == home / "outputs" / "CHG-1" / "desk" / "05_share_work_folder.lab.node2.ipynb"
    assert parameters_of(copy) == {**PARAMETERS, "apply": False}
    nbformat.validate(nbformat.read(copy, 4))


@pytest.mark.parametrize("site", ["tokyo", "/somewhere/tokyo.yaml"])
def test_each_site_of_a_change_has_a_copy_of_its_own(home: Path, site: str) -> None:
    assert working_copy(NOTEBOOK, {**PARAMETERS, "site": site}).name == "05_share_work_folder.tokyo.node2.ipynb"


def test_a_copy_stays_as_the_operator_left_it_until_it_would_be_another(home: Path) -> None:
    copy = working_copy(NOTEBOOK, PARAMETERS)
    content = nbformat.read(copy, 4)
    content.cells[0].source += "\n\nmy own note"
    nbformat.write(content, copy)
    assert "my own note" in working_copy(NOTEBOOK, PARAMETERS).read_text()
    assert "my own note" not in working_copy(NOTEBOOK, {**PARAMETERS, "note": "another"}).read_text()


def test_a_copy_that_was_broken_by_hand_is_made_anew(home: Path) -> None:
    copy = working_copy(NOTEBOOK, PARAMETERS)
    copy.write_text("{")
    assert parameters_of(working_copy(NOTEBOOK, PARAMETERS))["node"] == "node2"


def test_closing_puts_words_in_the_place_of_a_dead_panel(home: Path) -> None:
    copy = working_copy(NOTEBOOK, PARAMETERS)
    content = nbformat.read(copy, 4)
    (cell,) = [one for one in content.cells if "panel" in one.metadata.get("tags", [])]
    live = {"application/vnd.jupyter.widget-view+json": {"model_id": "gone"}, "text/plain": "VBox()"}
    cell.outputs = [nbformat.v4.new_output("display_data", data=live)]
    nbformat.write(content, copy)
    other = copy.with_name("05_share_work_folder.tokyo.node2.ipynb")
    content.metadata["runbook_copy"]["parameters"]["site"] = "tokyo"
    nbformat.write(content, other)
    of_tokyo = other.read_bytes()
    broken = copy.with_name("mine.ipynb")
    broken.write_text("{")
    assert close_copies(load_site("lab", ClientManagerSite), "CHG-1") == [copy]
    (cell,) = [one for one in nbformat.read(copy, 4).cells if "panel" in one.metadata.get("tags", [])]
    (output,) = cell.outputs
    assert set(output.data) == {"text/html", "text/plain"}
    assert "5-(2)" in output.data["text/html"]
    assert other.read_bytes() == of_tokyo
    assert broken.read_text() == "{", "what is not ours stays as it is"
    assert json.loads(copy.read_text())["nbformat"] == 4
