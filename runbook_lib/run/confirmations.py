"""What people attested in a change, one JSON object a line in ``outputs/CHANGE/confirmations.jsonl``.

A confirmation answers a question that a run of the change has asked: the journal has it as ``confirmation.asked``, also
where the run only read.  Nothing is ever removed; of several answers to one question the last one counts.
"""

import getpass
import platform
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runbook_lib.errors import ParameterError
from runbook_lib.run.journal import FILE_OF_CONFIRMATIONS, Journal, journals, read_events

EVENT: Final = "confirmation"


@dataclass(frozen=True)
class Question:
    """Something that a run asked a person to attest.

    Attributes:
        key: its name.
        node: the node it is about; "" for the whole cluster.
        what: what is to be true.
    """

    key: str
    node: str
    what: str


@dataclass(frozen=True)
class Answer:
    """What a person attested.

    Attributes:
        key, node: of the question.
        by: the person's name.
        note: in the person's words.
        account: who was signed in where it was entered.
        at: when, UTC.
    """

    key: str
    node: str
    by: str
    note: str
    account: str
    at: str


def confirm(folder: Path, site: str, key: str, node: str, by: str, note: str) -> Answer:
    """Enter that *by* attests *key*, on *node* or ("") for the whole cluster, in the change whose folder is given.

    Raises:
        ParameterError: the change has asked for no such thing, or name or note is empty.
    """
    for name, value, placeholder in (("--by", by, "NAME"), ("--note", note, "TEXT")):
        if value.strip() in ("", placeholder) or re.search(r"[\x00-\x1f]", value):
            raise ParameterError(f"{name} {value!r} says nothing, or has a line break. Write {_WANTED[name]}.")
    questions = list(asked(folder, site))
    if not questions:
        raise ParameterError(f"Change {folder.name} has asked nobody to confirm anything on site {site}.")
    if (key, node) not in {(one.key, one.node) for one in questions}:
        there = "; ".join(dict.fromkeys(f"{one.key}{f' --node {one.node}' if one.node else ''}" for one in questions))
        raise ParameterError(
            f"Change {folder.name} has not asked for {key}{f' on {node}' if node else ' without --node'}. "
            f"It has asked for: {there}."
        )
    answer = Answer(
        key,
        node,
        by.strip(),
        note.strip(),
        f"{getpass.getuser()}@{platform.node()}",
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
    Journal(folder / FILE_OF_CONFIRMATIONS).append(EVENT, **asdict(answer))
    return answer


_WANTED: Final = {"--by": "your name", "--note": "what you did or saw, on one line"}


def asked(folder: Path, site: str) -> Iterator[Question]:
    """What the runs of a change on *site* have asked for, oldest first; once for each time."""
    for path in journals(folder):
        ours = False
        for event in events_of(path):
            if event["event"] == "run.opened":
                ours = event.get("site") == site
            elif event["event"] == "confirmation.asked" and ours:
                yield Question(str(event["key"]), str(event["node"]), str(event["what"]))


def answer_to(folder: Path, key: str, node: str) -> Answer | None:
    """The last answer in the change's folder for *key* on *node* ("": the whole cluster)."""
    file = folder / FILE_OF_CONFIRMATIONS
    found = None
    for event in events_of(file) if file.exists() else ():
        if (event.get("key"), event.get("node")) == (key, node):
            found = Answer(**{name: str(event[name]) for name in Answer.__dataclass_fields__ if name in event})
    return found


def last_answer(outputs: Path, site: str, key: str, node: str) -> tuple[str, Answer] | None:
    """The last answer for *key* on *node* ("": the whole cluster) in any change on *site*, with that change's id."""
    found: tuple[str, Answer] | None = None
    for file in sorted(outputs.glob(f"*/{FILE_OF_CONFIRMATIONS}")):
        answer = answer_to(file.parent, key, node)
        if answer is None or (found and answer.at <= found[1].at):
            continue
        if any((one.key, one.node) == (key, node) for one in asked(file.parent, site)):
            found = file.parent.name, answer
    return found


def events_of(path: Path) -> list[dict[str, object]]:
    """The events in one file of a change; ParameterError, with its line, when it is broken."""
    try:
        return list(read_events(path))
    except ValueError as error:
        raise ParameterError(f"{error} Put the file away, or mend the line.") from error
