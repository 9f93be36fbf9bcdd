"""The page of a change as HTML: the pieces of the live page, and the static twin that a saved notebook keeps."""

import html
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runbook_lib.parameters import Site
from runbook_lib.pictures.change_timeline import change_timeline_card_html
from runbook_lib.pictures.cluster import cluster_card_html
from runbook_lib.pictures.looks import look_of
from runbook_lib.pictures.view import Event, cluster_seen
from runbook_lib.report import chapter_html
from runbook_lib.report.desk import PROCEDURES, DeskSeen, UnderWay
from runbook_lib.report.matrix import LOOKS, matrix_html
from runbook_lib.report.standing import SIGNS, Standing, next_words, titled, worded
from runbook_lib.report.templating import source
from runbook_lib.wording import say

_SELDOM: Final = ("running", "interrupted", "skipped")
"""Words that the legend leaves to the buttons themselves."""


_NOT_WELL: Final = ("waiting", "failed", "interrupted")


def style_html() -> str:
    """The looks of the page, with those of a chapter; the tints of the words are those of every picture."""
    tints = "".join(
        f".rb-desk button.rb-cell.rb-{word.replace(' ', '-')}{{background:{look.fill};color:{look.ink};"
        f"border-color:{look.edge}}}"
        for word, look in LOOKS.items()
        if word not in ("done", "not yet")
    )
    return f"{chapter_html.style_html()}<style>{source('desk.css')}{tints}</style>"


def legend_html(language: str) -> str:
    """The words with their signs, and what a press does."""
    words = "".join(
        f"<span>{sign} {html.escape(worded(word, language))}</span>"
        for word, sign in SIGNS.items()
        if word not in _SELDOM
    )
    hint = say(language, "A press opens the chapter's notebook for that node.")
    return f'<div class="rb-legend">{words}<span>{html.escape(hint)}</span></div>'


def attention_html(standings: Sequence[Standing], language: str, broken: Sequence[str] = ()) -> str:
    """Why those that did not end well did not, and the *broken* journals, one line each; "" where there are none."""
    lines = "".join(
        f"<li>{SIGNS[one.word]} <b>{html.escape(f'{one.chapter.number} ({one.node})')}</b> "
        f"{html.escape(say(language, one.said))}</li>"
        for one in standings
        if one.word in _NOT_WELL
    )
    unreadable = f"{look_of('unreadable').sign} {html.escape(say(language, 'unreadable'))}"
    lines += "".join(f"<li>{unreadable} <b>{html.escape(name)}</b></li>" for name in broken)
    return f'<ul class="rb-attention">{lines}</ul>' if lines else ""


def under_way_words(one: UnderWay, language: str) -> str:
    """What goes on, in a sentence: chapter, node and step."""
    number, node = one.going.chapter, one.going.node
    title = titled(one.chapter, language) if one.chapter else ""
    what = say(language, "apply") if one.going.apply else say(language, "plan")
    parts = [f"{SIGNS['running']} {what}", f"{number} {title}".strip(), node]
    if one.step:
        parts.append(f"{one.step.step.number} {one.step.step.titled(language)}")
    return " · ".join(parts)


def twin_html(site: Site, seen: DeskSeen, folder: Path) -> str:
    """The whole page, static: what a viewer without widgets shows in the live page's place."""
    language = site.language
    parts = [f"<p><b>{html.escape(heading(site, seen))}</b></p>"]
    for procedure in PROCEDURES:
        shown = seen.of(procedure)
        begun = any(one.row for one in shown)
        if not shown or (procedure != "installation" and not begun):
            continue
        parts.append(
            f"<p>{html.escape(say(language, procedure).capitalize())}: {html.escape(next_words(shown, language))}</p>"
        )
        parts.append(matrix_html(shown, language))
    parts.append(attention_html((), language, seen.broken))
    parts.append(pictures_html(cluster_seen(folder), folder, language, [one.going.journal for one in seen.under_way]))
    return f'{style_html()}<div class="rb-twin">{"".join(parts)}</div>'


def heading(site: Site, seen: DeskSeen) -> str:
    """Which change, on which site, and when it stood so."""
    moment = f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M %Z}"
    return f"{say(site.language, 'Change')} {seen.change} · {site.description} · {moment}"


def pictures_html(glances: Sequence[Event], folder: Path, language: str, going: Iterable[Path] = ()) -> str:
    """The cluster as it was last seen, and what happened when.

    Args:
        glances: ``cluster.seen`` events, one from each node.
        folder: of the change.
        language: "ja" or "en".
        going: journals of the runs that are under way.
    """
    card = cluster_card_html(glances, language)
    cluster = card or f"<p>{html.escape(say(language, 'The cluster has not been read in this change yet.'))}</p>"
    return cluster + change_timeline_card_html(folder, language, going)
