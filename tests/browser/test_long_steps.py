"""What takes long: a page that is closed meanwhile, a wait that is stopped, a kernel that is started anew."""

from collections.abc import Callable

from playwright.sync_api import expect

from runbook_lib import record
from tests.browser.desk import Desk, keep_screenshot, press, shown, step


def test_a_page_closed_in_the_middle_of_a_copy_loses_nothing(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(disk_bytes_per_s=150_000)
    panel = desk.chapter("5", "node1")
    press(panel, "Read and plan")
    press(panel, "Apply the rest")
    panel.get_by_label("Node:").fill("node1")
    press(panel, "Apply on this node")
    expect(step(panel, "5-(1)").locator(".rb-progress")).to_contain_text("bytes")
    keep_screenshot(desk.page, "panel-copying")
    desk.page.close()

    page = desk.page = desk.open()
    panel = desk.chapter("5", "node1")
    expect(step(panel, "5-(1)").locator(".rb-running")).to_be_visible()
    expect(step(panel, "5-(1)").locator(".rb-progress")).to_contain_text("bytes")
    assert panel.get_by_role("button", name="Read and plan").is_disabled(), "it is under way"
    press(panel, "Apply the rest")  # the pressed button keeps the focus, so it is not disabled
    expect(panel.get_by_text("A run is under way. Wait for its end, or stop it.")).to_be_visible()
    expect(panel.get_by_label("Node:")).to_have_count(0)
    expect(panel.get_by_text("Nothing is left to do in this chapter on this node.")).to_be_visible()
    runs = record.runs(desk.folder)
    (applied,) = runs[runs["apply"] & (runs["chapter"] == "5")].to_dict("records")
    assert applied["outcome"] == "changed"
    page.close()


def test_waiting_for_a_restart_can_be_stopped_and_leaves_a_clean_record(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk("grouped", boot_s=90.0)
    panel = desk.chapter("3", "cluster")
    press(panel, "Read and plan")
    press(panel, "Apply the rest")
    panel.get_by_label("Node:").fill("node1")
    press(panel, "Apply on this node")
    expect(step(panel, "3").locator(".rb-progress")).to_contain_text("seconds")
    keep_screenshot(desk.page, "panel-restarting")
    press(panel, "Stop")
    expect(step(panel, "3").locator(".rb-interrupted")).to_be_visible()
    expect(panel.get_by_text("Before anything is applied, press “Read and plan”")).to_be_visible()
    keep_screenshot(desk.page, "panel-stopped")
    assert panel.get_by_role("button", name="Apply the rest").is_disabled(), "how the nodes stand is not known"
    runs = record.runs(desk.folder)
    (applied,) = runs[runs["apply"] & (runs["chapter"] == "3")].to_dict("records")
    assert applied["outcome"] == "interrupted"
    assert applied["notebook"], "its record is there"


def test_a_kernel_that_is_started_anew_finds_where_it_stands(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    panel = desk.chapter("5", "node1")
    press(panel, "Read and plan")
    expect(step(panel, "5-(1)").locator(".rb-differs")).to_be_visible()
    page = desk.page
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel…").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    cell = shown(page).locator(".jp-CodeCell").filter(has_text="run.ensure").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cell.get_by_text("Run the set-up cell first")).to_be_visible()
    assert not cell.get_by_text("Traceback").count()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    panel = desk.panel()
    expect(step(panel, "5-(1)").locator(".rb-differs")).to_be_visible()
    expect(panel.get_by_role("button", name="Apply the rest")).to_be_enabled()
    machines = desk.cluster.lab.machines
    assert all(not machine.changes for machine in machines.values()), "cells run by hand with apply=False only read"
