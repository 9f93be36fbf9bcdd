"""From time to place."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.pictures.scale import CUT_WIDTH, Scale, lasted

BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def span(began: float, ended: float) -> tuple[datetime, datetime]:
    return moment(began), moment(ended)


SPANS = st.lists(
    st.tuples(st.floats(0, 1e6), st.floats(0, 5e3)).map(lambda pair: span(pair[0], pair[0] + pair[1])), min_size=1
)


@given(SPANS)
def test_later_is_never_further_left_and_nothing_lies_outside(spans: list[tuple[datetime, datetime]]) -> None:
    scale = Scale(spans, 700)
    moments = sorted({one for span in spans for one in span})
    places = [scale.x(one) for one in moments]
    assert places == sorted(places)
    assert places[0] == 0
    assert places[-1] <= max(700, CUT_WIDTH * len(scale.cuts)) + 1e-6


@given(st.lists(st.floats(0.1, 1e5), min_size=1, max_size=20))
def test_every_run_has_its_least_room_where_there_is_any(lengths: list[float]) -> None:
    spans, at = [], 0.0
    for length in lengths:
        spans.append(span(at, at + length))
        at += length
    scale = Scale(spans, 700, least=20)
    assert all(scale.x(b) - scale.x(a) >= 20 - 1e-6 for a, b in spans)
    assert scale.x(moment(at)) <= 700 + 1e-3


def test_a_gap_of_days_is_cut_and_a_short_pause_is_not() -> None:
    scale = Scale([span(0, 60), span(65, 120), span(86400 * 3, 86400 * 3 + 60)], 500)
    assert [cut.lasted for cut in scale.cuts] == [timedelta(seconds=86400 * 3 - 120)]
    assert scale.x(moment(86400 * 3)) - scale.x(moment(120)) == CUT_WIDTH
    assert scale.x(moment(60)) / 60 == pytest.approx((scale.x(moment(120)) - scale.x(moment(65))) / 55)


def test_moments_outside_are_at_the_ends_and_no_span_is_no_error() -> None:
    scale = Scale([span(0, 10)], 500)
    assert (scale.x(moment(-5)), scale.x(moment(50))) == (0, 500)
    assert Scale([], 500).x(moment(0)) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.01, "< 0.1 s"), (0.4, "0.4 s"), (9.96, "10.0 s"), (12, "12 s"), (59.7, "1 min"), (200, "3 min 20 s"),
        (3600, "1 h"), (7500, "2 h 5 min"), (86400 * 3 + 4 * 3600, "3 d 4 h"),
    ],
)  # fmt: skip
def test_lengths_in_words(seconds: float, words: str) -> None:
    assert lasted(seconds) == words
