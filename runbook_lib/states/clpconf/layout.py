"""Putting elements into a document, and taking them out, in the document's own style.

New elements take the indentation of the element they follow, and the document's line ends and spelling of empty
elements.  Nothing else moves.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from runbook_lib.states.clpconf.document import Document, Element, parse_document

_KEYED_BY_ID: Final = frozenset({"device", "grp", "hba", "list", "netdev"})
"""Tags whose key is the attribute ``id``; every other has ``name`` (EXPRESSCLUSTER/CreateCluster, clpconfin.cpp)."""

_REST_OF_LINE = re.compile(rb"(?P<comments>(?:[ \t]*<!--(?:(?!-->)[^\r\n])*-->)*)[ \t]*\r?\n")
"""What may stand between an element and the end of its line."""


@dataclass(frozen=True)
class Wanted:
    """What a document is to hold; whatever else it has there is left alone.

    Attributes:
        tag: of the element.
        key: its name or id; empty where it has neither.
        children: what it is to hold.
        text: its text; empty makes no demand.
        alike: other spellings of the same text, left as they are.
        verbatim: the whole element as exported elsewhere; it is put in just so, in the place of one that means
            something else.
    """

    tag: str
    key: str | None = None
    children: tuple["Wanted", ...] = ()
    text: str = ""
    alike: tuple[str, ...] = ()
    verbatim: str = ""

    @property
    def only_when_new(self) -> bool:
        """Whether it is an empty leaf, such as a comment, which an element that is there already may go without."""
        return self.key is None and not self.children and not self.text


def holding(document: Document, *wanted: Wanted) -> Document:
    """The document with *wanted* inside its root: missing elements added, other texts replaced, the rest untouched."""
    while True:
        for one in wanted:
            edited = _first_step(document, document.root, one)
            if edited is not None:
                document = edited
                break
        else:
            return document


def _first_step(document: Document, parent: Element, wanted: Wanted) -> Document | None:
    """The first edit towards *wanted* under *parent*; None when nothing is left to do."""
    found = parent.child(wanted.tag, wanted.key)
    if found is None:
        return None if wanted.only_when_new else _inserted(document, parent, wanted)
    if wanted.verbatim and not found.means(parse_document(wanted.verbatim.encode()).root):
        style = _Style.of(document)
        return document.spliced(found.start, found.end, document.encoded(style.render(wanted, "")))
    if wanted.text and found.text not in (wanted.text, *wanted.alike):
        return _with_text(document, found, wanted.text)
    steps = (_first_step(document, found, child) for child in wanted.children)
    return next((step for step in steps if step is not None), None)


def without(document: Document, elements: Iterable[Element]) -> Document:
    """The document without *elements*, each of which was found in it; a line that held nothing else goes too."""
    for element in sorted(elements, key=lambda one: one.start, reverse=True):
        content, start, end = document.content, element.start, element.end
        rest_of_line = _REST_OF_LINE.match(content, end)
        if _indent(content, start) is not None and rest_of_line and not rest_of_line["comments"]:
            newline = content.rindex(b"\n", 0, start)
            start = newline - 1 if content[newline - 1 : newline] == b"\r" else newline
        document = document.spliced(start, end, b"")
    return document


def beside(document: Document, element: Element, xml: str) -> Document:
    """The document with *xml*, one more element, behind *element*: on a line of its own where that one has it."""
    content, indent = document.content, _indent(document.content, element.start)
    newline = "\r\n" if b"\r\n" in content else "\n"
    before = "" if indent is None else newline + indent
    return document.spliced(element.end, element.end, document.encoded(before + xml))


def _with_text(document: Document, element: Element, text: str) -> Document:
    written = document.encoded(escape(text))
    if element.inside == element.end:
        return _opened(document, element, written)
    return document.spliced(element.inside, element.inside_end, written)


def _opened(document: Document, element: Element, inner: bytes) -> Document:
    """An empty-element tag turned into a start tag, *inner* and an end tag."""
    tag = document.content[element.start : element.end]
    opened = re.sub(rb"\s*/>$", b">", tag) + inner + document.encoded(f"</{element.tag}>")
    return document.spliced(element.start, element.end, opened)


def _inserted(document: Document, parent: Element, wanted: Wanted) -> Document:
    """*wanted* behind its last sibling of the same tag; ``types`` first where there is none, anything else last."""
    content, style = document.content, _Style.of(document)
    if not parent.children:
        return _first_child(document, parent, wanted, style)
    alike = parent.all(wanted.tag)
    first = wanted.tag == "types" and not alike
    beside = parent.children[0] if first else (alike or parent.children)[-1]
    place = parent.inside if first else beside.end
    indent, rest_of_line = _indent(content, beside.start), _REST_OF_LINE.match(content, place)
    if indent is None or rest_of_line is None:
        return document.spliced(place, place, document.encoded(replace(style, newline="").render(wanted, "")))
    place = rest_of_line.end("comments")
    return document.spliced(place, place, document.encoded(style.newline + indent + style.render(wanted, indent)))


def _first_child(document: Document, parent: Element, wanted: Wanted, style: "_Style") -> Document:
    outer = _indent(document.content, parent.start) or ""
    indent = outer + style.unit
    body = document.encoded(style.newline + indent + style.render(wanted, indent))
    if parent.inside == parent.end:
        return _opened(document, parent, body + document.encoded(style.newline + outer))
    inner = document.content[parent.inside : parent.inside_end]
    place = parent.inside + len(inner.rstrip())
    rest = inner[len(inner.rstrip()) :] or document.encoded(style.newline + outer)
    return document.spliced(place, parent.inside_end, body + rest)


@dataclass(frozen=True)
class _Style:
    """How a document is written: its line end, one step of indentation, and what closes an empty element."""

    newline: str
    unit: str
    close: str

    @classmethod
    def of(cls, document: Document) -> "_Style":
        content, root = document.content, document.root
        inner = _indent(content, root.children[0].start) if root.children else None
        spaced = content.count(b" />")
        return cls(
            newline="\r\n" if b"\r\n" in content else "\n",
            unit="  " if inner is None else inner,
            close=" />" if spaced > content.count(b"/>") - spaced else "/>",
        )

    def render(self, wanted: Wanted, indent: str) -> str:
        """The element, its first line without indentation; on one line where the style has no line end."""
        if wanted.verbatim:
            return re.sub(r"\r?\n", self.newline or " ", wanted.verbatim)
        name = "" if wanted.key is None else f" {_key_attribute(wanted.tag)}={quoteattr(wanted.key)}"
        if wanted.text:
            return f"<{wanted.tag}{name}>{escape(wanted.text)}</{wanted.tag}>"
        if not wanted.children:
            return f"<{wanted.tag}{name}{self.close}"
        inner = indent + self.unit if self.newline else ""
        lines = "".join(self.newline + inner + self.render(child, inner) for child in wanted.children)
        return f"<{wanted.tag}{name}>{lines}{self.newline}{indent if self.newline else ''}</{wanted.tag}>"


def _key_attribute(tag: str) -> str:
    return "id" if tag in _KEYED_BY_ID else "name"


def _indent(content: bytes, position: int) -> str | None:
    """The blanks between the line's beginning and *position*, None when anything else is there."""
    line = content[content.rfind(b"\n", 0, position) + 1 : position]
    return None if line.strip(b" \t") or b"\n" not in content[:position] else line.decode("ascii")
