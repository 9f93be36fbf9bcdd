"""What a node says of itself, read once when it is first reached."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from runbook_lib.commands import access, registry
from runbook_lib.errors import CommandFailed
from runbook_lib.node.reply import Reply

_TOOLS: Final = ("certutil", "icacls", "robocopy", "clpstat", "clpgrp")
_CONTROL: Final = r"HKLM\SYSTEM\CurrentControlSet\Control"

READINGS: Final = (
    "hostname",
    "ver",
    registry.query(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "ProductName"),
    registry.query(_CONTROL + r"\Session Manager\Environment", "PROCESSOR_ARCHITECTURE"),
    registry.query(_CONTROL + r"\Nls\CodePage", "OEMCP"),
    access.WHO_AM_I,
    *(f"where {tool}" for tool in _TOOLS),
)
"""The commands whose answers `parse` takes, in its order."""

_ARCHITECTURES: Final = {"AMD64": "x64", "X86": "x86"}


@dataclass(frozen=True)
class NodeFacts:
    """What a node is.

    Attributes:
        host_name: its computer name.
        version: of Windows: major, minor, build.
        product: name of Windows, as the registry has it.
        architecture: "x86" or "x64" (or what Windows says, where it is neither).
        code_page: the node's OEM code page, 0 when it could not be read.
        groups: the groups of the account in use, name by SID, in the node's language.
        tools: which of the optional commands the node has.
    """

    host_name: str
    version: tuple[int, int, int]
    product: str
    architecture: str
    code_page: int
    groups: dict[str, str]
    tools: frozenset[str]

    @property
    def hashes_files(self) -> bool:
        """Whether ``certutil -hashfile`` is there: not on Windows Server 2003 (technet cc782874)."""
        return "certutil" in self.tools and self.version >= (6, 0, 0)

    @property
    def breaks_inheritance(self) -> bool:
        """Whether ``icacls /inheritance`` is there for sure: from Windows Server 2008 R2 on."""
        return self.version >= (6, 1, 0)

    @property
    def is_administrator(self) -> bool:
        """Whether the account in use is a member of the node's Administrators."""
        return access.ADMINISTRATORS in self.groups

    def name_of(self, sid_or_name: str) -> str:
        """The node's own name of a principal, such as "Everyone" for S-1-1-0."""
        return self.groups.get(sid_or_name) or access.NAMES.get(sid_or_name, sid_or_name)

    def flat(self) -> dict[str, object]:
        """For the journal."""
        return asdict(self) | {"version": ".".join(map(str, self.version)), "tools": sorted(self.tools)}


def parse(replies: Sequence[Reply]) -> NodeFacts:
    """The facts in the answers to `READINGS`.

    Raises:
        CommandFailed: when the node does not even say which Windows it is.
    """
    host, ver, product, architecture, code_page, groups, *where = replies
    version = re.search(r"(\d+)\.(\d+)\.(\d+)", ver.text)
    if not version or not host.text.strip():
        raise CommandFailed(
            f"The node does not answer as Windows does: `ver` printed {ver.text.strip()[:80]!r} and `hostname` "
            f"{host.text.strip()[:40]!r}. Check the address and that the account may run commands there."
        )
    machine = registry.parse_value(architecture.text, "PROCESSOR_ARCHITECTURE")
    page = registry.parse_value(code_page.text, "OEMCP")
    name = registry.parse_value(product.text, "ProductName")
    return NodeFacts(
        host_name=host.text.strip(),
        version=(int(version[1]), int(version[2]), int(version[3])),
        product=name.data if name else "unknown",
        architecture=_ARCHITECTURES.get(machine.data.upper(), machine.data) if machine else "unknown",
        code_page=int(page.data) if page and page.data.isdigit() else 0,
        groups=access.parse_groups(groups.text),
        tools=frozenset(tool for tool, reply in zip(_TOOLS, where, strict=True) if reply.exit_code == 0),
    )
