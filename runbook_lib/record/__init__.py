"""The record of runs: what each came to, as tables and as pictures of tables.

::

    from pathlib import Path
    from runbook_lib.record import differences, runs, steps

    every_run = runs(Path("outputs"))
    steps(Path(every_run.journal.iloc[-1]))

`runs`, `steps`, `steps_of`, `differences` and `commands` give pandas tables, described column by column in their
docstrings.  `show_record` shows a run's tables at the end of its notebook; `run_outcome` says in one word what a run
came to.
"""

import importlib
from typing import TYPE_CHECKING

from runbook_lib.record.summary import RUN_OUTCOMES, run_outcome, run_row

if TYPE_CHECKING:
    from runbook_lib.record.show import record_displays, show_record
    from runbook_lib.record.tables import commands, differences, runs, steps, steps_of

__all__ = [
    "RUN_OUTCOMES",
    "commands",
    "differences",
    "record_displays",
    "run_outcome",
    "run_row",
    "runs",
    "show_record",
    "steps",
    "steps_of",
]

_HOME = {"record_displays": "show", "show_record": "show"}


def __getattr__(name: str) -> object:
    """The tables are fetched when first asked for: pandas costs more than everything else, and many never need it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME.get(name, 'tables')}"), name)
