"""A step that waits for a person: what is asked, and the answer with name and note."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.desk import Desk, keep_screenshot, press, step


def test_a_person_attests_what_nothing_can_read(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk("clustered")
    panel = desk.chapter("1", "node1")
    press(panel, "Read and plan")
    asking = step(panel, "1").locator(".rb-asked")
    expect(asking).to_contain_text("What to do")
    expect(asking).to_contain_text("What you confirm")
    press(panel, "I confirm this")
    expect(panel.get_by_text("Write your name, and what you did or saw")).to_be_visible()
    panel.get_by_label("Your name").fill("Operator")
    panel.get_by_label("What you did or saw").fill("WebManager shows both nodes online")
    keep_screenshot(desk.page, "panel-asked")
    press(panel, "I confirm this")
    expect(step(panel, "1").locator(".rb-ok")).to_be_visible()
    step(panel, "1").locator(".rb-good > summary").click()
    step(panel, "1").get_by_text("What was read").last.click()
    expect(step(panel, "1")).to_contain_text("WebManager shows both nodes online")
