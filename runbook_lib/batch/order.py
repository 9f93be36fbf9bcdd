"""On which nodes a chapter runs, in which order, and whether it may."""

from collections.abc import Callable, Sequence
from pathlib import Path

from runbook_lib.batch.chapters import Chapter, find_chapters
from runbook_lib.errors import NodeError, NotAuthenticated, NotConfirmed, ParameterError
from runbook_lib.parameters import Site
from runbook_lib.record.summary import Row, run_row
from runbook_lib.run.journal import journals

Active = Callable[[], str | None]
"""Tells the node on which the group runs now; None where nobody can say."""


def nodes_in_order(chapter: Chapter, nodes: Sequence[str], policy: Sequence[str], active: Active) -> list[str]:
    """The nodes of *nodes* on which *chapter* runs, in its order; *active* is asked only where the order needs it."""
    ordered = [node for node in policy if node in nodes]
    if chapter.scope == "cluster":
        return ordered[:1]
    if chapter.order == "active-first" and len(ordered) > 1:
        first = active()
        ordered.sort(key=lambda node: node != first)
    return ordered


def active_node(site: Site) -> str | None:
    """The node on which the site's group runs, asked of the nodes in turn; None where no node could say.

    Why none could is told by the run that follows, at its own step.
    """
    from runbook_lib.run.nodes import Nodes
    from runbook_lib.run.opening import connect

    for name in site.group.policy:
        nodes = Nodes(site, connect, name)
        try:
            return nodes.active()
        except NotAuthenticated:
            return None  # every further attempt brings the account nearer to being locked
        except (NodeError, NotConfirmed):
            continue
        finally:
            nodes.close()
    return None


def check_needs(site: Site, chapters: Sequence[Chapter], nodes: Sequence[str], change: str, records: Path) -> None:
    """Refuse to apply a chapter before the chapters it needs have ended well: in this request, or in this change.

    *records* is the change's folder.  A chapter that the site skips needs no run.  Planning only reads and is never
    refused.

    Raises:
        ParameterError: with what to add to the request.
    """
    asked = {chapter.number for chapter in chapters}
    for chapter in chapters:
        for need, missing in unmet_needs(site, chapter, nodes, records).items():
            if need not in asked:
                raise ParameterError(
                    f"Chapter {chapter.number} needs chapter {need}, and change {change} has no run of it that ended "
                    f"well on {', '.join(missing)}. Ask for both ({need} {chapter.number}), or name the change in "
                    "which it ran. Nothing was run."
                )


def unmet_needs(site: Site, chapter: Chapter, nodes: Sequence[str], records: Path) -> dict[str, list[str]]:
    """The chapters that *chapter* needs and that have not ended well in this change, and on which of *nodes*."""
    rows = [run_row(path) for path in journals(records)] if chapter.needs else []
    unmet = {}
    for need in chapter.needs:
        if need not in site.skip:
            scope = find_chapters(chapter.path.parent, [need])[0].scope
            missing = [node for node in nodes if not _ended_well(rows, site, need, node if scope == "node" else None)]
            if missing:
                unmet[need] = missing
    return unmet


def _ended_well(rows: list[Row], site: Site, number: str, node: str | None) -> bool:
    """Whether the last run of that chapter, on that node if one is named, left nothing to do.

    A run of chosen steps cannot say so of the chapter; but one that did not end well takes back what was said before.
    """
    runs = [row for row in rows if (row["site"], row["chapter"]) == (site.name, number) and node in (None, row["node"])]
    runs.sort(key=lambda row: row["started"])
    while runs and runs[-1]["only"] and runs[-1]["outcome"] in ("ok", "changed"):
        runs.pop()
    return bool(runs) and runs[-1]["outcome"] in ("ok", "changed")
