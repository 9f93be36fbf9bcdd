"""States of a node before anything is done to it: what the site says of it, and what this library relies on.

Nothing here can be changed by a step; a difference is for a person to settle.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from runbook_lib.commands import access, registry, services
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Reading, Row, State, one_round

_RELEASES: Final = {
    (5, 1): "XP",
    (5, 2): "2003",
    (6, 0): "2008",
    (6, 1): "2008 R2",
    (6, 2): "2012",
    (6, 3): "2012 R2",
}
_BUILDS: Final = {14393: "2016", 17763: "2019", 20348: "2022", 26100: "2025"}
_CLIENT_EDITIONS: Final = {"2008": "Vista", "2008 R2": "7"}


def release_of(facts: NodeFacts) -> str:
    """The Windows release of a node, by its version number (Microsoft, "Operating System Version").

    Vista and 7 have the version of 2008 and 2008 R2; the name in the registry tells them apart.
    """
    major, minor, build = facts.version
    release = _RELEASES.get((major, minor)) or _BUILDS.get(build) or f"{major}.{minor}.{build}"
    return release if "server" in facts.product.lower() else _CLIENT_EDITIONS.get(release, release)


@dataclass(frozen=True)
class NodeAsDeclared(State[None]):
    """The node is what the site file says, and the account may administer it.

    Attributes:
        release, architecture, code_page: as in the site's section ``windows``.
    """

    release: str
    architecture: str
    code_page: int

    @property
    def title(self) -> str:
        return f"Windows {self.release} {self.architecture}, code page {self.code_page}, signed in as an administrator"

    def reading(self, facts: NodeFacts) -> Reading[None]:
        yield ()

    def rows(self, actual: None, facts: NodeFacts) -> tuple[Row, ...]:
        return (
            Row("Windows", release_of(facts), self.release),
            Row("version", f"{facts.product}, {'.'.join(map(str, facts.version))}"),
            Row("architecture", facts.architecture, self.architecture),
            Row("OEM code page", facts.code_page, self.code_page),
            Row("the account is an administrator", facts.is_administrator, True),
        )


@dataclass(frozen=True)
class ToolsPresent(State[tuple[int, str]]):
    """The node's commands do what every step relies on: they are there, give exit codes, and name SYSTEM as known.

    ``robocopy`` may be missing before Windows Server 2008; ``xcopy`` takes its place.
    """

    @property
    def title(self) -> str:
        return "The commands that the steps use are there and answer as expected"

    def reading(self, facts: NodeFacts) -> Reading[tuple[int, str]]:
        seven, root = yield one_round("cmd /c exit 7", 'icacls "%SystemRoot%"')
        return seven.exit_code, root.text

    def rows(self, actual: tuple[int, str], facts: NodeFacts) -> tuple[Row, ...]:
        exit_code, root = actual
        expected = ["certutil", "icacls", "clpstat", "clpgrp", *(["robocopy"] if facts.version >= (6, 0, 0) else [])]
        name = access.NAMES[access.SYSTEM]
        return (
            *(Row(tool, tool in facts.tools, True) for tool in expected),
            Row("exit code of a reading among several (7 was asked for)", exit_code, 7),
            Row("SYSTEM goes by", name if name.casefold() in root.casefold() else "another name", name),
        )


@dataclass(frozen=True)
class WindowsCovered(State[None]):
    """The manual covers the Windows that the node runs, or the site takes it on.

    Attributes:
        outside: given release and architecture, why the manual does not cover them; "" where it does.
        accepted: the site says that it takes on what the manual does not cover.
    """

    outside: Callable[[str, str], str]
    accepted: bool

    @property
    def title(self) -> str:
        return "The manual covers this Windows"

    def reading(self, facts: NodeFacts) -> Reading[None]:
        yield ()

    def rows(self, actual: None, facts: NodeFacts) -> tuple[Row, ...]:
        return covered(self.outside(release_of(facts), facts.architecture), accepted=self.accepted)


def covered(problem: str, *, accepted: bool) -> tuple[Row, ...]:
    """Rows for "the manual covers it", where *problem* says why it does not."""
    if problem and accepted:
        return (Row("covered by the manual", f"no, and the site takes it on: {problem}"),)
    return (Row("covered by the manual", problem or "yes", "yes"),)


@dataclass(frozen=True)
class ProductInstalled(State[dict[str, str]]):
    """The version of a product in Windows' list of installed programs is the one that the site names.

    Where that list does not have the product, the site's word stands and the record says so.

    Attributes:
        product: for people, such as "CLUSTERPRO X".
        names: how its display name in the list may begin.
        version: as the site names it, such as "3.1".
        internal: how the product's own version number begins for it, "" when that is not known.
        problem, accepted: as for `covered`.
    """

    product: str
    names: tuple[str, ...]
    version: str
    internal: str
    problem: str
    accepted: bool

    @property
    def title(self) -> str:
        return f"{self.product} {self.version} is installed and covered by the manual"

    def reading(self, facts: NodeFacts) -> Reading[dict[str, str]]:
        keys = [r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"]
        if facts.architecture == "x64":
            keys.append(registry.in_view(keys[0], of_32_bit=True))
        replies = yield one_round(
            *(f'{registry.query_tree(key)} | findstr /i "HKEY_ DisplayName DisplayVersion"' for key in keys)
        )
        found: dict[str, str] = {}
        for reply in replies:
            for values in registry.parse_tree(reply.text).values():
                name, version = values.get("DisplayName"), values.get("DisplayVersion")
                if name and name.data.casefold().startswith(tuple(one.casefold() for one in self.names)):
                    found[name.data] = version.data if version else ""
        return found

    def rows(self, actual: dict[str, str], facts: NodeFacts) -> tuple[Row, ...]:
        said = f"{self.product} {self.version}"
        if not actual:
            shown = Row("installed", f"{said}: attested by the site file, the list of programs does not name it")
            return (shown, *covered(self.problem, accepted=self.accepted))
        listed = ", ".join(f"{name} ({version})" for name, version in actual.items())
        fits = any(self._is_ours(name, version) for name, version in actual.items())
        return (Row("installed", listed, listed if fits else said), *covered(self.problem, accepted=self.accepted))

    def _is_ours(self, name: str, version: str) -> bool:
        named = re.search(rf"(?<![\d.]){re.escape(self.version)}(?!\d)", name)
        return (
            bool(named) or version.startswith(self.version) or bool(self.internal and version.startswith(self.internal))
        )


@dataclass(frozen=True)
class OtherServices(State[list[str]]):
    """Which services of a product family are on the node beside the known ones; only reported.

    Attributes:
        prefix: how the display names of the family begin.
        known: display names that the procedure deals with.
        remark: what is to be said of the others.
    """

    prefix: str
    known: tuple[str, ...]
    remark: str

    @property
    def title(self) -> str:
        return f"Other components of {self.prefix} on this node: {self.remark}"

    def reading(self, facts: NodeFacts) -> Reading[list[str]]:
        (reply,) = yield one_round(services.LIST_ALL)
        known = {name.casefold() for name in self.known}
        return [
            service.display_name
            for service in services.parse_list(reply.text)
            if service.display_name.casefold().startswith(self.prefix.casefold())
            and service.display_name.casefold() not in known
        ]

    def rows(self, actual: list[str], facts: NodeFacts) -> tuple[Row, ...]:
        return (Row("found", ", ".join(actual) or "none"),)
