"""The gate before a destructive step: the name, what was agreed to, and calling it off."""

import asyncio

import ipywidgets as widgets

from runbook_lib.panel.gate import Gate


def of(gate: Gate, kind: type[widgets.Widget]) -> list[widgets.Widget]:
    row = gate.box.children[0].children[1]
    return [one for one in row.children if isinstance(one, kind)]


async def typed(name: str, press: int, *, then_cancel: bool = False) -> tuple[list[str], Gate]:
    done: list[str] = []
    gate = Gate("node1", "en")
    gate.ask(["the folder is removed"], lambda: done.append("applied"))
    (field,), buttons = of(gate, widgets.Text), of(gate, widgets.Button)
    field.value = name
    buttons[press].click()
    if then_cancel:
        buttons[1].click()
    await asyncio.sleep(1)
    return done, gate


def test_the_name_of_the_node_lets_it_go_on() -> None:
    done, gate = asyncio.run(typed(" node1 ", 0))
    assert done == ["applied"]
    assert not gate.box.children[0].children


def test_another_name_does_nothing_and_says_so() -> None:
    done, gate = asyncio.run(typed("node2", 0))
    assert done == []
    assert "is not node1" in gate.box.children[1].value


def test_cancel_calls_off_what_was_pressed_just_before() -> None:
    done, _ = asyncio.run(typed("node1", 0, then_cancel=True))
    assert done == []


def test_where_nothing_is_lost_nothing_is_asked() -> None:
    done: list[str] = []
    Gate("node1", "en").ask([], lambda: done.append("applied"))
    assert done == ["applied"]
