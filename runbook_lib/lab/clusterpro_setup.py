"""CLUSTERPRO as its own installer leaves it on a node: services, commands, folders, an entry among the programs."""

from runbook_lib.lab.description import LabDescription
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.product_facts import CLUSTERPRO_PRODUCT, CLUSTERPRO_SERVICES, CLUSTERPRO_VERSIONS, UNINSTALL
from runbook_lib.lab.service_facts import AUTO, INTERACTIVE, OWN_PROCESS


def seed_clusterpro(machine: Machine, description: LabDescription, *, interactive: bool) -> None:
    """Put CLUSTERPRO there without noting a change.

    Args:
        machine: the node.
        description: of the lab.
        interactive: step 4-(3) was done: the service "... Server" may interact with the desktop.
    """
    folder = description.clusterpro_folder
    family = "EXPRESSCLUSTER" if "EXPRESSCLUSTER" in folder.upper() else "CLUSTERPRO"
    for key, display, program, start in CLUSTERPRO_SERVICES:
        kind = OWN_PROCESS | (INTERACTIVE if interactive and key == "clppm" else 0)
        machine.services.seed(
            key, display.format(family), rf"{folder}\bin\{program}", start=start, kind=kind, running=start == AUTO
        )
    for name in machine.programs:
        if name.startswith(("clp", "arm")):
            machine.files.seed(rf"{folder}\bin\{name}.exe", b"MZ" + name.encode() * 30)
    for name in ("etc", "log", "scripts", "work"):
        machine.files.seed_folder(rf"{folder}\{name}")
    registry, environment = machine.registry, r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
    path = registry.text(environment, "Path")
    registry.seed(environment, "Path", "REG_EXPAND_SZ", rf"{path};{folder}\bin")
    machine.environment["Path"] = rf"{folder}\bin"
    machine.registry.seed_texts(
        machine.registry.in_view(rf"{UNINSTALL}\{CLUSTERPRO_PRODUCT}", 64),
        {
            "DisplayName": f"{family} X {description.clusterpro} for Windows",
            "DisplayVersion": CLUSTERPRO_VERSIONS.get(description.clusterpro, description.clusterpro),
            "Publisher": "NEC Corporation",
            "InstallLocation": folder,
        },
    )
