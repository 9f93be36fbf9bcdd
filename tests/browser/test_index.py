"""The page of a change as a person meets it: read everything, see what is next, go there; with the keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk, keep_screenshot, press, shown


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.value || ''"))


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the button with these words has the focus, and see that it shows that."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page).startswith(words):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", f"nobody sees that {words} has the focus"
            return
    raise AssertionError(f"Tab never reaches {words}")


def test_everything_is_read_and_the_next_chapter_opened_with_the_keyboard(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk("complete")
    page = desk.page
    index = shown(page).locator(".rb-desk")
    expect(index.get_by_text("Begin by reading everything.")).to_be_visible()
    keep_screenshot(page, "index-begin")
    tab_to(page, "Operation")
    page.keyboard.press("Enter")
    expect(index.locator(".rb-cell-9-node2")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Read everything"
    page.keyboard.press("Enter")
    expect(index.get_by_role("button", name="Stop")).to_be_enabled()
    keep_screenshot(page, "index-reading")
    expect(index.get_by_text("Everything was read.")).to_be_visible()
    expect(index.locator(".rb-cell-8-node1.rb-differs.rb-is-next")).to_be_visible()
    expect(index.get_by_text("Next: chapter 8 (node1)")).to_be_visible()
    keep_screenshot(page, "index-read")
    assert not any(desk.cluster.changes().values())
    page.get_by_role("heading", name="The desk").click()
    tab_to(page, "Open chapter 8 (node1)")
    page.keyboard.press("Enter")
    assert "8" in desk.panel().inner_text()
    expect(page.get_by_role("tab", name="08_connect_components.lab.node1.ipynb")).to_be_visible()


def test_a_reading_that_is_stopped_is_found_again_by_who_comes_back(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    index = shown(desk.page).locator(".rb-desk")
    press(index, "Read everything")
    expect(index.locator(".rb-cell.rb-done").first).to_be_visible()
    desk.page.close()
    page = desk.open()
    index = shown(page).locator(".rb-desk")
    desk.next_run_begins()
    press(index, "Stop")
    expect(index.get_by_text("Stopped. What was done so far stands below.")).to_be_visible()
    expect(index.locator(".rb-cell.rb-interrupted")).to_be_visible()
    keep_screenshot(page, "index-stopped")


def test_a_new_change_has_a_page_of_its_own(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    page = desk.page
    press(shown(page).locator(".rb-desk"), "New change …")
    name = page.get_by_label("Id of the new change")
    expect(name).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("CHG 8")
    page.keyboard.press("Enter")
    expect(page.get_by_text("'CHG 8' cannot be the id of a change.")).to_be_visible()
    keep_screenshot(page, "index-new-change")
    page.keyboard.press("Control+A")
    page.keyboard.type("CHG-8")
    page.keyboard.press("Enter")
    expect(shown(page).locator(".rb-page-title", has_text="CHG-8")).to_be_visible()
    assert (desk.cluster.home / "outputs" / "CHG-8" / "desk" / "index.lab.ipynb").exists()


def test_after_a_restart_of_the_kernel_the_page_says_what_to_press_and_comes_back(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk()
    page = desk.page
    press(shown(page).locator(".rb-desk"), "Read everything")
    expect(shown(page).locator(".rb-cell.rb-done").first).to_be_visible()
    page.get_by_role("menuitem", name="Kernel").click()
    page.get_by_text("Restart Kernel…", exact=True).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    gone = shown(page).locator(".rb-desk.jupyter-widgets-disconnected")
    expect(gone).to_be_visible()
    said = gone.evaluate("element => getComputedStyle(element, '::before').content")
    assert "Press" in said
    assert "カーネル" in said
    keep_screenshot(page, "index-kernel-restarted")
    page.get_by_role("button", name="Restart the kernel and run all cells").first.click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    index = shown(page).locator(".rb-desk:not(.jupyter-widgets-disconnected)")
    expect(index.get_by_text("Everything is being read")).to_be_visible()
    desk.next_run_begins()
    press(index, "Stop")
    expect(index.get_by_text("Stopped. What was done so far stands below.")).to_be_visible()
    expect(index.locator(".rb-cell.rb-interrupted")).to_be_visible()
