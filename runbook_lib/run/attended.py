"""What a person sees in JupyterLab where a cell cannot do what it should: a sentence, never a stack trace.

An extension of IPython, which the kernels of the desk load; in any other kernel ``%load_ext runbook_lib.run.attended``
does it.  What a headless run records is not changed by it.
"""

from types import TracebackType
from typing import Any, Final

from runbook_lib.errors import RunbookError
from runbook_lib.wording import both, say

_PARAMETERS: Final = frozenset({"site", "node", "apply", "change", "note"})
_SET_UP_FIRST: Final = (
    "Run the set-up cell first: it is the one with open_run, under the parameters. A kernel that was restarted has "
    "forgotten it; nothing on the nodes is lost by that."
)
_PARAMETERS_FIRST: Final = "Run the cell with the parameters first, then the set-up cell under it."
_STOPPED: Final = "Stopped by hand."


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401  (IPython's, which has no types)
    """Show foreseen errors as sentences from now on; called by IPython."""
    shell.set_custom_exc((NameError, KeyboardInterrupt, RunbookError), _show)


def unload_ipython_extension(shell: Any) -> None:  # noqa: ANN401
    """Show every error as IPython does; called by IPython."""
    shell.set_custom_exc((), None)


def tell_stopped(error: KeyboardInterrupt, step: str, node: str) -> None:
    """Have *error*, which cut *step* short, shown as one sentence in whatever notebook it is raised."""
    sentence = (
        f"Step {step} on {node} was stopped by hand. A command that was sent may still be going on there. Run the step "
        "again: it reads the node first, and does nothing twice."
    )
    error.args = (sentence,)
    error._render_traceback_ = lambda: [sentence]  # type: ignore[attr-defined]


def _show(
    shell: Any,  # noqa: ANN401
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    sentence = _sentence(shell.user_ns, error, trace)
    if sentence:
        lines = _in_both(shell.user_ns, sentence)
        error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _sentence(names: dict[str, Any], error: BaseException, trace: TracebackType) -> str:
    """What to say of *error*; "" where it is not foreseen, and whoever mends it needs the stack trace."""
    if isinstance(error, RunbookError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return str(error) or _STOPPED
    missing = getattr(error, "name", "")
    if missing in _PARAMETERS:
        return _PARAMETERS_FIRST
    in_the_cell = trace.tb_next is None or trace.tb_next.tb_next is None
    return _SET_UP_FIRST if "run" not in names and in_the_cell else ""


def _in_both(names: dict[str, Any], sentence: str) -> list[str]:
    """*sentence* in the language of the site, and in English; before a run is open nobody knows the site's."""
    run = names.get("run")
    site = getattr(run, "site", None)
    language = getattr(site, "language", "")
    said = both(language, sentence) if language else (sentence, say("ja", sentence))
    return [line for line in dict.fromkeys(said) if line]
