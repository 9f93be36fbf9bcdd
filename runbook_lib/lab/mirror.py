"""Whether the two halves of a mirror disk are alike: copying takes its time."""

import time
from collections.abc import Callable
from typing import Literal

MirrorState = Literal["Normal", "Caution", "Error"]


class Mirror:
    """The mirror disks of a cluster, all in one state.

    Attributes:
        copy_s: how many seconds a whole copy takes; 0 copies at once.
        told: a state that a test wants to see; None lets copying decide.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.copy_s = 0.0
        self.told: MirrorState | None = None
        self._clock = clock
        self._copied_at = 0.0

    @property
    def state(self) -> MirrorState:
        """It is "Normal", "Caution" while it is copied, "Error" when it is broken."""
        if self.told is not None:
            return self.told
        return "Caution" if self._clock() < self._copied_at else "Normal"

    def copy(self) -> None:
        """A copy begins: the mirror is new, or a server was away."""
        self._copied_at = self._clock() + self.copy_s
