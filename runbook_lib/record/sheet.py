"""A sheet for a person at another machine, from what a run has read: CSV and a printable page beside its record.

The page is static HTML without scripts or outside files; it prints in grey on one sheet of A4.
"""

import csv
import html
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runbook_lib.record.summary import run_row
from runbook_lib.run.journal import read_events
from runbook_lib.states.sheet import Sheet

_COLUMNS: Final = ("item", "item_ja", "value", "enter_in", "enter_in_ja", "site_file", "read_on", "read_at")
_STYLE: Final = (
    "@page{size:A4;margin:18mm}body{font-family:sans-serif;color:#000;max-width:170mm}h1{font-size:16pt;margin-bottom:0}"
    "table{border-collapse:collapse;width:100%;margin:5mm 0}th,td{border:1px solid #000;padding:2mm;text-align:left;"
    "vertical-align:top}td.value{font-family:monospace;font-size:13pt;font-weight:bold}"
    "p.wrong{border:2px solid #000;padding:2mm}small{color:#000}"
)


@dataclass(frozen=True)
class Written:
    """A sheet as it was written.

    Attributes:
        table: one row for each value, by the names of the CSV's columns.
        csv, page: the files.
        text: the page as a fragment, for a notebook.
    """

    table: list[dict[str, str]]
    csv: Path
    page: Path
    text: str


def write_sheet(journal: Path, sheet: Sheet) -> Written | None:
    """Write *sheet* with the values that the run of *journal* read last; None where it has read none.

    The CSV is UTF-8 with a mark at its beginning, without which Excel would garble Japanese.
    """
    ended = _last_reading(journal, sheet.state)
    if ended is None:
        return None
    rows = {one["key"]: one for one in ended["differences"]}
    node = run_row(journal)["node"]
    table = []
    for line in sheet.lines:
        row = rows.get(line.row, {})
        value, wanted = _shown(row.get("after")), _shown(row.get("desired"))
        table.append(
            dict(
                zip(
                    _COLUMNS,
                    (line.item, line.item_ja, value, line.where, line.where_ja, wanted, node, ended["at"]),
                    strict=True,
                )
            )
        )
    stem = journal.with_suffix("")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows(table)
    written = Written(table, Path(f"{stem}.sheet.csv"), Path(f"{stem}.sheet.html"), _fragment(journal, sheet, table))
    written.csv.write_text(text.getvalue(), "utf-8-sig", newline="")
    title = html.escape(sheet.title)
    written.page.write_text(
        f'<!DOCTYPE html>\n<html lang="ja">\n<head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{written.text}\n</body>\n</html>\n",
        "utf-8",
    )
    return written


def show_sheet(journal: Path, sheet: Sheet) -> None:
    """Write *sheet*, show it where the call stands in the notebook, and say where its files are."""
    from IPython.display import display  # only a notebook has it

    written = write_sheet(journal, sheet)
    if written is None:
        print("No sheet was written: this run has not read the values. 値を読み取っていないため作成していません。")
        return
    lines = [f"{row['item']} {row['item_ja']}: {row['value']}" for row in written.table]
    files = f"{written.csv.name}, {written.page.name}"
    plain = "\n".join([sheet.title, *lines, f"Files ファイル: {files}"])
    fragment = f"{written.text}<p>Files ファイル: {html.escape(files)}</p>"
    display({"text/html": fragment, "text/plain": plain}, raw=True)  # type: ignore[no-untyped-call]


def _last_reading(journal: Path, state: str) -> dict[str, Any] | None:
    found = None
    for event in read_events(journal):
        if event["event"] == "state.ended" and event["state"] == state and event["differences"]:
            found = event
    return found


def _fragment(journal: Path, sheet: Sheet, table: list[dict[str, str]]) -> str:
    run = run_row(journal)
    head = "".join(f"<th>{cell}</th>" for cell in ("Item 項目", "Value 値", "Enter in 入力先"))
    body = "".join(
        f"<tr><td>{_text(row['item'])}<br>{_text(row['item_ja'])}</td>"
        f'<td class="value" style="white-space:nowrap"><b>{_text(row["value"])}</b></td>'
        f"<td>{_text(row['enter_in'])}<br>{_text(row['enter_in_ja'])}</td></tr>\n"
        for row in table
    )
    wrong = dict.fromkeys(
        f"{row['item']}: registered {row['value']}, the site file says {row['site_file']}."
        for row in table
        if row["value"] != row["site_file"]
    )
    warning = (
        f'<p class="wrong"><b>! {_text(" ".join(wrong))}</b><br>Do not use this sheet before it is settled which is '
        "right. どちらが正しいか確定するまで使用しないこと。</p>\n"
        if wrong
        else ""
    )
    notes = "".join(f"<li>{_text(english)}<br>{_text(japanese)}</li>" for english, japanese in sheet.notes)
    fields = "".join(
        f'<tr><th style="width:35%">{_text(english)} {_text(japanese)}</th><td>&nbsp;</td></tr>'
        for english, japanese in sheet.fields
    )
    style = 'border="1" style="border-collapse:collapse"'
    read = f"Read on {run['node']} at {table[0]['read_at'][:19].replace('T', ' ')} UTC, change {run['change']}."
    return (
        f"<h1>{_text(sheet.title)}</h1><p>{_text(sheet.title_ja)}</p>\n{warning}"
        f"<table {style}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"
        f"<ol>{notes}</ol>\n"
        f"<table {style}><tbody>{fields}</tbody></table>\n"
        f"<p><small>{_text(read)}</small></p>"
    )


def _shown(value: object) -> str:
    return "(not registered 未登録)" if value is None else str(value)


def _text(value: str) -> str:
    return html.escape(value, quote=True)
