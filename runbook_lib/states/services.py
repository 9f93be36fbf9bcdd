"""States of Windows' services: how they start, and whether they may interact with the desktop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from runbook_lib.commands import registry, services
from runbook_lib.commands.services import Service, StartMode
from runbook_lib.node import NodeFacts
from runbook_lib.states.state import Act, Blocked, Plan, Reading, Row, State, one_round

_WINDOWS_KEY: Final = r"HKLM\SYSTEM\CurrentControlSet\Control\Windows"
_LOCAL_SYSTEM: Final = "localsystem"
_WITHOUT_INPUT: Final = 14393
"""Build of Windows Server 2016: from it on a service's window takes no input, or is not shown at all (Microsoft Japan,
askcorejp, 2018-06-13)."""


def read_services() -> Reading[list[Service]]:
    """Ask for all services; ValueError when the node lists none."""
    (reply,) = yield one_round(services.LIST_ALL)
    found = services.parse_list(reply.text)
    if not found:
        raise ValueError(f"`sc` listed no service at all: {reply.text.strip()[:120]!r}")
    return found


@dataclass(frozen=True)
class Start:
    """What was read of one service: its entry in the list of services (None: not installed), and its start mode."""

    service: Service | None
    mode: str | None = None


@dataclass(frozen=True)
class ServiceStartMode(State[Mapping[str, Start]]):
    """Services start as they should: "manual" leaves their start to the failover group.

    Attributes:
        names: display names (or key names).
        mode: "automatic", "manual" or "disabled".
    """

    names: tuple[str, ...]
    mode: StartMode

    @property
    def title(self) -> str:
        return f"Start mode {self.mode}: {', '.join(self.names)}"

    def reading(self, facts: NodeFacts) -> Reading[Mapping[str, Start]]:
        listed = yield from read_services()
        found = {name: services.by_display_name(listed, name) for name in self.names}
        there = [service for service in found.values() if service]
        replies = yield one_round(*(registry.query(services.registry_key(one), "Start") for one in there))
        modes = {
            service.key: registry.number(registry.parse_value(reply.text, "Start"))
            for service, reply in zip(there, replies, strict=True)
        }
        return {name: Start(service, _mode(modes[service.key]) if service else None) for name, service in found.items()}

    def rows(self, actual: Mapping[str, Start], facts: NodeFacts) -> tuple[Row, ...]:
        return tuple(
            Row(name, start.mode if start.service else "not installed", self.mode) for name, start in actual.items()
        )

    def plan(self, actual: Mapping[str, Start], facts: NodeFacts) -> Plan:
        acts = [
            Act(services.set_start(start.service, self.mode), f"{name} was {start.mode or 'without a start mode'}")
            for name, start in actual.items()
            if start.service and start.mode != self.mode
        ]
        missing = [name for name, start in actual.items() if not start.service]
        if not missing:
            return tuple(acts)
        if len(missing) == len(actual):
            reason = (
                "None of these services is installed on this node: the product's set-up brings them, so that is first."
            )
            return (Blocked(reason),)
        reason = (
            f"{', '.join(missing)}: no such service on this node, by display name. Look in the list of services: where "
            "the product was set up only in part, repair its set-up; then run this step again."
        )
        return (*acts, Blocked(reason))


def _mode(number: int | None) -> str | None:
    return None if number is None else services.START_MODES.get(number, f"start mode {number}")


@dataclass(frozen=True)
class Interaction:
    """What was read for `ServiceInteractive`.

    Attributes:
        service: None where none of the names is installed.
        kind: the registry's ``Type``, None where it could not be read.
        account: which the service runs as.
        none_allowed: ``NoInteractiveServices``: Windows lets no service interact, whatever its own setting.
    """

    service: Service | None
    kind: int | None = None
    account: str = ""
    none_allowed: bool | None = None

    @property
    def allowed(self) -> bool:
        """Whether the service itself is set so."""
        return bool((self.kind or 0) & services.INTERACTIVE)


@dataclass(frozen=True)
class ServiceInteractive(State[Interaction]):
    """A service may interact with the desktop, as far as this Windows lets any.

    ``NoInteractiveServices`` is read and never set: it would open the desktop to every service (Microsoft, "Interactive
    Services").

    Attributes:
        names: display names by which the service may go; the first that is installed counts.
        always: set it also where it has no effect.
    """

    names: tuple[str, ...]
    always: bool = False

    @property
    def title(self) -> str:
        return f"{' or '.join(self.names)} may interact with the desktop"

    def left_out(self, facts: NodeFacts) -> str:
        if self.always or facts.version[2] < _WITHOUT_INPUT:
            return ""
        return (
            "no effect on this Windows version (session 0): from build "
            f"{_WITHOUT_INPUT} on, windows of services take no input or are not shown, and this is {facts.version[2]}"
        )

    def reading(self, facts: NodeFacts) -> Reading[Interaction]:
        listed = yield from read_services()
        found = (services.by_display_name(listed, name) for name in self.names)
        service = next((one for one in found if one), None)
        if service is None:
            return Interaction(None)
        key = services.registry_key(service)
        kind, account, none = yield one_round(
            registry.query(key, "Type"),
            registry.query(key, "ObjectName"),
            registry.query(_WINDOWS_KEY, "NoInteractiveServices"),
        )
        runs_as = registry.parse_value(account.text, "ObjectName")
        setting = registry.number(registry.parse_value(none.text, "NoInteractiveServices"))
        return Interaction(
            service,
            registry.number(registry.parse_value(kind.text, "Type")),
            runs_as.data if runs_as else "",
            None if setting is None else bool(setting),
        )

    def rows(self, actual: Interaction, facts: NodeFacts) -> tuple[Row, ...]:
        if actual.service is None:
            return (Row("service", "not installed", " or ".join(self.names)),)
        kind = None if actual.kind is None else f"0x{actual.kind:x}"
        return (
            Row("service", actual.service.display_name),
            Row("may interact with the desktop", actual.allowed, True),
            Row("Type", kind),
            Row("NoInteractiveServices", None if actual.none_allowed is None else int(actual.none_allowed)),
            Row("effect on this Windows", _effect(actual, facts)),
        )

    def plan(self, actual: Interaction, facts: NodeFacts) -> Plan:
        service = actual.service
        if service is None:
            return (
                Blocked(
                    f"No service here is called {' or '.join(self.names)}. Check that CLUSTERPRO is installed on this "
                    "node (procedure 1)."
                ),
            )
        if actual.kind is None:
            return (Blocked(f"The registry does not say what kind of service {service.display_name} is."),)
        if actual.account.casefold() not in ("", _LOCAL_SYSTEM):
            return (
                Blocked(
                    f"{service.display_name} runs as {actual.account}, and Windows lets only services of LocalSystem "
                    "interact with the desktop. Whether it may run as LocalSystem is for a person to decide."
                ),
            )
        return (Act(services.allow_interaction(service, actual.kind), f"Type was 0x{actual.kind:x}"),)


def _effect(actual: Interaction, facts: NodeFacts) -> str:
    """What the setting does on this release (session 0 stands apart since Vista; Microsoft, "Interactive Services")."""
    if actual.none_allowed:
        return "none while NoInteractiveServices is 1 (session 0); that is left as it is"
    if facts.version >= (6, 0, 0):
        return "its windows appear in session 0 only"
    return "as the manual says, at the console"
