"""One simulated Windows node: everything that lasts longer than a command."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from runbook_lib.lab.power import Power
from runbook_lib.lab.process import Process, Program

if TYPE_CHECKING:
    from runbook_lib.lab.cluster import Cluster
    from runbook_lib.lab.files import FileSystem
    from runbook_lib.lab.processes import ProcessTable
    from runbook_lib.lab.registry import Registry
    from runbook_lib.lab.services import Services

BUILDS = {
    "2003": (5, 2, 3790),
    "2008": (6, 0, 6002),
    "2008 R2": (6, 1, 7601),
    "2012 R2": (6, 3, 9600),
    "2016": (10, 0, 14393),
    "2019": (10, 0, 17763),
    "2022": (10, 0, 20348),
    "2025": (10, 0, 26100),
}


@dataclass(frozen=True)
class Change:
    """One thing that was changed on a node, whoever did it: the lab's own account, to compare a record with.

    Attributes:
        kind: "file", "acl", "registry", "service", "process", "cluster", "power".
        what: path, key or name.
        how: "created", "written", "removed", "started", ...
    """

    kind: Literal["file", "acl", "registry", "service", "process", "cluster", "power"]
    what: str
    how: str


@dataclass
class Machine:
    """One node.

    Attributes:
        name: the computer name as typed at installation (shown by hostname).
        release, architecture, language, code_page: as in `LabDescription`.
        user: the account that remote shells run as (a member of Administrators).
        files, registry, services, processes: the parts of Windows that commands show and change.
        cluster: the cluster the node belongs to (shared by all its machines).
        programs: what can be run by name (lower case, without .exe), filled from runbook_lib.lab.programs.
        of_products: those of them that Windows does not have: found only where there is a file of that name.
        environment: system-wide variables of the node beside Windows' own; PATH is added to Windows' own.
        hang: names of programs and commands (lower case) that never end until they are stopped.
        boot_s: seconds that the node is away when it restarts.
        stays_down: it does not come back by itself when it restarts (a misbehaviour switch).
        power: shuts it down and starts it.
        changes: every change since the lab started, in order; see `note_change`.
        lock: held by whatever reads or changes more than one thing at a time (re-entrant).
    """

    name: str
    release: str
    architecture: Literal["x86", "x64"]
    language: Literal["ja", "en"]
    code_page: int
    user: str
    files: "FileSystem"
    registry: "Registry"
    services: "Services"
    processes: "ProcessTable"
    cluster: "Cluster"
    programs: dict[str, Program] = field(default_factory=dict)
    of_products: set[str] = field(default_factory=set)
    system_drive: str = "C:"
    environment: dict[str, str] = field(default_factory=dict)
    hang: set[str] = field(default_factory=set)
    boot_s: float = 1.0
    stays_down: bool = False
    changes: list[Change] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.power = Power(self)

    @property
    def version(self) -> tuple[int, int, int]:
        """Major, minor and build number of Windows."""
        return BUILDS[self.release]

    def note_change(self, kind: str, what: str, how: str) -> None:
        """Enter a change into the node's own account; every part of the machine calls this when it changes."""
        self.changes.append(Change(kind, what, how))  # type: ignore[arg-type]

    def start(
        self,
        command_line: str,
        *,
        code_page: int | None = None,
        environment: dict[str, str] | None = None,
        folder: str | None = None,
        skip_cmd_shell: bool = False,
    ) -> Process:
        """Start *command_line* as a remote shell does: through cmd.exe /c unless *skip_cmd_shell*.

        Args:
            command_line: the whole line.
            code_page: of the console; None takes the node's own.
            environment: variables added to the node's own.
            folder: current folder; None takes the user's profile.
            skip_cmd_shell: run the program named by the line itself.
        """
        from runbook_lib.lab.shell import run_remote_command

        page = code_page or self.code_page
        runner: Callable[[Process], int] = lambda process: run_remote_command(  # noqa: E731
            self, process, command_line, page, environment or {}, folder, skip_cmd_shell=skip_cmd_shell
        )
        return Process(page, runner)
