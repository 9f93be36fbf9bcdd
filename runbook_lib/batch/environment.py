"""What a run of its own inherits of the kernel that starts it: what a terminal would give it, and nothing of the desk.

A run that is started from the desk so leaves the very record that one from a terminal leaves, and no secret of the
Jupyter server reaches what it runs.
"""

from collections.abc import Mapping
from typing import Final

FORMER_IPYTHONDIR: Final = "RUNBOOK_DESK_FORMER_IPYTHONDIR"
"""Environment variable in which the desk, whose kernels have settings of their own, keeps the operator's IPYTHONDIR."""

_IPYTHONDIR: Final = "IPYTHONDIR"
_NOT_INHERITED: Final = (
    "JPY_", "JUPYTERHUB_", "RUNBOOK_DESK_", "RUNBOOK_JOURNAL", "RUNBOOK_STEPS", "RUNBOOK_ACCEPTED",
    "FORCE_COLOR", "CLICOLOR", "MPLBACKEND", "TERM",
)  # fmt: skip
"""Beginnings of the variables by which a kernel says what it is, and for which display; not so for what it starts."""

_WHERE: Final = ("_DIR", "_DIRS", "_PATH")
"""Endings of the variables of Jupyter that say where kernels are found; the others are of the server."""


def of_a_run(environment: Mapping[str, str]) -> dict[str, str]:
    """Of *environment*, that of a kernel or of a terminal, what a run of its own is given."""
    given = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_NOT_INHERITED) and (not name.startswith("JUPYTER_") or name.endswith(_WHERE))
    }
    former = environment.get(FORMER_IPYTHONDIR)
    if former is not None:
        given.pop(_IPYTHONDIR, None)
    return {**given, _IPYTHONDIR: former} if former else given


def of_the_desk(environment: Mapping[str, str], folder: str) -> dict[str, str]:
    """*environment* with *folder* as IPYTHONDIR, and the former one kept; a desk within a desk keeps the first."""
    former = environment.get(FORMER_IPYTHONDIR, environment.get(_IPYTHONDIR, ""))
    return {**environment, FORMER_IPYTHONDIR: former, _IPYTHONDIR: folder}
