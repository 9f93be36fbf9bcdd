"""ipconfig: the addresses of a server, and of the groups that run on it."""

import pytest

from runbook_lib.commands.addresses import parse_list
from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.groups import Resource


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("release", ["2003", "2008 R2", "2022"])
def test_addresses_move_with_their_group(make, call, release, language):
    cluster = Cluster("cluster")
    nodes = [make(name, cluster=cluster, release=release, language=language) for name in ("node1", "node2")]
    cluster.register("ESMPROCM", [Resource("fip1", "fip", address="10.0.0.200")])
    cluster.seed_online("ESMPROCM", "node1")
    answers = [call(node, "ipconfig") for node in nodes]
    assert [answer.code for answer in answers] == [0, 0]
    found = [parse_list(answer.out) for answer in answers]
    assert ["10.0.0.1" in found[0], "10.0.0.2" in found[1]] == [True, True]
    assert ["10.0.0.200" in one for one in found] == [True, False]


def test_options_are_refused(make, call):
    assert call(make(), "ipconfig", "/flushdns").code == 1
