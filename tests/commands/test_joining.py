"""Many readings in one line: packed by length, and taken apart byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.commands.joining import Joined, join, split
from runbook_lib.commands.quoting import LINE_LIMIT
from runbook_lib.errors import CommandFailed


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=40))
def test_packing_keeps_order_and_limit(lengths: list[int]) -> None:
    """Every line is sent once, in order, and no command is longer than allowed."""
    lines = ["x" * length for length in lengths]
    packed = join(lines, "rbtoken")
    assert all(len(joined.line) <= LINE_LIMIT for joined in packed)
    assert [joined.first for joined in packed] == [sum(one.count for one in packed[:i]) for i in range(len(packed))]
    assert sum(joined.count for joined in packed) == len(lines)
    for joined in packed:
        for index in range(joined.first, joined.first + joined.count):
            assert f"({lines[index]})2>&1&call echo rbtoken {index} %^errorlevel%" in joined.line


def test_a_line_that_cannot_fit_is_refused() -> None:
    with pytest.raises(CommandFailed, match="too long"):
        join(["x" * LINE_LIMIT], "rbtoken")


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(-(2**31), 2**31 - 1)), min_size=1, max_size=5))
def test_output_comes_back_byte_for_byte(answers: list[tuple[bytes, int]]) -> None:
    """Also output that does not end its last line, and bytes that are no text."""
    output = b"".join(content + b"rbtoken %d %d\r\n" % (i, code) for i, (content, code) in enumerate(answers))
    assert list(split(output, "rbtoken", Joined("", 0, len(answers)))) == answers


@pytest.mark.parametrize("output", [b"", b"all\r\nrbtoken 0 0\r\ncut short", b"rbtoken 1 0\r\n"])
def test_an_answer_cut_short_is_never_taken_for_a_whole_one(output: bytes) -> None:
    with pytest.raises(CommandFailed, match="incomplete"):
        list(split(output, "rbtoken", Joined("", 0, 2)))
