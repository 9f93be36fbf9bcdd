"""Registry values: what is set, what is absent, and what may not be read."""

import pytest

from runbook_lib.commands.registry import RegistryData
from runbook_lib.states.windows import RegistryValue, RegistryValueAmong
from tests.states.asking import FACTS_2003, FACTS_2008_R2, asked, reply

KEY = r"HKLM\SOFTWARE\NEC\NVBASE"
STATE = RegistryValue(KEY, "WorkDir", "W:\\NVWORK", of_32_bit=True)
SET = "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\NVBASE\r\n    WorkDir    REG_SZ    C:\\E\\NVWORK\r\n"
ABOVE = "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\r\n\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\NVBase\r\n"
NOT_THERE = reply("エラー: 指定されたレジストリ キーまたは値が見つかりませんでした。\r\n", 1)


def test_the_view_follows_the_node_that_is_read() -> None:
    on_x64, _ = asked(STATE, FACTS_2008_R2, [reply(SET), reply(SET), reply(ABOVE)])
    on_x86, _ = asked(STATE, FACTS_2003, [reply(SET), reply(SET), reply(ABOVE)])
    assert "Wow6432Node" in on_x64[0][0]
    assert "Wow6432Node" not in on_x86[0][0]


@pytest.mark.parametrize(
    ("answers", "actual"),
    [
        ([reply(SET), reply(SET), reply(ABOVE)], RegistryData("REG_SZ", "C:\\E\\NVWORK")),
        ([NOT_THERE, reply("\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\NVBASE\r\n"), reply(ABOVE)], None),
        ([NOT_THERE, NOT_THERE, reply("\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\r\n")], None),
        ([NOT_THERE, NOT_THERE, NOT_THERE], None),
    ],
    ids=["set", "no such value", "no such key", "nothing of it"],
)
def test_what_is_absent_is_absent(answers: list[object], actual: RegistryData | None) -> None:
    assert asked(STATE, FACTS_2003, answers)[1] == actual  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [STATE, RegistryValueAmong(KEY, "WorkDir", ("x",))])
def test_a_key_that_may_not_be_read_is_never_taken_for_absent(state: RegistryValue) -> None:
    denied = reply("エラー: アクセスが拒否されました。\r\n", 1)
    with pytest.raises(ValueError, match="is there, and the account may not read it"):
        asked(state, FACTS_2003, [denied, denied, reply(ABOVE)])
