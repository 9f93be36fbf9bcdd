"""As much of a site as can be read: what is right of a file with wrong keys, so that the rest is checked too."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from .annotations import plain, section_type
from .section import Section

T = TypeVar("T", bound=Section)


def draft(kind: type[T], values: Mapping[str, Any], context: dict[str, Any]) -> T:
    """A section that lacks the keys which are missing or wrong (see `Section.has`); never leaves this package."""
    right: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        key = field.alias or name
        if key in values:
            readable, value = _value(Annotated[field.annotation, *field.metadata, None], values[key], context)
            if readable:
                right[name] = value
        elif not field.is_required():
            right[name] = field.get_default(call_default_factory=True)
    section = kind.model_construct(**right)
    section.__dict__.clear()  # model_construct fills defaults in where a wrong value stood
    section.__dict__.update(right)
    return section


def _value(annotation: Any, value: object, context: dict[str, Any]) -> tuple[bool, object]:  # noqa: ANN401 - any one
    whole: TypeAdapter[Any] = TypeAdapter(annotation)
    try:
        return True, whole.validate_python(value, strict=True, context=context)
    except ValidationError:
        pass  # told already; what follows looks for the parts that are right
    if not isinstance(value, dict):
        return False, None
    if section := section_type(annotation):
        return True, draft(section, value, context)
    inner = plain(annotation)
    if get_origin(inner) is Mapping:
        key_kind, value_kind = get_args(inner)
        return _mapping(key_kind, value_kind, value, context)
    return False, None


def _mapping(
    key_kind: Any,  # noqa: ANN401 - any annotation
    value_kind: Any,  # noqa: ANN401 - any annotation
    values: dict[str, Any],
    context: dict[str, Any],
) -> tuple[bool, object]:
    parts: dict[str, object] = {}
    for key, value in values.items():
        key_reads, name = _value(key_kind, key, context)
        value_reads, part = _value(value_kind, value, context)
        if not (key_reads and value_reads):
            return False, None  # a mapping with a key too few would look like one that names too few
        parts[str(name)] = part
    return True, parts
