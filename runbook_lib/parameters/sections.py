"""The sections of a site file, each with what its own keys must not be together."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from .credential import Credential
from .section import Problem, Section
from .values import Address, CodePage, Drive, Folder, Ipv4, NodeName, PlainName, Port, Seconds, Version, Write

Release = Literal["2003", "2008", "2008 R2", "2012 R2", "2016", "2019", "2022", "2025", "XP", "Vista", "7"]
Scheme = Literal["http", "https"]
Transport = Literal["ntlm", "basic", "plaintext", "ssl", "certificate", "kerberos", "credssp"]
"""As pywinrm names them."""

_ONLY_X64: Final = frozenset({"2008 R2", "2012 R2", "2016", "2019", "2022", "2025"})
_BEFORE_2008_R2: Final = frozenset({"2003", "2008", "XP", "Vista"})
_File = Annotated[str, Write("a path relative to this file, such as corp-ca.pem")]


class ClusterSection(Section):
    """The cluster: its name, the version of CLUSTERPRO X on it, and where CLUSTERPRO is installed.

    *fragments* names a file with elements that the cluster itself exported, for what is documented nowhere in public.
    """

    name: PlainName
    clusterpro: Version
    install_folder: Folder = r"C:\Program Files\CLUSTERPRO"
    fragments: Annotated[str, Write("a path relative to this file, such as tokyo-fragments.xml")] | None = None


class AddressSection(Section):
    """The address that moves with the group: a floating or a virtual IP."""

    kind: Literal["floating", "virtual"]
    ip: Ipv4


class DiskSection(Section):
    """The switched partition: how it moves, and its drive letter."""

    kind: Literal["mirror", "shared"]
    drive: Drive


class GroupSection(Section):
    """The failover group: its nodes in order of priority, its address and its disk."""

    name: PlainName
    policy: Annotated[tuple[NodeName, ...], Write("the node names, first priority first, such as [node1, node2]")]
    address: AddressSection
    disk: DiskSection


class WindowsSection(Section):
    """Windows on the nodes; every node has the same."""

    release: Release
    architecture: Literal["x86", "x64"]
    language: Literal["ja", "en"]
    code_page: CodePage
    system_drive: Drive = "C:"

    def problems(self) -> Iterator[Problem]:
        """Releases without a 32-bit edition, and code page 65001 where batch files do not run under it."""
        if self.has("architecture", "release") and self.architecture == "x86" and self.release in _ONLY_X64:
            yield Problem("architecture", f"'x86' does not exist for Windows Server {self.release}. Write x64.")
        if self.has("code_page", "release") and self.code_page == 65001 and self.release in _BEFORE_2008_R2:
            yield Problem(
                "code_page",
                f"65001 does not work on Windows {self.release}: batch files end there without having run. "
                "Write the OEM code page, such as 932 or 437.",
            )


class WinrmSection(Section):
    """How every node is reached, unless the node says otherwise."""

    scheme: Scheme = "http"
    port: Port | None = None
    transport: Transport = "ntlm"
    ca_file: _File | None = None
    client_certificate: _File | None = None
    client_key: _File | None = None
    credential: Credential | None = None


class NodeSection(Section):
    """One node: its address, and what differs from the section winrm."""

    address: Address
    scheme: Scheme | None = None
    port: Port | None = None
    transport: Transport | None = None
    ca_file: _File | None = None
    client_certificate: _File | None = None
    client_key: _File | None = None
    credential: Credential | None = None


Limit = Literal["command", "copy", "install", "restart", "failover"]
"""Which limit holds for a command."""


class LimitsSection(Section):
    """How long is waited, in seconds.

    For a connection, one command, one copying command, one silent set-up, a restart until every node is back, and a
    failover; 300 for the last is what ClientManager's data viewer waits (manual, 注意事項 3).
    """

    connect_s: Seconds = 15.0
    command_s: Seconds = 120.0
    copy_s: Seconds = 3600.0
    install_s: Seconds = 3600.0
    restart_s: Seconds = 900.0
    failover_s: Seconds = 300.0

    def of(self, kind: Limit) -> float:
        """The limit for a command of this kind."""
        limits = {
            "command": self.command_s,
            "copy": self.copy_s,
            "install": self.install_s,
            "restart": self.restart_s,
            "failover": max(3 * self.failover_s, self.command_s),  # a slow one is seen to its end, and told as slow
        }
        return limits[kind]
