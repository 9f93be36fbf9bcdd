"""An XML document as bytes with positions, so that whatever an edit does not touch stays byte for byte.

A tree that is written out again loses what XML calls insignificant: the spelling of empty elements, line ends, the
order and quotes of attributes, characters that cp932 has twice.  Here the parser only says where each element begins
and ends; an edit cuts those bytes out or puts new ones in, and the result is parsed again.

This works on bytes because none of the accepted encodings has a second byte below 0x40, so ``<``, ``>``, ``/``, ``"``,
``-`` and line ends are themselves wherever they occur.
"""

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

_ENCODINGS: Final[Mapping[str, str]] = {
    "ascii": "ascii",
    "us-ascii": "ascii",
    "sjis": "cp932",  # CLUSTERPRO's name for what Windows calls code page 932
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "gb2312": "gb2312",
    "utf-8": "utf-8",
}
_DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_START_TAG = re.compile(rb"<[^>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*)*>")


class ConfigurationError(ValueError):
    """A cluster configuration cannot be read, or an edit of it makes no sense; the message says what and where."""


@dataclass(frozen=True)
class Element:
    """One element and where it is, in bytes from the beginning of the document.

    Attributes:
        tag, attributes: as written; values without their entities.
        text: character data directly inside, without the blanks around it.
        children: the elements directly inside, in their order.
        start, end: the element with its tags.
        inside, inside_end: what is between its tags; both are *end* for an empty-element tag.
    """

    tag: str
    attributes: Mapping[str, str]
    text: str
    children: tuple["Element", ...]
    start: int
    inside: int
    inside_end: int
    end: int

    @property
    def key(self) -> str:
        """What tells it from its siblings of the same tag: its name or, where it has none, its id; else empty."""
        return self.attributes.get("name", self.attributes.get("id", ""))

    def all(self, tag: str) -> tuple["Element", ...]:
        """The children with that tag."""
        return tuple(child for child in self.children if child.tag == tag)

    def child(self, tag: str, key: str | None = None) -> "Element | None":
        """The first child with that tag and, when given, that key."""
        return next((each for each in self.all(tag) if key is None or each.key == key), None)

    def at(self, *tags: str) -> "Element | None":
        """The element at the end of a path of tags, the first one at each step."""
        found: Element | None = self
        for tag in tags:
            found = found.child(tag) if found else None
        return found

    def means(self, other: "Element") -> bool:
        """Whether both say the same: comments, layout and the order of different children do not count."""
        if (self.tag, self.attributes, self.text) != (other.tag, other.attributes, other.text):
            return False
        ours, theirs = (sorted(one.children, key=lambda each: (each.tag, each.key)) for one in (self, other))
        return len(ours) == len(theirs) and all(map(Element.means, ours, theirs))

    def texts(self) -> tuple[str, ...]:
        """The text of every element inside it that has any, itself included."""
        own = (self.text,) if self.text else ()
        return own + tuple(text for child in self.children for text in child.texts())


@dataclass(frozen=True)
class Document:
    """A well-formed document.

    Attributes:
        content: its bytes.
        encoding: as its declaration spells it, "UTF-8" where it declares none.
        root: its outermost element.
    """

    content: bytes
    encoding: str
    root: Element

    @property
    def text(self) -> str:
        """The content, decoded."""
        return self.content.decode(_codec(self.encoding))

    def encoded(self, text: str) -> bytes:
        """*text* in the document's encoding; ConfigurationError where that lacks a character."""
        try:
            return text.encode(_codec(self.encoding))
        except UnicodeEncodeError as error:
            raise ConfigurationError(f"'{text}' cannot be written in {self.encoding}, as this file is") from error

    def slice(self, element: Element) -> str:
        """One element with its tags, as written."""
        return self.content[element.start : element.end].decode(_codec(self.encoding))

    def spliced(self, start: int, end: int, replacement: bytes) -> "Document":
        """The document with the bytes from *start* to *end* replaced."""
        return parse_document(self.content[:start] + replacement + self.content[end:])


def parse_document(content: bytes) -> Document:
    """Parse a document.

    Raises:
        ConfigurationError: with line and reason, where it is not well-formed, is not in the encoding that it declares,
            or declares another encoding than CLUSTERPRO writes.

    """
    declared = _DECLARED.match(content)
    encoding = declared[1].decode("ascii") if declared else "UTF-8"
    codec = _codec(encoding)
    try:
        content.decode(codec)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"line {line}: byte 0x{content[error.start]:02X} has no meaning in {encoding}, the file's encoding"
        ) from error
    as_utf8, origin = _in_utf8(content, codec)
    return Document(content, encoding, _Reader(content, origin).read(as_utf8))


def _codec(encoding: str) -> str:
    found = _ENCODINGS.get(encoding.lower())
    if found is None:
        raise ConfigurationError(f"line 1: the encoding {encoding} is not one that CLUSTERPRO writes")
    return found


def _in_utf8(content: bytes, codec: str) -> tuple[bytes, Sequence[int]]:
    """*content* for the parser, which does not know the Japanese encodings, and where each of its bytes comes from."""
    if codec in ("ascii", "utf-8"):
        return content, range(len(content) + 1)
    decoder = codecs.getincrementaldecoder(codec)()
    characters: list[bytes] = []
    origin: list[int] = []
    begun = 0
    for position in range(len(content)):
        character = decoder.decode(content[position : position + 1]).encode()
        if character:
            characters.append(character)
            origin += [begun] * len(character)
            begun = position + 1
    return b"".join(characters), [*origin, len(content)]


@dataclass
class _Open:
    """An element whose end has not been reached."""

    tag: str
    attributes: dict[str, str]
    start: int
    text: list[str]
    children: list[Element]


class _Reader:
    """Builds the tree from what the parser reports."""

    def __init__(self, content: bytes, origin: Sequence[int]) -> None:
        self._content = content
        self._origin = origin
        self._open: list[_Open] = [_Open("", {}, 0, [], [])]
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self, as_utf8: bytes) -> Element:
        try:
            self._parser.Parse(as_utf8, True)
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            inner = self._open[-1]
            line = self._content.count(b"\n", 0, inner.start) + 1
            still_open = f"; <{inner.tag}> of line {line} has no end yet" if inner.tag else ""
            raise ConfigurationError(f"line {error.lineno}: not well-formed XML ({reason}{still_open})") from error
        return self._open[0].children[0]

    def _here(self) -> int:
        return self._origin[self._parser.CurrentByteIndex]

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._open.append(_Open(tag, attributes, self._here(), [], []))

    def _end(self, _tag: str) -> None:
        one = self._open.pop()
        start_tag = _START_TAG.match(self._content, one.start)
        assert start_tag  # noqa: S101  (the parser has just read it)
        if start_tag[0].endswith(b"/>"):
            inside = inside_end = end = start_tag.end()
        else:
            inside, inside_end = start_tag.end(), self._here()
            end = self._content.index(b">", inside_end) + 1
        text, children = "".join(one.text).strip(), tuple(one.children)
        element = Element(one.tag, one.attributes, text, children, one.start, inside, inside_end, end)
        self._open[-1].children.append(element)

    def _characters(self, text: str) -> None:
        self._open[-1].text.append(text)

    def _refuse(self, *_: object) -> None:
        raise ConfigurationError(
            f"line {self._parser.CurrentLineNumber}: has a document type, which CLUSTERPRO never writes"
        )
