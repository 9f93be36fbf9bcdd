"""What every section of a site file is: read once, never changed, and strict about its keys."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a site file.

    Attributes:
        key: the key path with dots, such as ``group.address.ip``; in a section's own check, relative to that section.
        text: what is and what to write, as a sentence that continues the key path; never a secret.
    """

    key: str
    text: str


class Section(BaseModel):
    """The base of every block of a site file.

    Nothing is converted silently ('5985' is not 5985), unknown keys are refused, and values do not change later.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    def problems(self) -> Iterator[Problem]:
        """What the keys must not be together; a subclass yields its own after ``super().problems()``."""
        yield from ()

    def has(self, *names: str) -> bool:
        """Whether these keys could be read; dots lead into sections, as in ``group.disk.drive``.

        The checks of `problems` also run over a site of which some keys are wrong (so that a file's problems are told
        all at once): a check asks first for the keys that it compares.  The name of a section alone asks for all of it.
        """
        return all(_reads(self, name.split(".")) for name in names)


def _reads(value: object, path: list[str]) -> bool:
    if not isinstance(value, Section):
        return True
    if path:
        return path[0] in value.__dict__ and _reads(value.__dict__[path[0]], path[1:])
    return all(name in value.__dict__ and _reads(value.__dict__[name], []) for name in type(value).model_fields)
