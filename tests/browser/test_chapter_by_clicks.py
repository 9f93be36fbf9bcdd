"""Chapter 5 on both nodes by clicks, as a person who has never seen the desk would do it."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from runbook_lib import record
from runbook_lib.batch import find_chapters, run_chapters
from runbook_lib.lab.lab import Lab
from tests.browser.desk import Desk, keep_screenshot, press, step
from tests.clusters import ROOT, running

SAME = ["chapter", "node", "step", "state", "role", "verb", "requirement", "outcome", "reason", "commands"]
"""What a record says of a step, but for when and how long."""


def applied(outputs: Path) -> pd.DataFrame:
    """What was applied in chapter 5, node by node."""
    runs = record.runs(outputs)
    return record.steps_of(runs[runs["apply"] & (runs["chapter"] == "5")])[SAME]


def shared_files(lab: Lab) -> dict[str, bytes]:
    """The files of the shared work folder, as the lab itself has them."""
    files = lab.machines["node1"].files
    return {entry.path: files.read(entry.path) for entry in files.walk("W:\\NVWORK") if not entry.folder}


def test_the_work_folder_is_shared_by_clicks(
    open_desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    machines = desk.cluster.lab.machines
    panel = desk.chapter("5", "node1")
    assert panel.get_by_role("button", name="Apply the rest").is_disabled(), "nothing is applied before it was read"
    press(panel, "Read and plan")
    expect(step(panel, "5-(1)").locator(".rb-differs")).to_be_visible()
    expect(panel.get_by_text("Look at what differs")).to_be_visible()
    expect(step(panel, "5-(1)").get_by_text("robocopy")).to_be_visible()
    assert all(not machine.changes for machine in machines.values()), "a plan changes nothing"
    keep_screenshot(desk.page, "panel-plan")

    press(panel, "Apply the rest")
    name = panel.get_by_label("Node:")
    name.fill("node2")
    press(panel, "Apply on this node")
    expect(panel.get_by_text("'node2' is not node1. Nothing was done")).to_be_visible()
    keep_screenshot(desk.page, "panel-wrong-name")
    assert all(not machine.changes for machine in machines.values())
    name.fill("node1")
    press(panel, "Apply on this node")
    expect(step(panel, "5-(1)").locator(".rb-changed")).to_be_visible()
    expect(panel.get_by_text("Nothing is left to do in this chapter on this node.")).to_be_visible()
    keep_screenshot(desk.page, "panel-applied")

    panel = desk.chapter("5", "node2")
    press(panel, "Read and plan")
    expect(step(panel, "5-(2)").locator(".rb-differs")).to_be_visible()
    press(panel, "Apply the rest")
    name = panel.get_by_label("Node:")
    name.fill("node2")
    name.press("Enter")
    expect(step(panel, "5-(2)").locator(".rb-changed")).to_be_visible()
    expect(panel.get_by_text("Nothing is left to do in this chapter on this node.")).to_be_visible()

    home = tmp_path_factory.mktemp("headless")
    monkeypatch.setenv("RUNBOOK_HOME", str(home))
    with running("lab", home) as other:
        run_chapters(other.site, find_chapters(ROOT / "notebooks", ["0", "5"]), apply=True, change="CHG-7")
        assert shared_files(desk.cluster.lab) == shared_files(other.lab)
    pd.testing.assert_frame_equal(applied(desk.folder), applied(home / "outputs"))


def test_one_step_is_applied_alone_and_the_rest_after_it(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    panel = desk.chapter("5", "node1")
    press(panel, "Read and plan")
    expect(step(panel, "5-(1)").locator(".rb-differs")).to_be_visible()
    press(step(panel, "5-(1)"), "Apply this step")
    name = step(panel, "5-(1)").get_by_label("Node:")
    name.fill("node1")
    name.press("Enter")
    expect(step(panel, "5-(1)").locator(".rb-changed")).to_be_visible()
    expect(panel.get_by_text("Look at what differs")).to_be_visible()
    expect(step(panel, "5-(4)").locator(".rb-differs")).to_be_visible()
    press(panel, "Apply the rest")
    expect(panel.get_by_text("Nothing is left to do in this chapter on this node.")).to_be_visible()
    expect(step(panel, "5-(1)").locator(".rb-ok")).to_be_visible()
    steps = applied(desk.folder)
    changed = steps[steps["outcome"] == "changed"]
    assert set(changed["step"]) == {"5-(1)", "5-(3)", "5-(4)"}
    assert not changed.duplicated(["step", "state"]).any(), "nothing was done twice"
