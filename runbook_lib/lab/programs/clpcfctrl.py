r"""clpcfctrl: takes the cluster configuration into a folder (--pull) and gives one to every server (--push).

Forms from NEC's published scripts: `--pull [-w|-l] -x DIR`, `--push [-w|-l] [-x DIR] [--force]`; the folder holds
clp.conf and scripts\..., and without -x a push sends the server's own etc\clp.conf and scripts (EXPRESSCLUSTER/Tools,
SCSI-PR; y-oga/Hyper-V-Replica-Cluster). One of NEC's scripts leaves the exit code of a push unchecked, so the lab can
be told to end it with any (`Cluster.push_exit_code`).
"""

from runbook_lib.lab import registration
from runbook_lib.lab.cluster import ClusterError
from runbook_lib.lab.files import FileError, FileSystem
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.clpgrp import SUCCEEDED
from runbook_lib.lab.programs.wording import absolute


def main(call: Invocation) -> int:
    """Pull or push; 0, or 1 when refused."""
    folder: str | None = None
    action, words = "", iter(call.arguments[1:])
    for word in words:
        match word:
            case "--pull" | "--push" if not action:
                action = word
            case "-w" | "-l":
                pass
            case "--force" if action == "--push":
                pass
            case "-x" if folder is None:
                folder = next(words, None)
            case _:
                return _failed(call, "Invalid option.")
    if not action or (action == "--pull" and not folder):
        return _failed(call, "Invalid option.")
    own = call.machine.cluster.folder
    try:
        if action == "--pull":
            _pull(call.machine, absolute(call, folder or ""))
        else:
            place = absolute(call, folder) if folder else ""
            _push(call.machine, *((rf"{place}\clp.conf", rf"{place}\scripts") if place else _installed(own)))
    except FileError:
        return _failed(call, "The file or folder could not be opened.")
    except ClusterError as error:
        return _failed(call, str(error))
    call.stdout.write(f"{SUCCEEDED}\r\n")
    return call.machine.cluster.push_exit_code if action == "--push" else 0


def _installed(folder: str) -> tuple[str, str]:
    return rf"{folder}\etc\clp.conf", rf"{folder}\scripts"


def _pull(machine: Machine, folder: str) -> None:
    file, scripts = _installed(machine.cluster.folder)
    machine.files.write(rf"{folder}\clp.conf", machine.files.read(file))
    _replace(machine.files, rf"{folder}\scripts", _tree(machine.files, scripts))


def _push(machine: Machine, source: str, scripts: str) -> None:
    """Nothing reaches any server unless the file is taken; then all of it reaches every one."""
    cluster = machine.cluster
    file, own_scripts = _installed(cluster.folder)
    content, tree = machine.files.read(source), _tree(machine.files, scripts)
    registration.apply(cluster, cluster.configuration, content, machine.name)
    cluster.configuration = content
    for server in cluster.servers.values():
        if not server.files.exists(file) or server.files.read(file) != content:
            server.files.write(file, content)
        _replace(server.files, own_scripts, tree)


def _tree(files: FileSystem, folder: str) -> dict[str, bytes]:
    """Content by path below *folder*."""
    if not files.is_folder(folder):
        return {}
    return {one.path[len(folder) + 1 :]: files.read(one.path) for one in files.walk(folder) if not one.folder}


def _replace(files: FileSystem, folder: str, tree: dict[str, bytes]) -> None:
    """Make the files below *folder* just those of *tree*."""
    there = _tree(files, folder)
    wanted = {name.upper() for name in tree}
    for name in there:
        if name.upper() not in wanted:
            files.remove(rf"{folder}\{name}")
    for name, content in tree.items():
        if there.get(name) != content:
            path = rf"{folder}\{name}"
            if not files.is_folder(path.rpartition("\\")[0]):
                files.make_folder(path.rpartition("\\")[0])
            files.write(path, content)


def _failed(call: Invocation, sentence: str) -> int:
    call.stdout.write(f"{sentence}\r\n")
    return 1
