"""What a reader finds in the notebook of a run that stopped: why, where, what never ran, and the tables.

After a failing cell nothing runs, so the notebook's own record cell does not exist for exactly the runs that need it;
the engine adds the record from the journal instead.
"""

import html
from pathlib import Path
from typing import Final

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from runbook_lib.engine.ending import Ending, is_run
from runbook_lib.record.summary import act_in_flight, language_of
from runbook_lib.run.journal import read_events
from runbook_lib.wording import say

TAGS: Final = ["runbook-note", "papermill-error-cell-tag"]
"""By the second tag papermill removes these cells when the notebook is run again."""

_HEADLINE: Final = {
    "failed": ("✖", "This run failed"),
    "waiting": ("…", "This run waits for a person"),
    "interrupted": ("!", "This run was interrupted"),
}
_NEXT: Final = {
    "failed": "Remove the cause, then run this chapter again; what already holds is left as it is.",
    "waiting": "Do what the message asks, then run this chapter again; it goes on from there.",
    "interrupted": "Run this chapter again, first with apply=False to see where the node stands.",
}
_IN_FLIGHT: Final = (
    "This command had been sent to the node, and whether it ran is not known. "
    "Run this chapter with apply=False first: it reads the node and changes nothing."
)
_BELOW: Final = "Nothing below this line was run."
_RECORD: Final = "Record of the run that stopped"


def add_notes(notebook: NotebookNode, ending: Ending, headings: list[str], journal: Path | None) -> None:
    """Add to *notebook*, in place, the banner, a line where the run stopped, and the record from *journal*.

    *headings* are the sections of its cells before anything is added.
    """
    cells = notebook.cells
    stopped = _first_not_run(cells) if ending.cell is None else ending.cell
    language = _language(journal)
    before = [_note(_stopped_here(ending, language))] if ending.cell is not None else []
    after = [_note(f"**{_both(language, _BELOW, ' ')}**\n\n---")] if any(map(_never_ran, cells)) else []
    cut = stopped + (ending.cell is not None)
    record = _record(journal, language) if journal else []
    notebook.cells = [
        _note(_banner(cells, ending, headings, journal, language)),
        *cells[:stopped],
        *before,
        *cells[stopped:cut],
        *after,
        *cells[cut:],
        *record,
    ]


def not_run_headings(cells: list[NotebookNode], headings: list[str]) -> list[str]:
    """The sections with a cell that never ran, each once, in order."""
    return list(dict.fromkeys(heading for cell, heading in zip(cells, headings, strict=True) if _never_ran(cell)))


def _language(journal: Path | None) -> str:
    """The language of the site, as the run that stopped has recorded it."""
    events = read_events(journal) if journal and journal.exists() else ()
    try:
        return language_of(events)
    except (OSError, ValueError):
        return "en"  # the record below says what is wrong with the journal


def _both(language: str, text: str, between: str = "<br>") -> str:
    """*text* in both languages, that of the site first."""
    pair = (text, say("ja", text))
    return between.join(dict.fromkeys(reversed(pair) if language == "ja" else pair))


def _banner(cells: list[NotebookNode], ending: Ending, headings: list[str], journal: Path | None, language: str) -> str:
    sign, headline = _HEADLINE[ending.status]
    ran = sum(is_run(cell) and not _never_ran(cell) for cell in cells)
    total = sum(map(is_run, cells))
    lines = [f"# {sign} {_both(language, headline)}", ""]
    if ending.cell is not None:
        count = cells[ending.cell].execution_count
        place = f"{html.escape(headings[ending.cell])} (In [{count or ' '}])"
        lines += [f'**Where 場所:** <a href="#runbook-stopped">{place}</a>', ""]
    lines += ["**Why 理由:**", "", _preformatted(_both(language, ending.reason, "\n\n")), ""]
    act = act_in_flight(read_events(journal)) if journal and journal.exists() else None
    if act:
        lines += [f"**{_both(language, _IN_FLIGHT)}**", "", _preformatted(str(act["command"])), ""]
    lines += [f"**Ran 実行済み:** {ran} of {total} cells ({total} セル中 {ran} セル)"]
    if missing := not_run_headings(cells, headings):
        lines += ["", "**Not run 未実行:**", *(f"- {html.escape(heading or '-')}" for heading in missing)]
    return "\n".join([*lines, "", f"**What to do 対処:** {_both(language, _NEXT[ending.status])}"])


def _stopped_here(ending: Ending, language: str) -> str:
    sign, headline = _HEADLINE[ending.status]
    return f'<a id="runbook-stopped"></a>**{sign} {_both(language, f"{headline} in the next cell.", " ")}**'


def _record(journal: Path, language: str) -> list[NotebookNode]:
    from runbook_lib.pictures.displays import picture_displays
    from runbook_lib.record.show import record_displays  # pandas: only a run that stopped needs it here

    try:
        shown = [*picture_displays(journal, language), *record_displays(journal, language)]
        outputs = [_output("display_data", data=data) for data in shown]
    except (OSError, ValueError) as error:
        outputs = [_output("stream", name="stderr", text=f"The journal cannot be shown: {error}\n")]
    source = f"from runbook_lib.record import show_record\n\nshow_record({journal.name!r})"
    cell: NotebookNode = new_code_cell(source=source, outputs=outputs)
    cell.metadata.update(tags=list(TAGS), papermill={"status": "added by the engine"})
    heading = f"## {_both(language, _RECORD)}\n\n{_both(language, 'Added by the engine.', ' ')}"
    return [_note(heading), cell]


def _note(text: str) -> NotebookNode:
    cell: NotebookNode = new_markdown_cell(text)
    cell.metadata.update(tags=list(TAGS), papermill={})
    return cell


def _output(kind: str, **fields: object) -> NotebookNode:
    output: NotebookNode = new_output(kind, **fields)
    return output


def _first_not_run(cells: list[NotebookNode]) -> int:
    return next((index for index, cell in enumerate(cells) if _never_ran(cell)), len(cells))


def _never_ran(cell: NotebookNode) -> bool:
    return is_run(cell) and cell.metadata.get("papermill", {}).get("status") == "not run"


def _preformatted(text: str) -> str:
    return f'<pre style="white-space:pre-wrap">{html.escape(text)}</pre>'
