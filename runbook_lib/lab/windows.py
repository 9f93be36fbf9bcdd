r"""What a freshly installed Windows has, as far as commands show it: registry, services, processes, folders.

Sources: "Operating System Version" (learn.microsoft.com) for numbers; "Interactive Services" for
NoInteractiveServices; lists of services in the release documentation. Everything here is seeded: it leaves no trace
in the node's changes.
"""

import random
import struct
from typing import Final, Literal

from runbook_lib.lab.accounts import Accounts
from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.files import FileSystem, Volume
from runbook_lib.lab.machine import Change, Machine
from runbook_lib.lab.processes import ProcessTable
from runbook_lib.lab.registry import Registry
from runbook_lib.lab.service_facts import AUTO, DEMAND, INTERACTIVE, OWN_PROCESS, SHARE_PROCESS
from runbook_lib.lab.services import Services

_CONTROL: Final = r"HKLM\SYSTEM\CurrentControlSet\Control"
_PRODUCT_NAMES: Final = {
    "2003": "Microsoft Windows Server 2003",
    "2008": "Windows Server (R) 2008 Standard",
    "2008 R2": "Windows Server 2008 R2 Standard",
    "2012 R2": "Windows Server 2012 R2 Standard",
    "2016": "Windows Server 2016 Standard",
    "2019": "Windows Server 2019 Standard",
    "2022": "Windows Server 2022 Standard",
    "2025": "Windows Server 2025 Standard",
}
_SERVICE_PACKS: Final = {"2003": 2, "2008": 2, "2008 R2": 1}
_FILETIME_2012: Final = 129_800_000_000_000_000  # 100 ns since 1601: the spring of 2012

# key name, display name, start mode, runs now, shares the svchost of this group ("" = own program)
_SERVICES: Final = (
    ("Dhcp", "DHCP Client", AUTO, True, "network"),
    ("Dnscache", "DNS Client", AUTO, True, "network"),
    ("EventLog", "Windows Event Log", AUTO, True, "network"),
    ("LanmanServer", "Server", AUTO, True, "netsvcs"),
    ("LanmanWorkstation", "Workstation", AUTO, True, "network"),
    ("PlugPlay", "Plug and Play", AUTO, True, "dcom"),
    ("RpcSs", "Remote Procedure Call (RPC)", AUTO, True, "dcom"),
    ("Schedule", "Task Scheduler", AUTO, True, "netsvcs"),
    ("SNMP", "SNMP Service", AUTO, True, "snmp.exe"),
    ("Spooler", "Print Spooler", AUTO, True, "spoolsv.exe"),
    ("TermService", "Terminal Services", DEMAND, False, "netsvcs"),
    ("W32Time", "Windows Time", AUTO, True, "netsvcs"),
    ("WinRM", "Windows Remote Management (WS-Management)", AUTO, True, "network"),
)


def make_machine(
    name: str,
    cluster: Cluster,
    *,
    release: str = "2008 R2",
    architecture: Literal["x86", "x64"] = "x64",
    language: Literal["ja", "en"] = "ja",
    code_page: int = 932,
    user: str = "Administrator",
    system_drive: str = "C:",
) -> Machine:
    """A node with Windows installed and nothing else; it has joined *cluster*. Its `changes` are empty."""
    from runbook_lib.lab.programs import install

    changes: list[Change] = []

    def note(kind: str, what: str, how: str) -> None:
        changes.append(Change(kind, what, how))  # type: ignore[arg-type]

    registry = Registry(architecture, note)
    processes = ProcessTable(note)
    machine = Machine(
        name=name,
        release=release,
        architecture=architecture,
        language=language,
        code_page=code_page,
        user=user,
        files=FileSystem(Accounts(name, user), note),
        registry=registry,
        services=Services(registry, processes, note),
        processes=processes,
        cluster=cluster,
        system_drive=system_drive,
        changes=changes,
    )
    _seed_registry(machine)
    _seed_services(machine)
    _seed_folders(machine)
    install(machine)
    cluster.join(machine)
    return machine


def _seed_registry(machine: Machine) -> None:
    registry = machine.registry
    major, minor, build = machine.version
    current = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    pack = _SERVICE_PACKS.get(machine.release)
    old = machine.version < (6, 0, 0)
    values: dict[str, str | int] = {
        "ProductName": _PRODUCT_NAMES[machine.release],
        "CurrentVersion": f"{min(major, 6)}.{3 if major > 6 else minor}",
        "CurrentBuildNumber": str(build),
        "CurrentBuild": "1.511.1 () (Obsolete data - do not use)" if old else str(build),
        "SystemRoot": rf"{machine.system_drive}\WINDOWS" if old else rf"{machine.system_drive}\Windows",
        "RegisteredOwner": "Windows User" if machine.language == "en" else "Windows ユーザー",
    }
    if pack:
        values["CSDVersion"] = f"Service Pack {pack}"
    if machine.version >= (6, 1, 0):
        values |= {"EditionID": "ServerStandard", "InstallationType": "Server"}
    if major >= 10:
        values |= {"CurrentMajorVersionNumber": major, "CurrentMinorVersionNumber": minor, "UBR": 2340}
    registry.seed_texts(current, values)
    registry.seed_texts(
        rf"{_CONTROL}\Session Manager\Environment",
        {
            "PROCESSOR_ARCHITECTURE": "AMD64" if machine.architecture == "x64" else "x86",
            "NUMBER_OF_PROCESSORS": "4",
            "OS": "Windows_NT",
        },
    )
    for name, content in {
        "ComSpec": r"%SystemRoot%\system32\cmd.exe",
        "Path": r"%SystemRoot%\system32;%SystemRoot%;%SystemRoot%\System32\Wbem",
        "TEMP": r"%SystemRoot%\TEMP",
        "TMP": r"%SystemRoot%\TEMP",
        "windir": r"%SystemRoot%",
    }.items():
        registry.seed(rf"{_CONTROL}\Session Manager\Environment", name, "REG_EXPAND_SZ", content)
    ansi = "932" if machine.language == "ja" else "1252"
    registry.seed_texts(rf"{_CONTROL}\Nls\CodePage", {"ACP": ansi, "OEMCP": str(machine.code_page)})
    language = "0411" if machine.language == "ja" else "0409"
    registry.seed_texts(rf"{_CONTROL}\Nls\Language", {"Default": language, "InstallLanguage": language})
    for key in ("ComputerName", "ActiveComputerName"):
        registry.seed_texts(rf"{_CONTROL}\ComputerName\{key}", {"ComputerName": machine.name.upper()})
    registry.seed_texts(
        r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", {"Hostname": machine.name, "Domain": ""}
    )
    registry.seed_texts(
        rf"{_CONTROL}\Windows",
        {"CSDVersion": (pack or 0) << 8, "NoInteractiveServices": 1 if machine.version >= (6, 2, 0) else 0},
    )
    # The last clean shutdown: 8 bytes, a FILETIME (winhelponline.com), different on every node.
    moment = _FILETIME_2012 + random.Random(f"shutdown {machine.name}").randrange(10**13)  # noqa: S311
    registry.seed(rf"{_CONTROL}\Windows", "ShutdownTime", "REG_BINARY", struct.pack("<Q", moment))
    programs = rf"{machine.system_drive}\Program Files"
    registry.seed_texts(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion", {"ProgramFilesDir": programs})
    registry.seed_key(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall")
    if machine.architecture == "x64":
        wow = r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion"
        registry.seed_texts(wow, {"ProgramFilesDir": f"{programs} (x86)"})
        registry.seed_key(rf"{wow}\Uninstall")


def _seed_services(machine: Machine) -> None:
    processes = machine.processes
    processes.add("System Idle Process", pid=0, memory_kb=24)
    processes.add("System", pid=4, memory_kb=304)
    for image in ("smss.exe", "csrss.exe", "wininit.exe", "csrss.exe", "winlogon.exe", "services.exe", "lsass.exe"):
        if image == "wininit.exe" and machine.version < (6, 0, 0):
            continue
        processes.add(image)
    hosted: dict[str, list[str]] = {}
    for name, _, _, runs, host in _SERVICES:
        if runs and not host.endswith(".exe"):
            hosted.setdefault(host, []).append(name)
    hosts = {group: processes.add("svchost.exe", services=tuple(names)) for group, names in hosted.items()}
    root = r"%SystemRoot%\system32"
    for name, display, start, runs, host in _SERVICES:
        if name == "TermService" and machine.version >= (6, 1, 0):
            display = "Remote Desktop Services"  # noqa: PLW2901
        if host.endswith(".exe"):
            kind = OWN_PROCESS | (INTERACTIVE if name == "Spooler" else 0)
            machine.services.seed(name, display, rf"{root}\{host}", start=start, kind=kind, running=runs)
        else:
            path = rf"{root}\svchost.exe -k {host}"
            pid = hosts.get(host)
            machine.services.seed(name, display, path, start=start, kind=SHARE_PROCESS, running=runs, pid=pid)
    if (6, 0, 0) <= machine.version < (10, 0, 17763):
        # Interactive Services Detection: from Vista on, gone with Server 2019.
        machine.services.seed("UI0Detect", "Interactive Services Detection", rf"{root}\UI0Detect.exe")


def _seed_folders(machine: Machine) -> None:
    drive, old = machine.system_drive, machine.version < (6, 0, 0)
    machine.files.mount(drive, Volume("", "3C5D-91A2"))
    windows = rf"{drive}\WINDOWS" if old else rf"{drive}\Windows"
    account = machine.user.rpartition("\\")[2]
    profile = rf"{drive}\Documents and Settings\{account}" if old else rf"{drive}\Users\{account}"
    temporary = rf"{profile}\Local Settings\Temp" if old else rf"{profile}\AppData\Local\Temp"
    for folder in (rf"{windows}\system32\drivers\etc", rf"{windows}\Temp", temporary, rf"{drive}\Program Files"):
        machine.files.seed_folder(folder)
    machine.files.seed(rf"{windows}\system32\drivers\etc\hosts", b"127.0.0.1       localhost\r\n")
    if machine.architecture == "x64":
        machine.files.seed_folder(rf"{drive}\Program Files (x86)")
        machine.files.seed_folder(rf"{windows}\SysWOW64")
