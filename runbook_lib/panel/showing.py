"""What a notebook shows of the desk: live where a person sits in JupyterLab, and static everywhere.

The live panel comes first and the static twin after it.  A viewer without widgets, a saved notebook and a page show the
twin; beside a live panel it steps back (`report/templates/chapter.css`).
"""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

from IPython.display import display

from runbook_lib.batch import Chapter, find_chapters
from runbook_lib.batch.under_way import running
from runbook_lib.panel.copies import change_folder
from runbook_lib.parameters import Site, project_folder
from runbook_lib.report.chapter import chapter_seen
from runbook_lib.report.chapter_html import heading, style_html, twin_html
from runbook_lib.run.opening import JOURNAL_VARIABLE
from runbook_lib.wording import say

_watching: Final[dict[str, tuple[Any, asyncio.Task[None]]]] = {}
"""The panel of this kernel and what keeps it up to date, by what it shows: a cell that runs again replaces its own."""


def attended() -> bool:
    """Whether a person sits before this kernel: a session of a Jupyter server, and not run by the engine."""
    return bool(os.environ.get("JPY_SESSION_NAME")) and JOURNAL_VARIABLE not in os.environ


def show_panel(site: Site, node: str, *, chapter: str, change: str, note: str) -> None:
    """Show the panel of *chapter* on *node*, or how it stands.

    Raises:
        ParameterError: the site has no such node, or there is no such chapter.
    """
    site.node(node)
    (found,) = find_chapters(project_folder() / "notebooks", [chapter])
    if change and attended():
        from runbook_lib.panel.chapter import ChapterPanel
        from runbook_lib.panel.window import prepare

        prepare()
        panel = ChapterPanel(site, found, node, change, note)
        show_live("chapter", panel.box, panel.watch())
    own = Path(os.environ[JOURNAL_VARIABLE]) if JOURNAL_VARIABLE in os.environ else None
    show_static(*static_chapter(site, found, node, change, own))


def static_chapter(
    site: Site, chapter: Chapter, node: str, change: str, without: Path | None = None
) -> tuple[str, str]:
    """How *chapter* stands on *node*, as HTML and as text.

    A run itself shows how the chapter stood before it, on one line that unfolds: *without* is its journal.
    """
    if not change:
        words = say(site.language, "This notebook belongs to no change yet; the desk opens it in one.")
        return f"{style_html()}<p>{words}</p>", words
    folder = change_folder(change)
    going = [one.journal for one in running(folder)]
    seen = chapter_seen(site, chapter, node, folder, going, without)
    page = twin_html(chapter, seen, change, site.language, folded=without is not None)
    return page, heading(chapter, seen, change, site.language)


def show_live(what: str, box: Any, watch: Coroutine[Any, Any, None]) -> None:  # noqa: ANN401 - a widget
    """Display *box* and keep *watch* going; what the same cell showed before is closed."""
    if what in _watching:
        former, task = _watching.pop(what)
        task.cancel()
        former.close()
    display(box)  # type: ignore[no-untyped-call]
    _watching[what] = (box, asyncio.get_event_loop().create_task(watch))


def show_static(page: str, text: str) -> None:
    """Display *page*, which is HTML; *text* where a viewer shows none."""
    display(bundle(page, text), raw=True)  # type: ignore[no-untyped-call]


def bundle(page: str, text: str) -> dict[str, str]:
    """*page* and *text* as an output of a cell."""
    return {"text/html": page, "text/plain": text}
