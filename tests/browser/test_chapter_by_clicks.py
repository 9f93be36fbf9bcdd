"""Chapter 5 on both nodes by clicks, as a person who has never seen the desk would do it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.desk import Desk, keep_screenshot, press, step


def test_the_work_folder_is_shared_by_clicks(open_desk: Callable[..., Desk]) -> None:
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
    press(step(panel, "5-(2)"), "Apply this step")
    name = step(panel, "5-(2)").get_by_label("Node:")
    name.fill("node2")
    name.press("Enter")
    expect(step(panel, "5-(2)").locator(".rb-changed")).to_be_visible()
    press(panel, "Apply the rest")
    expect(panel.get_by_text("Nothing is left to do in this chapter on this node.")).to_be_visible()
