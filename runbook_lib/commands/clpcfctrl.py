r"""``clpcfctrl``: the cluster's configuration, taken from a node into a folder and given from a folder to every node.

The folder holds ``clp.conf`` and ``scripts\...``; both travel (EXPRESSCLUSTER/CreateClusterOnLinux,
HowToCreateCluster_Windows_jp.md).  ``-w`` says that the file is one of Windows.  NEC's own scripts do not look at the
exit code of a push, so it is proven by reading ``etc\clp.conf`` on every node, which is also how the configuration is
read: a pull would write files on the node.
"""

from typing import Final

from runbook_lib.commands import content
from runbook_lib.commands.quoting import path

WHERE: Final = "where clpcfctrl"
"""Exit code 0 when the node has the command."""

ANY_EXIT_CODE: Final = range(-(2**31), 2**32)
"""Every exit code there is, signed or unsigned: a push has its proof elsewhere."""


def active_file(install_folder: str) -> str:
    """The configuration in force on a node, below CLUSTERPRO's install folder."""
    return f"{install_folder}\\etc\\clp.conf"


def read_active(install_folder: str) -> str:
    """Prints the configuration in force, with its size first; changes nothing.  `parse_active` takes the answer."""
    return content.read_file(active_file(install_folder))


def parse_active(output: bytes, install_folder: str) -> bytes | None:
    """The configuration in force, byte for byte; None when the node has none.  ValueError: it came incomplete."""
    return content.parse_file(output, active_file(install_folder))


def pull(folder: str) -> str:
    """Puts the configuration and the scripts into *folder*, which is there already."""
    return f"clpcfctrl --pull -w -x {path(folder)}"


def push(folder: str) -> str:
    """Gives the configuration and the scripts in *folder* to every server of the cluster."""
    return f"clpcfctrl --push -w -x {path(folder)}"
