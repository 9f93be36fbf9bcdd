"""The state of what a person attests, where nothing can be read."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Ask, ByHand, Plan, Reading, Row, State


class Confirmation(NamedTuple):
    """Who attested it, when (UTC, ISO 8601), and in what words."""

    by: str
    at: str
    note: str


@dataclass(frozen=True)
class Attested(State[Confirmation | None]):
    """A person has said that something is so: in this change, or in an earlier one where that lasts.

    It is never more than that, and the record says so.

    Attributes:
        key: by which `runbook confirm` names it; letters, digits and hyphens.
        what: what is to be true, as a short statement.
        todo: what the person is to do or to look at, in whole sentences.
        whole_cluster: said once for the cluster, not once on each node.
        lasts_on: the site on which it stays true from one change to the next; "" where each change asks anew.
    """

    key: str
    what: str
    todo: str
    whole_cluster: bool = False
    lasts_on: str = ""

    passing = True

    @property
    def title(self) -> str:
        return self.what

    def reading(self, facts: NodeFacts) -> Reading[Confirmation | None]:
        line = f"{'cluster' if self.whole_cluster else 'node'} confirmation {self.key}"
        (reply,) = yield (Ask(f"{line} on site {self.lasts_on}" if self.lasts_on else line, "change"),)
        if reply.exit_code != 0:
            return None
        said = json.loads(reply.text)
        return Confirmation(said["by"], said["at"], said["note"])

    def rows(self, actual: Confirmation | None, facts: NodeFacts) -> tuple[Row, ...]:
        if actual is None:
            return (Row(self.key, None, "attested"),)
        return (Row(self.key, f"attested by {actual.by} at {actual.at}: {actual.note}"),)

    def plan(self, actual: Confirmation | None, facts: NodeFacts) -> Plan:
        return (ByHand(self.todo, self.what, self.key, self.whole_cluster),)
