"""The text of start.bat and stop.bat, and their call in scripts of others; what they do: test_scripts_wine."""

import re
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.clientmanager.script_lines import clashing_lines, has_our_lines, with_our_lines, without_our_lines
from runbook_lib.clientmanager.scripts import PART_NAMES, SCRIPT_NAMES, script_part, whole_script
from runbook_lib.parameters import load_site

Moment = Literal["start", "stop"]
MOMENTS: tuple[Moment, Moment] = ("start", "stop")
MADE = {"whole": whole_script, "part": script_part}
EVERY = list(product(MADE, MOMENTS, ("ja", "en")))
OURS = {
    moment: b"rem ---- ESMPRO/CM: the next line calls ClientManager's part ----\r\n"
    b'call "%~dp0cm_' + moment.encode() + b'.bat"\r\n'
    b"rem ---- ESMPRO/CM: end ----\r\n"
    for moment in MOMENTS
}
BEGIN, CALL, END = OURS["start"].splitlines(keepends=True)


def site(language: str = "ja", folder: str | None = None) -> ClientManagerSite:
    known = load_site(Path(__file__).parents[2] / "parameters" / "lab.yaml", ClientManagerSite)
    windows = known.windows.model_copy(update={"language": language})
    manager = known.clientmanager
    manager = manager.model_copy(update={"shared_folder": folder or manager.shared_folder})
    return known.model_copy(update={"windows": windows, "clientmanager": manager})


@pytest.mark.parametrize(("kind", "moment", "language"), EVERY)
def test_bytes_and_lines(kind: str, moment: Moment, language: str) -> None:
    content = MADE[kind](site(language), moment)
    text = content.decode("cp932" if language == "ja" else "ascii")
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert text.endswith("\r\n")
    lines = text.split("\r\n")
    assert all(line == line.rstrip() for line in lines)
    for line in lines:
        if line.startswith("rem"):
            assert not set(line) & set('<>|&^%"'), line


@pytest.mark.parametrize(("kind", "moment", "language"), EVERY)
def test_every_jump_has_one_label_and_every_label_is_jumped_to(kind: str, moment: Moment, language: str) -> None:
    text = MADE[kind](site(language), moment).decode("cp932")
    labels = re.findall(r"^:(\w+)\r$", text, re.MULTILINE)
    assert sorted(labels) == sorted(set(re.findall(r"\bGOTO (\w+)", text)))
    assert "ERROR_DISK" in labels
    assert not re.search(r"ARMBI|ARMB(?!CAST)", text)


@pytest.mark.parametrize(("kind", "moment"), list(product(MADE, MOMENTS)))
def test_no_character_turns_into_a_sign_of_cmd_under_another_code_page(kind: str, moment: Moment) -> None:
    text = MADE[kind](site(), moment).decode("cp932")
    seconds = {letter: letter.encode("cp932")[1:] for letter in set(text)}
    assert {letter for letter, second in seconds.items() if second and second in b"\\^|"} == set()


@pytest.mark.parametrize("moment", MOMENTS)
def test_only_the_whole_script_ends_the_interpreter_and_both_end_with_0(moment: Moment) -> None:
    whole, part = (make(site(), moment).decode("cp932") for make in MADE.values())
    assert whole.endswith("\r\n:EXIT\r\nexit 0\r\n")
    assert part.endswith("\r\n:EXIT\r\nexit /b 0\r\n")
    assert len(re.findall(r"^exit", whole + part, re.MULTILINE)) == 2


def test_the_folder_stands_in_quotes_wherever_it_stands() -> None:
    folder = r"X:\CM & Co (1)"
    for moment, expected in (("start", [rf'"{folder}\setup"']), ("stop", [rf'"{folder}\bin\splaunch"'])):
        text = whole_script(site(folder=folder), moment).decode("cp932")  # type: ignore[arg-type]
        assert re.findall(r'"X:[^"]*"', text) == expected * 2
        assert text.count("X:") == 2
        assert "W:" not in text


@pytest.mark.parametrize(("language", "folder"), [("ja", "W:\\\N{EURO SIGN}"), ("en", r"W:\管理"), ("ja", "W:\\Köln")])
def test_a_folder_that_the_script_cannot_hold(language: str, folder: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"clientmanager.shared_folder '{folder}' has '")):
        whole_script(site(language, folder), "start")


def test_a_script_whose_only_lines_are_ours() -> None:
    assert {moment: with_our_lines(b"", moment) for moment in MOMENTS} == OURS
    assert SCRIPT_NAMES == {"start": "start.bat", "stop": "stop.bat"}
    assert PART_NAMES == {"start": "cm_start.bat", "stop": "cm_stop.bat"}


@pytest.mark.parametrize(
    ("existing", "merged"),
    [
        (b"@echo off\r\nexit", OURS["start"] + b"@echo off\r\nexit"),
        (b"a\nb\n", OURS["start"].replace(b"\r\n", b"\n") + b"a\nb\n"),
        (b"a\nb\r\n", OURS["start"] + b"a\nb\r\n"),
        (b"rem \x95\x5c\xff\x00", OURS["start"] + b"rem \x95\x5c\xff\x00"),
        (b"\xef\xbb\xbfrem a\r\n", b"\xef\xbb\xbf" + OURS["start"] + b"rem a\r\n"),
        (b"net start x\r\n" + OURS["start"] + b"exit\r\n", b"net start x\r\n" + OURS["start"] + b"exit\r\n"),
    ],
    ids=["CR LF", "LF", "mixed", "bytes of no code page", "UTF-8 mark", "moved by hand"],
)
def test_merged(existing: bytes, merged: bytes) -> None:
    assert with_our_lines(existing, "start") == merged


foreign = st.lists(
    st.one_of(st.binary(max_size=30), st.sampled_from([b"\r\n", b"\n", b"exit\r\n", b"\xef\xbb\xbf", b"rem "])),
    max_size=8,
).map(b"".join)


@given(foreign, st.sampled_from(MOMENTS))
def test_added_and_removed_without_a_trace(existing: bytes, moment: Moment) -> None:
    # Neither UTF-16 nor lines of ours: hypothesis draws constants of the code under test too.
    assume(not existing.startswith((b"\xff\xfe", b"\xfe\xff")))
    assume(b"ESMPRO/CM" not in existing and not clashing_lines(existing))
    merged = with_our_lines(existing, moment)
    assert has_our_lines(merged)
    assert not has_our_lines(existing)
    assert with_our_lines(merged, moment) == merged
    assert without_our_lines(merged) == existing == without_our_lines(existing)


@given(foreign, foreign)
def test_removed_from_wherever_they_were_moved_to(before: bytes, after: bytes) -> None:
    assume(b"ESMPRO/CM" not in before + after)
    before = before and before + b"\r\n"
    assert without_our_lines(before + OURS["stop"] + after) == before + after
    assert without_our_lines(before + OURS["stop"].removesuffix(b"\r\n")) == before


@pytest.mark.parametrize(
    ("existing", "why"),
    [
        (BEGIN + CALL, "were edited"),
        (CALL + END, "were edited"),
        (BEGIN + END, "were edited"),
        (BEGIN + CALL + b"net start theirs\r\n" + END, "were edited"),
        (OURS["start"] * 2, "were edited"),
        (BEGIN + b"net start theirs\r\n" + END, "have 'net start theirs' between"),
    ],
)
def test_marks_that_somebody_edited_are_left_to_a_person(existing: bytes, why: str) -> None:
    for act in (lambda: with_our_lines(existing, "start"), lambda: without_our_lines(existing)):
        with pytest.raises(ValueError, match=why):
            act()


@pytest.mark.parametrize(
    ("existing", "why"),
    [
        ("\ufeffrem".encode("utf-16-le"), "UTF-16"),
        (OURS["stop"], "call .*cm_stop.bat.* must be .*cm_start.bat"),
        (b"rem\r\nARMLOAD ESMBASE /M /S x\r\n", "Line 2 of the script, 'ARMLOAD ESMBASE /M /S x', already"),
    ],
)
def test_what_is_not_merged(existing: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        with_our_lines(existing, "start")


@pytest.mark.parametrize(
    ("line", "clashes"),
    [
        ('armload esmbase /M /S "anything"', True),
        ('ARMLOAD OTHERID /A /S "ESM Alert Service"', True),
        ("  @armkill.exe CMTIME /T 0", True),
        ('if "%x%" == "1" ARMKILL "CMIT"', True),
        ("Armnsdel esmprocm", True),
        ('net start "esmpro/cm cmurelay"', True),
        ('sc stop "ESMPRO Time Server"', True),
        ("ARMLOAD ESMBASE2 /M /S x", False),
        ("ARMNSADD esmprocm2 x", False),
        ('sc query "ESM Base Service"', False),
        ("rem ARMLOAD ESMBASE /M", False),
        ("@REM armkill CMTIME", False),
        (":: armkill CMTIME", False),
        ('net start "SQL Server"', False),
        ("rem", False),
    ],
)
def test_lines_that_do_the_same_work(line: str, clashes: bool) -> None:
    assert clashing_lines(f"rem\r\n{line}\r\n".encode()) == (((2, line.strip()),) if clashes else ())


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_script_that_is_ours_altogether_is_not_merged(moment: Moment) -> None:
    whole = whole_script(site(), moment)
    assert len(clashing_lines(whole)) == 2 * 14
    with pytest.raises(ValueError, match="already"):
        with_our_lines(whole, moment)
