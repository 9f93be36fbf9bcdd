"""Making a notebook live on a real Jupyter server: once, and anew after it could not be."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from runbook_lib.batch import find_chapters
from runbook_lib.batch.processes import end_process
from runbook_lib.cli.desk import _free_port, _server_of, _start_jupyter
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import NoDesk
from runbook_lib.panel import window
from runbook_lib.panel.copies import working_copy
from runbook_lib.panel.server import ROOT_VARIABLE, URL_VARIABLE, Server
from runbook_lib.parameters import load_site
from tests.clusters import ROOT

(SHARING,) = find_chapters(ROOT / "notebooks", ["5"])


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    (tmp_path / "parameters").symlink_to(ROOT / "parameters")
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_TOKEN", "for-this-test")
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / f"jupyter-{name.lower()}"))
    process = _start_jupyter(tmp_path / "own", _free_port(9300), tmp_path / "jupyter.log")
    try:
        found = _server_of(process, tmp_path / "jupyter.log")
        monkeypatch.setenv(URL_VARIABLE, found.url)
        monkeypatch.setenv(ROOT_VARIABLE, str(found.root))
        yield found
    finally:
        end_process(process, 15)


def test_quick_presses_start_one_kernel(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    brought_to_front: list[Path] = []
    monkeypatch.setattr(window, "show", brought_to_front.append)  # there is no browser here
    site = load_site("lab", ClientManagerSite)

    async def press_twice() -> None:
        presses = (window.open_chapter(site, SHARING, "node1", change="CHG-1") for _ in range(2))
        await asyncio.gather(*presses)

    asyncio.run(press_twice())
    (copy,) = server.open_notebooks()
    assert brought_to_front == [copy]
    outputs = [one for cell in nbformat.read(copy, 4).cells for one in cell.get("outputs", ())]
    assert [one.output_type for one in outputs] == ["display_data", "display_data"], "the panel and its twin, once"


def test_after_a_panel_that_could_not_be_shown_the_next_press_tries_again(server: Server) -> None:
    copy = working_copy(SHARING.path, {"site": "lab", "node": "node9", "change": "CHG-1", "note": ""})
    with pytest.raises(NoDesk, match=r"05_share_work_folder.lab.node9.ipynb cannot be shown: .*no node 'node9'"):
        server.make_live(copy)
    assert server.open_notebooks() == []
    content = nbformat.read(copy, 4)
    for cell in content.cells:
        cell.source = cell.source.replace("node9", "node1")
    nbformat.write(content, copy)
    server.make_live(copy)
    assert server.open_notebooks() == [copy]
