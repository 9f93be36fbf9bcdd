"""The lab that a site file describes: the one place where sites and the lab meet."""

from typing import get_args

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.lab.description import LabDescription, LabNode, Release


def describe(site: ClientManagerSite, password: str, *, any_port: bool = False) -> LabDescription:
    """The description of a lab that *site* would take for its cluster.

    Args:
        site: its nodes must be on this machine (127.0.0.1).
        password: of the account that the site names.
        any_port: let the system choose the ports instead of those in the site file.

    Raises:
        ParameterError: the site's nodes are elsewhere, or the lab does not know its Windows release.
    """
    if site.windows.release not in get_args(Release):
        raise ParameterError(f"{site.path}: the lab has no Windows {site.windows.release}; it has {get_args(Release)}.")
    elsewhere = [name for name, node in site.nodes.items() if node.address not in ("127.0.0.1", "localhost")]
    if elsewhere:
        raise ParameterError(
            f"{site.path}: {', '.join(elsewhere)} is not on this machine, and a lab is only ever here. "
            "Write 127.0.0.1 as the address of every node of a lab."
        )
    access = {name: site.node(name) for name in site.group.policy}
    return LabDescription(
        nodes=tuple(LabNode(name, 0 if any_port else access[name].port) for name in site.group.policy),
        user=access[site.group.policy[0]].user,
        password=password,
        release=site.windows.release,  # type: ignore[arg-type]  # checked above
        architecture=site.windows.architecture,
        language=site.windows.language,
        code_page=site.windows.code_page,
        clusterpro=site.cluster.clusterpro,
        cluster_name=site.cluster.name,
        group=site.group.name,
        address=site.group.address.ip,
        address_kind=site.group.address.kind,
        drive=site.group.disk.drive,
        disk_kind=site.group.disk.kind,
        system_drive=site.windows.system_drive,
        clusterpro_folder=site.cluster.install_folder,
        esmpro_folder=site.clientmanager.esmpro_folder,
        shared_folder=site.clientmanager.shared_folder,
        user_group=site.clientmanager.user_group,
        https=access[site.group.policy[0]].scheme == "https",
    )
