r"""The configuration in force on every node, and the commands that put another one in its place.

A change of a group's settings stops the group by force.  So where it runs a person first says, in the change, that it
may be stopped; then it is stopped in order by ``clpgrp -t``, and only then is anything given to the nodes.  It stays
stopped: starting it is a step of its own.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from runbook_lib.commands import clpcfctrl, cluster, content
from runbook_lib.commands.cluster import ClusterStatus
from runbook_lib.commands.folders import folder_path, remove_tree
from runbook_lib.commands.quoting import path
from runbook_lib.node import NodeFacts
from runbook_lib.states.attended import Attested, Confirmation
from runbook_lib.states.clpconf.configuration import Configuration, parse
from runbook_lib.states.clpconf.document import ConfigurationError
from runbook_lib.states.cluster import read_status
from runbook_lib.states.state import Act, Ask, Blocked, ByHand, Plan, Reading, Row

SAME = "the same"

Purpose = Literal["registration", "settings", "removal"]
"""What a group is stopped for; that it may be is said for one of them at a time."""

Files = Mapping[str, bytes | None]
r"""Files below the folder ``scripts``, such as ``GROUP\RESOURCE\start.bat``; None takes one away, or a whole folder."""

NO_FILES: Final[Files] = MappingProxyType({})


@dataclass(frozen=True)
class Registration:
    """What was read of the cluster's configuration.

    Attributes:
        configuration: the one in force on *node*.
        node: where it was read.
        elsewhere: for every other node `SAME`, "different" or "absent".
        status: what CLUSTERPRO shows of the cluster.
        distributes: whether the node has the command that gives a configuration to every node.
        purpose: what the group would be stopped for; None where nothing is to be changed.
        may_stop: who has said in this change that it may be stopped for that; None where nobody has.
    """

    configuration: Configuration
    node: str
    elsewhere: Mapping[str, str]
    status: ClusterStatus
    distributes: bool
    purpose: Purpose | None = None
    may_stop: Confirmation | None = None

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


def read_registration(
    install_folder: str, nodes: tuple[str, ...], facts: NodeFacts, group: str = "", purpose: Purpose | None = None
) -> Reading[Registration]:
    """Read the configuration in force on *nodes*; the one of the run's own node is taken where it is among them.

    With *purpose* the change is asked too whether *group* may be stopped for it.
    """
    status = yield from read_status()
    may_stop = (yield from _stop(group, purpose).reading(facts)) if purpose else None
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
    return Registration(configuration, node, elsewhere, status, where.exit_code == 0, purpose, may_stop)


def _stop(group: str, purpose: Purpose | None) -> Attested:
    return Attested(
        f"stop-for-{purpose}",
        f"group {group} may be stopped now",
        f"A change of the settings of group {group} stops it by force. Choose the time and tell its users; when you "
        "have said so, this step stops it in order first.",
        whole_cluster=True,
    )


def _compared(configuration: Configuration, other: bytes | None) -> str:
    if other is None:
        return "absent"
    if other == configuration.render():
        return SAME
    try:
        return SAME if parse(other).root.means(configuration.root) else "different"
    except ConfigurationError:
        return "different"


def push_plan(
    actual: Registration,
    edited: Configuration,
    group: str,
    install_folder: str,
    asked: str,
    files: Files = NO_FILES,
) -> Plan:
    """Stop *group*, once a person has said that it may be, and distribute *edited* with *files*; else what stops that.

    Args:
        actual: what was read.
        edited: the configuration that every node is to have.
        group: the group that the edit is about.
        install_folder: CLUSTERPRO's.
        asked: the edit in words, for a person who makes it in WebManager.
        files: scripts that are to be other than they are.
    """
    if edited == actual.configuration and not files:
        return (Blocked(f"No edit of clp.conf would make it so. In WebManager: {asked}; then run this step again."),)
    if not actual.distributes:
        what = f"{actual.node} has no clpcfctrl. In WebManager, in the group's settings: {asked}; apply it."
        return (ByHand(what, "clp.conf is read on every node"),)
    acts = distribute(install_folder, edited, files)
    where = actual.runs_on(group)
    if where is None:
        return acts
    stop = Act(cluster.stop(group), f"stop the group on {where} before its settings change", limit="failover")
    if actual.may_stop is not None:
        return (stop, *acts)
    asked_first = _stop(group, actual.purpose)
    what = f"Group {group} runs on {where}. {asked_first.todo}"
    return (ByHand(what, asked_first.what, asked_first.key, whole_cluster=True), stop, *acts)


def stops_group(group: str) -> str:
    """What is interrupted where settings of *group* change."""
    return f"Group {group} is stopped, where it runs, before its settings change"


def distribute(install_folder: str, edited: Configuration, files: Files = NO_FILES) -> tuple[Act, ...]:
    r"""The commands that give *edited* and *files* to every node.

    The scripts of all groups are pulled first, so that the folder that is pushed holds them too.  What carries a file's
    content is left out of the record: a cluster configuration holds passwords, obscured only, and the text of a script
    is shown as a difference.
    """
    folder = f"{install_folder}\\work\\runbook"
    return (
        Act(f"if exist {folder_path(folder)} {remove_tree(folder)}", "begin with an empty folder"),
        Act(f"md {path(folder)}", "begin with an empty folder"),
        Act(clpcfctrl.pull(folder), "have the scripts of every group beside the file"),
        *_written(f"{folder}\\clp.conf", edited.render(), "the edited file"),
        *(act for name, text in files.items() for act in _script_acts(f"{folder}\\scripts\\{name}", text)),
        Act(clpcfctrl.push(folder), "give it to every node", success=clpcfctrl.ANY_EXIT_CODE),
        Act(remove_tree(folder), "leave no copy behind"),
    )


def _script_acts(file: str, text: bytes | None) -> Iterator[Act]:
    if text is None:
        file = file.rstrip("\\")
        tree = f"if exist {folder_path(file)} ({remove_tree(file)})"
        yield Act(f"{tree} else if exist {path(file)} (del /f /q {path(file)})", "take it away")
        return
    folder = file.rpartition("\\")[0]
    yield Act(f"if not exist {folder_path(folder)} md {path(folder)}", "have the folder of the script")
    yield from _written(file, text, "the script")


def _written(file: str, text: bytes, what: str) -> Iterator[Act]:
    proof = f"{len(text):,} bytes, SHA-256 {hashlib.sha256(text).hexdigest()[:16]}"
    carriers = content.write_file(file, text)
    name = file.rpartition("\\")[2]
    for number, line in enumerate(carriers, 1):
        carries = line.startswith(">>") and "-----" not in line[:200]
        shown = (
            f"({what} {name}, command {number} of {len(carriers)}: its content is not recorded here)" if carries else ""
        )
        yield Act(line, f"write {what}, {proof}", shown=shown)
