"""The whole manual on every kind of cluster that it covers: installed, applied again, operated and uninstalled.

Every pair of values that two factors can have is in at least one row (pairwise); the first test asserts it.  All of
them are possible, so none is left out: what no cluster can be, such as 2008 R2 on x86, is one factor, "windows".  The
eight rows were found by a random search; with one factor of three values and seven of two, six rows cannot do it.
"""

from collections.abc import Callable
from dataclasses import astuple, fields
from itertools import combinations, product
from xml.etree import ElementTree

import pytest

from runbook_lib.clientmanager.facts import ESMPRO_SERVICES, START_ORDER, STOP_ORDER
from tests.clusters import Cluster
from tests.procedure_4 import assert_set_up
from tests.procedure_5 import assert_shared, files_of
from tests.run.uninstalling import assert_gone, said
from tests.whole_procedure import ADDRESS, GROUP, Person, Situation, add_own_script, keys, share_for_server_manager

VALUES = (
    ("2003 x86", "2008 R2 x64", "2022 x64"),
    ("ja", "en"),
    ("shared", "mirror"),
    ("floating", "virtual"),
    (2, 3),
    ("silent", "attended"),
    (False, True),
    (False, True),
)
SITUATIONS = (
    Situation("2003 x86", "ja", "mirror", "floating", 3, "attended", own_script=False, server_manager=True),
    Situation("2003 x86", "ja", "mirror", "virtual", 2, "attended", own_script=True, server_manager=True),
    Situation("2003 x86", "en", "shared", "floating", 3, "silent", own_script=True, server_manager=False),
    Situation("2008 R2 x64", "ja", "shared", "floating", 3, "attended", own_script=True, server_manager=False),
    Situation("2008 R2 x64", "en", "mirror", "virtual", 2, "silent", own_script=False, server_manager=True),
    Situation("2022 x64", "ja", "shared", "floating", 2, "attended", own_script=True, server_manager=True),
    Situation("2022 x64", "ja", "shared", "virtual", 2, "silent", own_script=False, server_manager=False),
    Situation("2022 x64", "en", "mirror", "virtual", 3, "attended", own_script=False, server_manager=False),
)
START = [f"ARMLOAD {one.watch_id}" for one in START_ORDER if one.watch_id] + ["ARMNSADD esmprocm"]
STOP = ["ARMNSDEL esmprocm", *(f"ARMKILL {one.watch_id}" for one in STOP_ORDER if one.watch_id)]


def test_every_pair_is_covered() -> None:
    for (one, first), (other, second) in combinations(enumerate(VALUES), 2):
        covered = {(astuple(row)[one], astuple(row)[other]) for row in SITUATIONS}
        names = fields(Situation)[one].name, fields(Situation)[other].name
        assert covered == set(product(first, second)), names


@pytest.mark.wire
@pytest.mark.parametrize("row", SITUATIONS, ids=lambda row: "-".join(map(str, astuple(row))).replace(" ", "_"))
def test_from_the_first_procedure_to_the_last(start_cluster: Callable[..., Cluster], row: Situation) -> None:
    cluster = start_cluster(row.site, "clustered", row.changes())
    person, site, lab = Person(cluster), cluster.site, cluster.lab.cluster
    lab.sync_wait_s = 0.1
    for machine in cluster.lab.machines.values():
        machine.boot_s, machine.services.start_seconds, machine.services.stop_seconds = 0.1, 0.0, 0.0
    first, last = site.group.policy[0], site.group.policy[-1]

    person.carry_out_all("0", "1", "2")
    own = add_own_script(cluster) if row.own_script else {}
    person.carry_out_all("3", "4")
    assert_set_up(cluster)
    work_folder = files_of(cluster.machine(first), site.nvwork_local)
    if row.server_manager:
        share_for_server_manager(cluster)
    changes = cluster.changes()
    person.carry_out_all("5")
    assert (cluster.changes() == changes) == row.server_manager
    person.carry_out_all("6")
    lab.script_calls.clear()
    person.carry_out_all("7")
    assert called(cluster) == [*START, *(["ARMBCAST /MSG"] if own else [])]
    assert_installed(cluster, row, own)
    assert_shared(cluster, work_folder)

    changes = cluster.changes()
    person.carry_out_all("2", "3", "4", "5", "6", "7")
    person.carry_out_all("9")
    assert {event["outcome"] for event in cluster.events() if event["event"] == "state.ended"} <= {"ok", "skipped"}
    assert cluster.changes() == changes

    person.carry_out("09_operate_manager", last)
    assert called(cluster)[: len(STOP)] == STOP
    assert_installed(cluster, row, own, active=last)
    assert (row.set_up == "silent") == (not {"4-(1)", "4-(2)", "6-(2)"} & set(person.did))

    person.carry_out_all("10")
    assert r"W:\NVWORK: stays: " in said(cluster)
    assert_gone(cluster)
    changes = cluster.changes()
    person.carry_out("10_uninstall_manager", first)
    assert cluster.changes() == changes


def called(cluster: Cluster) -> list[str]:
    """What the scripts called since the last look: programs and their first arguments, in order."""
    calls = [f"{one.program} {one.arguments[0]}" for one in cluster.lab.cluster.script_calls if one.arguments]
    cluster.lab.cluster.script_calls.clear()
    return calls


def assert_installed(cluster: Cluster, row: Situation, own: dict[str, bytes], active: str = "") -> None:
    """The group, the services and the registry are what the manual says, by the lab's own account.

    *own* is what the scripts were before ClientManager's lines were added; it is still at their end.
    """
    site, lab = cluster.site, cluster.lab.cluster
    policy = site.group.policy
    group, active = lab.groups[GROUP], active or policy[0]
    assert (group.active, group.state, group.policy) == (active, "Online", policy)
    disk, address = ("md" if row.disk == "mirror" else "sd"), ("fip" if row.address == "floating" else "vip")
    kinds = {one.kind: one for one in group.resources}
    assert sorted(kinds) == sorted([address, disk, "script", "regsync"])
    assert len(group.resources) == 4
    assert (kinds[disk].drive, kinds[address].address) == ("W:", ADDRESS)
    assert kinds["regsync"].keys == keys(cluster)
    services = set(ESMPRO_SERVICES)
    for node in policy:
        machine = cluster.machine(node)
        for name, lines in own.items():
            assert machine.files.read(rf"{site.cluster.install_folder}\scripts\{GROUP}\own\{name}").endswith(lines)
        content = machine.files.read(rf"{site.cluster.install_folder}\etc\clp.conf")
        assert content == lab.configuration
        text = content.decode("cp932").partition("?>")[2]
        (registered,) = [one for one in ElementTree.fromstring(text).iter("group") if one.get("name") == GROUP]
        order = {one.get("name"): int(one.findtext("order", "")) for one in registered.findall("policy")}
        assert sorted(order, key=lambda name: order[name]) == list(policy)
        assert len(registered.findall("resource")) == 4
        running = {
            name
            for name in services
            if machine.services.status(machine.services.by_display_name(name) or "").state == 4
        }
        assert running == (services if node == active else set())
        assert ("W:" in machine.files.drives) == (node == active)
    registry = cluster.machine(active).registry
    assert registry.text(registry.in_view(r"HKLM\SOFTWARE\NEC\NVBASE", 32), "WorkDir") == r"W:\NVWORK"
    assert registry.text(registry.in_view(r"HKLM\SOFTWARE\NEC\ESMPRO/CM", 32), "ConnectManager") == ADDRESS
