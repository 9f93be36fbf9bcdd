"""Only one run at a time may change a site: whoever applies holds the site, and who comes second is told by whom.

The hold is a lock of the system (flock) on a hidden file in ``outputs/``.  It ends with the process that has it,
however that ends, so nothing is ever left to clean up.  Runs of one process share it: a kernel opens its run anew, and
a batch runs its chapters one after the other.  Reading needs no hold.
"""

import fcntl
import getpass
import hashlib
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runbook_lib.errors import ParameterError
from runbook_lib.parameters import Site, project_folder

_PATIENCE_S: Final = 0.3
"""Who only looks whether a site is held keeps it for a moment; a run that really holds it keeps it longer."""


@dataclass
class _Lock:
    """A locked file of this process, and how many of its runs hold it."""

    descriptor: int
    process: int
    holders: int


_LOCKS: Final[dict[Path, _Lock]] = {}
_GUARD: Final = (
    threading.RLock()
)  # a run that is collected while another is opened releases its hold in the same thread


class Hold:
    """A site that is held; `hold` makes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_held = True

    def tell(self, chapter: str, node: str, change: str) -> None:
        """Write into the file who holds the site now, and for what; OSError where the disk refuses."""
        told = {
            "chapter": chapter,
            "node": node,
            "change": change,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": f"{getpass.getuser()}@{platform.node()}",
        }
        with _GUARD:
            lock = _LOCKS[self._path]
            os.ftruncate(lock.descriptor, 0)
            os.pwrite(lock.descriptor, json.dumps(told, ensure_ascii=False).encode(), 0)

    def release(self) -> None:
        """Let others apply; does nothing when called again."""
        with _GUARD:
            lock = _LOCKS.get(self._path)
            if not self._is_held or lock is None or lock.process != os.getpid():
                return
            self._is_held = False
            lock.holders -= 1
            if not lock.holders:
                del _LOCKS[self._path]
                os.close(lock.descriptor)


def hold(site: Site) -> Hold:
    """Keep every other process from applying on *site*.

    Raises:
        ParameterError: another process applies there; the sentence says which run, since when and of whom.
        OSError: ``outputs/`` cannot be written.
    """
    path = _file(site, "applying")
    with _GUARD:
        lock = _LOCKS.get(path)
        if lock and lock.process == os.getpid():
            lock.holders += 1
        else:  # none, or inherited from the process that this one was forked from
            _LOCKS[path] = _Lock(_locked(path, lambda: _refusal(site, path)), os.getpid(), 1)
    return Hold(path)


def refuse_if_held(site: Site) -> None:
    """Raise ParameterError where any process applies on *site*, this one included."""
    path = _file(site, "applying")
    if path.exists():
        os.close(_locked(path, lambda: _refusal(site, path), fcntl.LOCK_SH))


@contextmanager
def starting(site: Site) -> Iterator[None]:
    """Between looking whether a run may be started and noting that it was, no other process does the same.

    Raises:
        ParameterError: another process has been starting one all the while.
        OSError: ``outputs/`` cannot be written.
    """
    path = _file(site, "starting")
    descriptor = _locked(path, lambda: "Another run is being started on this site. Look at it first, then start again.")
    try:
        yield
    finally:
        os.close(descriptor)


def _file(site: Site, what: str) -> Path:
    """Named after the site; files elsewhere of the same name are sites of their own."""
    home = project_folder()
    file = site.path.resolve()
    inside = file.parent == home / "parameters"
    which = site.name if inside else f"{site.name}.{hashlib.sha256(str(file).encode()).hexdigest()[:8]}"
    return home / "outputs" / f".{which}.{what}"


def _locked(path: Path, refusal: Callable[[], str], kind: int = fcntl.LOCK_EX) -> int:
    """The descriptor of *path*, locked; closing it, or the end of the process, unlocks it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with suppress(PermissionError):  # the file is of another account, which has done so
            os.fchmod(descriptor, 0o666)
        give_up = time.monotonic() + _PATIENCE_S
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise ParameterError(refusal()) from None
                time.sleep(0.02)
            else:
                return descriptor
    except BaseException:
        os.close(descriptor)
        raise


def _refusal(site: Site, path: Path) -> str:
    try:
        told = json.loads(path.read_text("utf-8"))
        since = datetime.fromisoformat(told["since"])
        return (
            f"Chapter {told['chapter']} is being applied on {told['node']} since {since:%Y-%m-%d %H:%M:%S} UTC, by "
            f"{told['by']} in change {told['change']}. Wait for its end, or stop it; where its cells are run by hand, "
            "shut down the kernel of that notebook. Nothing was started."
        )
    except (ValueError, KeyError, TypeError):  # it has only just begun, and not yet written who it is
        return f"Another run is being applied on {site.name}. Wait for its end, or stop it. Nothing was started."
