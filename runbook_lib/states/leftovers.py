"""States of what an uninstallation leaves: on the switched partition, in the group, and on a node."""

from collections.abc import Mapping
from dataclasses import dataclass

from runbook_lib.commands import clpcfctrl, folders, registry, services
from runbook_lib.commands.folders import Tree, folder_path
from runbook_lib.node import NodeFacts
from runbook_lib.states.attended import Attested, Confirmation
from runbook_lib.states.clpconf import parse
from runbook_lib.states.cluster import read_status
from runbook_lib.states.folders import leads_elsewhere
from runbook_lib.states.state import Act, Ask, Blocked, ByHand, Plan, Reading, Row, State, one_round
from runbook_lib.states.uninstall import Remains, RemovedEverywhere


@dataclass(frozen=True)
class Shared:
    """What was read for a `SharedFolderRemoved`.

    Attributes:
        remains: what is left of the product, by node.
        registered: the group is registered, without which nobody reaches its partition.
        active: the site's name of the node on which the group runs; None where it runs on none.
        tree: the folder, read on that node; None: not read.
    """

    remains: Mapping[str, Remains]
    registered: bool
    active: str | None
    tree: Tree | None = None


@dataclass(frozen=True)
class SharedFolderRemoved(State[Shared]):
    r"""The product's folder on the switched partition is gone, once every node has uninstalled the product.

    The uninstallation on the last node takes it away by itself.  Where a node could not uninstall, it stays and is
    deleted here; where every node has, and it is still there, a person decides.

    Attributes:
        everywhere: that every node has uninstalled; it names those that cannot.
        group: the failover group.
        node: this node; only where the group runs can the folder be deleted.
        folder: such as ``W:\Program Files\ESMPRO\ESMPROCM``.
        kept: folders that are nobody's to delete.
    """

    everywhere: RemovedEverywhere
    group: str
    node: str
    folder: str
    kept: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.folder} is gone, once every node has uninstalled {self.everywhere.product.name}"

    @property
    def destroys(self) -> str:
        return f"{self.folder} is deleted with everything in it"

    def reading(self, facts: NodeFacts) -> Reading[Shared]:
        remains = yield from self.everywhere.reading(facts)
        status = yield from read_status()
        group = status.groups.get(self.group)
        server = (group.active_node if group else None) or ""
        active = next((one for one in self.everywhere.nodes if one.casefold() == server.casefold()), None)
        if active is None or self.everywhere.still_on(remains):
            return Shared(remains, group is not None, active)
        (listed,) = yield (Ask(folders.list_tree(self.folder), active),)
        return Shared(remains, True, active, folders.parse_tree(listed.text, self.folder))

    def rows(self, actual: Shared, facts: NodeFacts) -> tuple[Row, ...]:
        nodes = tuple(Row(row.key, row.actual) for row in self.everywhere.rows(actual.remains, facts))
        if waits_for := self.everywhere.still_on(actual.remains):
            return (*nodes, Row(self.folder, f"not before it is uninstalled on {', '.join(waits_for)}"))
        if not actual.registered:
            return (*nodes, Row(self.folder, f"out of reach: group {self.group} is not registered"))
        tree = actual.tree
        shown = f"out of reach: group {self.group} runs on no node" if tree is None else str(tree)
        where = f" on {actual.active}" if actual.active else ""
        return (*nodes, Row(f"{self.folder}{where}", None if shown == "absent" else shown, None))

    def plan(self, actual: Shared, facts: NodeFacts) -> Plan:
        tree = actual.tree
        if tree is None:
            return (Blocked(f"Group {self.group} runs on no node, so {self.folder} cannot be read. Start it first."),)
        if not tree.there:
            return (Blocked(f"{self.folder} is {tree}, not a folder: look at it on {actual.active}."),)
        if not self.everywhere.excused:
            what = (
                f"Every node has uninstalled {self.everywhere.product.name}, and {self.folder} still holds {tree}. On "
                f"{actual.active}, put away what is still needed and delete the folder."
            )
            return (ByHand(what, "the folder is read"),)
        if tree.links:
            return (Blocked(leads_elsewhere(tree)),)
        if inside := [one for one in (self.folder[:2], *self.kept) if _holds(self.folder, one)]:
            return (Blocked(f"{self.folder} holds {inside[0]}, which stays. Delete by hand what is to go."),)
        if actual.active != self.node:
            return (Blocked(f"Group {self.group} runs on {actual.active}: run this chapter there."),)
        why = "delete what the uninstallations left: " + "; ".join(
            f"{node} cannot uninstall ({reason})" for node, reason in self.everywhere.excused
        )
        return (Act(folders.remove_tree(self.folder), why, then_read=True, limit="copy"),)


def _holds(folder: str, other: str) -> bool:
    """Whether *other* is *folder*, or lies in it."""
    return f"{other}\\".casefold().startswith(folder.rstrip("\\").casefold() + "\\")


@dataclass(frozen=True)
class OthersMayGo(State[tuple[str, Confirmation | None]]):
    """The group holds nothing but its address and its disk, or a person has said that the rest may go with it.

    Attributes:
        group: the failover group.
        install_folder: CLUSTERPRO's.
        own: types of resource that the procedure itself has put in.
    """

    group: str
    install_folder: str
    own: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Group {self.group} holds nothing of others, or it may go too"

    def _attested(self, names: str) -> Attested:
        return Attested(
            "others-may-go",
            f"what group {self.group} holds beside its address and its disk may go with it",
            f"Group {self.group} also holds {names}, which would be removed with it. Put away what is still needed, or "
            "let it go.",
            whole_cluster=True,
        )

    def reading(self, facts: NodeFacts) -> Reading[tuple[str, Confirmation | None]]:
        (reply,) = yield one_round(clpcfctrl.read_active(self.install_folder))
        content = clpcfctrl.parse_active(reply.output, self.install_folder)
        group = parse(content).group(self.group) if content is not None else None
        held = group.resources if group else ()
        others = ", ".join(f"{one.type} {one.name}" for one in held if one.type not in self.own)
        return others, (yield from self._attested(others).reading(facts))

    def rows(self, actual: tuple[str, Confirmation | None], facts: NodeFacts) -> tuple[Row, ...]:
        others, said = actual
        if not others or said is None:
            return (Row("resources of others", others or None, None),)
        return (Row("resources of others", f"{others}; may go, attested by {said.by} at {said.at}: {said.note}"),)

    def plan(self, actual: tuple[str, Confirmation | None], facts: NodeFacts) -> Plan:
        return self._attested(actual[0]).plan(None, facts)


@dataclass(frozen=True)
class LeftBehind(State[tuple[Row, ...]]):
    r"""What stays is named; nothing is asked of it and nothing done.

    Attributes:
        node: this node.
        folders: absolute paths.
        keys: registry keys, and whether they belong to 32-bit software.
        services: display names.
        interactive: names of one service, the first that is there, which may have been let interact with the desktop.
    """

    node: str
    folders: tuple[str, ...]
    keys: tuple[tuple[str, bool], ...]
    services: tuple[str, ...]
    interactive: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"What stays on {self.node} is named"

    def reading(self, facts: NodeFacts) -> Reading[tuple[Row, ...]]:
        keys = [registry.in_view(key, of_32_bit=narrow and facts.architecture == "x64") for key, narrow in self.keys]
        listed, *replies = yield one_round(
            services.LIST_ALL,
            *(registry.query_key(key.rpartition("\\")[0]) for key in keys),
            *(f"if exist {folder_path(one[:3])} (echo there) else (echo absent)" for one in self.folders),
            *map(folders.list_tree, self.folders),
        )
        installed = services.parse_list(listed.text)
        found = [(name, services.by_display_name(installed, name)) for name in self.services]
        there, trees = replies[len(keys) :][: len(self.folders)], replies[len(keys) + len(self.folders) :]
        rows = [Row(name, f"stays ({one.state})" if one else "not there") for name, one in found]
        rows += [
            Row(key, "stays" if registry.lists_key(reply.text, key) else "not there")
            for key, reply in zip(keys, replies, strict=False)
        ]
        for folder, drive, tree in zip(self.folders, there, trees, strict=True):
            shown = _left(tree.text, folder) if drive.text.strip() == "there" else "out of reach here"
            rows.append(Row(folder, shown))
        service = next((one for name in self.interactive if (one := services.by_display_name(installed, name))), None)
        if service:
            (reply,) = yield one_round(registry.query(services.registry_key(service), "Type"))
            kind = registry.number(registry.parse_value(reply.text, "Type")) or 0
            interacts = "may, and stays so" if kind & services.INTERACTIVE else "may not"
            rows.append(Row(f"{service.display_name} interacts with the desktop", interacts))
        return tuple(rows)

    def rows(self, actual: tuple[Row, ...], facts: NodeFacts) -> tuple[Row, ...]:
        return actual


def _left(text: str, folder: str) -> str:
    try:
        tree = folders.parse_tree(text, folder)
    except ValueError as error:
        return f"stays, and cannot be listed whole: {error}"
    return f"stays: {tree}" if tree.kind != "absent" else "not there"
