"""Working copies: the shipped notebooks stay as they are, and each chapter and node has a copy in its change."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from runbook_lib.parameters import project_folder

RUN_BEFORE: Final = frozenset({"parameters", "panel"})
"""Tags of the cells that are run before a person sees the notebook; what they show is looked at, not their code."""

_OF_COPY: Final = "runbook_copy"
_PARAMETER = re.compile(r"^(?P<name>\w+): (?P<kind>\w+) = (?P<value>.+?)(?P<comment>\s+#.*)?$")


def change_folder(change: str) -> Path:
    """The folder of a change; it need not exist."""
    return project_folder() / "outputs" / change


def place_of_copy(notebook: Path, parameters: dict[str, str | bool]) -> Path:
    """Where the working copy of *notebook* with *parameters* is, or will be; each site of a change has its own."""
    site = str(parameters["site"])
    site = Path(site).stem if site.endswith((".yaml", ".yml")) else site  # as `load_site` tells a file from a name
    node = f".{parameters['node']}" if "node" in parameters else ""
    return change_folder(str(parameters["change"])) / "desk" / f"{notebook.stem}.{site}{node}.ipynb"


def working_copy(notebook: Path, parameters: dict[str, str | bool]) -> Path:
    """The copy of *notebook* to work in, with *parameters* filled in, under ``outputs/CHANGE/desk``.

    It is made when it is first asked for, and anew when the shipped notebook or a parameter has changed; otherwise it
    stays as the operator left it.
    """
    import nbformat  # a second to import, and every headless kernel asks this module for a folder

    copy = place_of_copy(notebook, parameters)
    source = notebook.read_bytes()
    made_from = hashlib.sha256(source + json.dumps(parameters, sort_keys=True).encode()).hexdigest()
    if copy.exists() and _made_from(copy) == made_from:
        return copy
    content = nbformat.reads(source.decode(), as_version=4)
    for cell in content.cells:
        tags = cell.metadata.get("tags", [])
        if "parameters" in tags:
            cell.source = "\n".join(_filled_in(line, parameters) for line in cell.source.split("\n"))
        if RUN_BEFORE & set(tags):
            cell.metadata["jupyter"] = {"source_hidden": True}
    content.metadata[_OF_COPY] = {"source": notebook.name, "made_from": made_from, "parameters": parameters}
    copy.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(content, copy)
    return copy


def told_of_copy(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a working copy says of itself: source (a file name), made_from and parameters; KeyError: it is none."""
    told: Mapping[str, Any] = content["metadata"][_OF_COPY]
    return told


def _made_from(copy: Path) -> str:
    try:
        return str(told_of_copy(json.loads(copy.read_text("utf-8")))["made_from"])
    except (ValueError, KeyError):
        return ""  # an operator's edit broke it: it is made anew


def _filled_in(line: str, parameters: dict[str, str | bool]) -> str:
    found = _PARAMETER.match(line)
    if not found or found["name"] not in parameters:
        return line
    value = parameters[found["name"]]
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    return f"{found['name']}: {found['kind']} = {text}{found['comment'] or ''}"
