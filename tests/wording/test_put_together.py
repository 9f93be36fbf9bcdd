"""Messages as a run puts them together from several sentences, lists and values: nothing of them stays English."""

import re
from pathlib import Path

import pytest

from runbook_lib.wording import say

ENGLISH = re.compile(r"\b(?:the|is|are|was|to|of|and|then|this|that|it|on|expected|not)\b")
MESSAGES = dict(
    part.split("\n", 1) for part in (Path(__file__).parent / "messages.txt").read_text().strip()[2:].split("\n\n# ")
)
"""Each as the code writes it: other tests see that with real runs."""


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_nothing_stays_english(message: str) -> None:
    said = say("ja", message)
    left = re.sub(r"`[^`]*`|C:\\Program Files|runbook confirm .*|ODBC data source", "", said)
    assert ENGLISH.findall(left) == [], said


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_figures_and_names_stay(message: str) -> None:
    said = say("ja", message)
    names = re.findall(r"node\d|[\d,]*\d|ESMPROCM|[CW]:\\[\w\\]+|runbook confirm .* TEXT|`[^`]+`", message)
    assert [name for name in names if name not in said] == []
