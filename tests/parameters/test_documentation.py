"""docs/parameters.md names every key that a site may have, with its default, and no other."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.parameters.annotations import plain, section_type
from runbook_lib.parameters.section import Section

TEXT = (Path(__file__).parents[2] / "docs" / "parameters.md").read_text(encoding="utf-8")
SITE_PART = TEXT[TEXT.index("### Top level") : TEXT.index("## Notebook parameters")]
DOCUMENTED = dict(re.findall(r"^\| `([^`]+)` \| (?:[^|]+) \| ([^|]*)\| `", SITE_PART, flags=re.MULTILINE))
PLACES = {"nodes": "NAME", "outside_machines": "NAME", "skip": "CHAPTER", "uninstall.skip_nodes": "NODE"}


def leaves(section: type[Section], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in section.model_fields.items():
        key = above + (field.alias or name)
        kind = plain(field.annotation)
        default = None if field.is_required() else field.default
        if get_origin(kind) is Mapping:
            key, kind, default = f"{key}.{PLACES[key]}", plain(get_args(kind)[1]), None
        inside = section_type(kind)
        if inside is None or "password" in key:
            yield key, default
        if inside is not None:
            yield from leaves(inside, key + ".")


def test_every_key_is_documented_and_no_other() -> None:
    assert set(DOCUMENTED) == {key for key, _ in leaves(ClientManagerSite)}


def test_defaults_are_as_documented() -> None:
    def written(default: object) -> str:
        if default is None or isinstance(default, Section):
            return ""
        if isinstance(default, bool):
            return f"`{str(default).lower()}`"
        if default == ():
            return "`[]`"
        return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"

    assert {key: default.strip() for key, default in DOCUMENTED.items()} == {
        key: written(default) for key, default in leaves(ClientManagerSite)
    }


def test_requirements_are_all_listed() -> None:
    lines = (Path(__file__).parents[2] / "docs" / "requirements.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,section,kind,who,requirement"
    ids = [line.split(",")[0] for line in lines[1:]]
    assert len(ids) == len(set(ids))
    assert {f"SHARE-{number}" for number in range(1, 13)} <= set(ids)
