"""What the notebook of a change shows: its page, live where a person sits in JupyterLab, and static everywhere."""

from runbook_lib.batch import all_chapters
from runbook_lib.batch.under_way import running
from runbook_lib.panel.copies import change_folder
from runbook_lib.panel.showing import attended, show_live, show_static
from runbook_lib.parameters import Site, check_parameters, project_folder
from runbook_lib.report.desk import desk_seen, latest_change
from runbook_lib.report.desk_html import heading, twin_html
from runbook_lib.report.standing import next_words


def show_desk(site: Site, *, change: str, note: str) -> None:
    """Show the page of *change*: the latest change on the site where it is empty, and a new one where there is none.

    Raises:
        ParameterError: the change cannot be called so.
    """
    check_parameters(site=site.name, node=site.group.policy[0], apply=False, change=change, note=note)
    change = change or latest_change(site, project_folder() / "outputs")
    if attended():
        from runbook_lib.panel.index import Index
        from runbook_lib.panel.window import prepare

        prepare()
        index = Index(site, all_chapters(project_folder() / "notebooks"), change, note)
        show_live("desk", index.box, index.watch())
    show_static(*static_page(site, change))


def static_page(site: Site, change: str) -> tuple[str, str]:
    """The page of *change* as HTML and as text."""
    folder = change_folder(change)
    seen = desk_seen(site, all_chapters(project_folder() / "notebooks"), folder, running(folder))
    text = f"{heading(site, seen)}\n{next_words(seen.of('installation'), site.language)}"
    return twin_html(site, seen, folder), text
