"""What a machine outside needs: the registered values beside the site's, and what is read of the machine itself."""

import json
from typing import Any

import pytest

from runbook_lib.commands.cluster import ClusterStatus, Group
from runbook_lib.states.clpconf import parse
from runbook_lib.states.clpconf.distribution import SAME, Registration
from runbook_lib.states.connection import ClientSetUp, ConnectionValues, Machine
from runbook_lib.states.state import AWAY, ByHand
from tests.states.asking import FACTS_2008_R2, asked, reply

VALUES = ConnectionValues("lab", "ESMPROCM", "fip", "10.0.0.200", ("node1", "node2"), r"C:\CLP")
CLIENT = ClientSetUp(
    "pc1", ("CLUSTERPRO", "EXPRESSCLUSTER"), ("client", "クライアント"), "ESMPRO/CM", r"SOFTWARE\NEC\ESMPRO/CM",
    "10.0.0.200", (("node1", "10.0.0.11"), ("node2", "10.0.0.12")), "these values",
)  # fmt: skip
FILE = """<?xml version="1.0" encoding="ASCII"?>
<root>
  <cluster><name>{cluster}</name></cluster>
  <server name="node1"><priority>0</priority></server>
  <group name="{group}"><resource name="{kind}@r1"/></group>
  <resource><types name="{kind}"/>
    <{kind} name="r1"><parameters><{tag}>{address}</{tag}></parameters></{kind}></resource>
</root>
"""


def registration(elsewhere: str = SAME, **changes: str) -> Registration:
    values = {"cluster": "lab", "group": "ESMPROCM", "kind": "fip", "tag": "ip", "address": "10.0.0.200", **changes}
    status = ClusterStatus({}, {values["group"]: Group("Online", "node1")}, {})
    return Registration(parse(FILE.format(**values).encode()), "node1", {"node2": elsewhere}, status, True)


def rows(actual: Registration, state: ConnectionValues = VALUES) -> dict[str, tuple[Any, Any]]:
    return {row.key: (row.actual, row.desired) for row in state.rows(actual, FACTS_2008_R2) if row.differs}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, {}),
        ({"cluster": "tokyo"}, {"cluster name": ("tokyo", "lab")}),
        ({"address": "10.0.0.9"}, {"floating IP address": ("10.0.0.9", "10.0.0.200")}),
        (
            {"kind": "vip", "tag": "address"},
            {"floating IP address": (None, "10.0.0.200"), "virtual IP address": ("10.0.0.200", None)},
        ),
        ({"elsewhere": "different"}, {"clp.conf on node2": ("different", SAME)}),
    ],
)
def test_registered_beside_the_site(changes: dict[str, str], wrong: dict[str, tuple[Any, Any]]) -> None:
    assert rows(registration(**changes)) == wrong


def test_capitals_of_a_registered_group_are_told() -> None:
    assert rows(registration(group="esmprocm"))["failover group"] == ("esmprocm", "ESMPROCM")


def test_a_group_that_is_not_registered() -> None:
    assert rows(registration(group="other"))["failover group"] == (None, "ESMPROCM")


@pytest.mark.parametrize("tag", ["address", "anything"])
def test_a_virtual_address_is_found_wherever_it_stands(tag: str) -> None:
    state = ConnectionValues("lab", "ESMPROCM", "vip", "10.0.0.200", ("node1", "node2"), r"C:\CLP")
    assert rows(registration(kind="vip", tag=tag), state) == {}


def listed(*names: str) -> str:
    return "".join(f"HKEY_LOCAL_MACHINE\\U\\{name}\n    DisplayName    REG_SZ    {name}\n" for name in names)


NOTHING = reply("{}", 1)
ATTESTED = reply(json.dumps({"by": "Sato", "at": "2026-01-01", "note": "seen"}))


def machine(
    *programs: str, host: str = "PC1", services: str = "", narrow: str = "", wide: str = "", said: Any = NOTHING
) -> Machine:
    answers = [
        said,
        reply(host),
        reply(listed()),
        reply(listed(*programs)),
        reply(services),
        reply(narrow),
        reply(wide),
    ]
    lines, found = asked(CLIENT, FACTS_2008_R2, answers)
    assert len(lines[0]) == len(answers)
    assert isinstance(found, Machine)
    return found


def wrong_of(found: Machine) -> set[str]:
    return {row.key for row in CLIENT.rows(found, FACTS_2008_R2) if row.differs}


@pytest.mark.parametrize(
    ("programs", "wrong"),
    [
        (["CLUSTERPRO X Client"], set()),
        (["ExpressCluster client 3.1"], set()),
        (["CLUSTERPRO クライアント"], set()),
        (["CLUSTERPRO X 3.1 for Windows"], {"client"}),
        (["VPN Client"], {"client"}),
        ([], {"client"}),
    ],
)
def test_programs(programs: list[str], wrong: set[str]) -> None:
    assert wrong_of(machine(*programs)) == wrong


def test_another_machine_answers() -> None:
    assert wrong_of(machine("CLUSTERPRO Client", host="PC2")) == {"calls itself"}


def test_what_a_person_attests_counts_where_nothing_says_it() -> None:
    found = machine(said=ATTESTED)
    assert wrong_of(found) == set()
    assert CLIENT.rows(found, FACTS_2008_R2)[0].actual == "attested by Sato at 2026-01-01: seen"
    assert CLIENT.rows(machine("CLUSTERPRO Client", said=ATTESTED), FACTS_2008_R2)[0].actual == "CLUSTERPRO Client"


DATA = ("10.0.0.200", "NODE2", "10.0.0.11", "x")


def test_values_that_name_the_address_or_a_node_are_told_and_never_wrong() -> None:
    key = "HKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\ESMPRO/CM\n"
    wide = key + "".join(f"    {name}    REG_SZ    {data}\n" for name, data in zip("MNOP", DATA, strict=True))
    found = machine("CLUSTERPRO Client", wide=wide)
    assert found.named == (
        ("ESMPRO/CM\\M", "10.0.0.200: the group's address"),
        ("ESMPRO/CM\\N", "NODE2: names the node node2, not the group"),
        ("ESMPRO/CM\\O", "10.0.0.11: names the node node1, not the group"),
    )
    assert wrong_of(found) == set()


@pytest.mark.parametrize(("said", "wrong"), [(NOTHING, {"client"}), (ATTESTED, set())])
def test_a_machine_that_is_away(said: Any, wrong: set[str]) -> None:
    _, found = asked(CLIENT, FACTS_2008_R2, [said, *(reply("pc1 cannot be reached.", AWAY) for _ in range(6))])
    assert wrong_of(found) == wrong
    (part,) = CLIENT.plan(found, FACTS_2008_R2)
    assert isinstance(part, ByHand)
    assert part.what.startswith("pc1 cannot be reached. Switch pc1 on")
    assert (part.key, part.whole_cluster) == ("client-pc1", True)
