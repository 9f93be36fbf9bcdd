"""The manual from its first procedure to its last on one lab: in the batch's order, with a person at every window."""

from dataclasses import dataclass
from typing import Any

from runbook_lib.batch.chapters import find_chapters
from runbook_lib.batch.order import nodes_in_order
from runbook_lib.errors import Waiting
from runbook_lib.lab.description import LabDescription
from runbook_lib.lab.sample_scripts import own_scripts
from runbook_lib.run.confirmations import answer_to, asked, confirm
from runbook_lib.states.clpconf import exported, parse, script, with_group, with_resource
from tests.clusters import ROOT, Cluster

GROUP = "ESMPROCM"
ADDRESS = "10.0.0.200"
"""The one that parameters/lab-fragments.xml has a virtual IP for."""
SITES = {"2003 x86": "lab-2003", "2008 R2 x64": "lab", "2022 x64": "lab-2022"}
SILENT = {
    "command": r'C:\ClientManager\setup.exe /silent "{response}"',
    "response_file": "lab-setup.ini",
    "uninstall_command": r'"{local_folder}\uninst\cmuninst.exe" /silent',
}
SET_DESTINATION = r'"{shared_folder}\BIN\CMSetDst.exe" /silent {address}'
SKIPPED = "ServerManager was clustered before"


@dataclass(frozen=True)
class Situation:
    """One kind of cluster: a value of every factor."""

    windows: str
    language: str
    disk: str
    address: str
    nodes: int
    set_up: str
    own_script: bool
    server_manager: bool

    @property
    def site(self) -> str:
        return SITES[self.windows]

    def changes(self) -> dict[str, Any]:
        """What differs from the shipped site."""
        policy = [f"node{number + 1}" for number in range(self.nodes)]
        silent = self.set_up == "silent"
        destination: dict[str, str] = {"key": r"SOFTWARE\NEC\ESMPRO/CM", "value": "ConnectManager"}
        if silent:
            destination["command"] = SET_DESTINATION
        database = {"data_source": "ESMPROCM", "name": "CMDB", "server": "10.0.0.210", "clustered": True}
        setup = {"manager_id": "CM01", "database": database, "destination": destination}
        return {
            "language": self.language,
            "group__policy": policy,
            "group__address": {"kind": self.address, "ip": ADDRESS},
            "group__disk__kind": self.disk,
            "windows__language": self.language,
            "windows__code_page": 932 if self.language == "ja" else 437,
            "nodes": {node: {"address": "127.0.0.1", "port": 26100 + number} for number, node in enumerate(policy)},
            "cluster__fragments": "lab-fragments.xml" if silent else None,
            "clientmanager__gui_processes": ["CMViewer.exe"] if silent else [],
            "setup": {**setup, **SILENT} if silent else setup,
            "skip": {"5": SKIPPED} if self.server_manager else {},
        }


class Person:
    """Answers every question of a change, and sits at every window."""

    def __init__(self, cluster: Cluster, change: str = "test") -> None:
        self.cluster = cluster
        self.change = change
        self.did: list[str] = []

    def carry_out(self, notebook: str, node: str) -> None:
        """One chapter on one node, again after everything that it waits for; never more than ten times."""
        for _ in range(10):
            try:
                self.cluster.carry_out(notebook, node, apply=True, change=self.change)
                return
            except Waiting as waiting:
                if not self._answer():
                    self._work(node, waiting)
        raise AssertionError(f"{notebook} on {node} still waits after: {self.did}")

    def carry_out_all(self, *numbers: str) -> None:
        """Chapters in the manual's order, each over its nodes in the batch's order."""
        site, lab = self.cluster.site, self.cluster.lab.cluster
        for chapter in find_chapters(ROOT / "notebooks", numbers):
            policy = site.group.policy
            for node in nodes_in_order(chapter, policy, policy, lambda: lab.active(GROUP)):
                self.carry_out(chapter.path.stem, node)

    def _answer(self) -> bool:
        """Attest what was asked and not yet answered; whether there was anything."""
        folder, name = self.cluster.home / "outputs" / self.change, self.cluster.name
        open_ones = {(one.key, one.node) for one in asked(folder, name) if not answer_to(folder, one.key, one.node)}
        for key, node in sorted(open_ones):
            confirm(folder, name, key, node, "Sato", "done and seen")
            self.did.append(key)
        return bool(open_ones)

    def _work(self, node: str, waiting: Waiting) -> None:
        """Do at the console or in WebManager what the step that waits says."""
        operator = self.cluster.lab.operator
        (step,) = [
            event["step"]
            for event in self.cluster.events()
            if event["event"] == "step.ended" and event["outcome"] == "waiting"
        ]
        self.did.append(step)
        if step == "2":
            vip = f'<vip name="vip1"><parameters><address>{ADDRESS}</address></parameters></vip>'
            policy = self.cluster.site.group.policy
            operator.webmanager_edit(lambda before: with_new(with_group(parse(before), GROUP, policy).render(), vip))
        elif step == "4-(1)":
            operator.run_setup(node)
        elif step == "4-(2)":
            operator.set_destination(node, ADDRESS)
        elif step == "6-(2)":
            entries = "".join(f'<list id="{at}"><key>{key}</key></list>' for at, key in enumerate(keys(self.cluster)))
            regsync = f'<regsync name="regsync7"><parameters>{entries}</parameters></regsync>'
            operator.webmanager_edit(lambda before: with_new(before, regsync))
        elif step == "10-(2)":
            operator.run_uninstall(node)
        else:
            raise AssertionError(f"Nobody knows what to do at step {step}: {waiting}")


def keys(cluster: Cluster) -> tuple[str, ...]:
    """The manual's three keys (6-(2)), as that Windows has them."""
    software = "HKEY_LOCAL_MACHINE\\SOFTWARE\\" + (
        "Wow6432Node\\" if cluster.site.windows.architecture == "x64" else ""
    )
    own = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Nvbase"
    return rf"{software}NEC\ESMPRO/CM", rf"{software}NEC\NVBASE", own


def with_new(before: bytes, element: str) -> bytes:
    """The configuration with one more resource in the group."""
    return with_resource(parse(before), GROUP, exported(element)).render()


def add_own_script(cluster: Cluster) -> dict[str, bytes]:
    """A script resource with lines of its own is registered before ClientManager's are added."""
    description: LabDescription = cluster.lab.description
    own = own_scripts(description)
    cluster.lab.operator.webmanager_edit(
        lambda before: with_resource(parse(before), GROUP, script("own")).render(),
        {rf"{GROUP}\own\{name}": text for name, text in own.items()},
    )
    return own


def share_for_server_manager(cluster: Cluster) -> None:
    """What clustering ServerManager has left: procedure 5, in another change, and its registry on every node.

    The lab's set-up program gives every node a work folder of its own, whatever was there; so this comes after it.
    """
    lab, (first, *others) = cluster.lab.cluster, cluster.site.group.policy
    cluster.change_site(skip={})
    Person(cluster, "servermanager").carry_out_all("5")
    cluster.change_site(skip={"5": SKIPPED})
    registry = cluster.machine(first).registry
    base = registry.in_view(r"HKLM\SOFTWARE\NEC\NVBASE", 32)
    for key, names in ((base, ("WorkDir", "DiosaFilter", "GeneralFilter")), (rf"{base}\AlertViewer", ("AlertPath",))):
        values = {name: registry.text(key, name) or "" for name in names}
        for node in others:
            cluster.machine(node).registry.seed_texts(key, values)
    lab.move(GROUP, others[-1])
