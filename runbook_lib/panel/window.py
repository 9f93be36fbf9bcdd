"""What opens in JupyterLab's window: the working copy of a chapter, or the record of a run."""

import asyncio
from functools import cache
from pathlib import Path

from ipylab import JupyterFrontEnd

from runbook_lib.batch import Chapter
from runbook_lib.batch.running import how_to_find
from runbook_lib.panel.copies import working_copy
from runbook_lib.panel.server import Server, trust
from runbook_lib.parameters import Site


@cache
def _front_end() -> JupyterFrontEnd:
    return JupyterFrontEnd()


def prepare() -> None:
    """Make what opens things in the window, before there is a button for it: JupyterLab restores it with the page."""
    _front_end()


async def open_chapter(site: Site, chapter: Chapter, node: str, *, change: str, note: str = "") -> None:
    """Open the notebook of *chapter* for *node*, with its parameters filled in and its panel live.

    Raises:
        NoDesk: there is no desk to open it in.
        OSError: the copy cannot be written.
    """
    server = Server.of_this_desk()
    parameters: dict[str, str | bool] = {"site": how_to_find(site), "node": node, "change": change, "note": note}
    copy = working_copy(chapter.path, parameters)
    await asyncio.to_thread(server.make_live, copy)
    show(copy)


def open_record(notebook: Path) -> None:
    """Open an executed notebook; it is trusted first, so that its pictures are shown."""
    trust(notebook)
    show(notebook)


def show(path: Path) -> None:
    """Open *path* in this window, or bring it to the front; NoDesk where there is no desk."""
    _front_end().commands.execute("docmanager:open", {"path": Server.of_this_desk().relative(path)})
