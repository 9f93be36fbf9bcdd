"""The command `runbook`: a thin layer over the functions below it.

Exit codes: 0 nothing left to do (also: everything was applied), 1 failed, 2 differences found, 3 a person must act
first, 64 wrong usage or parameters, and 130, 143 or 129 after Ctrl-C, SIGTERM or SIGHUP.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from runbook_lib.errors import ParameterError, RunbookError

if TYPE_CHECKING:
    from runbook_lib.clientmanager import ClientManagerSite

WRONG_USAGE: Final = 64

app = typer.Typer(
    name="runbook",
    help="Run the chapters of the manual on a cluster, and keep an executed notebook of every run.",
    epilog="Exit codes: 0 nothing left to do, 1 failed, 2 differences found, 3 waiting for a person, 64 wrong usage.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

SiteName = Annotated[str, typer.Argument(metavar="SITE", help="Name of a site in parameters/, or a site file.")]
Chapters = Annotated[
    list[str] | None, typer.Argument(metavar="[CHAPTER]...", help="Numbers, such as 0 5; all if none.")
]
Nodes = Annotated[list[str] | None, typer.Option("--node", metavar="NODE", help="Only on this node; may be repeated.")]
Steps = Annotated[
    list[str] | None,
    typer.Option("--step", metavar="STEP", help='Only this step, such as "5-(1)"; may be repeated. Ends no chapter.'),
]
Change = Annotated[str, typer.Option(metavar="ID", help="The change these runs belong to; a new one if not given.")]
Note = Annotated[str, typer.Option(metavar="TEXT", help="Why; shown at the top of the record.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with *arguments* (those of the process when None); the exit code.

    Every foreseen error is one message on stderr.  It speaks the language of the site (`--help`, like the names of its
    options, is English).
    """
    from runbook_lib.cli.speaking import begin

    begin()
    try:
        code = app(args=None if arguments is None else list(arguments), standalone_mode=False)
    except ParameterError as error:
        return _told(error, WRONG_USAGE)
    except (RunbookError, OSError) as error:
        return _told(error, 1)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        show = getattr(error, "show", None)  # typer's own errors: the command line cannot be understood
        if show is None:
            raise
        show()
        return WRONG_USAGE
    return int(code or 0)


def _told(error: Exception, code: int) -> int:
    from runbook_lib.cli.speaking import spoken

    print(f"runbook: {spoken(str(error))}", file=sys.stderr)
    return code


def _site(name: str) -> "ClientManagerSite":
    """The site of that name; from here on the command speaks its language."""
    from runbook_lib.cli.speaking import speak_for
    from runbook_lib.clientmanager import ClientManagerSite
    from runbook_lib.parameters import load_site

    site = load_site(name, ClientManagerSite)
    speak_for(site)
    return site


@app.command()
def plan(
    site: SiteName,
    chapters: Chapters = None,
    node: Nodes = None,
    change: Change = "",
    note: Note = "",
    step: Steps = None,
) -> int:
    """Read the nodes and show what differs and what would be done; changes nothing."""
    return _run(site, chapters, node, change, note, step, apply=False)


@app.command()
def apply(
    site: SiteName,
    chapters: Chapters = None,
    node: Nodes = None,
    change: Change = "",
    note: Note = "",
    step: Steps = None,
) -> int:
    """Make everything as the manual asks; stops at the first run that does not end well."""
    return _run(site, chapters, node, change, note, step, apply=True)


def _run(
    name: str,
    numbers: list[str] | None,
    nodes: list[str] | None,
    change: str,
    note: str,
    steps: list[str] | None,
    *,
    apply: bool,
) -> int:
    from runbook_lib.cli.chapters import run_and_show

    return run_and_show(_site(name), numbers or [], nodes or [], change, note, steps or [], apply=apply)


@app.command()
def confirm(
    site: SiteName,
    key: Annotated[str, typer.Argument(metavar="KEY", help="What is attested, as the waiting step names it.")],
    change: Annotated[str, typer.Option(metavar="ID", help="The change whose run asked for it.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who attests it.")],
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was done or seen.")],
    node: Annotated[str, typer.Option(metavar="NODE", help="The node it is about, where it is about one.")] = "",
) -> int:
    """Attest what a waiting step asks for and nothing can read; the record keeps name, time and note."""
    from runbook_lib.cli.confirming import confirm_and_tell

    return confirm_and_tell(_site(site), key, change, node, by, note)


@app.command()
def audit(
    site: SiteName,
    chapters: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CHAPTER]...", help="Only these; if none, every chapter that made something lasting."),
    ] = None,
    node: Nodes = None,
    change: Change = "",
    note: Note = "",
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The findings as CSV.")] = False,
) -> int:
    """Compare the nodes with everything the installation made so; reads only. 0: nothing to report, 2: findings."""
    from runbook_lib.cli.auditing import audit_and_show

    if as_json and as_csv:
        raise ParameterError("Ask for --json or --csv, not for both.")
    form = "json" if as_json else "csv" if as_csv else "table"
    return audit_and_show(_site(site), chapters or [], node or [], change, note, form)


@app.command()
def records(
    site: Annotated[str | None, typer.Argument(metavar="[SITE]", help="Only runs on this site.")] = None,
    change: Annotated[str, typer.Option(metavar="ID", help="Only runs of this change.")] = "",
    steps: Annotated[bool, typer.Option("--steps", help="The steps of the runs instead of the runs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all columns.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, with all columns.")] = False,
) -> int:
    """List the runs under outputs/, oldest first."""
    from runbook_lib.cli.listing import show_records

    if as_json and as_csv:
        raise ParameterError("Ask for --json or --csv, not for both.")
    return show_records(site, change, "json" if as_json else "csv" if as_csv else "table", with_steps=steps)


@app.command()
def report(
    site: SiteName,
    change: Annotated[str, typer.Option(metavar="ID", help="The change to tell of.")],
) -> int:
    """Write a change as one page, outputs/ID/report.html: where it stands, pictures, every run. It prints well."""
    from runbook_lib.cli.reporting import report_and_tell

    return report_and_tell(_site(site), change)


@app.command()
def sites() -> int:
    """List the sites in parameters/, and what is wrong with those that cannot be used."""
    from runbook_lib.cli.listing import show_sites

    return WRONG_USAGE if show_sites() else 0


@app.command()
def desk(
    site: SiteName,
    change: Annotated[str, typer.Option(metavar="ID", help="The change to work in; the latest one if not given.")] = "",
    note: Note = "",
    port: Annotated[int, typer.Option(help="Port of JupyterLab on this machine.", min=1, max=65535)] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser; --no-browser only prints the address.")] = True,
) -> int:
    """Open JupyterLab with the page of a change: plan, apply and confirm by clicks."""
    from runbook_lib.cli.desk import open_desk

    return open_desk(_site(site), change, note, port, browser=browser)


@app.command()
def lab(
    site: SiteName,
    command: Annotated[
        list[str] | None, typer.Argument(metavar="[-- COMMAND...]", help="Run this with the lab up, then end the lab.")
    ] = None,
    stage: Annotated[
        str, typer.Option(help="How far the manual's procedure has come when the lab starts.")
    ] = "installed",
    disk_speed: Annotated[
        int | None,
        typer.Option(
            metavar="BYTES_PER_S", min=1, help="How fast its disks take what is copied; at once if not given."
        ),
    ] = None,
    restart_seconds: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0, help="How long a node is away when it restarts; 1 if not given."),
    ] = None,
) -> int:
    """Start the simulated cluster of a site on this machine, for a command or until Ctrl-C."""
    from runbook_lib.cli.simulated import run_lab

    return run_lab(_site(site), stage, command or [], disk_speed, restart_seconds)


def shown(path: Path) -> Path:
    """*path* as a person at this prompt would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


if __name__ == "__main__":
    sys.exit(main())
