"""The listening socket of an endpoint and the connections that it accepted."""

import contextlib
import logging
import socket
import sys
import threading
import time
from http.server import ThreadingHTTPServer
from typing import Any

from runbook_lib.lab.wire.auth import Account
from runbook_lib.lab.wire.certificates import ServerCertificate
from runbook_lib.lab.wire.connection import Connection
from runbook_lib.lab.wire.misbehaviour import Misbehaviour
from runbook_lib.lab.wire.service import Service
from runbook_lib.lab.wire.shells import Quotas

_log = logging.getLogger(__name__)
_HANDSHAKE_S = 10.0


class Listener(ThreadingHTTPServer):
    """Accepts connections, each with a thread of its own, and can end them from this side."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        *,
        account: Account,
        service: Service,
        quotas: Quotas,
        misbehaviour: Misbehaviour,
        machine_name: str,
        tls: ServerCertificate | None,
        allow_unencrypted: bool,
    ) -> None:
        self.account = account
        self.service = service
        self.quotas = quotas
        self.misbehaviour = misbehaviour
        self.machine_name = machine_name
        self.end_point = tls.end_point if tls else None
        self.allow_unencrypted = allow_unencrypted
        self._context = tls.context() if tls else None
        self._connections: dict[socket.socket, float | None] = {}  # since when idle; None while it works
        self._lock = threading.Lock()
        super().__init__(address, Connection)

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name that HTTPServer does (seconds where DNS is slow)."""
        # Connections of an earlier listener may still be closing on the same port.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((str(self.server_address[0]), int(self.server_address[1])))
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  (the base class's types)
        """Serve one connection, in its own thread; TLS begins here so that no client holds up another."""
        if self._context:
            request.settimeout(_HANDSHAKE_S)
            request = self._context.wrap_socket(request, server_side=True)
            request.settimeout(None)
        try:
            Connection(request, client_address, self)
        finally:
            with self._lock:
                self._connections.pop(request, None)
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        """A connection that broke is usual; anything else is an error of the lab and is shown."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("The endpoint of %s failed", self.machine_name)

    def service_actions(self) -> None:
        """Between requests: close what has been idle too long."""
        self.service.shells.expire()
        limit = self.misbehaviour.idle_s
        if limit is not None:
            oldest = time.monotonic() - limit
            with self._lock:
                idle = [each for each, since in self._connections.items() if since is not None and since < oldest]
            for connection in idle:
                self.drop(connection)

    def idle(self, connection: socket.socket) -> None:
        """*connection* waits for its next request from now."""
        with self._lock:
            self._connections[connection] = time.monotonic()

    def busy(self, connection: socket.socket) -> None:
        """*connection* has a request."""
        with self._lock:
            self._connections[connection] = None

    def drop(self, connection: socket.socket) -> None:
        """Close *connection* from this side; its thread ends by itself."""
        with contextlib.suppress(OSError):  # the client may have been faster
            # Not SSLSocket.shutdown, which takes the TLS state away from the thread that is reading.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def drop_all(self) -> None:
        """Close every connection."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            self.drop(connection)
