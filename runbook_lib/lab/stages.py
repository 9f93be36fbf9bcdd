r"""How far the manual's procedure has come when a lab starts.

`installed` is the state after procedure 4: CLUSTERPRO runs, the manager is set up on every node, the group runs on
the first node, and each node still has a work folder of its own. Nothing that is put there counts as a change.
"""

from typing import TYPE_CHECKING, Final, Literal

from runbook_lib.lab.acl import ADMINISTRATORS, CI, EVERYONE, FULL, OI, READ_EXECUTE, SYSTEM, Ace
from runbook_lib.lab.cluster import Resource, ResourceKind
from runbook_lib.lab.configuration import configuration_file
from runbook_lib.lab.description import LabDescription
from runbook_lib.lab.files import Volume
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.service_facts import AUTO, DEMAND, INTERACTIVE, OWN_PROCESS
from runbook_lib.lab.work_folder import work_folder

if TYPE_CHECKING:
    from runbook_lib.lab.lab import Lab

_SHARED_CAPACITY_BYTES: Final = 8 * 1024**3

# key name, display name, program, depends on: the display names are the manual's (steps 4-(4) and 6-(1)), the rest
# is invented.
ESMPRO_SERVICES: Final = (
    ("AlmSocketR", "Alert Manager Socket(R) Service", r"AlertMan\amvsckr.exe", ()),
    ("EsmBaseSvc", "ESM Base Service", r"ESMBASE\bin\esmbase.exe", ()),
    ("EsmCmdSvc", "ESM Command Service", r"ESMBASE\bin\esmcmd.exe", ("EsmBaseSvc",)),
    ("EsmRmapSvc", "ESM Remote Map Service", r"ESMBASE\bin\esmrmap.exe", ("EsmBaseSvc",)),
    ("DmiEvWatch", "Dmi Event Watcher", r"ESMBASE\bin\dmieventwatcher.exe", ()),
    ("EsmAlertSvc", "ESM Alert Service", r"ESMBASE\bin\esmalert.exe", ("EsmBaseSvc",)),
)
CM_SERVICES: Final = (
    ("CmCmit", "ESMPRO/CM CMIT service", "cmit.exe"),
    ("CmuRelaySvc", "ESMPRO/CM CMURELAY", "cmurelay.exe"),
    ("CmManagerSvc", "ESMPRO/CM Manager", "cmmanager.exe"),
    ("CmPowerOnSvc", "ESMPRO/CM Poweron Service", "cmpoweron.exe"),
    ("CmSenderSvc", "ESMPRO/CM Sender", "cmsender.exe"),
    ("CmSnmpSvc", "ESMPRO/CM Snmp Manager", "cmsnmp.exe"),
    ("EsmTimeSrv", "ESMPRO Time Server", "esmtime.exe"),
)
# Keys and start modes: EXPRESSCLUSTER/Tools, enableServiceAutoStart.bat; display names: EXPRESSCLUSTER/Maintenance.
CLUSTERPRO_SERVICES: Final = (
    ("clpstartup", "{}", "clpstartup.exe", AUTO),
    ("clpevent", "{} Event", "clpevent.exe", AUTO),
    ("clppm", "{} Server", "clppmsvc.exe", AUTO),
    ("clpwebmgr", "{} Manager", "clpwebmgr.exe", AUTO),
    ("clptrnsv", "{} Transaction", "clptrnsv.exe", AUTO),
    ("clpoldapi", "{} Old API Support", "clpoldapi.exe", AUTO),
    ("clpwebalt", "{} Web Alert", "clpwebalt.exe", AUTO),
    ("clpdiskagent", "{} Disk Agent", "clpdiskagent.exe", DEMAND),
)
_INTERNAL_VERSIONS: Final = {
    "1.0": "9.00",
    "2.0": "10.00",
    "2.1": "10.10",
    "3.0": "11.00",
    "3.1": "11.10",
    "3.3": "11.30",
}
_CM_VERSIONS: Final = {"2003": "4.0", "2008": "4.1"}


def seed(lab: "Lab", description: LabDescription) -> None:
    """Bring the machines and the cluster of *lab* to the stage that *description* names."""
    volume = Volume("SHARED", "7E21-4F90", _SHARED_CAPACITY_BYTES)
    machines = list(lab.machines.values())
    _seed_shared(machines[0], description, volume)
    for machine in machines:
        _seed_clusterpro(machine, description)
        _seed_esmpro(machine, description, first=machine is machines[0])
    kind: ResourceKind = "fip" if description.address_kind == "floating" else "vip"
    disk: ResourceKind = "md" if description.disk_kind == "mirror" else "sd"
    lab.cluster.register(
        description.group,
        [
            Resource(f"{kind}1", kind, address=description.address),
            Resource(f"{disk}1", disk, drive=description.drive, volume=volume),
        ],
    )
    lab.cluster.seed_online(description.group, machines[0].name)
    lab.cluster.volumes[description.drive] = volume
    _seed_configuration(lab, description)


def _seed_configuration(lab: "Lab", description: LabDescription) -> None:
    """The configuration file of the cluster as it is now, the same on every server."""
    cluster = lab.cluster
    cluster.folder = description.clusterpro_folder
    cluster.configuration = configuration_file(cluster, description.language)
    for machine in lab.machines.values():
        machine.files.seed(rf"{cluster.folder}\etc\clp.conf", cluster.configuration)


def _seed_shared(machine: Machine, description: LabDescription, volume: Volume) -> None:
    """What the installer put on the switched partition; written through the first machine, then taken away again."""
    files, base = machine.files, description.shared_folder
    files.mount(description.drive, volume)
    for name in ("CMSetDst.exe", "splaunch.exe", "CMViewer.exe", "cmdb.dll", "cmlib.dll", "cmres.dll"):
        files.seed(rf"{base}\BIN\{name}", b"MZ" + name.encode() * 40)
    for name in ("setup.ini", "timesrv.ini"):
        files.seed(rf"{base}\setup\{name}", f"[{name}]\r\n".encode())
    files.seed(rf"{base}\DATA\cm.cfg", f"Manager={description.address}\r\n".encode())
    files.unmount(description.drive)


def _family(description: LabDescription) -> str:
    return "EXPRESSCLUSTER" if "EXPRESSCLUSTER" in description.clusterpro_folder.upper() else "CLUSTERPRO"


def _seed_clusterpro(machine: Machine, description: LabDescription) -> None:
    family, folder = _family(description), description.clusterpro_folder
    for key, display, program, start in CLUSTERPRO_SERVICES:
        # Step 4-(3): the service "... Server" may interact with the desktop.
        kind = OWN_PROCESS | (INTERACTIVE if key == "clppm" else 0)
        machine.services.seed(
            key, display.format(family), rf"{folder}\bin\{program}", start=start, kind=kind, running=start == AUTO
        )
    for name in ("clpstat", "clpgrp", "clpcl", "clpcfctrl"):
        machine.files.seed(rf"{folder}\bin\{name}.exe", b"MZ" + name.encode() * 30)
    for name in ("etc", "log", "scripts", "work"):
        machine.files.seed_folder(rf"{folder}\{name}")
    registry, environment = machine.registry, r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
    path = registry.text(environment, "Path")
    registry.seed(environment, "Path", "REG_EXPAND_SZ", rf"{path};{folder}\bin")
    machine.environment["Path"] = rf"{folder}\bin"
    _uninstall(
        machine,
        64,
        "{9B4E6F10-3C57-4B2E-8F0D-1A6C2E7D5B31}",
        {
            "DisplayName": f"{family} X {description.clusterpro} for Windows",
            "DisplayVersion": _INTERNAL_VERSIONS.get(description.clusterpro, description.clusterpro),
            "Publisher": "NEC Corporation",
            "InstallLocation": folder,
        },
    )


def _uninstall(machine: Machine, bits: Literal[32, 64], product: str, values: dict[str, str | int]) -> None:
    key = rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{product}"
    machine.registry.seed_texts(machine.registry.in_view(key, bits), values)


def _seed_esmpro(machine: Machine, description: LabDescription, *, first: bool) -> None:
    folder = description.esmpro_folder
    for key, display, program, needs in ESMPRO_SERVICES:
        machine.services.seed(key, display, rf"{folder}\{program}", depends=needs)
        machine.files.seed(rf"{folder}\{program}", b"MZ" + key.encode() * 60)
    for key, display, program in CM_SERVICES:
        machine.services.seed(key, display, rf"{folder}\ESMPROCM\bin\{program}")
        machine.files.seed(rf"{folder}\ESMPROCM\bin\{program}", b"MZ" + key.encode() * 60)
    version = _CM_VERSIONS.get(machine.release, "4.2")
    _uninstall(
        machine,
        32,
        "{5D2A7C84-61F3-4E09-9B7A-C0E41F8A6D22}",
        {
            "DisplayName": "WebSAM ClientManager",
            "DisplayVersion": version,
            "Publisher": "NEC Corporation",
            "InstallLocation": rf"{folder}\ESMPROCM",
        },
    )
    _seed_product_keys(machine, description, version)
    _seed_work_folder(machine, description, first=first)


def _seed_product_keys(machine: Machine, description: LabDescription, version: str) -> None:
    """ESMPRO is 32-bit software: on x64 its keys are under Wow6432Node; a key under SYSTEM has one place only."""
    registry, work = machine.registry, rf"{description.esmpro_folder}\NVWORK"
    base = registry.in_view(r"HKLM\SOFTWARE\NEC\NVBASE", 32)
    registry.seed_texts(
        base,
        {
            "WorkDir": work,
            "DiosaFilter": rf"{work}\Alert\filter\odiosasg",
            "GeneralFilter": rf"{work}\Alert\filter\genericsg",
            "InstallDir": description.esmpro_folder,
            "UserGroup": description.user_group,
        },
    )
    registry.seed_texts(rf"{base}\AlertViewer", {"AlertPath": rf"{work}\alert", "MaxAlert": 10000})
    registry.seed_texts(
        registry.in_view(r"HKLM\SOFTWARE\NEC\ESMPRO/CM", 32),
        {
            "Version": version,
            "ManagerID": "CM01",
            "ConnectManager": description.address,
            "ShareDir": description.shared_folder,
            "LocalDir": rf"{description.esmpro_folder}\ESMPROCM",
        },
    )
    registry.seed_texts(r"HKLM\SYSTEM\CurrentControlSet\Services\Nvbase\Parameters", {"Port": 31134})


def _seed_work_folder(machine: Machine, description: LabDescription, *, first: bool) -> None:
    files, work = machine.files, rf"{description.esmpro_folder}\NVWORK"
    files.seed_folder(work)
    entries = [Ace(ADMINISTRATORS, FULL, OI | CI), Ace(EVERYONE, READ_EXECUTE, OI | CI), Ace(SYSTEM, FULL, OI | CI)]
    if description.user_group.upper() != "ADMINISTRATORS":
        entries.append(Ace(files.accounts.add_group(description.user_group), FULL, OI | CI))
    files.seed_acl(work, entries, protected=True)
    for file in work_folder(machine.name, machine.language, first=first):
        files.seed(rf"{work}\{file.path}", file.content, file.attributes)
