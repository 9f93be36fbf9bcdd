"""What procedures 1, 3 and 7 and every manual failover ask for, as states of a site."""

from typing import Any, Final

from runbook_lib.clientmanager.facts import ESMPRO_SERVICES
from runbook_lib.clientmanager.site import ClientManagerSite
from runbook_lib.states.attended import Attested
from runbook_lib.states.cluster import Expectation, GroupActive, ServersOnline
from runbook_lib.states.events import ClusterRestarted
from runbook_lib.states.operation import MirrorNormal, NoProcess
from runbook_lib.states.running import ServiceFamily, ServicesRunning
from runbook_lib.states.state import State
from runbook_lib.states.windows import ServicesStopped

_MEANWHILE: Final = (
    "Clients send their own information again by themselves; alerts that were raised in that time can be lost."
)
_LATE: Final = (
    "a data viewer that waited for the manager may have given up, unless its registry has a longer wait; have it "
    "connect again."
)
_FORCED: Final = "With CM GUI in use this is to be expected."


def clusterpro_installed() -> ServiceFamily:
    """CLUSTERPRO's server is installed on a node, and runs (1)."""
    return ServiceFamily(("CLUSTERPRO", "EXPRESSCLUSTER"), "Server")


def clusterpro_manager_ready() -> Attested:
    """CLUSTERPRO's manager can be used on the machine from which the cluster is managed (1)."""
    return Attested(
        "clusterpro-manager",
        "CLUSTERPRO's manager (WebManager) shows this cluster on the management machine",
        "On the machine from which the cluster is managed, open CLUSTERPRO's manager (WebManager) and see that it "
        "shows this cluster with all its servers.",
        whole_cluster=True,
    )


def cluster_restarted(site: ClientManagerSite) -> ClusterRestarted:
    """The cluster was shut down and restarted in this change (3 and 7)."""
    return ClusterRestarted(site.group.policy)


def safe_to_restart(site: ClientManagerSite) -> tuple[State[Any], ...]:
    """What must hold before the cluster is restarted: every node takes part, and no mirror is being copied."""
    return (ServersOnline(site.group.policy), *_mirror(site))


def group_on(site: ClientManagerSite, *nodes: str) -> GroupActive:
    """The group runs on one of *nodes*; a failover is measured, and told as 注意事項 3 wants it."""
    expectation = Expectation(site.limits.failover_s, _LATE, _MEANWHILE, _FORCED)
    return GroupActive(site.group.name, nodes, expectation, watched=site.group.policy)


def safe_to_switch(site: ClientManagerSite, chapter: str) -> tuple[State[Any], ...]:
    """What must hold before every manual failover: the mirror is whole, and CM GUI is not in use (注意事項 3).

    The names of CM GUI's programs are nowhere public: where the site does not have them, a person attests it, for the
    failover of this *chapter* alone.
    """
    if site.clientmanager.gui_processes:
        closed: State[Any] = NoProcess(site.group.name, site.clientmanager.gui_processes)
    else:
        closed = Attested(
            f"cm-gui-closed-{chapter}",
            "CM GUI is not in use on any node of the cluster",
            "See that CM GUI is closed on every node of the cluster: with CM GUI in use a manual failover can fail, "
            "and the active node is then shut down by force.",
        )
    return (*_mirror(site), closed)


def start_script_services() -> ServicesRunning:
    """Every service of the group's start script runs on the active node (7)."""
    return ServicesRunning(ESMPRO_SERVICES, "The group's start script (start.bat)")


def no_service_here() -> ServicesStopped:
    """None of these services runs on a standby (7)."""
    return ServicesStopped(ESMPRO_SERVICES)


def _mirror(site: ClientManagerSite) -> tuple[State[Any], ...]:
    return (MirrorNormal(),) if site.group.disk.kind == "mirror" else ()
