"""One TCP connection of an endpoint: HTTP, signing in, sealing.

HTTP as HTTP.sys and the WinRM listener speak it: POST /wsman; 401 with two offers; Negotiate signs a whole
connection in, Basic each request.
"""

import select
import socket
import ssl
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from runbook_lib.lab.wire import faults, soap
from runbook_lib.lab.wire.auth import SEALED_CONTENT_TYPE, Negotiation, NotSealed
from runbook_lib.lab.wire.faults import Fault
from runbook_lib.lab.wire.service import Client
from runbook_lib.lab.wire.shells import ClientGone

if TYPE_CHECKING:
    from runbook_lib.lab.wire.listener import Listener

_SOAP_TYPE = "application/soap+xml;charset=UTF-8"
_PATHS = ("/wsman", "/wsman-anon/identify")
_OFFERS = [("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", 'Basic realm="WSMAN"')]


class Connection(BaseHTTPRequestHandler):
    """Handles the requests of one connection, one after the other; lives as long as the connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Listener"

    def setup(self) -> None:
        """Nobody has signed in on a new connection."""
        super().setup()
        self._negotiation: Negotiation | None = None
        self._sent_token = ""

    def handle_one_request(self) -> None:
        """One request; the connection counts as idle until its first byte has come."""
        self.server.idle(self.connection)
        super().handle_one_request()

    def parse_request(self) -> bool:
        """The first line has come."""
        self.server.busy(self.connection)
        return super().parse_request()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        """Keep quiet: the endpoint's lists say what came in."""

    def do_GET(self) -> None:
        """Only POST is served."""
        self._reply(405, headers=[("Allow", "POST")])

    def do_POST(self) -> None:
        """Sign in, open the message, carry it out, seal the reply."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self._reply(411)
            self.close_connection = True
            return
        content = self.rfile.read(int(length))
        path = self.path.partition("?")[0].rstrip("/").lower()
        if path not in _PATHS:
            self._reply(404)
        elif path == _PATHS[1] or self.headers.get("WSMANIDENTIFY", "").lower() == "unauthenticated":
            self._identify(content)
        elif self._signed_in():
            self._serve(content)

    def _identify(self, content: bytes) -> None:
        """Identify is the one request a stranger may send."""
        try:
            identifies = soap.parse(content).identifies
        except Fault:
            identifies = False
        if identifies:
            version = self.server.service.product_version(known=False)
            self._reply(200, soap.identity_reply(version), _SOAP_TYPE)
        else:
            self._reply(401, headers=_OFFERS)

    def _signed_in(self) -> bool:
        """True when the request may go on; else it has been answered."""
        self._sent_token = ""
        scheme, _, value = self.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() == "basic":
            if self.server.account.accepts(value.strip()):
                return True
        elif scheme.lower() == "negotiate":
            if self._negotiation is None or self._negotiation.complete:
                self._negotiation = Negotiation(self.server.account, self.server.end_point)
            try:
                self._sent_token = self._negotiation.step(value.strip())
            except PermissionError:
                self._negotiation = None
            else:
                if self._negotiation.complete:
                    return True
                self._reply(401, headers=[("WWW-Authenticate", f"Negotiate {self._sent_token}")])
                return False
        elif not scheme and self._negotiation is not None and self._negotiation.complete:
            return True
        self._reply(401, headers=_OFFERS)
        return False

    def _serve(self, content: bytes) -> None:
        kind = self.headers.get("Content-Type", "").strip()
        seal = None
        if not content:
            self._reply(200)  # how clients sign in before they send the first sealed message
            return
        if kind.lower().startswith("multipart/encrypted"):
            seal = self._negotiation
            try:
                if seal is None:
                    raise NotSealed("no keys on this connection")
                content = seal.open(content)
            except NotSealed:
                self._reply(400)
                return
        elif self.server.end_point is None and not self.server.allow_unencrypted:
            self._reply(500)
            return
        elif not kind.lower().startswith("application/soap+xml"):
            self._reply(415)
            return
        status, envelope = self._exchange(content)
        if status:
            body = seal.seal(envelope) if seal else envelope
            self._reply(status, body, SEALED_CONTENT_TYPE if seal else _SOAP_TYPE)

    def _exchange(self, content: bytes) -> tuple[int, bytes]:
        """Status and envelope of the reply; status 0 when the connection ends without one."""
        relates_to, cut_after = "", None
        try:
            if len(content) > self.server.quotas.envelope_bytes:
                raise Fault(faults.REQUEST_TOO_LARGE)
            request = soap.parse(content)
            relates_to = request.message_id
            misbehaviour = self.server.misbehaviour
            if misbehaviour.latency_s:
                time.sleep(misbehaviour.latency_s)
            cut_after = misbehaviour.cut_due(request.operation)
            if cut_after is False:
                return self._cut()
            client = Client(self.client_address[0], self._connected)
            status, envelope = 200, self.server.service.answer(request, client)
        except Fault as fault:
            status = 500
            envelope = soap.fault_reply(fault, self.server.machine_name, fault.relates_to or relates_to)
        except ClientGone:
            return self._cut()
        return self._cut() if cut_after else (status, envelope)

    def _cut(self) -> tuple[int, bytes]:
        self.close_connection = True
        self.server.drop(self.connection)
        return 0, b""

    def _connected(self) -> bool:
        """False when the client has closed its end while its request waits for an answer."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        if not readable:
            return True
        if isinstance(self.connection, ssl.SSLSocket):
            return False  # a client that waits for a reply sends nothing but the end of the TLS session
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def _reply(
        self,
        status: int,
        body: bytes = b"",
        content_type: str = "",
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        """Headers and body in one write: two writes cost about 40 ms with delayed acknowledgements."""
        lines = list(headers or [])
        if self._sent_token and status != 401:
            lines.append(("WWW-Authenticate", f"Negotiate {self._sent_token}"))
        if content_type:
            lines.append(("Content-Type", content_type))
        lines += [
            ("Server", "Microsoft-HTTPAPI/2.0"),
            ("Date", self.date_time_string()),
            ("Content-Length", str(len(body))),
        ]
        head = f"HTTP/1.1 {status} {self.responses[status][0]}\r\n"  # keys are HTTPStatus, equal to their numbers
        head += "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
        self.wfile.write(head.encode("latin-1") + body)
