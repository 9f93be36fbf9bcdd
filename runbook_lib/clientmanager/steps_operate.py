"""What 注意事項 2 and 3 of the manual ask for, as states of a site: machines that connect, and ordinary operation."""

from typing import Any, Final

from runbook_lib.clientmanager.facts import ESMPRO_SERVICES, PRODUCT_KEY
from runbook_lib.clientmanager.site import ClientManagerSite
from runbook_lib.clientmanager.steps_group import safe_to_switch
from runbook_lib.states.attended import Attested
from runbook_lib.states.cluster import ServersOnline
from runbook_lib.states.connection import ADDRESS_KINDS, CLUSTER_NAME, GROUP, ClientSetUp, ConnectionValues
from runbook_lib.states.everywhere import (
    AddressAndDiskFollowGroup,
    MonitorsNormal,
    OnlyOnActiveNode,
    ServicesFollowGroup,
)
from runbook_lib.states.sheet import Sheet, SheetLine
from runbook_lib.states.state import State

AUDITED_CHAPTERS: Final = ("2", "4", "5", "6", "7", "9")
"""Chapters whose results last, so that they can be compared with what is later: 3 is a restart and leaves nothing."""

_KINDS: Final = {"floating": "fip", "virtual": "vip"}
_PRODUCTS: Final = ("CLUSTERPRO", "EXPRESSCLUSTER")
_CLIENT: Final = ("client", "クライアント")
"""What makes a program in Windows' list CLUSTERPRO's client: assumed, no public document has its name there."""

_COMPONENTS: Final = "ESMPRO/CM"
_GUI_UNKNOWN: Final = (
    "not read: the site does not name CM GUI's programs (clientmanager.gui_processes); look at each standby's console"
)


def connection_values(site: ClientManagerSite) -> ConnectionValues:
    """Cluster name, failover group and address as they are registered, beside what the site says (注意事項 2)."""
    return ConnectionValues(
        site.cluster.name,
        site.group.name,
        "fip" if site.group.address.kind == "floating" else "vip",
        str(site.group.address.ip),
        site.group.policy,
        site.cluster.install_folder,
    )


def connection_sheet(site: ClientManagerSite) -> Sheet:
    """The values that a person enters at a machine outside the cluster, and what to heed there (注意事項 2)."""
    client = ("CLUSTERPRO client's set-up", "CLUSTERPRO クライアントのセットアップ")
    component = (
        "every CM GUI, relay agent and client: name of the manager's machine",
        "CM GUI・中継エージェント・クライアント:マネージャマシンの識別名",
    )
    kind = site.group.address.kind
    address = ADDRESS_KINDS[_KINDS[kind]]
    words = {"floating": "フローティング IP アドレス", "virtual": "仮想 IP アドレス"}
    return Sheet(
        f"Connecting to ClientManager's manager on cluster {site.cluster.name}",
        f"クラスタ {site.cluster.name} の ClientManager マネージャへの接続",
        connection_values(site).title,
        (
            SheetLine(CLUSTER_NAME, "Cluster name", "クラスタ名", *client),
            SheetLine(GROUP, "Failover group", "フェールオーバーグループ名", *client),
            SheetLine(address, f"{kind.capitalize()} IP address", words[kind], *client),
            SheetLine(address, "Manager's machine", "マネージャマシンの識別名", *component),
        ),
        (
            (
                "Set CLUSTERPRO client up first, and CM GUI, relay agent or client only after it.",
                "先に CLUSTERPRO クライアントを、その後に CM GUI・中継エージェント・クライアントをセットアップする。",
            ),
            (
                "Enter the values exactly as printed. Never enter a node's own name or address.",
                "値は記載どおりに入力する。ノード自身の名前やアドレスは入力しない。",
            ),
            (
                "Which node is active need not be known: the address moves with the group.",
                "どのノードが現用系かを意識する必要はない。アドレスはグループとともに移動する。",
            ),
        ),
        (("Machine", "マシン名"), ("Component", "コンポーネント"), ("Date", "日付"), ("Name", "氏名")),
    )


def outside_machines_ready(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """CLUSTERPRO client is set up on each machine outside the cluster before anything connects from there (注意事項 2).

    The machines that the site names are read; where it names none, a person attests it for all.
    """
    address = str(site.group.address.ip)
    if not site.outside_machines:
        return (
            Attested(
                "outside-machines",
                "CLUSTERPRO client is set up on every machine outside the cluster that connects to the manager",
                "Give the sheet of this chapter to whoever sets up CM GUI, a relay agent or a client elsewhere: "
                "CLUSTERPRO client is set up there first, with these values. Or name the machines in the site file "
                "(outside_machines), and they are read.",
                whole_cluster=True,
            ),
        )
    return tuple(
        ClientSetUp(
            name,
            _PRODUCTS,
            _CLIENT,
            _COMPONENTS,
            PRODUCT_KEY.path,
            address,
            tuple((node, section.address) for node, section in site.nodes.items()),
            "enter what step 8-(1) has read",
        )
        for name in site.outside_machines
    )


def cluster_healthy(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """Every node takes part in the cluster, the group's resources are online and the monitors normal."""
    return (ServersOnline(site.group.policy), MonitorsNormal(site.group.name))


def gui_on_active_node(site: ClientManagerSite) -> OnlyOnActiveNode:
    """CM GUI runs on the active node alone (注意事項 3)."""
    return OnlyOnActiveNode(
        site.group.name, site.group.policy, "CM GUI", site.clientmanager.gui_processes, _GUI_UNKNOWN
    )


def manager_on_active_node(site: ClientManagerSite) -> ServicesFollowGroup:
    """The manager runs on the active node alone: the start script's services there, none elsewhere (注意事項 3)."""
    return ServicesFollowGroup(site.group.name, site.group.policy, ESMPRO_SERVICES)


def address_and_disk(site: ClientManagerSite) -> AddressAndDiskFollowGroup:
    """What the outside connects to is where the group runs (注意事項 3)."""
    address = site.group.address
    return AddressAndDiskFollowGroup(
        site.group.name, site.group.policy, site.group.disk.drive, str(address.ip), address.kind == "floating"
    )


def safe_to_bring_here(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """What must hold before an operator's failover: every node takes part, and what any other needs (注意事項 3)."""
    return (ServersOnline(site.group.policy), *safe_to_switch(site, "9"))


def no_parent_manager(site: ClientManagerSite) -> Attested:
    """The clustered manager has no parent manager (注意事項 3); where that is stored is not public.

    Attested once, it holds for later changes on the site too: none of them gives it a parent.
    """
    return Attested(
        "no-parent-manager",
        "The clustered manager has no parent manager",
        "In CM GUI, look at the manager's settings: no parent (upper) manager may be set there, because a clustered "
        "manager cannot have one.",
        whole_cluster=True,
        lasts_on=site.name,
    )
