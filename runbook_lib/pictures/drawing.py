"""From a template and its values to an SVG, and from an SVG to what a notebook or a page shows."""

import base64
import html
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from runbook_lib.pictures import looks

_TEMPLATES: Final = Path(__file__).parent / "templates"

CARD: Final = (
    "background:#ffffff;color:#17202b;border:1px solid #c8cfd8;border-radius:8px;padding:12px;margin:8px 0;"
    "max-width:904px;box-sizing:border-box;break-inside:avoid"
)
"""A light card, so that a picture is the same on a dark page."""


@cache
def environment() -> Environment:
    """The templates of this folder; everything is escaped, and a name that is not given is an error."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(look=looks.look_of, **{name: getattr(looks, name) for name in _CONSTANTS})
    made.filters["n"] = _short
    return made


_CONSTANTS: Final = ("FONTS", "INK", "MUTED", "FAINT", "LINE", "SOFT", "ACTIVE", "PATTERNS")


def draw(template: str, **values: object) -> str:
    """The SVG that *template* makes of *values*, without the blank lines that templates leave."""
    text = environment().get_template(template).render(**values)
    return "\n".join(line for line in text.splitlines() if line.strip())


def as_image(svg: str, alternative: str) -> str:
    """An ``<img>`` that carries the picture in itself; *alternative* is read where it cannot be seen.

    An image cannot run scripts or fetch anything, so viewers that trust nothing may show it.
    """
    packed = base64.b64encode(svg.encode()).decode()
    return (
        f'<img alt="{html.escape(alternative, quote=True)}" style="display:block;max-width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{packed}">'
    )


def on_card(*parts: str) -> str:
    """*parts*, which are HTML, on a light card of their own."""
    return f'<div class="runbook-picture" style="{CARD}">{"".join(parts)}</div>'


def _short(number: float) -> str:
    """A coordinate without needless digits."""
    return f"{number:.1f}".removesuffix(".0")
