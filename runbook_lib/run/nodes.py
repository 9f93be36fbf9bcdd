"""The nodes of a site during one run, and which of them is the active one."""

from collections.abc import Callable

from runbook_lib.errors import NotConfirmed
from runbook_lib.node import Node
from runbook_lib.parameters import Site
from runbook_lib.states.cluster import read_status

Connect = Callable[[Site, str], Node]
"""Makes the `Node` of that name in a site; nothing is sent yet."""


class Nodes:
    """The nodes of a site, connected to when first needed.

    What another node than this one says decides what is done to this one, so it is asked for its name before anything
    else; `open_run` asks this one.  *closing* is called once they are disconnected from.
    """

    def __init__(self, site: Site, connect: Connect, this: str, closing: Callable[[], None] | None = None) -> None:
        self._site = site
        self._connect = connect
        self._closing = closing
        self._this = this
        self._open: dict[str, Node] = {}

    def __getitem__(self, name: str) -> Node:
        if name not in self._open:
            self._open[name] = self._connect(self._site, name)
        if name != self._this and (reason := self.misnamed(name)):
            raise NotConfirmed(reason)
        return self._open[name]

    def misnamed(self, name: str) -> str:
        """What to say where the machine at the address of node *name* goes by another name; "" where all is well."""
        if name not in self._site.nodes or self._open[name].facts.host_name.casefold() == name.casefold():
            return ""
        address, host_name = self._site.nodes[name].address, self._open[name].facts.host_name
        return (
            f"{self._site.path}: at the address of {name} ({address}) a machine answers that calls itself {host_name}. "
            f"Nothing was done; correct nodes.{name}.address."
        )

    def active(self) -> str | None:
        """The site's name of the node on which the group runs, as this node's CLUSTERPRO shows it; None: nowhere.

        Raises:
            NotConfirmed: when CLUSTERPRO does not answer, or names a node that the site does not have.
        """
        reading = read_status()
        try:
            asks = next(reading)
            reading.send(tuple(self[self._this].read([ask.line for ask in asks])))
        except StopIteration as end:
            group = end.value.groups.get(self._site.group.name)
        except ValueError as error:
            raise NotConfirmed(f"{error}.") from error
        if group is None:
            raise NotConfirmed(f"There is no group {self._site.group.name} in the cluster. Chapter 2 registers it.")
        if group.active_node is None:
            return None
        for name in self._site.nodes:
            if name.casefold() == group.active_node.casefold():
                return name
        raise NotConfirmed(
            f"Group {self._site.group.name} runs on {group.active_node}, which {self._site.path} does not have. "
            "Add it under nodes and group.policy."
        )

    def reached(self) -> tuple[Node, ...]:
        """The cluster's nodes that have answered so far, this one last."""
        answered = {name: node for name, node in self._open.items() if name in self._site.nodes and node.has_answered}
        there = [node for name, node in answered.items() if not self.misnamed(name)]
        return tuple(sorted(there, key=lambda node: node.name == self._this))

    def close(self) -> None:
        """Disconnect from all."""
        for node in self._open.values():
            node.close()
        self._open.clear()
        if self._closing:
            self._closing()
