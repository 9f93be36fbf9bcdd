"""What must be the same on every node: what counts as a difference, what is ignored, what is never shown."""

import pytest

from runbook_lib.commands.registry import RegistryData
from runbook_lib.states.sameness import Content, SameOnEveryNode
from runbook_lib.states.state import Row
from tests.states.asking import FACTS_2003, FACTS_2008_R2, reply

CM = "SOFTWARE\\NEC\\CM"
STATE = SameOnEveryNode(
    ("node1", "node2", "node3"),
    "CM Manager",
    (("HKLM\\" + CM, True), ("HKLM\\SOFTWARE\\NEC\\NVBASE", True)),
    ("NVBASE\\WorkDir", "InstallDate"),
    ("ESMPRO Users",),
)


def node(set_up: bool = True, group: bool = True, **values: str | RegistryData) -> Content:
    data = {
        f"{CM}\\{name.replace('__', chr(92))}": RegistryData("REG_SZ", one) if isinstance(one, str) else one
        for name, one in {"Version": "4.2", **values}.items()
    }
    return Content(set_up, data, frozenset({"ESMPRO Users"} if group else set()))


def differing(*contents: Content) -> list[Row]:
    actual = dict(zip(STATE.nodes, contents, strict=False))
    return [row for row in STATE.rows(actual, FACTS_2008_R2) if row.differs]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (node(ManagerID="CM01"), node(ManagerID="CM01"), []),
        (node(ManagerID="CM01"), node(managerid="CM01"), []),
        (node(ManagerID="CM01"), node(ManagerID="CM02"), [("ManagerID", "CM02", "CM01, as on node1")]),
        (node(ManagerID="CM01"), node(ManagerID="cm01"), [("ManagerID", "cm01", "CM01, as on node1")]),
        (node(ManagerID="CM01"), node(), [("ManagerID", None, "CM01, as on node1")]),
        (node(), node(ManagerID="CM02"), [("ManagerID", "CM02", "no such value, as on node1")]),
        (
            node(Port=RegistryData("REG_DWORD", "0x1")),
            node(Port="0x1"),
            [("Port", "0x1", "0x1 (REG_DWORD), as on node1")],
        ),
        (node(InstallDate="1"), node(InstallDate="2"), []),
        (node(NVBASE__WorkDir="1"), node(NVBASE__WorkDir="2"), []),
        (node(WorkDir="1"), node(WorkDir="2"), [("WorkDir", "2", "1, as on node1")]),
        (node(DbPassword="abc"), node(DbPassword="xyz"), [("DbPassword", "(withheld)", "(withheld), as on node1")]),
        (node(DbPassword="abc"), node(DbPassword="abc"), []),
    ],
)
def test_what_differs(first: Content, second: Content, expected: list[tuple[str, str | None, str]]) -> None:
    found = [(row.key.removeprefix(CM + "\\"), row.actual, row.desired) for row in differing(first, second)]
    assert found == [(f"{name} on node2", actual, desired) for name, actual, desired in expected]


def test_each_node_is_compared_with_the_first_that_is_set_up() -> None:
    (row,) = differing(node(set_up=False), node(A="1"), node(A="2"))
    assert (row.key, row.actual, row.desired) == (f"{CM}\\A on node3", "2", "1, as on node2")


@pytest.mark.parametrize("contents", [[], [node()], [node(A="1"), node(set_up=False)]])
def test_a_node_that_is_not_set_up_yet_is_not_compared(contents: list[Content]) -> None:
    assert differing(*contents) == []


def test_nodes_of_which_nothing_could_be_read_are_not_the_same() -> None:
    empty = Content(True, {f"{CM}\\InstallDate": RegistryData("REG_SZ", "1")}, frozenset())
    (row,) = differing(empty, empty)
    assert (row.key, row.actual, row.desired) == ("values compared over node1, node2", 0, "some")


def test_a_local_group_is_on_all_nodes_or_on_none() -> None:
    assert differing(node(group=False), node(group=False)) == []
    (row,) = differing(node(), node(group=False))
    assert (row.key, row.actual, row.desired) == ("local group ESMPRO Users on node2", False, True)


def test_a_long_table_is_cut_and_counted() -> None:
    rows = differing(node(**{f"v{number}": "1" for number in range(50)}), node())
    assert len(rows) == 41
    assert rows[-1] == Row("further differences", 10, 0)


def test_every_node_is_asked_for_every_subtree() -> None:
    reading = STATE.reading(FACTS_2008_R2)
    asks = next(reading)
    assert [ask.on for ask in asks] == [name for name in STATE.nodes for _ in range(4)]
    assert [ask.line for ask in asks[:4]] == [
        "sc query state= all bufsize= 65536",
        'reg query "HKLM\\SOFTWARE\\Wow6432Node\\NEC\\CM" /s',
        'reg query "HKLM\\SOFTWARE\\Wow6432Node\\NEC\\NVBASE" /s',
        'net localgroup "ESMPRO Users" >nul',
    ]
    tree = (
        "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\CM\r\n    A    REG_SZ    1\r\n"
        "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\CM\\S\r\n    A    REG_SZ    2\r\n"
    )
    there, other = (
        reply(f"SERVICE_NAME: X\r\nDISPLAY_NAME: {name}\r\n        STATE  : 1\r\n")
        for name in ("CM Manager", "CM Client")
    )
    error = reply("error", 1)
    with pytest.raises(StopIteration) as end:
        reading.send(
            (there, reply(tree), error, reply(""), other, reply(tree), error, error, other, error, error, error)
        )
    found = end.value.value
    assert {name: data.data for name, data in found["node1"].values.items()} == {CM + "\\A": "1", CM + "\\S\\A": "2"}
    assert [(one.set_up, len(one.groups)) for one in found.values()] == [(True, 1), (False, 0), (False, 0)]


def test_no_services_at_all_is_no_answer() -> None:
    reading = STATE.reading(FACTS_2008_R2)
    next(reading)
    with pytest.raises(ValueError, match="`sc` on node1 listed no service at all"):
        reading.send(tuple([reply("", 5)] * 12))


def test_on_x86_there_is_one_view() -> None:
    assert "Wow6432Node" not in next(STATE.reading(FACTS_2003))[1].line
