"""`runbook lab`: the simulated cluster that a site file describes, on this machine."""

import os
import secrets
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, cast, get_args

from runbook_lib.cli import shown
from runbook_lib.cli.speaking import spoken
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError, RunbookError
from runbook_lib.lab.description import LabDescription, LabNode, Release, Stage
from runbook_lib.lab.lab import Lab
from runbook_lib.parameters import NodeAccess

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def run_lab(
    site: ClientManagerSite,
    stage: str,
    command: Sequence[str],
    disk_speed: int | None = None,
    restart_s: float | None = None,
) -> int:
    """Start the lab of *site*, run *command* with it and end with its exit code, or serve until Ctrl-C.

    *disk_speed*, in bytes per second, is how fast its disks take what is copied; *restart_s* is how many seconds a node
    is away when it restarts.

    The password is taken from the environment variable that the site names; where it is not set, one is made up and
    given to *command*, or printed.
    """
    variable = _password_variable(site)
    made_up = variable not in os.environ
    password = os.environ.get(variable) or secrets.token_urlsafe(12)
    description = describe(site, password, stage)
    if disk_speed is not None:
        description = replace(description, disk_bytes_per_s=disk_speed)
    if restart_s is not None:
        description = replace(description, boot_s=restart_s)
    lab = Lab(description)
    try:
        lab.start()
    except OSError as error:
        ports = ", ".join(str(access.port) for access in _accesses(site))
        raise RunbookError(
            f"The lab cannot listen on port {ports}: {error.strerror}. Is a lab of this site up?"
        ) from error
    try:
        _write_authority(site, lab.certificate_authority)
        if command:
            return _with_lab(command, {variable: password})
        return _serve(site, variable, password if made_up else None)
    finally:
        lab.stop()


def describe(site: ClientManagerSite, password: str, stage: str = "installed") -> LabDescription:
    """What the lab is asked to be so that *site* is true of it.

    Raises:
        ParameterError: the site is of a real cluster, or asks for what the lab cannot be.
    """
    accesses = _accesses(site)
    for access in accesses:
        if access.address not in _LOOPBACK:
            raise ParameterError(
                f"{site.path.name} is not a site for the lab: nodes.{access.name}.address is {access.address}. "
                "Copy lab.yaml, where every node is at 127.0.0.1 with a port of its own."
            )
    users = {access.user for access in accesses}
    schemes = {access.scheme for access in accesses}
    if len(users) != 1 or len(schemes) != 1:
        raise ParameterError(f"{site.path.name}: the lab has one account and one scheme for all nodes.")
    cm, chosen = site.clientmanager, site.setup
    database = chosen.database
    return LabDescription(
        nodes=tuple(LabNode(access.name, access.port) for access in accesses),
        user=users.pop(),
        password=password,
        release=cast(Release, _known(site, "windows.release", site.windows.release, get_args(Release))),
        architecture=site.windows.architecture,
        language=site.windows.language,
        code_page=site.windows.code_page,
        clusterpro=site.cluster.clusterpro,
        cluster_name=site.cluster.name,
        group=site.group.name,
        address=str(site.group.address.ip),
        address_kind=site.group.address.kind,
        drive=site.group.disk.drive,
        disk_kind=site.group.disk.kind,
        system_drive=site.windows.system_drive,
        clusterpro_folder=site.cluster.install_folder,
        esmpro_folder=cm.esmpro_folder,
        shared_folder=cm.shared_folder,
        user_group=cm.user_group,
        local_folder=site.local_folder,
        manager_id=chosen.manager_id or LabDescription.manager_id,
        data_source=database.data_source if database else LabDescription.data_source,
        database=(database and database.name) or LabDescription.database,
        database_server=database.server if database else LabDescription.database_server,
        manager_name=cm.manager_name,
        https=schemes == {"https"},
        stage=cast(Stage, _known(site, "--stage", stage, get_args(Stage))),
    )


def _known(site: ClientManagerSite, key: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise ParameterError(f"{site.path.name}: the lab cannot be {key} {value!r}; it can be {', '.join(choices)}.")
    return value


def _accesses(site: ClientManagerSite) -> list[NodeAccess]:
    return [site.node(name) for name in site.group.policy]


def _password_variable(site: ClientManagerSite) -> str:
    names = {access.credential.source.environment if access.credential else None for access in _accesses(site)}
    name = names.pop()
    if names or name is None:
        raise ParameterError(
            f"{site.path.name} is not a site for the lab: its credential must be one environment variable for all "
            "nodes, such as password: {environment: RUNBOOK_LAB_PASSWORD}."
        )
    return name


def _write_authority(site: ClientManagerSite, certificate: bytes | None) -> None:
    """Put the lab's own authority where the site says that it is."""
    if certificate is None:
        return
    files = {access.ca_file for access in _accesses(site)} - {None}
    if not files:
        raise ParameterError(
            f"{site.path.name}: with https, winrm.ca_file must say where the lab writes its authority."
        )
    for file in cast(set[Path], files):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(certificate)


def _with_lab(command: Sequence[str], passwords: dict[str, str]) -> int:
    """Run *command* and wait; Ctrl-C reaches it by itself, SIGTERM is passed on."""
    tools = str(Path(sys.executable).parent)  # so that "runbook" in the command is this one
    environment = {**os.environ, **passwords, "PATH": os.pathsep.join([tools, os.environ.get("PATH", "")])}
    try:
        process = subprocess.Popen(list(command), env=environment)
    except OSError as error:
        raise ParameterError(f"{command[0]} cannot be run: {error.strerror}.") from error
    former = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                continue
            return code if code >= 0 else 128 - code
    finally:
        signal.signal(signal.SIGTERM, former)


def _serve(site: ClientManagerSite, variable: str, password: str | None) -> int:
    """Say how to reach the lab, and wait for Ctrl-C or SIGTERM."""
    for access in _accesses(site):
        print(f"{access.name}: {access.url}")
    lines = [f"export {variable}={shlex.quote(password)}"] if password else []
    print(f"\n{spoken('The lab is up; Ctrl-C ends it. In another shell:')}\n")
    print("\n".join(f"    {line}" for line in [*lines, f"runbook plan {_name(site)}"]), flush=True)
    end = threading.Event()
    former = signal.signal(signal.SIGTERM, lambda *_: end.set())
    try:
        end.wait()
    except KeyboardInterrupt:
        print()
    finally:
        signal.signal(signal.SIGTERM, former)
    return 0


def _name(site: ClientManagerSite) -> str:
    return site.name if site.path.parent.name == "parameters" else shlex.quote(str(shown(site.path)))
