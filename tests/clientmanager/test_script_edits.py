"""What becomes of the files of a script resource: with our work, with our work again, and without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.clientmanager.script_edits import NAMES, with_our_work, without_our_work
from runbook_lib.clientmanager.scripts import script_part, whole_script
from runbook_lib.parameters import load_site

SITE = load_site(Path(__file__).parents[2] / "parameters" / "lab.yaml", ClientManagerSite)
MOVED = SITE.model_copy(
    update={"clientmanager": SITE.clientmanager.model_copy(update={"shared_folder": r"W:\ESMPRO\製品\CM"})}
)
START, STOP = whole_script(SITE, "start"), whole_script(SITE, "stop")
OWN_START = 'rem 業務\r\nIF "%CLP_EVENT%" == "RECOVER" GOTO EXIT\r\nnet start mine\r\n:EXIT\r\nexit'.encode("cp932")
OWN_STOP = b"net stop mine\nexit\n"
BY_HAND = b'\r\nARMLOAD ESMBASE /M /S "ESM Base Service"\r\n'


@dataclass(frozen=True)
class Case:
    """Files before, which of them are ours alone afterwards, and which call a part beside them."""

    before: Mapping[str, bytes]
    whole: tuple[str, ...]
    merged: tuple[str, ...]


CASES = {
    "nothing": Case({}, ("start.bat", "stop.bat"), ()),
    "one is missing": Case({"stop.bat": OWN_STOP}, ("start.bat",), ("stop.bat",)),
    "lines of others": Case({"start.bat": OWN_START, "stop.bat": OWN_STOP}, (), ("start.bat", "stop.bat")),
    "another file": Case({"tool.ps1": b"x"}, ("start.bat", "stop.bat"), ()),
    "empty": Case({"start.bat": b"", "stop.bat": b""}, (), ("start.bat", "stop.bat")),
}
each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@each
def test_work_goes_in_once_and_comes_out_whole(case: Case) -> None:
    after = with_our_work(case.before, SITE)
    for name in case.whole:
        assert after[name] == {"start.bat": START, "stop.bat": STOP}[name]
    for name in case.merged:
        assert after[name].endswith(case.before[name])
        assert b'call "%~dp0cm_' in after[name]
    assert {name for name in after if name.startswith("cm_")} == {f"cm_{name}" for name in case.merged}
    assert with_our_work(after, SITE) == after
    left = without_our_work(after, SITE)
    assert left == (case.before if case.merged else {})
    assert set(after) <= {*NAMES, *case.before}


def test_another_directory_changes_scripts_that_are_ours() -> None:
    before = with_our_work({}, MOVED)
    assert "製品".encode("cp932") in before["start.bat"]
    assert with_our_work(before, SITE) == {"start.bat": START, "stop.bat": STOP}
    merged = with_our_work({"start.bat": OWN_START, "stop.bat": OWN_STOP}, MOVED)
    assert with_our_work(merged, SITE)["cm_start.bat"] == script_part(SITE, "start")
    assert without_our_work(before, SITE) == {}


@pytest.mark.parametrize(
    ("files", "with_reason", "without_reason"),
    [
        ({"start.bat": OWN_START + BY_HAND}, r"start\.bat: Line 6", r"start\.bat: line 6, .* put in by hand"),
        ({"start.bat": START + b"rem and\r\nnet start mine\r\n"}, r"start\.bat: Line \d+", "put in by hand"),
        ({"stop.bat": b"rem ---- ESMPRO/CM: end ----\r\n"}, r"stop\.bat: The marked lines", "The marked lines"),
    ],
)  # fmt: skip
def test_lines_that_somebody_put_in_by_hand_are_not_touched(
    files: dict[str, bytes], with_reason: str, without_reason: str
) -> None:
    with pytest.raises(ValueError, match=with_reason):
        with_our_work(files, SITE)
    with pytest.raises(ValueError, match=without_reason):
        without_our_work(files, SITE)
