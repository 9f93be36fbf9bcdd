"""What the manager's uninstaller takes away (the manual's note 4), with what it leaves.

Content on the switched partition goes only when every node that was set up has run it.
"""

import time
from typing import Final

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileSystem
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.manager_setup import SetupRefused, installed, nodes_file
from runbook_lib.lab.product_facts import CM_PRODUCT, CM_SERVICES, ESMPRO_SERVICES, UNINSTALL
from runbook_lib.lab.service_facts import STOPPED

_STOP_LIMIT_S: Final = 10.0


def remove(machine: Machine) -> None:
    """Take the manager off a node.

    Raises:
        SetupRefused: it is not there, or the switched partition is elsewhere; nothing was changed.
    """
    if not installed(machine):
        raise SetupRefused("WebSAM ClientManager is not installed on this server.")
    registry, files = machine.registry, machine.files
    manager = registry.in_view(r"HKLM\SOFTWARE\NEC\ESMPRO/CM", 32)
    local, shared = registry.text(manager, "LocalDir"), registry.text(manager, "ShareDir")
    source = registry.text(manager, "DataSource")
    if shared and not files.is_folder(shared):
        raise SetupRefused(f"Switched partition: {shared} cannot be reached from this server.")
    _remove_services(machine)
    esmpro = registry.text(registry.in_view(r"HKLM\SOFTWARE\NEC\NVBASE", 32), "InstallDir")
    for folder in (local, rf"{esmpro}\NVWORK", rf"{esmpro}\ESMBASE", rf"{esmpro}\AlertMan"):
        remove_tree(files, folder)
    _remove_if_empty(files, paths.parent(local))
    _remove_if_empty(files, esmpro)
    if shared:
        _remove_shared(files, shared, machine.name)
    odbc = registry.in_view(r"HKLM\SOFTWARE\ODBC\ODBC.INI", 32)
    if registry.get(rf"{odbc}\ODBC Data Sources", source):
        registry.delete_value(rf"{odbc}\ODBC Data Sources", source)
    for key in (
        rf"{odbc}\{source}",
        registry.in_view(r"HKLM\SOFTWARE\NEC\NVBASE", 32),
        manager,
        r"HKLM\SYSTEM\CurrentControlSet\Services\Nvbase",
        registry.in_view(rf"{UNINSTALL}\{CM_PRODUCT}", 32),
    ):
        if registry.exists(key):
            registry.delete_key(key)


def _remove_services(machine: Machine) -> None:
    """Dependent services before those they need."""
    services = machine.services
    for key in [*(key for key, *_ in CM_SERVICES), *(key for key, *_ in sorted(ESMPRO_SERVICES, key=_needs_last))]:
        if services.find(key) is None:
            continue
        if services.status(key).state != STOPPED:
            services.stop(key)
        end = time.monotonic() + _STOP_LIMIT_S
        while services.status(key).state != STOPPED and time.monotonic() < end:
            time.sleep(0.01)
        services.delete(key)


def _needs_last(service: tuple[str, str, str, tuple[str, ...]]) -> bool:
    return not service[3]


def _remove_shared(files: FileSystem, shared: str, node: str) -> None:
    listed = nodes_file(shared)
    names = files.read(listed).decode("ascii").split() if files.exists(listed) else []
    left = [name for name in names if name != node]
    if left:
        files.write(listed, "".join(f"{name}\r\n" for name in left).encode("ascii"))
        return
    remove_tree(files, shared)
    _remove_if_empty(files, paths.parent(shared))


def remove_tree(files: FileSystem, folder: str) -> None:
    """Remove a folder with all that is in it, read-only files too; nothing happens when it is not there."""
    if not files.is_folder(folder):
        return
    for entry in reversed(list(files.walk(folder))):
        if "R" in entry.attributes:
            files.set_attributes(entry.path, entry.attributes - {"R"})
        files.remove(entry.path)
    files.remove(folder)


def _remove_if_empty(files: FileSystem, folder: str) -> None:
    if files.is_folder(folder) and len(folder) > len("C:\\") and not files.entries(folder):
        files.remove(folder)
