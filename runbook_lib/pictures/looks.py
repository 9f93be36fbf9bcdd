"""How things look: the outcomes' tints, patterns and signs, and how much room text takes.

Whoever cannot tell the hues apart, and a grey printer, still has the sign, the lightness and the pattern.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

FONTS: Final = "'Segoe UI','Hiragino Sans','Yu Gothic UI','Meiryo','Noto Sans CJK JP','Noto Sans JP',sans-serif"
"""Fonts with Japanese first, as Windows, macOS and Debian have them."""

INK: Final = "#17202b"
MUTED: Final = "#525d6b"
FAINT: Final = "#8b95a3"
LINE: Final = "#c8cfd8"
SOFT: Final = "#f3f5f8"
ACTIVE: Final = "#17395f"
"""The one dark accent: where the group is."""


@dataclass(frozen=True)
class Look:
    """How an outcome looks.

    Attributes:
        sign: one character, drawn as text.
        fill: behind the words.
        edge: around it.
        ink: of the words.
        pattern: name of the pattern laid over *fill*; "" for none.
        dashes: of the edge, as SVG has them; "" for a line.
    """

    sign: str
    fill: str
    edge: str
    ink: str
    pattern: str = ""
    dashes: str = ""


LOOKS: Final[Mapping[str, Look]] = {
    "ok": Look("✓", "#ffffff", "#4c6a5a", INK),
    "changed": Look("●", "#86b9e6", "#1d4e80", "#08233e"),
    "differs": Look("△", "#fff1bd", "#8a6b00", "#3d3000", "hatch"),
    "skipped": Look("–", "#f1f3f5", "#a9b1bc", MUTED, "", "2 3"),
    "waiting": Look("‖", "#eadcf5", "#6c3f91", "#351850", "bars"),
    "interrupted": Look("!", "#f2c08a", "#7a4300", "#331b00", "", "5 3"),
    "failed": Look("✗", "#741109", "#4a0500", "#ffffff"),
    "not run": Look("", "#ffffff", "#a9b1bc", MUTED, "", "1 4"),
    "running": Look("▸", "#ffffff", "#1d4e80", "#08233e", "dots"),
    "unreadable": Look("?", "#ffffff", "#741109", INK, "", "2 2"),
}
"""By the word of a run, a step or a state; the worse, the darker or the more broken."""

PATTERNS: Final = ("hatch", "bars", "dots")


def look_of(outcome: str) -> Look:
    """The look of an outcome; that of "not run" for a word that has none."""
    return LOOKS.get(outcome, LOOKS["not run"])


_THIN: Final = frozenset("iljtfrI.,:;'|!()[]{} `\"/\\-·")
_WIDE: Final = frozenset("mwMWQOG@%&+=<>")


def width_of(text: str, size: float) -> float:
    """About how wide *text* is at a font size, both in the same unit; rather too wide than too narrow."""
    return sum(map(_em, text)) * size


def _em(character: str) -> float:
    if unicodedata.combining(character) or character == "\ufe0e":
        return 0.0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character in _THIN:
        return 0.36
    if character in _WIDE:
        return 0.86
    return 0.66 if character.isupper() else 0.57


def fitted(text: str, room: float, size: float) -> str:
    """*text*, cut with an ellipsis where it takes more than *room*."""
    if width_of(text, size) <= room:
        return text
    kept = text
    while kept and width_of(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def first_fitting(choices: Sequence[str], room: float, size: float) -> str:
    """The first of *choices*, the fullest first, that fits; the last one cut where none does."""
    return next((choice for choice in choices if width_of(choice, size) <= room), fitted(choices[-1], room, size))


def in_lines(text: str, room: float, size: float, most: int) -> list[str]:
    """*text* in at most so many lines of *room*, broken at blanks and, in Japanese, anywhere; the last one is cut."""
    lines: list[str] = []
    line = ""
    words = _words(text)
    for number, word in enumerate(words):
        if width_of((line + word).rstrip(), size) <= room:
            line += word
            continue
        if len(lines) == most - 1:
            return [*lines, fitted(line + "".join(words[number:]), room, size)]
        if line.strip():
            lines.append(line.rstrip())
        line = word.lstrip()
    return [*lines, fitted(line.rstrip(), room, size)] if line.strip() else lines or [""]


def _words(text: str) -> list[str]:
    """Pieces after which a line may end: a blank with the word before it, or one Japanese character."""
    words: list[str] = []
    for character in text:
        begins = not words or words[-1].endswith(" ") or _is_wide(character) or _is_wide(words[-1][-1])
        if not words or (begins and character not in _NEVER_FIRST):
            words.append(character)
        else:
            words[-1] += character
    return words


_NEVER_FIRST: Final = frozenset("、。)）」』,.… ")
"""What no line begins with."""


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
