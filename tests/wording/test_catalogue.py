"""Every sentence that the library can show has its Japanese, and the catalogue holds nothing else."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from runbook_lib.wording.catalogue import FOLDER, entries_of
from runbook_lib.wording.template import Place, pieces_of
from tests.wording.extraction import PACKAGE, PLACE, Sentence, bare, missing, sentences
from tests.wording.rules import KEPT, LEFT_OUT

SENTENCES = sentences()
ENTRIES = list(entries_of("ja"))
BY_WORDS = {bare(english): (english, japanese) for english, japanese, _flags in ENTRIES}
FILES = sorted((FOLDER / "ja").glob("*.po"))
NOT_IN_THE_SOURCE = {"words.po", "composed.po"}
"""Single words, which come from tables of them; and what is put together from parts as it is said."""


def test_every_sentence_has_its_japanese() -> None:
    told = [f'{one.file}:{one.line}\nmsgid "{one.text}"\nmsgstr ""' for one in missing()]
    assert not told, (
        "These have no Japanese. Write it into a file of runbook_lib/wording/ja "
        "(python -m tests.wording.extraction prints entries to be filled in):\n\n" + "\n\n".join(told)
    )


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda one: f"{one.file.split('/', 1)[1]}:{one.line}")
def test_a_sentence_is_said_by_its_own_entry(sentence: Sentence) -> None:
    if bare(sentence.text) not in BY_WORDS:
        return  # told by the test above
    english, japanese = BY_WORDS[bare(sentence.text)]
    said = sentence.said
    values = dict(zip(PLACE.findall(english), PLACE.findall(sentence.text), strict=True))
    for piece in pieces_of(japanese):
        if isinstance(piece, Place):
            assert f"q7{values[piece.name]}7q" in said
        else:
            assert piece in said


def test_nothing_stands_twice() -> None:
    counted = Counter(bare(english) for english, *_ in ENTRIES)
    assert [english for english, count in counted.items() if count > 1] == []


def test_nothing_is_left_of_sentences_that_are_gone() -> None:
    there = {bare(sentence.text) for sentence in SENTENCES}
    gone = [
        f"{file.name}: {message.id}"
        for file in FILES
        if file.name not in NOT_IN_THE_SOURCE
        for message in read_po(file.open("rb"), locale="ja")
        if message.id and bare(str(message.id)) not in there
    ]
    assert gone == [], "No literal of the source says these. Take them out of runbook_lib/wording/ja."


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_whole(file: Path) -> None:
    messages = [message for message in read_po(file.open("rb"), locale="ja", abort_invalid=True) if message.id]
    assert messages
    assert [message.id for message in messages if not message.string] == []
    assert [message.id for message in messages if "fuzzy" in message.flags] == []


@pytest.mark.parametrize(
    ("english", "japanese", "flags"), ENTRIES, ids=lambda value: value[:50] if isinstance(value, str) else ""
)
def test_an_entry_is_well_formed(english: str, japanese: str, flags: frozenset[str]) -> None:
    places = set(PLACE.findall(english))
    used = {piece.name for piece in pieces_of(japanese) if isinstance(piece, Place)}
    assert used <= places
    assert places - used <= {"active"}, "a value of the English is lost in the Japanese"
    bare_word = re.fullmatch(r"\w+: ", PLACE.sub("", english))
    if bare_word or PLACE.sub("", english).strip() == "UTC" or english in {"a {kind}", "{key}: {value}"}:
        return  # nothing to translate around the value
    words = "".join(piece for piece in pieces_of(japanese) if isinstance(piece, str))
    if re.sub(r"[^a-z]", "", words) == re.sub(r"[^a-z]", "", PLACE.sub("", english).lower()):
        return  # punctuation around values, and nothing to translate
    assert re.search(r"[^\x00-\x7f]", words)
    assert not re.search(r"[ぁ-んァ-ン一-龥][(:;]|[)](?=[ぁ-んァ-ン一-龥])", words), "half-width beside Japanese"
    assert not re.search(r"ます|です|ください|下さい", words), "the notebooks' register is である"
    if not english.endswith(("}", "?", "...")) and not japanese.endswith("}"):
        assert english.endswith(".") == japanese.endswith("。")


def test_what_stays_english_is_still_there() -> None:
    assert set(KEPT) <= {sentence.text for sentence in SENTENCES}
    assert [name for name in LEFT_OUT if not (PACKAGE / name).is_file()] == []
