"""The record as pandas tables.  Every table has all its columns, in the order given, also when it has no rows."""

from pathlib import Path
from typing import Any

import pandas as pd

from runbook_lib.record.summary import run_row, step_rows
from runbook_lib.run.journal import journals, read_events

_RUN_TYPES = {
    "change": "str", "chapter": "str", "site": "str", "node": "str", "apply": "boolean", "only": "str",
    "outcome": "str", "changed": "Int64", "steps": "Int64", "seconds": "float64", "started": "datetime64[ms, UTC]",
    "operator": "str", "note": "str", "reason": "str", "notebook": "str", "journal": "str",
}  # fmt: skip
_RUN_KEY_TYPES = {name: _RUN_TYPES[name] for name in ("change", "chapter", "node", "apply")}
_STEP_TYPES = {
    "step": "str", "requirement": "str", "state": "str", "role": "str", "verb": "str", "outcome": "str",
    "reason": "str", "commands": "Int64", "seconds": "float64", "started": "datetime64[ms, UTC]",
}  # fmt: skip
_DIFFERENCE_TYPES = {
    "step": "str", "state": "str", "key": "str", "before": "object", "desired": "object", "after": "object",
}  # fmt: skip
_COMMAND_TYPES = {
    "step": "str", "state": "str", "number": "Int64", "command": "str", "why": "str", "status": "str",
    "exit_code": "Int64", "seconds": "float64", "output": "str", "started": "datetime64[ms, UTC]",
}  # fmt: skip


def runs(outputs: Path) -> pd.DataFrame:
    """Every run that has a journal somewhere under *outputs*, oldest first.

    =========  =====================================================================================================
    change     the change's id (its folder's name where the journal does not say)
    chapter    the chapter's number as the manual prints it, text: "5", "10"
    site       the site's name
    node       the node the run worked on
    apply      True: it might change things; False: it only read; NA: not known
    only       the steps that alone were asked for, such as "5-(1) 5-(3)"; empty: the whole chapter
    outcome    failed, waiting, interrupted, differs, changed or ok: see `run_outcome`; or unreadable
    changed    how many states were changed
    steps      how many steps were begun
    seconds    from the first line of the journal to the last
    started    when, UTC
    operator   who ran it, as the journal says
    note       why, as the operator put it
    reason     why it did not end well: the message of the first step that did not
    notebook   path of the executed notebook; empty where there is none
    journal    path of the journal
    =========  =====================================================================================================
    """
    rows = [run_row(path) for path in journals(Path(outputs))]
    table = _table(rows, _RUN_TYPES)
    return table.sort_values("started", kind="stable", na_position="first", ignore_index=True)


def steps(journal: Path) -> pd.DataFrame:
    """The steps of one run, one row per step and state, in the order in which they were begun.

    ===========  ===================================================================================================
    step         the step's number as the manual prints it, text: "5-(3)"
    requirement  the requirements it serves, such as "SHARE-8 SHARE-9"
    state        title of the state that must be true
    role         active, standby, or empty: every node
    verb         confirm or ensure
    outcome      ok, changed, differs, skipped, waiting, failed; interrupted (begun, its end never written);
                 not run (an earlier state stopped the step)
    reason       why, where it is not ok
    commands     how many commands were sent to change it or, with apply=False, would be
    seconds      time from beginning to read it until its end; NaN where it never ended
    started      when its step was begun, UTC
    ===========  ===================================================================================================
    """
    return _table(step_rows(read_events(journal)), _STEP_TYPES)


def steps_of(runs: pd.DataFrame) -> pd.DataFrame:
    """The steps of all *runs* (rows of `runs`) as one table: change, chapter, node and apply of the run, then `steps`.

    A run whose journal cannot be read has one row, without a step, that says so.
    """
    tables = [_table([], {**_RUN_KEY_TYPES, **_STEP_TYPES})]
    for run in runs.to_dict("records"):
        if run["outcome"] == "unreadable":
            table = _table([{"outcome": run["outcome"], "reason": run["reason"]}], _STEP_TYPES)
        else:
            table = steps(Path(run["journal"]))
        for position, (name, kind) in enumerate(_RUN_KEY_TYPES.items()):
            table.insert(position, name, pd.Series([run[name]] * len(table), dtype=kind))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def differences(journal: Path) -> pd.DataFrame:
    """Where the node was not as desired before or is not now, one row per value, in the order in which they were read.

    =======  =======================================================================================================
    step     the step's number
    state    title of the state
    key      the value's name within the state, such as a path or a registry value
    before   what was read first; None: it was not there
    desired  what must be; None: it must not be there
    after    what was read last; None: it is not there
    =======  =======================================================================================================

    The last three columns hold what the journal holds: text, numbers, truth values, lists or None.
    """
    rows = [
        {"step": event["step"], "state": event["state"], **difference}
        for event in read_events(journal)
        if event["event"] == "state.ended"
        for difference in _objects(event.get("differences"))
        if difference.get("differed", True) or difference.get("after") != difference.get("before")
    ]
    return _table(rows, _DIFFERENCE_TYPES)


def commands(journal: Path) -> pd.DataFrame:
    """Every command that was sent to change something, in order.

    =========  =====================================================================================================
    step       the step's number
    state      title of the state
    number     counted from 1 within the state
    command    the command line
    why        what it was to bring about
    status     ended; reply lost (whether it ran was settled by reading); not ended (the run stopped meanwhile)
    exit_code  what the command returned; NA where it was not received
    seconds    how long it took; NaN where it never ended
    output     the end of its output
    started    when it was sent, UTC
    =========  =====================================================================================================
    """
    rows: list[dict[str, Any]] = []
    for event in read_events(journal):
        if event["event"] == "act.started":
            rows.append({**event, "status": "not ended", "output": "", "started": event["at"]})
        elif event["event"] == "act.ended":
            act = next(row for row in reversed(rows) if _act(row) == _act(event))
            lost = event.get("exit_code") is None
            act.update({**event, "status": "reply lost" if lost else "ended", "output": event.get("output") or ""})
    return _table(rows, _COMMAND_TYPES)


def _act(event: dict[str, Any]) -> tuple[object, ...]:
    return event["step"], event["state"], event["number"]


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _table(rows: list[dict[str, Any]], types: dict[str, str]) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name, kind in types.items():
        values = [row.get(name) for row in rows]
        if kind.startswith("datetime"):
            columns[name] = pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True, format="ISO8601"))
            columns[name] = columns[name].astype(kind)
        else:
            columns[name] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns)
