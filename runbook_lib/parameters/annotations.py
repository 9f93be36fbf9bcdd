"""What the fields of a section ask for: which field stands at a key path, its kind, and what to write there."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from .section import Section
from .values import Write

# An annotation may be a class or any form of typing; there is no closer type than Any for it.
# ruff: noqa: ANN401


def plain(annotation: Any) -> Any:
    """The annotation without Annotated and without None."""
    while True:
        parts = get_args(annotation)
        others = [part for part in parts if part is not type(None)]
        if get_origin(annotation) is Annotated or (len(others) == 1 and len(parts) == 2 and others != list(parts)):
            annotation = others[0]
        else:
            return annotation


def section_type(annotation: Any) -> type[Section] | None:
    """The section that is asked for, or None where something else is."""
    kind = plain(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def choices(annotation: Any) -> tuple[str, ...]:
    """The words that are allowed, or none where any may be."""
    kind = plain(annotation)
    return tuple(str(choice) for choice in get_args(kind)) if get_origin(kind) is Literal else ()


def keys(section: type[Section]) -> list[str]:
    """The keys of a section as a file writes them."""
    return [field.alias or name for name, field in section.model_fields.items()]


def annotation_at(section: type[Section], path: tuple[str, ...]) -> Any:
    """The annotation of the field at a key path, marks included; None where there is no such field."""
    annotation: Any = section
    for part in path:
        kind = plain(annotation)
        inside = section_type(kind)
        if inside is not None:
            field = next((field for name, field in inside.model_fields.items() if part == (field.alias or name)), None)
            if field is None:
                return None
            annotation = Annotated[field.annotation, *field.metadata, None]
        elif get_origin(kind) is Mapping:
            annotation = get_args(kind)[1]
        elif get_origin(kind) is tuple:
            annotation = get_args(kind)[0]
        else:
            return None
    return annotation


def what_to_write(annotation: Any) -> str:
    """A sentence on what to write where this is asked for."""
    if told := next((mark for mark in _marks(annotation) if isinstance(mark, Write)), None):
        return f"Write {told.text}."
    if section := section_type(annotation):
        return f"Write a block with the keys {', '.join(keys(section))}."
    return f"Write one of {quoted(choices(annotation))}."


def quoted(words: tuple[str, ...]) -> str:
    """The words as a list for a sentence, in quotes where YAML would take them for numbers."""
    return ", ".join(f'"{word}"' if word[:1].isdigit() else word for word in words)


def _marks(annotation: Any) -> Iterator[Any]:
    """The marks of an annotation, outer before inner, through Annotated and None but not into sections or items."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        yield from reversed(marks)
        yield from _marks(inner)
    elif type(None) in get_args(annotation):
        for part in get_args(annotation):
            yield from _marks(part)
