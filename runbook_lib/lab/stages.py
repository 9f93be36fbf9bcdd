r"""How far the manual's procedure has come when a lab starts. Nothing that is put there counts as a change.

- `clustered`, after procedure 1: CLUSTERPRO runs on every node; the partition that will be switched is in no group.
- `grouped`, after 3: the group runs on the first node, with its disk and its address.
- `installed`, after 4: the manager is set up on every node; each still has a work folder of its own.
- `shared`, after 5: the work folder is on the switched partition; the first node's registry says so.
- `complete`, after 7: the group's scripts have started the services on the first node.
"""

from typing import TYPE_CHECKING, Final, get_args

from runbook_lib.lab.clusterpro_setup import seed_clusterpro
from runbook_lib.lab.configuration import configuration_file
from runbook_lib.lab.description import LabDescription, Stage
from runbook_lib.lab.files import Volume
from runbook_lib.lab.groups import Resource, ResourceKind
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.manager_removal import remove_tree
from runbook_lib.lab.manager_setup import Answers, Database, Medium, install, work_folder_rights
from runbook_lib.lab.product_facts import CM_VERSION, CM_VERSIONS, ESMPRO_SERVICES
from runbook_lib.lab.programs import manager
from runbook_lib.lab.sample_scripts import own_scripts, whole_scripts
from runbook_lib.lab.scripts import script_path
from runbook_lib.lab.service_facts import DEMAND

if TYPE_CHECKING:
    from runbook_lib.lab.lab import Lab

_SHARED_CAPACITY_BYTES: Final = 8 * 1024**3
_ORDER: Final[tuple[Stage, ...]] = get_args(Stage)


def seed(lab: "Lab", description: LabDescription) -> None:
    """Bring the machines and the cluster of *lab* to the stage that *description* names."""
    done = _ORDER[: _ORDER.index(description.stage) + 1]
    cluster, machines = lab.cluster, list(lab.machines.values())
    volume = Volume("SHARED", "7E21-4F90", _SHARED_CAPACITY_BYTES)
    cluster.volumes[description.drive] = volume
    cluster.folder = description.clusterpro_folder
    for machine in machines:
        seed_clusterpro(machine, description, interactive="installed" in done)
        if description.user_group.upper() != "ADMINISTRATORS":
            machine.files.accounts.add_group(description.user_group)
        machine.files.seed(rf"{description.media_folder}\setup.exe", b"MZ set-up")
        manager.put_in_place(machine, lab.medium)
    if "installed" in done:
        _install(lab, description)
    if "shared" in done:
        _share(machines, description, volume)
    disk = _disk(description, volume)
    if "grouped" in done:
        _group(lab, description, disk, complete="complete" in done)
    cluster.configuration = configuration_file(cluster, description.language, () if "grouped" in done else (disk,))
    for machine in machines:
        machine.files.seed(rf"{cluster.folder}\etc\clp.conf", cluster.configuration)
    for machine in machines:
        machine.changes.clear()
    cluster.script_calls.clear()
    cluster.script_runs.clear()


def medium(description: LabDescription) -> Medium:
    """The installation medium of the manager that suits the release of Windows."""
    return Medium(CM_VERSIONS.get(description.release, CM_VERSION), description.esmpro_folder)


def answers(description: LabDescription) -> Answers:
    """What the set-up program is told on every node."""
    return Answers(
        local=description.local_folder or rf"{description.esmpro_folder}\ESMPROCM",
        shared=description.shared_folder,
        manager_id=description.manager_id,
        database=Database(description.data_source, description.database, description.database_server),
        user_group=description.user_group,
    )


def _disk(description: LabDescription, volume: Volume) -> Resource:
    kind: ResourceKind = "md" if description.disk_kind == "mirror" else "sd"
    return Resource(f"{kind}1", kind, drive=description.drive, volume=volume)


def _install(lab: "Lab", description: LabDescription) -> None:
    """Procedure 4 on every node, with the partition switched to it: set-up, destination, start modes."""
    chosen, machines = answers(description), list(lab.machines.values())
    for machine in machines:
        machine.files.mount(description.drive, lab.cluster.volumes[description.drive])
        install(machine, chosen, lab.medium, with_settings=machine is machines[0])
        machine.files.unmount(description.drive)
        key = machine.registry.in_view(r"HKLM\SOFTWARE\NEC\ESMPRO/CM", 32)
        machine.registry.seed_texts(key, {"ConnectManager": description.address})
        for service, *_ in ESMPRO_SERVICES:
            machine.services.configure(service, {"Start": DEMAND})


def _share(machines: list[Machine], description: LabDescription, volume: Volume) -> None:
    """Procedure 5: the first node's work folder moves, the others' are deleted, the first node's registry follows."""
    local, shared = rf"{description.esmpro_folder}\NVWORK", rf"{description.drive}\NVWORK"
    first = machines[0]
    files = first.files
    files.mount(description.drive, volume)
    files.seed_folder(shared)
    files.seed_acl(shared, work_folder_rights(first, description.user_group), protected=True)
    for entry in files.walk(local):
        place = shared + entry.path[len(local) :]
        if entry.folder:
            files.seed_folder(place, entry.attributes)
        else:
            files.seed(place, files.read(entry.path), entry.attributes, modified=entry.modified)
    settings = rf"{shared}\local\nvisord.cf"
    line = f'CommunityName: "{description.manager_name}"\r\n'.encode("ascii")
    files.write(settings, files.read(settings) + line)
    files.unmount(description.drive)
    for machine in machines:
        remove_tree(machine.files, local)
    base = first.registry.in_view(r"HKLM\SOFTWARE\NEC\NVBASE", 32)
    first.registry.seed_texts(
        base,
        {
            "WorkDir": shared,
            "DiosaFilter": rf"{shared}\Alert\filter\odiosasg",
            "GeneralFilter": rf"{shared}\Alert\filter\genericsg",
        },
    )
    first.registry.seed_texts(rf"{base}\AlertViewer", {"AlertPath": rf"{shared}\alert"})


def _group(lab: "Lab", description: LabDescription, disk: Resource, *, complete: bool) -> None:
    """Procedures 2 and 3, and for *complete* 6 and 7 too: the group runs on the first node."""
    kind: ResourceKind = "fip" if description.address_kind == "floating" else "vip"
    resources = [Resource(f"{kind}1", kind, address=description.address), disk]
    scripts = own_scripts(description) if description.own_script else {}
    if complete:
        scripts = whole_scripts(description)
        registry = lab.machines[description.nodes[0].name].registry
        keys = (r"HKLM\SOFTWARE\NEC\ESMPRO/CM", r"HKLM\SOFTWARE\NEC\NVBASE")
        own = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Nvbase"
        resources.append(Resource("regsync1", "regsync", keys=(*(registry.in_view(key, 32) for key in keys), own)))
    if scripts:
        resources.append(Resource("script1", "script"))
    for machine in lab.machines.values():
        for name, content in scripts.items():
            machine.files.seed(script_path(lab.cluster, description.group, "script1", name), content)
    lab.cluster.register(description.group, resources)
    first = description.nodes[0].name
    if not complete:
        lab.cluster.seed_online(description.group, first)
        return
    services = lab.machines[first].services
    usual, services.start_seconds = services.start_seconds, 0.0
    lab.cluster.start(description.group, first)
    services.start_seconds = usual
