"""States of what a machine outside the cluster needs to connect: the values as registered, and the machine itself."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from runbook_lib.commands import registry, services
from runbook_lib.node import NodeFacts, Reply
from runbook_lib.states.clpconf import Configuration, Resource
from runbook_lib.states.clpconf.distribution import Registration, read_registration
from runbook_lib.states.state import AWAY, Ask, ByHand, Plan, Reading, Row, State

CLUSTER_NAME: Final = "cluster name"
GROUP: Final = "failover group"
ADDRESS_KINDS: Final = {"fip": "floating IP address", "vip": "virtual IP address"}
"""Rows of `ConnectionValues`, by which a sheet finds the values."""

_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_UNINSTALL: Final = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"


@dataclass(frozen=True)
class ConnectionValues(State[Registration]):
    r"""Cluster, failover group and address are registered as the site says; each row has the registered value.

    Names come from the configuration file in force and from what CLUSTERPRO shows, the address from the file, which is
    the same on every node.

    Attributes:
        cluster, group: their names in the site.
        kind, address: the site's.
        nodes: every node of the group.
        install_folder: CLUSTERPRO's.
    """

    cluster: str
    group: str
    kind: Literal["fip", "vip"]
    address: str
    nodes: tuple[str, ...]
    install_folder: str

    @property
    def title(self) -> str:
        return "Cluster, failover group and address are registered as the site file says"

    def reading(self, facts: NodeFacts) -> Reading[Registration]:
        return (yield from read_registration(self.install_folder, self.nodes, facts))

    def rows(self, actual: Registration, facts: NodeFacts) -> tuple[Row, ...]:
        group = actual.configuration.group(self.group)
        shown = next((name for name in actual.status.groups if name.casefold() == self.group.casefold()), None)
        rows = [
            Row(CLUSTER_NAME, actual.configuration.cluster or None, self.cluster),
            Row(GROUP, group.name if group else None, self.group),
            Row("failover group, as clpstat shows it", shown, group.name[:16] if group else None),
        ]
        for kind, key in ADDRESS_KINDS.items():
            found = ", ".join(addresses_of(actual.configuration, self.group, kind)) or None
            if kind == self.kind:
                rows.append(Row(key, found, self.address))
            elif found:
                rows.append(Row(key, found, None))
        rows += [row for row in actual.rows if row.key.startswith("clp.conf on ")]
        return (*rows, Row("group runs on", actual.runs_on(self.group) or "no node"))


def addresses_of(configuration: Configuration, group: str, kind: str) -> list[str]:
    """The addresses that the group's resources of that type name.

    How a virtual IP has its address in the file is not public: any text inside it that is one counts.
    """
    found = configuration.group(group)
    held = found.of_type(kind) if found else ()
    return list(dict.fromkeys(address for resource in held for address in _addresses(resource)))


def _addresses(resource: Resource) -> Iterator[str]:
    if resource.address:
        yield resource.address
    elif resource.element:
        yield from (text for text in resource.element.texts() if _IPV4.fullmatch(text))


@dataclass(frozen=True)
class Machine:
    """What was read of a machine outside the cluster.

    Attributes:
        away: why it could not be reached; "" when it was.
        host_name: what it calls itself.
        listed: installed programs of the cluster product, with their versions.
        components: services of the connecting product, with their states.
        named: values below the connecting product's key that name the group's address or a node: (value, what).
        attested: what a person vouched for, "" for nothing.
    """

    away: str
    host_name: str = ""
    listed: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    attested: str = ""


@dataclass(frozen=True)
class ClientSetUp(State[Machine]):
    r"""A machine outside the cluster has the cluster's client software; what else can be read of it is reported.

    What the list of installed programs calls the client is not public.  Where no name there says it, a person may say
    so instead.

    Attributes:
        machine: its name in the site.
        products: how the display names of the cluster product begin.
        words: one of these makes such a name the client's; case does not matter.
        component: how the display names of the connecting product's services begin.
        key: of the connecting product, below HKEY_LOCAL_MACHINE\SOFTWARE.
        address: the group's, by which every component names the manager.
        nodes: (name, address) of the nodes, which no component should name in its place.
        values: what to enter, for the person who sets the client up.
    """

    machine: str
    products: tuple[str, ...]
    words: tuple[str, ...]
    component: str
    key: str
    address: str
    nodes: tuple[tuple[str, str], ...]
    values: str

    @property
    def title(self) -> str:
        return f"{self.products[0]} client is set up on {self.machine}"

    @property
    def _confirmation(self) -> str:
        return f"client-{self.machine}"

    def reading(self, facts: NodeFacts) -> Reading[Machine]:
        x86, x64 = self.key, self.key.replace("SOFTWARE\\", "SOFTWARE\\Wow6432Node\\", 1)
        views = (_UNINSTALL, registry.in_view(_UNINSTALL, of_32_bit=True))
        lines = (
            "hostname",
            *(f'{registry.query_tree(view)} | findstr /i "HKEY_ DisplayName DisplayVersion"' for view in views),
            services.LIST_ALL,
            *(registry.query_tree(rf"HKLM\{key}") for key in (x86, x64)),
        )
        said, *replies = yield (
            Ask(f"cluster confirmation {self._confirmation}", "change"),
            *(Ask(line, f"{self.machine}?") for line in lines),
        )
        attested = "by {by} at {at}: {note}".format(**json.loads(said.text)) if said.exit_code == 0 else ""
        if away := next((reply.text for reply in replies if reply.exit_code == AWAY), ""):
            return Machine(away, attested=attested)
        host, first, second, running, *keys = replies
        return Machine(
            "",
            host.text.strip(),
            tuple(dict.fromkeys(self._programs(first, second))),
            tuple(
                f"{one.display_name} ({one.state})"
                for one in services.parse_list(running.text)
                if one.display_name.casefold().startswith(self.component.casefold())
            ),
            tuple(self._names(keys)),
            attested,
        )

    def rows(self, actual: Machine, facts: NodeFacts) -> tuple[Row, ...]:
        client = next((name for name in actual.listed if any(word in name.casefold() for word in self.words)), None)
        if client is None and actual.attested:
            client = f"attested {actual.attested}"
        if actual.away:
            shown = client or actual.away
            return (Row("client", shown, shown if client else "listed among the installed programs"),)
        rows = [Row("client", client, client or "listed among the installed programs")]
        rows.append(Row("calls itself", actual.host_name, self._own_name(actual.host_name)))
        rows.append(Row(f"installed of {self.products[0]}", ", ".join(actual.listed) or "nothing"))
        rows.append(Row(f"services of {self.component}", ", ".join(actual.components) or "none"))
        return (*rows, *(Row(value, what) for value, what in actual.named))

    def plan(self, actual: Machine, facts: NodeFacts) -> Plan:
        client = f"{self.products[0]} client"
        what = f"Set {client} up on {self.machine}, before any component of {self.component} there: {self.values}."
        if actual.away:
            what = f"{actual.away} Switch {self.machine} on, or look there whether {client} is set up."
        return (ByHand(what, f"{client} is set up on {self.machine}", self._confirmation, whole_cluster=True),)

    def _own_name(self, found: str) -> str:
        return found if found.casefold() == self.machine.casefold() else self.machine

    def _programs(self, *replies: Reply) -> Iterator[str]:
        starts = tuple(one.casefold() for one in self.products)
        for reply in replies:
            for values in registry.parse_tree(reply.text).values():
                name, version = values.get("DisplayName"), values.get("DisplayVersion")
                if name and name.data.casefold().startswith(starts):
                    yield f"{name.data} {version.data}" if version else name.data

    def _names(self, replies: list[Reply]) -> Iterator[tuple[str, str]]:
        """Which values name the group's address, and which a node; whose value is whose is not public."""
        for reply in replies:
            for key, values in registry.parse_tree(reply.text).items() if reply.exit_code == 0 else ():
                for name, data in values.items():
                    where = f"{key.rpartition(chr(92))[2]}\\{name}"
                    if data.data == self.address:
                        yield where, f"{data.data}: the group's address"
                    for node, address in self.nodes:
                        if data.data.casefold() in (node.casefold(), address.casefold()):
                            yield where, f"{data.data}: names the node {node}, not the group"
