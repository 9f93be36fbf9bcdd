"""What a lab is like when it starts."""

from dataclasses import replace

import pytest

from runbook_lib.lab.acl import ADMINISTRATORS, EVERYONE, SYSTEM
from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab
from runbook_lib.lab.service_facts import RUNNING, STOPPED

NODES = (LabNode("node1"), LabNode("node2"))
JAPANESE = LabDescription(NODES, "Administrator", "secret")
VARIANTS = {
    "2008 R2": JAPANESE,
    "2003": replace(JAPANESE, release="2003", architecture="x86", disk_kind="shared", address_kind="virtual"),
    "2022": replace(
        JAPANESE,
        nodes=(*NODES, LabNode("node3")),
        release="2022",
        language="en",
        code_page=437,
        user_group="ESMPRO Users",
        esmpro_folder=r"C:\Program Files (x86)\ESMPRO",
    ),
}
SIX = {
    "Alert Manager Socket(R) Service",
    "ESM Base Service",
    "ESM Command Service",
    "ESM Remote Map Service",
    "Dmi Event Watcher",
    "ESM Alert Service",
}


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda name: name.replace(" ", ""))
def lab(request) -> Lab:
    return Lab(VARIANTS[request.param])


def work_folder(lab: Lab) -> str:
    return rf"{lab.description.esmpro_folder}\NVWORK"


def files(lab: Lab, node: str) -> dict[str, bytes]:
    machine = lab.machines[node]
    return {e.path: machine.files.read(e.path) for e in machine.files.walk(work_folder(lab)) if not e.folder}


def test_a_lab_starts_with_an_empty_account(lab):
    assert all(machine.changes == [] for machine in lab.machines.values())


def test_each_node_has_a_work_folder_of_its_own(lab):
    for name, machine in lab.machines.items():
        entries = list(machine.files.walk(work_folder(lab)))
        contents = [entry for entry in entries if not entry.folder]
        assert 300 <= len(contents) <= 330
        assert 18 <= sum(entry.folder for entry in entries) <= 30
        assert sum(entry.size for entry in contents) < 3_000_000
        assert sum("R" in entry.attributes for entry in contents) >= 5
        assert sum("H" in entry.attributes for entry in contents) == 1
        assert sum(entry.size == 0 for entry in contents) == 1
        assert machine.files.exists(rf"{work_folder(lab)}\alert\filter\odiosasg")
        assert machine.files.exists(rf"{work_folder(lab)}\local\nvisord.cf") == (name == "node1")


def test_names_can_be_shown_in_the_code_page_of_the_node(lab):
    page = f"cp{lab.description.code_page}"
    paths = list(files(lab, "node1"))
    assert all(path.encode(page).decode(page) == path for path in paths)
    assert any(not path.isascii() for path in paths)


def test_logs_differ_between_nodes_and_icons_do_not(lab):
    one, two = files(lab, "node1"), files(lab, "node2")
    differing = {path for path in one.keys() & two.keys() if one[path] != two[path]}
    assert all("icon" not in path and "filter" not in path for path in differing)
    assert sum(r"\log" in path for path in differing) > 40


def test_the_same_description_makes_the_same_files():
    assert files(Lab(JAPANESE), "node2") == files(Lab(JAPANESE), "node2")


def test_nvisord_has_two_lines_in_the_ansi_code_page(lab):
    content = lab.machines["node1"].files.read(rf"{work_folder(lab)}\local\nvisord.cf")
    text = content.decode("cp932" if lab.description.language == "ja" else "cp1252")
    assert text.count("\r\n") == 2
    assert "CommunityName" not in text


def test_the_work_folder_has_the_rights_that_the_installer_sets(lab):
    machine = lab.machines["node2"]
    expected = {ADMINISTRATORS, EVERYONE, SYSTEM}
    group = lab.description.user_group
    if group != "Administrators":
        expected.add(machine.files.accounts.sid_of(group))
    assert {ace.sid for ace in machine.files.acl(work_folder(lab))} == expected
    inherited = machine.files.acl(rf"{work_folder(lab)}\local")
    assert {ace.sid for ace in inherited} == expected
    assert all(ace.inherited for ace in inherited)


def test_the_group_runs_on_the_first_node_where_the_partition_is(lab):
    description = lab.description
    group = lab.cluster.groups[description.group]
    assert lab.cluster.active(description.group) == "node1"
    kinds = ["vip", "sd"] if description.address_kind == "virtual" else ["fip", "md"]
    assert [resource.kind for resource in group.resources] == kinds
    for name, machine in lab.machines.items():
        assert machine.files.exists(rf"{description.shared_folder}\BIN\CMSetDst.exe") == (name == "node1")
        assert not machine.files.exists(r"W:\NVWORK")


def test_registry_values_point_to_the_local_folder_in_the_32_bit_view(lab):
    registry = lab.machines["node1"].registry
    key = (
        r"HKLM\SOFTWARE\Wow6432Node\NEC\NVBASE"
        if lab.description.architecture == "x64"
        else r"HKLM\SOFTWARE\NEC\NVBASE"
    )
    work = work_folder(lab)
    assert registry.text(key, "WorkDir") == work
    assert registry.text(rf"{key}\AlertViewer", "AlertPath") == rf"{work}\alert"
    assert registry.text(key, "DiosaFilter") == rf"{work}\Alert\filter\odiosasg"
    assert registry.text(key, "GeneralFilter") == rf"{work}\Alert\filter\genericsg"
    assert registry.exists(r"HKLM\SOFTWARE\NEC") == (lab.description.architecture == "x86")


def test_services_are_found_by_display_name_and_stand_as_procedure_4_leaves_them(lab):
    services = lab.machines["node2"].services
    for display in SIX | {"ESMPRO/CM Manager", "ESMPRO Time Server"}:
        key = services.by_display_name(display)
        assert key not in (None, display)
        assert (services.configuration(key).start, services.status(key).state) == (3, STOPPED)
    server = services.by_display_name("CLUSTERPRO Server")
    assert services.status(server).state == RUNNING
    assert services.configuration(server).type == 0x110


@pytest.mark.parametrize(
    ("name", "build", "pack", "machine_type", "acp", "interactive"),
    [
        ("2008 R2", "7601", "Service Pack 1", "AMD64", "932", 0),
        ("2003", "3790", "Service Pack 2", "x86", "932", 0),
        ("2022", "20348", "", "AMD64", "1252", 1),
    ],
)
def test_the_registry_tells_what_a_node_is(name, build, pack, machine_type, acp, interactive):
    description = VARIANTS[name]
    lab = Lab(description)
    registry = lab.machines["node1"].registry
    control = r"HKLM\SYSTEM\CurrentControlSet\Control"
    current = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    assert registry.text(current, "CurrentBuildNumber") == build
    assert registry.text(current, "CSDVersion") == pack
    assert name in registry.text(current, "ProductName")
    assert registry.text(rf"{control}\Session Manager\Environment", "PROCESSOR_ARCHITECTURE") == machine_type
    assert registry.text(rf"{control}\Nls\CodePage", "ACP") == acp
    assert registry.text(rf"{control}\Nls\CodePage", "OEMCP") == str(description.code_page)
    assert registry.text(rf"{control}\ComputerName\ComputerName", "ComputerName") == "NODE1"
    assert registry.number(rf"{control}\Windows", "NoInteractiveServices") == interactive
    moments = [machine.registry.get(rf"{control}\Windows", "ShutdownTime").content for machine in lab.machines.values()]
    assert all(len(moment) == 8 for moment in moments)
    assert len(set(moments)) == len(moments)


def test_products_have_uninstall_entries(lab):
    registry = lab.machines["node1"].registry
    uninstall = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
    for bits, title in ((64, "CLUSTERPRO X 3.1 for Windows"), (32, "WebSAM ClientManager")):
        key = registry.in_view(uninstall, bits)
        titles = [registry.text(rf"{key}\{product}", "DisplayName") for product in registry.keys(key)]
        assert title in titles
