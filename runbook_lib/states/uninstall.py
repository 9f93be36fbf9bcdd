"""States of a product that is no longer set up: on this node, and on every node of the group."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from runbook_lib.commands import registry, services
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import AWAY, Act, Ask, Blocked, ByHand, Plan, Reading, Row, State

_UNINSTALL: Final = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_PLACES: Final = ("UninstallString", "InstallLocation", "DisplayIcon")
"""Values of an entry there that say where a product lies (Microsoft, "Uninstall Registry Key")."""
_SUCCESS: Final = (0, 3010)
"""Exit codes: done, and done but Windows wants a restart (Microsoft, ERROR_SUCCESS_REBOOT_REQUIRED)."""


@dataclass(frozen=True)
class Product:
    """What tells that a product is set up on a node.

    Attributes:
        name: what people call it.
        services: display names of the services that no other product brings.
        folders: where it is set up; an entry in the list of installed programs that leads there is its own.
    """

    name: str
    services: tuple[str, ...]
    folders: tuple[str, ...]

    def owns(self, place: str) -> bool:
        """Whether a path, or a command line, leads into one of its folders."""
        return any(re.search(re.escape(one) + r'(?![^\\"/ ])', place, re.IGNORECASE) for one in self.folders)


@dataclass(frozen=True)
class Remains:
    """What is left of a product on one node.

    Attributes:
        services: display names of its own services that are installed.
        entries: what the list of installed programs calls it.
        away: why the node could not be asked; "" when it was.
    """

    services: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    away: str = ""

    @property
    def nothing(self) -> bool:
        """Whether the node was asked, and nothing is left."""
        return not (self.services or self.entries or self.away)

    def __str__(self) -> str:
        if self.away:
            return self.away
        entries = [f"listed as {', '.join(self.entries)}"] if self.entries else []
        count = [f"{len(self.services)} services"] if self.services else []
        return "; ".join([*count, *entries]) or "nothing"


def read_remains(product: Product, places: Iterable[str], facts: NodeFacts) -> Reading[Mapping[str, Remains]]:
    """What is left of a product at each of *places*, as `Ask.on` names them; ValueError: a node gives no answer."""
    views = [_UNINSTALL, *([registry.in_view(_UNINSTALL, of_32_bit=True)] if facts.architecture == "x64" else [])]
    words = " ".join(("HKEY_", "DisplayName", *_PLACES))
    lines = (services.LIST_ALL, *(f'{registry.query_tree(view)} | findstr /i "{words}"' for view in views))
    places = tuple(places)
    replies = yield tuple(Ask(line, place) for place in places for line in lines)
    found = {}
    for number, place in enumerate(places):
        listed, *entries = replies[number * len(lines) : (number + 1) * len(lines)]
        if listed.exit_code == AWAY:
            found[place] = Remains(away=listed.text)
            continue
        installed = services.parse_list(listed.text)
        if not installed:
            raise ValueError(f"`sc` listed no service at all ({place} node): {listed.text.strip()[:120]!r}")
        if not any(registry.parse_tree(reply.text) for reply in entries):  # CLUSTERPRO itself is in it
            said = " ".join(reply.text.strip() for reply in entries)[:120]
            raise ValueError(f"the list of installed programs ({place} node) shows nothing: {said!r}")
        ours = tuple(name for name in product.services if services.by_display_name(installed, name))
        found[place] = Remains(ours, tuple(name for reply in entries for name in _entries(reply.text, product)))
    return found


def _entries(text: str, product: Product) -> Iterable[str]:
    for key, values in registry.parse_tree(text).items():
        if any(product.owns(values[name].data) for name in _PLACES if name in values):
            yield values["DisplayName"].data if "DisplayName" in values else key.rpartition("\\")[2]


@dataclass(frozen=True)
class ProductRemoved(State[Remains]):
    """A product is not set up on this node: none of its services, no entry in the list of installed programs.

    What else its uninstallation leaves is not public; a report of what stays is a state of its own.

    Attributes:
        product: what is uninstalled, always as a whole.
        node: this node.
        silent: the command line that uninstalls it without a person; "" where a person does.
        excused: why it cannot be uninstalled here; "" where it can.
    """

    product: Product
    node: str
    silent: str = ""
    excused: str = ""

    settle_s = 30.0

    @property
    def title(self) -> str:
        return f"{self.product.name} is not set up on {self.node}"

    @property
    def destroys(self) -> str:
        return f"{self.product.name} is uninstalled from {self.node}"

    def left_out(self, facts: NodeFacts) -> str:
        return f"it cannot be uninstalled on {self.node}: {self.excused}" if self.excused else ""

    def reading(self, facts: NodeFacts) -> Reading[Remains]:
        return (yield from read_remains(self.product, ("this",), facts))["this"]

    def rows(self, actual: Remains, facts: NodeFacts) -> tuple[Row, ...]:
        count = len(self.product.services)
        return (
            Row("services", f"{len(actual.services)} of {count}", f"0 of {count}"),
            Row("in the list of installed programs", ", ".join(actual.entries) or None, None),
        )

    def plan(self, actual: Remains, facts: NodeFacts) -> Plan:
        if set(actual.services) != set(self.product.services):
            return (self._in_part(actual),)
        if not self.silent:
            what = (
                f"At the console of {self.node}, uninstall {self.product.name} as a whole from the list of installed "
                "programs, to the end. Its GUI cannot be uninstalled alone."
            )
            return (ByHand(what, "its services and the list of installed programs are read"),)
        return (Act(self.silent, f"uninstall {self.product.name} without a person", True, "install", _SUCCESS),)

    def _in_part(self, actual: Remains) -> ByHand | Blocked:
        """An uninstallation that was cut short: what a second one does then is not known."""
        left = f"{', '.join(actual.services) or 'no service'}; {', '.join(actual.entries) or 'no entry'} in the list"
        reason = (
            f"{self.product.name} is uninstalled on {self.node} in part only. Left are {left} of installed programs."
        )
        if not self.silent:
            what = f"{reason} If its uninstallation still runs, finish it; otherwise remove by hand what is left."
            return ByHand(what, "its services and the list of installed programs are read")
        return Blocked(
            f"{reason} If its uninstallation still runs, wait and run this step again; otherwise remove there by hand "
            "what is left."
        )


@dataclass(frozen=True)
class RemovedEverywhere(State[Mapping[str, Remains]]):
    """A product is not set up on any node of the group; a node that cannot uninstall it is named with the reason.

    Attributes:
        product: the product.
        nodes: every node of the group.
        excused: nodes that cannot uninstall it, and why.
    """

    product: Product
    nodes: tuple[str, ...]
    excused: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return f"{self.product.name} is not set up on {', '.join(self.nodes)}"

    def reading(self, facts: NodeFacts) -> Reading[Mapping[str, Remains]]:
        excused = dict(self.excused)
        places = {node: f"{node}?" if node in excused else node for node in self.nodes}
        found = yield from read_remains(self.product, places.values(), facts)
        return {node: found[place] for node, place in places.items()}

    def still_on(self, actual: Mapping[str, Remains]) -> list[str]:
        """The nodes on which it has yet to be uninstalled."""
        excused = dict(self.excused)
        return [node for node, remains in actual.items() if not remains.nothing and node not in excused]

    def rows(self, actual: Mapping[str, Remains], facts: NodeFacts) -> tuple[Row, ...]:
        excused = dict(self.excused)
        return tuple(
            Row(f"left on {node}", f"{remains} (cannot be uninstalled: {excused[node]})")
            if node in excused
            else Row(f"left on {node}", str(remains), "nothing")
            for node, remains in actual.items()
        )

    def plan(self, actual: Mapping[str, Remains], facts: NodeFacts) -> Plan:
        where = ", ".join(self.still_on(actual))
        return (Blocked(f"{self.product.name} is still set up on {where}. Run this chapter there first."),)
