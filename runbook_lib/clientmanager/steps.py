"""What the manual's steps ask for, as states of a site: the facts of the manual put together with the site's own."""

from dataclasses import replace
from functools import partial
from typing import Any

from runbook_lib.clientmanager.facts import ALERT_VIEWER_KEY, ESMPRO_SERVICES, NVBASE_KEY
from runbook_lib.clientmanager.matrix import CLUSTERPRO, outside_clusterpro, outside_windows
from runbook_lib.clientmanager.site import ClientManagerSite
from runbook_lib.clientmanager.steps_group import group_on
from runbook_lib.states.cluster import GroupActive
from runbook_lib.states.needed import NeededFor
from runbook_lib.states.preflight import OtherServices, ProductInstalled, WindowsCovered
from runbook_lib.states.state import State
from runbook_lib.states.windows import FolderThere, RegistryValue, RegistryValueAmong, ServicesStopped


def covered_windows(site: ClientManagerSite) -> WindowsCovered:
    """The manual's list of environments, for the manager and for the client alike (動作環境)."""
    return WindowsCovered(
        partial(outside_windows, clientmanager=site.clientmanager.version), "windows" in site.accept_outside_manual
    )


def installed_clusterpro(site: ClientManagerSite) -> ProductInstalled:
    """The versions of CLUSTERPRO X that the manual is for (適用範囲)."""
    version = site.cluster.clusterpro
    return ProductInstalled(
        "CLUSTERPRO X",
        ("CLUSTERPRO X", "EXPRESSCLUSTER X"),
        version,
        CLUSTERPRO.get(version) or "",
        outside_clusterpro(version),
        "clusterpro" in site.accept_outside_manual,
    )


def components_left_alone() -> OtherServices:
    """ClientManager's client and relay agent, where they are installed, stay outside the group (機能範囲)."""
    return OtherServices("ESMPRO/CM", ESMPRO_SERVICES, "they never follow a failover and are left alone")


def not_shared_elsewhere(site: ClientManagerSite) -> RegistryValueAmong:
    """The cluster does not already share a work folder in another place (5, first paragraphs)."""
    return RegistryValueAmong(
        _key(NVBASE_KEY.path), "WorkDir", (site.nvwork_local, site.nvwork_shared), of_32_bit=NVBASE_KEY.moves_on_x64
    )


def group_on_first_for_sharing(site: ClientManagerSite) -> NeededFor[Any]:
    """The group is on the node of first priority while a node still has a work folder of its own (5, first paragraph).

    It is moved there; a stopped one is left to a person.
    """
    ground = replace(group_on(site, site.group.policy[0]), start=False)
    return NeededFor(ground, (FolderThere(site.nvwork_local, there=False),))


def safe_to_move(site: ClientManagerSite, node: str) -> tuple[State[Any], ...]:
    """What must hold on *node* before the work folder is touched: the group, its disk, and no service at work."""
    return (
        GroupActive(site.group.name, (node,)),
        FolderThere(site.group.disk.drive),
        ServicesStopped(ESMPRO_SERVICES),
    )


def work_folder_registry(site: ClientManagerSite) -> tuple[RegistryValue, ...]:
    """The four values that lead to the work folder, in the manual's order (5-(4))."""
    keys = {key.path: key for key in (NVBASE_KEY, ALERT_VIEWER_KEY)}
    return tuple(
        RegistryValue(_key(path), name, data, of_32_bit=keys[path].moves_on_x64)
        for path, name, data in site.nvbase_values
    )


def _key(path: str) -> str:
    return f"HKLM\\{path}"
