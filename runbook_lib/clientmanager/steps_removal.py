"""What the uninstallation asks for (注意事項 4), as states of a site: the installation backwards."""

from typing import Any, Final

from runbook_lib.clientmanager.facts import CLUSTER_SERVICES, ESMPRO_SERVICES, MANUAL_SERVICES, NVBASE_KEY, PRODUCT_KEY
from runbook_lib.clientmanager.silent import filled
from runbook_lib.clientmanager.site import ClientManagerSite
from runbook_lib.clientmanager.steps_group import group_on, safe_to_switch
from runbook_lib.clientmanager.steps_settings import (
    every_node_listens,
    group_removed,
    keys_no_longer_travel,
    scripts_without_our_lines,
)
from runbook_lib.states.afterwards import OnlyAfter
from runbook_lib.states.cluster import GroupActive
from runbook_lib.states.leftovers import LeftBehind, OthersMayGo, SharedFolderRemoved
from runbook_lib.states.needed import NeededFor
from runbook_lib.states.state import State
from runbook_lib.states.uninstall import Product, ProductRemoved, RemovedEverywhere
from runbook_lib.states.windows import FolderThere, ServicesStopped

_OWN_SERVICES: Final = tuple(name for name in ESMPRO_SERVICES if name not in MANUAL_SERVICES)
"""Those that no other ESMPRO product brings."""

_ADDRESS_AND_DISK: Final = ("fip", "vip", "sd", "md", "hd")
"""What procedure 2 puts into the group; after the first step nothing of procedure 6 is in it any more."""

_ODBC: Final = r"HKLM\SOFTWARE\ODBC\ODBC.INI"


def settings_without_manager(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """The group's settings have neither the registry keys nor the script lines of procedure 6 (注意事項 4, first)."""
    return (keys_no_longer_travel(site), scripts_without_our_lines(site))


def manager_removed(site: ClientManagerSite, node: str) -> ProductRemoved:
    """The manager is uninstalled on *node*, CM GUI with it; never CM GUI alone (注意事項 4-(2)).

    Raises:
        ParameterError: the command asks for a value that the site lacks.
    """
    command = site.setup.uninstall_command
    return ProductRemoved(
        _product(site),
        node,
        filled(site, command, "setup.uninstall_command") if command else "",
        site.uninstall.skip_nodes.get(node, ""),
    )


def group_here_for_removal(site: ClientManagerSite, node: str) -> NeededFor[Any]:
    """The group is brought to *node*, but only where something is left to uninstall or to delete (注意事項 4-(1))."""
    work: list[State[Any]] = []
    if node not in site.uninstall.skip_nodes:
        work.append(manager_removed(site, node))
    if site.uninstall.skip_nodes:
        work.append(shared_content_removed(site, node))
    return NeededFor(group_on(site, node), tuple(work))


def safe_to_bring(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """What must hold before the group is moved or started for the uninstallation: no script starts the manager."""
    return (*safe_to_switch(site, "10"), *settings_without_manager(site))


def ground_for_removal(site: ClientManagerSite, node: str) -> tuple[State[Any], ...]:
    """What must hold on *node* before the manager is uninstalled: the group and its disk are here, nothing runs."""
    return (
        GroupActive(site.group.name, (node,)),
        FolderThere(site.group.disk.drive),
        ServicesStopped(_OWN_SERVICES),
        *settings_without_manager(site),
    )


def shared_content_removed(site: ClientManagerSite, node: str) -> SharedFolderRemoved:
    """The install directory on the switched partition is gone, once every node has uninstalled (注意事項 4)."""
    folder, kept = site.clientmanager.shared_folder, (site.nvwork_shared,)
    return SharedFolderRemoved(_everywhere(site), site.group.name, node, folder, kept)


def group_up_for_content(site: ClientManagerSite) -> NeededFor[Any]:
    """The group runs somewhere, as long as what is on its partition is left or cannot be read."""
    policy = site.group.policy
    return NeededFor(group_on(site, *policy), (shared_content_removed(site, policy[0]),))


def ground_for_deletion(site: ClientManagerSite, node: str) -> tuple[State[Any], ...]:
    """What must hold on *node* before anything on the switched partition is deleted."""
    return (GroupActive(site.group.name, (node,)), FolderThere(site.group.disk.drive), *settings_without_manager(site))


def what_stays(site: ClientManagerSite, node: str) -> LeftBehind:
    """What the manual's uninstallation does not name: work folder, folders, keys, services, the desktop setting."""
    return LeftBehind(
        node,
        (site.nvwork_shared, site.nvwork_local, site.local_folder, site.clientmanager.shared_folder),
        ((f"HKLM\\{PRODUCT_KEY.path}", True), (f"HKLM\\{NVBASE_KEY.path}", True), *_data_source(site)),
        MANUAL_SERVICES,
        CLUSTER_SERVICES,
    )


def group_removed_last(site: ClientManagerSite) -> OnlyAfter[Any]:
    """The failover group is not registered, once the manager is uninstalled on every node (注意事項 4, last)."""
    return OnlyAfter(group_removed(site), _everywhere(site))


def safe_to_remove_group(site: ClientManagerSite, node: str) -> tuple[State[Any], ...]:
    """What must hold before the group goes: its partition is clean, nothing of others is in it, every node listens."""
    others = OthersMayGo(site.group.name, site.cluster.install_folder, _ADDRESS_AND_DISK)
    return (shared_content_removed(site, node), others, *every_node_listens(site))


def _product(site: ClientManagerSite) -> Product:
    folders = (site.local_folder, site.clientmanager.shared_folder)
    return Product("ClientManager's manager", _OWN_SERVICES, folders)


def _everywhere(site: ClientManagerSite) -> RemovedEverywhere:
    return RemovedEverywhere(_product(site), site.group.policy, tuple(site.uninstall.skip_nodes.items()))


def _data_source(site: ClientManagerSite) -> tuple[tuple[str, bool], ...]:
    database = site.setup.database
    return ((f"{_ODBC}\\{database.data_source}", True),) if database else ()
