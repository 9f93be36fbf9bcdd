"""Who answers what a state asks: a node, the active one, one that may be away, or the change itself."""

from runbook_lib.commands.boot import Boot
from runbook_lib.errors import CommandFailed, NotConfirmed, Unreachable
from runbook_lib.node import Reply
from runbook_lib.parameters import Site
from runbook_lib.run.history import History, note_boots
from runbook_lib.run.journal import Journal
from runbook_lib.run.nodes import Nodes
from runbook_lib.states.state import AWAY


class Answers:
    """Answers the questions of one run; `Ask.on` says to whom each goes.

    Attributes:
        applies: the run may change something, so its chapter begins to count restarts where none has.
    """

    def __init__(
        self, site: Site, node: str, nodes: Nodes, history: History, journal: Journal, *, applies: bool
    ) -> None:
        self._site = site
        self._node = node
        self._nodes = nodes
        self._history = history
        self._journal = journal
        self.applies = applies

    def __call__(self, place: str, lines: list[str]) -> list[Reply]:
        """The answer to each line; NotConfirmed where the active node is asked and there is none."""
        if place == "change":
            return [self._history.answer(line, self._note_boots if self.applies else None) for line in lines]
        if place.endswith("?"):
            try:
                return self._nodes[place[:-1]].read(lines)
            except (Unreachable, CommandFailed) as error:  # a node that goes down answers anything
                return [Reply(line, AWAY, str(error).encode(), "utf-8", 0.0) for line in lines]
        name = {"this": self._node}.get(place, place) if place != "active" else self._nodes.active()
        if name is None:
            raise NotConfirmed(f"Group {self._site.group.name} runs on no node, so the active node cannot be read.")
        return self._nodes[name].read(lines)

    def _note_boots(self) -> dict[str, Boot]:
        return note_boots({name: self._nodes[name].read for name in self._site.group.policy}, self._journal)
