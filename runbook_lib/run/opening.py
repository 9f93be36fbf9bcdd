"""`open_run`: from the parameters of a notebook to a run that has reached its node."""

import getpass
import os
import platform
import sys
import weakref
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeVar

from runbook_lib.errors import NotConfirmed, ParameterError
from runbook_lib.node import Node
from runbook_lib.node.endpoint import Endpoint
from runbook_lib.parameters import Credential, Site, check_parameters, load_site, new_change, project_folder
from runbook_lib.run.alone import hold
from runbook_lib.run.chosen import STEPS_VARIABLE, in_text
from runbook_lib.run.journal import Journal
from runbook_lib.run.nodes import Nodes
from runbook_lib.run.run import Run
from runbook_lib.run.seen import note_seen

S = TypeVar("S", bound=Site)
PARAMETERS: Final = ("site", "node", "apply", "change", "note")
"""What every notebook can be given, and nothing else."""

JOURNAL_VARIABLE: Final = "RUNBOOK_JOURNAL"
"""Environment variable in which the engine names the journal of the run, beside the executed notebook."""


def open_run(
    site: str,
    node: str,
    *,
    chapter: str,
    apply: bool = False,
    change: str = "",
    note: str = "",
    site_type: type[S] = Site,  # type: ignore[assignment]  # the plain site is what no manual has added to
) -> Run[S]:
    """Check the parameters, reach the node, and begin the record.

    Args:
        site: name of a site file in ``parameters/`` (or a path to one).
        node: the node this run works on.
        chapter: the manual's number of the chapter, as text.
        apply: False changes nothing.
        change: id of the change this run belongs to; empty makes one.
        note: why; shown at the top of the record.
        site_type: the kind of site, where a manual adds a section of its own.

    Raises:
        ParameterError: before anything is connected, for a wrong or unknown parameter, or another run that applies on
            the site.
        NodeError: the node cannot be reached or refuses the credentials.
        NotConfirmed: another machine answers at the node's address.
    """
    _refuse_unknown(_notebook_names())
    check_parameters(site=site, node=node, apply=apply, change=change, note=note)
    loaded = load_site(site, site_type)
    loaded.node(node)
    moment = datetime.now(UTC)
    change = change or new_change(loaded.name)
    attended = JOURNAL_VARIABLE not in os.environ
    held = hold(loaded) if apply and attended else None  # whoever runs the notebook headless holds the site for it
    nodes = Nodes(loaded, connect, node, held.release if held else None)
    try:
        if held:
            held.tell(chapter, node, change)
        only = in_text(os.environ.get(STEPS_VARIABLE, ""))
        journal = Journal(_journal_path(change, chapter, node, moment, apply=apply))
        journal.append(
            "run.opened", change=change, chapter=chapter, site=loaded.name, site_file=str(loaded.path), node=node,
            apply=apply, only=only, note=note, operator=f"{getpass.getuser()}@{platform.node()}",
            language=loaded.language, library=version("clientmanager-runbooks"),
            notebook=os.environ.get("JPY_SESSION_NAME", ""),
        )  # fmt: skip
        try:
            run = Run(
                loaded, node, chapter=chapter, apply=apply, change=change, journal=journal, nodes=nodes, only=only,
                attended=attended,
            )  # fmt: skip
        except Exception as error:
            journal.append("run.refused", reason=str(error))
            raise
        # No notebook closes its run, and a node allows an account only a few shells: they end when the run is opened
        # anew in the same kernel, and with the kernel.
        weakref.finalize(run, nodes.close)
        if run.facts is not None:
            journal.append("node.facts", **run.facts.flat())
            if reason := nodes.misnamed(node):
                journal.append("run.refused", reason=reason)
                raise NotConfirmed(reason)
        note_seen(run)
    except BaseException:  # a notebook keeps its last error, and with it all that the error has seen
        nodes.close()
        raise
    return run


def connect(site: Site, name: str) -> Node:
    """The machine *name* of a site, a node or one outside the cluster; nothing is sent before it is first read."""
    access = site.machine(name)
    endpoint = Endpoint(
        node=name,
        url=access.url,
        transport=access.transport,
        user=access.user,
        password=access.password(),
        password_source=_password_source(access.credential),
        ca_file=str(access.ca_file or ""),
        certificate=str(access.client_certificate or ""),
        certificate_key=str(access.client_key or ""),
        connect_s=site.limits.connect_s,
    )
    return Node(endpoint, site.windows.code_page, max(site.limits.command_s, site.limits.copy_s))


def _password_source(credential: Credential | None) -> str:
    if credential is None:
        return "the client certificate"
    if credential.source.environment:
        return credential.source.environment
    return f"the key ring's {credential.source.keyring}" if credential.source.keyring else "what was typed"


def _journal_path(change: str, chapter: str, node: str, moment: datetime, *, apply: bool) -> Path:
    given = os.environ.get(JOURNAL_VARIABLE)
    if given:
        return Path(given)
    stamp = f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}"
    name = f"{chapter}.{node}.{'apply' if apply else 'plan'}.{stamp}.jsonl"
    return project_folder() / "outputs" / change / name


def _notebook_names() -> Iterable[str]:
    """The names that the notebook itself has made so far; none outside a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return ()
    hidden = shell.user_ns_hidden
    return [
        name
        for name, value in shell.user_ns.items()
        if name not in hidden
        and not name.startswith("_")
        and not isinstance(value, Run)
        and not getattr(value, "__module__", "").startswith("runbook_lib")
        and not getattr(value, "__name__", "").startswith("runbook_lib")
    ]


def _refuse_unknown(names: Iterable[str]) -> None:
    """Stop for a parameter that no notebook has: papermill only warns of one, and runs with the default instead."""
    unknown = [name for name in names if name not in PARAMETERS]
    if unknown:
        raise ParameterError(
            f"The notebook does not have the parameter {', '.join(unknown)}; it has {', '.join(PARAMETERS)}. "
            "Correct the name and start again; nothing was connected to."
        )
