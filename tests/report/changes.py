"""A change's folder as runs leave it, written line by line, for the tests of what is told of it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

MORNING = datetime.fromisoformat("2026-11-20T09:00:00+00:00")


class Change:
    """The folder of one change.

    Attributes:
        folder: where its journals are.
        clock: the time of the next event; every event takes a second.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = MORNING
        folder.mkdir(parents=True, exist_ok=True)

    def run(
        self,
        chapter: str,
        node: str,
        steps: Mapping[str, str] | Iterable[tuple[str, str]],
        *,
        apply: bool = False,
        only: Iterable[str] = (),
        by_hand: bool = False,
        ended: str = "completed",
        site: str = "lab",
        reason: str = "",
        asking: Iterable[str] = (),
        stopped: str = "",
    ) -> Path:
        """Write the journal of one run: *steps* with their outcomes ("" is a step that never ended).

        *asking* are steps that ask for a person; *ended* is the status of the notebook, "" where the engine never
        wrote it; *stopped* is who asked the run to stop.
        """
        path = self.folder / f"{chapter}.{node}.{self.clock:%H%M%S}.jsonl"
        lines: list[dict[str, Any]] = []

        def line(event: str, **fields: Any) -> None:
            lines.append({"at": self.clock.isoformat(), "event": event, **fields})
            self.clock += timedelta(seconds=1)

        given = {"site": site, "node": node, "apply": apply, "change": self.folder.name, "note": ""}
        if not by_hand:
            line("notebook.started", notebook=str(path.with_suffix(".ipynb")), chapter=chapter, parameters=given)
        line("run.opened", chapter=chapter, operator="op@here", only=list(only), **given)
        for step, outcome in steps.items() if isinstance(steps, Mapping) else steps:
            state = f"what {step} asks for"
            line("step.started", step=step, states=[state], apply=apply)
            if step in asking:
                line("person.asked", step=step, what="press it", check="it is pressed", key="", node=node, command="")
            if outcome:
                line("state.ended", step=step, state=state, outcome=outcome, reason=reason, commands=[], differences=[])
                line("step.ended", step=step, outcome=outcome, seconds=1.0, message=reason)
        if stopped:
            line("stop.asked", by=stopped)
        if ended and not by_hand:
            line("notebook.ended", status=ended, reason=reason, seconds=1.0)
        path.write_text("".join(json.dumps(one) + "\n" for one in lines))
        return path
