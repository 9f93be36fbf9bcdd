"""A mirror that is being copied, and CM GUI in the way of a manual failover."""

import time
from dataclasses import replace

import pytest

from runbook_lib.lab import membership
from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.operator import OperatorError

DESCRIPTION = LabDescription(
    tuple(LabNode(f"node{number}") for number in (1, 2, 3)),
    "runbook",
    "secret",
    language="en",
    code_page=437,
    stage="grouped",
)


@pytest.fixture
def lab() -> Lab:
    made = Lab(DESCRIPTION)
    made.cluster.sync_wait_s = 0.05
    for machine in made.machines.values():
        machine.boot_s = machine.power.notice_s = 0.01
    return made


def monitor(lab: Lab, shell, node: str = "node1") -> str:
    lines = shell(lab.machines[node], "clpstat").lines
    return next(line for line in lines if line.startswith("    mdw1")).rpartition(": ")[2]


def test_a_server_that_returns_makes_the_mirror_copy(lab, shell):
    lab.cluster.copying.copy_s = 0.15
    assert monitor(lab, shell) == "Normal"
    shell(lab.machines["node2"], "clpdown -r")
    assert lab.machines["node2"].power.wait("up")
    membership.settle(lab.cluster)
    assert monitor(lab, shell) == "Caution"
    assert shell(lab.machines["node1"], "clpgrp -m ESMPROCM").code == 1
    time.sleep(0.16)
    assert monitor(lab, shell) == "Normal"
    assert shell(lab.machines["node1"], "clpgrp -m ESMPROCM").code == 0
    assert monitor(lab, shell) == "Normal"


def test_a_new_mirror_is_copied_once(shell):
    lab = Lab(replace(DESCRIPTION, stage="clustered"))
    disk = Lab(DESCRIPTION).cluster.groups["ESMPROCM"].resources[1]
    lab.cluster.register("ESMPROCM", [replace(disk, state="Offline")])
    lab.cluster.copying.copy_s = 0.05
    lab.cluster.start("ESMPROCM")
    assert monitor(lab, shell) == "Caution"
    time.sleep(0.06)
    lab.cluster.move("ESMPROCM")
    assert monitor(lab, shell) == "Normal"


def test_a_whole_restart_leaves_the_mirror_as_it_is(lab, shell):
    lab.cluster.copying.copy_s = 5
    shell(lab.machines["node1"], "clpstdn -r")
    for machine in lab.machines.values():
        assert machine.power.wait("up")
    membership.settle(lab.cluster)
    assert lab.cluster.mirror == "Normal"


def test_a_group_does_not_fail_over_to_a_half_copied_mirror(lab):
    lab.cluster.mirror = "Caution"
    lab.operator.cut_power("node1")
    assert lab.cluster.active("ESMPROCM") is None


@pytest.mark.parametrize(("restart", "state"), [(False, "down"), (True, "up")])
def test_a_manual_failover_with_the_gui_open_forces_the_server_down(lab, shell, restart, state):
    one, two = lab.machines["node1"], lab.machines["node2"]
    lab.cluster.forced_restart = restart
    lab.operator.open_gui("node1")
    assert '"CMViewer.exe"' in shell(two, "tasklist /fo csv /nh").out + shell(one, "tasklist /fo csv /nh").out
    assert shell(two, "clpgrp -m ESMPROCM -h node1 -a node3").code == 1
    assert one.power.wait(state)
    membership.settle(lab.cluster)
    # not where it was asked to go: to the highest priority but the server that went down
    assert lab.cluster.active("ESMPROCM") == "node2"
    assert lab.cluster.online("node1") == restart
    assert not any(process.image == "CMViewer.exe" for process in one.processes.running())
    if not restart:
        lab.operator.turn_on("node1")
        membership.settle(lab.cluster)
        assert lab.cluster.online("node1")
    assert lab.cluster.active("ESMPROCM") == "node2"


def test_the_gui_matters_only_where_the_group_runs_and_only_while_it_is_open(lab):
    with pytest.raises(OperatorError):
        lab.operator.open_gui("node2")
    lab.operator.open_gui("node1")
    lab.operator.close_gui("node1")
    assert lab.cluster.move("ESMPROCM") == "node2"
    lab.operator.open_gui("node2")
    lab.cluster.gui_blocks_moves = False
    assert lab.cluster.move("ESMPROCM") == "node1"
