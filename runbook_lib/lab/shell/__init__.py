r"""cmd.exe: what a remote shell starts for every command line.

Sources: Microsoft's "Windows commands" reference (cmd, and the page of every command); MS-WSMV for what a remote shell
is; stackoverflow.com/questions/4094699 for the order in which cmd.exe looks at a line.
"""

from typing import TYPE_CHECKING

from runbook_lib.lab.process import Process
from runbook_lib.lab.shell import interpreter
from runbook_lib.lab.shell.launch import launch, run_in, split_command, strip_quotes
from runbook_lib.lab.shell.session import Session, Variables
from runbook_lib.lab.shell.surroundings import machine_variables, profile_folder

if TYPE_CHECKING:
    from runbook_lib.lab.machine import Machine

__all__ = ["run_remote_command"]


def run_remote_command(
    machine: "Machine",
    process: Process,
    command_line: str,
    code_page: int,
    environment: dict[str, str],
    folder: str | None,
    *,
    skip_cmd_shell: bool = False,
) -> int:
    """Run one command of a remote shell to its end; answers its exit code.

    Args:
        machine: the node.
        process: gives standard streams and the signal to stop.
        command_line: as the client sent it; run as ``cmd /c LINE``, quotes of the line included (`cmd /?`: an opening
            and the last quote of the line may be taken off).
        code_page: of the console.
        environment: variables on top of the node's own.
        folder: current folder; None, or one that is not there, is the user's profile.
        skip_cmd_shell: the line names a program to be started without cmd.exe.

    Raises:
        Stopped: the process was told to end.
    """
    variables = Variables(machine_variables(machine))
    variables.update(environment)
    home = profile_folder(machine)
    session = Session(
        machine=machine,
        variables=variables,
        folder=folder if folder and machine.files.is_folder(folder) else home,
        streams={0: process.stdin, 1: process.stdout, 2: process.stderr},
        code_page=code_page,
        stopping=process.stopping,
        interpreter=interpreter,
        command_line=f"cmd /c {command_line}",
    )
    if skip_cmd_shell:
        name, tail = split_command(command_line, ())
        launch(session, name, tail)
        return session.errorlevel
    return run_in(session, strip_quotes(session, command_line))
