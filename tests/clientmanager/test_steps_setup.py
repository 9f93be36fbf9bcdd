"""What a site's section setup becomes: the answers that a set-up is given, the words for a person, what is compared."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.clientmanager.steps_setup import destination_set, manager_set_up, same_choices
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site
from runbook_lib.states.attended import Attested
from runbook_lib.states.setting import DataSource

LAB = (Path(__file__).parents[2] / "parameters" / "lab.yaml").read_text(encoding="utf-8")
HEAD = LAB[: LAB.index("setup:")]


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., ClientManagerSite]:
    """The lab's site with another section setup, and a response file beside it."""

    def make(setup: str, answers: bytes = b"", **changes: str) -> ClientManagerSite:
        text = HEAD + "setup:\n" + setup
        for old, new in changes.values():
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "tokyo.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "setup.iss").write_bytes(answers)
        (tmp_path / "lab-fragments.xml").write_bytes(b"<root/>")
        return load_site(tmp_path / "tokyo.yaml", ClientManagerSite)

    return make


SILENT = "  command: 'setup.exe /f1\"{response}\"'\n  response_file: setup.iss\n"


def test_words_in_braces_become_values_and_every_other_byte_stays(site: Callable[..., ClientManagerSite]) -> None:
    template = b"[{4F1A-0}-AskPath]\r\nszDir={shared_folder}\r\n\x83\x5c={user_group}\r\nip={address}\r\n"
    changed = site(SILENT, template, group=("user_group: Administrators", "user_group: 管理者"))
    silent = manager_set_up(changed, "node1").silent
    assert silent is not None
    assert silent.line == 'setup.exe /f1"C:\\Windows\\Temp\\clientmanager-setup.iss"'
    assert silent.answers == (
        b"[{4F1A-0}-AskPath]\r\nszDir=W:\\Program Files\\ESMPRO\\ESMPROCM\r\n\x83\x5c=" + "管理者".encode("cp932")
        + b"\r\nip=10.0.0.200\r\n"
    )  # fmt: skip


def test_a_word_without_a_value_is_told(site: Callable[..., ClientManagerSite]) -> None:
    with pytest.raises(ParameterError, match=r"setup.iss asks for \{database\}, and the section setup has no value"):
        manager_set_up(site(SILENT, b"db={database}"), "node1")


def test_a_value_that_the_node_cannot_spell_is_told(site: Callable[..., ClientManagerSite]) -> None:
    changed = site(SILENT, b"g={user_group}", group=("user_group: Administrators", "user_group: Ñandú"))
    with pytest.raises(
        ParameterError, match=r"'Ñandú', which \{user_group\} stands for, has 'Ñ' in it, and code page 932"
    ):
        manager_set_up(changed, "node1")


def test_without_a_command_a_person_is_told_what_is_known(site: Callable[..., ClientManagerSite]) -> None:
    choices = dict(manager_set_up(site("  manager_id: CM01\n"), "node1").choices)
    assert choices["Manager ID"] == "CM01"
    assert choices["First directory, on a local disk"] == r"C:\Program Files (x86)\ESMPRO\ESMPROCM"
    assert choices["Database"].startswith("the same as on the other nodes; where it runs on a cluster")
    assert choices["ESMPRO user group"] == "Administrators"


def test_where_the_destination_is_kept_decides_whether_it_is_read(site: Callable[..., ClientManagerSite]) -> None:
    assert isinstance(destination_set(site("  manager_id: CM01\n"), "node1"), Attested)
    state = destination_set(site("  destination: {key: 'SOFTWARE\\X\\Y', value: V}\n"), "node1")
    assert not isinstance(state, Attested)
    assert (state.key, state.name, state.desired, state.of_32_bit) == ("HKLM\\SOFTWARE\\X\\Y", "V", "10.0.0.200", True)
    outside = destination_set(site("  destination: {key: 'SYSTEM\\X\\Y', value: V}\n"), "node1")
    assert not isinstance(outside, Attested)
    assert not outside.of_32_bit


def test_data_sources_are_compared_whole_where_the_site_names_none(site: Callable[..., ClientManagerSite]) -> None:
    (same,) = same_choices(site("  own_values: ['ESMPRO/CM\\InstallDate']\n"))
    assert same.keys[-1] == (r"HKLM\SOFTWARE\ODBC\ODBC.INI", True)
    assert {r"NVBASE\WorkDir", "LastUser", r"ESMPRO/CM\InstallDate"} <= set(same.ignored)
    source, same = same_choices(site("  database: {data_source: CM, server: ora1, server_key: ServerName}\n"))
    assert same.keys[-1] == (r"HKLM\SOFTWARE\ODBC\ODBC.INI\CM", True)
    assert source == DataSource("CM", (("ServerName", "ora1"),), of_32_bit=True)
