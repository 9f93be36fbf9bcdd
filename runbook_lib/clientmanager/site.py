"""A site whose cluster runs WebSAM ClientManager: its own section, what follows from it, and what it must not be."""

import re
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from runbook_lib.parameters import (
    Folder,
    Problem,
    Section,
    Site,
    Text,
    UserGroup,
    Version,
    Write,
    on_local_drive,
    on_switched_drive,
)

from .facts import (
    ALERT_FOLDER,
    ALERT_VIEWER_KEY,
    DEFAULT_USER_GROUP,
    ESMPRO_SERVICES,
    GENERIC_FILTER,
    GROUP_NAME,
    NVBASE_KEY,
    NVISORD_FILE,
    ODIOSA_FILTER,
    WORK_FOLDER,
    WORK_FOLDER_RIGHTS,
)
from .matrix import outside_clusterpro, outside_windows
from .setup_section import SetupSection, setup_problems
from .uninstall_section import UninstallSection, uninstall_problems


class RegistryText(NamedTuple):
    """A text (REG_SZ) value: its key as `RegistryKey.path` has it, its name, its data."""

    key: str
    name: str
    data: str


class ClientManagerSection(Section):
    r"""What was chosen when the manager was set up (procedure 4), the same on every node.

    Attributes:
        version: of ClientManager (ESMPRO/CM), such as "4.2".
        esmpro_folder: the ESMPRO install folder, on a local drive.
        shared_folder: the install folder on the switched partition, such as ``W:\Program Files\ESMPRO\ESMPROCM``.
        user_group: the ESMPRO user group.
        manager_name: the name that all nodes share as ClientManager's manager (5-(3)).
        gui_processes: image names of CM GUI's programs, as ``tasklist`` shows them; no public document has them.
    """

    version: Version
    esmpro_folder: Folder
    shared_folder: Folder
    user_group: UserGroup = DEFAULT_USER_GROUP
    manager_name: Text
    gui_processes: Annotated[tuple[Text, ...], Write("a list of programs, such as [CMGui.exe]")] = ()

    def problems(self) -> Iterator[Problem]:
        """Characters of the manager's name: it stands in quotes in nvisord.cf, read by programs of several ages."""
        yield from super().problems()
        if self.has("manager_name") and not re.fullmatch(r"[A-Za-z0-9_.-]{1,63}", self.manager_name):
            yield Problem(
                "manager_name",
                f"'{self.manager_name}' is not a manager name. Write at most 63 of A-Z, a-z, 0-9, '_', '-', '.'.",
            )
        for name in self.gui_processes if self.has("gui_processes") else ():
            if not re.fullmatch(r'[^\\/:*?"<>|]+\.[A-Za-z]{3}', name):
                yield Problem(
                    "gui_processes",
                    f"has '{name}', which is no program's name. Write it without a path, such as CMGui.exe.",
                )


class ClientManagerSite(Site):
    """A site with the sections ``clientmanager``, ``setup`` and ``uninstall``."""

    clientmanager: ClientManagerSection
    setup: SetupSection = SetupSection()
    uninstall: UninstallSection = UninstallSection()

    def watched_services(self) -> tuple[str, ...]:
        """The services that the group's start script starts, in its order (6-(1))."""
        return ESMPRO_SERVICES

    @property
    def local_folder(self) -> str:
        """The directory on a local disk that the manager's set-up asks for first (4-(1)).

        Unless the site names it: in the ESMPRO install folder, under the last name of the shared folder (assumed).
        """
        last = self.clientmanager.shared_folder.rpartition("\\")[2]
        return self.setup.local_folder or f"{self.clientmanager.esmpro_folder}\\{last}"

    @property
    def nvwork_local(self) -> str:
        """The work folder that every node has before procedure 5: in the ESMPRO install folder (5-(1))."""
        return f"{self.clientmanager.esmpro_folder}\\{WORK_FOLDER}"

    @property
    def nvwork_shared(self) -> str:
        """The work folder after procedure 5: at the root of the switched partition (5-(1))."""
        return f"{self.group.disk.drive}\\{WORK_FOLDER}"

    @property
    def nvwork_rights(self) -> tuple[tuple[str, str], ...]:
        """(principal, right) on the work folder and every folder below it (5-(1)).

        Principals are SIDs, and last the ESMPRO user group by name where it is not Administrators.
        """
        group = self.clientmanager.user_group
        if group.casefold() == DEFAULT_USER_GROUP.casefold():
            return WORK_FOLDER_RIGHTS
        return (*WORK_FOLDER_RIGHTS, (group, "F"))

    @property
    def nvisord_path(self) -> str:
        """The file that names the manager (5-(3))."""
        return f"{self.nvwork_shared}\\{NVISORD_FILE}"

    @property
    def nvisord_line(self) -> str:
        """The line that names the manager, without its line break (5-(3))."""
        return f'CommunityName: "{self.clientmanager.manager_name}"'

    @property
    def nvbase_values(self) -> tuple[RegistryText, ...]:
        """The registry values that lead to the work folder, in the manual's order (5-(4)).

        In which view of the registry they are, the node decides: `RegistryKey.moves_on_x64`.
        """
        nvbase, viewer = NVBASE_KEY.path, ALERT_VIEWER_KEY.path
        return (
            RegistryText(nvbase, "WorkDir", self.nvwork_shared),
            RegistryText(viewer, "AlertPath", f"{self.nvwork_shared}\\{ALERT_FOLDER}"),
            RegistryText(nvbase, "DiosaFilter", f"{self.nvwork_shared}\\{ODIOSA_FILTER}"),
            RegistryText(nvbase, "GeneralFilter", f"{self.nvwork_shared}\\{GENERIC_FILTER}"),
        )

    def problems(self) -> Iterator[Problem]:
        """What the manual fixes: the group's name, which folder lies on which drive, and the versions it covers."""
        yield from super().problems()
        if self.has("group.name") and self.group.name != GROUP_NAME:
            yield Problem("group.name", f"'{self.group.name}' is not the manual's name. Write {GROUP_NAME} (2-(1)).")
        if self.has("clientmanager.esmpro_folder"):
            yield from on_local_drive(self, "clientmanager.esmpro_folder", self.clientmanager.esmpro_folder)
        if self.has("clientmanager.shared_folder"):
            yield from on_switched_drive(self, "clientmanager.shared_folder", self.clientmanager.shared_folder)
        yield from setup_problems(self)
        yield from uninstall_problems(self)
        if self.has("skip") and "0" in self.skip:
            yield Problem(
                "skip.0",
                "leaves out the environment check. Write what you take on under accept_outside_manual instead.",
            )
        yield from self._outside_manual()

    def _outside_manual(self) -> Iterator[Problem]:
        if not self.has("accept_outside_manual"):
            return
        take_on = "Add '{0}' to accept_outside_manual to take that on yourself."
        versions = ("windows.release", "windows.architecture", "clientmanager.version")
        if self.has(*versions) and "windows" not in self.accept_outside_manual:
            windows = self.windows
            if why := outside_windows(windows.release, windows.architecture, self.clientmanager.version):
                yield Problem("windows.release", f"is not covered: {why} {take_on.format('windows')}")
        if self.has("cluster.clusterpro") and "clusterpro" not in self.accept_outside_manual:
            why = outside_clusterpro(self.cluster.clusterpro)
            if why:
                yield Problem("cluster.clusterpro", f"is not covered: {why} {take_on.format('clusterpro')}")
