"""A desk as a person has it: `runbook desk` in a process of its own, and JupyterLab in Chromium."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.clusters import Cluster

CHANGE = "CHG-7"
SLOW_MS = 60_000
"""What a person waits for at most; the machine that runs the tests may be busy."""

expect.set_options(timeout=SLOW_MS)


class Desk:
    """The desk of one change, open in a browser.

    Attributes:
        cluster: the lab behind it.
        page: the tab with the index.
        said: the lines that the command has printed so far.
        close: ends the desk, as Ctrl-C does.
    """

    said: list[str]
    close: Callable[[], None]

    def __init__(self, cluster: Cluster, context: BrowserContext, address: str) -> None:
        self.cluster = cluster
        self.context = context
        self.address = address
        self.page = self.open()

    @property
    def folder(self) -> Path:
        return self.cluster.home / "outputs" / CHANGE

    def open(self) -> Page:
        """A new tab with the desk in it, as the address that was printed opens it."""
        page = self.context.new_page()
        page.set_default_timeout(SLOW_MS)
        page.goto(self.address)
        expect(shown(page).locator(".rb-desk")).to_be_visible()
        return page

    def next_run_begins(self) -> None:
        """Wait until a run begins that had not begun yet: between two runs there is none that could be stopped."""
        begun = len(list(self.folder.glob("*.jsonl")))
        give_up = time.monotonic() + SLOW_MS / 1000
        while len(list(self.folder.glob("*.jsonl"))) == begun:
            assert time.monotonic() < give_up, "no further run began"
            time.sleep(0.05)

    def chapter(self, number: str, node: str, page: Page | None = None) -> Locator:
        """Press the button of a chapter on a node in the index; its panel."""
        page = page or self.page
        page.get_by_role("tab", name=f"index.{self.cluster.name}.ipynb").click()
        shown(page).locator(f".rb-cell-{number}-{node}").click()
        return self.panel(page)

    def panel(self, page: Page | None = None) -> Locator:
        """The panel of the chapter that is in front."""
        panel = shown(page or self.page).locator(".rb-panel")
        expect(panel).to_be_visible()
        return panel


def shown(page: Page) -> Locator:
    """The notebook in front; those behind it stay in the page."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def press(panel: Locator, name: str) -> None:
    """Press a button of a panel, once it can be pressed."""
    button = panel.get_by_role("button", name=name, exact=True).first
    expect(button).to_be_enabled()
    button.click()


def step(panel: Locator, number: str) -> Locator:
    """One step of a panel, by its number."""
    return panel.locator(".rb-step").filter(has=panel.page.locator(f".rb-title b:text-is('{number}')"))


def keep_screenshot(page: Page, name: str) -> None:
    """Keep a picture of the page where RUNBOOK_SCREENSHOTS names a folder: for looking at, and for the README."""
    if folder := os.environ.get("RUNBOOK_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(cluster: Cluster) -> Iterator[tuple[str, list[str]]]:
    """`runbook desk` on the cluster's site: the address that it prints, and all its lines as they come."""
    own = {
        f"JUPYTER_{name}_DIR": str(cluster.home / f"jupyter-{name.lower()}") for name in ("CONFIG", "DATA", "RUNTIME")
    }
    command = [sys.executable, "-m", "runbook_lib.cli", "desk", cluster.name, "--change", CHANGE, "--no-browser"]
    process = subprocess.Popen(
        [*command, "--port", str(_free_port())], env={**os.environ, **own}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    lines: list[str] = []
    there = threading.Event()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.append(line.strip())
            if "token=" in line:
                there.set()
        there.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        assert there.wait(90), lines
        addresses = [found[0] for line in lines if (found := re.search(r"http\S+token=\S+", line))]
        assert addresses, lines
        yield addresses[0], lines
    finally:
        process.terminate()
        process.wait(timeout=60)
        reader.join(timeout=10)
