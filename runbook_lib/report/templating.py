"""The templates of pages and pictures: everything that goes into one is escaped."""

from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.environment import TemplateModule

from runbook_lib.wording import say


def render(template: str, language: str, **values: object) -> str:
    """*template*, a file in ``report/templates``, filled with *values*; in it ``say`` speaks *language*."""
    return _environment().get_template(template).render(say=partial(say, language), language=language, **values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("runbook_lib.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined,
    )  # fmt: skip


def macros(template: str, language: str, **values: object) -> TemplateModule:
    """The macros of *template* as functions; *values* and ``say`` are known in each."""
    known = {"say": partial(say, language), "language": language, **values}
    return _environment().get_template(template).make_module(known)


@cache
def source(template: str) -> str:
    """*template* as it is written."""
    loader = _environment().loader
    assert loader is not None  # noqa: S101  (given above)
    return loader.get_source(_environment(), template)[0]
