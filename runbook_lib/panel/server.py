"""The Jupyter server of the desk, as its kernels and the command `runbook desk` use it.

A notebook is made live before a person sees it: its kernel is started as a session of the server, the cell with the
panel is run there, and what it showed is stored in the file.  JupyterLab then finds the session by the notebook's path
and restores the panel from the kernel, as it does when a tab is opened again.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nbformat
import requests
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import find_connection_file
from nbformat.sign import NotebookNotary

from runbook_lib.errors import NoDesk
from runbook_lib.panel.copies import RUN_BEFORE

URL_VARIABLE: Final = "RUNBOOK_DESK_URL"
"""Environment variable with the address of the desk's server, such as http://127.0.0.1:8888/."""

ROOT_VARIABLE: Final = "RUNBOOK_DESK_ROOT"
"""Environment variable with the folder that the server shows."""

TOKEN_VARIABLE: Final = "JUPYTER_TOKEN"  # noqa: S105 - the variable's name; Jupyter reads its token from it
"""Environment variable with the server's token: never on a command line, where others could read it."""

_ANSWER_S: Final = 10.0
_KERNEL_S: Final = 60.0
_SHOWN: Final = ("display_data", "execute_result", "stream", "error")


@dataclass(frozen=True)
class Server:
    """A Jupyter server.

    Attributes:
        url: ends with a slash.
        token: to sign in.
        root: the folder it shows; notebooks are named relative to it.
    """

    url: str
    token: str
    root: Path

    @classmethod
    def of_this_desk(cls) -> "Server":
        """The server that this kernel belongs to; NoDesk where `runbook desk` did not start it."""
        url, root = os.environ.get(URL_VARIABLE), os.environ.get(ROOT_VARIABLE)
        if not url or not root:
            raise NoDesk("This kernel was not started by the desk. Start one: runbook desk SITE")
        return cls(url, os.environ.get(TOKEN_VARIABLE, ""), Path(root))

    def relative(self, path: Path) -> str:
        """*path* as the server names it."""
        return path.resolve().relative_to(self.root.resolve()).as_posix()

    def is_live(self, notebook: Path) -> bool:
        """Whether *notebook* has a session; NoDesk where the server does not answer."""
        return self.root / self.relative(notebook) in self.open_notebooks()

    def make_live(self, notebook: Path) -> None:
        """Start the session of *notebook* and run its panel, unless it is live already.

        Where the panel cannot be shown the session is ended again, so that the next press tries anew.

        Raises:
            NoDesk: the server or the kernel does not answer, or the panel ended with an error, which is told.
            OSError: *notebook* cannot be read or written.
        """
        if self.is_live(notebook):
            return
        name = self.relative(notebook)
        wanted = {"path": name, "name": notebook.name, "type": "notebook", "kernel": {"name": "python3"}}
        session = self._ask("POST", "api/sessions", wanted)
        try:
            _run_panel(notebook, session["kernel"]["id"])
        except BaseException:
            self._ask("DELETE", f"api/sessions/{session['id']}")
            raise

    def open_notebooks(self) -> list[Path]:
        """The notebooks that have a session; NoDesk where the server does not answer."""
        return [self.root / session["path"] for session in self._ask("GET", "api/sessions")]

    @property
    def answers(self) -> bool:
        """Whether it takes requests yet: it says where it listens a moment before."""
        try:
            self._ask("GET", "api/status")
        except NoDesk:
            return False
        return True

    def _ask(self, method: str, what: str, content: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        try:
            reply = requests.request(
                method, self.url + what, json=content, headers={"Authorization": f"token {self.token}"},
                timeout=_ANSWER_S if method == "GET" else _KERNEL_S,
            )  # fmt: skip
            reply.raise_for_status()
        except requests.RequestException as error:
            raise NoDesk(f"The Jupyter server of the desk does not answer ({type(error).__name__}).") from error
        return reply.json() if reply.content else None


def _run_panel(notebook: Path, kernel: str) -> None:
    """Run the parameters and the panel of *notebook* in *kernel*, and store what they show."""
    content = nbformat.read(notebook, as_version=4)
    client = BlockingKernelClient(connection_file=find_connection_file(kernel))
    client.load_connection_file()
    client.start_channels()
    try:
        wait_until_ready(client)
        for cell in content.cells:
            if cell.cell_type == "code" and RUN_BEFORE & set(cell.metadata.get("tags", [])):
                cell.outputs, cell.execution_count = _run_cell(client, cell.source)
                for output in cell.outputs:
                    if output.output_type == "error":
                        raise NoDesk(f"The panel of {notebook.name} cannot be shown: {output.evalue}")
    except (RuntimeError, TimeoutError) as error:
        raise NoDesk(f"The kernel of {notebook.name} does not answer: {error}.") from error
    finally:
        client.stop_channels()
    nbformat.write(content, notebook)
    trust(notebook)


def wait_until_ready(client: BlockingKernelClient) -> None:
    """Wait for the first answer; a kernel that is busy starting misses heartbeats, which the client takes for death."""
    give_up = time.monotonic() + _KERNEL_S
    while True:
        try:
            client.wait_for_ready(timeout=max(1.0, give_up - time.monotonic()))
            return
        except RuntimeError:
            if time.monotonic() > give_up:
                raise


def _run_cell(client: BlockingKernelClient, source: str) -> tuple[list[Any], int | None]:
    outputs: list[Any] = []

    def keep(message: dict[str, Any]) -> None:
        if message["msg_type"] in _SHOWN:
            outputs.append(nbformat.v4.output_from_msg(message))

    reply = client.execute_interactive(source, output_hook=keep, timeout=_KERNEL_S)
    return outputs, reply["content"].get("execution_count")


def trust(notebook: Path) -> None:
    """Sign *notebook* for this account, as running it in JupyterLab would: what it shows was made here."""
    NotebookNotary().sign(nbformat.read(notebook, as_version=4))
