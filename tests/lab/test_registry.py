import pytest

from runbook_lib.lab.registry import Registry

NEC = r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC"


@pytest.fixture
def noted() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def registry(noted) -> Registry:
    return Registry("x64", lambda *change: noted.append(change))


def test_names_are_found_in_any_case_and_kept_as_first_written(registry):
    registry.set(r"HKLM\SOFTWARE\Nec\NvBase", "WorkDir", "REG_SZ", "one")
    registry.set(r"hklm\software\NEC\NVBASE", "WORKDIR", "REG_SZ", "two")
    assert registry.text(r"HKEY_LOCAL_MACHINE\software\nec\nvbase", "workdir") == "two"
    assert [value.name for value in registry.values(r"HKLM\SOFTWARE\NEC\NVBASE")] == ["WorkDir"]
    assert registry.spelling(r"hklm\software\nec\NVBASE") == r"HKEY_LOCAL_MACHINE\SOFTWARE\Nec\NvBase"


def test_every_change_is_noted_and_seeding_is_not(registry, noted):
    registry.seed(rf"{NEC}\A", "seeded", "REG_SZ", "")
    assert noted == []
    registry.set(rf"{NEC}\B", "", "REG_DWORD", 1)
    registry.delete_value(rf"{NEC}\A", "SEEDED")
    registry.delete_key(rf"{NEC}\A")
    assert noted == [
        ("registry", rf"{NEC}\B", "created"),
        ("registry", rf"{NEC}\B []", "written"),
        ("registry", rf"{NEC}\A [seeded]", "removed"),
        ("registry", rf"{NEC}\A", "removed"),
    ]


@pytest.mark.parametrize(
    ("architecture", "key", "bits", "place"),
    [
        ("x64", r"HKLM\SOFTWARE\NEC", 32, r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\NEC"),
        ("x64", r"HKLM\SOFTWARE", 32, r"HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node"),
        ("x64", r"HKLM\SOFTWARE\NEC", 64, r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC"),
        ("x64", r"HKLM\software\wow6432node\NEC", 32, r"HKEY_LOCAL_MACHINE\software\wow6432node\NEC"),
        ("x64", r"HKLM\SOFTWARE_OTHER\NEC", 32, r"HKEY_LOCAL_MACHINE\SOFTWARE_OTHER\NEC"),
        ("x64", r"HKLM\SYSTEM\Nvbase", 32, r"HKEY_LOCAL_MACHINE\SYSTEM\Nvbase"),
        ("x86", r"HKLM\SOFTWARE\NEC", 32, r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC"),
    ],
)
def test_a_32_bit_program_on_x64_has_a_software_key_of_its_own(architecture, key, bits, place):
    assert Registry(architecture, lambda *_: None).in_view(key, bits) == place


@pytest.mark.parametrize("key", ["HKXX", r"SOFTWARE\NEC", ""])
def test_a_key_without_a_root_is_none(registry, key):
    with pytest.raises(KeyError):
        registry.full_path(key)
    assert not registry.exists(key)


def test_walk_goes_from_a_key_to_everything_under_it(registry):
    for name in ("b", "a", r"a\deep"):
        registry.seed_key(rf"{NEC}\{name}")
    assert list(registry.walk(NEC)) == [NEC, rf"{NEC}\a", rf"{NEC}\a\deep", rf"{NEC}\b"]
