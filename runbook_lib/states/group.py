"""States of the failover group as the cluster's configuration has it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from runbook_lib.node import NodeFacts
from runbook_lib.states.clpconf import (
    Configuration,
    ConfigurationError,
    Group,
    Part,
    Resource,
    difference,
    existing,
    exported,
    floating_ip,
    free_name,
    shared_disk,
    with_group,
    with_monitors,
    with_resource,
    without_group,
)
from runbook_lib.states.clpconf.distribution import Registration, push_plan, read_registration, stops_group
from runbook_lib.states.state import Blocked, ByHand, Plan, Reading, Row, State

_DISKS: Final = {"mirror": ("md", "hd"), "shared": ("sd", "hd")}
"""Types of resource for a switched partition: mirror disk, disk, hybrid disk."""

_ADDRESSES: Final = {"floating": "fip", "virtual": "vip"}


@dataclass(frozen=True)
class GroupRegistered(State[Registration]):
    r"""The failover group is registered, with its address, its switched partition and its policy (procedure 2).

    What the group holds beside them is left as it is.  A resource whose XML is not public comes from *exported*, or is
    added by hand in WebManager and then found in the file.

    Attributes:
        group: its name.
        policy: the nodes, first priority first.
        address_kind, ip: of the address that everything connects to.
        disk_kind, drive: of the switched partition, such as "W:".
        install_folder: CLUSTERPRO's, the same on every node.
        exported: elements of resources as a file of this cluster has them, each as XML.
        volume_guids: of a disk resource, for each node (node, GUID), as ``clpdiskctrl get guid`` prints it.
    """

    group: str
    policy: tuple[str, ...]
    address_kind: Literal["floating", "virtual"]
    ip: str
    disk_kind: Literal["mirror", "shared"]
    drive: str
    install_folder: str
    exported: tuple[str, ...] = ()
    volume_guids: tuple[tuple[str, str], ...] = ()

    settle_s = 30.0

    @property
    def title(self) -> str:
        return f"Group {self.group} is registered: {self.ip}, {self.drive}, {' then '.join(self.policy)}"

    @property
    def destroys(self) -> str:
        return stops_group(self.group)

    def reading(self, facts: NodeFacts) -> Reading[Registration]:
        return (yield from read_registration(self.install_folder, self.policy, facts, self.group, "registration"))

    def rows(self, actual: Registration, facts: NodeFacts) -> tuple[Row, ...]:
        group = actual.configuration.group(self.group)
        servers = ", ".join(group.policy) if group else None
        wanted = ", ".join(name.lower() for name in self.policy)
        address, disk = _ADDRESSES[self.address_kind], "/".join(_DISKS[self.disk_kind])
        held = group.resources if group else ()
        return (
            Row("group", group.name if group else None, self.group),
            Row("policy", servers, wanted),
            Row(f"address ({address})", self.ip if self._address_in(group) else _shown(held, (address,)), self.ip),
            Row(
                f"switched partition ({disk})",
                self.drive if self._disk_in(group) else _shown(held, _DISKS[self.disk_kind]),
                self.drive,
            ),
            *actual.rows,
            Row("group runs on", actual.runs_on(self.group) or "no node"),
            Row("edit of clp.conf", self._shown_edit(actual.configuration)),
        )

    def plan(self, actual: Registration, facts: NodeFacts) -> Plan:
        if actual.unsafe:
            return (actual.unsafe,)
        try:
            edited, by_hand = self._edited(actual.configuration)
        except ValueError as error:
            return (Blocked(f"{error}. Nothing was changed."),)
        if by_hand:
            return (ByHand(_in_webmanager(self.group, actual, by_hand), "clp.conf is read on every node"),)
        asked = f"name {self.group}, {self.address_kind} IP {self.ip}, {self.disk_kind} disk {self.drive}"
        return push_plan(actual, edited, self.group, self.install_folder, f"{asked}, servers {', '.join(self.policy)}")

    def _address_in(self, group: Group | None) -> bool:
        found = group.of_type(_ADDRESSES[self.address_kind]) if group else ()
        return any(one.mentions(self.ip) for one in found)

    def _disk_in(self, group: Group | None) -> bool:
        return any(self._is_our_disk(one) for one in group.resources) if group else False

    def _is_our_disk(self, resource: Resource) -> bool:
        if resource.type not in _DISKS[self.disk_kind]:
            return False
        letter = self.drive.rstrip(":\\").upper()
        if resource.type == "hd":  # where it has its drive is not public
            return any(resource.mentions(letter + end) for end in ("", ":", ":\\"))
        return resource.drive == f"{letter}:"

    def _edited(self, before: Configuration) -> tuple[Configuration, list[str]]:
        """The file as it is to be, and what only a person can add; ConfigurationError: it cannot be so."""
        after, by_hand = with_group(before, self.group, self.policy), list[str]()
        group = after.group(self.group)
        if not self._address_in(group):
            address = self._address_part(after)
            if address is None:
                by_hand.append(f"a {self.address_kind} IP resource with {self.ip}")
            else:
                after = with_monitors(with_resource(after, self.group, address), address, self.exported)
        if not self._disk_in(group):
            disk = self._disk_part(after)
            if disk is None:
                by_hand.append(f"a {self.disk_kind} disk resource with drive {self.drive}")
            else:
                after = with_monitors(with_resource(after, self.group, disk), disk, self.exported)
        return after, by_hand

    def _address_part(self, configuration: Configuration) -> Part | None:
        kind = _ADDRESSES[self.address_kind]
        given = self._exported(kind, lambda one: one.mentions(self.ip))
        if given or kind != "fip":
            return given
        group = configuration.group(self.group)
        other = group.of_type("fip") if group else ()
        if len(other) > 1:
            raise ConfigurationError(f"group {self.group} has {len(other)} floating IPs, and none of them is {self.ip}")
        return floating_ip(other[0].name if other else free_name(configuration, "fip"), self.ip)

    def _disk_part(self, configuration: Configuration) -> Part | None:
        there = next((one for one in configuration.resources if self._is_our_disk(one)), None)
        if there is not None:
            return existing(there.type, there.name)
        for kind in _DISKS[self.disk_kind]:
            given = self._exported(kind, self._is_our_disk)
            if given:
                return given
        if self.disk_kind == "shared" and {node for node, _ in self.volume_guids} >= set(self.policy):
            return shared_disk(free_name(configuration, "sd"), self.drive, dict(self.volume_guids))
        return None

    def _exported(self, kind: str, fits: Callable[[Resource], bool]) -> Part | None:
        for part in map(exported, self.exported):
            if part.type == kind and part.element and fits(Resource(kind, part.name, "", part.element)):
                return part
        return None

    def _shown_edit(self, configuration: Configuration) -> str:
        try:
            return difference(configuration, self._edited(configuration)[0]) or "none"
        except ValueError as error:
            return f"not possible: {error}"


@dataclass(frozen=True)
class GroupRemoved(State[Registration]):
    """The failover group is no longer registered, nor its resources and their monitors (uninstallation, last step).

    Attributes:
        group: its name.
        nodes: every node of the cluster that the group could run on.
        install_folder: CLUSTERPRO's.
    """

    group: str
    nodes: tuple[str, ...]
    install_folder: str

    settle_s = 30.0

    @property
    def title(self) -> str:
        return f"Group {self.group} is not registered"

    @property
    def destroys(self) -> str:
        return f"Group {self.group} is stopped and deleted, with its resources"

    def reading(self, facts: NodeFacts) -> Reading[Registration]:
        return (yield from read_registration(self.install_folder, self.nodes, facts, self.group, "removal"))

    def rows(self, actual: Registration, facts: NodeFacts) -> tuple[Row, ...]:
        group = actual.configuration.group(self.group)
        held = ", ".join(f"{one.type} {one.name}" for one in group.resources) if group else None
        try:
            edit = difference(actual.configuration, without_group(actual.configuration, self.group)) or "none"
        except ConfigurationError as error:
            edit = f"not possible: {error}"
        return (
            Row("group", group.name if group else None, None),
            Row("resources", held, None),
            *actual.rows,
            Row("group runs on", actual.runs_on(self.group) or "no node"),
            Row("edit of clp.conf", edit),
        )

    def plan(self, actual: Registration, facts: NodeFacts) -> Plan:
        if actual.unsafe:
            return (actual.unsafe,)
        try:
            edited = without_group(actual.configuration, self.group)
        except ConfigurationError as error:
            return (Blocked(f"{error}. Nothing was changed."),)
        return push_plan(actual, edited, self.group, self.install_folder, f"remove group {self.group}")


def _in_webmanager(group: str, actual: Registration, missing: list[str]) -> str:
    there = "" if actual.configuration.group(group) else f"register group {group} and "
    where = actual.runs_on(group)
    stops = f" The group runs on {where}: applying it stops it by force." if where else ""
    return (
        f"In WebManager, {there}add {' and '.join(missing)}, then apply it: how the file has such a resource is not "
        f"public, and the site has none exported.{stops}"
    )


def _shown(held: tuple[Resource, ...], types: tuple[str, ...]) -> str | None:
    """What the group has instead: addresses or drives of those types, else their names; None when it has none."""
    found = [one for one in held if one.type in types]
    return ", ".join(one.address or one.drive or one.name for one in found) or None
