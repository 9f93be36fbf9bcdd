"""A tiny node behind an endpoint, and two clients of WinRM that were written by others, behind one face."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pypsrp.exceptions
import pypsrp.shell
import pypsrp.wsman
import pytest
import winrm.exceptions
import winrm.protocol

from runbook_lib.lab.process import Process, Stopped
from runbook_lib.lab.wire import CertificateAuthority, Endpoint, ServerCertificate

USER, PASSWORD = "Administrator", "Pass word-\\-!%"


@dataclass
class TinyNode:
    """Runs a handful of made-up commands; what each does is in `_run`."""

    name: str = "NODE1"
    version: tuple[int, int, int] = (6, 1, 7601)
    code_page: int = 932
    started: list[dict[str, object]] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)

    def start(
        self,
        command_line: str,
        *,
        code_page: int | None = None,
        environment: dict[str, str] | None = None,
        folder: str | None = None,
        skip_cmd_shell: bool = False,
    ) -> Process:
        settings = {"code_page": code_page, "environment": environment, "folder": folder, "skip": skip_cmd_shell}
        self.started.append(settings)
        process = Process(code_page or self.code_page, lambda process: _run(command_line, process))
        self.processes.append(process)
        return process


def _run(line: str, process: Process) -> int:
    verb, _, rest = line.partition(" ")
    if verb == "both":
        process.stdout.write("to stdout\r\n")
        process.stderr.write("to stderr\r\n")
        return 3
    if verb == "echo":
        process.stdout.write(rest + "\r\n")
        return 0
    if verb == "copy-stdin":
        process.stdout.write_bytes(process.stdin.read_all())
        return 0
    if verb == "big":
        for number in range(int(rest)):
            process.stdout.write_bytes(bytes([number % 251]) * 1000)
        return 0
    if verb == "wide":
        for number in range(int(rest)):
            process.stdout.write_bytes(bytes([number % 251]) * 1000)
            process.stderr.write_bytes(bytes([number % 241]) * 1000)
        return 0
    if verb == "silent":
        if process.stopping.wait(float(rest)):
            raise Stopped
        return 0
    if verb == "late":
        seconds, _, text = rest.partition(" ")
        process.stopping.wait(float(seconds))
        process.stdout.write(text + "\r\n")
        return 0
    if verb == "drip":
        for number in range(int(rest)):
            process.stdout.write(f"{number}\r\n")
            process.stopping.wait(0.1)
        return 0
    if verb == "exit":
        return int(rest)
    process.stderr.write(f"unknown: {line}\r\n")
    return 1


class Client:
    """What both clients can do by the same steps."""

    def run(self, line, arguments=(), stdin=None):
        """A whole command: what it wrote, its exit code, and how many Receives it took."""
        command = self.start(line, arguments)
        if stdin is not None:
            self.send(command, stdin)
        out, err, code, receives = b"", b"", None, 0
        while code is None:
            more_out, more_err, code = self.receive(command)
            out, err, receives = out + more_out, err + more_err, receives + 1
        self.terminate(command)
        return out, err, code, receives


class Pywinrm(Client):
    """pywinrm's Protocol with one shell."""

    def __init__(self, endpoint, auth, *, user, password, trust, timeout, read_timeout, **shell):
        self.protocol = winrm.protocol.Protocol(
            endpoint.url,
            transport={"basic": "basic", "ntlm": "ntlm"}[auth],
            username=user,
            password=password,
            ca_trust_path=trust,
            operation_timeout_sec=timeout,
            read_timeout_sec=read_timeout or timeout + 10,
            proxy=None,
        )
        self.settings = shell

    def open(self):
        self.shell = self.protocol.open_shell(**self.settings)

    def start(self, line, arguments=()):
        return self.protocol.run_command(self.shell, line, arguments, console_mode_stdin=False)

    def send(self, command, content, *, end=True):
        self.protocol.send_command_input(self.shell, command, content, end=end)

    def receive(self, command):
        out, err, code, done = self.protocol.get_command_output_raw(self.shell, command)
        return out, err, code if done else None

    def terminate(self, command):
        self.protocol.cleanup_command(self.shell, command)

    def close(self):
        self.protocol.close_shell(self.shell)

    def reconnect(self):
        self.protocol.transport.close_session()

    @staticmethod
    def fault_code(error):
        if isinstance(error, winrm.exceptions.WinRMOperationTimeoutError):
            return 2150858793
        return getattr(error, "wsman_fault_code", None)


class Pypsrp(Client):
    """pypsrp's WinRS with one shell."""

    def __init__(self, endpoint, auth, *, user, password, trust, timeout, read_timeout, **shell):
        https = endpoint.url.startswith("https")
        self.wsman = pypsrp.wsman.WSMan(
            "127.0.0.1",
            port=endpoint.port,
            username=user,
            password=password,
            ssl=https,
            auth=auth,
            encryption="never" if auth == "basic" else "auto",
            cert_validation=trust,
            operation_timeout=timeout,
            read_timeout=read_timeout or timeout + 10,
            no_proxy=True,
            reconnection_backoff=0.05,
        )
        names = {"working_directory": "working_directory", "env_vars": "environment", "noprofile": "no_profile"}
        names |= {"codepage": "codepage", "idle_timeout": "idle_time_out"}
        self.shell = pypsrp.shell.WinRS(self.wsman, **{names[name]: value for name, value in shell.items()})

    def open(self):
        self.shell.open()

    def start(self, line, arguments=()):
        process = pypsrp.shell.Process(self.shell, line, list(arguments))
        process.begin_invoke()
        return process.id

    def send(self, command, content, *, end=True):
        self.shell.send("stdin", content, command_id=command, end=end)

    def receive(self, command):
        state, code, streams = self.shell.receive("stdout stderr", command)
        assert (code is not None) == (state == pypsrp.shell.CommandState.DONE)
        return streams["stdout"], streams["stderr"], code

    def terminate(self, command):
        self.shell.signal(pypsrp.shell.SignalCode.TERMINATE, command)

    def close(self):
        self.shell.close()

    def reconnect(self):
        self.wsman.transport.close()
        self.wsman.transport.session = self.wsman.transport.encryption = None

    @staticmethod
    def fault_code(error):
        return getattr(error, "code", None)


CLIENTS = {"pywinrm": Pywinrm, "pypsrp": Pypsrp}
WAYS = [
    f"{client}-{auth}-{scheme}"
    for client, auth in (
        ("pywinrm", "basic"),
        ("pywinrm", "ntlm"),
        ("pypsrp", "basic"),
        ("pypsrp", "ntlm"),
        ("pypsrp", "negotiate"),
    )
    for scheme in ("http", "https")
]


@dataclass
class Way:
    """One way to reach a node: which client, how it signs in, and the endpoint it meets."""

    make: type
    auth: str
    scheme: str
    endpoint: Endpoint
    node: TinyNode
    trust: str

    def client(self, *, user=USER, password=PASSWORD, timeout=20, read_timeout=None, **shell):
        shell.setdefault("codepage", 932)
        trust = self.trust if self.scheme == "https" else ("legacy_requests" if self.make is Pywinrm else True)
        return self.make(
            self.endpoint,
            self.auth,
            user=user,
            password=password,
            trust=trust,
            timeout=timeout,
            read_timeout=read_timeout,
            **shell,
        )

    def open(self, **settings):
        client = self.client(**settings)
        client.open()
        return client


@pytest.fixture(scope="session")
def certificate() -> ServerCertificate:
    return CertificateAuthority().issue()


@pytest.fixture(scope="session")
def trust(certificate, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("trust") / "ca.pem"
    file.write_bytes(certificate.authority_pem)
    return str(file)


@pytest.fixture(params=WAYS)
def way(request, certificate, trust) -> Iterator[Way]:
    """Each client, each way it can sign in; a test that takes long names fewer of them."""
    client, auth, scheme = request.param.split("-")
    node = TinyNode()
    endpoint = Endpoint(
        node,
        USER,
        PASSWORD,
        tls=certificate if scheme == "https" else None,
        allow_unencrypted=auth == "basic",
    )
    with endpoint:
        yield Way(CLIENTS[client], auth, scheme, endpoint, node, trust)


@pytest.fixture
def node() -> TinyNode:
    return TinyNode()


@pytest.fixture
def later() -> Iterator[Callable[[float, Callable[[], object]], None]]:
    """Call something after so many seconds, in another thread."""
    timers: list[threading.Timer] = []

    def start(seconds: float, act: Callable[[], object]) -> None:
        timers.append(threading.Timer(seconds, act))
        timers[-1].start()

    yield start
    for timer in timers:
        timer.join()
