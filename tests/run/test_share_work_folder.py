"""Chapter 5 on the lab, over real WinRM: what it makes true, what it refuses, and what it never loses."""

import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from runbook_lib.errors import NotApplied, NotAuthenticated, NotConfirmed, OutcomeUnknown, Unreachable
from runbook_lib.lab.acl import CI, EVERYONE, FULL, OI, Ace
from tests.clusters import Cluster
from tests.procedure_5 import assert_shared, files_of

pytestmark = pytest.mark.wire

SITES = ["lab", "lab-2003", "lab-2022"]


def outcomes(cluster: Cluster, number: int = -1) -> dict[str, str]:
    """Outcome by state in one journal."""
    return {event["state"]: event["outcome"] for event in cluster.events(number) if event["event"] == "state.ended"}


@pytest.mark.parametrize("name", SITES)
def test_check_apply_again(start_cluster: Callable[[str], Cluster], name: str) -> None:
    """Reading changes nothing; applying makes the manual true on every node; applying again changes nothing."""
    cluster = start_cluster(name)
    active = cluster.site.group.policy[0]
    before = files_of(cluster.machine(active), cluster.site.nvwork_local)
    assert len(before) > 200
    for node in cluster.site.group.policy:
        cluster.carry_out("00_check_environment", node, apply=False)
        assert set(outcomes(cluster).values()) == {"ok"}
        cluster.share(node, apply=False)
        assert "differs" in outcomes(cluster).values()
    assert cluster.changes() == dict.fromkeys(cluster.lab.machines, 0)
    for node in cluster.site.group.policy:
        cluster.share(node)
        assert set(outcomes(cluster).values()) == {"changed", "ok", "skipped"} or node != active
    assert_shared(cluster, before)
    changes = cluster.changes()
    for node in cluster.site.group.policy:
        cluster.share(node)
        assert set(outcomes(cluster).values()) <= {"ok", "skipped"}
    assert cluster.changes() == changes


def test_a_standby_that_comes_first_keeps_its_folder(cluster: Cluster) -> None:
    with pytest.raises(NotApplied, match=r"Step 5-\(2\) on node2: .*NVWORK is kept, because node1 has no W:"):
        cluster.share("node2")
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_standby_with_a_file_that_is_not_shared_keeps_its_folder(cluster: Cluster) -> None:
    cluster.share("node1")
    cluster.machine("node2").files.seed(cluster.site.nvwork_local + "\\only here.txt", b"1")
    with pytest.raises(NotApplied, match=r"has \d+ of its \d+ files \(missing: only here.txt\)"):
        cluster.share("node2")
    assert cluster.machine("node2").files.exists(cluster.site.nvwork_local + "\\only here.txt")


def test_a_wrong_password(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_LAB_PASSWORD", "sesame-77")
    expected = r"Cannot sign in to node1 as runbook: .*Check RUNBOOK_LAB_PASSWORD"
    with pytest.raises(NotAuthenticated, match=expected) as error:
        cluster.share("node1")
    assert "sesame-77" not in str(error.value)
    assert "sesame-77" not in cluster.journals()[-1].read_text()


def test_an_unreachable_node(cluster: Cluster) -> None:
    cluster.lab.endpoints["node1"].go_down()
    with pytest.raises(Unreachable, match=r"node1 cannot be reached at .*: connection refused. Check the address"):
        cluster.share("node1")
    assert cluster.events()[-1]["event"] == "run.refused"


def test_an_active_node_out_of_reach_keeps_the_standby_as_it_is(cluster: Cluster) -> None:
    cluster.lab.endpoints["node1"].go_down()
    with pytest.raises(Unreachable, match="Step 5 on node2: node1 cannot be reached"):
        cluster.share("node2")
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_another_machine_at_the_address(cluster: Cluster) -> None:
    ports = {node: endpoint.port for node, endpoint in cluster.lab.endpoints.items()}
    cluster.change_site(nodes__node1__port=ports["node2"], nodes__node2__port=ports["node1"])
    with pytest.raises(NotConfirmed, match=r"at the address of node1 .* calls itself node2. Nothing was done"):
        cluster.share("node1")


def test_another_machine_at_the_address_of_the_active_node(start_cluster: Callable[[str], Cluster]) -> None:
    """What the active node says decides whether a standby's folder goes: it must be the active node that says it."""
    cluster = start_cluster("lab-2022")
    first, second, third = cluster.site.group.policy
    ports = {node: endpoint.port for node, endpoint in cluster.lab.endpoints.items()}
    cluster.change_site(**{f"nodes__{first}__port": ports[third], f"nodes__{third}__port": ports[first]})
    with pytest.raises(NotConfirmed, match=rf"at the address of {first} .* calls itself (?i:{third})"):
        cluster.share(second)
    assert set(cluster.changes().values()) == {0}


def test_a_service_that_starts_while_the_folder_is_copied(cluster: Cluster) -> None:
    """What the step requires is read again before the source is touched: a service may write there by now."""
    machine = cluster.machine("node1")
    key = machine.services.by_display_name("ESM Base Service")
    assert key
    machine.files.copy_bytes_per_s = 3_000_000

    def start() -> None:
        while not machine.files.exists("W:\\NVWORK.copying\\alert"):
            time.sleep(0.01)
        machine.services.start(key)

    starting = threading.Thread(target=start)
    starting.start()
    with pytest.raises(NotApplied, match=r"Stopped before `ren .*ESM Base Service is .*, expected stopped"):
        cluster.share("node1")
    starting.join()
    assert machine.files.exists(cluster.site.nvwork_local + "\\local")
    assert not machine.files.exists("W:\\NVWORK")


def test_a_full_disk(cluster: Cluster) -> None:
    volume = cluster.machine("node1").files.volume("W:\\")
    volume.capacity_bytes = volume.used_bytes + 100_000
    with pytest.raises(NotApplied, match=r"Step 5-\(1\) on node1: Drive W: is full: 100,000 bytes are free"):
        cluster.share("node1")
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_a_disk_that_fills_while_copying(cluster: Cluster) -> None:
    """Room was there when it was read and is gone when needed: the source stays whole, and the next run goes on."""
    machine = cluster.machine("node1")
    before = files_of(machine, cluster.site.nvwork_local)
    volume = machine.files.volume("W:\\")
    capacity = volume.capacity_bytes
    machine.files.copy_bytes_per_s = 3_000_000

    def fill() -> None:
        while not machine.files.exists("W:\\NVWORK.copying\\alert"):
            time.sleep(0.01)
        volume.capacity_bytes = volume.used_bytes + 50_000

    filling = threading.Thread(target=fill)
    filling.start()
    with pytest.raises(NotApplied, match="exit code"):
        cluster.share("node1")
    filling.join()
    assert files_of(machine, cluster.site.nvwork_local) == before
    assert not machine.files.exists(cluster.site.nvwork_shared)
    volume.capacity_bytes = capacity
    machine.files.copy_bytes_per_s = None
    for node in ("node1", "node2"):
        cluster.share(node)
    assert_shared(cluster, before)


def test_a_work_folder_that_differs_on_both_sides(cluster: Cluster) -> None:
    machine = cluster.machine("node1")
    machine.files.seed("W:\\NVWORK\\alert\\other.txt", b"somebody's")
    before = files_of(machine, cluster.site.nvwork_local)
    with pytest.raises(NotApplied, match=r"W:\\NVWORK already holds something different from .* differences"):
        cluster.share("node1")
    assert files_of(machine, cluster.site.nvwork_local) == before
    assert files_of(machine, "W:\\NVWORK") == {"alert\\other.txt": b"somebody's"}


def test_a_copy_left_over_beside_a_different_destination(cluster: Cluster) -> None:
    """The copy has every file of the source, the destination has the same names: its content counts, not the copy's."""
    machine = cluster.machine("node1")
    before = files_of(machine, cluster.site.nvwork_local)
    for name, content in before.items():
        machine.files.seed(f"W:\\NVWORK.copying\\{name}", content)
        machine.files.seed(f"W:\\NVWORK\\{name}", b"?" * len(content))
    with pytest.raises(NotApplied, match=r"W:\\NVWORK.copying and W:\\NVWORK are both there"):
        cluster.share("node1")
    assert files_of(machine, cluster.site.nvwork_local) == before
    assert cluster.changes()["node1"] == 0


def test_a_folder_that_cannot_be_opened_is_not_taken_for_empty(cluster: Cluster) -> None:
    cluster.share("node1")
    machine = cluster.machine("node2")
    before = len(machine.changes)
    secret = cluster.site.nvwork_local + "\\local\\closed"
    machine.files.seed(secret + "\\only here.txt", b"1")
    machine.files.seed_acl(secret, [Ace(EVERYONE, FULL, OI | CI, allow=False)])
    with pytest.raises(NotConfirmed, match=r"\\local\\closed cannot be opened, so what is in it"):
        cluster.share("node2")
    assert len(machine.changes) == before


def test_a_cell_run_although_the_move_was_refused(cluster: Cluster) -> None:
    """In JupyterLab the next cell can be run after one that failed: what is at W: is not ours to change."""
    machine = cluster.machine("node1")
    machine.files.seed("W:\\NVWORK\\local\\nvisord.cf", b"somebody's")
    for cell in ("AccessRights(", "FileLine(", "work_folder_registry("):
        with pytest.raises(NotApplied, match=r"Nothing was changed. First: source is"):
            cluster.share_only(cell, "node1")
    assert cluster.changes()["node1"] == 0


def test_a_stopped_group(cluster: Cluster) -> None:
    cluster.lab.cluster.stop("ESMPROCM")
    before = cluster.changes()
    with pytest.raises(NotApplied, match=r"Step 5 on node1: Group ESMPROCM runs on no node. Start it"):
        cluster.share("node1")
    assert cluster.changes() == before
    cluster.share("node1", apply=False)
    assert set(outcomes(cluster).values()) == {"differs"}


def test_a_running_service(cluster: Cluster) -> None:
    machine = cluster.machine("node1")
    key = machine.services.by_display_name("ESM Base Service")
    assert key
    machine.services.start(key)
    before = cluster.changes()["node1"]
    with pytest.raises(NotApplied, match=r"ESM Base Service is .*, expected stopped"):
        cluster.share("node1")
    assert cluster.machine("node1").files.exists(cluster.site.nvwork_local)
    assert not cluster.machine("node1").files.exists("W:\\NVWORK")
    assert all(change.kind in {"service", "process"} for change in machine.changes[before:])


def test_rights_that_come_from_the_root_are_cut_off(cluster: Cluster) -> None:
    machine = cluster.machine("node1")
    before = files_of(machine, cluster.site.nvwork_local)
    machine.files.seed_acl("W:\\", [*machine.files.acl("W:\\"), Ace(EVERYONE, FULL, OI | CI)])
    for node in ("node1", "node2"):
        cluster.share(node)
    assert_shared(cluster, before)


def test_a_chapter_that_the_site_skips(cluster: Cluster) -> None:
    cluster.change_site(skip={"5": "ServerManager was clustered before"})
    for endpoint in cluster.lab.endpoints.values():
        endpoint.go_down()
    cluster.share("node1")
    reasons = {event["reason"] for event in cluster.events() if event["event"] == "state.ended"}
    assert reasons == {"the site skips chapter 5: ServerManager was clustered before"}
    assert set(outcomes(cluster).values()) == {"skipped"}


def test_a_folder_shared_elsewhere_stops_before_anything(cluster: Cluster) -> None:
    cluster.machine("node1").registry.seed(
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\NEC\\NVBASE", "WorkDir", "REG_SZ", "W:\\ServerManager\\NVWORK"
    )
    with pytest.raises(NotConfirmed, match=r"Step 5 on node1: WorkDir is W:\\ServerManager\\NVWORK"):
        cluster.share("node1")
    assert cluster.changes() == {"node1": 0, "node2": 0}


COMMANDS = (1, 2, 4, 8, 12, 13, 14, 16, 17, 20, 21, 24, 25, 29, 32, 33, 37)
"""Commands of chapter 5 to the active node: every kind of those that change it, and the readings around them."""


def test_the_commands_that_are_lost_below_are_the_right_ones(cluster: Cluster) -> None:
    cluster.share("node1")
    sent = cluster.lab.endpoints["node1"].commands
    changing = {number for number, line in enumerate(sent, 1) if line.startswith("(")}
    assert {sent[number - 1].split()[0] for number in changing.intersection(COMMANDS)} >= {"(robocopy", "(ren", "(rd"}
    assert len(changing - {*COMMANDS}) <= 5, "those left out are like others that are not"


@pytest.mark.parametrize("nth", COMMANDS)
def test_a_lost_reply_is_settled_by_reading(cluster: Cluster, nth: int) -> None:
    """The reply to the nth command is lost after it ran: nothing runs twice, and the end is right."""
    before = files_of(cluster.machine("node1"), cluster.site.nvwork_local)
    cluster.lab.endpoints["node1"].faults.cut("Command", nth=nth, after=True)
    try:
        cluster.share("node1")
    except (NotApplied, OutcomeUnknown):
        cluster.share("node1")
    cluster.share("node2")
    assert_shared(cluster, before)
    sent = [line for line in cluster.lab.endpoints["node1"].commands if line.startswith("(robocopy")]
    assert len(sent) == 1


@pytest.mark.parametrize("nth", COMMANDS)
def test_a_connection_cut_before_a_command_arrives(cluster: Cluster, nth: int) -> None:
    before = files_of(cluster.machine("node1"), cluster.site.nvwork_local)
    cluster.lab.endpoints["node1"].faults.cut("Command", nth=nth)
    try:
        cluster.share("node1")
    except (NotApplied, OutcomeUnknown):
        cluster.share("node1")
    cluster.share("node2")
    assert_shared(cluster, before)


@pytest.mark.parametrize("operation", ["Create", "Receive", "Signal"])
@pytest.mark.parametrize("after", [False, True])
def test_other_exchanges_are_repeated(cluster: Cluster, operation: str, after: bool) -> None:
    before = files_of(cluster.machine("node1"), cluster.site.nvwork_local)
    for nth in (1, 4, 9):
        cluster.lab.endpoints["node1"].faults.cut(operation, nth=nth, after=after)
    for node in ("node1", "node2"):
        try:
            cluster.share(node)
        except (NotApplied, OutcomeUnknown):
            cluster.share(node)
    assert_shared(cluster, before)


def test_a_read_only_run_sends_no_command_that_changes(cluster: Cluster) -> None:
    for node in ("node1", "node2"):
        cluster.carry_out("00_check_environment", node, apply=False)
        cluster.share(node, apply=False)
    assert cluster.changes() == {"node1": 0, "node2": 0}
    sent: list[Any] = [line for endpoint in cluster.lab.endpoints.values() for line in endpoint.commands]
    assert sent
    changing = r"(?<!where )\b(robocopy|xcopy|rd|ren|md|move|del)\b|reg (add|delete)|/grant|-decode|>>"
    assert [line for line in sent if re.search(changing, line)] == []
