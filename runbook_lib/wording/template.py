"""A sentence with places for values: found in a filled-in sentence, and filled in anew."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

_PLACE: Final = re.compile(r"\{([a-z_][a-z0-9_]*)(?::(say|list|value))?\}")
_ONE_WORD: Final = frozenset({
    "address", "change", "chapter", "count", "drive", "file", "folder", "group", "limit", "mode", "node", "number",
    "place", "seconds", "size", "step", "total",
})  # fmt: skip
"""Places with these names, whatever number follows, hold a name, a figure or a path: nothing else that has a blank."""
_PATH: Final = re.compile(r"[A-Za-z]:\\(?:(?![.;] )[^\n])*")
_LONGEST_PHRASE: Final = 160
_END_OF_SENTENCE: Final = re.compile(r"(?<!\.)\. (?=[A-Z])(?!.*, expected )")
"""Not one inside a value of which it is told afterwards what was expected."""
_MORE_THAN_A_PHRASE: Final = re.compile(r"; |(?<!\.)\. |(?<!\.)\.$|\n")


class Place(NamedTuple):
    """Where a value stands in a translation.

    Attributes:
        name: as the English sentence calls the value.
        how: "" as it is; "say" translated itself; "list" each of its items translated; "value" as `say_value` has it.
    """

    name: str
    how: str


def pieces_of(sentence: str) -> tuple[str | Place, ...]:
    """The words and the places of *sentence* in turn: words first and last, "" where there are none."""
    found = _PLACE.split(sentence)
    return tuple(
        Place(piece, found[number + 1] or "") if number % 3 == 1 else piece
        for number, piece in enumerate(found)
        if number % 3 != 2
    )


@dataclass(frozen=True)
class Template:
    """An English sentence with places, such as "{key} is {actual}, expected {desired}".

    A place called node, or node2, holds the name of one machine, and so on for the names in `_ONE_WORD`.

    Attributes:
        words: what stands before, between and after the values.
        names: of the values, in order.
        phrase: whether the values are short phrases only; a sentence that would make one of them a sentence or a list
            of clauses is not this one.
        alone: whether no value goes over the end of a sentence.
    """

    words: tuple[str, ...]
    names: tuple[str, ...]
    phrase: bool = False
    alone: bool = False

    @classmethod
    def of(cls, sentence: str, *, phrase: bool = False, alone: bool = False) -> "Template":
        """The template that *sentence* writes with its places in braces."""
        pieces = pieces_of(sentence)
        names = tuple(piece.name for piece in pieces if isinstance(piece, Place))
        return cls(tuple(piece for piece in pieces if isinstance(piece, str)), names, phrase, alone)

    @property
    def is_clause(self) -> bool:
        """Whether it is a clause with few words of its own, such as "{key} is {actual}", and no sentence."""
        return self.phrase and not self.words[-1].endswith(".")

    @property
    def weight(self) -> int:
        """How much of it is words: of two that fit, the heavier says more."""
        return sum(map(len, self.words))

    def match(self, text: str) -> dict[str, str] | None:
        """The values in *text*, or None when it is another sentence.

        Each value ends where the words after it are first found or, where that makes no sense, are last found.  So the
        time is proportional to the length of the text whatever it says (a regular expression with many wildcards may
        take a power of it).
        """
        first, last = self.words[0], self.words[-1]
        if len(text) < self.weight or not text.startswith(first) or not text.endswith(last):
            return None
        inside = text[len(first) : len(text) - len(last)]
        for cut in (str.partition, str.rpartition):
            values = self._values(inside, cut)
            if values is not None and self._fit(values):
                return values
        return None

    def _values(self, inside: str, cut: Callable[[str, str], tuple[str, str, str]]) -> dict[str, str] | None:
        """The values where the words between them are cut out of *inside*, from its beginning or from its end."""
        values: dict[str, str] = {}
        names, between = list(self.names), list(self.words[1:-1])
        from_end = cut is str.rpartition
        while between:
            words = between.pop(-1 if from_end else 0)
            before, found, after = cut(inside, words) if words else (inside, " ", "")
            if not found:
                return None
            values[names.pop(-1 if from_end else 0)], inside = (after, before) if from_end else (before, after)
        return {**values, names[0]: inside}

    def _fit(self, values: dict[str, str]) -> bool:
        if any(name.rstrip("0123456789") in _ONE_WORD and not _is_word(value) for name, value in values.items()):
            return False
        if self.alone and any(map(_END_OF_SENTENCE.search, values.values())):
            return False
        return not self.phrase or all(map(_is_phrase, values.values()))


def _is_word(value: str) -> bool:
    if not value or value.count("(") != value.count(")"):
        return False
    return not any(map(str.isspace, value)) or _PATH.fullmatch(value) is not None


def _is_phrase(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_PHRASE and not _MORE_THAN_A_PHRASE.search(value)
