"""How it feels: the keyboard alone, the dark theme, Japanese, and what a notebook keeps without its widgets."""

import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk, keep_screenshot, press, shown, step


def test_the_keyboard_alone_plans_and_applies(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    page = desk.page
    shown(page).locator(".rb-cell-5-node1").focus()
    page.keyboard.press("Enter")
    panel = desk.panel()
    panel.get_by_role("button", name="Read and plan").focus()
    page.keyboard.press("Space")
    expect(panel.get_by_text("Look at what differs")).to_be_visible()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Apply the rest")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.get_by_label("Node:")).to_be_focused()
    page.keyboard.type("node1")
    page.keyboard.press("Enter")
    expect(step(panel, "5-(1)").locator(".rb-changed")).to_be_visible()


def test_the_dark_theme_keeps_everything_legible(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(theme="JupyterLab Dark")
    page = desk.page
    keep_screenshot(page, "index-dark")
    panel = desk.chapter("5", "node1")
    panel.locator("button").first.click()
    expect(step(panel, "5-(1)").locator(".rb-differs")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    keep_screenshot(page, "panel-dark")
    for place in (".rb-title", ".rb-differs .rb-word", ".rb-table td", ".rb-commands"):
        assert contrast(page, place) >= 4.5, place


def test_it_speaks_the_language_of_the_site(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(language="ja")
    keep_screenshot(desk.page, "index-japanese")
    panel = desk.chapter("5", "node1")
    panel.locator("button").first.click()
    expect(step(panel, "5-(1)").locator(".rb-differs")).to_contain_text("相違あり")
    keep_screenshot(desk.page, "panel-japanese")
    words = [one for one in panel.locator("button").all_inner_texts() if one]
    assert words
    assert not [one for one in words if one.isascii()], "every button is in Japanese"


def contrast(page: Page, place: str) -> float:
    """The contrast of the first such text with what is behind it, as WCAG 2 reckons it; 4.5 is its level AA."""
    return float(
        page.evaluate(
            """(place) => {
                const element = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .rb-panel ' + place);
                const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
                let behind = element, fill = [0, 0, 0, 0];
                while (behind && !(fill[3] ?? 1)) {
                    fill = numbers(getComputedStyle(behind).backgroundColor);
                    if (fill.length === 3) fill.push(1);
                    behind = behind.parentElement;
                }
                const light = (rgb) => {
                    const [r, g, b] = rgb.slice(0, 3).map(
                        (one) => (one /= 255) <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const [one, two] = [light(numbers(getComputedStyle(element).color)), light(fill)];
                return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            }""",
            place,
        )
    )


def test_what_is_filed_shows_everything_without_widgets(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    panel = desk.chapter("5", "node1")
    press(panel, "Read and plan")
    expect(step(panel, "5-(1)").locator(".rb-differs")).to_be_visible()
    desk.page.close()
    desk.close()
    copies = sorted((desk.folder / "desk").glob("*.ipynb"))
    records = sorted(desk.folder.glob("05*.ipynb"))
    assert len(copies) == 2
    assert records
    for notebook in (*copies, *records):
        page = subprocess.run(
            [sys.executable, "-m", "nbconvert", "--to", "html", "--stdout", str(notebook)],
            capture_output=True, check=True, timeout=120,
        ).stdout.decode()  # fmt: skip
        assert "application/vnd.jupyter.widget-view+json" not in page, notebook
        assert "model not found" not in page
    for notebook in (copies[0], records[-1]):
        page = desk.context.new_page()
        target = desk.cluster.home / "page.html"
        target.write_bytes(
            subprocess.run(
                [sys.executable, "-m", "nbconvert", "--to", "html", "--stdout", str(notebook)],
                capture_output=True, check=True, timeout=120,
            ).stdout
        )  # fmt: skip
        page.goto(target.as_uri())
        expect(page.get_by_text("5-(1)").locator("visible=true").first).to_be_visible()  # what stood before is folded
        page.close()
