"""hostname.exe: the computer name, as it was typed when Windows was set up."""

from runbook_lib.lab.process import Invocation


def main(call: Invocation) -> int:
    """Print the name.

    An argument is an attempt to change it, which is refused (page "hostname" of the command reference).
    """
    if len(call.arguments) > 1:
        call.stderr.write("sethostname: Use the Network Control Panel Applet to set hostname.\r\n")
        call.stderr.write("hostname -s is not supported.\r\n")
        return 1
    call.stdout.write(f"{call.machine.name}\r\n")
    return 0
