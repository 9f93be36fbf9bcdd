"""The cluster, and the commands of CLUSTERPRO that show and move it."""

import contextlib
import threading

import pytest

from runbook_lib.lab.cluster import Cluster, ClusterError, Resource
from runbook_lib.lab.files import Volume

LONG = """\
 ========================  CLUSTER STATUS  ===========================
  Cluster : cluster
  <server>
   *ws2022-01 ........................: Online
      lankhb1                         : Normal           LAN Heartbeat
    ws2022-02 ........................: Online
      lankhb1                         : Normal           LAN Heartbeat
  <group>
    failover .........................: Online
      current                         : ws2022-01
      md                              : Online
  <monitor>
    mdw1                              : Normal
    userw                             : Normal
 =====================================================================
"""
PLAIN = """\
 ========================  CLUSTER STATUS  ===========================
  Cluster : cluster
  <server>
   *node1 ...........: Online
      lankhb1        : Normal           LAN Heartbeat
    node2 ...........: Online
      lankhb1        : Normal           LAN Heartbeat
  <group>
    ESMPROCM ........: Online
      current        : node1
      fip1           : Online
      md1            : Online
  <monitor>
    fipw1            : Normal
    mdw1             : Normal
    userw            : Normal
 =====================================================================
"""


@pytest.fixture
def cluster(make) -> Cluster:
    made = Cluster("cluster")
    for name in ("node1", "node2"):
        make(name, cluster=made, language="en", code_page=437)
    volume = Volume("SHARED")
    made.register(
        "ESMPROCM",
        [Resource("fip1", "fip", address="10.0.0.200"), Resource("md1", "md", drive="W:", volume=volume)],
    )
    made.seed_online("ESMPROCM", "node1")
    return made


@pytest.fixture
def first(cluster):
    return cluster.servers["node1"]


@pytest.fixture
def second(cluster):
    return cluster.servers["node2"]


def test_the_switched_partition_is_there_on_the_active_server_only(cluster, first, second):
    first.files.write(r"W:\file.txt", b"content")
    cluster.move("ESMPROCM")
    assert cluster.active("esmprocm") == "node2"
    assert not first.files.exists(r"W:\file.txt")
    assert second.files.read(r"W:\file.txt") == b"content"
    cluster.stop("ESMPROCM")
    assert "W:" not in first.files.drives | second.files.drives
    assert cluster.start("ESMPROCM", "NODE1") == "node1"
    assert first.files.read(r"W:\file.txt") == b"content"


def test_a_move_is_noted_on_both_servers(cluster, first, second):
    assert first.changes == second.changes == []
    cluster.move("ESMPROCM", "node2")
    assert [(change.kind, change.what, change.how) for change in first.changes] == [("cluster", "ESMPROCM", "offline")]
    assert [(change.kind, change.what, change.how) for change in second.changes] == [("cluster", "ESMPROCM", "online")]


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("active", ["other"]),
        ("start", ["ESMPROCM"]),
        ("move", ["ESMPROCM", "node1"]),
        ("move", ["ESMPROCM", "node9"]),
        ("move", ["other"]),
    ],
)
def test_refusals_leave_everything_as_it_is(cluster, first, action, arguments):
    with pytest.raises(ClusterError):
        getattr(cluster, action)(*arguments)
    assert cluster.active("ESMPROCM") == "node1"
    assert first.changes == []


def test_no_move_while_the_mirror_is_copied_or_the_target_is_down(cluster):
    cluster.mirror = "Caution"
    assert cluster.monitors() == {"fipw1": "Normal", "mdw1": "Caution", "userw": "Normal"}
    with pytest.raises(ClusterError):
        cluster.move("ESMPROCM")
    cluster.mirror = "Normal"
    cluster.stopped.add("node2")
    for target in (None, "node2"):
        with pytest.raises(ClusterError):
            cluster.move("ESMPROCM", target)


def test_a_shared_disk_has_no_mirror_to_wait_for(make):
    cluster = Cluster("cluster")
    for name in ("node1", "node2"):
        make(name, cluster=cluster)
    cluster.register("ESMPROCM", [Resource("vip1", "vip"), Resource("sd1", "sd", drive="S:", volume=Volume())])
    cluster.seed_online("ESMPROCM", "node1")
    cluster.mirror = "Caution"
    assert cluster.monitors() == {"sdw1": "Normal", "userw": "Normal", "vipw1": "Normal"}
    assert cluster.move("ESMPROCM") == "node2"


def test_moves_from_several_threads_leave_one_server_with_the_partition(cluster, first, second):
    def go(target: str) -> None:
        for _ in range(20):
            with contextlib.suppress(ClusterError):
                cluster.move("ESMPROCM", target)

    threads = [threading.Thread(target=go, args=(target,)) for target in ("node1", "node2") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    active = cluster.active("ESMPROCM")
    assert [name for name, machine in cluster.servers.items() if "W:" in machine.files.drives] == [active]


def test_a_resource_that_fails_stops_what_comes_after_it(cluster, first, second):
    cluster.groups["ESMPROCM"].failing.add("fip1")
    cluster.move("ESMPROCM")
    assert cluster.groups["ESMPROCM"].state == "Online Failure"
    assert [resource.state for resource in cluster.groups["ESMPROCM"].resources] == ["Online Failure", "Offline"]
    assert "W:" not in second.files.drives


@pytest.mark.parametrize("arguments", [[], ["-s"], ["-s", "-h", "NODE1"]])
def test_clpstat(first, call, arguments):
    answer = call(first, "clpstat", *arguments)
    assert (answer.code, answer.out) == (0, PLAIN.replace("\n", "\r\n"))


def test_clpstat_marks_the_server_it_was_asked_on(second, call):
    assert "   *node2 ...........: Online" in call(second, "clpstat").lines
    assert "   *node1 ...........: Online" in call(second, "clpstat", "-s", "-h", "node1").lines


def test_clpstat_long_is_as_published(make, call):
    cluster = Cluster("cluster")
    machines = [make(name, cluster=cluster, release="2022") for name in ("ws2022-01", "ws2022-02")]
    cluster.register("failover", [Resource("md", "md")])
    cluster.seed_online("failover", "ws2022-01")
    assert call(machines[0], "clpstat", "--long").out == LONG.replace("\n", "\r\n")


def test_long_names_are_cut_in_the_plain_form(make, call):
    cluster = Cluster("cluster")
    machine = make("server-with-15c", cluster=cluster)
    cluster.register("container-recovery", [])
    lines = call(machine, "clpstat").lines
    assert "   *server-with-15c .: Online" in lines
    assert "    container-recove : Offline" in lines
    assert "      current        : None" in lines
    assert "    container-recovery ...............: Offline" in call(machine, "clpstat", "--long").lines


def test_clpstat_shows_what_is_down(cluster, first, second, call):
    cluster.stopped.add("node2")
    lines = call(first, "clpstat").lines
    assert "    node2 ...........: Offline" in lines
    assert call(second, "clpstat").code != 0
    assert call(first, "clpstat", "-h", "node2").code != 0
    assert call(first, "clpstat", "-h", "node9").code != 0
    assert call(first, "clpstat", "--wrong").code != 0


def test_clpgrp_names_the_active_server_alone(cluster, first, second, call):
    assert call(second, "clpgrp", "-n", "ESMPROCM").out == "node1\r\n"
    cluster.stop("ESMPROCM")
    assert call(first, "clpgrp", "-n", "ESMPROCM").code != 0
    assert call(first, "clpgrp", "-n", "other").code != 0


@pytest.mark.parametrize(
    ("steps", "active"),
    [
        ([["-m", "ESMPROCM"]], "node2"),
        ([["-m", "ESMPROCM", "-a", "node2"]], "node2"),
        ([["-m", "ESMPROCM", "-h", "node1", "-a", "node2"]], "node2"),
        ([["-t", "ESMPROCM"]], None),
        ([["-t"]], None),
        ([["-t", "ESMPROCM"], ["-s", "ESMPROCM", "-h", "node2"]], "node2"),
        ([["-t", "ESMPROCM"], ["-s", "ESMPROCM"]], "node1"),
    ],
)
def test_clpgrp_acts(cluster, first, call, steps, active):
    for step in steps:
        answer = call(first, "clpgrp", *step)
        assert (answer.code, answer.out) == (0, "Command succeeded.\r\n")
    assert cluster.active("ESMPROCM") == active


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "ESMPROCM", "-h", "node2", "-a", "node2"],
        ["-t", "ESMPROCM", "-h", "node2"],
        [],
        ["-x"],
        ["-n"],
        ["-m", "other"],
        ["-m", "ESMPROCM", "-a", "node1"],
        ["-m", "ESMPROCM", "-h", "node9"],
        ["-s"],
    ],
)
def test_clpgrp_refuses(cluster, first, call, arguments):
    assert call(first, "clpgrp", *arguments).code != 0
    assert cluster.active("ESMPROCM") == "node1"


def test_clpcl(cluster, first, second, call):
    assert call(first, "clpcl", "-s", "-a").lines == [
        "Start node1 : Command succeeded.",
        "Start node2 : Command succeeded.",
    ]
    assert call(first, "clpcl", "-t").code == 0
    assert cluster.active("ESMPROCM") == "node2"
    assert call(first, "clpgrp", "-n", "ESMPROCM").code != 0
    assert call(second, "clpcl", "-t", "-a").code == 0
    assert cluster.active("ESMPROCM") is None
    assert call(first, "clpcl", "-s", "-h", "node1").code == 0
    assert cluster.online("node1")
    assert call(first, "clpcl", "--wrong").code != 0
