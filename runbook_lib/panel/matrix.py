"""Chapters by nodes as buttons: each says how it stands, and opens its notebook for its node."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import ipywidgets as widgets

from runbook_lib.batch import Chapter
from runbook_lib.report.chapter_html import clock
from runbook_lib.report.standing import SIGNS, Standing, titled, worded
from runbook_lib.wording import say

_STEPS_NAMED: Final = 2

Open = Callable[[Chapter, str], None]


@dataclass(frozen=True)
class Look:
    """How one button looks.

    Attributes:
        kind: its tint: a word of `Standing`.
        words: two lines; the word with its sign, then the steps that it is about and when that was.
        tooltip: which chapter and node, and why it stands so.
        is_next: whether it is the one to go on with.
    """

    kind: str
    words: str
    tooltip: str
    is_next: bool


def places_of(one: Standing, nodes: Sequence[str]) -> tuple[str, ...]:
    """The nodes for which it has a button; "" is one button across all of them.

    A chapter of the operation that runs once for the cluster does so from a node of the operator's choice.
    """
    if one.chapter.scope == "node":
        return (one.node,)
    return tuple(nodes) if one.chapter.procedure == "operation" else ("",)


def look_of(one: Standing, place: str, language: str, *, is_next: bool) -> Look:
    """The button of *one* at *place* (of `places_of`), in *language*."""
    once = say(language, "once for the whole cluster")
    name = f"{one.chapter.number} {titled(one.chapter, language)} · {place or once}"
    if place not in ("", one.node):
        return Look("not yet", f"→ {say(language, 'Open for this node')}\n", name, is_next=False)
    where = one.node if one.row and place == "" else ""
    when = clock(one.at.isoformat()) if one.at else ""
    small = " · ".join(part for part in (where, _about(one, language), when) if part)
    if not one.row and place == "":
        small = once
    word = worded(one.word, language)
    return Look(one.word, f"{SIGNS[one.word]} {word}\n{small}", f"{name}\n{word}: {say(language, one.said)}", is_next)


def _about(one: Standing, language: str) -> str:
    """The steps that it is about, or how many they are where they would fill the button; what was changed, if done."""
    if one.word == "done" and one.row and one.row["changed"]:
        return say(language, f"{one.row['changed']} changed")
    if len(one.steps) > _STEPS_NAMED:
        return say(language, f"{len(one.steps)} steps")
    if len(one.steps) == _STEPS_NAMED:
        return say(language, f"steps {', '.join(one.steps)}")
    return say(language, f"step {one.steps[0]}") if one.steps else ""


class MatrixView:
    """The buttons; `show` brings them up to date, and leaves those alone whose words have not changed.

    Attributes:
        box: all of them.
        buttons: by number of the chapter and place.
    """

    def __init__(self, nodes: Sequence[str], language: str, on_open: Open) -> None:
        self._nodes = tuple(nodes)
        self._language = language
        self._on_open = on_open
        self._looks: dict[tuple[str, str], Look] = {}
        self._targets: dict[tuple[str, str], tuple[Chapter, str]] = {}
        self.buttons: dict[tuple[str, str], widgets.Button] = {}
        columns = f"minmax(15em, 1.5fr) repeat({len(self._nodes)}, minmax(11em, 1fr))"
        self.box = widgets.GridBox([], layout=widgets.Layout(grid_template_columns=columns, width="100%"))
        self.box.add_class("rb-grid")

    def show(self, standings: Sequence[Standing], following: Standing | None) -> None:
        """Show *standings*; the button of *following*, what is next, is marked."""
        wanted = {
            (one.chapter.number, place): (one, place) for one in standings for place in places_of(one, self._nodes)
        }
        if wanted.keys() != self.buttons.keys():
            self._build(list(dict.fromkeys(one.chapter for one in standings)), list(wanted))
        for key, (one, place) in wanted.items():
            self._targets[key] = one.chapter, place or one.node
            look = look_of(one, place, self._language, is_next=one is following)
            if look != self._looks.get(key):
                _dress(self.buttons[key], look, self._looks.get(key))
                self._looks[key] = look

    def _build(self, chapters: Sequence[Chapter], keys: Sequence[tuple[str, str]]) -> None:
        self._looks.clear()
        self.buttons = {key: self._button(key) for key in keys}
        heads = (say(self._language, "Chapter"), *self._nodes)
        cells: list[widgets.Widget] = [_text("rb-grid-head", head) for head in heads]
        for chapter in chapters:
            cells.append(_text("rb-grid-name", titled(chapter, self._language), chapter.number))
            cells += [button for (number, _), button in self.buttons.items() if number == chapter.number]
        self.box.children = cells

    def _button(self, key: tuple[str, str]) -> widgets.Button:
        button = widgets.Button(layout=widgets.Layout(width="auto"))
        button.add_class("rb-cell")
        button.add_class(f"rb-cell-{key[0]}-{key[1] or self._nodes[0]}")
        if key[1] == "":
            button.add_class("rb-whole")
        button.add_class(f"rb-cell-{key[0]}-{key[1] or 'cluster'}")
        button.on_click(lambda _: self._on_open(*self._targets[key]))
        return button


def _dress(button: widgets.Button, look: Look, former: Look | None) -> None:
    button.description, button.tooltip = look.words, look.tooltip
    for one, act in ((former, button.remove_class), (look, button.add_class)):
        if one is not None:
            act(f"rb-{one.kind.replace(' ', '-')}")
            if one.is_next:
                act("rb-is-next")


def _text(kind: str, text: str, strong: str = "") -> widgets.HTML:
    bold = f"<b>{html.escape(strong)}</b> " if strong else ""
    return widgets.HTML(f'<div class="{kind}">{bold}{html.escape(text)}</div>')
