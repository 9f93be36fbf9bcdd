r"""What the manager's set-up program leaves on a node, and what it refuses.

The questions are the manual's (procedure 4-(1)): cluster or not, a directory on a local disk, one on the switched
partition, and then "as usual" manager ID, database connection and ESMPRO user group, which its notes name. What the
program writes for the answers is not public: names of files and registry values here are invented.
"""

from dataclasses import dataclass, field

from runbook_lib.lab import paths
from runbook_lib.lab.acl import ADMINISTRATORS, CI, EVERYONE, FULL, OI, READ_EXECUTE, SYSTEM, Ace
from runbook_lib.lab.files import FileSystem
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.product_facts import CM_PRODUCT, CM_SERVICES, ESMPRO_SERVICES, UNINSTALL
from runbook_lib.lab.service_facts import AUTO, DEMAND, OWN_PROCESS, STOPPED
from runbook_lib.lab.work_folder import work_folder


class SetupRefused(Exception):  # noqa: N818  (named after what happened)
    """The set-up program does not go on; the text is what it shows."""


@dataclass(frozen=True)
class Database:
    """How the manager reaches its database: ODBC data source, database name, server name or address."""

    source: str = "ESMPROCM"
    name: str = "CMDB"
    server: str = "10.0.0.210"


@dataclass(frozen=True)
class Answers:
    r"""What is chosen in the set-up program's windows.

    Attributes:
        local: directory on a local disk.
        shared: directory on the switched partition (not asked without *clustered*).
        manager_id, database: of the manager.
        user_group: the ESMPRO user group; it must be there, spelled exactly so (NEC Express5800 guides).
        clustered: the cluster-aware set-up was chosen.
    """

    local: str
    shared: str = ""
    manager_id: str = "CM01"
    database: Database = field(default_factory=Database)
    user_group: str = "Administrators"
    clustered: bool = True


@dataclass
class Medium:
    """The installation medium, the same for all nodes of a lab.

    Attributes:
        version: of ESMPRO/CM.
        esmpro_folder: where ESMPRO/BASE goes on every node, whatever directories are chosen for the manager.
        starts_services: whether set-up starts the six services that it sets to automatic (a switch).
    """

    version: str
    esmpro_folder: str
    starts_services: bool = False


def installed(machine: Machine) -> bool:
    """Whether the manager is set up on that node."""
    return machine.registry.exists(machine.registry.in_view(rf"{UNINSTALL}\{CM_PRODUCT}", 32))


def check_directories(machine: Machine, answers: Answers) -> None:
    """Refuse directories on the wrong kind of drive (the manual: the program asks again then).

    Raises:
        SetupRefused: with what is wrong.
    """
    switched = {drive.upper() for drive in machine.cluster.volumes}
    here = set(machine.files.drives)
    if answers.local[:2].upper() in switched or answers.local[:2].upper() not in here:
        raise SetupRefused(f"Local directory: {answers.local} is not on a local drive.")
    if answers.clustered and answers.shared[:2].upper() not in switched & here:
        raise SetupRefused(f"Switched partition: {answers.shared} is not on a switched partition of this server.")


def install(machine: Machine, answers: Answers, medium: Medium, *, with_settings: bool = False) -> None:
    r"""Set the manager up on a node as a person would with these answers.

    Args:
        machine: the node.
        answers: what the person chooses.
        medium: what is installed.
        with_settings: the work folder has `local\nvisord.cf` with lines of other settings.

    Raises:
        SetupRefused: nothing was changed.
    """
    if installed(machine):
        raise SetupRefused("WebSAM ClientManager is already installed on this server.")
    check_directories(machine, answers)
    group = answers.user_group
    groups = {"Administrators", *machine.files.accounts.groups.values()}
    if group.rpartition("\\")[2] not in {name.rpartition("\\")[2] for name in groups}:
        raise SetupRefused(f"ESMPRO user group: there is no group {group}.")
    esmpro = medium.esmpro_folder
    _services(machine, answers.local, esmpro)
    _work_folder(machine, rf"{esmpro}\NVWORK", group, with_settings=with_settings)
    _shared_files(machine, answers)
    _keys(machine, answers, esmpro, medium)
    if medium.starts_services:
        for key, *_ in ESMPRO_SERVICES:
            if machine.services.status(key).state == STOPPED:
                machine.services.start(key)


def put(files: FileSystem, path: str, content: bytes, attributes: str = "A") -> None:
    """Write a file, with the folders above it."""
    if not files.exists(paths.parent(path)):
        files.make_folder(paths.parent(path))
    files.write(path, content, attributes)


def _services(machine: Machine, local: str, esmpro: str) -> None:
    for key, display, program, needs in ESMPRO_SERVICES:
        put(machine.files, rf"{esmpro}\{program}", b"MZ" + key.encode() * 60)
        _service(machine, key, display, rf"{esmpro}\{program}", AUTO, needs)
    for key, display, program in CM_SERVICES:
        put(machine.files, rf"{local}\bin\{program}", b"MZ" + key.encode() * 60)
        _service(machine, key, display, rf"{local}\bin\{program}", DEMAND, ())
    put(machine.files, rf"{local}\uninst\cmuninst.exe", b"MZ uninstall")


def _service(machine: Machine, key: str, display: str, path: str, start: int, needs: tuple[str, ...]) -> None:
    values: dict[str, str | int | tuple[str, ...] | None] = {
        "Type": OWN_PROCESS,
        "Start": start,
        "ErrorControl": 1,
        "ImagePath": path,
        "DisplayName": display,
        "ObjectName": "LocalSystem",
    }
    if needs:
        values["DependOnService"] = needs
    machine.services.create(key, values)


def _work_folder(machine: Machine, work: str, group: str, *, with_settings: bool) -> None:
    """The work folder; rights are set on a new one only (NEC Express5800 guides)."""
    files = machine.files
    fresh = not files.exists(work)
    for file in work_folder(machine.name, machine.language, first=with_settings):
        put(files, rf"{work}\{file.path}", file.content, file.attributes)
    if fresh:
        files.set_acl(work, work_folder_rights(machine, group), protected=True)


def work_folder_rights(machine: Machine, group: str) -> list[Ace]:
    """Rights of the work folder: Administrators, Everyone, SYSTEM, and the ESMPRO user group when it is another."""
    entries = [Ace(ADMINISTRATORS, FULL, OI | CI), Ace(EVERYONE, READ_EXECUTE, OI | CI), Ace(SYSTEM, FULL, OI | CI)]
    if group.upper() != "ADMINISTRATORS":
        entries.append(Ace(machine.files.accounts.add_group(group), FULL, OI | CI))
    return entries


def nodes_file(shared: str) -> str:
    """Where the switched partition keeps the names of the nodes that are set up, so that the last one can clear it."""
    return rf"{shared}\DATA\nodes.lst"


def _shared_files(machine: Machine, answers: Answers) -> None:
    files, base = machine.files, answers.shared if answers.clustered else answers.local
    for name in ("CMSetDst.exe", "splaunch.exe", "CMViewer.exe", "cmdb.dll", "cmlib.dll", "cmres.dll"):
        put(files, rf"{base}\BIN\{name}", b"MZ" + name.encode() * 40)
    for name in ("setup.ini", "timesrv.ini"):
        put(files, rf"{base}\setup\{name}", f"[{name}]\r\n".encode())
    put(files, rf"{base}\DATA\cm.cfg", f"Manager={answers.manager_id}\r\n".encode())
    listed = nodes_file(base)
    names = files.read(listed).decode("ascii").split() if files.exists(listed) else []
    put(files, listed, "".join(f"{name}\r\n" for name in sorted({*names, machine.name})).encode("ascii"))


def _keys(machine: Machine, answers: Answers, esmpro: str, medium: Medium) -> None:
    """ESMPRO is 32-bit software: on x64 its keys are under Wow6432Node; a key under SYSTEM has one place only."""
    work = rf"{esmpro}\NVWORK"
    base = r"HKLM\SOFTWARE\NEC\NVBASE"
    odbc = r"HKLM\SOFTWARE\ODBC\ODBC.INI"
    _write(
        machine,
        base,
        {
            "WorkDir": work,
            "DiosaFilter": rf"{work}\Alert\filter\odiosasg",
            "GeneralFilter": rf"{work}\Alert\filter\genericsg",
            "InstallDir": esmpro,
            "UserGroup": answers.user_group,
        },
    )
    _write(machine, rf"{base}\AlertViewer", {"AlertPath": rf"{work}\alert", "MaxAlert": 10000})
    _write(
        machine,
        r"HKLM\SOFTWARE\NEC\ESMPRO/CM",
        {
            "Version": medium.version,
            "ManagerID": answers.manager_id,
            "ConnectManager": machine.name,
            "ShareDir": answers.shared,
            "LocalDir": answers.local,
            "DataSource": answers.database.source,
        },
    )
    _write(machine, rf"{odbc}\ODBC Data Sources", {answers.database.source: "SQL Server"})
    _write(
        machine,
        rf"{odbc}\{answers.database.source}",
        {"Driver": "SQLSRV32.dll", "Server": answers.database.server, "Database": answers.database.name},
    )
    _write(machine, r"HKLM\SYSTEM\CurrentControlSet\Services\Nvbase\Parameters", {"Port": 31134})
    _write(
        machine,
        rf"{UNINSTALL}\{CM_PRODUCT}",
        {
            "DisplayName": "WebSAM ClientManager",
            "DisplayVersion": medium.version,
            "Publisher": "NEC Corporation",
            "InstallLocation": answers.local,
            "UninstallString": rf'"{answers.local}\uninst\cmuninst.exe"',
        },
    )


def set_destination(machine: Machine, address: str) -> None:
    """What CMSetDst.exe leaves: the data viewer's destination, in the manager's registry key of this node.

    Raises:
        SetupRefused: the program cannot be started here, or nothing was entered.
    """
    key = machine.registry.in_view(r"HKLM\SOFTWARE\NEC\ESMPRO/CM", 32)
    shared = machine.registry.text(key, "ShareDir") or machine.registry.text(key, "LocalDir")
    if not shared or not machine.files.exists(rf"{shared}\BIN\CMSetDst.exe"):
        raise SetupRefused("CMSetDst.exe is not there: the manager is not set up, or its partition is elsewhere.")
    if not address.strip():
        raise SetupRefused("The name of the manager is missing.")
    _write(machine, r"HKLM\SOFTWARE\NEC\ESMPRO/CM", {"ConnectManager": address.strip()})


def _write(machine: Machine, key: str, values: dict[str, str | int]) -> None:
    place = machine.registry.in_view(key, 32)
    for name, content in values.items():
        machine.registry.set(place, name, "REG_SZ" if isinstance(content, str) else "REG_DWORD", content)
