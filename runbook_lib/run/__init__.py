"""A run: `open_run`, the two verbs, the journal."""

from runbook_lib.run.journal import Journal, read_events
from runbook_lib.run.opening import open_run
from runbook_lib.run.run import Run

__all__ = ["Journal", "Run", "open_run", "read_events"]
