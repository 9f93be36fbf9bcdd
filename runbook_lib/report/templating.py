"""The templates of pages and pictures: everything that goes into one is escaped."""

from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.environment import TemplateModule

from runbook_lib.wording import say, say_value


def render(template: str, language: str, **values: object) -> str:
    """*template*, a file in ``report/templates``, filled with *values*; in it `say` and `say_value` speak it."""
    return _environment().get_template(template).render(_spoken(language) | values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("runbook_lib.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined,
    )  # fmt: skip


def macros(template: str, language: str, **values: object) -> TemplateModule:
    """The macros of *template* as functions; *values*, `say` and `say_value` are known in each."""
    return _environment().get_template(template).make_module(_spoken(language) | values)


def _spoken(language: str) -> dict[str, object]:
    return {"say": partial(say, language), "say_value": partial(say_value, language), "language": language}


@cache
def source(template: str) -> str:
    """*template* as it is written."""
    loader = _environment().loader
    assert loader is not None  # noqa: S101  (given above)
    return loader.get_source(_environment(), template)[0]
