"""The cluster configuration on the nodes, and the command that takes it and gives it."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab

DESCRIPTION = LabDescription((LabNode("node1"), LabNode("NODE2")), "runbook", "Pass-word 1")
FOLDER = DESCRIPTION.clusterpro_folder
FILE = rf"{FOLDER}\etc\clp.conf"
DIR = r"C:\work"
SECOND = (
    b'  <group name="other">\r\n    <comment/>\r\n    <policy name="node2"><order>0</order></policy>\r\n  </group>\r\n'
)


@pytest.fixture
def lab() -> Lab:
    made = Lab(DESCRIPTION)
    for machine in made.machines.values():
        machine.files.seed_folder(DIR)
        machine.files.seed(rf"{FOLDER}\scripts\failover\script1\start.bat", b"rem start")
    return made


def xml(content: bytes) -> ET.Element:
    encoding = re.search(rb'encoding="(\w+)"', content)[1]
    return ET.fromstring(content.split(b"?>", 1)[1].decode({b"SJIS": "cp932", b"ASCII": "ascii"}[encoding]))


def counted(content: bytes, difference: int) -> bytes:
    """The file with its number of objects changed by so many."""
    return re.sub(rb"(<objectnumber>)(\d+)", lambda found: found[1] + str(int(found[2]) + difference).encode(), content)


def with_second_group(content: bytes) -> bytes:
    return counted(content.replace(b"  <resource>\r\n", SECOND + b"  <resource>\r\n", 1), 1)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("disk", "address"), [("mirror", "floating"), ("shared", "virtual")])
def test_every_node_has_the_file_of_the_cluster_as_it_is(language, disk, address):
    lab = Lab(replace(DESCRIPTION, language=language, disk_kind=disk, address_kind=address))
    first, second = (machine.files.read(FILE) for machine in lab.machines.values())
    assert first == second
    assert not any(machine.changes for machine in lab.machines.values())
    root = xml(first)
    assert [one.get("name") for one in root.findall("server")] == ["node1", "node2"]
    kinds = {"mirror": "md", "shared": "sd", "floating": "fip", "virtual": "vip"}
    held = [f"{kinds[kind]}@{kinds[kind]}1" for kind in (address, disk)]
    assert [one.get("name") for one in root.findall("group/resource")] == held
    assert root.findtext("resource/*/parameters/volumemountpoint") == "W"
    assert DESCRIPTION.address in [one.text for one in root.iter()]
    monitors = [one.get("name") for one in root.findall("monitor/*") if one.tag != "types"]
    assert sorted(monitors) == sorted(lab.cluster.monitors())
    assert int(root.findtext("webmgr/client/objectnumber")) == 2 + 2 * 1 + 1 + 2 + len(monitors) + 4
    assert (b"\r\n" in first, b" />" in first) == ((True, False) if language == "ja" else (False, True))


def test_a_pull_takes_the_file_and_the_scripts(lab, call):
    machine = lab.machines["node1"]
    answer = call(machine, "clpcfctrl", "--pull", "-w", "-x", ".", folder=DIR)
    assert (answer.code, answer.out) == (0, "Command succeeded.\r\n")
    assert machine.files.read(rf"{DIR}\clp.conf") == machine.files.read(FILE)
    assert machine.files.read(rf"{DIR}\scripts\failover\script1\start.bat") == b"rem start"
    assert not lab.machines["NODE2"].changes


@pytest.mark.parametrize("options", [["-w", "-x", DIR], ["-x", DIR, "-l", "--force"], []])
def test_a_push_reaches_every_node_and_registers_the_groups(lab, call, options):
    machine = lab.machines["node1"]
    content = with_second_group(machine.files.read(FILE))
    place = DIR if options else rf"{FOLDER}\etc"
    machine.files.write(rf"{place}\clp.conf", content)
    scripts = DIR if options else FOLDER
    machine.files.make_folder(rf"{scripts}\scripts\other\script1")
    machine.files.write(rf"{scripts}\scripts\other\script1\stop.bat", b"rem stop")
    assert call(machine, "clpcfctrl", "--push", *options).out == "Command succeeded.\r\n"
    for one in lab.machines.values():
        assert one.files.read(FILE) == content
        assert one.files.read(rf"{FOLDER}\scripts\other\script1\stop.bat") == b"rem stop"
        # What is not in the folder that is pushed is in force no longer.
        assert one.files.exists(rf"{FOLDER}\scripts\failover\script1\start.bat") == (not options)
    assert (lab.cluster.groups["other"].policy, lab.cluster.active("other")) == (("NODE2",), None)
    assert lab.cluster.active("ESMPROCM") == "node1"
    assert ("cluster", "other", "registered") in [(one.kind, one.what, one.how) for one in machine.changes]
    assert call(lab.machines["NODE2"], "clpgrp", "-s", "other").code == 0


def pushed(lab, call, content: bytes):
    machine = lab.machines["node1"]
    machine.files.write(rf"{DIR}\clp.conf", content)
    return call(machine, "clpcfctrl", "--push", "-w", "-x", DIR)


def test_a_change_of_a_running_group_stops_it_by_force(lab, call):
    content = lab.machines["node1"].files.read(FILE)
    assert pushed(lab, call, content.replace(b"  <comment/>", b"  <comment></comment>")).code == 0
    assert lab.cluster.active("ESMPROCM") == "node1"
    assert pushed(lab, call, content.replace(b"10.0.0.200", b"10.0.0.201")).code == 0
    assert lab.cluster.active("ESMPROCM") is None
    assert lab.cluster.groups["ESMPROCM"].resources[0].address == "10.0.0.201"
    lab.cluster.start("ESMPROCM")
    assert "W:" in lab.machines["node1"].files.drives


def test_a_group_that_is_no_longer_in_the_file_is_stopped_and_gone(lab, call):
    content = lab.machines["node1"].files.read(FILE)
    without = counted(re.sub(rb"(?s)  <group .*?</group>\r\n", b"", content), -1)
    assert pushed(lab, call, without).code == 0
    assert lab.cluster.groups == {}
    assert "W:" not in lab.machines["node1"].files.drives
    assert pushed(lab, call, content).code == 0
    lab.cluster.start("ESMPROCM", "NODE2")
    assert lab.machines["NODE2"].files.exists(DESCRIPTION.shared_folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<server name="node2">', b'<server name="NODE2">'),
        (b'<server name="node2">', b'<server name="node3">'),
        (b"<root>", b"<root><group>"),
        ("表示".encode("cp932"), b"\x95 "),
        (b'<types name="fip"/>', b""),
        (b'<types name="fip"/>', b'<types name="fip"/><types name="vip"/>'),
        (b"<objectnumber>1", b"<objectnumber>2"),
        (b'"md@md1"', b'"md@md2"'),
        (b'"md@md1"', b'"fip@fip1"'),
        (b">W<", b">V<"),
        (b'group name="ESMPROCM">', b'group name="ESMPROCM"><policy name="NODE2"/>'),
    ],
)
def test_what_the_product_does_not_take_changes_nothing(lab, call, old, new):
    content = lab.machines["node1"].files.read(FILE)
    assert old in content
    answer = pushed(lab, call, content.replace(old, new))
    assert (answer.code, answer.out[:43]) == (1, "The cluster configuration data is invalid. ")
    assert all(machine.files.read(FILE) == content for machine in lab.machines.values())
    assert lab.cluster.active("ESMPROCM") == "node1"
    assert not lab.machines["NODE2"].changes


def test_a_push_that_worked_can_end_with_another_exit_code(lab, call):
    lab.cluster.push_exit_code = 9
    answer = pushed(lab, call, with_second_group(lab.machines["node1"].files.read(FILE)))
    assert (answer.code, answer.out) == (9, "Command succeeded.\r\n")
    assert "other" in lab.cluster.groups


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--pull"],
        ["--pull", "-w"],
        ["--pull", "--push", "-x", DIR],
        ["--push", "-z"],
        ["--pull", "--force", "-x", DIR],
        ["--pull", "-x", r"C:\nowhere"],
        ["--push", "-x", r"C:\nowhere"],
    ],
)
def test_refusals(lab, call, arguments):
    assert call(lab.machines["node1"], "clpcfctrl", *arguments).code == 1
    assert not lab.machines["node1"].changes


def test_the_command_is_found_in_the_path(lab, shell):
    assert rf"{FOLDER}\bin\clpcfctrl.exe" in shell(lab.machines["node1"], "where clpcfctrl").lines
    assert shell(lab.machines["node1"], rf'clpcfctrl --pull -w -x "{DIR}"').code == 0
