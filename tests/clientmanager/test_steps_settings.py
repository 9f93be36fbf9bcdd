"""What a site's own values make of procedures 2 and 6."""

from pathlib import Path

import pytest

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.clientmanager.steps_settings import group_registered, keys_travel, safe_to_travel
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site

PARAMETERS = Path(__file__).parents[2] / "parameters"


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    """A copy of lab.yaml, alone in its folder."""
    file = tmp_path / "lab.yaml"
    file.write_text((PARAMETERS / "lab.yaml").read_text())
    return file


def test_exported_elements_lie_beside_the_site_file() -> None:
    site = load_site(PARAMETERS / "lab.yaml", ClientManagerSite)
    assert [xml.split()[0] for xml in group_registered(site).exported] == ["<vip", "<regsync", "<regsyncw"]
    assert group_registered(load_site(PARAMETERS / "lab-2003.yaml", ClientManagerSite)).exported == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, r"cluster\.fragments lab-fragments\.xml cannot be read at .*: No such file"),
        ("<fragments>\n<vip>\n</fragments>", r"cluster\.fragments lab-fragments\.xml, line 3: not well-formed"),
        ("<fragments><vip/></fragments>", "the exported element 'vip' has no name"),
    ],
)
def test_a_file_of_exported_elements_that_cannot_be_used(site_file: Path, content: str | None, reason: str) -> None:
    if content is not None:
        (site_file.parent / "lab-fragments.xml").write_text(content)
    site = load_site(site_file, ClientManagerSite)
    for step in (group_registered, keys_travel):
        with pytest.raises(ParameterError, match=reason):
            step(site)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("lab", (r"SOFTWARE\Wow6432Node\NEC\ESMPRO/CM", r"SOFTWARE\Wow6432Node\NEC\NVBASE")),
        ("lab-2003", (r"SOFTWARE\NEC\ESMPRO/CM", r"SOFTWARE\NEC\NVBASE")),
    ],
)
def test_keys_are_those_of_the_architecture(name: str, keys: tuple[str, ...]) -> None:
    site = load_site(PARAMETERS / f"{name}.yaml", ClientManagerSite)
    wanted = (*keys, r"SYSTEM\CurrentControlSet\Services\Nvbase")
    assert keys_travel(site).keys == tuple(rf"HKEY_LOCAL_MACHINE\{key}" for key in wanted)


def test_a_cluster_that_shared_the_folder_before_is_not_asked_for_its_place(site_file: Path) -> None:
    before = len(safe_to_travel(load_site(site_file, ClientManagerSite)))
    site_file.write_text(site_file.read_text() + 'skip: {"5": shared by ServerManager}\n')
    assert (before, len(safe_to_travel(load_site(site_file, ClientManagerSite)))) == (5, 1)
