"""Chapters 2 and 6 on the lab, over real WinRM: what they make of the group, read back from the lab itself."""

import time
from collections.abc import Callable

import pytest

from runbook_lib import open_run
from runbook_lib.cli.simulated import describe
from runbook_lib.clientmanager.facts import START_ORDER, STOP_ORDER
from runbook_lib.clientmanager.scripts import script_part, whole_script
from runbook_lib.clientmanager.steps_settings import keys_no_longer_travel, scripts_without_our_lines
from runbook_lib.errors import NotApplied, Waiting
from runbook_lib.lab.sample_scripts import own_scripts
from runbook_lib.run.confirmations import confirm
from runbook_lib.states.clpconf import exported, parse, script, with_group, with_resource
from tests.clusters import Cluster

pytestmark = pytest.mark.wire

FOLDER = r"C:\Program Files\CLUSTERPRO"
KEYS_X64 = (
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC\ESMPRO/CM",
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC\NVBASE",
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Nvbase",
)
KEYS_X86 = tuple(key.replace(r"\Wow6432Node", "") for key in KEYS_X64)


def carry_out(cluster: Cluster, number: int, *, apply: bool = True, node: str = "node1") -> dict[str, str]:
    """Chapter 2 or 6; the outcome of each step."""
    name = {2: "02_register_group", 6: "06_add_scripts_and_keys"}[number]
    cluster.carry_out(name, node, apply=apply)
    return {event["step"]: event["outcome"] for event in cluster.events() if event["event"] == "step.ended"}


def allow(cluster: Cluster, purpose: str = "settings") -> None:
    """A person says that the group may be stopped now."""
    confirm(cluster.home / "outputs" / "test", cluster.name, f"stop-for-{purpose}", "", "Sato", "agreed for tonight")


def scripts(cluster: Cluster, resource: str = "script1") -> dict[str, dict[str, bytes]]:
    """The files of a script resource on every node, by the lab's own account."""
    place = rf"{FOLDER}\scripts\ESMPROCM\{resource}"
    return {
        node: {
            entry.path[len(place) + 1 :]: machine.files.read(entry.path) for entry in machine.files.walk(place)
        }
        for node, machine in cluster.lab.machines.items()
        if machine.files.is_folder(place)
    }  # fmt: skip


def keys(cluster: Cluster) -> list[tuple[str, ...]]:
    return [one.keys for one in cluster.lab.cluster.groups["ESMPROCM"].resources if one.kind == "regsync"]


def called(cluster: Cluster) -> list[str]:
    """What the scripts called since the last look: watch IDs and names, in order."""
    calls = [f"{one.program} {one.arguments[0]}" for one in cluster.lab.cluster.script_calls if one.arguments]
    cluster.lab.cluster.script_calls.clear()
    return calls


@pytest.mark.parametrize("name", ["lab", "lab-2022"])
def test_group_and_settings_from_nothing(start_cluster: Callable[..., Cluster], name: str) -> None:
    """From a cluster without the group: chapter 2, the group started, chapter 6, the group started again."""
    cluster = start_cluster(name, "clustered")
    lab = cluster.lab.cluster
    assert lab.groups == {}
    assert carry_out(cluster, 2, apply=False) == {"2": "differs"}
    assert cluster.changes() == dict.fromkeys(cluster.lab.machines, 0)
    assert carry_out(cluster, 2) == {"2": "changed"}
    group = lab.groups["ESMPROCM"]
    assert group.policy == cluster.site.group.policy
    assert {(one.kind, one.address, one.drive) for one in group.resources} == {
        ("fip", str(cluster.site.group.address.ip), ""),
        ("md", "", "W:"),
    }
    assert carry_out(cluster, 2) == {"2": "ok"}


def test_check_apply_again(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "shared")
    lab, nodes = cluster.lab.cluster, cluster.site.group.policy
    assert carry_out(cluster, 6, apply=False) == {"6-(1)": "differs", "6-(2)": "differs"}
    assert cluster.changes() == dict.fromkeys(nodes, 0)
    with pytest.raises(Waiting, match=r"stops it by force.*runbook confirm \S+ stop-for-settings --change test"):
        carry_out(cluster, 6)
    assert lab.active("ESMPROCM") == nodes[0]
    assert cluster.changes() == dict.fromkeys(nodes, 0)

    allow(cluster)
    assert carry_out(cluster, 6) == {"6-(1)": "changed", "6-(2)": "changed"}
    assert lab.active("ESMPROCM") is None
    site = cluster.site
    ours = {"start.bat": whole_script(site, "start"), "stop.bat": whole_script(site, "stop")}
    assert scripts(cluster) == dict.fromkeys(nodes, ours)
    assert keys(cluster) == [KEYS_X64]
    changes = cluster.changes()
    assert carry_out(cluster, 6) == {"6-(1)": "ok", "6-(2)": "ok"}
    assert cluster.changes() == changes

    lab.script_calls.clear()
    lab.start("ESMPROCM", nodes[0])
    started = called(cluster)
    assert started == [f"ARMLOAD {one.watch_id}" for one in START_ORDER if one.watch_id] + ["ARMNSADD esmprocm"]
    assert {run.exit_code for run in lab.script_runs} == {0}
    lab.move("ESMPROCM", nodes[1])
    stopped = [f"ARMKILL {one.watch_id}" for one in STOP_ORDER if one.watch_id]
    assert called(cluster) == ["ARMNSDEL esmprocm", *stopped, *started]
    for value in ("WorkDir", "DiosaFilter"):
        held = {
            machine.registry.text(machine.registry.in_view(r"HKLM\SOFTWARE\NEC\NVBASE", 32), value)
            for machine in cluster.lab.machines.values()
        }
        assert len(held) == 1
        assert held.pop().startswith("W:\\NVWORK")


def undo(cluster: Cluster, node: str = "node1") -> list[str]:
    """The first step of an uninstallation: what chapter 6 has added leaves the group."""
    with open_run(cluster.name, node, chapter="10", apply=True, change="test") as run:
        states = (keys_no_longer_travel(cluster.site), scripts_without_our_lines(cluster.site))
        return [run.ensure("10", state).outcome for state in states]


def with_own_script(cluster: Cluster) -> dict[str, bytes]:
    """A script resource with lines of its own, as somebody registered it in WebManager before."""
    own = own_scripts(describe(cluster.site, "x"))
    cluster.lab.operator.webmanager_edit(
        lambda before: with_resource(parse(before), "ESMPROCM", script("own")).render(),
        {rf"ESMPROCM\own\{name}": text for name, text in own.items()},
    )
    return own


def test_lines_of_others_stay_and_run(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "shared")
    own, lab = with_own_script(cluster), cluster.lab.cluster
    assert lab.active("ESMPROCM") is None
    before = lab.configuration
    assert carry_out(cluster, 6) == {"6-(1)": "changed", "6-(2)": "changed"}
    for files in scripts(cluster, "own").values():
        assert {name: text[-len(own[name]) :] for name, text in files.items() if name in own} == own
        assert files["cm_start.bat"] == script_part(cluster.site, "start")
        assert files["cm_stop.bat"] == script_part(cluster.site, "stop")
    lab.script_calls.clear()
    lab.start("ESMPROCM")
    assert called(cluster)[-2:] == ["ARMNSADD esmprocm", "ARMBCAST /MSG"]

    with pytest.raises(Waiting, match="stop-for-removal"):
        undo(cluster)
    allow(cluster, "removal")
    assert undo(cluster) == ["changed", "changed"]
    assert lab.configuration == before
    assert scripts(cluster, "own") == dict.fromkeys(cluster.lab.machines, own)
    changes = cluster.changes()
    assert undo(cluster) == ["ok", "ok"]
    assert cluster.changes() == changes


def test_a_resource_of_ours_alone_leaves_with_its_scripts(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "shared")
    lab = cluster.lab.cluster
    before = lab.configuration
    lab.stop("ESMPROCM")
    carry_out(cluster, 6)
    assert undo(cluster, "node2") == ["changed", "changed"]
    assert lab.configuration == before
    assert not any(scripts(cluster).values())


def test_a_person_enters_the_keys_where_no_fragment_shows_how(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab-2003", "shared")
    lab = cluster.lab.cluster
    lab.stop("ESMPROCM")
    with pytest.raises(Waiting) as waiting:
        carry_out(cluster, 6)
    assert ", ".join(KEYS_X86) in str(waiting.value)
    entries = "".join(f'<list id="{number}"><key>{key}</key></list>' for number, key in enumerate(KEYS_X86))
    regsync = f'<regsync name="regsync7"><parameters>{entries}</parameters></regsync>'
    cluster.lab.operator.webmanager_edit(
        lambda before: with_resource(parse(before), "ESMPROCM", exported(regsync)).render()
    )
    assert carry_out(cluster, 6) == {"6-(1)": "ok", "6-(2)": "ok"}
    assert keys(cluster) == [KEYS_X86]


def test_a_person_adds_what_chapter_2_cannot(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab-2003", "clustered")
    with pytest.raises(Waiting, match=r"register group ESMPROCM and add a virtual IP resource with 10.0.3.200"):
        carry_out(cluster, 2)
    assert cluster.changes() == {"node1": 0, "node2": 0}

    def in_webmanager(before: bytes) -> bytes:
        registered = with_group(parse(before), "ESMPROCM", ("node1", "node2"))
        vip = exported('<vip name="vip1"><parameters><address>10.0.3.200</address></parameters></vip>')
        return with_resource(registered, "ESMPROCM", vip).render()

    cluster.lab.operator.webmanager_edit(in_webmanager)
    assert carry_out(cluster, 2) == {"2": "changed"}
    assert {(one.kind, one.address or one.drive) for one in cluster.lab.cluster.groups["ESMPROCM"].resources} == {
        ("vip", "10.0.3.200"),
        ("sd", "W:"),
    }
    assert carry_out(cluster, 2) == {"2": "ok"}


def test_keys_do_not_travel_before_the_work_folder_is_shared(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "installed")
    cluster.lab.cluster.stop("ESMPROCM")
    with pytest.raises(NotApplied, match=r"Step 6-\(2\) .* First: .*WorkDir"):
        carry_out(cluster, 6)
    assert keys(cluster) == []


def test_scripts_are_not_added_where_nothing_could_run_them(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab-2022", "shared")
    for machine in cluster.lab.machines.values():
        machine.files.remove(rf"{FOLDER}\bin\armload.exe")
    before = cluster.changes()
    with pytest.raises(NotApplied, match=r"armload on node1 is absent \(CLUSTERPRO X 5 and later has none"):
        carry_out(cluster, 6)
    assert cluster.changes() == before


def test_nodes_whose_scripts_disagree_are_left_alone(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "shared")
    own = with_own_script(cluster)
    file = rf"{FOLDER}\scripts\ESMPROCM\own\start.bat"
    cluster.machine("node2").files.seed(file, own["start.bat"] + b"rem and one more\r\n")
    changes = cluster.changes()
    with pytest.raises(NotApplied, match=r"The scripts of own on node2 are not those on node1"):
        carry_out(cluster, 6)
    assert cluster.changes() == changes


def test_the_scripts_work_after_a_failover_too(start_cluster: Callable[..., Cluster]) -> None:
    cluster = start_cluster("lab", "shared")
    lab = cluster.lab.cluster
    lab.stop("ESMPROCM")
    carry_out(cluster, 6)
    lab.start("ESMPROCM", "node1")
    started = called(cluster)
    cluster.lab.operator.cut_power("node1")
    deadline = time.monotonic() + 20
    group = lab.groups["ESMPROCM"]
    while (group.active, group.state) != ("node2", "Online") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [(run.server, run.variables["CLP_EVENT"]) for run in lab.script_runs[-1:]] == [("node2", "FAILOVER")]
    assert called(cluster)[-len(started) :] == started
