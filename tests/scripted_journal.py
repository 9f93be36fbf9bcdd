"""A journal written line by line, for the tests of what is read back from it."""

from pathlib import Path

from runbook_lib.run.journal import Journal, read_events


class Script:
    """Writes a journal the way a run does."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal(path)

    def open(self, **fields: object) -> "Script":
        opened = {"change": "C1", "chapter": "5", "site": "lab", "node": "node1", "apply": True, "note": "月次作業"}
        self.journal.append("run.opened", **{**opened, "operator": "op", **fields})
        return self

    def begin(self, step: str, *states: str) -> "Script":
        self.journal.append(
            "step.started", step=step, verb="ensure", role="active", requirement="SHARE-3", states=states
        )
        return self

    def state(self, step: str, state: str, outcome: str, **fields: object) -> "Script":
        plain = {"verb": "ensure", "role": "active", "requirement": "SHARE-3", "reason": "", "seconds": 0.5}
        ended = {**plain, "commands": 0, "differences": [], **fields}
        self.journal.append("state.ended", step=step, state=state, outcome=outcome, **ended)
        return self

    def end(self, step: str, outcome: str, message: str = "") -> "Script":
        self.journal.append("step.ended", step=step, outcome=outcome, seconds=1.0, message=message)
        return self

    def act(self, step: str, state: str, number: int = 1, **ended: object) -> "Script":
        act = {"step": step, "state": state, "number": number}
        self.journal.append("act.started", **act, command="robocopy a b", why="to move it")
        if ended:
            self.journal.append("act.ended", **act, seconds=0.1, **ended)
        return self

    def notebook(self, status: str = "") -> "Script":
        if status:
            self.journal.append("notebook.ended", status=status, reason="because", seconds=2.0)
        else:
            self.journal.append("notebook.started", chapter="5", parameters={"site": "lab", "node": "node2"})
        return self

    @property
    def events(self) -> list[dict[str, object]]:
        return list(read_events(self.journal.path))

    @property
    def path(self) -> Path:
        return self.journal.path


def step(script: Script, outcome: str) -> Script:
    return script.begin("5-(1)", "moved").state("5-(1)", "moved", outcome).end("5-(1)", outcome)
