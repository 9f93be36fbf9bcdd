"""`runbook audit`: what is on the nodes beside everything that the installation made so, and only what differs."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runbook_lib.batch import Result
from runbook_lib.cli import shown
from runbook_lib.cli.chapters import run_watched, terminal
from runbook_lib.cli.speaking import spoken
from runbook_lib.clientmanager import ClientManagerSite
from runbook_lib.clientmanager.steps_operate import AUDITED_CHAPTERS
from runbook_lib.parameters import new_change
from runbook_lib.record.drift import Drift, Finding, drift

_BAD = frozenset({"failed", "interrupted", "unreadable"})


def audit_and_show(
    site: ClientManagerSite, numbers: Sequence[str], nodes: Sequence[str], change: str, note: str, form: str
) -> int:
    """Read the chapters' states on the nodes and show what differs, as "table", "json" or "csv".

    How it goes is shown on the terminal with a table, on standard error otherwise.  0: nothing to report, 2: findings,
    1: something could not be read, so that what is not reported may differ all the same.
    """
    console = terminal() if form == "table" else Console(stderr=True, width=120, highlight=False)
    change = change or new_change(f"{site.name}-audit")
    results: list[Result] = []
    run_watched(console, results, site, numbers or AUDITED_CHAPTERS, nodes, change, note, apply=False)
    found = drift([result.journal for result in results if result.journal])
    if form == "json":
        print(json.dumps([asdict(one) for one in found.findings], ensure_ascii=False, indent=2, default=str))
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, [field.name for field in fields(Finding)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(one) for one in found.findings)
    unread = [result for result in results if result.outcome in _BAD]
    _tell(console, found, results, unread, table=form == "table")
    return 1 if unread else 2 if found.findings else 0


def _tell(console: Console, found: Drift, results: Sequence[Result], unread: Sequence[Result], *, table: bool) -> None:
    if found.findings and table:
        heads = ("Chapter", "Node", "Step", "State", "Value", "Is", "Should be")
        rows = Table(*map(spoken, heads))
        former: tuple[str, ...] = ()
        for one in found.findings:
            place = (one.chapter, one.node, one.step, _short(spoken(one.state)))
            shown_place = place if place != former else ("", "", "", "")
            rows.add_row(*map(escape, (*shown_place, spoken(one.value), _word(one.actual), _word(one.desired))))
            former = place
        console.print(rows)
    for result in unread:
        line = spoken(f"Not read: chapter {result.chapter} on {result.node}: {result.reason}")
        console.print(escape(line), soft_wrap=True)
    if found.left_out:
        titles = "; ".join(map(spoken, found.left_out))
        line = spoken(f"Not audited, because it passes (restarts, what is attested, where the group runs): {titles}")
        console.print(escape(line), soft_wrap=True)
    chapters = ", ".join(dict.fromkeys(result.chapter for result in results))
    many = len(found.findings)
    said = f"{many} finding{'s' if many > 1 else ''}" if many else "Nothing to report" if not unread else "Incomplete"
    console.print(escape(spoken(f"{said}: chapters {chapters}, {len(results)} runs.")), soft_wrap=True)
    for folder in dict.fromkeys(result.journal.parent for result in results if result.journal):
        console.print(escape(spoken(f"Records: {shown(folder)}")), soft_wrap=True)


def _short(title: str, width: int = 60) -> str:
    return title if len(title) <= width else title[: width - 1] + "…"


def _word(value: object) -> str:
    return spoken("not there" if value is None else str(value))
