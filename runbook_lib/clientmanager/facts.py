"""What the manual fixes: services, watch ids, orders, registry keys, folders and names, each with its section.

The manual is NEC's "CLUSTERPRO X for Windows, PP guide (WebSAM ClientManager)", first edition, 2012-07-02; sections are
given by its own numbers ("5-(1)" is item (1) of installation procedure 5).
"""

from dataclasses import dataclass
from typing import Final

GROUP_NAME: Final = "ESMPROCM"
"""2-(1): the failover group's name, in Latin letters."""

CLUSTER_SERVICE: Final = "CLUSTERPRO Server"
"""4-(3): display name of the service that may interact with the desktop."""

CLUSTER_SERVICES: Final = (CLUSTER_SERVICE, "EXPRESSCLUSTER Server")
"""The same under the product's name outside Japan (NEC, EXPRESSCLUSTER/Maintenance on GitHub)."""

WORK_FOLDER: Final = "NVWORK"
"""5-(1): the work folder's name, in the ESMPRO install folder and at the root of the switched partition."""

NVISORD_FILE: Final = r"local\nvisord.cf"
"""5-(3): the file that names the manager, below the work folder."""

ALERT_FOLDER: Final = "alert"
ODIOSA_FILTER: Final = r"Alert\filter\odiosasg"
GENERIC_FILTER: Final = r"Alert\filter\genericsg"
"""5-(4): folders below the work folder, spelled as the manual prints them."""

TIME_SERVER_NAME: Final = "esmprocm"
TIME_SERVER_FOLDER: Final = "setup"
STOP_PROGRAM: Final = r"bin\splaunch"
"""6-(1): what ARMNSADD and ARMNSDEL name, the folder given to ARMNSADD, and the program of the stop script; the two
last ones below the folder on the switched partition."""

DESTINATION_PROGRAM: Final = r"BIN\CMSetDst.exe"
"""4-(2): sets the data viewer's destination, below the folder on the switched partition."""

DEFAULT_USER_GROUP: Final = "Administrators"
"""5-(1): the ESMPRO user group unless another was chosen at installation."""


@dataclass(frozen=True)
class WatchedService:
    """A service that the group's scripts start and stop (6-(1)).

    Attributes:
        display_name: as Windows' list of services shows it.
        watch_id: the name under which ARMLOAD watches it; None where the scripts use ``net start`` instead.
    """

    display_name: str
    watch_id: str | None


_BASE: Final = WatchedService("ESM Base Service", "ESMBASE")
_COMMAND: Final = WatchedService("ESM Command Service", "ESMCMD")
_ALERT: Final = WatchedService("ESM Alert Service", "ESMALT")
_REMOTE_MAP: Final = WatchedService("ESM Remote Map Service", "ESMRMT")
_DMI: Final = WatchedService("Dmi Event Watcher", "DMIEVT")
_SOCKET: Final = WatchedService("Alert Manager Socket(R) Service", "ALMSOK")
_CMIT: Final = WatchedService("ESMPRO/CM CMIT service", "CMIT")
_RELAY: Final = WatchedService("ESMPRO/CM CMURELAY", None)
_MANAGER: Final = WatchedService("ESMPRO/CM Manager", "CMMANAGER")
_POWER_ON: Final = WatchedService("ESMPRO/CM Poweron Service", "CMPOWERON")
_SENDER: Final = WatchedService("ESMPRO/CM Sender", "CMSENDER")
_SNMP: Final = WatchedService("ESMPRO/CM Snmp Manager", "CMSNMP")
_TIME: Final = WatchedService("ESMPRO Time Server", "CMTIME")

START_ORDER: Final = (
    _BASE, _COMMAND, _ALERT, _REMOTE_MAP, _DMI, _SOCKET, _CMIT, _RELAY, _MANAGER, _POWER_ON, _SENDER, _SNMP, _TIME,
)  # fmt: skip
"""6-(1), start script: thirteen services in the order it starts them."""

STOP_ORDER: Final = (
    _TIME, _SNMP, _SENDER, _MANAGER, _POWER_ON, _RELAY, _CMIT, _SOCKET, _DMI, _ALERT, _REMOTE_MAP, _COMMAND, _BASE,
)  # fmt: skip
"""6-(1), stop script: the same in the order it stops them, which is not the reverse of the start order."""

MANUAL_SERVICES: Final = tuple(
    service.display_name for service in (_SOCKET, _BASE, _COMMAND, _REMOTE_MAP, _DMI, _ALERT)
)
"""4-(4): display names of the six services whose start mode becomes manual, in the manual's order."""

MANAGER_SERVICE: Final = _MANAGER.display_name
RELAY_SERVICE: Final = _RELAY.display_name
"""6-(1): the service that is the manager itself, and one that a relay agent may bring too (by its name: assumed)."""

ESMPRO_SERVICES: Final = tuple(service.display_name for service in START_ORDER)
"""Display names of every ESMPRO and CM service the manual knows; none may run while the work folder moves (5-(1))."""


@dataclass(frozen=True)
class RegistryKey:
    r"""A key below HKEY_LOCAL_MACHINE.

    Attributes:
        path: below HKEY_LOCAL_MACHINE, in its 32-bit form, such as ``SOFTWARE\NEC\NVBASE``.
        section: where the manual names it.
    """

    path: str
    section: str

    @property
    def moves_on_x64(self) -> bool:
        r"""Whether x64 Windows keeps it under ``SOFTWARE\Wow6432Node`` (5-(4), 6-(2)): only what is under SOFTWARE."""
        return self.path.startswith("SOFTWARE\\")

    def on(self, architecture: str) -> str:
        r"""The whole key on "x86" or "x64", such as ``HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC\NVBASE``."""
        path = self.path
        if architecture == "x64" and self.moves_on_x64:
            path = path.replace("SOFTWARE\\", "SOFTWARE\\Wow6432Node\\", 1)
        return f"HKEY_LOCAL_MACHINE\\{path}"


NVBASE_KEY: Final = RegistryKey(r"SOFTWARE\NEC\NVBASE", section="5-(4)")
ALERT_VIEWER_KEY: Final = RegistryKey(r"SOFTWARE\NEC\NVBASE\AlertViewer", section="5-(4)")

PRODUCT_KEY: Final = RegistryKey(r"SOFTWARE\NEC\ESMPRO/CM", section="6-(2)")

WORK_FOLDER_VALUES: Final = (
    r"NVBASE\WorkDir",
    r"NVBASE\AlertViewer\AlertPath",
    r"NVBASE\DiosaFilter",
    r"NVBASE\GeneralFilter",
)
"""5-(4): values that are changed on the active node alone, so that nodes differ in them until the group has moved."""

SYNCHRONISED_KEYS: Final = (
    PRODUCT_KEY,
    RegistryKey(r"SOFTWARE\NEC\NVBASE", section="6-(2)"),
    RegistryKey(r"SYSTEM\CurrentControlSet\Services\Nvbase", section="6-(2)"),
)
"""6-(2): keys that the group takes over at a failover.  The manual's x64 rule names SOFTWARE, so the last one stays."""

WORK_FOLDER_RIGHTS: Final = (
    ("S-1-5-32-544", "F"),
    ("S-1-1-0", "RX"),
    ("S-1-5-18", "F"),
)
"""5-(1): (principal, right) for Administrators, Everyone and SYSTEM, by SID because their names follow the language of
Windows; F is full control, RX read and execute, as icacls writes them.  SIDs: Microsoft, "Well-known SIDs"."""
