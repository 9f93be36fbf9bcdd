"""The WinRM endpoint of one node: what it serves to whom, and the switches for tests."""

import socket
import threading
from typing import Self

from runbook_lib.lab.wire.auth import Account
from runbook_lib.lab.wire.certificates import ServerCertificate
from runbook_lib.lab.wire.listener import Listener
from runbook_lib.lab.wire.misbehaviour import Misbehaviour
from runbook_lib.lab.wire.service import Service
from runbook_lib.lab.wire.shells import Node, Quotas

_SWEEP_S = 0.02  # how often idle connections and shells are looked for, and how long a stop may take


class Endpoint:
    """WinRM of one node on loopback, over HTTP or HTTPS.

    Attributes:
        commands: every command line received, in order.
        exchanges: every operation received, in order, such as "Create", "Receive", "Delete".
        faults: the misbehaviour switches.
        quotas: what the account may use.
    """

    def __init__(
        self,
        machine: Node,
        user: str,
        password: str,
        port: int = 0,
        tls: ServerCertificate | None = None,
        host: str = "127.0.0.1",
        *,
        allow_unencrypted: bool = False,
        quotas: Quotas | None = None,
    ) -> None:
        """Describe an endpoint; `start` opens it.

        Args:
            machine: the node that runs the commands.
            user: the account that may sign in; a computer's name before it is left out.
            password: its password.
            port: to listen on; 0 lets the system choose one, which then stays the same.
            tls: speak HTTPS with this certificate.
            host: address to listen on.
            allow_unencrypted: the service's setting AllowUnencrypted: without it, HTTP takes sealed messages only.
            quotas: None takes the defaults of the machine's release.

        Raises:
            ValueError: the password cannot be used in the lab.
        """
        self.faults = Misbehaviour()
        self.quotas = quotas or Quotas.of(machine.version)
        self._machine = machine
        self._user, self._password = user, password
        self._host, self._port = host, port
        self._tls = tls
        self._allow_unencrypted = allow_unencrypted
        self._account: Account | None = None
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None
        self._reserved: socket.socket | None = None
        self._service = Service(machine, user.rpartition("\\")[2], self.quotas)
        self.commands = self._service.commands
        self.exchanges = self._service.exchanges

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port; 0 until the first start when the system is to choose it."""
        return self._port

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"{'https' if self._tls else 'http'}://{self._host}:{self._port}/wsman"

    @property
    def open_shells(self) -> int:
        """How many shells there are."""
        return len(self._service.shells)

    def start(self) -> None:
        """Open the endpoint; nothing happens when it is open. Raises `OSError` when the port is taken."""
        if self._listener:
            return
        account = self._account or Account(self._user, self._password, self._machine.name)
        self._account = account
        self._listener = Listener(
            (self._host, self._port),
            account=account,
            service=self._service,
            quotas=self.quotas,
            misbehaviour=self.faults,
            machine_name=self._machine.name,
            tls=self._tls,
            allow_unencrypted=self._allow_unencrypted,
        )
        self._port = self._listener.server_port
        self._release_port()
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(_SWEEP_S,), name=f"winrm-{self._machine.name}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the endpoint for good: connections, shells, the account's file."""
        self._close_listener()
        self._release_port()
        if self._account:
            self._account.close()
            self._account = None

    def go_down(self) -> None:
        """The node goes down: commands end, connections break, new ones are refused, until `start`."""
        if not self._listener:
            return
        self._close_listener()
        # Bound but not listening: clients are refused, and nobody else can take the port meanwhile.
        self._reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._reserved.bind((self._host, self._port))

    def delete_shells(self) -> None:
        """Every shell vanishes with its commands, as when the service is restarted; connections stay."""
        self._service.shells.delete_all()

    def drop_connections(self) -> None:
        """Every connection breaks now; shells stay."""
        if self._listener:
            self._listener.drop_all()

    def _close_listener(self) -> None:
        if self._listener and self._thread:
            self._listener.shutdown()
            self._thread.join()
            self._listener.server_close()
            self._listener.drop_all()
            self._service.shells.delete_all()
        self._listener = self._thread = None

    def _release_port(self) -> None:
        if self._reserved:
            self._reserved.close()
            self._reserved = None
