"""`runbook confirm`: a person attests what nothing can read."""

from rich.console import Console
from rich.markup import escape

from runbook_lib.cli import shown
from runbook_lib.cli.speaking import spoken
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import Site, project_folder
from runbook_lib.run.confirmations import confirm
from runbook_lib.run.journal import FILE_OF_CONFIRMATIONS


def confirm_and_tell(site: Site, key: str, change: str, node: str, by: str, note: str) -> int:
    """Enter a confirmation in the file of the change and say where; 0."""
    if node:
        site.node(node)
    folder = project_folder() / "outputs" / change
    if not change or not folder.is_dir():
        raise ParameterError(f"There is no change {change!r} under {shown(project_folder() / 'outputs')}.")
    answer = confirm(folder, site.name, key, node, by, note)
    what = f"{key} on {node}" if node else f"{key} for the whole cluster"
    console = Console(highlight=False, soft_wrap=True)
    for line in (
        f"{answer.by} attests {what}: {answer.note}",
        f"Entered in {shown(folder / FILE_OF_CONFIRMATIONS)} at {answer.at}.",
        f"Now run the chapter again with --change {change}.",
    ):
        console.print(escape(spoken(line)))
    return 0
