"""States of several nodes at once: what must be the same on all of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from runbook_lib.commands import registry, services
from runbook_lib.commands.quoting import argument
from runbook_lib.commands.registry import RegistryData
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import ANY, Ask, Reading, Row, State

_SHOWN: Final = 40
"""How many differences a table holds; the rest is counted."""

_SECRET: Final = re.compile(r"(?i)pass(word|wd)?$|pwd|secret")
"""Names of values that may hold a password: that they differ is told, what they hold is not."""


@dataclass(frozen=True)
class Content:
    r"""What was read of one node.

    Attributes:
        set_up: the product's service is installed.
        values: by ``KEY\NAME`` below HKEY_LOCAL_MACHINE, as spelled on that node.
        groups: the local groups among those asked for that the node has.
    """

    set_up: bool
    values: Mapping[str, RegistryData]
    groups: frozenset[str]


@dataclass(frozen=True)
class SameOnEveryNode(State[Mapping[str, Content]]):
    r"""Registry subtrees and local groups are the same on every node on which the product is set up.

    Which values hold what is not public, so whole subtrees are compared: every value by name, type and data.

    Attributes:
        nodes: the first one that is set up is what the others are compared with.
        service: display name of a service that the product alone brings; a node without it is not set up yet.
        keys: such as ``HKLM\SOFTWARE\NEC\NVBASE``, and whether they belong to 32-bit software.
        ignored: values that may differ, by name, or by the end of their path such as ``NVBASE\WorkDir``.
        groups: names of local groups that all nodes have, or none of them.
    """

    nodes: tuple[str, ...]
    service: str
    keys: tuple[tuple[str, bool], ...]
    ignored: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"The same on {', '.join(self.nodes)}: {', '.join(key for key, _ in self.keys)}"

    def reading(self, facts: NodeFacts) -> Reading[Mapping[str, Content]]:
        keys = [registry.in_view(key, of_32_bit=narrow and facts.architecture == "x64") for key, narrow in self.keys]
        lines = [
            services.LIST_ALL,
            *map(registry.query_tree, keys),
            *(f"net localgroup {argument(group)} >nul" for group in self.groups),
        ]
        replies = yield tuple(Ask(line, node) for node in self.nodes for line in lines)
        found = {}
        for number, node in enumerate(self.nodes):
            answers = replies[number * len(lines) : (number + 1) * len(lines)]
            listed, trees, groups = answers[0], answers[1 : len(keys) + 1], answers[len(keys) + 1 :]
            installed = services.parse_list(listed.text)
            if not installed:
                raise ValueError(f"`sc` on {node} listed no service at all: {listed.text.strip()[:120]!r}")
            values = {
                name: data
                for reply in trees
                if reply.exit_code == 0
                for name, data in _flat(registry.parse_tree(reply.text))
            }
            there = frozenset(name for name, reply in zip(self.groups, groups, strict=True) if reply.exit_code == 0)
            found[node] = Content(services.by_display_name(installed, self.service) is not None, values, there)
        return found

    def rows(self, actual: Mapping[str, Content], facts: NodeFacts) -> tuple[Row, ...]:
        ready = {node: content for node, content in actual.items() if content.set_up}
        waiting = [Row(node, "not set up yet, so not compared") for node in actual if node not in ready]
        if len(ready) < 2:
            return (*waiting, Row("compared", "nothing: fewer than two nodes are set up"))
        (first, wanted), *others = ready.items()
        rows = [row for node, content in others for row in self._differences(first, wanted, node, content)]
        shown = rows[:_SHOWN]
        if len(rows) > _SHOWN:
            shown.append(Row("further differences", len(rows) - _SHOWN, 0))
        compared = len([name for name in wanted.values if not self._may_differ(name)])
        return (
            *waiting,
            *shown,
            Row(f"values compared over {', '.join(ready)}", compared, ANY if compared else "some"),
        )

    def _differences(self, first: str, wanted: Content, node: str, content: Content) -> Iterator[Row]:
        ours = {name.casefold(): (name, data) for name, data in wanted.values.items()}
        theirs = {name.casefold(): (name, data) for name, data in content.values.items()}
        for folded in sorted(ours.keys() | theirs.keys()):
            name, _ = ours.get(folded) or theirs[folded]
            one, other = (side.get(folded, ("", None))[1] for side in (ours, theirs))
            if one != other and not self._may_differ(name):
                wanted_text = _shown(name, one) or "no such value"
                yield Row(f"{name} on {node}", _shown(name, other), f"{wanted_text}, as on {first}")
        for group in self.groups:
            here, there = (group in side.groups for side in (wanted, content))
            if here != there:
                yield Row(f"local group {group} on {node}", there, here)

    def _may_differ(self, name: str) -> bool:
        path = "\\" + name.casefold()
        return any(path.endswith("\\" + one.casefold()) for one in self.ignored)


def _flat(tree: Mapping[str, Mapping[str, RegistryData]]) -> Iterator[tuple[str, RegistryData]]:
    for key, values in tree.items():
        for name, data in values.items():
            yield f"{key.removeprefix('HKEY_LOCAL_MACHINE' + chr(92))}\\{name}", data


def _shown(name: str, data: RegistryData | None) -> str | None:
    if data is None:
        return None
    if _SECRET.search(name.rpartition("\\")[2]):
        return "(withheld)"
    return data.data if data.type == "REG_SZ" else f"{data.data} ({data.type})"
