"""start.bat and stop.bat at start, stop, move and failover of the group, and the ARM commands that they call."""

from dataclasses import replace

import pytest

from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.scripts import script_path
from runbook_lib.lab.service_facts import RUNNING, STOPPED

DESCRIPTION = LabDescription(
    (LabNode("node1"), LabNode("node2")), "runbook", "secret", language="en", code_page=437, own_script=True
)
ECHO = (
    "@echo off\r\n"
    "echo %{f}_EVENT% %{f}_DISK% %{f}_SERVER% [%CLP_FACTOR%]\r\n"
    'echo "%CD%"\r\n'
)  # fmt: skip


def make_lab(stage: str) -> Lab:
    made = Lab(replace(DESCRIPTION, stage=stage))
    for machine in made.machines.values():
        machine.services.start_seconds = machine.services.stop_seconds = 0.001
    return made


@pytest.fixture
def lab() -> Lab:
    return make_lab("installed")


def script(lab: Lab, name: str, text: str) -> None:
    for machine in lab.machines.values():
        machine.files.seed(script_path(lab.cluster, "ESMPROCM", "script1", name), text.encode("cp437"))


def told(lab: Lab) -> list[tuple[str, str, str]]:
    return [(run.server, run.script, run.output.splitlines()[0]) for run in lab.cluster.script_runs]


def test_what_scripts_are_told(lab):
    for name in ("start.bat", "stop.bat"):
        script(lab, name, ECHO.format(f="CLP"))
    lab.cluster.move("ESMPROCM")
    lab.cluster.stop("ESMPROCM")
    lab.cluster.groups["ESMPROCM"].disk_fails = True
    lab.cluster.start("ESMPROCM", "node1")
    assert told(lab) == [
        ("node1", "stop.bat", "START SUCCESS HOME [GROUPMOVE]"),
        ("node2", "start.bat", "START SUCCESS OTHER []"),
        ("node2", "stop.bat", "START SUCCESS OTHER [GROUPSTOP]"),
        ("node1", "start.bat", "START FAILURE HOME []"),
    ]
    assert lab.cluster.script_runs[0].output.splitlines()[1] == r'"C:\Program Files\CLUSTERPRO\bin"'


@pytest.mark.parametrize(
    ("families", "arms", "clp"), [({"CLP"}, "", "START"), ({"ARMS"}, "START", ""), ({"ARMS", "CLP"}, "START", "START")]
)
def test_which_variables_a_version_sets(lab, families, arms, clp):
    lab.cluster.script_variables = families
    script(lab, "stop.bat", "@if defined ARMS_EVENT (echo A %ARMS_EVENT%) else echo A\r\n"
                            "@if defined CLP_EVENT (echo C %CLP_EVENT%) else echo C\r\n")  # fmt: skip
    lab.cluster.stop("ESMPROCM")
    assert lab.cluster.script_runs[0].output.split("\r\n")[:2] == [f"A {arms}".strip(), f"C {clp}".strip()]


def test_the_partition_is_there_while_scripts_run(lab):
    for name in ("start.bat", "stop.bat"):
        script(lab, name, "@if exist W:\\ (echo there) else echo gone\r\n")
    lab.cluster.move("ESMPROCM")
    assert [line for *_, line in told(lab)] == ["there", "there"]


def test_a_disk_that_cannot_be_connected_is_not_there_when_scripts_run(lab):
    script(lab, "start.bat", "@if exist W:\\ (echo there) else echo gone\r\n")
    lab.cluster.groups["ESMPROCM"].disk_fails = True
    lab.cluster.move("ESMPROCM")
    assert told(lab)[-1] == ("node2", "start.bat", "gone")


def test_a_script_that_is_missing_fails_its_resource(lab):
    for machine in lab.machines.values():
        machine.files.remove(script_path(lab.cluster, "ESMPROCM", "script1", "start.bat"))
    lab.cluster.move("ESMPROCM")
    assert lab.cluster.groups["ESMPROCM"].state == "Online Failure"
    assert lab.cluster.active("ESMPROCM") == "node2"


def test_an_exit_code_decides_nothing_and_a_script_without_end_fails(lab):
    script(lab, "stop.bat", "@exit 7\r\n")
    script(lab, "start.bat", "@armem\r\n")
    lab.cluster.move("ESMPROCM")
    assert [run.exit_code for run in lab.cluster.script_runs] == [7, 1]
    assert lab.cluster.groups["ESMPROCM"].state == "Online"
    lab.cluster.script_limit_s = 0.05
    script(lab, "start.bat", "@hostname\r\n")
    lab.machines["node1"].hang.add("hostname")
    lab.cluster.move("ESMPROCM", "node1")
    assert lab.cluster.groups["ESMPROCM"].state == "Online Failure"


ARM = [
    # command lines in order, with the code each ends with, and the service's state afterwards
    ([('ARMLOAD ESMBASE /M /S "ESM Base Service"', 0)], RUNNING),
    ([("armload esmbase /S /A /R 3 EsmBaseSvc", 0)], RUNNING),
    ([("ARMLOAD A /S EsmBaseSvc", 0), ("ARMLOAD B /S EsmBaseSvc", 1)], RUNNING),
    ([("ARMLOAD A /S EsmBaseSvc", 0), ("ARMLOAD B /S /A EsmBaseSvc", 0)], RUNNING),
    ([("ARMLOAD A /S EsmBaseSvc", 0), ("ARMLOAD a /S /A EsmBaseSvc", 1)], RUNNING),
    ([("ARMLOAD A /S /R 3 /WAIT 5 EsmBaseSvc", 0), ("ARMKILL a /T 0", 0)], STOPPED),
    ([("ARMLOAD A /S EsmBaseSvc", 0), ("ARMKILL A", 0), ("ARMKILL A", 1)], STOPPED),
    ([('ARMLOAD A /S "No Such Service"', 1), ("ARMLOAD A", 1), ("ARMLOAD A-B /S EsmBaseSvc", 1)], STOPPED),
    ([("ARMLOAD P /U Administrator /W notepad.exe /x", 0), ("ARMKILL P", 0)], STOPPED),
    ([('ARMBCAST /MSG "text" /A', 0), ("ARMBCAST text", 1)], STOPPED),
    ([(r'ARMNSADD esmprocm "W:\setup"', 0), ("ARMNSADD esmprocm", 1), ("ARMNSDEL esmprocm", 0)], STOPPED),
]


@pytest.mark.parametrize(("calls", "state"), ARM)
def test_arm_commands(lab, shell, calls, state):
    machine = lab.machines["node1"]
    for line, code in calls:
        assert shell(machine, line).code == code, line
    while machine.services.status("EsmBaseSvc").state not in (STOPPED, RUNNING):
        pass
    assert machine.services.status("EsmBaseSvc").state == state
    assert [(call.server, call.program, call.code) for call in lab.cluster.script_calls] == [
        ("node1", line.split()[0].upper(), code) for line, code in calls
    ]


def test_arm_commands_need_the_cluster(lab, shell):
    lab.cluster.stopped.add("node1")
    assert shell(lab.machines["node1"], "ARMLOAD A /S EsmBaseSvc").code == 1


def test_services_left_running_make_their_armload_fail():
    lab = make_lab("complete")
    two = lab.machines["node2"]
    two.services.start("DmiEvWatch")
    lab.cluster.move("ESMPROCM")
    failed = [call.arguments[0] for call in lab.cluster.script_calls if call.code]
    assert failed == ["DMIEVT"]
    assert lab.cluster.groups["ESMPROCM"].state == "Online"


def test_a_move_stops_the_services_here_and_starts_them_there_in_the_manuals_order():
    lab = make_lab("complete")
    lab.cluster.move("ESMPROCM")
    changes = [[c.what for c in machine.changes if c.kind == "service"] for machine in lab.machines.values()]
    assert [len(each) for each in changes] == [13, 13]
    assert (changes[0][0], changes[0][-1]) == ("EsmTimeSrv", "EsmBaseSvc")
    assert (changes[1][0], changes[1][-1]) == ("EsmBaseSvc", "EsmTimeSrv")
    assert {call.code for call in lab.cluster.script_calls} == {0}


def test_registry_keys_travel_with_the_group_and_edits_on_a_standby_are_lost():
    lab = make_lab("complete")
    one, two = (machine.registry for machine in lab.machines.values())
    key = r"HKLM\SOFTWARE\Wow6432Node\NEC\NVBASE"
    own = r"HKLM\SYSTEM\CurrentControlSet\Services\Nvbase\Parameters"
    one.set(key, "FromActive", "REG_SZ", "kept")
    one.set(rf"{key}\New\Deeper", "", "REG_DWORD", 7)
    one.set(own, "Port", "REG_DWORD", 1)
    two.set(key, "FromStandby", "REG_SZ", "lost")
    two.set(r"HKLM\SOFTWARE\Wow6432Node\NEC\Other", "Value", "REG_SZ", "untouched")
    lab.cluster.move("ESMPROCM")
    assert two.text(key, "WorkDir") == r"W:\NVWORK"
    assert (two.text(key, "FromActive"), two.get(key, "FromStandby")) == ("kept", None)
    assert two.number(rf"{key}\New\Deeper", "") == 7
    assert two.number(own, "Port") == 1
    assert two.text(r"HKLM\SOFTWARE\Wow6432Node\NEC\Other", "Value") == "untouched"
    two.set(key, "FromSecond", "REG_SZ", "back")
    lab.cluster.move("ESMPROCM")
    assert one.text(key, "FromSecond") == "back"
