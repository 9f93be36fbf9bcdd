"""What procedures 2 and 6 ask for, as states of a site: the failover group and its settings; and both undone."""

from functools import partial
from typing import Any, Final

from runbook_lib.clientmanager.facts import SYNCHRONISED_KEYS
from runbook_lib.clientmanager.script_edits import NAMES, with_our_work, without_our_work
from runbook_lib.clientmanager.site import ClientManagerSite
from runbook_lib.clientmanager.steps import work_folder_registry
from runbook_lib.errors import ParameterError
from runbook_lib.states.clpconf import ConfigurationError, exported_in
from runbook_lib.states.cluster import ServersOnline
from runbook_lib.states.commands_there import CommandsThere
from runbook_lib.states.group import GroupRegistered, GroupRemoved
from runbook_lib.states.scripts import ScriptResource
from runbook_lib.states.scripts_without import ScriptResourceWithout
from runbook_lib.states.state import State
from runbook_lib.states.synchronised import SynchronisedKeys, SynchronisedKeysRemoved

_PRODUCT: Final = "ClientManager"
_CALLED: Final = ("armload", "armkill", "armnsadd", "armnsdel", "armbcast")


def group_registered(site: ClientManagerSite) -> GroupRegistered:
    """The failover group with its address, its switched partition and its policy (2).

    Raises:
        ParameterError: the file of exported elements cannot be read.
    """
    group = site.group
    return GroupRegistered(
        group.name,
        group.policy,
        group.address.kind,
        str(group.address.ip),
        group.disk.kind,
        group.disk.drive,
        site.cluster.install_folder,
        exported=_exported(site),
    )


def group_removed(site: ClientManagerSite) -> GroupRemoved:
    """The failover group is not registered (注意事項 4, last)."""
    return GroupRemoved(site.group.name, site.group.policy, site.cluster.install_folder)


def every_node_listens(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """What must hold before a configuration is given to every node: each takes part in the cluster."""
    return (ServersOnline(site.group.policy),)


def scripts_can_work(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """What must hold before the scripts are added: every node takes part, and has the commands that they call.

    ARM commands are there up to CLUSTERPRO X 4.3 (mkazuyuki/Genetec-Security-Center, README, "Notes").
    """
    absent = "CLUSTERPRO X 5 and later has none, so the manual's scripts would start nothing there"
    return (*every_node_listens(site), CommandsThere(_CALLED, site.group.policy, absent))


def scripts_do_the_work(site: ClientManagerSite) -> ScriptResource:
    """The group's scripts start and stop the manager (6-(1))."""
    group, folder = site.group, site.cluster.install_folder
    return ScriptResource(group.name, group.policy, folder, _PRODUCT, NAMES, partial(with_our_work, site=site))


def scripts_without_our_lines(site: ClientManagerSite) -> ScriptResourceWithout:
    """The group's scripts have nothing of ours (注意事項 4, first)."""
    group, folder = site.group, site.cluster.install_folder
    return ScriptResourceWithout(
        group.name, group.policy, folder, _PRODUCT, NAMES, partial(without_our_work, site=site)
    )


def keys_travel(site: ClientManagerSite) -> SynchronisedKeys:
    """The group takes the manager's registry keys with it (6-(2)).

    Raises:
        ParameterError: the file of exported elements cannot be read.
    """
    return SynchronisedKeys(
        site.group.name, site.group.policy, site.cluster.install_folder, _keys(site), exported=_exported(site)
    )


def keys_no_longer_travel(site: ClientManagerSite) -> SynchronisedKeysRemoved:
    """The group takes none of the manager's registry keys with it (注意事項 4, first)."""
    return SynchronisedKeysRemoved(site.group.name, site.group.policy, site.cluster.install_folder, _keys(site))


def safe_to_travel(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """What must hold before keys are synchronised: every node takes part, and procedure 5 is done in the registry here.

    From then on an edit of these keys is lost wherever the group does not run.
    """
    shared = () if "5" in site.skip else work_folder_registry(site)
    return (*every_node_listens(site), *shared)


def _keys(site: ClientManagerSite) -> tuple[str, ...]:
    return tuple(key.on(site.windows.architecture) for key in SYNCHRONISED_KEYS)


def _exported(site: ClientManagerSite) -> tuple[str, ...]:
    content = site.fragments()
    if content is None:
        return ()
    try:
        return exported_in(content)
    except ConfigurationError as error:
        raise ParameterError(f"{site.path.name}: cluster.fragments {site.cluster.fragments}, {error}.") from error
