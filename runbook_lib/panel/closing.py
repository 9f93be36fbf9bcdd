"""The end of the desk: its working copies are filed with the change, so they show how it ended, without widgets."""

from pathlib import Path
from typing import Any, Final

import nbformat

from runbook_lib.batch import Chapter, all_chapters
from runbook_lib.panel.copies import change_folder, told_of_copy
from runbook_lib.panel.desk import static_page
from runbook_lib.panel.server import trust
from runbook_lib.panel.showing import bundle, static_chapter
from runbook_lib.parameters import Site, project_folder
from runbook_lib.report.chapter import names_of

_LIVE: Final = "application/vnd.jupyter.widget-view+json"


def close_copies(site: Site, change: str) -> list[Path]:
    """Put into the working copies of *change* how everything stands now, in the place of their live panels.

    To be called when nobody has them open any more: the panels are dead then, and their static twins are as old as the
    moment at which each page was opened.  The copies of other sites stay as they are.  Those that were changed are
    returned.
    """
    chapters = {chapter.path.name: chapter for chapter in all_chapters(project_folder() / "notebooks")}
    closed = []
    for path in sorted((change_folder(change) / "desk").glob("*.ipynb")):
        try:
            content = nbformat.read(path, as_version=4)
            told = told_of_copy(content)
            if told["parameters"]["site"] not in names_of(site):
                continue
            page, text = _now(site, change, chapters, told)
        except (OSError, ValueError, KeyError):
            continue  # no copy of ours, or broken by hand: it stays as it is
        for cell in content.cells:
            if any(_LIVE in output.get("data", {}) for output in cell.get("outputs", ())):
                cell.outputs = [nbformat.v4.new_output("display_data", data=bundle(page, text))]
                closed.append(path)
        if path in closed:
            nbformat.write(content, path)
            trust(path)
    return closed


def _now(site: Site, change: str, chapters: dict[str, Chapter], told: Any) -> tuple[str, str]:  # noqa: ANN401 - JSON
    chapter = chapters.get(told["source"])
    if chapter is None:
        return static_page(site, change)
    return static_chapter(site, chapter, told["parameters"]["node"], change)
