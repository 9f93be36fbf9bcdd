"""Chapters by nodes as one static table: what a saved notebook, a page and a printer show of where a change stands."""

import html
from collections.abc import Mapping, Sequence
from typing import Final

from runbook_lib.pictures.looks import Look, look_of
from runbook_lib.report.standing import SIGNS, Standing, Word, titled, worded
from runbook_lib.wording import say

LOOKS: Final[Mapping[Word, Look]] = {
    word: look_of({"done": "ok", "not yet": "not run"}.get(word, word)) for word in SIGNS
}
"""How each word looks, as in every picture; the worse, the darker, so that the order survives a grey printer."""

_CELL: Final = (
    "text-align:left;vertical-align:top;padding:4px 8px;border:1px solid #888;overflow-wrap:anywhere;max-width:30em;"
    "-webkit-print-color-adjust:exact;print-color-adjust:exact"
)


def matrix_html(standings: Sequence[Standing], language: str) -> str:
    """A table with one line for each chapter and one column for each node, in *language*; everything escaped.

    It needs no style sheet, and says each word beside its sign and its tint.
    """
    if not standings:
        return f"<p>{_text(say(language, 'There are no chapters to show.'))}</p>"
    nodes = list(dict.fromkeys(one.node for one in standings if one.chapter.scope == "node"))
    lines: dict[str, list[Standing]] = {}
    for one in standings:
        lines.setdefault(one.chapter.number, []).append(one)
    columns = nodes or [say(language, "Cluster")]
    heads = "".join(
        f'<th scope="col" style="{_CELL}">{_text(head)}</th>' for head in (say(language, "Chapter"), *columns)
    )
    body = "".join(_line(line, len(columns), language) for line in lines.values())
    return (
        '<table class="runbook-matrix" style="border-collapse:collapse;font-size:90%">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _line(line: Sequence[Standing], columns: int, language: str) -> str:
    chapter = line[0].chapter
    head = f"<b>{_text(chapter.number)}</b> {_text(titled(chapter, language))}"
    span = columns if chapter.scope == "cluster" else 1
    cells = "".join(_cell(one, span, language) for one in line)
    return f'<tr><th scope="row" style="{_CELL};font-weight:normal">{head}</th>{cells}</tr>'


def _cell(one: Standing, span: int, language: str) -> str:
    look = LOOKS[one.word]
    when = f"{one.at.astimezone():%Y-%m-%d %H:%M %Z}" if one.at else ""
    where = one.node if one.chapter.scope == "cluster" and one.row else ""
    small = " · ".join(_text(part) for part in (where, when, say(language, one.said)) if part)
    return (
        f'<td colspan="{span}" style="{_CELL};background-color:{look.fill};color:{look.ink}">'
        f"{SIGNS[one.word]} <b>{_text(worded(one.word, language))}</b><br><small>{small}</small></td>"
    )


def _text(value: str) -> str:
    return html.escape(value, quote=True)
