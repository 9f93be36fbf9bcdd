"""Nodes that go down and come back, and what the cluster makes of it."""

import time
from dataclasses import replace

import pytest
import requests

from runbook_lib.lab import membership
from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.service_facts import AUTO, RUNNING, STOPPED

NODES = (LabNode("node1"), LabNode("node2"))
DESCRIPTION = LabDescription(NODES, "runbook", "secret", language="en", code_page=437, stage="grouped")
WINDOWS = r"HKLM\SYSTEM\CurrentControlSet\Control\Windows"


def quick(lab: Lab) -> Lab:
    lab.cluster.sync_wait_s = 0.1
    for machine in lab.machines.values():
        machine.boot_s, machine.power.notice_s = 0.05, 0.01
        machine.services.start_seconds = machine.services.stop_seconds = 0.001
    return lab


@pytest.fixture
def lab() -> Lab:
    return quick(Lab(DESCRIPTION))


def settle(lab: Lab, **states: str) -> None:
    """Wait until every node is as it should be, and nothing is due any more."""
    for name, machine in lab.machines.items():
        assert machine.power.wait(states.get(name, "up")), name
    membership.settle(lab.cluster)


def stamps(lab: Lab) -> dict[str, bytes]:
    return {name: machine.registry.get(WINDOWS, "ShutdownTime").content for name, machine in lab.machines.items()}


COMMANDS = [
    # on node1: which nodes restart, where the group runs afterwards
    ("clpstdn -r", {"node1", "node2"}, "node1"),
    ("clpdown -r", {"node1"}, "node2"),
    ("shutdown /r /t 0", {"node1"}, "node2"),
    ("shutdown -r -f -t 0 -d p:4:1 -c text", {"node1"}, "node2"),
]


@pytest.mark.parametrize(("line", "restarted", "active"), COMMANDS)
def test_a_restart(lab, shell, line, restarted, active):
    before = stamps(lab)
    assert shell(lab.machines["node1"], line).code == 0
    settle(lab)
    assert lab.cluster.active("ESMPROCM") == active
    assert {name for name, stamp in stamps(lab).items() if stamp != before[name]} == restarted
    for name, machine in lab.machines.items():
        assert ("W:" in machine.files.drives) == (name == active)
        assert [c.how for c in machine.changes if c.kind == "power"] == (["down", "up"] if name in restarted else [])
    online = {name for name in lab.machines if lab.cluster.online(name)}
    assert online == ({"node2"} if line.startswith("shutdown") else {"node1", "node2"})


@pytest.mark.parametrize(
    ("line", "down", "active"),
    [
        ("clpstdn", {"node1", "node2"}, None),
        ("clpdown", {"node1"}, "node2"),
        ("shutdown /s /t 0", {"node1"}, "node2"),
    ],
)
def test_a_shutdown(lab, shell, line, down, active):
    assert shell(lab.machines["node1"], line).code == 0
    settle(lab, **dict.fromkeys(down, "down"))
    assert lab.cluster.active("ESMPROCM") == active
    for machine in lab.machines.values():
        assert machine.power.state == ("down" if machine.name in down else "up")


def test_services_with_automatic_start_run_again_and_no_others(shell):
    lab = quick(Lab(replace(DESCRIPTION, stage="installed")))
    services = lab.machines["node1"].services
    services.configure("EsmBaseSvc", {"Start": AUTO})
    services.start("DmiEvWatch")
    pids = {name: services.status(name).pid for name in ("clppm", "Dhcp")}
    shell(lab.machines["node1"], "clpdown -r")
    settle(lab)
    assert services.status("EsmBaseSvc").state == RUNNING
    assert services.status("DmiEvWatch").state == STOPPED
    assert services.status("Dhcp").pid == services.status("EventLog").pid != pids["Dhcp"]
    assert services.status("clppm").pid != pids["clppm"]
    running = lab.machines["node1"].processes.running()
    assert sum("Dhcp" in process.services for process in running) == 1


def test_a_node_that_never_comes_back_leaves_the_group_to_the_next(lab, shell):
    lab.machines["node1"].stays_down = True
    shell(lab.machines["node2"], "clpstdn -r")
    settle(lab, node1="down")
    assert lab.cluster.active("ESMPROCM") == "node2"
    assert not lab.cluster.online("node1")


def test_after_a_whole_restart_the_first_priority_waits_for_nobody_in_vain(lab, shell):
    lab.machines["node1"].boot_s = 0.15
    lab.cluster.sync_wait_s = 5
    shell(lab.machines["node1"], "clpstdn -r")
    settle(lab)
    assert lab.cluster.active("ESMPROCM") == "node1"


def test_a_group_that_was_stopped_stays_so_when_one_server_returns_and_starts_with_the_cluster(lab, shell):
    lab.cluster.stop("ESMPROCM")
    shell(lab.machines["node1"], "clpdown -r")
    settle(lab)
    assert lab.cluster.active("ESMPROCM") is None
    shell(lab.machines["node1"], "clpstdn -r")
    settle(lab)
    assert lab.cluster.active("ESMPROCM") == "node1"


def test_a_server_that_windows_restarted_comes_back_only_when_told(lab, shell):
    two = lab.machines["node2"]
    shell(two, "shutdown /r /t 0")
    settle(lab)
    assert shell(two, "clpstat").code == 1
    assert shell(two, "clpcl -s").code == 0
    assert lab.cluster.online("node2")
    lab.cluster.rejoins_after_os_restart = True
    shell(two, "shutdown /r /t 0")
    settle(lab)
    assert lab.cluster.online("node2")


def test_an_order_can_be_taken_back_once(lab, shell):
    one = lab.machines["node1"]
    codes = [shell(one, line).code for line in ("shutdown /a", "shutdown /r /t 60", "shutdown /s", "shutdown /a")]
    assert codes == [1116, 0, 1190, 0]
    assert one.power.wait("up")
    assert [shell(one, line).code for line in ("shutdown", "shutdown /r /t soon", "shutdown /x")] == [1, 1, 1]
    assert one.changes == []


def test_a_power_cut_leaves_no_trace_in_the_registry_and_the_server_apart(lab):
    before = stamps(lab)
    membership.lose(lab.cluster, "node1")
    lab.machines["node1"].power.cut()
    assert lab.cluster.active("ESMPROCM") == "node2"
    lab.machines["node1"].power.turn_on()
    assert stamps(lab) == before
    assert not lab.cluster.online("node1")


def test_scripts_see_a_failover(shell):
    lab = quick(Lab(replace(DESCRIPTION, stage="complete")))
    shell(lab.machines["node1"], "clpdown")
    settle(lab, node1="down")
    told = [
        (r.server, r.script, r.variables["CLP_EVENT"], r.variables.get("CLP_FACTOR")) for r in lab.cluster.script_runs
    ]
    assert told == [("node1", "stop.bat", "START", "SERVERSHUTDOWN"), ("node2", "start.bat", "FAILOVER", None)]
    manager = lab.machines["node2"].services
    assert manager.status(manager.find("ESMPRO/CM Manager")).state == RUNNING
    shell(lab.machines["node2"], "clpstdn -r")
    settle(lab, node1="down")
    assert lab.cluster.script_runs[-1].variables["CLP_EVENT"] == "START"
    assert {call.code for call in lab.cluster.script_calls} == {0}


@pytest.mark.parametrize(
    ("line", "online", "active"),
    [
        ("clpcl -t", {"node2"}, "node2"),
        ("clpcl -t -h node2", {"node1"}, "node1"),
        ("clpcl -t -a", set(), None),
        ("clpcl -r", {"node1", "node2"}, "node2"),
        ("clpcl -r -a", {"node1", "node2"}, "node1"),
        ("clpcl -r --web --alert", {"node1", "node2"}, "node1"),
        ("clpcl -t -a & clpcl -s -a", {"node1", "node2"}, "node1"),
        ("clpcl --suspend", set(), "node1"),
        ("clpcl --suspend & clpcl --resume", {"node1", "node2"}, "node1"),
    ],
)
def test_the_cluster_service(lab, shell, line, online, active):
    assert shell(lab.machines["node1"], line).code == 0
    settle(lab)
    assert {name for name in lab.machines if lab.cluster.online(name)} == online
    assert lab.cluster.active("ESMPROCM") == active


@pytest.mark.parametrize(
    "line", ["clpcl", "clpcl --resume", "clpcl -s -h", "clpcl -s -h node9", "clpcl --suspend -h node1", "clpstdn -x"]
)
def test_the_cluster_service_refuses(lab, shell, line):
    assert shell(lab.machines["node1"], line).code == 1


def test_a_node_that_is_away_cannot_be_started(lab, shell):
    shell(lab.machines["node2"], "clpdown")
    settle(lab, node2="down")
    answer = shell(lab.machines["node1"], "clpcl -s -a")
    assert answer.code == 1
    assert answer.lines == ["Start node1 : Command succeeded.", "Start node2 : Command failed."]


def test_suspended_servers_are_shown_and_refuse_commands(lab, shell):
    shell(lab.machines["node1"], "clpcl --suspend -a")
    assert shell(lab.machines["node1"], "clpstat").code == 1
    assert shell(lab.machines["node2"], "clpgrp -m ESMPROCM").code == 1


@pytest.mark.wire
def test_connections_break_and_the_same_port_opens_again():
    with quick(Lab(DESCRIPTION)) as lab:
        one, endpoint = lab.machines["node1"], lab.endpoints["node1"]
        one.boot_s = 0.3
        url = endpoint.url
        assert requests.get(url, timeout=5).status_code
        one.power.order(restart=True, after_s=0)
        while one.power.state != "down":
            time.sleep(0.005)
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=5)
        assert one.power.wait("up")
        assert requests.get(url, timeout=5).status_code
