"""The operations of the shell plug-in `winrs`, request in and reply out; knows nothing of HTTP.

Operations and bodies: [MS-WSMV] 3.1.4.5 (Create), .8 (Delete), .11 (Command), .12 (Signal), .13 (Send),
.14 (Receive), and 2.2.4 for their types.
"""

import base64
import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass

from runbook_lib.lab.wire import faults, soap
from runbook_lib.lab.wire.faults import Fault
from runbook_lib.lab.wire.shells import Node, Output, Quotas, Shell, Shells, new_id
from runbook_lib.lab.wire.soap import RSP, Request, element

CODE_PAGES = {437, 932, 1252, 65001}
CMD_URI = soap.SHELL_URI + "/cmd"
PIECE_BYTES = 4096  # of output in one rsp:Stream element, as much as a pipe of Windows holds
_PIECE_ROOM = PIECE_BYTES * 4 // 3 + 160  # the same as base64, in its element

_SHELL_OPTIONS = {"WINRS_NOPROFILE", "WINRS_CODEPAGE"}
_COMMAND_OPTIONS = {"WINRS_CONSOLEMODE_STDIN", "WINRS_SKIP_CMD_SHELL"}
_RECEIVE_OPTIONS = {"WSMAN_CMDSHELL_OPTION_KEEPALIVE"}


@dataclass(frozen=True)
class Client:
    """Who sent a request: its address, and whether its connection is still there."""

    address: str
    connected: Callable[[], bool]


class Service:
    """Answers the requests of one node.

    Attributes:
        commands: every command line received, in order.
        exchanges: every operation received, in order, such as "Create", "Command".
        shells: what is open now.
    """

    def __init__(self, node: Node, user: str, quotas: Quotas) -> None:
        self.shells = Shells(node, quotas)
        self.commands: list[str] = []
        self.exchanges: list[str] = []
        self._node = node
        self._user = user
        self._quotas = quotas
        self._operations: dict[str, Callable[[Request, Client], str]] = {
            f"{soap.TRANSFER_URI}/Create": self._create,
            f"{soap.TRANSFER_URI}/Get": self._get,
            f"{soap.TRANSFER_URI}/Delete": self._delete,
            f"{soap.SHELL_URI}/Command": self._command,
            f"{soap.SHELL_URI}/Send": self._send,
            f"{soap.SHELL_URI}/Receive": self._receive,
            f"{soap.SHELL_URI}/Signal": self._signal,
        }

    def answer(self, request: Request, client: Client) -> bytes:
        """Carry *request* out and give the reply envelope.

        Raises:
            Fault: the operation failed; the caller makes the fault's envelope of it.
            ClientGone: the connection went away meanwhile.
        """
        self.exchanges.append(request.operation)
        if request.identifies:
            return soap.identity_reply(self.product_version())
        operation = self._operations.get(request.action)
        if operation is None:
            raise Fault(faults.ACTION_NOT_SUPPORTED)
        # A shell may be read through the URI of all shells, too ([MS-WSMV] 3.1.4.6).
        if request.resource.lower() not in (CMD_URI, soap.SHELL_URI if operation == self._get else CMD_URI):
            raise Fault(faults.RESOURCE_NOT_FOUND)
        return soap.reply(request.action + "Response", request.message_id, operation(request, client))

    def product_version(self, *, known: bool = True) -> str:
        """ProductVersion of Identify; strangers (*known* False) are not told the version of Windows."""
        version = self._node.version
        stack = "3.0" if version >= (6, 2, 0) else "2.0"
        if not known:
            return f"OS: 0.0.0 SP: 0.0 Stack: {stack}"
        pack = {3790: 2, 6002: 2, 7601: 1}.get(version[2], 0)
        return f"OS: {version[0]}.{version[1]}.{version[2]} SP: {pack}.0 Stack: {stack}"

    def _create(self, request: Request, client: Client) -> str:
        _check_options(request, _SHELL_OPTIONS)
        body = _body(request, "Shell")
        idle = self._quotas.idle_s
        if asked := body.findtext(RSP + "IdleTimeOut"):
            wanted = soap.seconds(asked)
            if wanted is None:
                raise Fault(faults.SCHEMA_VALIDATION)
            idle = wanted
        environment = {
            variable.get("Name", ""): variable.text or ""
            for variable in body.iterfind(f"{RSP}Environment/{RSP}Variable")
        }
        if any("%" in value for value in environment.values()):
            raise Fault(faults.PARAMETER_INCORRECT)
        shell = Shell(
            id=self._proposed_id(body.get("ShellId", "")),
            code_page=_code_page(request),
            environment=environment,
            folder=body.findtext(RSP + "WorkingDirectory") or None,
            idle_s=idle,
            client_ip=client.address,
        )
        self.shells.create(shell)
        selector = element("w:SelectorSet", content=element("w:Selector", shell.id, Name="ShellId"))
        address = element("a:Address", f"http://{self._node.name}:5985/wsman")
        reference = element("a:ReferenceParameters", content=element("w:ResourceURI", CMD_URI) + selector)
        return element("x:ResourceCreated", content=address + reference) + self._describe(shell)

    def _get(self, request: Request, client: Client) -> str:  # noqa: ARG002  (one signature for all operations)
        with self.shells.use(_shell_id(request)) as shell:
            return self._describe(shell)

    def _describe(self, shell: Shell) -> str:
        now = time.monotonic()
        content = (
            element("rsp:ShellId", shell.id)
            + element("rsp:ResourceUri", CMD_URI)
            + element("rsp:Owner", f"{self._node.name}\\{self._user}")
            + element("rsp:ClientIP", shell.client_ip)
            + element("rsp:IdleTimeOut", f"PT{shell.idle_s:.3f}S")
            + element("rsp:InputStreams", "stdin")
            + element("rsp:OutputStreams", "stdout stderr")
            + element("rsp:ShellRunTime", _clock(now - shell.created))
            + element("rsp:ShellInactivity", _clock(now - shell.used))
        )
        return element("rsp:Shell", content=content)

    def _delete(self, request: Request, client: Client) -> str:  # noqa: ARG002
        self.shells.delete(_shell_id(request))
        return ""

    def _command(self, request: Request, client: Client) -> str:  # noqa: ARG002
        _check_options(request, _COMMAND_OPTIONS)
        body = _body(request, "CommandLine")
        if body.find(RSP + "Command") is None:
            raise Fault(faults.SCHEMA_VALIDATION)
        words = [body.findtext(RSP + "Command") or ""]
        words += [argument.text or "" for argument in body.iterfind(RSP + "Arguments")]
        line = " ".join(words)
        with self.shells.use(_shell_id(request)) as shell:
            self.commands.append(line)
            skip = _truth(request.options.get("WINRS_SKIP_CMD_SHELL", "FALSE"))
            proposed = self._proposed_id(body.get("CommandId", ""))
            command = self.shells.start(shell, line, proposed, skip_cmd_shell=skip)
        return element("rsp:CommandResponse", content=element("rsp:CommandId", command.id))

    def _send(self, request: Request, client: Client) -> str:  # noqa: ARG002
        with self.shells.use(_shell_id(request)) as shell:
            for stream in _body(request, "Send").iterfind(RSP + "Stream"):
                if stream.get("Name") != "stdin":
                    raise Fault(faults.INVALID_PARAMETER)
                command = shell.command(stream.get("CommandId", ""))
                try:
                    content = base64.b64decode(stream.text or "", validate=True)
                except ValueError as error:
                    raise Fault(faults.SCHEMA_VALIDATION) from error
                if command.process.exit_code is not None:
                    raise Fault(faults.PIPE_CLOSING)
                command.process.stdin.feed(content, end=_truth(stream.get("End", "false")))
        return element("rsp:SendResponse")

    def _receive(self, request: Request, client: Client) -> str:
        _check_options(request, _RECEIVE_OPTIONS)
        desired = _body(request, "Receive").find(RSP + "DesiredStream")
        if desired is None:
            raise Fault(faults.SCHEMA_VALIDATION)
        streams = (desired.text or "").split()
        if not streams or not set(streams) <= {"stdout", "stderr"}:
            raise Fault(faults.INVALID_PARAMETER)
        timeout = min(request.timeout_s or self._quotas.timeout_s, self._quotas.timeout_s)
        envelope = min(request.envelope_bytes or self._quotas.envelope_bytes, self._quotas.envelope_bytes)
        # 1 KB for what surrounds the pieces: the last, empty streams and the state of the command.
        taken = len(soap.reply(request.action + "Response", request.message_id, "")) + 1024
        pieces = max((envelope - taken) // _PIECE_ROOM - 1, 0)  # one less: both streams may end in a short piece
        room = pieces * PIECE_BYTES or (envelope - taken) * 3 // 4 - 320
        with self.shells.use(_shell_id(request)) as shell:
            command = shell.command(desired.get("CommandId", ""))
            deadline = time.monotonic() + timeout
            output = command.receive(streams, room, deadline, client.connected)
        return element("rsp:ReceiveResponse", content=_streams(output, command.id))

    def _signal(self, request: Request, client: Client) -> str:  # noqa: ARG002
        body = _body(request, "Signal")
        signal = (body.findtext(RSP + "Code") or "").strip().lower().rpartition("/signal/")[2]
        with self.shells.use(_shell_id(request)) as shell:
            command = shell.command(body.get("CommandId", ""))
            if signal == "terminate":
                shell.commands.pop(command.id, None)
                command.release()
            elif signal in ("ctrl_c", "ctrl_break"):
                command.process.stop()
            else:
                raise Fault(faults.INVALID_PARAMETER)
        return element("rsp:SignalResponse")

    def _proposed_id(self, proposed: str) -> str:
        """Windows Server 2012 and later take the id a client proposes, when it is a GUID."""
        if proposed and self._node.version >= (6, 2, 0):
            try:
                return str(uuid.UUID(proposed)).upper()
            except ValueError as error:
                raise Fault(faults.INVALID_PARAMETER) from error
        return new_id()


def _streams(output: Output, command_id: str) -> str:
    parts = []
    for name, content in output.content.items():
        for start in range(0, len(content), PIECE_BYTES):
            text = base64.b64encode(content[start : start + PIECE_BYTES]).decode("ascii")
            parts.append(f'<rsp:Stream Name="{name}" CommandId="{command_id}">{text}</rsp:Stream>')
    if output.exit_code is None:
        state = element("rsp:CommandState", CommandId=command_id, State=f"{soap.SHELL_URI}/CommandState/Running")
        return "".join(parts) + state
    parts += [element("rsp:Stream", Name=name, CommandId=command_id, End="true") for name in output.content]
    exit_code = element("rsp:ExitCode", output.exit_code & 0xFFFFFFFF)  # a DWORD: WSMAN_RECEIVE_DATA_RESULT
    state = element(
        "rsp:CommandState",
        content=exit_code,
        CommandId=command_id,
        State=f"{soap.SHELL_URI}/CommandState/Done",
    )
    return "".join(parts) + state


def _body(request: Request, name: str) -> ET.Element:
    if request.body is None or request.body.tag != RSP + name:
        raise Fault(faults.SCHEMA_VALIDATION)
    return request.body


def _shell_id(request: Request) -> str:
    shell_id = next((value for name, value in request.selectors.items() if name.lower() == "shellid"), None)
    if shell_id is None:
        raise Fault(faults.SELECTORS_MISSING)
    return shell_id


def _check_options(request: Request, known: set[str]) -> None:
    if request.binding - known:
        raise Fault(faults.OPTION_NOT_SUPPORTED)


def _code_page(request: Request) -> int | None:
    text = request.options.get("WINRS_CODEPAGE")
    if text is None:
        return None
    if not text.isdecimal():
        raise Fault(faults.OPTION_VALUE)
    if int(text) not in CODE_PAGES:
        raise Fault(faults.CODE_PAGE_NOT_SUPPORTED)
    return int(text)


def _truth(text: str) -> bool:
    return text.strip().lower() in ("true", "1")


def _clock(elapsed: float) -> str:
    days, rest = divmod(int(elapsed), 86400)
    return f"P{days}DT{rest // 3600}H{rest // 60 % 60}M{rest % 60}S"
