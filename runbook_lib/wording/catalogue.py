"""The catalogue of a language: gettext's PO files, which every translator's tool reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from runbook_lib.wording.template import Place, Template, pieces_of

FOLDER: Final = Path(__file__).parent
"""Holds a folder of PO files for each language."""

PHRASE: Final = "phrase"
"""The flag of an entry whose values are phrases, not sentences: "{key} is {actual}" would fit almost anything else."""

ALONE: Final = "alone"
"""The flag of an entry that is one sentence: no value of it goes over the end of a sentence into the next."""

VALUE: Final = "value"
"""The flag of a single word that is the library's where a value stands: "running" is, "system" may be a database."""


class Known(NamedTuple):
    """One entry of the files: the English, its translation, and its flags."""

    english: str
    translation: str
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """One sentence with places, and its translation as words and places in turn."""

    template: Template
    pieces: tuple[str | Place, ...]


class Catalogue:
    """All sentences of one language.

    Attributes:
        sentences: the translation of those without a place for a value, by the English.
        values: single words that are said also where a value stands.
    """

    def __init__(self, entries: Iterable[Known]) -> None:
        self.sentences: dict[str, str] = {}
        self.values: set[str] = set()
        self._by_first_word: dict[str, list[Entry]] = {}
        self._other: list[Entry] = []
        for english, translation, flags in entries:
            template = Template.of(english, phrase=PHRASE in flags, alone=ALONE in flags)
            if not template.names:
                self.sentences[english] = translation
                self.values |= {english} if VALUE in flags else set()
                continue
            word, blank, _ = template.words[0].partition(" ")
            place = self._by_first_word.setdefault(word, []) if blank else self._other
            place.append(Entry(template, pieces_of(translation)))
        for word, known in self._by_first_word.items():
            self._by_first_word[word] = _heaviest_first([*known, *self._other])
        self._other = _heaviest_first(self._other)

    def templates(self, text: str) -> list[Entry]:
        """Those that may fit *text*, the one with most words first."""
        return self._by_first_word.get(text.partition(" ")[0], self._other)


@cache
def read_catalogue(language: str) -> Catalogue:
    """The catalogue of *language*; read once, when the first sentence is asked for."""
    return Catalogue(entries_of(language))


def entries_of(language: str) -> Iterator[Known]:
    """Every entry that has a translation."""
    from babel.messages.pofile import read_po  # only a site in another language than English needs it

    for file in sorted((FOLDER / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language, charset="utf-8"):
                if message.id and message.string:
                    yield Known(str(message.id), str(message.string), frozenset(message.flags))


def _heaviest_first(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: -entry.template.weight)
