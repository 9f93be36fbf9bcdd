"""From an English sentence, its values already in it, to the sentence in the language of the site."""

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from runbook_lib.wording.catalogue import Catalogue, read_catalogue
from runbook_lib.wording.template import Place

_LONGEST: Final = 4000
"""Characters: what is longer is the output of a command or a file, and is not taken apart."""

_DEEP: Final = 6
"""A reason in a reason in a reason: deeper, the English stays."""

_TOGETHER: Final = 4
"""So many sentences at most are one entry; a longer text is looked up piece by piece."""

_SENTENCES: Final = re.compile(r"(?<=[.。])(?<!\.\.)[ ]+(?=[A-Z`']|[a-z][\w-]*\d)")
_ITEMS: Final = re.compile(r"(, (?:and )?| and | or | then )")
_AND: Final = "\uff1b"
"""The full-width semicolon, between clauses."""
_WIDE: Final = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
_BETWEEN: Final[Mapping[str, str]] = {" or ": " または ", " then ": "、次に "}


def say(language: str, text: str) -> str:
    """*text* in *language*.

    Args:
        language: that of the site, "ja" or "en"; any other is taken for English.
        text: an English sentence of this library, whatever values it carries; also several sentences or lines.

    Returns:
        the sentence in that language.  What the catalogue does not know comes back unchanged: a wrong word would be
        worse than an English one.
    """
    return _japanese(text) if language == "ja" else text


def say_value(language: str, value: str) -> str:
    """*value*, something that was read or is desired, as `say` has it if it is this library's own word.

    A single word is so only if the catalogue says that it may be: "running" is the library's, "system" may be the name
    of a database.
    """
    return _japanese_value(value) if language == "ja" else value


def both(language: str, text: str) -> tuple[str, str]:
    """*text* as `say` has it, and the English beside it: "" where that is the same."""
    said = say(language, text)
    return said, "" if said == text else text


def language_of_terminal() -> str:
    """The language of whoever sits at this terminal, where no site says it: by LC_ALL, LC_MESSAGES and LANG."""
    chosen = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "ja" if chosen.startswith("ja") else "en"


@lru_cache(maxsize=8192)
def _japanese(text: str) -> str:
    return _said(read_catalogue("ja"), text, 0)


@lru_cache(maxsize=8192)
def _japanese_value(value: str) -> str:
    return _said_value(read_catalogue("ja"), value, 0)


def _said_value(catalogue: Catalogue, value: str, depth: int) -> str:
    if not any(map(str.isspace, value)) and value not in catalogue.values:
        return value
    return _said(catalogue, value, depth)


def _said(catalogue: Catalogue, text: str, depth: int) -> str:
    """Whole if the catalogue has it, else line by line, clause by clause, sentence by sentence."""
    if depth > _DEEP or not text.strip():
        return text
    if (found := _found(catalogue, text, depth)) is not None:
        return found
    if len(text) > _LONGEST:
        return text
    if "\n" in text:
        return "\n".join(_said(catalogue, line, depth + 1) for line in text.split("\n"))
    stripped = text.strip()
    if stripped != text:
        before, after = text.split(stripped, 1)
        return f"{before}{_said(catalogue, stripped, depth + 1)}{after}"
    if not text.endswith(".") and (found := _found(catalogue, f"{text}.", depth, loose=False)) is not None:
        return found.removesuffix("。")  # its full stop belongs to the sentence that it stands in
    clauses = [_found(catalogue, clause, depth + 1) for clause in text.split("; ")]
    if len(clauses) > 1 and all(clauses):
        return _AND.join(map(str, clauses))
    sentences = _SENTENCES.split(text)
    if len(sentences) > 1 and (joined := _joined(catalogue, sentences, depth)) is not None:
        return joined
    return text


def _joined(catalogue: Catalogue, sentences: list[str], depth: int) -> str | None:
    """Sentences one by one, or several that are one entry; None when the catalogue has none of them."""
    said, known, at = "", False, 0
    while at < len(sentences):
        found, end = None, at + 1
        for end in range(min(len(sentences), at + _TOGETHER), at, -1):
            found = _found(catalogue, " ".join(sentences[at:end]), depth + 1, loose=False)
            if found is not None:
                break
        piece = sentences[at] if found is None else found
        known = known or found is not None
        said += piece if not said or (said.endswith("。") and found is not None) else f" {piece}"
        at = end
    return said if known else None


def _found(catalogue: Catalogue, text: str, depth: int, *, loose: bool = True) -> str | None:
    """What the catalogue has for the whole of *text*; *loose* also the clauses that fit almost any words."""
    if (exact := catalogue.sentences.get(text)) is not None:
        return exact
    for entry in catalogue.templates(text):
        if (loose or not entry.template.is_clause) and (values := entry.template.match(text)) is not None:
            said = ""
            for piece in entry.pieces:
                part = piece if isinstance(piece, str) else _placed(catalogue, piece, values[piece.name], depth)
                said = _beside(said, part)
            return said
    return None


def _beside(before: str, after: str) -> str:
    """Two pieces as one text: a blank sets Latin letters off from Japanese, and none stands between Japanese ones."""
    if _WIDE.match(before.rstrip()[-1:]) and _WIDE.match(after.lstrip()[:1]):
        return before.rstrip(" ") + after.lstrip(" ")
    return before + after


def _placed(catalogue: Catalogue, place: Place, value: str, depth: int) -> str:
    if place.how == "say":
        return _said(catalogue, value, depth + 1)
    if place.how == "value":
        return _said_value(catalogue, value, depth + 1)
    if place.how == "list":
        return "".join(
            _BETWEEN.get(piece, "、") if number % 2 else _said(catalogue, piece, depth + 1)
            for number, piece in enumerate(_ITEMS.split(value))
        )
    return value
