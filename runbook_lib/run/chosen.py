"""What a person has chosen: steps that alone are carried out, and what may be lost by it.  Pure."""

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from runbook_lib.errors import ParameterError

STEPS_VARIABLE: Final = "RUNBOOK_STEPS"
"""Environment variable with the steps that alone are carried out, such as "5-(1) 5-(3)"; unset or empty: all."""

ACCEPTED_VARIABLE: Final = "RUNBOOK_ACCEPTED"
"""Environment variable with what a person has agreed to lose, as JSON: a list of what the states say they destroy.

Unset where nobody was asked: a batch carries out what was planned and approved as a whole.
"""

_VERBS: Final = frozenset({"run.confirm", "run.ensure"})


def in_text(text: str) -> tuple[str, ...]:
    """The steps that a text with blanks or commas between them names, each once."""
    return tuple(dict.fromkeys(re.split(r"[\s,]+", text.strip(" \t\r\n,")))) if text.strip(" \t\r\n,") else ()


def steps_in(sources: Iterable[str]) -> tuple[str, ...]:
    """The numbers of the steps that cells of Python carry out, each once, in their order.

    A cell that is no Python is passed over: running it tells what is wrong with it.
    """
    return tuple(dict.fromkeys(number for source in sources for number in _steps_of(source)))


def _steps_of(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for call in step_calls(tree):
        number = call.args[0] if call.args else None
        if isinstance(number, ast.Constant) and isinstance(number.value, str):
            yield number.value


def step_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls of a cell of Python that carry a step out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _VERBS:
            yield node


def check_steps(asked: Sequence[str], there: Collection[str], where: str) -> None:
    """Raise ParameterError for a step that *where* does not have, with those that are *there*."""
    missing = [step for step in asked if step not in there]
    if missing:
        raise ParameterError(
            f"There is no step {', '.join(missing)} in {where}. Its steps are: {', '.join(there) or 'none'}. "
            "Nothing was run."
        )


def left_out(step: str, only: Collection[str]) -> str:
    """Why *step* is not carried out where *only* some steps were asked for; "" where it is."""
    return f"left out: only {', '.join(only)} was asked for" if only and step not in only else ""


def accepted_in(text: str | None) -> frozenset[str] | None:
    """What a person has agreed to lose, from the text of `ACCEPTED_VARIABLE`; None where nobody was asked."""
    return None if text is None else frozenset(str(one) for one in json.loads(text))


def not_agreed(loss: str, accepted: Collection[str] | None) -> str:
    """Why nothing is done that would bring *loss* about, where a person was asked and has not agreed to it; else ""."""
    if not loss or accepted is None or loss in accepted:
        return ""
    return (
        f"Nothing was changed. The node is not as it was when the plan was made, and this was not agreed to: {loss}. "
        "Read and plan again, then decide."
    )
