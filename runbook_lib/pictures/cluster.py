"""The picture of the cluster: its nodes side by side, the group where it is, the services, the disk beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from runbook_lib.pictures.cluster_words import (
    cluster_table,
    cluster_words,
    role_words,
    services_short,
    services_words,
    status_words,
)
from runbook_lib.pictures.drawing import as_image, draw, on_card
from runbook_lib.pictures.looks import first_fitting, fitted, in_lines, width_of
from runbook_lib.pictures.view import ClusterView, Event, NodeView, view_of
from runbook_lib.run.seen import NOT_READ
from runbook_lib.wording import say

WIDTH: Final = 880.0
_GAP, _PAD = 20.0, 16.0
_TOP, _GROUP = 72.0, 100.0
_CELL, _PITCH = 9.0, 12.5

_MIRROR: Final = {"Normal": ("ok", "in step"), "Caution": ("differs", "being copied, or not alike")}
_ELSE: Final = ("failed", "broken")


def cluster_svg(seen: Sequence[Event], language: str) -> str:
    """Draw the cluster from ``cluster.seen`` events (`cluster_seen` finds them), oldest first; "" where there are none.

    *language* is "ja" or "en".
    """
    view = view_of(seen)
    return _drawn(view, language) if view else ""


def cluster_card_html(seen: Sequence[Event], language: str) -> str:
    """The picture on its card with the same in words below it, for a notebook or a page; "" where nothing was seen."""
    view = view_of(seen)
    if view is None:
        return ""
    return on_card(as_image(_drawn(view, language), cluster_words(view, language)), cluster_table(view, language))


def cluster_table_html(seen: Sequence[Event], language: str) -> str:
    """The same in words, one line for each node; "" where nothing was seen."""
    view = view_of(seen)
    return cluster_table(view, language) if view else ""


@dataclass(frozen=True)
class _Cell:
    """One service: a small square, full where it runs."""

    x: float
    y: float
    state: str


@dataclass(frozen=True)
class _NodeBox:
    """Where one node is drawn and what stands in it."""

    view: NodeView
    x: float
    width: float
    name: str
    name_size: float
    priority: str
    role: str
    role_width: float
    status: str
    services: str
    cells: tuple[_Cell, ...]
    disk: str

    @property
    def middle(self) -> float:
        """Of the card, from the left."""
        return self.x + self.width / 2

    @property
    def is_up(self) -> bool:
        """Whether it is a server that works in the cluster."""
        return self.view.status == "online"


@dataclass(frozen=True)
class _Link:
    """The mirror between two disks."""

    left: float
    right: float
    outcome: str
    label: str
    words: tuple[str, ...]


def _drawn(view: ClusterView, language: str) -> str:
    count = max(1, len(view.nodes))
    width = (WIDTH - _GAP * (count - 1)) / count
    boxes = [_box(view, node, number * (width + _GAP), width, language) for number, node in enumerate(view.nodes)]
    rows = max((len({cell.y for cell in box.cells}) for box in boxes), default=0)
    slot = 116.0 + max(1, rows) * _PITCH  # from the top of a card to the place of the group in it
    card = slot + _GROUP + _PAD
    homeless = view.group_status != NOT_READ and not any(node.is_active for node in view.nodes)
    shelf = _TOP + card + 18
    disk = shelf + (74 if homeless else 12)
    notes = [
        (line, number == 0)
        for remark in view.remarks
        for number, line in enumerate(in_lines(say(language, remark), WIDTH - 40, 12.5, 2))
    ]
    bottom = disk + (118 if view.drive_kind == "shared" else 96)
    return draw(
        "cluster.svg.j2",
        width=WIDTH,
        height=bottom + (len(notes) * 19 + 4 if notes else 0),
        title=cluster_words(view, language),
        language=language,
        headline=fitted(say(language, view.headline), WIDTH, 21),
        subline=fitted(_subline(view, language), WIDTH, 12.5),
        boxes=boxes,
        top=_TOP,
        card=card,
        slot=slot,
        group=_group(view, language, (WIDTH if homeless else width) - 2 * _PAD - 24),
        group_height=_GROUP,
        homeless=homeless,
        shelf=shelf,
        disk=disk,
        is_shared=view.drive_kind == "shared",
        drive=view.drive,
        drive_words=say(language, "shared disk"),
        links=_links(view, boxes, language),
        notes=notes,
        notes_at=bottom + 18,
        cell=_CELL,
        pad=_PAD,
    )


def _box(view: ClusterView, node: NodeView, x: float, width: float, language: str) -> _NodeBox:
    room = width - 2 * _PAD
    role = role_words(view, node, language)
    role_width = width_of(role, 12) + 18 if role else 0.0
    size = next((size for size in (18.0, 16.0, 14.0) if width_of(node.name, size) <= room), 13.0)
    priority = say(language, f"priority {node.priority}")
    fits = width_of(node.name, size) + width_of(priority, 12) + 12 <= room
    each = max(1, int((room + _PITCH - _CELL) // _PITCH))
    states = list((node.services or {}).values())
    cells = tuple(
        _Cell(x + _PAD + (number % each) * _PITCH, 106 + (number // each) * _PITCH, state)
        for number, state in enumerate(states)
    )
    return _NodeBox(
        node,
        x,
        width,
        fitted(node.name, room, size),
        size,
        priority if fits else "",
        role,
        role_width,
        fitted(status_words(node, language), room - 18 - role_width, 12.5),
        first_fitting((services_words(node, language), services_short(node, language)), room, 12.5),
        cells,
        fitted(say(language, node.drive), width - 8, 12),
    )


def _group(view: ClusterView, language: str, room: float) -> dict[str, str]:
    """What stands in the group's box."""
    online = sum(status == "Online" for status in view.resources.values())
    kind = say(language, "floating IP" if view.address_kind == "floating" else "virtual IP")
    sign = "" if view.group_status == "Online" or view.active is None else "✗ " if "Fail" in view.group_status else "△ "
    status = sign + say(language, view.group_status)
    resources = say(language, f"{online} of {len(view.resources)} resources online")
    disk = say(language, "mirror disk" if view.drive_kind == "mirror" else "shared disk")
    beside = width_of(view.group, 15) + 8
    return {
        "name": fitted(view.group, room, 15),
        "status": first_fitting((status, "") if sign == "" else (status, sign), room - beside, 12.5),
        "address": first_fitting((f"{view.address}  {kind}", view.address), room, 13),
        "disk": first_fitting((f"{view.drive}  {disk}", view.drive), room, 13),
        "resources": first_fitting(
            (resources, f"{say(language, 'Resources')} {online} / {len(view.resources)}"), room, 12.5
        ),
    }


def _links(view: ClusterView, boxes: Sequence[_NodeBox], language: str) -> list[_Link]:
    if view.drive_kind != "mirror" or not view.mirror:
        return []
    outcome, gloss = _MIRROR.get(view.mirror, _ELSE)
    links = []
    for left, right in pairwise(boxes):
        room = right.middle - left.middle - 96 - 16
        words = in_lines(say(language, gloss), room, 12, 2) if outcome != "ok" else ()
        status = say(language, view.mirror)
        label = first_fitting((f"{say(language, 'mirror')} · {status}", status), room - 16, 12)
        links.append(_Link(left.middle + 48, right.middle - 48, outcome, label, tuple(words)))
    return links


def _subline(view: ClusterView, language: str) -> str:
    where = say(language, f"Cluster {view.cluster}")
    if view.read_at is None:
        return f"{where} · {say(language, NOT_READ)}"
    moments = {f"{node.name} {node.read_at:%H:%M:%S}" for node in view.nodes if node.read_at}
    read = f"{view.read_at:%Y-%m-%d %H:%M:%S} UTC"
    others = ", ".join(sorted(moments - {f"{view.read_on} {view.read_at:%H:%M:%S}"}))
    said = say(language, f"read on {view.read_on}, {read}")
    return " · ".join([where, said, *([say(language, f"before that {others}")] if others else [])])
