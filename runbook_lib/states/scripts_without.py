"""The scripts of a failover group without a product's work (uninstallation)."""

from dataclasses import dataclass

from runbook_lib.node import NodeFacts
from runbook_lib.states.clpconf import Configuration, without_resource
from runbook_lib.states.clpconf.distribution import Files, Purpose
from runbook_lib.states.scripts import GroupScripts, ScriptsOfGroup
from runbook_lib.states.state import Row


@dataclass(frozen=True)
class ScriptResourceWithout(ScriptsOfGroup):
    """The group's scripts do nothing more for a product (uninstallation, first step; REMOVE-1).

    *edit* gives what is left; a script resource of which nothing is left leaves the group.
    """

    @property
    def title(self) -> str:
        return f"Group {self.group} no longer starts and stops {self.product} by its scripts"

    def rows(self, actual: GroupScripts, facts: NodeFacts) -> tuple[Row, ...]:
        rows: list[Row] = []
        for resource in self.resources(actual.registration.configuration):
            try:
                wanted = self.edited_texts(actual, resource)
            except ValueError as error:
                rows.append(Row(f"scripts of {resource}", f"cannot be edited: {error}", "without ours"))
                continue
            for node, texts in actual.of(resource).items():
                ours = ", ".join(name for name in self.names if texts.get(name) != wanted.get(name))
                rows.append(Row(f"our lines in {resource} on {node}", ours or None, None))
        return (*rows, *actual.registration.rows, *self.edit_rows(actual))

    @property
    def purpose(self) -> Purpose:
        return "removal"

    def edited(self, actual: GroupScripts) -> tuple[Configuration, Files, str]:
        after, files, asked = actual.registration.configuration, dict[str, bytes | None](), list[str]()
        for resource in self.resources(after):
            before, wanted = actual.of(resource), self.edited_texts(actual, resource)
            gone = {name for texts in before.values() for name in texts if texts[name] != wanted.get(name)}
            if not gone:
                continue
            place = f"{self.group}\\{resource}\\"
            if wanted:
                files |= {place + name: wanted.get(name) for name in sorted(gone)}
                asked.append(f"{', '.join(sorted(gone))} of {resource} as the record shows them")
            else:
                after = without_resource(after, "script", resource)
                files[place] = None
                asked.append(f"remove script resource {resource}")
        return after, files, " and ".join(asked) or "nothing"
