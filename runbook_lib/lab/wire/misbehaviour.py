"""How an endpoint can be told to misbehave, the way networks and services do."""

import threading
from dataclasses import dataclass, field


@dataclass
class _Cut:
    operation: str | None
    remaining: int
    after: bool


@dataclass
class Misbehaviour:
    """Switches of one endpoint; they take effect with the next request.

    An exchange is one WS-Management request and its reply; the requests that only sign in do not count.

    Attributes:
        latency_s: seconds that pass before a request is handled.
        idle_s: seconds after which a connection without a request is closed; None keeps it for ever. HTTP.sys
            closes it after two minutes (Microsoft, "HTTP.sys timeout limits", IdleConnection).
    """

    latency_s: float = 0.0
    idle_s: float | None = 120.0
    _cuts: list[_Cut] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def cut(self, operation: str | None = None, *, nth: int = 1, after: bool = False) -> None:
        """Cut the TCP connection once, at the *nth* exchange from now.

        Args:
            operation: count only these, such as "Command" or "Receive"; None counts all.
            nth: 1 is the next one.
            after: the request is carried out and its reply is lost; else it is lost itself.
        """
        with self._lock:
            self._cuts.append(_Cut(operation, nth, after))

    def cut_due(self, operation: str) -> bool | None:
        """Count one exchange: None leaves it alone, else whether the cut comes after it is carried out."""
        with self._lock:
            due = None
            for cut in list(self._cuts):
                if cut.operation not in (None, operation):
                    continue
                cut.remaining -= 1
                if cut.remaining == 0:
                    self._cuts.remove(cut)
                    due = cut.after if due is None else due and cut.after
            return due
