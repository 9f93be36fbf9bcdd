r"""Registry keys in a ``regsync`` resource, whose XML is not public: they are found by what they look like.

A key is a text or an attribute such as ``HKEY_LOCAL_MACHINE\SOFTWARE\NEC\NVBASE``, with or without its hive.  How one
more is written is seen from those that are there: an *entry* is the element around a key that is there once for each.
With two or more keys it is where their elements part; with one key it is the numbered element around it, or the element
that holds it right below the parameters.  Where what is there does not show it, nothing is made up.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from runbook_lib.states.clpconf.document import ConfigurationError, Document, Element, parse_document
from runbook_lib.states.clpconf.layout import beside, without

_KEY: Final = re.compile(r"(?i)(?P<hive>\\?(?:HKEY_LOCAL_MACHINE|HKLM)\\)?(?P<path>(?:SOFTWARE|SYSTEM)\\.*[^\\])\\?")
_HIVE: Final = re.compile(r"(?i)HKEY_LOCAL_MACHINE|HKLM")
_SHOW_TWO: Final = "Export one with two registry keys in it"


@dataclass(frozen=True)
class KeyEntry:
    r"""One registry key in a resource.

    Attributes:
        key: below its hive, such as ``SOFTWARE\NEC\NVBASE``.
        written: as the resource spells it.
        path: the elements from the resource down to the one that has it.
    """

    key: str
    written: str
    path: tuple[Element, ...]


def keys_in(resource: Element) -> tuple[KeyEntry, ...]:
    """The registry keys of a resource, in their order."""
    return tuple({(one.path[-1].start, one.key): one for one in _found(resource, ())}.values())


def same_key(one: str, other: str) -> bool:
    """Whether both name one key below HKEY_LOCAL_MACHINE, however they spell it."""
    return _parted(one)[1].casefold() == _parted(other)[1].casefold()


def with_keys(xml: str, keys: Sequence[str], *, others: bool) -> str:
    r"""A resource with those registry keys.

    Args:
        xml: the resource; it has one key at least.
        keys: whole, such as ``HKEY_LOCAL_MACHINE\SOFTWARE\NEC\NVBASE``; one that is there stays as it is.
        others: whether its other keys stay; else they are examples, and the wanted ones take their places.

    Raises:
        ConfigurationError: it does not show how a further key is written.

    """
    document = parse_document(xml.encode())
    for key in keys:
        there = keys_in(document.root)
        if any(same_key(key, one.key) for one in there):
            continue
        free = [] if others else [one for one in there if not _among(one, keys)]
        document = _spelled_anew(document, there, free[0], key) if free else _with_one_more(document, there, key)
    if not others:
        there = keys_in(document.root)
        document = without(document, _entries(there, [one for one in there if not _among(one, keys)]))
    return document.text


def without_keys(xml: str, keys: Iterable[str]) -> str:
    """A resource without those registry keys; "" when it would have none left.

    Raises:
        ConfigurationError: it does not show where the part of one key begins and ends.

    """
    document = parse_document(xml.encode())
    there, gone = keys_in(document.root), tuple(keys)
    ours = [one for one in there if _among(one, gone)]
    if not ours:
        return xml
    return without(document, _entries(there, ours)).text if len(ours) < len(there) else ""


def _among(entry: KeyEntry, keys: Iterable[str]) -> bool:
    return any(same_key(entry.key, key) for key in keys)


def _found(element: Element, above: tuple[Element, ...]) -> Iterable[KeyEntry]:
    path = (*above, element)
    for text in (element.text, *element.attributes.values()):
        if seen := _KEY.fullmatch(text):
            yield KeyEntry(seen["path"], text, path)
    for child in element.children:
        yield from _found(child, path)


def _parted(key: str) -> tuple[str, str]:
    """The hive as *key* spells it, with what follows it; "" where it names none."""
    seen = _KEY.fullmatch(key)
    if seen is None:
        raise ConfigurationError(f"'{key}' is not a registry key below HKEY_LOCAL_MACHINE")
    return seen["hive"] or "", seen["path"]


def _depth(there: Sequence[KeyEntry]) -> int:
    """How far below the resource the entries are, in elements."""
    if len(there) > 1:
        first, *rest = (one.path for one in there)
        depth = 0
        while all(depth < min(len(path), len(first)) and path[depth].start == first[depth].start for path in rest):
            depth += 1
        entries = {path[depth].start for path in (first, *rest) if depth < len(path)}
        if len(entries) == len(there):
            return depth
    elif there:
        path = there[0].path
        numbered = [depth for depth in range(1, len(path)) if path[depth].attributes]
        if numbered:
            return numbered[-1]
        if [one.tag for one in path[1:-1]] in ([], ["parameters"]) and len(path) > 1:
            return len(path) - 1
    raise ConfigurationError(f"it is not seen where the part of one registry key begins and ends. {_SHOW_TWO}")


def _entries(there: Sequence[KeyEntry], some: Sequence[KeyEntry]) -> list[Element]:
    depth = _depth(there) if some else 0
    return [one.path[depth] for one in some]


def _spelled_anew(document: Document, there: Sequence[KeyEntry], free: KeyEntry, key: str) -> Document:
    """With another key in the place of one, which is an example."""
    (entry,) = _entries(there, [free])
    xml = document.slice(entry).replace(escape(free.written), escape(_parted(free.written)[0] + _parted(key)[1]))
    return document.spliced(entry.start, entry.end, document.encoded(xml))


def _with_one_more(document: Document, there: Sequence[KeyEntry], key: str) -> Document:
    depth = _depth(there)
    entries = [one.path[depth] for one in there]
    model, last = there[-1], entries[-1]
    shapes = {_shape(document, entry, one.written) for entry, one in zip(entries, there, strict=True)}
    other = [text for text in last.texts() if text != model.written and not _HIVE.fullmatch(text)]
    if len(shapes) > 1 or (other and len(there) == 1):
        raise ConfigurationError(f"it is not seen what else goes with a registry key. {_SHOW_TWO} and nothing special")
    xml = document.slice(last).replace(escape(model.written), escape(_parted(model.written)[0] + _parted(key)[1]))
    numbers = [int(one.attributes["id"]) for one in entries if one.attributes.get("id", "").isdigit()]
    if numbers:
        if len(numbers) < len(entries) or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            raise ConfigurationError(f"its registry keys are numbered {numbers}, and what comes next is not known")
        xml = re.sub(rf"""(?<=\bid=)(["']){numbers[-1]}\1""", rf"\g<1>{numbers[-1] + 1}\g<1>", xml, count=1)
    elif any(value != model.written for value in last.attributes.values()):
        raise ConfigurationError(f"the registry key {model.written} has a name of its own, and the next is not known")
    return beside(document, last, xml)


def _shape(document: Document, entry: Element, written: str) -> str:
    """An entry without what is its own: the key and its number."""
    xml = document.slice(entry).replace(escape(written), "KEY")
    return re.sub(r">\s+<", "><", re.sub(r"""\bid=["']\d+["']""", "id", xml, count=1))
