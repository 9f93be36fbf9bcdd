"""A whole simulated cluster: its machines, the cluster they form, and the WinRM endpoint of each."""

from functools import partial
from types import TracebackType
from typing import Self

from runbook_lib.lab import membership, stages
from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.description import LabDescription
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.operator import Operator
from runbook_lib.lab.service_facts import RUNNING
from runbook_lib.lab.windows import make_machine
from runbook_lib.lab.wire import CertificateAuthority, Endpoint


class Lab:
    """The cluster that a description asks for; nothing listens until `start`.

    Attributes:
        description: what was asked for.
        machines: node name -> machine, first priority first.
        cluster: the CLUSTERPRO cluster.
        medium: what the manager is installed from.
        operator: a person at the nodes' consoles.
        endpoints: node name -> WinRM endpoint.
        certificate_authority: certificate (PEM) that the endpoints' certificates are signed with, None without HTTPS.
    """

    def __init__(self, description: LabDescription) -> None:
        self.description = description
        self.cluster = Cluster(description.cluster_name, description.clusterpro)
        self.machines: dict[str, Machine] = {
            node.name: make_machine(
                node.name,
                self.cluster,
                release=description.release,
                architecture=description.architecture,
                language=description.language,
                code_page=description.code_page,
                user=description.user,
                system_drive=description.system_drive,
            )
            for node in description.nodes
        }
        self.medium = stages.medium(description)
        stages.seed(self, description)
        for machine in self.machines.values():
            machine.files.copy_bytes_per_s = description.disk_bytes_per_s
            machine.boot_s = description.boot_s
        self.operator = Operator(self)
        authority = CertificateAuthority() if description.https else None
        self.certificate_authority = authority.pem if authority else None
        self.endpoints: dict[str, Endpoint] = {
            node.name: Endpoint(
                self.machines[node.name],
                description.user,
                description.password,
                node.port,
                authority.issue(("127.0.0.1", "localhost", node.name)) if authority else None,
            )
            for node in description.nodes
        }
        self._open = False
        for name, machine in self.machines.items():
            machine.power.on_down.append(self.endpoints[name].go_down)
            machine.power.on_up.append(partial(self._open_again, name))
            machine.power.on_boot.append(partial(self._join_again, machine))

    def start(self) -> None:
        """Open every endpoint; OSError when a port is taken (then none stays open)."""
        self._open = True
        try:
            for endpoint in self.endpoints.values():
                endpoint.start()
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Close every endpoint; commands that still run are told to end, and nodes that are away stay so."""
        self._open = False
        membership.end(self.cluster)
        for machine in self.machines.values():
            machine.power.close()
        for endpoint in self.endpoints.values():
            endpoint.stop()

    def _open_again(self, name: str) -> None:
        if self._open:
            self.endpoints[name].start()

    def _join_again(self, machine: Machine) -> None:
        """CLUSTERPRO starts with Windows, where its service does."""
        if machine.services.status("clppm").state == RUNNING:
            membership.come_back(self.cluster, machine.name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
