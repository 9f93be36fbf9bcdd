"""Runbooks for WebSAM ClientManager on a CLUSTERPRO X cluster: the only door for notebooks."""

from runbook_lib import run as _run
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.clientmanager.steps import (
    components_left_alone,
    covered_windows,
    group_on_first_for_sharing,
    installed_clusterpro,
    not_shared_elsewhere,
    safe_to_move,
    work_folder_registry,
)
from runbook_lib.clientmanager.steps_group import (
    cluster_restarted,
    clusterpro_installed,
    clusterpro_manager_ready,
    group_on,
    no_service_here,
    safe_to_restart,
    safe_to_switch,
    start_script_services,
)
from runbook_lib.clientmanager.steps_operate import (
    address_and_disk,
    cluster_healthy,
    connection_values,
    gui_on_active_node,
    manager_on_active_node,
    no_parent_manager,
    outside_machines_ready,
    safe_to_bring_here,
)
from runbook_lib.clientmanager.steps_removal import (
    ground_for_deletion,
    ground_for_removal,
    group_here_for_removal,
    group_removed_last,
    group_up_for_content,
    manager_removed,
    safe_to_bring,
    safe_to_remove_group,
    shared_content_removed,
    what_stays,
)
from runbook_lib.clientmanager.steps_settings import (
    every_node_listens,
    group_registered,
    group_removed,
    keys_no_longer_travel,
    keys_travel,
    safe_to_travel,
    scripts_can_work,
    scripts_do_the_work,
    scripts_without_our_lines,
)
from runbook_lib.clientmanager.steps_setup import (
    desktop_interaction,
    destination_set,
    ground_for_destination,
    ground_for_set_up,
    group_here_for_set_up,
    manager_set_up,
    manual_start,
    same_choices,
)
from runbook_lib.parameters import load_site
from runbook_lib.states.access import AccessRights
from runbook_lib.states.cluster import GroupActive, OneActiveNode, ServersOnline
from runbook_lib.states.content import FileLine
from runbook_lib.states.folders import FolderMoved, FolderRemoved
from runbook_lib.states.preflight import NodeAsDeclared, ToolsPresent
from runbook_lib.states.windows import FolderThere

__all__ = [
    "AccessRights",
    "FileLine",
    "FolderMoved",
    "FolderRemoved",
    "FolderThere",
    "GroupActive",
    "NodeAsDeclared",
    "OneActiveNode",
    "ServersOnline",
    "ToolsPresent",
    "address_and_disk",
    "cluster_healthy",
    "cluster_restarted",
    "clusterpro_installed",
    "clusterpro_manager_ready",
    "components_left_alone",
    "connection_values",
    "covered_windows",
    "desktop_interaction",
    "destination_set",
    "every_node_listens",
    "ground_for_deletion",
    "ground_for_destination",
    "ground_for_removal",
    "ground_for_set_up",
    "group_here_for_removal",
    "group_here_for_set_up",
    "group_on",
    "group_on_first_for_sharing",
    "group_registered",
    "group_removed",
    "group_removed_last",
    "group_up_for_content",
    "gui_on_active_node",
    "installed_clusterpro",
    "keys_no_longer_travel",
    "keys_travel",
    "manager_on_active_node",
    "manager_removed",
    "manager_set_up",
    "manual_start",
    "no_parent_manager",
    "no_service_here",
    "not_shared_elsewhere",
    "open_run",
    "outside_machines_ready",
    "safe_to_bring",
    "safe_to_bring_here",
    "safe_to_move",
    "safe_to_remove_group",
    "safe_to_restart",
    "safe_to_switch",
    "safe_to_travel",
    "same_choices",
    "scripts_can_work",
    "scripts_do_the_work",
    "scripts_without_our_lines",
    "shared_content_removed",
    "show_desk",
    "show_panel",
    "show_record",
    "show_sheet",
    "start_script_services",
    "what_stays",
    "work_folder_registry",
]


def open_run(
    site: str, node: str, *, chapter: str, apply: bool = False, change: str = "", note: str = ""
) -> _run.Run[ClientManagerSite]:
    """Begin a run, as `runbook_lib.run.open_run` does, on a site with the section ``clientmanager``, and show which."""
    from runbook_lib.record.heading import show_heading

    run = _run.open_run(site, node, chapter=chapter, apply=apply, change=change, note=note, site_type=ClientManagerSite)
    show_heading(run.journal, run.site.language)
    return run


def show_desk(site: str, *, change: str = "", note: str = "") -> None:
    """Show the page of a change: every chapter on every node, what is next, and the cluster.

    Raises:
        ParameterError: there is no such site, or the change cannot be called so.
    """
    from runbook_lib.panel import desk  # jinja2 and, where a person attends, ipywidgets

    desk.show_desk(load_site(site, ClientManagerSite), change=change, note=note)


def show_panel(site: str, node: str, *, chapter: str, change: str = "", note: str = "") -> None:
    """Show the operator's panel of a chapter on a node; headless, how it stood before this run.

    Raises:
        ParameterError: there is no such site, node or chapter.
    """
    from runbook_lib.panel import showing  # jinja2 and, where a person attends, ipywidgets

    showing.show_panel(load_site(site, ClientManagerSite), node, chapter=chapter, change=change, note=note)


def show_record(run: _run.Run[ClientManagerSite]) -> None:
    """Show what the run has found and done, as pictures and tables: the last cell of every notebook."""
    from runbook_lib import record
    from runbook_lib.pictures.displays import show_pictures
    from runbook_lib.run.seen import note_seen

    note_seen(run)
    show_pictures(run)
    record.show_record(run)


def show_sheet(run: _run.Run[ClientManagerSite]) -> None:
    """Write the sheet for the person at another machine beside the run's record, as CSV and a page, and show it."""
    from runbook_lib.clientmanager.steps_operate import connection_sheet
    from runbook_lib.record.sheet import show_sheet as show

    show(run.journal.path, connection_sheet(run.site))
