"""One line of a file is set, and every other byte stays."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.states.content import FileLine, FileText
from runbook_lib.states.state import Act, Blocked
from tests.states.asking import FACTS_2008_R2

LINE = b'CommunityName: "mgr"'
STATE = FileLine("W:\\NVWORK\\local\\nvisord.cf", "CommunityName:", LINE.decode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", LINE + b"\r\n"),
        (b"A: 1\r\n", b"A: 1\r\n" + LINE + b"\r\n"),
        (b"A: 1", b"A: 1\r\n" + LINE + b"\r\n"),
        (b"A: 1\nB: 2\n", b"A: 1\nB: 2\n" + LINE + b"\n"),
        (b'CommunityName: "old"\r\nA: 1\r\n', LINE + b"\r\nA: 1\r\n"),
        (b'A: 1\r\n  communityname:\t"old"\r\nCommunityName: "older"\r\n', b"A: 1\r\n" + LINE + b"\r\n"),
        ("注記: 表示\r\n".encode("cp932"), "注記: 表示\r\n".encode("cp932") + LINE + b"\r\n"),
        (b'\xef\xbb\xbfCommunityName: "old"\r\nA: 1\r\n', b"\xef\xbb\xbf" + LINE + b"\r\nA: 1\r\n"),
        (b"CommunityNames: 1\r\n", b"CommunityNames: 1\r\n" + LINE + b"\r\n"),
    ],
)
def test_the_edit(before: bytes, after: bytes) -> None:
    assert STATE.edited(before) == after
    assert not any(row.differs for row in STATE.rows(FileText(after, True), FACTS_2008_R2))


line_of_a_file = st.binary(max_size=12).filter(
    lambda text: not set(text) & set(b"\r\n\x0b\x0c\x1c\x1d\x1e\x85") and not text.lstrip().lower().startswith(b"comm")
)


@given(st.lists(line_of_a_file, max_size=6), st.sampled_from([b"\r\n", b"\n"]), st.integers(0, 6), st.booleans())
def test_other_lines_stay_and_twice_is_once(others: list[bytes], end: bytes, place: int, ours: bool) -> None:
    lines = [*others[:place], *([b"CommunityName: x"] if ours else []), *others[place:]]
    before = b"".join(line + end for line in lines)
    after = STATE.edited(before)
    end = end if before else b"\r\n"  # a new file
    assert after.split(end).count(LINE) == 1
    assert [line for line in after.split(end)[:-1] if line != LINE] == others
    assert STATE.edited(after) == after
    assert not any(row.differs for row in STATE.rows(FileText(after, True), FACTS_2008_R2))


def test_what_is_written_is_what_was_meant() -> None:
    """The base64 in the commands, put together again, is the edited file."""
    content = ("注記: 表示ソ\r\n" * 400).encode("cp932")
    acts = [act for act in STATE.plan(FileText(content, True), FACTS_2008_R2) if isinstance(act, Act)]
    pieces = re.findall(r'>>"[^"]*" echo ([A-Za-z0-9+/=]+)(?:&|$)', "&".join(act.line for act in acts))
    assert base64.b64decode("".join(pieces)) == STATE.edited(content)
    assert "(move /y %f " in acts[-1].line
    assert all(len(act.line) < 8000 for act in acts)


def test_a_file_in_utf_16_is_left_alone() -> None:
    (blocked,) = STATE.plan(FileText("A: 1\r\n".encode("utf-16"), True), FACTS_2008_R2)
    assert isinstance(blocked, Blocked)


def test_a_missing_folder_is_made_first() -> None:
    first = STATE.plan(FileText(None, False), FACTS_2008_R2)[0]
    assert isinstance(first, Act)
    assert first.line == 'md "W:\\NVWORK\\local"'
