"""A chapter on a node as HTML: the pieces of the live panel, and the static twin that a saved notebook keeps."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup, escape

from runbook_lib.batch import Chapter
from runbook_lib.report.chapter import ChapterSeen, Event, StepSeen
from runbook_lib.report.standing import SIGNS as WORDS
from runbook_lib.report.templating import macros, source
from runbook_lib.run.display import SIGNS as OUTCOMES
from runbook_lib.wording import say

SIGNS: Final[Mapping[str, str]] = {str(word): sign for word, sign in WORDS.items()} | OUTCOMES
"""A sign for everything that is said of a step."""


def style_html() -> str:
    """The looks of everything here, once for each output that has some of it."""
    return f"<style>{source('chapter.css')}</style>"


def head_html(step: StepSeen, language: str) -> str:
    """One line: the outcome in a word and a sign, the step's number and title, and when it was seen."""
    return _piece("head", language)(step)


def body_html(step: StepSeen, language: str, *, asked_below: bool = False) -> str:
    """What was found in each state, what differs, and the commands; before a reading, what is expected.

    With *asked_below* the reason of a step that waits is left out, because `question_html` says it better.
    """
    return _piece("body", language)(step, asked_below)


def question_html(asked: Event, language: str) -> str:
    """What a person is to do, and what is checked then."""
    return _piece("question", language)(asked)


def twin_html(chapter: Chapter, seen: ChapterSeen, change: str, language: str, *, folded: bool = False) -> str:
    """The whole chapter, static: what a viewer without widgets shows in the panel's place; *folded* to one line."""
    return style_html() + _piece("twin", language)(seen, heading(chapter, seen, change, language), folded)


def heading(chapter: Chapter, seen: ChapterSeen, change: str, language: str) -> str:
    """Which chapter, where and in which change, and what the last run came to; a notebook keeps it."""
    title = chapter.title_ja if language == "ja" and chapter.title_ja else chapter.title
    last = seen.last
    if last is None:
        ran = say(language, "No run in this change yet.")
    else:
        what = say(language, "apply") if last.apply else say(language, "plan")
        ran = f"{say(language, 'Last run')}: {what} {dated(last.since)} · {SIGNS[last.outcome]} "
        ran += say(language, last.outcome)
    return f"{chapter.number} · {title} · {seen.node} · {change} · {ran}"


def clock(moment: str) -> str:
    """A moment of the journal (ISO 8601) as this machine's clock has it; with the day where it is not today.

    For what is shown live; what is kept carries `dated`.
    """
    local = datetime.fromisoformat(moment).astimezone()
    today = local.date() == datetime.now().astimezone().date()
    return f"{local:%H:%M:%S}" if today else f"{local:%Y-%m-%d %H:%M:%S}"


def dated(moment: str) -> str:
    """A moment of the journal (ISO 8601) as this machine's clock has it, with its day and zone for later years."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M:%S %Z}"


def _prose(text: str) -> Markup:
    """A notebook's sentence with its simple markup: `code`, *slanted*, **bold**; a line for each line."""
    page = str(escape(text)).replace("\n", "<br>")
    for mark, tag in ((r"\*\*(.+?)\*\*", "b"), (r"\*(.+?)\*", "i"), (r"`(.+?)`", "code")):
        page = re.sub(mark, rf"<{tag}>\1</{tag}>", page)
    return Markup(page)  # noqa: S704 - everything in it was escaped above


def _piece(name: str, language: str) -> Callable[..., str]:
    def called(*values: Any) -> str:  # noqa: ANN401 - what the macro takes
        template = macros("chapter.html", language, signs=SIGNS, clock=clock, dated=dated, prose=_prose)
        return str(getattr(template, name)(*values))

    return called
