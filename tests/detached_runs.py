"""A project with one short chapter, and runs of it in a process of their own."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runbook_lib.batch import detached, under_way
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.run.journal import journals, read_events
from tests.clusters import ROOT

SLOW = """\
import time
time.sleep({seconds})
"""


@contextmanager
def one_chapter(home: Path) -> Iterator[None]:
    """A project in *home* with one chapter, whose only step takes three seconds; in the end no run of it is left."""
    (home / "parameters").mkdir()
    (home / "parameters" / "lab.yaml").write_text((ROOT / "parameters" / "lab.yaml").read_text("utf-8"), "utf-8")
    (home / "outputs").mkdir()
    chapter(home, seconds=3)
    yield
    for going in under_way.running(home / "outputs"):
        os.kill(going.pid, signal.SIGKILL)


def chapter(home: Path, seconds: float) -> None:
    """Chapter 5, which ends well on every node after so long."""
    from tests.test_batch import write  # here, as it takes a second and tests/conftest.py imports this module

    path = write(home / "notebooks", "5")
    stored = json.loads(path.read_text("utf-8"))
    stored["cells"][-1]["source"] = SLOW.format(seconds=seconds) + "".join(stored["cells"][-1]["source"])
    path.write_text(json.dumps(stored), "utf-8")


def wait(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def begin(site: ClientManagerSite, **options: Any) -> tuple[detached.Started, under_way.Going]:
    """Start chapter 5 on node1 and wait until its notebook is being run."""
    started = detached.start(site, ["5"], ["node1"], **{"apply": False, "change": "C1", **options})
    folder = started.said.parent.parent
    wait(lambda: under_way.running(folder))
    return started, under_way.running(folder)[0]


def events(home: Path) -> list[dict[str, Any]]:
    (path,) = journals(home / "outputs")
    return list(read_events(path))
