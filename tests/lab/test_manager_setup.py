"""The manager's set-up, its uninstaller and CMSetDst.exe, by command line and by a person."""

from dataclasses import replace

import pytest

from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.operator import OperatorError
from runbook_lib.lab.service_facts import AUTO, DEMAND, RUNNING, STOPPED

NODES = (LabNode("node1"), LabNode("node2"))
DESCRIPTION = LabDescription(
    NODES, "runbook", "secret", language="en", code_page=437, user_group="ESMPRO Users", stage="grouped"
)
LOCAL, SHARED = r"C:\Program Files\ESMPRO\ESMPROCM", r"W:\Program Files\ESMPRO\ESMPROCM"
CM = r"HKLM\SOFTWARE\Wow6432Node\NEC\ESMPRO/CM"
ODBC = r"HKLM\SOFTWARE\Wow6432Node\ODBC\ODBC.INI"
UNINSTALL = r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall"
RESPONSE = {
    "Cluster": "1", "LocalDir": LOCAL, "ShareDir": SHARED, "ManagerID": "CM07", "DataSource": "CMSOURCE",
    "Database": "CMDATA", "DatabaseServer": "10.0.0.9", "UserGroup": "ESMPRO Users",
}  # fmt: skip
SETUP = r'C:\ClientManager\setup.exe /silent "C:\Windows\Temp\cm.ini"'
UNINSTALLER = rf'"{LOCAL}\uninst\cmuninst.exe" /silent'


def make_lab(stage: str) -> Lab:
    made = Lab(replace(DESCRIPTION, stage=stage))
    for machine in made.machines.values():
        machine.services.start_seconds = machine.services.stop_seconds = 0.001
    return made


@pytest.fixture
def lab() -> Lab:
    return make_lab("grouped")


def respond(machine, **changes: str) -> None:
    lines = [f"{key}={value}\r\n" for key, value in {**RESPONSE, **changes}.items() if value]
    machine.files.seed(r"C:\Windows\Temp\cm.ini", ("[Setup]\r\n" + "".join(lines)).encode())


def test_a_silent_set_up_leaves_what_the_manual_counts_on(lab, shell):
    machine = lab.machines["node1"]
    respond(machine)
    assert shell(machine, SETUP).code == 0
    starts = {
        services.display_name: services.start
        for services in map(machine.services.configuration, machine.services.names())
    }
    assert {starts[name] for name in ("ESM Base Service", "Dmi Event Watcher", "Alert Manager Socket(R) Service")} == {
        AUTO
    }
    assert starts["ESMPRO/CM Manager"] == DEMAND
    assert machine.services.status("EsmBaseSvc").state == STOPPED
    assert machine.registry.text(CM, "ManagerID") == "CM07"
    assert machine.registry.text(rf"{ODBC}\CMSOURCE", "Server") == "10.0.0.9"
    assert machine.registry.text(rf"{ODBC}\ODBC Data Sources", "CMSOURCE") == "SQL Server"
    products = [rf"{UNINSTALL}\{key}" for key in machine.registry.keys(UNINSTALL)]
    assert [machine.registry.text(key, "UninstallString") for key in products] == [rf'"{LOCAL}\uninst\cmuninst.exe"']
    assert machine.files.exists(rf"{SHARED}\BIN\CMSetDst.exe")
    assert machine.files.exists(r"C:\Program Files\ESMPRO\NVWORK\local\nvisord.cf")
    group = machine.files.accounts.sid_of("ESMPRO Users")
    assert group in {ace.sid for ace in machine.files.acl(r"C:\Program Files\ESMPRO\NVWORK")}
    kinds = {change.kind for change in machine.changes}
    assert kinds == {"file", "registry", "service", "acl"}
    assert shell(machine, SETUP).code == 1


REFUSALS = [
    ({"LocalDir": r"W:\ESMPRO\ESMPROCM"}, "node1", 1, "not on a local drive"),
    ({"LocalDir": r"Q:\ESMPRO\ESMPROCM"}, "node1", 1, "not on a local drive"),
    ({"ShareDir": r"C:\ESMPRO\ESMPROCM"}, "node1", 1, "not on a switched partition"),
    ({}, "node2", 1, "not on a switched partition"),
    ({"UserGroup": "esmpro users"}, "node1", 1, "no group"),
    ({"ManagerID": ""}, "node1", 2, "response file"),
    ({"Cluster": "0"}, "node2", 0, ""),
]


@pytest.mark.parametrize(("changes", "node", "code", "part"), REFUSALS)
def test_what_the_set_up_refuses(lab, shell, changes, node, code, part):
    machine = lab.machines[node]
    respond(machine, **changes)
    answer = shell(machine, SETUP)
    assert (answer.code, part in answer.err) == (code, True)
    assert bool(machine.changes) == (code == 0)


@pytest.mark.parametrize("line", [r"C:\ClientManager\setup.exe", rf'"{SHARED}\BIN\CMSetDst.exe"', UNINSTALLER[:-8]])
def test_without_a_desktop_a_window_waits_for_ever(line):
    lab = Lab(replace(DESCRIPTION, stage="installed"))
    process = lab.machines["node1"].start(line)
    assert not process.wait(0.05)
    process.stop()
    assert process.wait(5)
    assert lab.machines["node1"].changes == []


@pytest.mark.parametrize("words", ["/quiet x", "/silent nothing.ini", "/silent"])
def test_a_command_line_that_is_not_known(lab, shell, words):
    assert shell(lab.machines["node1"], rf"C:\ClientManager\setup.exe {words}").code == 2


def test_start_waits_for_a_program_and_hands_its_code_on(lab, shell):
    machine = lab.machines["node1"]
    respond(machine, LocalDir=r"W:\x\y")
    assert shell(machine, rf'start "set-up" /wait {SETUP}').code == 1
    assert shell(machine, r"start /d C:\ClientManager /wait setup.exe /silent C:\Windows\Temp\cm.ini").code == 1
    assert shell(machine, r"start /b C:\ClientManager\setup.exe").code == 0


def test_the_destination_is_set_on_each_node_where_the_partition_is(lab, shell):
    one, two = lab.machines.values()
    lab.operator.run_setup("node1")
    assert one.registry.text(CM, "ConnectManager") == "node1"
    assert shell(one, rf'"{SHARED}\BIN\CMSetDst.exe" /silent 10.0.0.200').code == 0
    assert one.registry.text(CM, "ConnectManager") == "10.0.0.200"
    with pytest.raises(OperatorError):
        lab.operator.set_destination("node2", "10.0.0.200")
    lab.cluster.move("ESMPROCM")
    lab.operator.run_setup("node2", manager_id="CM02", odbc=("OTHER", "CMDB", "node2"))
    lab.operator.set_destination("node2", "10.0.0.200")
    assert (two.registry.text(CM, "ConnectManager"), two.registry.text(CM, "ManagerID")) == ("10.0.0.200", "CM02")
    assert two.registry.text(rf"{ODBC}\OTHER", "Server") == "node2"


def test_the_switched_partition_is_cleared_by_the_last_node_only(shell):
    lab = make_lab("complete")
    one, two = lab.machines.values()
    assert shell(two, UNINSTALLER).code == 1
    assert shell(one, UNINSTALLER).code == 0
    assert one.files.exists(rf"{SHARED}\BIN\CMSetDst.exe")
    assert not one.files.exists(r"C:\Program Files\ESMPRO")
    assert one.services.find("ESM Base Service") is None
    assert not one.registry.exists(CM)
    assert lab.cluster.active("ESMPROCM") == "node1"
    lab.cluster.move("ESMPROCM")
    lab.operator.run_uninstall("node2")
    assert not two.files.exists(r"W:\Program Files\ESMPRO")
    assert two.files.exists(r"W:\NVWORK")
    assert shell(two, UNINSTALLER).code != 0


def test_services_that_set_up_leaves_automatic_run_after_a_restart(lab):
    lab.operator.run_setup("node1")
    lab.medium.starts_services = True
    lab.cluster.move("ESMPROCM")
    lab.operator.run_setup("node2")
    states = [machine.services.status("EsmBaseSvc").state for machine in lab.machines.values()]
    assert states[0] == STOPPED
    assert states[1] != STOPPED
    one = lab.machines["node1"]
    one.boot_s = 0.01
    one.power.order(restart=True, after_s=0)
    assert one.power.wait("up")
    assert one.services.status("EsmBaseSvc").state == RUNNING


def test_an_upload_from_webmanager_reaches_every_node(lab):
    file = r"C:\Program Files\CLUSTERPRO\etc\clp.conf"
    script = {r"ESMPROCM\script1\start.bat": b"rem\r\n"}
    lab.operator.webmanager_edit(lambda content: content.replace(b"<comment />", b"<comment>x</comment>", 1), script)
    for machine in lab.machines.values():
        assert b"<comment>x</comment>" in machine.files.read(file)
        assert machine.files.read(r"C:\Program Files\CLUSTERPRO\scripts\ESMPROCM\script1\start.bat") == b"rem\r\n"
    with pytest.raises(OperatorError):
        lab.operator.webmanager_edit(lambda content: content[:100])


def test_nobody_works_on_a_node_that_is_down(lab):
    lab.operator.cut_power("node1")
    with pytest.raises(OperatorError):
        lab.operator.run_setup("node1")
    assert lab.cluster.active("ESMPROCM") == "node2"
    lab.operator.turn_on("node1")
    assert lab.machines["node1"].power.state == "up"
