"""Settings that programs make, data sources, and ground that is prepared only where it is needed."""

from dataclasses import replace

import pytest

from runbook_lib.commands.registry import RegistryData
from runbook_lib.states.needed import NeededFor
from runbook_lib.states.setting import DataSource, SettingOfProgram
from runbook_lib.states.state import Act, ByHand
from runbook_lib.states.windows import FolderThere, RegistryValue
from tests.states.asking import FACTS_2003, FACTS_2008_R2, asked, reply

SETTING = SettingOfProgram(
    "The destination", "10.0.0.200", "HKLM\\SOFTWARE\\NEC\\CM", "Dst", True, "set.exe x", "Do it."
)


@pytest.mark.parametrize(
    ("actual", "differs"),
    [(None, True), (RegistryData("REG_SZ", "node1"), True), (RegistryData("REG_SZ", "10.0.0.200"), False)],
)
def test_a_setting_of_a_program(actual: RegistryData | None, differs: bool) -> None:
    (row,) = SETTING.rows(actual, FACTS_2008_R2)
    assert row.differs == differs
    assert row.key == "HKLM\\SOFTWARE\\Wow6432Node\\NEC\\CM\\Dst"
    (act,) = SETTING.plan(actual, FACTS_2008_R2)
    assert isinstance(act, Act)
    assert act.line == "set.exe x"
    (by_hand,) = replace(SETTING, command="").plan(actual, FACTS_2003)
    assert by_hand == ByHand("Do it.", "Dst in the registry is read")


SOURCE = DataSource("CM", (("Server", "10.0.0.210"), ("Database", "CMDB")), of_32_bit=True)
ENTRY = reply("HKEY_LOCAL_MACHINE\\X\r\n    CM    REG_SZ    SQL Server\r\n")
VALUES = "HKEY_LOCAL_MACHINE\\X\\CM\r\n    Driver    REG_SZ    x.dll\r\n    {}    REG_SZ    {}\r\n    DATABASE    REG_SZ    CMDB\r\n"  # noqa: E501


@pytest.mark.parametrize(
    ("replies", "differing"),
    [
        ([ENTRY, reply(VALUES.format("Server", "10.0.0.210"))], {}),
        ([ENTRY, reply(VALUES.format("server", "10.0.0.210"))], {}),
        ([ENTRY, reply(VALUES.format("Server", "dbhost"))], {"Server": "dbhost"}),
        ([ENTRY, reply(VALUES.format("ServerName", "dbhost"))], {"Server": None}),
        ([reply("", 1), reply("", 1)], {"data source": None}),
        ([ENTRY, reply("", 1)], {"Server": None, "Database": None}),
    ],
)
def test_a_data_source(replies: list[object], differing: dict[str, str | None]) -> None:
    lines, actual = asked(SOURCE, FACTS_2008_R2, replies)  # type: ignore[arg-type]
    assert lines == [
        [
            'reg query "HKLM\\SOFTWARE\\Wow6432Node\\ODBC\\ODBC.INI\\ODBC Data Sources" /v "CM"',
            'reg query "HKLM\\SOFTWARE\\Wow6432Node\\ODBC\\ODBC.INI\\CM"',
        ]
    ]
    assert {row.key: row.actual for row in SOURCE.rows(actual, FACTS_2008_R2) if row.differs} == differing
    assert SOURCE.plan(actual, FACTS_2008_R2) == ()


NEEDED = NeededFor(FolderThere("W:"), (RegistryValue("HKLM\\SOFTWARE\\X", "A", "1"), SETTING))


@pytest.mark.parametrize(
    ("work", "setting", "drive", "differs", "left"),
    [
        ("1", "10.0.0.200", "absent", False, "nothing"),
        ("0", "10.0.0.200", "absent", True, "Registry A = 1"),
        ("0", "x", "absent", True, "Registry A = 1; The destination is 10.0.0.200"),
        ("0", "x", "there", False, "Registry A = 1; The destination is 10.0.0.200"),
    ],
)
def test_ground_is_needed_only_for_work_that_is_left(
    work: str, setting: str, drive: str, differs: bool, left: str
) -> None:
    value = "HKEY_LOCAL_MACHINE\\X\r\n    {}    REG_SZ    {}\r\n"
    keys = [reply(""), reply("")]
    first, second = reply(value.format("A", work)), reply(value.format("Dst", setting))
    _, actual = asked(NEEDED, FACTS_2003, [first, *keys], [second, *keys], [reply(drive)])
    rows = NEEDED.rows(actual, FACTS_2003)
    assert rows[0].actual == left
    assert any(row.differs for row in rows) == differs
