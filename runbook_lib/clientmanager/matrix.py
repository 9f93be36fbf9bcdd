"""Which versions the manual covers: Windows and ClientManager (ENV-1, ENV-2), CLUSTERPRO X (ENV-3)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Supported:
    """A Windows release in the manual's list of environments.

    Attributes:
        architectures: "x86", "x64"; where the manual does not say (Vista, XP), both.
        least: the first ESMPRO/CM version that supports it; None where every version does.
    """

    architectures: frozenset[str]
    least: tuple[int, ...] | None


_BOTH: Final = frozenset({"x86", "x64"})

WINDOWS: Final = {
    "2008 R2": Supported(frozenset({"x64"}), (4, 2)),
    "7": Supported(_BOTH, (4, 2)),
    "2008": Supported(_BOTH, (4, 1)),
    "Vista": Supported(_BOTH, (4, 1)),
    "2003": Supported(_BOTH, None),
    "XP": Supported(_BOTH, None),
}
"""Section on operating environments; the same for the manager and for the client."""

CLUSTERPRO: Final = {
    "1.0": "9.0",
    "2.0": None,
    "2.1": "10.1",
    "3.0": None,
    "3.1": "11.1",
}
"""CLUSTERPRO X versions in the manual's scope, with how the product's own version number begins on Windows.

2.1 and 3.1: NEC's reference guides for them. 1.0: assumed from the stock scripts' "9.0.3-1". 2.0 and 3.0: not known."""


def version_number(text: str) -> tuple[int, ...]:
    """'4.2' as (4, 2), for comparing."""
    return tuple(int(part) for part in text.split("."))


def outside_windows(release: str, architecture: str, clientmanager: str) -> str:
    """Why the manual does not cover this Windows with this ClientManager, as a sentence; "" where it does."""
    supported = WINDOWS.get(release)
    if supported is None:
        return f"Windows {release} is not in the manual's list ({', '.join(WINDOWS)})."
    if architecture not in supported.architectures:
        return f"Windows {release} on {architecture} is not in the manual's list."
    if supported.least and version_number(clientmanager) < supported.least:
        least = ".".join(str(part) for part in supported.least)
        return f"Windows {release} needs ClientManager {least} or later, and this is {clientmanager}."
    return ""


def outside_clusterpro(version: str) -> str:
    """Why the manual does not cover this CLUSTERPRO X, as a sentence; "" where it does."""
    if version in CLUSTERPRO:
        return ""
    return f"CLUSTERPRO X {version} is not in the manual's list ({', '.join(CLUSTERPRO)})."
