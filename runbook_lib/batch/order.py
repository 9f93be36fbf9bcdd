"""On which nodes a chapter runs, in which order, and whether it may."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from runbook_lib.batch.chapters import Chapter, find_chapters
from runbook_lib.errors import NodeError, NotAuthenticated, NotConfirmed, ParameterError
from runbook_lib.parameters import Site
from runbook_lib.record.told import Told, told_by
from runbook_lib.run.journal import journals

_WELL: Final = ("ok", "changed")

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

    A chapter that runs once for the cluster needs them on all nodes that the group may run on, also where fewer are
    asked for.
    *records* is the change's folder.  A chapter that the site skips needs no run.  Planning only reads and is never
    refused.

    Raises:
        ParameterError: with what to add to the request.
    """
    asked = {chapter.number for chapter in chapters}
    for chapter in chapters:
        for need, missing in unmet_needs(site, chapter, nodes, records).items():
            away = [node for node in missing if node not in nodes]
            if away:
                raise ParameterError(
                    f"Chapter {chapter.number} changes the whole cluster and needs chapter {need} on every node, and "
                    f"change {change} has no run of it that ended well on {', '.join(away)}. Run it there first, or "
                    "name the change in which it ran. Nothing was run."
                )
            if need not in asked:
                raise ParameterError(
                    f"Chapter {chapter.number} needs chapter {need}, and change {change} has no run of it that ended "
                    f"well on {', '.join(missing)}. Ask for both ({need} {chapter.number}), or name the change in "
                    "which it ran. Nothing was run."
                )


def unmet_needs(site: Site, chapter: Chapter, nodes: Sequence[str], records: Path) -> dict[str, list[str]]:
    """The chapters that *chapter* needs and that have not ended well in this change, and where not.

    Looked at are *nodes*; of a chapter that runs once for the cluster, all nodes that the group may run on.
    """
    if not chapter.needs:
        return {}
    runs = [run for run in map(told_by, journals(records)) if run.row["started"]]
    runs.sort(key=lambda run: run.row["started"])
    unmet = {}
    for need in chapter.needs:
        if need not in site.skip:
            (needed,) = find_chapters(chapter.path.parent, [need])
            missing = [
                node
                for node in (site.group.policy if chapter.scope == "cluster" else nodes)
                if not _ended_well(runs, site, needed, node if needed.scope == "node" else None)
            ]
            if missing:
                unmet[need] = missing
    return unmet


def is_whole(chapter: Chapter, run: Told) -> bool:
    """Whether *run* went through all the steps of *chapter*: one by hand may be of its first cell alone."""
    return not run.chosen and (not run.by_hand or set(chapter.steps) <= set(run.begun))


def _ended_well(runs: Sequence[Told], site: Site, chapter: Chapter, node: str | None) -> bool:
    """Whether the last of *runs* of that chapter, on that node if one is named, left nothing to do.

    A run of some of its steps cannot say so of the chapter; but one that did not end well takes back what was said
    before.
    """
    ours = [
        run
        for run in runs
        if (run.row["site"], run.row["chapter"]) == (site.name, chapter.number) and node in (None, run.row["node"])
    ]
    while ours and not is_whole(chapter, ours[-1]) and ours[-1].row["outcome"] in _WELL:
        ours.pop()
    return bool(ours) and ours[-1].row["outcome"] in _WELL
