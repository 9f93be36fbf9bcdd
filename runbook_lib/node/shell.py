"""One remote shell over pywinrm: the only place that knows WinRM, its faults and its exceptions.

A shell is opened once and kept.  Only what is certain not to have run is sent again: a refused connection, a message
that the node could not decrypt (HTTP 400), a shell that was gone before the command.  A command whose reply was lost
raises `OutcomeUnknown`.
"""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar
from xml.etree.ElementTree import ParseError

import requests
from spnego.exceptions import SpnegoError
from winrm.exceptions import (
    InvalidCredentialsError,
    WinRMError,
    WinRMOperationTimeoutError,
    WinRMTransportError,
    WSManFaultError,
)
from winrm.protocol import Protocol

from runbook_lib.commands.quoting import LINE_LIMIT
from runbook_lib.errors import CommandFailed, NodeError, NotAuthenticated, OutcomeUnknown, Unreachable
from runbook_lib.node.endpoint import Endpoint, cause_of, was_not_sent
from runbook_lib.node.reply import Reply

_ABORTED = 995
_GONE = {2150858843, 2147943418, _ABORTED}
"""Fault codes that say the shell or command is not there any more; the last one does not say whether it ever was."""

_QUOTA = {2150859173, 2150859174, 2150859175, 2150859176, 2150859179, *range(2150859236, 2150859242)}
_NO_CODE_PAGE = 2150859072
_SEND_TRIES = 3
_RECEIVE_S = 20
"""Longest single wait for output; a silent command is simply asked again."""

_IDLE_S = 60
"""After this silence the connection is made anew: a server drops idle ones, and encryption keys go with them."""

_LOST = (requests.exceptions.ConnectionError, requests.exceptions.Timeout, requests.exceptions.ChunkedEncodingError)
OnOutput = Callable[[bytes], None]
T = TypeVar("T")


class RemoteShell:
    """A shell on one node, for one thread at a time."""

    def __init__(self, endpoint: Endpoint, code_page: int) -> None:
        self.endpoint = endpoint
        self.code_page = code_page
        self._protocol: Protocol | None = None
        self._shell_id: str | None = None
        self._last_use = time.monotonic()

    @property
    def encoding(self) -> str:
        """Python's name of the code page in use."""
        return "utf-8" if self.code_page == 65001 else f"cp{self.code_page}"

    def run(self, line: str, deadline_s: float, on_output: OnOutput | None = None) -> Reply:
        """Run one line to its end.

        Raises:
            Unreachable: not sent; no connection.
            NotAuthenticated: not sent; the credentials were refused.
            CommandFailed: it ran past the deadline and was told to end, or was refused.
            OutcomeUnknown: it was sent and the reply was lost.
        """
        if len(line) > LINE_LIMIT:
            raise CommandFailed(f"A command line of {len(line)} characters is too long for cmd.exe: {line[:120]}…")
        started = time.monotonic()
        command_id = self._send(line)
        try:
            output, exit_code, whole = self._receive(line, command_id, started + deadline_s, on_output)
        finally:
            self._end(command_id)
        return Reply(line, exit_code, output, self.encoding, time.monotonic() - started, whole)

    def close(self) -> None:
        """End the shell; a node that is gone has ended it already."""
        shell_id, self._shell_id = self._shell_id, None
        if shell_id and self._protocol:
            with suppress(NodeError, AssertionError, StopIteration):  # one that cannot be ended expires on the node
                self._call(lambda: self._ready().close_shell(shell_id, close_session=False))
        self.disconnect()

    def disconnect(self) -> None:
        """Drop the connection, keep the shell: it is found again under its id."""
        if self._protocol:
            self._protocol.transport.close_session()

    def _send(self, line: str) -> str:
        for attempt in range(_SEND_TRIES):
            shell_id = self._shell_id or self._open()
            self._timeouts(_RECEIVE_S)
            try:
                return str(self._call(partial(self._ready().run_command, shell_id, line), unsafe=line))
            except _ShellGone:
                self._shell_id = None
            except Unreachable:
                if attempt == _SEND_TRIES - 1:
                    raise
                time.sleep(0.3 * (attempt + 1))
        raise Unreachable(f"{self.endpoint.node} ends every remote shell as soon as it is opened.")

    def _open(self) -> str:
        """Open a shell; trying again is safe, because a shell nobody knows of expires on the node."""
        give_up = time.monotonic() + self.endpoint.connect_s
        pause = 0.2
        while True:
            self._timeouts(_RECEIVE_S)
            try:
                self._shell_id = str(
                    self._call(lambda: self._ready().open_shell(codepage=self.code_page, idle_timeout="PT7200S"))
                )
            except (Unreachable, _ShellGone, WinRMOperationTimeoutError, StopIteration) as error:
                if time.monotonic() + pause > give_up or pause > 1:
                    if isinstance(error, Unreachable):
                        raise
                    raise Unreachable(self.endpoint.no_shell(str(error) or type(error).__name__)) from error
                time.sleep(pause)
                pause *= 2
            else:
                return self._shell_id

    def _receive(
        self, line: str, command_id: str, deadline: float, on_output: OnOutput | None
    ) -> tuple[bytes, int, bool]:
        output, losses, shell_id = bytearray(), 0, self._shell_id or ""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise CommandFailed(
                    f"{self.endpoint.node} did not finish in time and was told to stop: {line[:200]} "
                    f"(it had printed {bytes(output[-200:]).decode(self.encoding, 'backslashreplace')!r})."
                )
            self._timeouts(min(_RECEIVE_S, max(1, math.ceil(left))))
            try:
                stdout, stderr, exit_code, done = self._call(
                    lambda: self._ready().get_command_output_raw(shell_id, command_id)
                )
            except WinRMOperationTimeoutError:
                continue
            except (_ShellGone, Unreachable) as error:
                losses += 1
                self.disconnect()
                if isinstance(error, _ShellGone) or losses > 5:
                    raise OutcomeUnknown(self.endpoint.lost(line)) from error
                time.sleep(min(0.2 * losses, max(0.0, left)))
                continue
            output += stdout + stderr
            if on_output and stdout + stderr:
                on_output(stdout + stderr)
            if done:
                return bytes(output), exit_code, losses == 0

    def _end(self, command_id: str) -> None:
        shell_id = self._shell_id
        if shell_id:
            try:
                self._timeouts(5)
                self._call(lambda: self._ready().cleanup_command(shell_id, command_id))
            except (NodeError, WinRMOperationTimeoutError, AssertionError, StopIteration, UnboundLocalError):
                self._shell_id = None  # the shell is not in a known state: the next command gets a new one

    def _ready(self) -> Protocol:
        if self._protocol is None:
            where = self.endpoint
            self._protocol = Protocol(
                where.url,
                transport=where.transport,  # type: ignore[arg-type]  # the site file allows pywinrm's names only
                username=where.user,
                password=where.password,
                ca_trust_path=where.ca_file or None,  # type: ignore[arg-type]  # None: the system's own
                cert_pem=where.certificate or None,
                cert_key_pem=where.certificate_key or None,
                proxy=None,
                read_timeout_sec=_RECEIVE_S + 10,
                operation_timeout_sec=_RECEIVE_S,
            )
        return self._protocol

    def _timeouts(self, operation_s: float) -> None:
        protocol = self._ready()
        protocol.operation_timeout_sec = max(1, round(operation_s))
        # requests takes both limits apart; pywinrm has one number for the two.
        waits = (self.endpoint.connect_s, protocol.operation_timeout_sec + 10)
        protocol.transport.read_timeout_sec = waits  # type: ignore[assignment]

    def _call(self, exchange: Callable[[], T], *, unsafe: str = "") -> T:
        """One exchange with the node, every failure told in our own terms.

        Args:
            exchange: the call into pywinrm.
            unsafe: the command line, where repeating the exchange could run it twice.
        """
        if time.monotonic() - self._last_use > _IDLE_S:
            self.disconnect()
        for attempt in (1, 2):
            try:
                result = exchange()
            except InvalidCredentialsError as error:
                # Inside a session a 401 can mean that the connection was replaced; a second one is a refusal.
                self.disconnect()
                if attempt == 2 or not self._shell_id:
                    raise NotAuthenticated(self.endpoint.refused("HTTP 401")) from error
            except WSManFaultError as error:
                if unsafe and error.wsman_fault_code == _ABORTED:
                    raise OutcomeUnknown(self.endpoint.lost(unsafe)) from error
                raise self._fault(error) from error
            except WinRMTransportError as error:
                self.disconnect()
                # With message encryption a 400 says that the node could not decrypt, so nothing was run.
                if unsafe and error.code >= 500:  # something on the way, or the service itself, failed after taking it
                    raise OutcomeUnknown(self.endpoint.lost(unsafe)) from error
                if attempt == 2 or error.code != 400:
                    raise Unreachable(self.endpoint.silent(self.endpoint.meaning_of(error.code))) from error
            except _LOST as error:
                self.disconnect()
                if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
                    raise NotAuthenticated(self.endpoint.not_trusted(error)) from error
                if unsafe and not was_not_sent(error):
                    raise OutcomeUnknown(self.endpoint.lost(unsafe)) from error
                raise Unreachable(self.endpoint.silent(cause_of(error))) from error
            except (ParseError, SpnegoError, PermissionError) as error:
                self.disconnect()
                if unsafe:
                    raise OutcomeUnknown(self.endpoint.lost(unsafe)) from error
                raise Unreachable(
                    self.endpoint.silent(f"its answer cannot be read ({type(error).__name__})")
                ) from error
            except (WinRMOperationTimeoutError, StopIteration) as error:
                if unsafe:
                    raise OutcomeUnknown(self.endpoint.lost(unsafe)) from error
                raise
            except WinRMError as error:
                raise NodeError(f"{self.endpoint.node}: {error}") from error
            else:
                self._last_use = time.monotonic()
                return result
        raise AssertionError("unreachable")

    def _fault(self, error: WSManFaultError) -> NodeError:
        code = error.wsman_fault_code or error.wmierror_code or 0
        if code in _GONE or code in _QUOTA:
            return _ShellGone(error.reason.strip())
        if code == 5:
            return NotAuthenticated(self.endpoint.refused(f"access denied: {error.reason.strip()}"))
        if code == _NO_CODE_PAGE:
            return CommandFailed(
                f"{self.endpoint.node} does not have code page {self.code_page}. "
                "Write the one that `chcp` shows there as windows.code_page in the site file."
            )
        return CommandFailed(f"{self.endpoint.node} refused the request: {error.reason.strip()} (fault {code})")


class _ShellGone(NodeError):  # noqa: N818
    """The shell or the command is not there any more."""
