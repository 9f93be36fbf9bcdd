"""What a run that only read has found to be otherwise than it must be: the rows of an audit.  Without pandas."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runbook_lib.run.journal import read_events


@dataclass(frozen=True)
class Finding:
    """One value that is not as it must be.

    Attributes:
        chapter, node: the run that read it.
        step: as the manual prints it.
        state: title of the state.
        value: the value's name within the state; "" where a reason is all there is.
        actual: what is, or the reason; None: it is not there.
        desired: what should be; None: it should not be there.
    """

    chapter: str
    node: str
    step: str
    state: str
    value: str
    actual: object
    desired: object


@dataclass(frozen=True)
class Drift:
    """What one run found.

    Attributes:
        findings: what differs.
        left_out: titles of states that differ and tell of what happens (a restart, an attestation, where the group
            runs just now), not of how the nodes are set up.
    """

    findings: tuple[Finding, ...]
    left_out: tuple[str, ...]


def drift(journals: Sequence[Path]) -> Drift:
    """What the runs of *journals* found, in their order."""
    findings: list[Finding] = []
    left_out: list[str] = []
    for journal in journals:
        events: list[dict[str, Any]] = list(read_events(journal))
        opened = next((event for event in events if event["event"] == "run.opened"), {})
        passing: set[tuple[str, str]] = set()
        for event in events:
            if event["event"] == "step.started":
                passing |= {(event["step"], title) for title in event.get("passing") or ()}
            elif event["event"] == "state.ended" and event["outcome"] in ("differs", "failed"):
                if (event["step"], event["state"]) in passing:
                    left_out.append(event["state"])
                else:
                    findings += _findings(opened, event)
    return Drift(tuple(findings), tuple(dict.fromkeys(left_out)))


def _findings(opened: dict[str, Any], event: dict[str, Any]) -> list[Finding]:
    where = str(opened.get("chapter") or ""), str(opened.get("node") or ""), event["step"], event["state"]
    wrong = [row for row in event.get("differences") or () if row["differed"]]
    if not wrong:
        return [Finding(*where, "", event.get("reason") or event["outcome"], "")]
    return [Finding(*where, row["key"], row["before"], row["desired"]) for row in wrong]
