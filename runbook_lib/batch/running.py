"""Runs notebooks one after the other, and tells how it goes."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from runbook_lib.batch.chapters import Chapter, choose
from runbook_lib.batch.order import Active, active_node, check_needs, nodes_in_order
from runbook_lib.parameters import Site, check_parameters, new_change, project_folder
from runbook_lib.record.summary import run_row
from runbook_lib.run.alone import hold
from runbook_lib.run.journal import read_events
from runbook_lib.run.progress import in_words

NOT_STARTED: Final = "not started"


@dataclass(frozen=True)
class Result:
    """What one run came to.

    Attributes:
        chapter: its number.
        node: where.
        outcome: one of `runbook_lib.record.RUN_OUTCOMES`, from the journal; or "not started".
        changed: how many states were changed.
        seconds: how long it took.
        reason: why it did not end well; empty when it did.
        notebook, journal: its record; None when not started.
    """

    chapter: str
    node: str
    outcome: str = NOT_STARTED
    changed: int = 0
    seconds: float = 0.0
    reason: str = ""
    notebook: Path | None = None
    journal: Path | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing is left to do."""
        return self.outcome in ("ok", "changed")


@dataclass(frozen=True)
class Progress:
    """One thing that happened.

    Attributes:
        kind: "queued" (for each run, before the first), "started", "step" (a step is begun), "command" (one is sent),
            "progress" (something takes long),
            "step ended", "ended" (with *result*; also for a run that will not be started).
        chapter, node: the run.
        step: number of the step.
        outcome: of the step, or of the run.
        text: title of the states, what a command is for, how far it has come, or reason.
        seconds: since the run started.
        result: of the run.
    """

    kind: str
    chapter: str
    node: str
    step: str = ""
    outcome: str = ""
    text: str = ""
    seconds: float = 0.0
    result: Result | None = None


OnProgress = Callable[[Progress], None]


def run_chapters(
    site: Site,
    chapters: Sequence[Chapter],
    nodes: Sequence[str] = (),
    *,
    apply: bool = False,
    change: str = "",
    note: str = "",
    steps: Sequence[str] = (),
    outputs: Path | None = None,
    on_progress: OnProgress | None = None,
    active: Active | None = None,
) -> list[Result]:
    """Run *chapters*, in their order, on *nodes*; one run at a time.

    Applying stops at the first run that does not end well, because what follows builds on it; the rest is "not
    started".  Planning only reads, and goes on.

    Args:
        site: where.
        chapters: from `find_chapters`.
        nodes: names; all of the site's when empty.
        apply: False changes nothing.
        change: the change's id; empty makes one, SITE-DATE.
        note: why.
        steps: as the manual prints them; only these are carried out, and of *chapters* only those that have any of
            them.  All when empty.  What is left out is recorded as skipped, and such a run ends no chapter.
        outputs: folder of the records; the project's own when None.
        on_progress: called as it goes, also when interrupted.
        active: tells the node on which the group runs; asks the nodes when None.

    Raises:
        ParameterError: a wrong parameter, a missing chapter that another needs, a step that no chapter has, another
            process that applies on the site; nothing was run.
        KeyboardInterrupt, SystemExit: Ctrl-C, SIGTERM or SIGHUP, once the record of the run is written.
        OSError: a record could not be written.
    """
    for node in nodes:
        site.node(node)
    nodes = tuple(nodes) or site.group.policy
    change = change or new_change(site.name)
    parameters = {"site": how_to_find(site), "apply": apply, "change": change, "note": note}
    check_parameters(node=nodes[0], **parameters)
    chosen = choose(chapters, steps)
    chapters = list(chosen)
    records = (outputs or project_folder() / "outputs") / change
    if apply:
        check_needs(site, chapters, nodes, change, records)
    tell = on_progress or (lambda _: None)
    held = hold(site) if apply else None
    policy = site.group.policy
    left = [(chapter, node) for chapter in chapters for node in nodes_in_order(chapter, nodes, policy, lambda: None)]
    results: list[Result] = []
    try:
        for chapter, node in left:
            tell(Progress("queued", chapter.number, node))
        for chapter in chapters:
            for node in nodes_in_order(chapter, nodes, policy, active or (lambda: active_node(site))):
                left.remove((chapter, node))
                if held:
                    held.tell(chapter.number, node, change)
                result = _run(chapter, {**parameters, "node": node}, records, tell, chosen[chapter])
                results.append(result)
                if apply and not result.is_good:
                    return results + _never_started(left, tell)
    except BaseException:
        _never_started(left, tell)
        raise
    finally:
        if held:
            held.release()
    return results


def _run(chapter: Chapter, parameters: dict[str, Any], records: Path, tell: OnProgress, steps: Sequence[str]) -> Result:
    import papermill
    from papermill.engines import papermill_engines

    from runbook_lib.engine import RunbookEngine

    papermill_engines.register("runbook", RunbookEngine)  # also where the package's entry points are out of date
    records.mkdir(parents=True, exist_ok=True)
    notebook = records / _record_name(chapter.path.stem, parameters)
    journal = notebook.with_suffix(".jsonl")
    started = time.monotonic()
    run = (chapter.number, str(parameters["node"]))
    tell(Progress("started", *run))

    def watch(event: Mapping[str, Any]) -> None:
        if happened := _told(event):
            tell(Progress(happened[0], *run, *happened[1:], seconds=time.monotonic() - started))

    try:
        papermill.execute_notebook(
            *(_literal(path) for path in (chapter.path, notebook)),
            parameters=parameters,
            engine_name="runbook",
            progress_bar=False,
            watch=watch,
            steps=steps,
        )
    except Exception:
        if not _has_ended(journal):
            raise
    finally:
        if journal.exists():
            result = _result(chapter, parameters, notebook, journal)
            tell(Progress("ended", *run, "", result.outcome, result.reason, result.seconds, result))
    return result


def _told(event: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    match event["event"]:
        case "step.started":
            return "step", event["step"], "", "; ".join(event.get("states") or [])
        case "act.started":
            return "command", event["step"], "", event["why"]
        case "progress":
            return "progress", event["step"], "", in_words(event)
        case "step.ended":
            return "step ended", event["step"], event["outcome"], event.get("message") or ""
    return None


def _result(chapter: Chapter, parameters: Mapping[str, Any], notebook: Path, journal: Path) -> Result:
    row = run_row(journal)
    return Result(
        chapter.number,
        parameters["node"],
        row["outcome"],
        row["changed"],
        row["seconds"] or 0.0,
        row["reason"],
        notebook if notebook.exists() else None,
        journal,
    )


def _never_started(left: Sequence[tuple[Chapter, str]], tell: OnProgress) -> list[Result]:
    results = [Result(chapter.number, node) for chapter, node in left]
    for result in results:
        tell(Progress("ended", result.chapter, result.node, "", result.outcome, result=result))
    return results


def _has_ended(journal: Path) -> bool:
    return journal.exists() and any(event["event"] == "notebook.ended" for event in read_events(journal))


def _record_name(stem: str, parameters: Mapping[str, Any]) -> str:
    moment = datetime.now(UTC)
    stamp = f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}"
    return f"{stem}.{parameters['node']}.{'apply' if parameters['apply'] else 'plan'}.{stamp}.ipynb"


def how_to_find(site: Site) -> str:
    """The site's name where the kernel finds it by its name, else its file."""
    return site.name if site.path.parent == project_folder() / "parameters" else str(site.path)


def _literal(path: Path) -> str:
    """*path* as papermill takes it, which would read braces as the names of parameters."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")
