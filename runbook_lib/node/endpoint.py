"""Where a node is reached, and the words for every way in which it is not."""

from dataclasses import dataclass

import requests
from urllib3.exceptions import NewConnectionError


@dataclass(frozen=True)
class Endpoint:
    """Where and as whom to sign in.

    Attributes:
        node: the node's name, for messages.
        url: such as "http://10.0.0.1:5985/wsman".
        transport: pywinrm's name of the authentication: "ntlm", "basic", "kerberos", ...
        user, password: the account; *password_source* says where the password came from, for messages.
        ca_file: certificates to trust for HTTPS; empty for the system's.
        certificate, certificate_key: files of a client certificate; empty for none.
        connect_s: seconds to wait for a connection.
    """

    node: str
    url: str
    transport: str
    user: str
    password: str
    password_source: str = "the site's credential"  # noqa: S105  (a description, not a password)
    ca_file: str = ""
    certificate: str = ""
    certificate_key: str = ""
    connect_s: float = 15

    def __repr__(self) -> str:
        return f"Endpoint({self.node!r}, {self.url!r}, {self.transport!r}, {self.user!r})"

    def refused(self, how: str) -> str:
        """The message for refused credentials."""
        return (
            f"Cannot sign in to {self.node} as {self.user}: the node refused the credentials ({how}). Check "
            f"{self.password_source}; a local account other than Administrator also needs "
            "LocalAccountTokenFilterPolicy=1."
        )

    def silent(self, cause: str) -> str:
        """The message for a node that does not answer."""
        return (
            f"{self.node} cannot be reached at {self.url}: {cause}. Check the address and port in the "
            "site file, that the node is up, and that its WinRM service and firewall let this machine in."
        )

    def not_trusted(self, error: Exception) -> str:
        """The message for a certificate that nobody here vouches for."""
        return (
            f"{self.node} at {self.url} shows a certificate that is not trusted here ({_said(error)}). "
            "Write winrm.ca_file in the site file: the certificate of the authority that issued it."
        )

    def meaning_of(self, http_status: int) -> str:
        """A few words on an HTTP status that came without a WinRM message."""
        said = f"it answers HTTP {http_status}"
        if http_status == 500 and self.url.startswith("http:") and self.transport in ("basic", "plaintext"):
            return f"{said}, as a service does that takes encrypted messages only (use winrm.transport ntlm, or https)"
        return f"{said}, which is not WinRM's" if http_status == 404 else said

    def no_shell(self, cause: str) -> str:
        """The message for a node that answers and opens no remote shell."""
        return (
            f"{self.node} opens no further remote shell for {self.user}: {cause} Shells left over from runs that were "
            "cut off end by themselves; wait a few minutes, or restart the node's WinRM service."
        )

    def lost(self, line: str) -> str:
        """The message for a reply that never came."""
        return (
            f"The connection to {self.node} was lost after a command was sent; whether it ran is not known: "
            f"{line[:200]}"
        )


def _said(error: Exception) -> str:
    """What the TLS library said, without its codes and line numbers."""
    return str(error).rsplit("]", 1)[-1].split("(_ssl")[0].strip()


def was_not_sent(error: Exception) -> bool:
    """Whether nothing can have reached the node: the connection itself was not made."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    return isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)


def cause_of(error: Exception) -> str:
    """A few words for people: what the network said."""
    text = str(error)
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return f"TLS failed ({_said(error)})"
    for sign, words in (
        ("Connection refused", "connection refused"),
        ("Name or service not known", "its name is not known"),
        ("Temporary failure in name resolution", "its name cannot be resolved"),
        ("No route to host", "no route to it"),
        ("Network is unreachable", "its network is unreachable"),
    ):
        if sign in text:
            return words
    return "the connection was lost"
