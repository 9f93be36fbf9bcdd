"""Site files: read, checked in full, and refused with sentences that say what to write."""

from .credential import Credential
from .crosschecks import on_local_drive, on_switched_drive
from .files import load_site, project_folder, site_names
from .notebook import NotebookParameters, check_parameters, new_change
from .section import Problem, Section
from .site import NodeAccess, Site
from .values import CommandLine, Folder, NodeName, RegistryPath, Text, UserGroup, Version, Write

__all__ = [
    "CommandLine",
    "Credential",
    "Folder",
    "NodeAccess",
    "NodeName",
    "NotebookParameters",
    "Problem",
    "RegistryPath",
    "Section",
    "Site",
    "Text",
    "UserGroup",
    "Version",
    "Write",
    "check_parameters",
    "load_site",
    "new_change",
    "on_local_drive",
    "on_switched_drive",
    "project_folder",
    "site_names",
]
