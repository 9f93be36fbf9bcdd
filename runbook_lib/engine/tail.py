"""The journal as it grows: the events that the kernel appends, handed on while the notebook runs."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from papermill.log import logger

Watch = Callable[[Mapping[str, Any]], None]
"""Called with each event of a journal, in order, soon after it was written."""


class JournalTail:
    """Hands on the events of a journal, each once, when asked whether there are any."""

    def __init__(self, path: Path | None, watch: Watch | None) -> None:
        self._path = path
        self._watch = watch
        self._read_to = 0

    def hand_on(self) -> None:
        """Call the watcher for each line that was completed since the last time."""
        if self._path is None or self._watch is None or not self._path.exists():
            return
        if self._path.stat().st_size == self._read_to:
            return
        with self._path.open("rb") as file:
            file.seek(self._read_to)
            whole, _, _ = file.read().rpartition(b"\n")
        if whole:
            self._read_to += len(whole) + 1
            for line in whole.split(b"\n"):
                self._tell(json.loads(line))

    def _tell(self, event: Mapping[str, Any]) -> None:
        if self._watch is None:
            return
        try:
            self._watch(event)
        except Exception:  # noqa: BLE001 - a display may fail in any way, and must not end a run
            logger.exception("Showing the progress failed; the run goes on without it.")
            self._watch = None
