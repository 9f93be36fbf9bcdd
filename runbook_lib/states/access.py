"""The state of access rights on a folder and all folders under it."""

from collections.abc import Mapping
from dataclasses import dataclass

from runbook_lib.commands import access
from runbook_lib.commands.access import AccessEntry
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, ByHand, Plan, Reading, Row, State, one_round


@dataclass(frozen=True)
class AccessRights(State[Mapping[str, list[AccessEntry]]]):
    """Everybody in *rights* has these rights, no fewer and no more, on a folder and on every folder under it.

    Entries of others are left alone.  Inherited entries count like a folder's own.

    Attributes:
        folder: absolute path.
        rights: pairs of a SID (or account name) and "F" (full control) or "RX" (read and execute).
    """

    folder: str
    rights: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        return f"Access rights on {self.folder} and every folder under it"

    def reading(self, facts: NodeFacts) -> Reading[Mapping[str, list[AccessEntry]]]:
        (reply,) = yield one_round(access.list_access(self.folder))
        return access.parse_access(reply.text)

    def _given(self, entries: list[AccessEntry], who: str, *, inherited: bool | None = None) -> str | None:
        """What *who* has on one folder: one right where the folder and what is below it get the same."""
        own = [
            entry
            for entry in entries
            if access.same_principal(entry.who, who) and (inherited is None or entry.inherited is inherited)
        ]
        here = " + ".join(sorted({entry.rights for entry in own if entry.here}))
        below = " + ".join(sorted({entry.rights for entry in own if entry.below}))
        if here == below:
            return here or None
        return f"{here or 'nothing'} here and {below or 'nothing'} below"

    def rows(self, actual: Mapping[str, list[AccessEntry]], facts: NodeFacts) -> tuple[Row, ...]:
        rows = []
        for sid, wanted in self.rights:
            who = facts.name_of(sid)
            given = {folder: self._given(entries, who) for folder, entries in actual.items()}
            wrong = {folder: rights for folder, rights in given.items() if rights != wanted}
            right = f"{wanted} on {len(actual)} folders"
            if wrong or not given:
                shown = "; ".join(f"{rights or 'nothing'} on {folder}" for folder, rights in list(wrong.items())[:3])
                rows.append(Row(who, f"{shown}{f' and {len(wrong) - 3} more' if len(wrong) > 3 else ''}", right))
            else:
                rows.append(Row(who, right, right))
        return tuple(rows)

    def plan(self, actual: Mapping[str, list[AccessEntry]], facts: NodeFacts) -> Plan:
        acts: list[Act | ByHand] = []
        above = [
            facts.name_of(sid)
            for sid, wanted in self.rights
            if self._given(actual.get(self.folder, []), facts.name_of(sid), inherited=True) not in (None, wanted)
        ]
        if above and not facts.breaks_inheritance:
            return (
                ByHand(
                    f"On the node, open the properties of {self.folder}, Security, Advanced; clear the check box for "
                    f"inheriting from above and choose Copy; then correct {', '.join(above)}.",
                    "the access rights are read again",
                ),
            )
        if above:
            acts.append(
                Act(access.stop_inheriting(self.folder), f"what {', '.join(above)} inherit from above is not wanted")
            )
        acts.append(
            Act(access.grant_tree(self.folder, self.rights), "grant by SID, on everything under it", limit="copy")
        )
        return tuple(acts)
