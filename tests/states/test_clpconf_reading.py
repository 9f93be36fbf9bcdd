"""What is read from a configuration, and edits that make no sense."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from runbook_lib.states.clpconf import (
    Configuration,
    existing,
    exported,
    floating_ip,
    free_name,
    parse,
    script,
    shared_disk,
    taken_from,
    with_dependencies,
    with_group,
    with_monitor,
    with_resource,
    without_group,
    without_resource,
)

SAMPLES = Path(__file__).parent / "clpconf_samples"
VIP = '<vip name="vip1">\n  <address kind="virtual">10.9.0.1</address>\n</vip>'


def sample(name: str) -> Configuration:
    return parse((SAMPLES / f"{name}.conf").read_bytes())


MIRROR = sample("basiccluster-mirror")
ESMPROCM = with_group(MIRROR, "ESMPROCM", ["server2", "server1"])
WITH_FIP = with_resource(ESMPROCM, "ESMPROCM", floating_ip("fip1", "10.1.1.30"))


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (partial(with_group, MIRROR, "ESMPROCM", ["server3"]), "server3 is not a server of the cluster"),
        (partial(with_group, sample("replica-script"), "ESMPROCM", ["input_host1"]), "lower case only"),
        (partial(with_group, MIRROR, "no good"), "not a name for a group"),
        (partial(floating_ip, "a@b", "10.0.0.1"), "not a name"),
        (partial(floating_ip, "fip1", "10.0.0.300"), "10.0.0.300"),
        (partial(with_resource, MIRROR, "ESMPROCM", script("script1")), "no group ESMPROCM"),
        (partial(with_resource, ESMPROCM, "ESMPROCM", existing("md", "md1")), "no md md1 in the file"),
        (partial(with_resource, ESMPROCM, "ESMPROCM", existing("md", "md")), "md md belongs to group failover"),
        (partial(with_resource, ESMPROCM, "ESMPROCM", script("MD")), "the name MD is taken by md md"),
        (
            partial(with_resource, ESMPROCM, "ESMPROCM", shared_disk("sd1", "W:", {"server9": "a"})),
            "server9 is not a server",
        ),
        (partial(with_dependencies, MIRROR, "md", "md", ["other"]), "no resource other"),
        (
            partial(with_monitor, MIRROR, exported('<sdw name="fipw1"/>')),
            "the name fipw1 is taken by fipw fipw1",
        ),
        (
            partial(without_resource, sample("replica-script"), "script", "replica_script"),
            "genw monitor_replica refers",
        ),
        (partial(without_group, sample("linux-vma"), "failover-cent7"), "genw genw-cent7 refers"),
        (partial(exported, "<vip/>"), "has no name"),
        (partial(exported, '<vip name="vip1">'), "line 1: not well-formed"),
        (partial(taken_from, MIRROR, "resource", "vip", "vip1"), "no vip vip1"),
        (partial(with_resource, MIRROR, "failover", exported('<vip name="v">表</vip>')), "cannot be written in ASCII"),
    ],
)
def test_what_makes_no_sense_is_refused(edit: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        edit()


def test_a_resource_moves_between_files_as_it_is_written() -> None:
    disk = taken_from(sample("createcluster-mirror-sjis"), "resource", "md", "md1")
    after = with_resource(ESMPROCM, "ESMPROCM", disk)
    group = after.group("ESMPROCM")
    assert group
    assert [(one.type, one.name, one.drive) for one in group.resources] == [("md", "md1", "G:")]
    assert disk.wanted
    assert disk.wanted.verbatim in after.document.text
    assert with_resource(after, "ESMPROCM", disk) == after


def test_what_a_file_says() -> None:
    after = with_resource(WITH_FIP, "ESMPROCM", exported(VIP))
    group = after.group("esmprocm")
    assert group
    assert (after.cluster, after.servers) == ("cluster", ("server1", "server2"))
    assert (group.name, group.policy, group.start) == ("ESMPROCM", ("server2", "server1"), "auto")
    assert [one.name for one in group.resources if one.mentions("10.9.0.1")] == ["vip1"]
    assert [one.name for one in group.of_type("fip", "md")] == ["fip1"]
    assert [one.drive for one in after.resources if one.type == "md"] == ["E:"]
    assert free_name(after, "fip") == "fip2"
    assert free_name(after, "mdw") == "mdw2"
