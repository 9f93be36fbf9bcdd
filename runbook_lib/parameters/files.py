"""Finding site files and reading them: a `Site`, or one error that tells everything wrong with the file."""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from runbook_lib.errors import ParameterError

from .section import Problem, Section
from .site import Site
from .wording import told
from .yaml_text import Document, read_yaml

S = TypeVar("S", bound=Site)
_ENDINGS = (".yaml", ".yml")


def project_folder() -> Path:
    """The folder that holds parameters/ and outputs/: RUNBOOK_HOME, or the nearest one upwards from here.

    Raises ParameterError where there is none.
    """
    if home := os.environ.get("RUNBOOK_HOME"):
        folder = Path(home).expanduser().resolve()
        if _holds_sites(folder):
            return folder
        raise ParameterError(
            f"RUNBOOK_HOME is '{home}', and there is no parameters/ with site files in it. "
            "Set it to the folder that holds parameters/, or unset it."
        )
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _holds_sites(folder):
            return folder
    raise ParameterError(
        f"Neither {here} nor a folder above it holds parameters/ with site files. "
        "Change to the project's folder, or set RUNBOOK_HOME to it."
    )


def _holds_sites(folder: Path) -> bool:
    # The package runbook_lib/parameters has the same name and holds none.
    return any(_site_files(folder))


def _site_files(folder: Path) -> Iterator[Path]:
    parameters = folder / "parameters"
    return (file for file in sorted(parameters.glob("*.y*ml")) if file.suffix in _ENDINGS)


def site_names() -> tuple[str, ...]:
    """The sites of this project by name, sorted."""
    return tuple(file.stem for file in _site_files(project_folder()))


def load_site(name_or_path: str | Path, site_type: type[S] = Site) -> S:  # type: ignore[assignment]
    """The site of this name (``lab`` is parameters/lab.yaml), or in this file where it ends in .yaml or .yml.

    Raises ParameterError: one line for each problem of the file (file:line: key, what is, what to write), or a
    sentence that lists the sites there are.
    """
    path = _find(name_or_path)
    shown = _shown(path)
    document = read_yaml(_text(path, shown))
    found = list(document.problems)
    context = {"file": shown, "path": path}
    if document.values:
        site, wrong = _validate(site_type, document, context)
        found += wrong
        found += [(document.line(tuple(p.key.split("."))), p) for p in _deep_problems(site)]
        if not found:
            return site
    elif not found:
        found = [(1, Problem("the file", "is empty. Copy parameters/example-site.yaml and fill it in."))]
    raise ParameterError("\n".join(_lines(shown, found)))


def _validate(site_type: type[S], document: Document, context: dict[str, Any]) -> tuple[S, list[tuple[int, Problem]]]:
    """The site and what is wrong with its values; where something is, the site has only the sections that are right."""
    try:
        return site_type.model_validate(document.values, context=context), []
    except ValidationError as error:
        wrong = [(document.line(path), problem) for path, problem in told(error, site_type, document)]
        broken = {str(detail["loc"][0]) for detail in error.errors(include_url=False) if detail["loc"]}
    right: dict[str, Any] = {}
    for name, field in site_type.model_fields.items():
        if name in broken:
            continue
        if name in document.values:
            kind: TypeAdapter[Any] = TypeAdapter(Annotated[field.annotation, field])  # type: ignore[arg-type]
            right[name] = kind.validate_python(document.values[name], strict=True, context=context)
        else:
            right[name] = field.get_default(call_default_factory=True)
    site = site_type.model_construct(**right)
    for name in broken:
        site.__dict__.pop(name, None)  # model_construct puts the default where a broken section stood
    return site, wrong


def _deep_problems(section: Section, above: str = "") -> Iterator[Problem]:
    for problem in section.problems():
        yield Problem(above + problem.key, problem.text)
    for name, value in section.__dict__.items():
        key = above + (type(section).model_fields[name].alias or name)
        for part, inner in ((key, value), *((f"{key}.{k}", v) for k, v in _items(value))):
            if isinstance(inner, Section):
                yield from _deep_problems(inner, part + ".")


def _items(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if isinstance(value, dict) and not isinstance(value, BaseModel) else []


def _lines(shown: Path, found: list[tuple[int, Problem]]) -> Iterator[str]:
    """One line a problem, in the file's order; of several on one key, the first found says enough."""
    told_keys: set[str] = set()
    for line, problem in sorted(found, key=lambda entry: entry[0]):
        if problem.key in told_keys and problem.key != "group.policy":
            continue
        told_keys.add(problem.key)
        place = f"{shown}:{line}" if not problem.key.startswith("line ") else f"{shown}"
        yield f"{place}: {problem.key} {problem.text}"


def _find(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith(_ENDINGS):
        path = Path(name_or_path).expanduser().absolute()
        if path.is_file():
            return path
        raise ParameterError(
            f"There is no site file {_shown(path)}. Write the path of one, or a name under parameters/."
        )
    folder = project_folder()
    names = {file.stem: file for file in _site_files(folder)}
    if text in names:
        return names[text]
    near = get_close_matches(text.lower(), names, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise ParameterError(
        f"There is no site '{text}' in {_shown(folder / 'parameters')}. {hint}Sites are {', '.join(names)}."
    )


def _shown(path: Path) -> Path:
    """The path as a person knows it: from the project's folder where it lies in it."""
    try:
        return path.relative_to(project_folder())
    except (ValueError, ParameterError):
        return path


def _text(path: Path, shown: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ParameterError(f"{shown}: the file cannot be read: {error.strerror}.") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ParameterError(
            f"{shown}:{line}: the file is not in UTF-8 (it may be Shift_JIS or UTF-16). Save it as UTF-8 in the editor."
        ) from None
