"""Values on their way through cmd.exe: they arrive as they were, or are refused."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.commands import access, content, folders, quoting
from runbook_lib.errors import CommandFailed
from tests.commands.arriving import arrives_as, printed

HOSTILE = " \"'%^&|<>()!,;=\\日本語ソ表`~@#$*?PATH"
hostile_text = st.text(alphabet=HOSTILE + string.ascii_letters, max_size=30)


@given(hostile_text)
def test_an_argument_arrives_as_it_was(value: str) -> None:
    assert arrives_as(f"show {quoting.argument(value)} end") == [value, "end"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "C:\\Program Files\\ESMPRO\\",
        'say "hello"',
        "%PATH%",
        "100%",
        '%PATH%" & del x & "',
        "a^b",
        "!PATH!",
        'ends with a quote"',
        'backslash quote \\"',
        "(x) & (y)",
        "表示ソ\\",
    ],
)
def test_known_hard_arguments(value: str) -> None:
    assert arrives_as(f"show {quoting.argument(value)} end") == [value, "end"]


@given(st.text(alphabet=HOSTILE, max_size=20).filter(lambda text: not set(text) & set('"<>|*?%')))
def test_a_path_arrives_as_it_was(value: str) -> None:
    assert arrives_as(f"show {quoting.path('C:' + chr(92) + 'x' + value)} end") == ["C:\\x" + value, "end"]


@pytest.mark.parametrize("value", ['C:\\a"b', "C:\\%TEMP%", "C:\\a*", "C:\\a|b", "C:\\a\nb"])
def test_what_no_path_has_is_refused(value: str) -> None:
    with pytest.raises(CommandFailed, match="cannot be put into a command line"):
        quoting.path(value)


@given(st.characters(max_codepoint=0x1F) | st.just("\x7f"))
def test_control_characters_are_refused(character: str) -> None:
    with pytest.raises(CommandFailed, match="cannot be put into a command line"):
        quoting.argument(f"a{character}b")


@pytest.mark.parametrize("folder", ["C:\\Program Files (x86)\\E", "C:\\a & b", "C:\\a^b", "C:\\業務 (1)"])
def test_a_folder_with_special_characters_is_read_as_it_is(folder: str) -> None:
    assert set(access.parse_access(printed(access.list_access(folder), folder))) == {folder}
    assert folders.parse_tree(printed(folders.list_tree(folder), folder), folder).there
    assert content.parse_file(printed(content.read_file(folder + "\\x"), folder).encode(), folder + "\\x") is None
