"""Chromium, and a desk in it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.desk import Desk, serving
from tests.clusters import Cluster

_QUIET = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test here before the marks are looked at: `make test` runs them by themselves, one after the other."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; where it is missing the test fails and says how to get it.

    It goes with the last test of a module: as long as it is there an event loop runs, and other tests have theirs.
    """
    path = shutil.which("chromium")
    if not path:
        pytest.fail("There is no chromium on this machine. `make browser` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_desk(chromium: Browser, start_cluster: Callable[..., Cluster]) -> Iterator[Callable[..., Desk]]:
    """Starts a lab and a desk on it, and opens it.

    *language* is that of the site, *theme* what the operator has chosen in JupyterLab, *described* what the lab is
    beyond the site file.
    """
    with ExitStack() as stack:

        def start(
            stage: str = "installed", *, language: str = "en", theme: str = "JupyterLab Light", **described: Any
        ) -> Desk:
            cluster = start_cluster("lab", stage, **described)
            cluster.change_site(language=language)
            chosen = cluster.home / "jupyter-config/lab/user-settings/@jupyterlab/apputils-extension"
            chosen.mkdir(parents=True)
            (chosen / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}))
            closing = stack.enter_context(ExitStack())
            address, said = closing.enter_context(serving(cluster))
            context = chromium.new_context(viewport={"width": 1400, "height": 1000})
            stack.callback(context.close)
            desk = Desk(cluster, context, address)
            desk.said, desk.close = said, closing.close
            return desk

        yield start
