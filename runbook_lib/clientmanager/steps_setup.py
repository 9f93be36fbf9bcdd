"""What procedure 4 asks for, as states of a site: the manager set up on one node after the other."""

from typing import Any, Final

from runbook_lib.clientmanager.facts import (
    CLUSTER_SERVICES,
    DEFAULT_USER_GROUP,
    DESTINATION_PROGRAM,
    ESMPRO_SERVICES,
    MANAGER_SERVICE,
    MANUAL_SERVICES,
    NVBASE_KEY,
    PRODUCT_KEY,
    RELAY_SERVICE,
    TIME_SERVER_FOLDER,
    WORK_FOLDER_VALUES,
)
from runbook_lib.clientmanager.silent import filled, silent_set_up
from runbook_lib.clientmanager.site import ClientManagerSite
from runbook_lib.clientmanager.steps_group import group_on
from runbook_lib.states.attended import Attested
from runbook_lib.states.cluster import GroupActive
from runbook_lib.states.needed import NeededFor
from runbook_lib.states.product import ProductSetUp
from runbook_lib.states.sameness import SameOnEveryNode
from runbook_lib.states.services import ServiceInteractive, ServiceStartMode
from runbook_lib.states.setting import DataSource, SettingOfProgram
from runbook_lib.states.state import State
from runbook_lib.states.windows import FolderThere

_PRODUCT: Final = "ClientManager's manager"
_ODBC: Final = r"HKLM\SOFTWARE\ODBC\ODBC.INI"
_LAST_USER: Final = "LastUser"
"""What an ODBC driver keeps of who last used a data source (Microsoft, "Data Source Example"), on each node its own."""


def manager_set_up(site: ClientManagerSite, node: str) -> ProductSetUp:
    """The manager is set up on *node*, cluster-aware, with its two directories (4-(1)).

    Raises:
        ParameterError: the response file that the site names is not there, or asks for a value that the site lacks.
    """
    own = tuple(name for name in ESMPRO_SERVICES if name not in (*MANUAL_SERVICES, RELAY_SERVICE))
    return ProductSetUp(
        product=_PRODUCT,
        node=node,
        nodes=site.group.policy,
        group=site.group.name,
        services=ESMPRO_SERVICES,
        own_services=own,
        local_folder=site.local_folder,
        shared_folder=site.clientmanager.shared_folder,
        shared=(DESTINATION_PROGRAM, f"{TIME_SERVER_FOLDER}\\"),
        keys=((f"HKLM\\{PRODUCT_KEY.path}", True), (f"HKLM\\{NVBASE_KEY.path}", True)),
        program="ClientManager",
        choices=_choices(site),
        silent=silent_set_up(site),
    )


def ground_for_set_up(site: ClientManagerSite, node: str) -> tuple[State[Any], ...]:
    """What must hold on *node* before the manager's programs are started there: the group is here, with its disk."""
    return (GroupActive(site.group.name, (node,)), FolderThere(site.group.disk.drive))


def group_here_for_set_up(site: ClientManagerSite, node: str) -> NeededFor[Any]:
    """The group is brought to *node*, but only where something is left that needs it here (4-(5))."""
    work: tuple[State[Any], ...] = (manager_set_up(site, node),)
    if site.setup.destination:
        work = (*work, destination_set(site, node))
    return NeededFor(group_on(site, node), work)


def destination_set(site: ClientManagerSite, node: str) -> SettingOfProgram | Attested:
    """The data viewer's destination is the group's address (4-(2)): read where the site knows how, else attested."""
    address = str(site.group.address.ip)
    program = f"{site.clientmanager.shared_folder}\\{DESTINATION_PROGRAM}"
    todo = (
        f"At the console of {node}, while group {site.group.name} is active there, start {program}, enter {address} as "
        "the manager to connect to, press the button that applies it, and close the window."
    )
    place = site.setup.destination
    if place is None:
        return Attested("data-viewer-destination", f"The data viewer's destination on {node} is {address}", todo)
    return SettingOfProgram(
        what="The data viewer's destination",
        desired=address,
        key=f"HKLM\\{place.key}",
        name=place.value,
        of_32_bit=place.key.upper().startswith("SOFTWARE\\"),
        command=filled(site, place.command, "setup.destination.command") if place.command else "",
        todo=todo,
    )


def ground_for_destination(site: ClientManagerSite, node: str) -> tuple[State[Any], ...]:
    """As for the set-up where the setting is read; a person who attests it was there when it was so."""
    return ground_for_set_up(site, node) if site.setup.destination else ()


def desktop_interaction(site: ClientManagerSite) -> ServiceInteractive:
    """The cluster's service may interact with the desktop, where Windows lets it (4-(3))."""
    return ServiceInteractive(CLUSTER_SERVICES, always=site.setup.desktop_interaction == "always")


def manual_start() -> ServiceStartMode:
    """The six services of ESMPRO/BASE leave their start to the group (4-(4))."""
    return ServiceStartMode(MANUAL_SERVICES, "manual")


def same_choices(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """What must be the same on every node is so, wherever the product keeps it; the database is the site's (4-(1)).

    Where the manager keeps its ID and its user group is not public, so its registry keys are compared whole, but for
    the values that procedure 5 gives to the active node alone.
    """
    database, group = site.setup.database, site.clientmanager.user_group
    sources = f"{_ODBC}\\{database.data_source}" if database else _ODBC
    states: tuple[State[Any], ...] = (
        SameOnEveryNode(
            site.group.policy,
            MANAGER_SERVICE,
            ((f"HKLM\\{PRODUCT_KEY.path}", True), (f"HKLM\\{NVBASE_KEY.path}", True), (sources, True)),
            (*WORK_FOLDER_VALUES, _LAST_USER, *site.setup.own_values),
            () if group.casefold() == DEFAULT_USER_GROUP.casefold() else (group,),
        ),
    )
    if database is None:
        return states
    values = [(database.server_key, database.server), *([(database.name_key, database.name)] if database.name else [])]
    return (DataSource(database.data_source, tuple(values), of_32_bit=True), *states)


def _choices(site: ClientManagerSite) -> tuple[tuple[str, str], ...]:
    """What the person at the set-up's windows is asked, and the answers (4-(1))."""
    setup, database = site.setup, site.setup.database
    same = "the same as on the other nodes"
    source = (
        f"ODBC data source {database.data_source}, server {database.server}"
        f"{f', database {database.name}' if database.name else ''}"
        if database
        else f"{same}; where it runs on a cluster, its server by virtual or floating IP address"
    )
    return (
        ("Set up for a cluster", "yes, the cluster-aware set-up"),
        ("First directory, on a local disk", site.local_folder),
        ("Second directory, on the switched partition", site.clientmanager.shared_folder),
        ("Manager ID", setup.manager_id or same),
        ("Database", source),
        ("ESMPRO user group", site.clientmanager.user_group),
    )
