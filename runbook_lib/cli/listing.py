"""`runbook records` and `runbook sites`."""

import sys
from collections.abc import Hashable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runbook_lib.cli import shown
from runbook_lib.cli.speaking import speak_for, spoken
from runbook_lib.cli.watching import signed
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.parameters import load_site, project_folder, site_names
from runbook_lib.record import runs, steps_of

_RUN_COLUMNS = ("started", "site", "change", "chapter", "node", "mode", "outcome", "changed", "seconds", "record")
_STEP_COLUMNS = ("change", "chapter", "node", "mode", "step", "outcome", "seconds", "state", "reason")


def show_records(site: str | None, change: str, form: str, *, with_steps: bool) -> int:
    """Print the runs, or their steps, as "table", "json" or "csv"; 0."""
    table = runs(project_folder() / "outputs")
    if site:
        with suppress(ParameterError):  # its records are listed all the same, in the terminal's language
            speak_for(load_site(site, ClientManagerSite))
        table = table[table["site"] == site]
    if change:
        table = table[table["change"] == change]
    if with_steps:
        table = steps_of(table)
    if form == "json":
        print(table.to_json(orient="records", date_format="iso", force_ascii=False, indent=2))
    elif form == "csv":
        print(table.to_csv(index=False), end="")
    elif table.empty:
        print(spoken("There are no records that match."))
    else:
        _print(table.to_dict("records"), _STEP_COLUMNS if with_steps else _RUN_COLUMNS)
    return 0


def show_sites() -> bool:
    """Print the sites there are; whether one of them cannot be used."""
    table = Table(spoken("Site"), spoken("Nodes"), spoken("Description"))
    problems: list[str] = []
    for name in site_names():
        try:
            site = load_site(name, ClientManagerSite)
        except ParameterError as error:
            table.add_row(escape(name), "", f"[bold red]✗ {spoken('cannot be used')}[/]")
            problems.append(str(error))
        else:
            table.add_row(escape(name), escape(", ".join(site.group.policy)), escape(site.description))
    _console().print(table)
    for problem in problems:
        print(problem, file=sys.stderr)
    return bool(problems)


def _print(rows: list[dict[Hashable, Any]], columns: Sequence[str]) -> None:
    table = Table(*(spoken(column.capitalize()) for column in columns))
    for row in rows:
        table.add_row(*(_cell(column, row) for column in columns))
    _console().print(table)


def _cell(column: str, row: dict[Hashable, Any]) -> str:
    match column:
        case "mode":
            return {True: spoken("apply"), False: spoken("plan")}.get(row["apply"], "")
        case "outcome":
            return signed(row["outcome"])
        case "started":
            return "" if row["started"] != row["started"] else f"{row['started']:%Y-%m-%d %H:%M:%S}"
        case "seconds":
            return "" if row["seconds"] != row["seconds"] else f"{row['seconds']:.1f}"  # NaN: it never ended
        case "record":
            return escape(str(shown(Path(row["notebook"] or row["journal"]))))
        case "state" | "reason":
            return escape(spoken(str(row[column])))
    return escape(str(row[column]))


def _console() -> Console:
    """The terminal, or wide lines that nothing needs to wrap."""
    return Console(width=None if Console().is_terminal else 200, highlight=False)
