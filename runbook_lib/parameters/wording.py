"""From pydantic's findings to sentences: the key, what is, what to write."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .section import Problem
from .values import Write
from .yaml_text import Document, Path, is_secret, shown_key

_TEXT: Final = "string_type"
_NUMBERS: Final = frozenset({"int_type", "float_type", "int_from_float"})


def told(error: ValidationError, model: type[BaseModel], document: Document) -> Iterator[tuple[Path, Problem]]:
    """One problem for each finding, with its key path."""
    for detail in error.errors(include_url=False):
        path = tuple(str(part) for part in detail["loc"] if part != "[key]")
        yield path, Problem(shown_key(path), _sentence(detail, path, model, document))


def _sentence(detail: ErrorDetails, path: Path, model: type[BaseModel], document: Document) -> str:
    kind, found, write = detail["type"], detail.get("input"), _write(model, path)
    shown = "" if is_secret(path) else f"{_shown(found)} "
    if kind == "value_error":
        return shown + str(detail.get("ctx", {}).get("error", "is wrong."))
    if kind == "extra_forbidden":
        return _unknown_key(path, model)
    if kind == "missing":
        return f"is missing. {write}"
    if found is None:
        return f"is empty. {write}"
    if kind == "literal_error":
        return shown + _not_one_of(path, model, document)
    if kind == _TEXT or (kind in _NUMBERS and not isinstance(found, str)):
        written = document.written.get(path)
        if kind == _TEXT and written and written.kind:
            raw = "the value" if is_secret(path) else written.text
            quoted = "it" if is_secret(path) else f'"{written.text}"'
            return f"{raw} is {written.kind} to YAML, and text is needed. Write {quoted} in quotes."
    if isinstance(found, dict):
        return f"is a block of keys. {write}"
    if isinstance(found, tuple):
        return f"is a list. {write}"
    if kind in {"tuple_type"}:
        return f"{shown}is not a list. {write}"
    if kind in _NUMBERS:
        return f"{shown}is not a number. {write}"
    return f"is not a block of keys. {write}"


def _shown(found: object) -> str:
    if isinstance(found, str):
        text = found if len(found) <= 60 else found[:57] + "..."
        return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text) + "'"
    return str(found)


def _unknown_key(path: Path, model: type[BaseModel]) -> str:
    section = _model_at(model, path[:-1])
    keys = _keys(section) if section else []
    near = get_close_matches(path[-1].lower().replace("-", "_"), keys, n=1)
    if near:
        return f"is not a key of a site. Write {near[0]}."
    return f"is not a key of a site. Keys here are {', '.join(keys)}."


def _not_one_of(path: Path, model: type[BaseModel], document: Document) -> str:
    _, annotation = _field_at(model, path)
    allowed = [str(choice) for choice in _choices(annotation)]
    listed = ", ".join(f'"{choice}"' if choice[:1].isdigit() else choice for choice in allowed)
    written = document.written.get(path)
    text = written.text if written else ""
    if written and written.kind:
        return f"is {written.kind} to YAML. Write one of {listed}, in quotes."
    near = get_close_matches(text.lower(), [choice.lower() for choice in allowed], n=1)
    meant = next((choice for choice in allowed if near and choice.lower() == near[0]), "")
    return f"is not known. Write {meant}, or another of {listed}." if meant else f"is not known. Write one of {listed}."


def _write(model: type[BaseModel], path: Path) -> str:
    metadata, annotation = _field_at(model, path)
    for mark in [*metadata, *_metadata(annotation)]:
        if isinstance(mark, Write):
            return f"Write {mark.text}."
    if section := _as_model(annotation):
        return f"Write a block with the keys {', '.join(_keys(section))}."
    if choices := _choices(annotation):
        return f"Write one of {', '.join(str(choice) for choice in choices)}."
    return "Write a value."


def _keys(section: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in section.model_fields.items()]


def _field_at(model: type[BaseModel], path: Path) -> tuple[list[Any], Any]:
    metadata: list[Any] = []
    annotation: Any = model
    for part in path:
        section = _as_model(annotation)
        if section is not None:
            field = _field(section, part)
            if field is None:
                return [], None
            metadata, annotation = list(field.metadata), field.annotation
            continue
        inner = _plain(annotation)
        arguments = get_args(inner)
        if get_origin(inner) is Mapping and len(arguments) == 2:
            metadata, annotation = [], arguments[1]
        elif get_origin(inner) is tuple and arguments:
            metadata, annotation = [], arguments[0]
        else:
            return [], None
    return metadata, annotation


def _field(section: type[BaseModel], key: str) -> FieldInfo | None:
    for name, field in section.model_fields.items():
        if key == (field.alias or name):
            return field
    return None


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    return _as_model(_field_at(model, path)[1])


def _plain(annotation: Any) -> Any:  # noqa: ANN401 - any annotation
    """The annotation without Annotated and without None."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        others = [part for part in get_args(annotation) if part is not type(None)]
        if len(others) == 1 and len(get_args(annotation)) == 2 and type(None) in get_args(annotation):
            annotation = others[0]
            continue
        return annotation


def _metadata(annotation: Any) -> list[Any]:  # noqa: ANN401 - any annotation
    found: list[Any] = []
    for part in (annotation, *get_args(annotation)):
        if get_origin(part) is Annotated:
            found.extend(get_args(part)[1:])
    return found


def _as_model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any annotation
    plain = _plain(annotation)
    return plain if isinstance(plain, type) and issubclass(plain, BaseModel) else None


def _choices(annotation: Any) -> tuple[object, ...]:  # noqa: ANN401 - any annotation
    from typing import Literal

    plain = _plain(annotation)
    return get_args(plain) if get_origin(plain) is Literal else ()
