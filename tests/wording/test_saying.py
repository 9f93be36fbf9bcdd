"""From English to the language of the site: sentences with and without values, several of them, and unknown ones."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.wording import both, language_of_terminal, say, say_value
from runbook_lib.wording.template import Template

VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\n;,.:"), min_size=1, max_size=20).map(
    lambda value: f"<{value}>"
)


def test_a_word_and_a_sentence_with_values() -> None:
    assert say("ja", "differs") == "相違あり"
    said = say("ja", "start mode is auto2, expected demand2")
    assert said == "start mode は「auto2」\uff08あるべき値は「demand2」\uff09"


def test_a_value_that_is_a_word_itself_is_said_too() -> None:
    assert "「なし」" in say("ja", "key is x1, expected absent")


def test_several_clauses() -> None:
    said = say("ja", "a1 is x1, expected y1; b1 is x2, expected y2")
    assert said == "a1 は「x1」\uff08あるべき値は「y1」\uff09\uff1bb1 は「x2」\uff08あるべき値は「y2」\uff09"


def test_an_unknown_sentence_between_known_ones_stays() -> None:
    said = say("ja", "Group G1 runs on no node. Zzz qqq wvw is q. Group G2 runs on no node.")
    assert said.startswith("グループ G1 はどのノードでも動作していない。")
    assert "Zzz qqq wvw is q." in said
    assert said.endswith("グループ G2 はどのノードでも動作していない。")


def test_a_sentence_whose_full_stop_another_has() -> None:
    assert say("ja", "By hand: Group G1 runs on no node") == "手作業\uff1aグループ G1 はどのノードでも動作していない"


def test_a_value_of_a_node_is_not_translated() -> None:
    assert say_value("ja", "system") == "system"
    assert say_value("ja", "running") == "動作中"
    assert "「services」" in say("ja", "Database is services, expected CMDB")


def test_english_and_any_other_language_stay() -> None:
    assert say("en", "differs") == say("", "differs") == say("fr", "differs") == "differs"


def test_both() -> None:
    assert both("ja", "differs") == ("相違あり", "differs")
    assert both("en", "differs") == ("differs", "")


@given(st.text())
def test_nothing_is_too_odd_to_be_said(text: str) -> None:
    assert say("en", text) == text
    assert say("ja", f"<{text}>") == f"<{text}>"


@given(VALUES, VALUES, VALUES)
def test_values_come_through_whole(key: str, actual: str, desired: str) -> None:
    said = say("ja", f"{key} is {actual}, expected {desired}")
    assert [value for value in (key, actual, desired) if value not in said] == []


@given(st.lists(VALUES, min_size=3, max_size=3))
def test_a_template_finds_what_was_filled_in(values: list[str]) -> None:
    template = Template.of("{a} on {b}: {c}.")
    assert template.match(f"{values[0]} on {values[1]}: {values[2]}.") == dict(zip("abc", values, strict=True))


@pytest.mark.parametrize(
    "text",
    ["x" * 200_000, "is " * 60_000, "a is b, expected c. " * 5_000, "; ".join(["a is b"] * 20_000), ". A" * 30_000],
    ids=["one word", "words", "sentences", "clauses", "full stops"],
)
def test_a_long_text_takes_no_time(text: str) -> None:
    say("ja", "ok")
    started = time.monotonic()
    say("ja", text)
    assert time.monotonic() - started < 5


def test_the_language_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language_of_terminal() == "en"
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert language_of_terminal() == "ja"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert language_of_terminal() == "en"
