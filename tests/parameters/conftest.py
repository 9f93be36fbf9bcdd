"""A right site as text, and ways to make it wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site

RIGHT = r"""
description: Test cluster
cluster:
  name: tokyo
  clusterpro: "3.1"
group:
  name: ESMPROCM
  policy: [node1, node2]
  address: {kind: floating, ip: 10.0.0.200}
  disk: {kind: mirror, drive: 'W:'}
windows:
  release: "2008 R2"
  architecture: x64
  language: ja
  code_page: 932
winrm:
  transport: ntlm
  credential:
    user: 'CORP\runbook'
    password: {environment: RUNBOOK_TEST_PASSWORD}
nodes:
  node1: {address: 10.0.0.11}
  node2: {address: 10.0.0.12}
clientmanager:
  version: "4.2"
  esmpro_folder: 'C:\Program Files (x86)\ESMPRO'
  shared_folder: 'W:\Program Files\ESMPRO\ESMPROCM'
  manager_name: mgr_ESMPRO
"""


@pytest.fixture
def changed() -> Callable[..., str]:
    """The right site with texts replaced (old, new, old, new ...); each must be there."""

    def text(*pairs: str) -> str:
        text = RIGHT
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in text, old
            text = text.replace(old, new, 1)
        return text

    return text


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with the right site as parameters/tokyo.yaml."""
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "tokyo.yaml").write_text(RIGHT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def load(home: Path) -> Callable[[str], ClientManagerSite]:
    """Load a site from text."""

    def load_text(text: str) -> ClientManagerSite:
        (home / "parameters" / "tokyo.yaml").write_text(text, encoding="utf-8")
        return load_site("tokyo", ClientManagerSite)

    return load_text


@pytest.fixture
def refusal(load: Callable[[str], ClientManagerSite]) -> Callable[[str], list[str]]:
    """The lines with which a site from text is refused, without the file's name."""

    def lines(text: str) -> list[str]:
        with pytest.raises(ParameterError) as caught:
            load(text)
        told = str(caught.value).split("\n")
        assert all(line.startswith("parameters/tokyo.yaml:") for line in told), told
        assert caught.value.__cause__ is None  # a foreign error would show the file's values
        return [line.removeprefix("parameters/tokyo.yaml:") for line in told]

    return lines
