"""Chapters x nodes: what the notebooks' metadata asks for, in order, one executed notebook and journal per run.

::

    site = load_site("lab", ClientManagerSite)
    results = run_chapters(site, find_chapters(Path("notebooks"), ["0", "5"]), apply=True)
"""

from runbook_lib.batch.chapters import Chapter, all_chapters, find_chapters
from runbook_lib.batch.order import active_node, nodes_in_order
from runbook_lib.batch.running import Progress, Result, run_chapters

__all__ = [
    "Chapter",
    "Progress",
    "Result",
    "active_node",
    "all_chapters",
    "find_chapters",
    "nodes_in_order",
    "run_chapters",
]
