"""The configuration in force on every node, and the commands that put another one in its place."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from runbook_lib.commands import clpcfctrl, content
from runbook_lib.commands.cluster import ClusterStatus
from runbook_lib.commands.folders import folder_path, remove_tree
from runbook_lib.commands.quoting import path
from runbook_lib.node import NodeFacts
from runbook_lib.states.clpconf.configuration import Configuration, parse
from runbook_lib.states.clpconf.document import ConfigurationError
from runbook_lib.states.cluster import read_status
from runbook_lib.states.state import Act, Ask, Blocked, ByHand, Plan, Reading, Row

SAME = "the same"


@dataclass(frozen=True)
class Registration:
    """What was read of the cluster's configuration.

    Attributes:
        configuration: the one in force on *node*.
        node: where it was read.
        elsewhere: for every other node `SAME`, "different" or "absent".
        status: what CLUSTERPRO shows of the cluster.
        distributes: whether the node has the command that gives a configuration to every node.
    """

    configuration: Configuration
    node: str
    elsewhere: Mapping[str, str]
    status: ClusterStatus
    distributes: bool

    def runs_on(self, group: str) -> str | None:
        """The node on which a group runs, or a word for a state between; None when it is stopped or not known yet."""
        found = next((one for name, one in self.status.groups.items() if name.casefold() == group.casefold()), None)
        if found is None or (found.status == "Offline" and found.active_node is None):
            return None
        return found.active_node or found.status

    @property
    def rows(self) -> tuple[Row, ...]:
        """Whether the file is right in itself and the same everywhere: what any edit begins and ends with."""
        same = (Row(f"clp.conf on {node}", found, SAME) for node, found in self.elsewhere.items())
        return (Row("objectnumber", self.configuration.objectnumber, self.configuration.objects), *same)

    @property
    def unsafe(self) -> Blocked | None:
        """Why nothing may be edited as things are."""
        other = [node for node, found in self.elsewhere.items() if found != SAME]
        if other:
            return Blocked(
                f"clp.conf on {', '.join(other)} is not the one on {self.node}, so it is not known which is right. "
                "Apply the configuration in WebManager to every server, then run this step again."
            )
        number, objects = self.configuration.objectnumber, self.configuration.objects
        if number != objects:
            return Blocked(
                f"clp.conf on {self.node} says objectnumber {number}, and counted it is {objects}: this version counts "
                "otherwise, so no edited file would be right. Make the change in WebManager, then run this step again."
            )
        return None


def read_registration(install_folder: str, nodes: tuple[str, ...], facts: NodeFacts) -> Reading[Registration]:
    """Read the configuration in force on *nodes*; the one of the run's own node is taken where it is among them."""
    status = yield from read_status()
    *files, where = yield (
        *(Ask(clpcfctrl.read_active(install_folder), node) for node in nodes),
        Ask(clpcfctrl.WHERE),
    )
    contents = {
        node: clpcfctrl.parse_active(reply.output, install_folder) for node, reply in zip(nodes, files, strict=True)
    }
    node = next((one for one in nodes if one.casefold() == facts.host_name.casefold()), nodes[0])
    file, content_here = clpcfctrl.active_file(install_folder), contents.pop(node)
    if content_here is None:
        raise ConfigurationError(f"{node} has no {file}: set the cluster up first (procedure 1)")
    try:
        configuration = parse(content_here)
    except ConfigurationError as error:
        raise ConfigurationError(f"{file} on {node}, {error}") from error
    elsewhere = {other: _compared(configuration, found) for other, found in contents.items()}
    return Registration(configuration, node, elsewhere, status, where.exit_code == 0)


def _compared(configuration: Configuration, other: bytes | None) -> str:
    if other is None:
        return "absent"
    if other == configuration.render():
        return SAME
    try:
        return SAME if parse(other).root.means(configuration.root) else "different"
    except ConfigurationError:
        return "different"


def push_plan(actual: Registration, edited: Configuration, group: str, install_folder: str, asked: str) -> Plan:
    """Distribute *edited*, once *group*, which it changes, does not run; else what a person is to do.

    Args:
        actual: what was read.
        edited: the configuration that every node is to have.
        group: the group that the edit is about.
        install_folder: CLUSTERPRO's.
        asked: the edit in words, for a person who makes it in WebManager.
    """
    if edited == actual.configuration:
        return (Blocked(f"No edit of clp.conf would make it so. In WebManager: {asked}; then run this step again."),)
    if not actual.distributes:
        what = f"{actual.node} has no clpcfctrl. In WebManager, in the group's settings: {asked}; apply it."
        return (ByHand(what, "clp.conf is read on every node"),)
    acts = distribute(install_folder, edited)
    where = actual.runs_on(group)
    if where is None:
        return acts
    what = (
        f"Group {group} runs on {where}, and a change of its settings stops it by force. Choose the time, tell its "
        f"users, and stop it: clpgrp -t {group}."
    )
    return (ByHand(what, "the group is read as stopped"), *acts)


def distribute(install_folder: str, edited: Configuration) -> tuple[Act, ...]:
    r"""The commands that give *edited* to every node.

    The scripts of all groups are pulled first, so that the folder that is pushed holds them too.  What carries the
    file's content is left out of the record: a cluster configuration holds passwords, obscured only.
    """
    folder = f"{install_folder}\\work\\runbook"
    file, content_after = f"{folder}\\clp.conf", edited.render()
    proof = f"{len(content_after):,} bytes, SHA-256 {hashlib.sha256(content_after).hexdigest()[:16]}"
    carriers = content.write_file(file, content_after)
    return (
        Act(f"if exist {folder_path(folder)} {remove_tree(folder)}", "begin with an empty folder"),
        Act(f"md {path(folder)}", "begin with an empty folder"),
        Act(clpcfctrl.pull(folder), "have the scripts of every group beside the file"),
        *(
            Act(line, f"write the edited file, {proof}", shown=_without_content(line, number, len(carriers)))
            for number, line in enumerate(carriers, 1)
        ),
        Act(clpcfctrl.push(folder), "give it to every node", success=clpcfctrl.ANY_EXIT_CODE),
        Act(remove_tree(folder), "leave no copy behind"),
    )


def _without_content(line: str, number: int, count: int) -> str:
    """What the record shows of a command: a line that carries content is named only."""
    carries = line.startswith(">>") and "-----" not in line[:200]
    return f"(edited clp.conf, command {number} of {count}: its content is not recorded)" if carries else ""
