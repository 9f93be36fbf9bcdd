"""What the manual fixes, and what follows from it for a site."""

from pathlib import Path

import pytest

from runbook_lib.clientmanager import (
    ESMPRO_SERVICES,
    MANUAL_SERVICES,
    START_ORDER,
    STOP_ORDER,
    SYNCHRONISED_KEYS,
    ClientManagerSite,
    outside_clusterpro,
    outside_windows,
)
from runbook_lib.clientmanager.steps import work_folder_registry
from runbook_lib.parameters import load_site

PARAMETERS = Path(__file__).parents[2] / "parameters"
ADMINISTRATORS, EVERYONE, SYSTEM = "S-1-5-32-544", "S-1-1-0", "S-1-5-18"


def site(name: str) -> ClientManagerSite:
    return load_site(PARAMETERS / f"{name}.yaml", ClientManagerSite)


def test_thirteen_services_in_the_orders_of_the_scripts() -> None:
    def ids(order: tuple[object, ...]) -> str:
        return " ".join(getattr(service, "watch_id", None) or "net:" + service.display_name[-8:] for service in order)  # type: ignore[attr-defined]

    assert ids(START_ORDER) == (
        "ESMBASE ESMCMD ESMALT ESMRMT DMIEVT ALMSOK CMIT net:CMURELAY CMMANAGER CMPOWERON CMSENDER CMSNMP CMTIME"
    )
    assert ids(STOP_ORDER) == (
        "CMTIME CMSNMP CMSENDER CMMANAGER CMPOWERON net:CMURELAY CMIT ALMSOK DMIEVT ESMALT ESMRMT ESMCMD ESMBASE"
    )
    assert set(START_ORDER) == set(STOP_ORDER)
    assert len(set(ESMPRO_SERVICES)) == 13
    assert len(set(MANUAL_SERVICES)) == 6
    assert set(MANUAL_SERVICES) == {service.display_name for service in START_ORDER[:6]}


def test_keys_under_software_move_on_x64_and_the_others_stay() -> None:
    assert [key.on("x86") for key in SYNCHRONISED_KEYS] == [
        r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC\ESMPRO/CM",
        r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC\NVBASE",
        r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Nvbase",
    ]
    assert [key.on("x64") for key in SYNCHRONISED_KEYS] == [
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC\ESMPRO/CM",
        r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC\NVBASE",
        r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Nvbase",
    ]


@pytest.mark.parametrize("name", ["lab", "lab-2003", "lab-2022"])
def test_registry_values_of_procedure_5(name: str) -> None:
    nvbase = r"SOFTWARE\NEC\NVBASE"
    assert site(name).nvbase_values == (
        (nvbase, "WorkDir", r"W:\NVWORK"),
        (nvbase + r"\AlertViewer", "AlertPath", r"W:\NVWORK\alert"),
        (nvbase, "DiosaFilter", r"W:\NVWORK\Alert\filter\odiosasg"),
        (nvbase, "GeneralFilter", r"W:\NVWORK\Alert\filter\genericsg"),
    )


def test_the_states_of_procedure_5_4_are_of_32_bit_software() -> None:
    states = work_folder_registry(site("lab"))
    assert [state.name for state in states] == ["WorkDir", "AlertPath", "DiosaFilter", "GeneralFilter"]
    assert all(state.of_32_bit for state in states)


def test_the_work_folder_of_procedure_5() -> None:
    lab = site("lab")
    assert lab.nvwork_local == r"C:\Program Files (x86)\ESMPRO\NVWORK"
    assert lab.nvwork_shared == r"W:\NVWORK"
    assert lab.nvisord_path == r"W:\NVWORK\local\nvisord.cf"
    assert lab.nvisord_line == 'CommunityName: "mgr_ESMPRO"'


def test_rights_are_by_sid_and_name_another_user_group() -> None:
    fixed = ((ADMINISTRATORS, "F"), (EVERYONE, "RX"), (SYSTEM, "F"))
    assert site("lab").nvwork_rights == fixed
    assert site("lab-2003").nvwork_rights == (*fixed, ("ESMPRO Users", "F"))


@pytest.mark.parametrize(
    ("release", "architecture", "version", "covered"),
    [
        ("2008 R2", "x64", "4.2", True),
        ("2008 R2", "x64", "4.10", True),
        ("2008 R2", "x64", "4.1", False),
        ("2008 R2", "x86", "4.2", False),
        ("7", "x86", "4.2", True),
        ("7", "x64", "4.1.9", False),
        ("2008", "x86", "4.1", True),
        ("2008", "x64", "4.0", False),
        ("Vista", "x86", "4.1", True),
        ("Vista", "x86", "3.9", False),
        ("2003", "x86", "1.0", True),
        ("2003", "x64", "1.0", True),
        ("XP", "x86", "1.0", True),
        ("2012 R2", "x64", "9.9", False),
        ("2022", "x64", "9.9", False),
    ],
)
def test_windows_that_the_manual_covers(release: str, architecture: str, version: str, covered: bool) -> None:
    assert (outside_windows(release, architecture, version) == "") is covered


@pytest.mark.parametrize("version", ["1.0", "2.0", "2.1", "3.0", "3.1"])
def test_clusterpro_that_the_manual_covers(version: str) -> None:
    assert outside_clusterpro(version) == ""


@pytest.mark.parametrize("version", ["3.2", "3.3", "4.1", "5.1", "0.9"])
def test_clusterpro_that_it_does_not(version: str) -> None:
    assert version in outside_clusterpro(version)
