"""Chapters 8 and 9 on the lab: what connects from outside, and the cluster on an ordinary day."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runbook_lib.batch import find_chapters, run_chapters
from runbook_lib.cli import main
from runbook_lib.errors import NotConfirmed, ParameterError, Waiting
from runbook_lib.lab.cluster import Cluster as LabCluster
from runbook_lib.lab.machine import Machine
from runbook_lib.lab.programs import ipconfig
from runbook_lib.lab.windows import make_machine
from runbook_lib.lab.wire import Endpoint
from tests.clusters import PASSWORD, Cluster

pytestmark = pytest.mark.wire

GROUP = "ESMPROCM"
MOVED = f"Group {GROUP} runs on node2"
UNINSTALL = r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall\{CLIENT}"


@pytest.fixture
def complete(start_cluster: Callable[..., Cluster]) -> Cluster:
    return start_cluster("lab", "complete")


@pytest.fixture
def outside(complete: Cluster) -> Iterator[Machine]:
    """A machine outside the cluster, which the site names."""
    machine = make_machine("pc1", LabCluster("nowhere"))
    endpoint = Endpoint(machine, "runbook", PASSWORD, 0, None)
    endpoint.start()
    complete.change_site(outside_machines={"pc1": {"address": "127.0.0.1", "port": endpoint.port}})
    yield machine
    endpoint.stop()


def ends(cluster: Cluster) -> dict[str, Any]:
    return {event["state"]: event for event in cluster.events() if event["event"] == "state.ended"}


def values(end: dict[str, Any]) -> dict[str, Any]:
    return {row["key"]: row["after"] for row in end["differences"]}


def operate(cluster: Cluster, node: str = "node1", *, apply: bool = False) -> dict[str, Any]:
    cluster.carry_out("09_operate_manager", node, apply=apply)
    return ends(cluster)


def connect(cluster: Cluster, *, apply: bool = False) -> dict[str, Any]:
    cluster.carry_out("08_connect_components", "node1", apply=apply)
    return ends(cluster)


def attest(key: str, *more: str) -> None:
    assert main(["confirm", "lab", key, "--change", "test", "--by", "Sato", "--note", "ok", *more]) == 0


@pytest.mark.parametrize("name", ["lab", "lab-2003"])
def test_an_ordinary_day(start_cluster: Callable[..., Cluster], name: str) -> None:
    cluster = start_cluster(name, "complete")
    cluster.change_site(clientmanager__gui_processes=["CMGui.exe"])
    found = operate(cluster)
    assert {title: end["outcome"] for title, end in found.items() if end["outcome"] != "ok"} == {
        "The clustered manager has no parent manager": "differs"
    }
    assert set(cluster.changes().values()) == {0}


def test_what_is_wrong_is_told_with_its_node(complete: Cluster) -> None:
    complete.change_site(clientmanager__gui_processes=["CMGui.exe"])
    first, second = complete.machine("node1"), complete.machine("node2")
    for machine in (first, second):
        machine.services.stop_seconds = machine.services.start_seconds = 0.0
    first.services.stop(first.services.by_display_name("ESMPRO/CM Sender") or "")
    second.services.start(second.services.by_display_name("ESM Base Service") or "")
    second.processes.add("cmgui.EXE", pid=8000)
    complete.lab.cluster.mirror = "Caution"
    found = operate(complete)
    services = values(found[f"13 services run where group {GROUP} runs, and nowhere else"])
    assert services["running on node1 (active)"] == "12 of 13, without ESMPRO/CM Sender (stopped)"
    assert services["running on node2 (standby)"] == "ESM Base Service (running)"
    assert values(found["CM GUI is open on no standby"])["CM GUI on node2 (standby)"] == "open: cmgui.EXE (8000)"
    monitors = found[f"Resources of group {GROUP} are online, and monitors normal"]
    assert (monitors["outcome"], values(monitors)["monitor mdw1"]) == ("differs", "Caution")


def test_a_node_that_is_away_is_told_and_the_others_are_read(complete: Cluster) -> None:
    complete.lab.endpoints["node2"].go_down()
    found = operate(complete)
    services = values(found[f"13 services run where group {GROUP} runs, and nowhere else"])
    assert services["running on node1 (active)"] == "13 of 13"
    assert services["running on node2 (standby)"].startswith("node2 cannot be reached at ")
    disk = values(found[f"10.0.0.200 and W: are where group {GROUP} runs, and nowhere else"])
    assert disk["W: on node1 (active)"] == "reachable"
    assert disk["W: on node2 (standby)"].startswith("node2 cannot be reached at ")


def test_an_address_in_two_places(complete: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipconfig, "addresses", lambda machine: ["10.0.0.9", "10.0.0.200"])
    found = operate(complete)[f"10.0.0.200 and W: are where group {GROUP} runs, and nowhere else"]
    assert [row["key"] for row in found["differences"] if row["differed"]] == ["10.0.0.200 on node2 (standby)"]


def test_nobody_knows_what_cm_gui_is_called(complete: Cluster) -> None:
    complete.change_site(clientmanager__gui_processes=[])
    end = operate(complete)["CM GUI is open on no standby"]
    assert end["outcome"] == "skipped"
    assert "clientmanager.gui_processes" in end["reason"]


def test_a_guarded_manual_failover_and_back(complete: Cluster) -> None:
    complete.change_site(clientmanager__gui_processes=["CMGui.exe"])
    assert operate(complete, "node2")[MOVED]["outcome"] == "differs"
    assert complete.lab.cluster.active(GROUP) == "node1"
    gui = complete.machine("node1").processes.add("CMGui.exe", pid=9000)
    with pytest.raises(Waiting, match=r"Close CMGui.exe \(process 9000\) on node1"):
        operate(complete, "node2", apply=True)
    complete.machine("node1").processes.remove(gui)
    complete.lab.endpoints["node1"].commands.clear()
    with pytest.raises(Waiting, match="no-parent-manager --change test"):
        operate(complete, "node2", apply=True)
    end = ends(complete)[MOVED]
    assert re.search(r"moved from node1 to node2 \(.* UTC, [\d.]+ s\)\. .* alerts .* can be lost", end["reason"])
    assert complete.lab.cluster.active(GROUP) == "node2"
    attest("no-parent-manager")
    again = operate(complete, "node2", apply=True)
    assert {end["outcome"] for end in again.values()} == {"ok"}
    complete.carry_out("09_operate_manager", "node1", apply=True, change="another")
    back = ends(complete)
    attested = values(back["The clustered manager has no parent manager"])["no-parent-manager"]
    assert re.fullmatch(r"attested by Sato at .*: ok \(in change test\)", attested)
    assert {end["outcome"] for end in back.values()} == {"ok", "changed"}
    assert complete.lab.cluster.active(GROUP) == "node1"


def test_nothing_is_moved_while_a_node_is_out_of_the_cluster(complete: Cluster) -> None:
    complete.change_site(clientmanager__gui_processes=["CMGui.exe"])
    complete.lab.cluster.stopped.add("node2")
    with pytest.raises(NotConfirmed, match=r"Step 9-\(1\) on node1: node2 is Offline"):
        operate(complete, apply=True)


@pytest.mark.parametrize("name", ["lab", "lab-2003", "lab-2022"])
def test_the_sheet_has_what_is_registered(start_cluster: Callable[..., Cluster], name: str) -> None:
    cluster = start_cluster(name, "complete")
    connect(cluster)
    (table,), (page,) = cluster.home.rglob("*.sheet.csv"), cluster.home.rglob("*.sheet.html")
    assert table.with_suffix("").with_suffix(".jsonl") == cluster.journals()[-1]
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["item"]: row for row in csv.DictReader(file)}
    kind = f"{cluster.site.group.address.kind.capitalize()} IP address"
    address = str(cluster.site.group.address.ip)
    assert {item: row["value"] for item, row in rows.items()} == {
        "Cluster name": cluster.site.cluster.name,
        "Failover group": GROUP,
        kind: address,
        "Manager's machine": address,
    }
    text = page.read_text("utf-8")
    assert address in text
    assert "フェールオーバーグループ名" in text
    assert not re.search(r"<script|http|src=", text)
    assert set(cluster.changes().values()) == {0}


def test_what_is_registered_counts_and_the_site_file_does_not(complete: Cluster) -> None:
    complete.change_site(group__address__ip="10.0.0.201", cluster__name="tokyo1")
    end = connect(complete)["Cluster, failover group and address are registered as the site file says"]
    assert end["outcome"] == "differs"
    (table,), (page,) = complete.home.rglob("*.sheet.csv"), complete.home.rglob("*.sheet.html")
    assert "10.0.0.200" in table.read_text("utf-8-sig")
    assert "registered 10.0.0.200, the site file says 10.0.0.201" in page.read_text("utf-8")
    with pytest.raises(NotConfirmed, match=r"Step 8-\(1\) on node1: cluster name is lab, expected tokyo1"):
        connect(complete, apply=True)
    assert len(list(complete.home.rglob("*.sheet.csv"))) == 1


def test_without_a_list_of_machines_a_person_attests(complete: Cluster) -> None:
    with pytest.raises(Waiting, match=r"Step 8-\(2\) on node1: .*runbook confirm lab outside-machines --change test"):
        connect(complete, apply=True)
    attest("outside-machines")
    assert {end["outcome"] for end in connect(complete, apply=True).values()} == {"ok"}


def test_a_machine_outside_is_read(complete: Cluster, outside: Machine) -> None:
    title = "CLUSTERPRO client is set up on pc1"
    with pytest.raises(Waiting, match=r"Set CLUSTERPRO client up on pc1, before any component"):
        connect(complete, apply=True)
    outside.registry.seed(UNINSTALL, "DisplayName", "REG_SZ", "CLUSTERPRO X Client 3.1")
    outside.registry.seed(UNINSTALL, "DisplayVersion", "REG_SZ", "11.10")
    key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC\ESMPRO/CM"
    outside.registry.seed(key, "Manager", "REG_SZ", "10.0.0.200")
    outside.registry.seed(key, "Other", "REG_SZ", "NODE1")
    end = connect(complete, apply=True)[title]
    assert end["outcome"] == "ok"
    found = values(end)
    assert found["client"] == "CLUSTERPRO X Client 3.1 11.10"
    assert found["ESMPRO/CM\\Manager"] == "10.0.0.200: the group's address"
    assert found["ESMPRO/CM\\Other"] == "NODE1: names the node node1, not the group"
    assert outside.changes == []


def test_a_machine_outside_that_nothing_can_be_read_of(complete: Cluster, outside: Machine) -> None:
    complete.change_site(outside_machines__pc1__port=1)
    with pytest.raises(Waiting, match=r"pc1 cannot be reached at .* Switch pc1 on, or look there"):
        connect(complete, apply=True)
    attest("client-pc1")
    end = connect(complete, apply=True)["CLUSTERPRO client is set up on pc1"]
    assert end["outcome"] == "ok"
    assert re.fullmatch(r"attested by Sato at .*: ok", values(end)["client"])


def test_another_machine_at_the_address(complete: Cluster, outside: Machine) -> None:
    complete.change_site(
        outside_machines={"pc2": complete.site.outside_machines["pc1"].model_dump(include={"address", "port"})}
    )
    end = connect(complete)["CLUSTERPRO client is set up on pc2"]
    assert {row["key"] for row in end["differences"] if row["differed"]} == {"client", "calls itself"}


def test_a_chapter_cannot_run_on_a_machine_outside(complete: Cluster, outside: Machine) -> None:
    with pytest.raises(ParameterError, match="there is no node 'pc1'"):
        complete.carry_out("09_operate_manager", "pc1", apply=False)


@pytest.mark.notebook
def test_the_executed_notebooks_show_it(start_cluster: Callable[..., Cluster]) -> None:
    """Chapters 8 and 9 as the batch runs them: once for the cluster, on three nodes over HTTPS."""
    cluster = start_cluster("lab-2022", "complete")
    chapters = find_chapters(cluster.home / "notebooks", ["8", "9"])
    results = run_chapters(cluster.site, chapters, change="C1")
    assert [(one.chapter, one.node) for one in results] == [("8", "node1"), ("9", "node1")]
    assert all(one.notebook and one.outcome == "differs" for one in results), results
    sheet, day = (json.loads(one.notebook.read_text()) for one in results if one.notebook)
    shown = json.dumps([cell.get("outputs") for cell in sheet["cells"]], ensure_ascii=False)
    assert "10.0.22.200</b>" in shown
    assert "node1.plan." in shown
    assert "W: on node3 (standby)" in json.dumps(day, ensure_ascii=False)
    assert {path.suffix for path in (cluster.home / "outputs" / "C1").iterdir()} == {
        ".ipynb",
        ".jsonl",
        ".csv",
        ".html",
    }
