"""`runbook desk`: JupyterLab with the page of a change open."""

import html
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jupyter_core.paths import jupyter_runtime_dir
from rich.console import Console

from runbook_lib.batch.detached import FOLDER
from runbook_lib.batch.environment import of_the_desk
from runbook_lib.batch.processes import end_process
from runbook_lib.batch.running import how_to_find
from runbook_lib.batch.under_way import running
from runbook_lib.cli import shown
from runbook_lib.errors import NoDesk, ParameterError
from runbook_lib.panel.closing import close_copies
from runbook_lib.panel.copies import change_folder, working_copy
from runbook_lib.panel.server import ROOT_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE, Server
from runbook_lib.panel.window import index_notebook
from runbook_lib.parameters import Site, check_parameters, project_folder
from runbook_lib.report.desk import latest_change, of_site
from runbook_lib.wording import say

_START_S: Final = 60.0
_END_S: Final = 15.0
_PORTS: Final = 20
"""How many ports are tried, beginning with the one asked for."""

_SETTINGS: Final = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 10},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": False},
}
"""What JupyterLab does differently at the desk; what the operator has set for himself goes before it.

Nothing is asked of the network, a panel is saved soon after it is shown, a cell that is scrolled out of sight keeps its
panel, and what is typed into a panel, which may be a password, never gets into the notebook.
"""

_KERNEL: Final = "c.InteractiveShellApp.extensions = ['runbook_lib.run.attended']\n"
"""Every kernel of the desk explains a cell that was run before the set-up, also after a restart."""


def open_desk(site: Site, change: str, note: str, port: int, *, browser: bool) -> int:
    """Start JupyterLab with the page of *change*, and serve until Ctrl-C; the exit code.

    Runs that are under way then go on: they are processes of their own.

    Raises:
        ParameterError: a parameter cannot be used.
        NoDesk: JupyterLab does not start.
    """
    change = change or latest_change(site, project_folder() / "outputs")
    check_parameters(site=site.name, node=site.group.policy[0], apply=False, change=change, note=note)
    copy = working_copy(index_notebook(), {"site": how_to_find(site), "change": change, "note": note})
    console = Console(highlight=False, soft_wrap=True)
    port = _free_port(port)
    with tempfile.TemporaryDirectory(prefix="runbook-desk-") as own:
        process = _start_jupyter(Path(own), port, copy.parent / "jupyter.log")
        server = None
        end = threading.Event()
        former = signal.signal(signal.SIGTERM, lambda *_: end.set())
        try:
            server = _server_of(process, copy.parent / "jupyter.log")
            server.make_live(copy)
            address = f"{server.url}lab/workspaces/{quote(change)}/tree/{quote(server.relative(copy))}"
            console.print(say(site.language, "The desk is open; Ctrl-C closes it, and runs under way go on."))
            console.print(f"\n    {address}?token={server.token}\n", markup=False)
            if browser and _has_screen():
                _open_in_browser(Path(own), f"{address}?token={server.token}")
            while not end.wait(0.5):
                if process.poll() is not None:
                    raise NoDesk(
                        f"JupyterLab has ended by itself; what it said is in {shown(copy.parent)}/jupyter.log."
                    )
        except KeyboardInterrupt:
            console.print()
        finally:
            signal.signal(signal.SIGTERM, former)
            changes = sorted({change, *(_changes_open_at(server) if server else ())})
            end_process(process, _END_S)
            for one in changes:
                close_copies(site, one)
    for going in (going for one in changes for going in of_site(site, running(change_folder(one)))):
        place = f"Chapter {going.chapter} on {going.node} (change {going.change}) goes on; runbook desk shows it again."
        console.print(say(site.language, place))
    return 0


def _changes_open_at(server: Server) -> set[str]:
    """The changes of which some page is open; none where the server has ended by itself."""
    try:
        places = [path.relative_to(server.root).parts for path in server.open_notebooks()]
    except NoDesk:
        return set()
    return {place[1] for place in places if len(place) == 4 and (place[0], place[2]) == ("outputs", FOLDER)}


def _open_in_browser(own: Path, address: str) -> None:
    """Open *address* through a file in the folder *own*: it has the token, and everybody sees a command line."""
    there = html.escape(address)
    file = own / "open.html"
    file.touch(mode=0o600)
    file.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={there}">'
        f'<a href="{there}">{there}</a>'
    )
    webbrowser.open(file.as_uri())


def _has_screen() -> bool:
    """Whether a browser would open in a window: on a terminal alone it would take the terminal."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _free_port(wanted: int) -> int:
    """*wanted*, or the next port on which nobody listens."""
    for port in range(wanted, min(wanted + _PORTS, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ParameterError(f"Ports {wanted} to {wanted + _PORTS - 1} are all taken. Name another with --port.")


def _start_jupyter(own: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    """Start JupyterLab with the settings of the desk, which lie in the folder *own* as long as it runs."""
    for name, content in (
        ("settings/overrides.json", json.dumps(_SETTINGS)),
        ("ipython/profile_default/ipython_kernel_config.py", f"c = get_config()\n{_KERNEL}"),
    ):
        file = own / name
        file.parent.mkdir(parents=True)
        file.write_text(content)
    home = project_folder()
    token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(24)
    environment = {
        **of_the_desk(os.environ, str(own / "ipython")),
        TOKEN_VARIABLE: token,
        ROOT_VARIABLE: str(home),
        URL_VARIABLE: f"http://127.0.0.1:{port}/",
        "RUNBOOK_HOME": str(home),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={home}", f"--LabApp.app_settings_dir={own / 'settings'}",
        "--LabApp.news_url=", *(["--allow-root"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    with log.open("ab") as said:
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )


def _server_of(process: subprocess.Popen[bytes], log: Path) -> Server:
    """The server that *process* has become, once it says where it listens."""
    told = Path(jupyter_runtime_dir()) / f"jpserver-{process.pid}.json"
    give_up = time.monotonic() + _START_S
    while time.monotonic() < give_up:
        if process.poll() is not None:
            last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise NoDesk(f"JupyterLab does not start: {' '.join(last)[-300:]} All it said is in {shown(log)}.")
        if content := _told(told):
            server = Server(content["url"], content["token"], Path(content["root_dir"]))
            if server.answers:
                return server
        time.sleep(0.1)
    raise NoDesk(f"JupyterLab did not start within {_START_S:.0f} s; what it said is in {shown(log)}.")


def _told(file: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return None  # not yet written, or half written
    return content
