"""Taking what a person has typed, once all of it has arrived."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import ipywidgets as widgets

_SETTLED_S: Final = 0.3


def on_entering(fields: Sequence[widgets.Text], button: widgets.Button, then: Callable[[], None]) -> Callable[[], None]:
    """Call *then* when Enter is pressed in one of *fields*, or *button* is.

    The widgets hold letters back until the kernel has taken the earlier ones, and an Enter or a press overtakes them:
    so what was typed is only believed when no more comes in.  What is pressed meanwhile counts once.

    Returns:
        what calls it off again, as long as *then* has not been called.
    """
    pending: list[asyncio.Task[None]] = []

    def begin() -> None:
        if not any(not task.done() for task in pending):
            pending[:] = [asyncio.get_running_loop().create_task(_when_settled(fields, then))]

    def heard(_: widgets.Text, content: dict[str, object], __: object) -> None:
        if content.get("event") == "submit":
            begin()

    for field in fields:
        field.on_msg(heard)
    button.on_click(lambda _: begin())

    def call_off() -> None:
        for task in pending:
            task.cancel()

    return call_off


async def _when_settled(fields: Sequence[widgets.Text], then: Callable[[], None]) -> None:
    typed: list[str] | None = None
    while typed != (now := [field.value for field in fields]):
        typed = now
        await asyncio.sleep(_SETTLED_S)
    then()
