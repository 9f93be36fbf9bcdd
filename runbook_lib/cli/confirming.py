"""`runbook confirm`: a person attests what nothing can read."""

from rich.console import Console
from rich.markup import escape

from runbook_lib.cli import shown
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
    place = f"on {node}" if node else "for the whole cluster"
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{escape(answer.by)} attests {escape(key)} {place}: {escape(answer.note)}")
    console.print(f"Entered in {escape(str(shown(folder / FILE_OF_CONFIRMATIONS)))} at {answer.at}.")
    console.print(f"Now run the chapter again with --change {escape(change)}.")
    return 0
