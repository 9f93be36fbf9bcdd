"""What is typed fast arrives late: nothing is taken before all of it is there, and nothing is taken twice."""

import asyncio

import ipywidgets as widgets

from runbook_lib.panel.entering import on_entering


def test_the_last_letters_are_waited_for_and_a_second_press_counts_once() -> None:
    taken: list[str] = []

    async def typing() -> None:
        name, button = widgets.Text(), widgets.Button()
        on_entering([name], button, lambda: taken.append(name.value))
        name.value = "nod"
        name._handle_custom_msg({"event": "submit"}, [])
        button.click()
        await asyncio.sleep(0.1)
        name.value = "node1"
        await asyncio.sleep(0.2)
        assert taken == []
        await asyncio.sleep(0.7)
        assert taken == ["node1"]
        button.click()
        await asyncio.sleep(0.7)
        assert taken == ["node1", "node1"]

    asyncio.run(typing())
