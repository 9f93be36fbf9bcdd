"""What opens in JupyterLab's window: the working copy of a chapter, or the record of a run."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any, Final

from ipylab import JupyterFrontEnd

from runbook_lib.batch import Chapter
from runbook_lib.batch.running import how_to_find
from runbook_lib.errors import ParameterError, RunbookError
from runbook_lib.panel.copies import place_of_copy, working_copy
from runbook_lib.panel.server import Server, trust
from runbook_lib.parameters import Site, project_folder

_openings: Final[dict[Path, asyncio.Task[None]]] = {}
"""What is being opened now, by its working copy."""


_soon: Final[set[asyncio.Task[None]]] = set()
"""Kept until they are done: the event loop itself does not."""


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
    await _open(chapter.path, {"site": how_to_find(site), "node": node, "change": change, "note": note})


async def open_index(site: Site, *, change: str, note: str = "") -> None:
    """Open the page of *change*, which may be a new one; raises what `open_chapter` does."""
    await _open(index_notebook(), {"site": how_to_find(site), "change": change, "note": note})


def index_notebook() -> Path:
    """The notebook that shows the page of a change; ParameterError where it is missing."""
    index = project_folder() / "notebooks" / "index.ipynb"
    if not index.exists():
        raise ParameterError(f"There is no {index}, which the desk opens. Bring it back from the distribution.")
    return index


def open_record(notebook: Path) -> None:
    """Open an executed notebook; it is trusted first, so that its pictures are shown."""
    trust(notebook)
    show(notebook)


def show(path: Path) -> None:
    """Open *path* in this window, or bring it to the front; NoDesk where there is no desk."""
    _front_end().commands.execute("docmanager:open", {"path": Server.of_this_desk().relative(path)})


def soon(work: Coroutine[Any, Any, None], tell: Callable[[str], None]) -> None:
    """Open something without keeping the page waiting; *tell* is given what went wrong, "" where nothing did."""

    async def carefully() -> None:
        try:
            await work
            tell("")
        except (RunbookError, OSError) as error:
            tell(str(error))

    task = asyncio.get_running_loop().create_task(carefully())
    _soon.add(task)
    task.add_done_callback(_soon.discard)


async def _open(notebook: Path, parameters: dict[str, str | bool]) -> None:
    """Open the working copy of *notebook*; one that is live already is shown as it is, whatever the parameters.

    A second press while it is being opened waits for the first: each would start a kernel of its own.
    """
    server = Server.of_this_desk()
    copy = place_of_copy(notebook, parameters)
    if copy not in _openings:
        task = asyncio.get_running_loop().create_task(_make_and_show(server, notebook, parameters))
        _openings[copy] = task
        task.add_done_callback(lambda _: _openings.pop(copy))
    await asyncio.shield(_openings[copy])


async def _make_and_show(server: Server, notebook: Path, parameters: dict[str, str | bool]) -> None:
    copy = place_of_copy(notebook, parameters)
    if not await asyncio.to_thread(server.is_live, copy):  # an open notebook must not change under the person's hands
        working_copy(notebook, parameters)
        await asyncio.to_thread(server.make_live, copy)
    show(copy)
