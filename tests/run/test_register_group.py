"""The failover group removed and registered again on the lab, over real WinRM, as the configuration of every node."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from runbook_lib import open_run
from runbook_lib.errors import NotApplied, Waiting
from runbook_lib.run.outcome import StepReport
from runbook_lib.states.clpconf import parse
from runbook_lib.states.group import GroupRegistered, GroupRemoved
from runbook_lib.states.state import State
from tests.clusters import Cluster

pytestmark = pytest.mark.wire

FOLDER = r"C:\Program Files\CLUSTERPRO"
FILE = rf"{FOLDER}\etc\clp.conf"
SCRIPT = rf"{FOLDER}\scripts\failover\script1\start.bat"
REMOVED = GroupRemoved("ESMPROCM", ("node1", "node2"), FOLDER)
REGISTERED = GroupRegistered("ESMPROCM", ("node2", "node1"), "floating", "10.0.0.200", "mirror", "W:", FOLDER)


def ensure(state: State[Any], *, apply: bool = True, node: str = "node1") -> StepReport:
    with open_run("lab", node, chapter="2", apply=apply) as run:
        return run.ensure("2", state)


def test_out_and_in_again(cluster: Cluster) -> None:
    lab = cluster.lab
    for machine in lab.machines.values():
        machine.files.seed(SCRIPT, b"rem kept")
    before = lab.cluster.configuration
    disk = parse(before).resources[1]
    assert disk.element
    registered = replace(REGISTERED, exported=(parse(before).document.slice(disk.element),))

    report = ensure(REMOVED, apply=False)
    assert report.outcome == "differs"
    assert "runs on node1. A change of the settings of group ESMPROCM stops it by force" in report.message
    assert cluster.changes() == {"node1": 0, "node2": 0}
    with pytest.raises(Waiting, match="runbook confirm lab stop-for-removal"):
        ensure(REMOVED)
    assert cluster.changes() == {"node1": 0, "node2": 0}

    lab.cluster.stop("ESMPROCM")
    lab.cluster.push_exit_code = 9
    assert ensure(REMOVED).outcome == "changed"
    assert lab.cluster.groups == {}
    with pytest.raises(Waiting, match=r"add a mirror disk resource with drive W:"):
        ensure(REGISTERED)
    report = ensure(registered, apply=False)
    noted = {str(row["key"]): str(row["after"]) for row in report.states[0].differences}
    assert '+  <group name="ESMPROCM">' in noted["edit of clp.conf"]
    assert ensure(registered, node="node2").outcome == "changed"

    group = lab.cluster.groups["ESMPROCM"]
    assert group.policy == ("node2", "node1")
    assert [(one.kind, one.address, one.drive) for one in group.resources] == [
        ("fip", "10.0.0.200", ""),
        ("md", "", "W:"),
    ]
    for machine in lab.machines.values():
        assert machine.files.read(FILE) == lab.cluster.configuration
        assert machine.files.read(SCRIPT) == b"rem kept"
        assert [one.path for one in machine.files.walk(rf"{FOLDER}\work")] == []
    assert lab.cluster.configuration.count(b"\r\n") == lab.cluster.configuration.count(b"\n")
    assert "表示用ソフトの構成".encode("cp932") in lab.cluster.configuration
    changes = cluster.changes()
    assert [ensure(registered, node=node).outcome for node in ("node1", "node2")] == ["ok", "ok"]
    assert cluster.changes() == changes
    lab.cluster.start("ESMPROCM")
    assert "W:" in cluster.machine("node2").files.drives

    records = "".join(journal.read_text() for journal in cluster.journals())
    assert "its content is not recorded" in records
    assert "8000000a" not in records
    content = base64.b64encode(lab.cluster.configuration).decode()
    assert not any(content[start : start + 40] in records for start in range(0, len(content), 64))


def test_nodes_that_disagree_are_left_alone(cluster: Cluster) -> None:
    other = cluster.lab.cluster.configuration.replace(b"10.0.0.200", b"10.0.0.201")
    cluster.machine("node2").files.seed(FILE, other)
    with pytest.raises(NotApplied, match=r"clp.conf on node2 is not the one on node1, so it is not known"):
        ensure(REGISTERED)
    assert cluster.changes() == {"node1": 0, "node2": 0}
