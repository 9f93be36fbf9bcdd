"""The five parameters of a notebook, as papermill or a person passes them."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from difflib import get_close_matches

from runbook_lib.errors import ParameterError


@dataclass(frozen=True)
class NotebookParameters:
    """What a notebook was started with, checked: see `check_parameters`."""

    site: str
    node: str
    apply: bool = False
    change: str = ""
    note: str = ""


def check_parameters(**values: object) -> NotebookParameters:
    """The notebook's parameters, each of the right type, or ParameterError with one line for each that is not.

    site and node are needed; ``apply`` is True or False and nothing that merely looks so; ``change`` becomes a folder's
    name (letters, digits, . _ -; empty: one is made).  Whether the site has the node, `Site.node` says.
    """
    known = [field.name for field in fields(NotebookParameters)]
    wrong = [_unknown(name, known) for name in values if name not in known]
    wrong += [
        f"Parameter {name} is missing. Pass it, such as -p {name} {name}1."
        for name in ("site", "node")
        if name not in values
    ]
    for name in ("site", "node", "change", "note"):
        value = values.get(name, "")
        if name in values and not isinstance(value, str):
            wrong.append(
                f"Parameter {name} is {value!r}, and text is needed. Write it in quotes (papermill: -r {name} ...)."
            )
        elif name in {"site", "node"} and name in values and not str(value).strip():
            wrong.append(f"Parameter {name} is empty. Write the name of a {name}.")
    apply = values.get("apply", False)
    if not isinstance(apply, bool):
        wrong.append(
            f"Parameter apply is {apply!r} of type {type(apply).__name__}, and must be True or False itself: "
            "any text, 'False' too, would count as true. With papermill write -p apply True."
        )
    change = values.get("change", "")
    if isinstance(change, str) and change and not _is_folder_name(change):
        wrong.append(
            f"Parameter change is '{change}', which cannot name a folder. "
            "Write at most 64 Latin letters, digits, '.', '_' and '-', beginning with a letter or digit."
        )
    if wrong:
        raise ParameterError("\n".join(wrong))
    return NotebookParameters(**values)  # type: ignore[arg-type]


def new_change(what: str) -> str:
    """An id for a change that nobody has named: *what*, such as the site, and the moment (UTC) to the second."""
    return f"{what}-{datetime.now(UTC):%Y%m%dT%H%M%S}"


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name.lower(), known, n=1)
    return f"Parameter {name} is not known. Write {near[0] if near else 'one of ' + ', '.join(known)}."


def _is_folder_name(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text) is not None and not text.endswith(".")
