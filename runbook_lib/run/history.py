"""What a change knows already: the answers to what a state asks on "change".

``node confirmation KEY``
    what a person attested for this run's node: JSON with by, at and note; exit code 1 where nobody has
``cluster confirmation KEY``
    the same, attested for the whole cluster
``... on site SITE``
    added to either: or else what was attested last in another change on that site, which the note then names
``boot``
    the boot that each node was in when this chapter began to count: JSON, marks by node; exit code 1 where it has not

A chapter counts from its first run in this change that applies; and anew after a chapter before it has changed
something, because what was changed then is what the restart is for.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from runbook_lib.commands import boot
from runbook_lib.commands.boot import Boot
from runbook_lib.errors import NotConfirmed
from runbook_lib.node import Reply
from runbook_lib.run.confirmations import answer_to, events_of, last_answer
from runbook_lib.run.journal import Journal, journals

ReadBoots = Callable[[], Mapping[str, Boot]]
"""Reads the boot that every node of the site is in now, and journals it."""


class History:
    """The change of one run, read from its folder each time that something is asked.

    Attributes:
        folder: of the change.
        change: its id.
        chapter: of the run.
        node: of the run.
    """

    def __init__(self, folder: Path, change: str, chapter: str, node: str) -> None:
        self.folder = folder
        self.change = change
        self.chapter = chapter
        self.node = node

    def answer(self, line: str, read_boots: ReadBoots | None) -> Reply:
        """Answer one question; *read_boots* is given by a run that applies, and begins to count where none has."""
        if line == "boot":
            boots = self.boots() or (read_boots() if read_boots else {})
            return _reply(line, {node: dict(marks) for node, marks in boots.items()})
        asked = re.fullmatch(r"(node|cluster) confirmation (\S+)(?: on site (.+))?", line)
        if not asked:
            raise ValueError(f"a change cannot be asked {line!r}")
        where = self.node if asked[1] == "node" else ""
        answer, origin = answer_to(self.folder, asked[2], where), ""
        if answer is None and asked[3] and (found := last_answer(self.folder.parent, asked[3], asked[2], where)):
            answer, origin = found[1], f" (in change {found[0]})"
        return _reply(line, {"by": answer.by, "at": answer.at, "note": answer.note + origin} if answer else {})

    def boots(self) -> dict[str, Boot]:
        """The boots that this chapter counts from, by node; empty where it has not begun to."""
        noted: list[tuple[str, str, Boot]] = []
        changed = ""
        for path in journals(self.folder):
            events = events_of(path)
            opened = next((event for event in events if event["event"] == "run.opened"), {})
            if opened.get("change") != self.change:
                continue
            chapter = str(opened.get("chapter"))
            for event in events:
                if event["event"] == "node.boot" and chapter == self.chapter:
                    marks = event["boot"]
                    assert isinstance(marks, dict)  # noqa: S101  (written by this library)
                    noted.append((str(event["at"]), str(event["node"]), marks))
                elif event["event"] == "state.ended" and event["outcome"] == "changed" and self._comes_before(chapter):
                    changed = max(changed, str(event["at"]))
        boots: dict[str, Boot] = {}
        for at, node, marks in sorted(noted, key=lambda one: one[0]):
            if at > changed:
                boots.setdefault(node, marks)
        return boots

    def _comes_before(self, chapter: str) -> bool:
        return _number(chapter) < _number(self.chapter)


def note_boots(nodes: Mapping[str, Callable[[list[str]], list[Reply]]], journal: Journal) -> dict[str, Boot]:
    """Read the boot that each node is in, and journal them: what a restart in this chapter is measured against.

    *nodes* is what reads a node, by its name.  NotConfirmed: the boot of a node cannot be told.
    """
    boots: dict[str, Boot] = {}
    for name, read in nodes.items():
        try:
            boots[name] = boot.parse([reply.text for reply in read(list(boot.READINGS))])
        except ValueError as error:
            raise NotConfirmed(f"Which boot {name} is in cannot be told: {error}.") from error
    for name, marks in boots.items():
        journal.append("node.boot", node=name, boot=marks)
    return boots


def _number(chapter: str) -> int:
    return int(chapter) if chapter.isdigit() else 0


def _reply(line: str, content: Mapping[str, object]) -> Reply:
    return Reply(line, 0 if content else 1, json.dumps(content, ensure_ascii=False).encode(), "utf-8", 0.0)
