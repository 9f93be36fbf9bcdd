"""Finding site files and reading them: a `Site`, or one error that tells everything wrong with the file."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from runbook_lib.errors import ParameterError

from .draft import draft
from .section import Problem, Section
from .site import Site
from .wording import told
from .yaml_text import read_yaml

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
    found = document.problems
    if document.values:
        context = {"file": shown, "path": path}
        site: S | None = None
        try:
            site = site_type.model_validate(document.values, context=context)
        except ValidationError as error:
            found = _more(found, [(document.line(key), problem) for key, problem in told(error, site_type, document)])
        checked = site or draft(site_type, document.values, context)
        found = _more(found, [(document.line(tuple(p.key.split("."))), p) for p in _deep_problems(checked)])
        if site is not None and not found:
            return site
    elif not found:
        found = [(1, Problem("the file", "is empty. Copy parameters/example-site.yaml and fill it in."))]
    raise ParameterError("\n".join(_line(shown, *entry) for entry in sorted(found, key=lambda entry: entry[0])))


Found = list[tuple[int, Problem]]


def _more(found: Found, later: Found) -> Found:
    """What a later stage found is told only of keys of which an earlier one said nothing."""
    keys = {problem.key for _, problem in found}
    return found + [(line, problem) for line, problem in later if problem.key not in keys]


def _deep_problems(section: Section, above: str = "") -> Iterator[Problem]:
    for problem in section.problems():
        yield Problem(above + problem.key, problem.text)
    for name, value in section.__dict__.items():
        key = above + (type(section).model_fields[name].alias or name)
        inner = {f"{key}.{part}": item for part, item in value.items()} if isinstance(value, Mapping) else {key: value}
        for path, item in inner.items():
            if isinstance(item, Section):
                yield from _deep_problems(item, path + ".")


def _line(shown: Path, line: int, problem: Problem) -> str:
    place = shown if problem.key.startswith("line ") else f"{shown}:{line}"
    return f"{place}: {problem.key} {problem.text}"


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
