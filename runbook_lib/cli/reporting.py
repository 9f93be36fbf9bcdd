"""`runbook report`: the whole change on one page."""

from rich.console import Console
from rich.markup import escape

from runbook_lib.cli import shown
from runbook_lib.cli.speaking import spoken
from runbook_lib.parameters import Site, project_folder
from runbook_lib.report.page import write_report


def report_and_tell(site: Site, change: str) -> int:
    """Write the page of *change* into its folder and say where; 0."""
    path = write_report(site, change, project_folder() / "outputs")
    Console(highlight=False, soft_wrap=True).print(escape(spoken(f"The page of change {change}: {shown(path)}")))
    return 0
