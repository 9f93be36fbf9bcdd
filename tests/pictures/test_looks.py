"""Room for text, and outcomes that nobody mistakes for one another."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.pictures.looks import LOOKS, Look, first_fitting, fitted, in_lines, look_of, width_of

TEXT = st.text(st.sampled_from("abcWi 1.,、。漢字ガ"), max_size=60)


def lightness(color: str, *, deuteranopic: bool = False) -> float:
    """L* of a colour, as a grey printer or (Machado 2009, severity 1) somebody without the green cones has it."""
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in rgb(color)]
    if deuteranopic:
        rows = ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969))
        linear = [max(0.0, sum(part * one for part, one in zip(row, linear, strict=True))) for row in rows]
    luminance = sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * luminance ** (1 / 3) - 16


def rgb(color: str) -> list[float]:
    return [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]


@given(TEXT, st.floats(20, 200))
def test_fitted_text_fits(text: str, room: float) -> None:
    assert width_of(fitted(text, room, 12), 12) <= max(room, width_of("…", 12))
    assert fitted(text, 1e6, 12) == text


@given(TEXT, st.floats(30, 200), st.integers(1, 4))
def test_lines_fit_and_lose_nothing_but_at_the_end(text: str, room: float, most: int) -> None:
    lines = in_lines(text, room, 12, most)
    assert len(lines) <= most
    together = "".join("".join(lines).split())
    if not lines[-1].endswith("…"):
        assert together == "".join(text.split())
    # a character that may not begin a line stays with the one before it, whatever the room
    assert all(width_of(line, 12) <= room or len(line.strip()) > 1 for line in lines)


def test_the_fullest_choice_that_fits_is_taken() -> None:
    assert first_fitting(("10.0.0.200 floating IP", "10.0.0.200"), 80, 12) == "10.0.0.200"
    assert first_fitting(("wide", "wide"), 10, 12).endswith("…")


def test_japanese_takes_twice_the_room() -> None:
    assert width_of("日本", 10) == 20


@pytest.mark.parametrize(("one", "other"), list(combinations(LOOKS, 2)))
def test_no_two_outcomes_look_alike_without_colours(one: str, other: str) -> None:
    a, b = LOOKS[one], LOOKS[other]
    assert a.sign != b.sign
    for deuteranopic in (False, True):
        apart = abs(lightness(a.fill, deuteranopic=deuteranopic) - lightness(b.fill, deuteranopic=deuteranopic))
        assert (a.pattern, a.dashes) != (b.pattern, b.dashes) or apart >= 15


@pytest.mark.parametrize("look", list(LOOKS.values()), ids=list(LOOKS))
def test_words_can_be_read_on_every_tint(look: Look) -> None:
    assert abs(lightness(look.fill) - lightness(look.ink)) >= 55


def test_an_unknown_word_is_drawn_as_nothing_that_happened() -> None:
    assert look_of("hm") == LOOKS["not run"]
