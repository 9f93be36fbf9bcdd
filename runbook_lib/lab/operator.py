"""What a person does at the nodes' consoles, for tests of steps that no command line carries out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from runbook_lib.lab import membership, registration
from runbook_lib.lab.files import FileError
from runbook_lib.lab.groups import ClusterError
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.manager_removal import remove
from runbook_lib.lab.manager_setup import Answers, Database, SetupRefused, install, set_destination
from runbook_lib.lab.product_facts import GUI_PROGRAM
from runbook_lib.lab.stages import answers

if TYPE_CHECKING:
    from runbook_lib.lab.lab import Lab


class OperatorError(Exception):
    """What the person wanted cannot be done there."""


class Operator:
    """A person who may do everything, one node at a time."""

    def __init__(self, lab: "Lab") -> None:
        self._lab = lab

    def run_setup(
        self,
        node: str,
        *,
        local: str | None = None,
        shared: str | None = None,
        manager_id: str | None = None,
        odbc: tuple[str, str, str] | None = None,
        group: str | None = None,
        clustered: bool = True,
    ) -> None:
        """Set the manager up on *node*; what is None is chosen as the lab's description says.

        Args:
            node: where.
            local, shared: the two directories.
            manager_id: of the manager.
            odbc: data source, database name, server.
            group: the ESMPRO user group.
            clustered: whether the cluster-aware set-up is chosen.

        Raises:
            OperatorError: the set-up program refuses.
        """
        usual = answers(self._lab.description)
        chosen = Answers(
            local=local or usual.local,
            shared=(shared or usual.shared) if clustered else "",
            manager_id=manager_id or usual.manager_id,
            database=Database(*odbc) if odbc else usual.database,
            user_group=group or usual.user_group,
            clustered=clustered,
        )
        first = next(iter(self._lab.machines)) == node
        self._try(lambda: install(self._machine(node), chosen, self._lab.medium, with_settings=first))

    def run_uninstall(self, node: str) -> None:
        """Uninstall the manager on *node*; OperatorError when the uninstaller refuses."""
        self._try(lambda: remove(self._machine(node)))

    def set_destination(self, node: str, address: str) -> None:
        """Enter *address* in CMSetDst.exe on *node*; OperatorError when it cannot be started there."""
        self._try(lambda: set_destination(self._machine(node), address))

    def open_gui(self, node: str) -> None:
        """Open CM GUI on *node*; OperatorError where the group is not active (the manual: only there)."""
        machine = self._machine(node)
        if self._lab.cluster.active(self._lab.description.group) != node:
            raise OperatorError(f"CM GUI cannot run on {node}: the group is not active there.")
        machine.processes.add(GUI_PROGRAM, session=1, account=machine.user)

    def close_gui(self, node: str) -> None:
        """Close CM GUI on *node*, every window of it."""
        processes = self._machine(node).processes
        for process in processes.running():
            if process.image == GUI_PROGRAM:
                processes.remove(process.pid)

    def webmanager_edit(self, edit: Callable[[bytes], bytes], scripts: dict[str, bytes] | None = None) -> None:
        r"""Change the cluster's configuration in WebManager, and upload it.

        Args:
            edit: makes the new clp.conf of the present one.
            scripts: contents by path below ``scripts``, such as ``ESMPROCM\script1\start.bat``; the others stay.

        Raises:
            OperatorError: the cluster refuses it; nothing has changed.
        """
        cluster = self._lab.cluster
        content = edit(cluster.configuration)
        try:
            registration.apply(cluster, cluster.configuration, content, next(iter(cluster.servers)))
        except ClusterError as error:
            raise OperatorError(str(error)) from error
        cluster.configuration = content
        for machine in cluster.servers.values():
            machine.files.write(rf"{cluster.folder}\etc\clp.conf", content)
            for path, script in (scripts or {}).items():
                place = rf"{cluster.folder}\scripts\{path}"
                if not machine.files.is_folder(place.rpartition("\\")[0]):
                    machine.files.make_folder(place.rpartition("\\")[0])
                machine.files.write(place, script)

    def turn_on(self, node: str) -> None:
        """Press the power button of a node that is down."""
        self._lab.machines[node].power.turn_on()

    def cut_power(self, node: str) -> None:
        """Take the power of a node away: its groups fail over, and it does not rejoin by itself."""
        self._lab.machines[node].power.cut()
        membership.lose(self._lab.cluster, node)

    def _machine(self, node: str) -> Machine:
        machine = self._lab.machines[node]
        if machine.power.state != "up":
            raise OperatorError(f"{node} is {machine.power.state}.")
        return machine

    @staticmethod
    def _try(work: Callable[[], None]) -> None:
        try:
            work()
        except (SetupRefused, FileError) as error:
            raise OperatorError(str(error)) from error
