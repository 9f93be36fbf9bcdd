"""Who may sign in, and the sealing of messages.

Basic: RFC 7617. Negotiate: RFC 4559 with SPNEGO or raw NTLM tokens, [MS-NLMP] through pyspnego. Sealed messages:
[MS-WSMV] 2.2.9.1. Channel bindings: RFC 5929 "tls-server-end-point", hardening "Relaxed" as Windows ships it.
"""

import base64
import os
import struct
import tempfile
import threading
from pathlib import Path

import spnego
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import NegotiateOptions, SpnegoError

SEALED_TYPE = "application/HTTP-SPNEGO-session-encrypted"
_BOUNDARY = "Encrypted Boundary"
SEALED_CONTENT_TYPE = f'multipart/encrypted;protocol="{SEALED_TYPE}";boundary="{_BOUNDARY}"'
_SEPARATOR = f"--{_BOUNDARY}\r\n".encode()
_END = f"--{_BOUNDARY}--\r\n".encode()
_OCTETS = b"\tContent-Type: application/octet-stream\r\n"

# pyspnego's acceptor looks accounts up in a file named by an environment variable, which all endpoints of a
# process share. The variable is therefore set only inside this lock, for the length of one step.
_ACCOUNT_LOCK = threading.Lock()
_ACCOUNT_VARIABLE = "NTLM_USER_FILE"


class NotSealed(Exception):  # noqa: N818  (an outcome that is part of the protocol)
    """A message that should be sealed could not be opened."""


class Account:
    r"""The one account that may sign in at an endpoint.

    "user", ".\user" and "COMPUTER\user" are the same account. Until `close`, a file that only this user can read
    holds the password, because pyspnego takes it from there.
    """

    def __init__(self, user: str, password: str, machine: str) -> None:
        if any(character in password for character in ":\r\n"):
            raise ValueError("A password in the lab cannot contain a colon or a line end; choose another one.")
        self.user = user.rpartition("\\")[2]
        self._password = password
        self._domains = ("", ".", machine)
        handle, name = tempfile.mkstemp(prefix="lab-accounts-")  # created with mode 0600
        self._file = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{domain}:{self.user}:{password}\n" for domain in self._domains)

    def close(self) -> None:
        """Remove the file; nobody can sign in by Negotiate any more."""
        self._file.unlink(missing_ok=True)

    def accepts(self, credentials: str) -> bool:
        """True for the base64 part of a Basic header that names the account and its password.

        Bytes are UTF-8 or, as RFC 7617 leaves it to the client, ISO 8859-1.
        """
        try:
            content = base64.b64decode(credentials, validate=True)
        except ValueError:
            return False
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = content.decode("latin-1")
        name, separator, password = text.partition(":")
        domain, _, user = name.rpartition("\\")
        known = user.lower() == self.user.lower() and domain.lower() in (d.lower() for d in self._domains)
        return bool(separator) and known and password == self._password

    def step(
        self, context: spnego.ContextProxy, token: bytes, channel_bindings: GssChannelBindings | None
    ) -> bytes | None:
        """Give the client's *token* to *context*; raises `SpnegoError` when it is refused."""
        with _ACCOUNT_LOCK:
            before = os.environ.get(_ACCOUNT_VARIABLE)
            os.environ[_ACCOUNT_VARIABLE] = str(self._file)
            try:
                return context.step(token, channel_bindings=channel_bindings)
            finally:
                if before is None:
                    del os.environ[_ACCOUNT_VARIABLE]
                else:
                    os.environ[_ACCOUNT_VARIABLE] = before


class Negotiation:
    """Negotiate on one TCP connection: first the exchange of tokens, then the keys for sealing."""

    def __init__(self, account: Account, end_point: bytes | None) -> None:
        """*end_point* is the server's tls-server-end-point binding, None without TLS."""
        self._account = account
        self._bindings = GssChannelBindings(application_data=end_point) if end_point else None
        # Python's own SPNEGO and NTLM on every system: a system library would not know the lab's account.
        options = NegotiateOptions.use_negotiate | NegotiateOptions.use_ntlm
        self._context = spnego.server(protocol="negotiate", options=options)

    @property
    def complete(self) -> bool:
        """True once the client has proved who it is."""
        return self._context.complete

    def step(self, token: str) -> str:
        """Take the client's token and give the answer to it, both base64 (the answer may be empty).

        Raises:
            PermissionError: wrong account or password, or a token that makes no sense.
        """
        try:
            raw = base64.b64decode(token, validate=True)
            bindings = self._bindings if _carries_bindings(raw) else None
            answer = self._account.step(self._context, raw, bindings)
        except (SpnegoError, struct.error, ValueError) as error:
            raise PermissionError(str(error)) from error
        return base64.b64encode(answer or b"").decode("ascii")

    def open(self, content: bytes) -> bytes:
        """The message in a sealed multipart body; raises `NotSealed` when this connection's keys do not fit."""
        head, _, sealed = content.removesuffix(_END).removeprefix(_SEPARATOR).partition(_SEPARATOR + _OCTETS)
        try:
            length = int(head.rpartition(b"Length=")[2])
            (signature,) = struct.unpack_from("<i", sealed)
            message = self._context.unwrap_winrm(sealed[4 : 4 + signature], sealed[4 + signature :])
        except (SpnegoError, struct.error, ValueError) as error:
            raise NotSealed(str(error)) from error
        if len(message) != length:
            raise NotSealed(f"{len(message)} bytes instead of {length}")
        return message

    def seal(self, message: bytes) -> bytes:
        """The multipart body that carries *message*."""
        sealed = self._context.wrap_winrm(message)
        length = len(message) + sealed.padding_length
        head = (
            f"\tContent-Type: {SEALED_TYPE}\r\n"
            f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={length}\r\n"
        ).encode()
        signature = struct.pack("<i", len(sealed.header)) + sealed.header
        return _SEPARATOR + head + _SEPARATOR + _OCTETS + signature + sealed.data + _END


def _carries_bindings(token: bytes) -> bool:
    """True when an NTLM AUTHENTICATE_MESSAGE in *token* has channel bindings ([MS-NLMP] 2.2.1.3, 2.2.2.1, .7).

    Clients that send none are let in, as CbtHardeningLevel "Relaxed" does; pyspnego would refuse them.
    """
    start = token.find(b"NTLMSSP\x00\x03\x00\x00\x00")
    if start < 0:
        return False
    length, _, offset = struct.unpack_from("<HHI", token, start + 20)
    pairs = token[start + offset : start + offset + length][16 + 28 :]  # after NTProofStr and the fixed part
    while len(pairs) >= 4:
        kind, size = struct.unpack_from("<HH", pairs)
        if kind == 0x000A:
            return True
        if kind == 0:
            break
        pairs = pairs[4 + size :]
    return False
