"""What start.bat and stop.bat really call, in Wine's cmd.exe; every expectation is written out from the manual."""

from itertools import product
from pathlib import Path
from typing import Literal

import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.clientmanager.script_lines import with_our_lines
from runbook_lib.clientmanager.scripts import script_part, whole_script
from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.volume import Volume
from runbook_lib.lab.windows import make_machine
from runbook_lib.parameters import load_site
from tests.clientmanager.wine import STAND_INS, Played, Wine, call_line

pytestmark = pytest.mark.wine

Moment = Literal["start", "stop"]
MOMENTS: tuple[Moment, Moment] = ("start", "stop")
FOLDER = r"W:\Program Files\ESMPRO\ESMPROCM"

# Manual, procedure 6-(1), grey lines of both sample scripts.
WORK = {
    "start": r"""
        ARMLOAD ESMBASE /M /S "ESM Base Service"
        ARMLOAD ESMCMD /M /S "ESM Command Service"
        ARMLOAD ESMALT /M /S "ESM Alert Service"
        ARMLOAD ESMRMT /M /S "ESM Remote Map Service"
        ARMLOAD DMIEVT /M /S "Dmi Event Watcher"
        ARMLOAD ALMSOK /M /S "Alert Manager Socket(R) Service"
        ARMLOAD CMIT /M /S "ESMPRO/CM CMIT service"
        net start "ESMPRO/CM CMURELAY"
        ARMLOAD CMMANAGER /M /S "ESMPRO/CM Manager"
        ARMLOAD CMPOWERON /M /S "ESMPRO/CM Poweron Service"
        ARMLOAD CMSENDER /M /S "ESMPRO/CM Sender"
        ARMLOAD CMSNMP /M /S "ESMPRO/CM Snmp Manager"
        ARMLOAD CMTIME /M /S "ESMPRO Time Server"
        ARMNSADD esmprocm "W:\Program Files\ESMPRO\ESMPROCM\setup"
    """,
    "stop": r"""
        ARMNSDEL esmprocm
        W:\Program Files\ESMPRO\ESMPROCM\bin\splaunch
        ARMKILL CMTIME
        ARMKILL CMSNMP
        ARMKILL CMSENDER
        ARMKILL CMMANAGER
        ARMKILL CMPOWERON
        net stop "ESMPRO/CM CMURELAY"
        ARMKILL CMIT
        ARMKILL ALMSOK
        ARMKILL DMIEVT
        ARMKILL ESMALT
        ARMKILL ESMRMT
        ARMKILL ESMCMD
        ARMKILL ESMBASE
    """,
}
NO_DISK = {
    "start": 'ARMBCAST /MSG "切替パーティションに接続できないため ClientManager を開始しません" /A',
    "stop": 'ARMBCAST /MSG "切替パーティションに接続できないため ClientManager の終了処理を行いません" /A',
}
NO_CLUSTER = {
    "start": 'ARMBCAST /MSG "CLUSTERPRO が動いていないため ClientManager を開始しません" /A',
    "stop": 'ARMBCAST /MSG "CLUSTERPRO が動いていないため ClientManager の終了処理を行いません" /A',
}
OUTCOMES = {
    ("start", "START", "SUCCESS"): WORK["start"],
    ("start", "START", "FAILURE"): NO_DISK["start"],
    ("start", "FAILOVER", "SUCCESS"): WORK["start"],
    ("start", "FAILOVER", "FAILURE"): NO_DISK["start"],
    ("start", "RECOVER", "SUCCESS"): "",
    ("start", "RECOVER", "FAILURE"): "",
    ("start", None, "SUCCESS"): NO_CLUSTER["start"],
    ("start", None, "FAILURE"): NO_CLUSTER["start"],
    ("start", "", "SUCCESS"): NO_CLUSTER["start"],
    ("start", "", "FAILURE"): NO_CLUSTER["start"],
    ("stop", "START", "SUCCESS"): WORK["stop"],
    ("stop", "START", "FAILURE"): NO_DISK["stop"],
    ("stop", "FAILOVER", "SUCCESS"): WORK["stop"],
    ("stop", "FAILOVER", "FAILURE"): NO_DISK["stop"],
    ("stop", "RECOVER", "SUCCESS"): NO_CLUSTER["stop"],
    ("stop", "RECOVER", "FAILURE"): NO_CLUSTER["stop"],
    ("stop", None, "SUCCESS"): NO_CLUSTER["stop"],
    ("stop", None, "FAILURE"): NO_CLUSTER["stop"],
    ("stop", "", "SUCCESS"): NO_CLUSTER["stop"],
    ("stop", "", "FAILURE"): NO_CLUSTER["stop"],
}
"""Which script, event (None: no such variable; "": it is empty) and disk: what is called.  The server never matters."""

SERVERS = ("HOME", "OTHER")
THEIRS = """@echo off\r
rem 独自の処理\r
IF "%CLP_EVENT%" == "START" GOTO NORMAL\r
IF "%CLP_EVENT%" == "FAILOVER" GOTO FAILOVER\r
THEIRS nothing\r
GOTO EXIT\r
:NORMAL\r
THEIRS normal "%CM_EVENT%"\r
GOTO EXIT\r
:FAILOVER\r
THEIRS failover %ERRORLEVEL%\r
:EXIT\r
exit 7\r
""".encode("cp932")


def site(folder: str = FOLDER) -> ClientManagerSite:
    known = load_site(Path(__file__).parents[2] / "parameters" / "lab.yaml", ClientManagerSite)
    manager = known.clientmanager.model_copy(update={"shared_folder": folder})
    return known.model_copy(update={"clientmanager": manager})


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def variables(family: str, event: str | None, disk: str, server: str) -> dict[str, str]:
    named = {f"{family}_DISK": disk, f"{family}_SERVER": server}
    return named if event is None else {f"{family}_EVENT": event, **named}


def cases_of(moment: Moment) -> list[tuple[str | None, str, str]]:
    situations = [(event, disk) for of, event, disk in OUTCOMES if of == moment]
    assert len(situations) == 10
    return [(event, disk, server) for (event, disk), server in product(situations, SERVERS)]


def install(wine: Wine, name: str, files: dict[str, bytes]) -> str:
    """Put scripts into a folder whose name is as awkward as CLUSTERPRO's own; the folder."""
    folder = f"C:\\Program Files\\CLUSTERPRO\\scripts\\ESMPROCM\\{name}"
    for file, content in files.items():
        wine.write(f"{folder}\\{file}", content)
    wine.stand_in(f"{FOLDER}\\bin\\splaunch.exe")
    return folder


@pytest.mark.parametrize(("moment", "family"), list(product(MOMENTS, ("ARMS", "CLP"))))
def test_every_event_disk_and_server(wine: Wine, moment: Moment, family: str) -> None:
    script = install(wine, f"{moment} {family}", {f"{moment}.bat": whole_script(site(), moment)}) + f"\\{moment}.bat"
    cases = cases_of(moment)
    full = [case for case in cases if case[0] != ""]
    empty = [case for case in cases if case[0] == ""]
    # A batch file cannot define an empty variable, so these come from around.
    around = {f"{family}_EVENT": ""}
    played = dict(zip(full, wine.play(script, [variables(family, *case) for case in full]), strict=True))
    rest = [{name: value for name, value in variables(family, *case).items() if name not in around} for case in empty]
    played |= zip(empty, wine.play(script, rest, around), strict=True)
    assert played == {case: Played(lines(OUTCOMES[moment, case[0], case[1]]), 0) for case in cases}


def test_arms_variables_go_before_clp_variables_and_each_may_be_missing(wine: Wine) -> None:
    script = install(wine, "both", {"start.bat": whole_script(site(), "start")}) + r"\start.bat"
    played = wine.play(
        script,
        [
            {"ARMS_EVENT": "RECOVER", "CLP_EVENT": "START"},
            {"ARMS_EVENT": "START", "CLP_DISK": "FAILURE"},
            {"ARMS_EVENT": "START"},
            {"CLP_EVENT": "start"},
        ],
    )
    assert [one.calls for one in played] == [(), (NO_DISK["start"],), lines(WORK["start"]), (NO_CLUSTER["start"],)]
    empty = {"ARMS_EVENT": "", "ARMS_DISK": ""}
    played = wine.play(script, [{"CLP_EVENT": "START"}, {"CLP_EVENT": "FAILOVER", "CLP_DISK": "FAILURE"}], empty)
    assert [one.calls for one in played] == [lines(WORK["start"]), (NO_DISK["start"],)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_failing_command_stops_nothing_and_the_script_still_ends_with_0(wine: Wine, moment: Moment) -> None:
    folder = install(wine, f"failing {moment}", {f"{moment}.bat": whole_script(site(), moment)})
    cases = [{"CLP_EVENT": "START"}, {"CLP_EVENT": "FAILOVER"}, {"CLP_EVENT": "START", "CLP_DISK": "FAILURE"}, {}]
    played = wine.play(f"{folder}\\{moment}.bat", cases, {"RECORDER_EXIT": "5"})
    outcomes = (WORK[moment], WORK[moment], NO_DISK[moment], NO_CLUSTER[moment])
    assert played == [Played(lines(outcome), 0) for outcome in outcomes]


@pytest.mark.parametrize("folder", [r"W:\R&D (x86)^1;a=b\CM!x!", r"W:\表示 機能\能^タ"])
def test_the_folder_that_was_really_used(wine: Wine, folder: str) -> None:
    files = {f"{moment}.bat": whole_script(site(folder), moment) for moment in MOMENTS}
    scripts = install(wine, "folder " + str(folder.isascii()), files)
    (started,) = wine.play(f"{scripts}\\start.bat", [{"CLP_EVENT": "START"}])
    assert started.calls == lines(WORK["start"].replace(FOLDER, folder))
    if folder.isascii():  # Wine cannot open a file with another name unless the locale is installed
        wine.stand_in(f"{folder}\\bin\\splaunch.exe")
        (stopped,) = wine.play(f"{scripts}\\stop.bat", [{"CLP_EVENT": "FAILOVER"}])
        assert stopped == Played(lines(WORK["stop"].replace(FOLDER, folder)), 0)


@pytest.mark.parametrize("moment", MOMENTS)
def test_in_a_script_with_lines_of_its_own_ours_come_first_and_theirs_stay_what_they_were(
    wine: Wine, moment: Moment
) -> None:
    part = {f"cm_{moment}.bat": script_part(site(), moment)}
    folder = install(wine, f"merged {moment} (R&D)", {"ours.bat": with_our_lines(THEIRS, moment), **part})
    wine.write(f"{folder}\\alone.bat", THEIRS)
    marked = with_our_lines(b"", moment)
    wine.write(f"{folder}\\moved.bat", THEIRS.replace(b":EXIT\r\n", b":EXIT\r\n" + marked))
    cases = [{"CLP_EVENT": event} for event in ("START", "FAILOVER", "RECOVER")]
    alone = wine.play(f"{folder}\\alone.bat", cases)
    assert [one.calls for one in alone] == [('THEIRS normal ""',), ("THEIRS failover 0",), ("THEIRS nothing",)]
    expected = [lines(OUTCOMES[moment, case["CLP_EVENT"], "SUCCESS"]) for case in cases]
    for name, place in (("ours", 0), ("moved", 1)):
        played = wine.play(f"{folder}\\{name}.bat", cases)
        together = [
            (ours + theirs.calls, theirs.calls + ours)[place] for ours, theirs in zip(expected, alone, strict=True)
        ]
        assert played == [Played(calls, 7) for calls in together], name


@pytest.mark.parametrize(("moment", "family"), [("start", "ARMS"), ("stop", "CLP")])
def test_the_lab_runs_them_as_wine_does(wine: Wine, moment: Moment, family: str) -> None:
    content = whole_script(site(), moment)
    script = install(wine, f"lab {moment}", {f"{moment}.bat": content}) + f"\\{moment}.bat"
    cases = [variables(family, *case) for case in cases_of(moment) if case[0] != ""]
    assert play_in_lab(script, {script: content}, cases) == wine.play(script, cases)


def play_in_lab(script: str, files: dict[str, bytes], cases: list[dict[str, str]]) -> list[Played]:
    machine = make_machine("node1", Cluster("cluster"))
    machine.files.mount("W:", Volume("SHARED", "7E21-4F90", 10**9))
    programs = [rf"C:\standins\{name}.exe" for name in STAND_INS] + [rf"{FOLDER}\bin\splaunch.exe"]
    for path, content in {**files, **dict.fromkeys(programs, b"MZ")}.items():
        machine.files.seed_folder(path.rpartition("\\")[0])
        machine.files.seed(path, content)
    calls: list[str] = []

    def record(call: Invocation) -> int:
        calls.append(call_line(f'"{call.arguments[0]}"{call.tail}'))
        return 0

    machine.programs |= {name.lower(): record for name in (*STAND_INS, "splaunch")}
    played = []
    for case in cases:
        calls.clear()
        process = machine.start(f'cmd /c "{script}"', environment={**case, "PATH": r"C:\standins;C:\Windows\system32"})
        assert process.wait(20)
        assert process.exit_code is not None
        played.append(Played(tuple(calls), process.exit_code, process.stderr.take().decode("cp932")))
    return played
