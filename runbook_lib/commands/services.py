"""``sc``: command lines and the parsing of what they print.

The labels that ``sc`` prints are the same in every language of Windows; its sentences are not.  Service key names of
the products are not documented, so services are found by display name in the list of all.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from runbook_lib.commands.quoting import argument

STATES: Final = {
    1: "stopped",
    2: "start pending",
    3: "stop pending",
    4: "running",
    5: "continue pending",
    6: "pause pending",
    7: "paused",
}
"""The numbers behind ``STATE`` (Microsoft, SERVICE_STATUS)."""

LIST_ALL: Final = "sc query state= all bufsize= 65536"
"""Lists every service; the buffer is stated because older releases stop at 1024 bytes otherwise."""


StartMode = Literal["automatic", "manual", "disabled"]
START_MODES: Final = {0: "boot", 1: "system", 2: "automatic", 3: "manual", 4: "disabled"}
"""The numbers behind the registry's ``Start`` (Microsoft, CreateService)."""

_START_WORDS: Final = {"automatic": "auto", "manual": "demand", "disabled": "disabled"}

INTERACTIVE: Final = 0x100
"""The bit of the registry's ``Type`` that lets a service interact with the desktop (Microsoft, CreateService)."""

SHARED_PROCESS: Final = 0x20
"""The bit of a service that shares its process with others."""


@dataclass(frozen=True)
class Service:
    """One installed service: key name, display name and state, one of the values of `STATES`."""

    key: str
    display_name: str
    state: str


def parse_list(output: str) -> list[Service]:
    """The services in what `LIST_ALL` printed, in its order.

    Raises:
        ValueError: when it says something else besides, as it does (in the node's language) of a buffer too small for
            all: a service that is not listed must not be taken for one that is not installed.

    """
    services = []
    for block in re.split(r"(?m)^(?=SERVICE_NAME:)", output):
        key = re.match(r"SERVICE_NAME:[ \t]*(.*?)\s*$", block, re.MULTILINE)
        state = re.search(r"(?m)^\s+STATE\s*:\s*(\d+)", block)
        if key and state:
            display = re.search(r"(?m)^DISPLAY_NAME:[ \t]*(.*?)\s*$", block)
            services.append(
                Service(key[1], display[1] if display else key[1], STATES.get(int(state[1]), f"state {state[1]}"))
            )
    odd = re.search(r"(?m)^(?!SERVICE_NAME:|DISPLAY_NAME:)\S.*", output)
    if services and odd:
        raise ValueError(f"the list of services may not be whole, it has the line {odd.group().strip()[:120]!r}")
    return services


def by_display_name(services: list[Service], name: str) -> Service | None:
    """The service that goes by *name*, display name before key name; case does not matter to Windows."""
    wanted = name.casefold()
    for attribute in ("display_name", "key"):
        for service in services:
            if getattr(service, attribute).casefold() == wanted:
                return service
    return None


def registry_key(service: Service) -> str:
    """Where the registry keeps how a service is configured."""
    return f"HKLM\\SYSTEM\\CurrentControlSet\\Services\\{service.key}"


def set_start(service: Service, mode: StartMode) -> str:
    """Gives a service another start mode; the blank after the equals sign is needed."""
    return f"sc config {argument(service.key)} start= {_START_WORDS[mode]}"


def allow_interaction(service: Service, kind: int) -> str:
    """Lets a service interact with the desktop; *kind* is its ``Type``, whose own or shared process it keeps."""
    return f"sc config {argument(service.key)} type= {'share' if kind & SHARED_PROCESS else 'own'} type= interact"
