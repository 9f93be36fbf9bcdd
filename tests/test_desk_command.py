"""`runbook desk` as a process: how it opens the browser, and what it leaves of every change that was open in it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from runbook_lib.cli.desk import _SETTINGS
from runbook_lib.panel.copies import working_copy
from runbook_lib.panel.server import Server
from runbook_lib.panel.window import index_notebook
from tests.clusters import ROOT

LIVE = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "parameters").symlink_to(ROOT / "parameters")
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / f"jupyter-{name.lower()}"))
    return tmp_path


@contextmanager
def desk_of(change: str, **variables: str) -> Iterator[Server]:
    """`runbook desk` on the lab's site, until Ctrl-C; its server."""
    command = [sys.executable, "-m", "runbook_lib.cli", "desk", "lab", "--change", change, "--port", "9400"]
    process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        printed = (re.search(r"(http://\S+/)lab/\S+token=(\S+)", line) for line in process.stdout)
        url, token = next(found for found in printed if found).groups()
        yield Server(url, token, Path(os.environ["RUNBOOK_HOME"]))
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_the_browser_is_opened_without_the_token_in_its_command_line(home: Path) -> None:
    browser, called = home / "browser", home / "called.json"
    browser.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {called}\n")
    browser.chmod(0o755)
    with desk_of("CHG-1", BROWSER=str(browser), DISPLAY=":99") as server:
        give_up = time.monotonic() + 20
        while not (called.exists() and called.read_text().strip()) and time.monotonic() < give_up:
            time.sleep(0.1)
        (address,) = called.read_text().split()
        assert server.token not in address
        file = Path(address.removeprefix("file://"))
        assert file.stat().st_mode & 0o777 == 0o600
        assert f"url={server.url}lab/" in file.read_text()
        assert f"token={server.token}" in file.read_text()
    assert not file.exists()


def test_at_its_end_the_pages_of_every_change_that_was_open_are_filed(home: Path) -> None:
    with desk_of("CHG-1", DISPLAY="", WAYLAND_DISPLAY="") as server:
        other = working_copy(index_notebook(), {"site": "lab", "change": "CHG-2", "note": ""})
        server.make_live(other)
        assert LIVE in other.read_text()
    outputs = [one for cell in nbformat.read(other, 4).cells for one in cell.get("outputs", ())]
    assert [set(one.data) for one in outputs] == [{"text/html", "text/plain"}]
    assert "CHG-2" in outputs[0].data["text/html"]


def test_what_is_typed_into_a_panel_is_not_saved_with_the_notebook() -> None:
    assert _SETTINGS["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": False}
    extension = Path(sys.prefix) / "share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager"
    (schema,) = extension.glob("schemas/**/plugin.json")
    assert "saveState" in schema.read_text(), "JupyterLab knows no such setting any more"
