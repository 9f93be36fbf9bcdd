"""Twenty readings of one node: joined in one shell, one by one in one shell, and with pywinrm's own session.

Run it with `.venv/bin/python benchmarks/readings.py`; it starts a lab of its own and prints medians and ratios.
"""

import statistics
import time
from collections.abc import Callable

import winrm

from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab
from runbook_lib.node import Node
from runbook_lib.node.endpoint import Endpoint

LINES = [f"echo {number}" for number in range(20)]
ROUNDS = 5


def main() -> None:
    """Measure the three ways side by side, round by round, so that a busy machine slows all of them."""
    password = "Benchmark-1"
    with Lab(LabDescription((LabNode("node1"),), "runbook", password)) as lab:
        url = lab.endpoints["node1"].url
        node = Node(Endpoint("node1", url, "ntlm", "runbook", password), 932)
        session = winrm.Session(url, auth=("runbook", password), transport="ntlm")
        ways: dict[str, Callable[[], object]] = {
            "joined in one command": lambda: node.read(LINES),
            "one by one, one shell": lambda: [node.execute(line, 10) for line in LINES],
            "pywinrm Session.run_cmd": lambda: [session.run_cmd(line) for line in LINES],
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                started = time.perf_counter()
                way()
                seconds[name].append(time.perf_counter() - started)
        node.close()
    best = statistics.median(seconds["joined in one command"])
    for name, measured in seconds.items():
        median = statistics.median(measured)
        print(f"{name:<26} {median * 1000:8.1f} ms for {len(LINES)} readings   x {median / best:.1f}")


if __name__ == "__main__":
    main()
