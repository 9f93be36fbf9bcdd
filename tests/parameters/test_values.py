"""Names, addresses, drives and paths: what is accepted survives the file, what Windows refuses is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters import Folder, UserGroup, load_site
from runbook_lib.parameters.values import Address, CodePage, Drive, Ipv4, NodeName, PlainName, Version

ACCEPTED = [
    (NodeName, "node1", "a", "tokyo-cm1", "a" * 15, "1a", "cm_1"),
    (PlainName, "ESMPROCM", "a-b_c", "1"),
    (Address, "10.0.0.1", "127.0.0.1", "node1", "node1.corp.example", "NODE1", "x" * 63),
    (Ipv4, "10.0.0.200", "192.168.1.1", "169.254.1.1"),
    (Drive, "W:", "C:", "Z:"),
    (Folder, r"C:\A", r"C:\Program Files (x86)\ESMPRO", r"D:\日本語\a&b ^ !x", r"W:\.hidden", r"C:\CONFIG", r"C:\a.b"),
    (UserGroup, "Administrators", "ESMPRO Users", "運用者", "a" * 256, "it's (x86) & more!"),
    (Version, "3.1", "4.2", "10.0.20348.1"),
    (CodePage, 932, 437, 65001, 1252, 850),
]
REFUSED = [
    (NodeName, "", "a" * 16, "Node1", "123", "a.b", "-a", "a-", "a b", "ノード", "node\n", "node１"),
    (PlainName, "", "a b", "グループ", "a.b", "a\n", "ESMPROC\N{CYRILLIC CAPITAL LETTER EM}"),
    (Address, "", "10.0.0.256", "10.0.0", "10.0.0.01", "a b", "-a", "http://x", "a..b", "x" * 64, "node1\n", "::1"),
    (Ipv4, "", "10.0.0.256", "10.0.0.1/24", "0.0.0.0", "255.255.255.255", "224.0.0.1", "127.0.0.1", "10.0.0.1\n"),
    (Drive, "", "W", "w:", "W:\\", "WW:", "1:", "W:x", "W:\n", "Ｗ:"),
    (Folder, "", "C:", "C:\\", "C:A", "A", "\\A", r"\\server\share", "C:/A", r"C:\A\..\B", r"C:\A\\B", r"C:\A\.\B"),
    (Folder, r"C:\A?", r"C:\a|b", 'C:\\a"b', r"C:\a:b", "C:\\a\nb", "C:\\a\tb", r"C:\%TEMP%", r"C:\A \B", r"C:\A.\B"),
    (Folder, r"C:\ A", r"C:\NUL", r"C:\con.txt\a", r"C:\Com1", "C:\\" + "a" * 200, "Ｃ:\\a", "C:\\a\u2028b", "C:\\A "),
    (
        UserGroup,
        "",
        " ",
        ".",
        "a.",
        " a",
        "a ",
        "CORP\\a",
        "a/b",
        "a:b",
        "a*b",
        "a" * 257,
        "a\x07",
        "a%b",
        'a"b',
        "a\n",
    ),
    (Version, "", "3", "X3.1", "3.", "3.1a", "３.1", "3.1\n"),
    (CodePage, 0, -1, 9320, 99999),
]


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, *values in ACCEPTED for value in values])
def test_accepted(kind: object, value: object) -> None:
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, *values in REFUSED for value in values])
def test_refused(kind: object, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    sentence = str(caught.value.errors()[0]["ctx"]["error"])
    assert sentence.startswith(("is ", "has "))
    assert sentence.endswith(".")


def test_a_folder_is_brought_into_one_form() -> None:
    assert TypeAdapter(Folder).validate_python("c:\\Program Files\\") == r"C:\Program Files"


LETTERS = st.characters(exclude_categories=["C", "Z"], exclude_characters='\\/:*?"<>|%.')
PARTS = st.text(st.one_of(LETTERS, st.just(" "), st.just(".")), min_size=1, max_size=12)
FOLDERS = st.builds(
    lambda drive, parts: drive + "\\" + "\\".join(parts),
    st.sampled_from(["C:", "D:", "Z:"]),
    st.lists(PARTS, min_size=1, max_size=5),
)


def reads(folder: str) -> bool:
    try:
        TypeAdapter(Folder).validate_python(folder)
    except ValidationError:
        return False
    return True


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(folder=FOLDERS.filter(reads))
def test_a_folder_survives_the_file_and_leads_to_the_work_folder(
    changed: Callable[..., str], home: Path, folder: str
) -> None:
    quoted = "'" + folder.replace("'", "''") + "'"
    text = changed(r"'C:\Program Files (x86)\ESMPRO'", quoted)
    (home / "parameters" / "tokyo.yaml").write_text(text, encoding="utf-8")
    site = load_site("tokyo", ClientManagerSite)
    assert site.nvwork_local == folder + "\\NVWORK"


@settings(max_examples=60)
@given(parts=st.lists(st.text(max_size=6), min_size=1, max_size=4), drive=st.text(max_size=3))
def test_an_accepted_folder_is_one_that_windows_keeps_as_it_is(parts: list[str], drive: str) -> None:
    folder = drive + "\\" + "\\".join(parts)
    if not reads(folder):
        return
    kept = TypeAdapter(Folder).validate_python(folder)
    assert kept == TypeAdapter(Folder).validate_python(kept)
    assert kept.isprintable() or " " in kept
    assert not set(kept[2:]) & set('/:*?"<>|%')
    assert all(part and part == part.strip(" ").rstrip(".") for part in kept.split("\\")[1:])


PLAIN = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(description=PLAIN.filter(str.strip), reason=PLAIN.filter(str.strip))
def test_texts_survive_the_file(changed: Callable[..., str], home: Path, description: str, reason: str) -> None:
    values = yaml.safe_load(changed())
    values |= {"description": description, "skip": {"5": reason}}
    text = yaml.safe_dump(values, allow_unicode=True)
    (home / "parameters" / "tokyo.yaml").write_text(text, encoding="utf-8")
    site = load_site("tokyo", ClientManagerSite)
    assert (site.description, site.skip) == (description.strip(), {"5": reason.strip()})


@settings(max_examples=100)
@given(name=st.text(max_size=20))
def test_an_accepted_node_name_is_short_plain_and_lower(name: str) -> None:
    try:
        kept = TypeAdapter(NodeName).validate_python(name)
    except ValidationError:
        return
    assert kept == name.lower()
    assert len(kept) <= 15
    assert kept.isascii()
    assert not kept.isdigit()
