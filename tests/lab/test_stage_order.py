"""What each stage has and has not, as the manual's procedures go on."""

from dataclasses import replace

import pytest

from runbook_lib.lab import registration
from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.groups import ClusterError
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.scripts import script_path
from runbook_lib.lab.service_facts import RUNNING, STOPPED

DESCRIPTION = LabDescription((LabNode("node1"), LabNode("node2")), "runbook", "secret", user_group="ESMPRO Users")
STAGES = ("clustered", "grouped", "installed", "shared", "complete")
NVBASE = r"HKLM\SOFTWARE\Wow6432Node\NEC\NVBASE"
LOCAL, SHARED = r"C:\Program Files\ESMPRO\NVWORK", r"W:\NVWORK"


@pytest.fixture(scope="module")
def labs() -> dict[str, Lab]:
    return {stage: Lab(replace(DESCRIPTION, stage=stage)) for stage in STAGES}


def facts(lab: Lab) -> dict[str, object]:
    """What differs from stage to stage."""
    one, two = lab.machines.values()
    manager = one.services.by_display_name("ESMPRO/CM Manager")
    return {
        "active": lab.cluster.active("ESMPROCM") if lab.cluster.groups else None,
        "resources": [one.kind for group in lab.cluster.groups.values() for one in group.resources],
        "drive": ["W:" in one.files.drives, "W:" in two.files.drives],
        "interactive": one.services.configuration("clppm").type,
        "manager": manager and one.services.status(manager).state,
        "local": [machine.files.exists(LOCAL) for machine in (one, two)],
        "shared": one.files.exists(SHARED),
        "WorkDir": [machine.registry.text(NVBASE, "WorkDir") for machine in (one, two)],
    }


BEFORE = {
    "active": None, "resources": [], "drive": [False, False], "interactive": 0x10, "manager": None,
    "local": [False, False], "shared": False, "WorkDir": ["", ""],
}  # fmt: skip
CHANGES = {
    "clustered": {},
    "grouped": {"active": "node1", "resources": ["fip", "md"], "drive": [True, False]},
    "installed": {
        "interactive": 0x110, "manager": STOPPED, "local": [True, True], "WorkDir": [LOCAL, LOCAL],
    },
    "shared": {"local": [False, False], "shared": True, "WorkDir": [SHARED, LOCAL]},
    "complete": {"resources": ["fip", "md", "regsync", "script"], "manager": RUNNING},
}  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_adds_what_its_procedures_do(labs, stage):
    expected = dict(BEFORE)
    for each in STAGES[: STAGES.index(stage) + 1]:
        expected |= CHANGES[each]
    assert facts(labs[stage]) == expected
    assert all(machine.changes == [] for machine in labs[stage].machines.values())


@pytest.mark.parametrize("stage", STAGES)
def test_every_node_has_the_configuration_of_its_stage(labs, stage):
    lab = labs[stage]
    for machine in lab.machines.values():
        content = machine.files.read(r"C:\Program Files\CLUSTERPRO\etc\clp.conf")
        assert content == lab.cluster.configuration
        assert (b'<group name="ESMPROCM">' in content) == (stage != "clustered")
        assert b'<md name="md1">' in content


def test_the_shared_work_folder_has_the_managers_name_behind_the_other_lines(labs):
    files = labs["shared"].machines["node1"].files
    lines = files.read(rf"{SHARED}\local\nvisord.cf").decode("cp932").splitlines()
    assert len(lines) == 3
    assert lines[-1] == 'CommunityName: "mgr_ESMPRO"'
    assert len(list(files.walk(SHARED))) == len(list(labs["installed"].machines["node1"].files.walk(LOCAL)))
    assert all(ace.inherited for ace in files.acl(rf"{SHARED}\local\nvisord.cf"))
    assert not any(ace.inherited for ace in files.acl(SHARED))


def test_the_complete_stage_runs_every_service_on_the_first_node_only(labs):
    one, two = labs["complete"].machines.values()
    displays = [name for name in (one.services.configuration(key).display_name for key in one.services.names())
                if name.startswith(("ESM", "Dmi", "Alert Manager"))]  # fmt: skip
    assert len(displays) == 13
    assert {one.services.status(one.services.find(name)).state for name in displays} == {RUNNING}
    assert {two.services.status(two.services.find(name)).state for name in displays} == {STOPPED}


@pytest.mark.parametrize("stage", ["grouped", "shared"])
def test_a_script_resource_can_be_there_with_lines_of_its_own(stage):
    lab = Lab(replace(DESCRIPTION, stage=stage, own_script=True))
    assert [one.kind for one in lab.cluster.groups["ESMPROCM"].resources] == ["fip", "md", "script"]
    for machine in lab.machines.values():
        for script in ("start.bat", "stop.bat"):
            content = machine.files.read(script_path(lab.cluster, "ESMPROCM", "script1", script))
            assert "業務用".encode("cp932") in content
            assert content.count(b"\r\n") == content.count(b"\n") > 2
    assert b"<script " in lab.cluster.configuration


@pytest.mark.parametrize(("version", "found"), [("3.1", 0), ("4.3", 0), ("5.0", 1)])
def test_commands_of_clusterpro_are_in_its_own_folder_and_arm_only_before_x_5(shell, version, found):
    machine = Lab(replace(DESCRIPTION, stage="clustered", clusterpro=version)).machines["node1"]
    assert shell(machine, "where clpstat").out == "C:\\Program Files\\CLUSTERPRO\\bin\\clpstat.exe\r\n"
    assert shell(machine, "where /q armload").code == found


def test_the_configuration_of_the_complete_stage_is_one_that_the_cluster_takes(labs):
    lab = labs["complete"]
    group = registration.definitions(lab.cluster, lab.cluster.configuration)["ESMPROCM"]
    keys = {resource.kind: resource.keys for resource in group.resources}
    assert [key.rpartition("\\")[2] for key in keys["regsync"]] == ["ESMPRO/CM", "NVBASE", "Nvbase"]
    assert "regsyncw1" in lab.cluster.monitors()
    wrong = lab.cluster.configuration.replace(b"<key>HKEY_LOCAL_MACHINE", b"<key>HKLM", 1)
    with pytest.raises(ClusterError):
        registration.definitions(lab.cluster, wrong)


VARIANTS = {
    "2003": {"release": "2003", "architecture": "x86", "disk_kind": "shared", "address_kind": "virtual"},
    "three nodes": {"nodes": tuple(LabNode(f"NODE{number}") for number in (1, 2, 3)), "user_group": "Administrators"},
    "2022": {"release": "2022", "language": "en", "code_page": 437, "drive": "S:", "shared_folder": r"S:\CM",
             "local_folder": r"C:\CM", "esmpro_folder": r"C:\Program Files (x86)\ESMPRO"},
}  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_stage_of_every_kind_of_cluster(name, stage):
    description = replace(DESCRIPTION, stage=stage, **VARIANTS[name])
    lab = Lab(description)
    first = description.nodes[0].name
    assert set(registration.definitions(lab.cluster, lab.cluster.configuration)) == set(lab.cluster.groups)
    assert all(machine.changes == [] for machine in lab.machines.values())
    if stage == "clustered":
        return
    group = lab.cluster.groups["ESMPROCM"]
    assert (group.active, group.state) == (first, "Online")
    assert {resource.state for resource in group.resources} == {"Online"}
    machine = lab.machines[first]
    assert machine.files.exists(rf"{description.drive}\NVWORK") == (stage in ("shared", "complete"))
    assert machine.files.exists(rf"{description.shared_folder}\BIN\CMSetDst.exe") == (stage != "grouped")
    for each in lab.machines.values():
        each.services.start_seconds = each.services.stop_seconds = 0.001
    lab.cluster.move("ESMPROCM")
    assert group.state == "Online"
    assert {call.code for call in lab.cluster.script_calls} <= {0}
