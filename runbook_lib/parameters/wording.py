"""From pydantic's findings to sentences: the key, what is, what to write."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .annotations import annotation_at, choices, keys, quoted, section_type, what_to_write
from .section import Problem, Section
from .yaml_text import Document, Path, Written, is_secret, shown_key

_NUMBERS: Final = frozenset({"int_type", "float_type"})


def told(error: ValidationError, site_type: type[Section], document: Document) -> Iterator[tuple[Path, Problem]]:
    """One problem for each finding, with its key path; a misspelled key is not told as missing too."""
    details = [
        (tuple(str(part) for part in detail["loc"] if part != "[key]"), detail)
        for detail in error.errors(include_url=False)
    ]
    misspelled = {
        (*path[:-1], _nearest(path, site_type)) for path, detail in details if detail["type"] == "extra_forbidden"
    }
    for path, detail in details:
        if not (detail["type"] == "missing" and path in misspelled):
            yield path, Problem(shown_key(path), _sentence(detail, path, site_type, document))


def _sentence(detail: ErrorDetails, path: Path, site_type: type[Section], document: Document) -> str:
    kind, found = detail["type"], detail["input"]
    annotation = annotation_at(site_type, path)
    hidden = is_secret(path)
    shown = "" if hidden or "[key]" in detail["loc"] else f"{_shown(found)} "
    if kind == "value_error":
        return f"{shown}{detail['ctx']['error']}"
    if kind == "extra_forbidden":
        return _unknown_key(path, site_type)
    write = what_to_write(annotation)
    if kind == "missing":
        return f"is missing. {write}"
    if found is None:
        return f"is empty. {write}"
    if isinstance(found, dict):
        return f"is a block of keys. {write}"
    if isinstance(found, tuple):
        return f"is a list. {write}"
    written = document.written.get(path, Written(0))
    if kind == "literal_error":
        return _not_one_of(written, choices(annotation))
    if kind == "string_type":
        raw, text = ("it", "the value") if hidden else (f'"{written.text}"', written.text)
        return f"{text} is {written.kind} to YAML, and text is needed. Write {raw} in quotes."
    if kind in _NUMBERS:
        what = f"{shown}is text, and a number is needed" if isinstance(found, str) else f"{shown}is not a whole number"
        return f"{what}. {write}"
    if kind == "tuple_type":
        return f"{shown}is not a list. {write}"
    return f"is not a block of keys. {write}"


def _shown(found: object) -> str:
    if not isinstance(found, str):
        return str(found)
    text = found if len(found) <= 60 else found[:57] + "..."
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text) + "'"


def _unknown_key(path: Path, site_type: type[Section]) -> str:
    if near := _nearest(path, site_type):
        return f"is not a key of a site. Write {near}."
    if is_secret(path[-1:]):
        return (
            "is not a key of a site, and a password never stands in one. Write a credential that says where it is kept."
        )
    return f"is not a key of a site. Write one of {', '.join(_siblings(path, site_type))}, or leave it out."


def _nearest(path: Path, site_type: type[Section]) -> str:
    near = get_close_matches(path[-1].lower().replace("-", "_"), _siblings(path, site_type), n=1)
    return near[0] if near else ""


def _siblings(path: Path, site_type: type[Section]) -> list[str]:
    section = section_type(annotation_at(site_type, path[:-1]))
    return keys(section) if section else []


def _not_one_of(written: Written, allowed: tuple[str, ...]) -> str:
    if written.kind and written.text in allowed:
        return f'{written.text} is {written.kind} to YAML, and text is needed. Write "{written.text}" in quotes.'
    text = f"{written.text} is {written.kind} to YAML" if written.kind else f"'{written.text}' is not known"
    by_case = {word.lower(): word for word in allowed}
    near = get_close_matches(written.text.lower(), by_case, n=1)
    if near:
        return f"{text}. Write {quoted((by_case[near[0]],))} (of {quoted(allowed)})."
    return f"{text}. Write one of {quoted(allowed)}."
