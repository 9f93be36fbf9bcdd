"""States of a product that is set up on a node: its set-up program has run there and left what it leaves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from runbook_lib.commands import cluster, content, registry, services
from runbook_lib.commands.folders import folder_path
from runbook_lib.commands.quoting import path
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, Ask, Blocked, ByHand, Plan, Reading, Row, State, one_round

_UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_SUCCESS = (0, 3010)
"""Exit codes of a set-up: done, and done but Windows wants a restart (Microsoft, ERROR_SUCCESS_REBOOT_REQUIRED)."""


@dataclass(frozen=True)
class Found:
    """What was read for a `ProductSetUp`.

    Attributes:
        missing: display names of the services that are not installed.
        begun: any service that is the product's alone is there.
        local: the local folder is there.
        keys: registry keys, and whether they are there.
        shared: folders and files on the switched partition, and whether they are there; None: out of reach.
        active: the node on which the failover group runs, None where it runs on none.
        programs: what the list of installed programs calls the product, with its version.
        local_drive, switched_drive: the nodes on which the drive can be reached; read only while something is missing.
    """

    missing: tuple[str, ...]
    begun: bool
    local: bool
    keys: Mapping[str, bool]
    shared: Mapping[str, bool | None]
    active: str | None
    programs: tuple[str, ...] = ()
    local_drive: frozenset[str] | None = None
    switched_drive: frozenset[str] | None = None


@dataclass(frozen=True)
class Silent:
    """A set-up that asks nobody.

    Attributes:
        line: the command line.
        file: what it reads its answers from, put on the node first; "" where it needs none.
        answers: the content of that file, byte for byte.
    """

    line: str
    file: str = ""
    answers: bytes = b""


@dataclass(frozen=True)
class ProductSetUp(State[Found]):
    r"""A product is set up on this node for a cluster: one part on a local disk, one on the switched partition.

    What its set-up leaves is read: services, both folders, registry keys.  It is begun only where nothing of it is
    there yet, with folders that lie on the right kind of drive: a local disk is reachable on every node at once, the
    switched partition on the active node alone.

    Attributes:
        product: what people call it.
        node, nodes: this node, and every node of the group.
        group: the failover group.
        services: display names of all services that must be there.
        own_services: those among them that no other product brings.
        local_folder: on a local disk.
        shared_folder: on the switched partition.
        shared: what must be there below the shared folder, by path; a folder ends with a backslash.
        keys: registry keys that must be there, and whether they belong to 32-bit software.
        program: a word by which the list of installed programs names the product; shown, not required.
        choices: (question, answer) for the person at the set-up's windows.
        silent: how it is set up without a person; None where it cannot be.
    """

    product: str
    node: str
    nodes: tuple[str, ...]
    group: str
    services: tuple[str, ...]
    own_services: tuple[str, ...]
    local_folder: str
    shared_folder: str
    shared: tuple[str, ...]
    keys: tuple[tuple[str, bool], ...]
    program: str
    choices: tuple[tuple[str, str], ...]
    silent: Silent | None = None

    settle_s = 10.0

    @property
    def title(self) -> str:
        return f"{self.product} is set up on {self.node}: {self.local_folder} and {self.shared_folder}"

    def reading(self, facts: NodeFacts) -> Reading[Found]:
        x64 = facts.architecture == "x64"
        keys = [registry.in_view(key, of_32_bit=narrow and x64) for key, narrow in self.keys]
        views = [_UNINSTALL, *([registry.in_view(_UNINSTALL, of_32_bit=True)] if x64 else [])]
        listed, status, local, *others = yield one_round(
            services.LIST_ALL,
            cluster.STATUS,
            _there(self.local_folder + "\\"),
            *map(registry.query_key, keys),
            *(f'{registry.query_tree(view)} | findstr /i "HKEY_ DisplayName DisplayVersion"' for view in views),
        )
        installed = services.parse_list(listed.text)
        if not installed:
            raise ValueError(f"`sc` listed no service at all: {listed.text.strip()[:120]!r}")
        missing = tuple(name for name in self.services if not services.by_display_name(installed, name))
        seen = cluster.parse_status(status.text)
        group = seen.groups.get(self.group) if seen else None
        active = self._site_name(group.active_node if group else None)
        shared: dict[str, bool | None] = dict.fromkeys(self.shared)
        if active:
            replies = yield tuple(Ask(_there(f"{self.shared_folder}\\{one}"), active) for one in self.shared)
            shared = {one: _yes(reply.text) for one, reply in zip(self.shared, replies, strict=True)}
        found = Found(
            missing,
            begun=any(name not in missing for name in self.own_services),
            local=_yes(local.text),
            keys={key: reply.exit_code == 0 for key, reply in zip(keys, others, strict=False)},
            shared=shared,
            active=active,
            programs=tuple(name for reply in others[len(keys) :] for name in _programs(reply.text, self.program)),
        )
        if not any(row.differs for row in self.rows(found, facts)):
            return found
        on_local, on_switched = yield from self._drives()
        return replace(found, local_drive=on_local, switched_drive=on_switched)

    def _drives(self) -> Reading[tuple[frozenset[str], frozenset[str]]]:
        """The nodes on which the drives of the two folders can be reached now."""
        drives = (self.local_folder[:3], self.shared_folder[:3])
        replies = yield tuple(Ask(_there(drive), node) for drive in drives for node in self.nodes)
        reached = [_yes(reply.text) for reply in replies]
        count = len(self.nodes)
        first, second = (
            frozenset(node for node, there in zip(self.nodes, part, strict=True) if there)
            for part in (reached[:count], reached[count:])
        )
        return first, second

    def _site_name(self, server: str | None) -> str | None:
        return next((node for node in self.nodes if server and node.casefold() == server.casefold()), None)

    def rows(self, actual: Found, facts: NodeFacts) -> tuple[Row, ...]:
        count = len(self.services)
        there = f"{count} of {count}"
        missing = f"{count - len(actual.missing)} of {count}, without {', '.join(actual.missing)}"
        where = f" (read on {actual.active})" if actual.active else ""
        return (
            Row("services", missing if actual.missing else there, there),
            Row(self.local_folder, _word(actual.local), "there"),
            *(Row(key, _word(here), "there") for key, here in actual.keys.items()),
            *(Row(f"{self.shared_folder}\\{one}{where}", _word(here), "there") for one, here in actual.shared.items()),
            Row("in the list of installed programs", ", ".join(actual.programs) or f"nothing called {self.program}"),
        )

    def plan(self, actual: Found, facts: NodeFacts) -> Plan:
        if wrong := self._wrong_drive(actual):
            return (Blocked(wrong),)
        if actual.begun:
            return (self._in_part(actual, facts),)
        if self.silent is None:
            choices = "; ".join(f"{question}: {answer}" for question, answer in self.choices)
            what = (
                f"At the console of {self.node}, start the set-up of {self.product} and carry it out to its end with "
                f"these choices. {choices}."
            )
            return (ByHand(what, "services, both folders and the registry are read"),)
        silent = self.silent
        run = Act(silent.line, f"set {self.product} up without a person", limit="install", success=_SUCCESS)
        if not silent.file:
            return (run,)
        return (
            *(
                Act(line, "put the file with the answers on the node", shown=_unreadable(line))
                for line in content.write_file(silent.file, silent.answers)
            ),
            run,
            Act(f"del /f /q {path(silent.file)}", "remove the file with the answers"),
        )

    def _wrong_drive(self, actual: Found) -> str:
        """Why a folder lies on the wrong kind of drive; "" where both are right."""
        local, switched = self.local_folder[:2], self.shared_folder[:2]
        if actual.local_drive is None or actual.switched_drive is None:
            return ""
        without = [node for node in self.nodes if node not in actual.local_drive]
        if without:
            return (
                f"{self.local_folder} is refused: {local} cannot be reached on {', '.join(without)}, so it is no local "
                "disk that every node has. Choose a folder on a local drive in the site file; nothing was started."
            )
        if self.node not in actual.switched_drive:
            return (
                f"{self.shared_folder} is refused: {switched} cannot be reached on {self.node}. Bring group "
                f"{self.group} here first; nothing was started."
            )
        others = sorted(actual.switched_drive - {self.node})
        if others:
            return (
                f"{self.shared_folder} is refused: {switched} can be reached on {', '.join(others)} too, so it is not "
                "the switched partition. Choose a folder on that partition in the site file; nothing was started."
            )
        return ""

    def _in_part(self, actual: Found, facts: NodeFacts) -> ByHand | Blocked:
        """The product is there and something is missing: a second set-up could take it for a request to remove it."""
        wrong = [row for row in self.rows(actual, facts) if row.differs]
        lacking = "; ".join(f"{row.key} is {'not there' if row.actual is None else row.actual}" for row in wrong)
        reason = f"{self.product} is set up on {self.node} only in part: {lacking}."
        if self.silent is None:
            return ByHand(
                f"{reason} If its set-up still runs, finish it. Otherwise uninstall it there and set it up again, with "
                "the cluster-aware set-up.",
                "services, both folders and the registry are read",
            )
        return Blocked(
            f"{reason} If its set-up still runs, wait and run this step again. Otherwise uninstall it there by hand, "
            "check that the silent set-up chooses the cluster-aware one, and run this step again."
        )


def _unreadable(line: str) -> str:
    """A line without the content that it writes: answers to a set-up may hold what no record should."""
    return re.sub(r"echo [A-Za-z0-9+/=]{4,}(?=&|$)", "echo (base64)", line)


def _there(place: str) -> str:
    """Asks whether a file, or a folder where *place* ends with a backslash, can be reached."""
    return f"if exist {folder_path(place) if place.endswith(chr(92)) else path(place)} (echo there) else (echo absent)"


def _yes(text: str) -> bool:
    return text.strip() == "there"


def _word(here: bool | None) -> str | None:
    return "out of reach" if here is None else "there" if here else None


def _programs(text: str, word: str) -> list[str]:
    """Names and versions, in what was read of the list of installed programs, that hold *word*."""
    found = []
    for values in registry.parse_tree(text).values():
        name, version = values.get("DisplayName"), values.get("DisplayVersion")
        if name and word.casefold() in name.data.casefold():
            found.append(f"{name.data} {version.data}" if version else name.data)
    return found
