"""Signing in: what is refused, several endpoints in one process, channel bindings, sealing."""

import os
import socket
import sys
import threading
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import spnego
import winrm.exceptions
import winrm.protocol
from spnego.channel_bindings import GssChannelBindings

from runbook_lib.lab.wire import Endpoint
from runbook_lib.lab.wire.auth import Account, Negotiation, NotSealed

pytestmark = pytest.mark.wire


def protocol(endpoint, user, password, transport="ntlm", **settings):
    return winrm.protocol.Protocol(
        endpoint.url, transport=transport, username=user, password=password, proxy=None, **settings
    )


def answer(protocol, line):
    shell = protocol.open_shell(codepage=932)
    command = protocol.run_command(shell, line)
    out, _, _ = protocol.get_command_output(shell, command)
    protocol.close_shell(shell)
    return out


def test_two_endpoints_with_the_same_user_and_other_passwords(node):
    """Their accounts meet in one environment variable of the process; many sign in at the same time."""
    with Endpoint(node, "admin", "one") as first, Endpoint(node, "admin", "two") as second:

        def sign_in(number):
            endpoint, right = ((first, "one"), (second, "two"))[number % 2]
            if number % 3 == 0:
                wrong = "two" if right == "one" else "one"
                with pytest.raises(winrm.exceptions.InvalidCredentialsError):
                    protocol(endpoint, "admin", wrong).open_shell()
                return b"refused"
            return answer(protocol(endpoint, "admin", right), f"echo {number}")

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(sign_in, range(36)))
    assert answers == [b"refused" if number % 3 == 0 else b"%d\r\n" % number for number in range(36)]


def test_accounts_do_not_meet_between_two_steps():
    accounts = [Account("admin", password, "NODE1") for password in ("one", "two")]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads take turns in the middle of everything

    def sign_in(number):
        server = Negotiation(accounts[number % 2], None)
        shake_hands(spnego.client("admin", ("one", "two")[number % 2], protocol="ntlm"), server)
        return server.complete

    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(sign_in, range(80)))
    finally:
        sys.setswitchinterval(before)
        for account in accounts:
            account.close()


def test_the_account_leaves_nothing_behind(node, monkeypatch):
    monkeypatch.setenv("NTLM_USER_FILE", "kept")
    with Endpoint(node, "admin", "secret-word") as endpoint:
        file = Path(endpoint._account._file)
        assert file.stat().st_mode & 0o077 == 0
        assert answer(protocol(endpoint, "admin", "secret-word"), "echo 1") == b"1\r\n"
        assert os.environ["NTLM_USER_FILE"] == "kept"
    assert not file.exists()


def test_japanese_names_and_passwords(node):
    with Endpoint(node, "管理者", "ひみつ表") as endpoint:
        assert answer(protocol(endpoint, "管理者", "ひみつ表"), "echo 1") == b"1\r\n"
        assert answer(protocol(endpoint, "NODE1\\管理者", "ひみつ表"), "echo 1") == b"1\r\n"


@pytest.mark.parametrize("user", ["other", "OTHERDOMAIN\\admin", ""])
@pytest.mark.parametrize("transport", ["basic", "ntlm"])
def test_strangers_are_refused(node, user, transport):
    with Endpoint(node, "admin", "p", allow_unencrypted=True) as endpoint:
        with pytest.raises(winrm.exceptions.InvalidCredentialsError):
            protocol(endpoint, user or "x", "p" if user else "", transport).open_shell()
        assert endpoint.exchanges == []


def test_a_password_with_a_colon_is_refused_at_once(node):
    with pytest.raises(ValueError, match="colon"):
        Endpoint(node, "admin", "a:b").start()


def test_the_offer_to_a_stranger(node):
    with Endpoint(node, "admin", "p") as endpoint:
        reply = requests.post(endpoint.url, timeout=5)
        offers = reply.raw.headers.getlist("WWW-Authenticate")
    assert (reply.status_code, reply.content) == (401, b"")
    assert offers == ["Negotiate", 'Basic realm="WSMAN"']


@pytest.mark.parametrize(
    "header", ["Negotiate", "Negotiate !!!", "Negotiate TlRMTVNTUAADAAAA", "Basic ???", "Basic \xe9", "Digest x"]
)
def test_nonsense_instead_of_credentials(node, header):
    with Endpoint(node, "admin", "p") as endpoint:
        reply = requests.post(endpoint.url, headers={"Authorization": header}, timeout=5)
    assert reply.status_code == 401


@pytest.mark.parametrize("transport", ["basic", "ntlm"])
def test_unencrypted_messages_are_refused(node, transport):
    with Endpoint(node, "admin", "p") as endpoint:
        client = protocol(endpoint, "admin", "p", transport, message_encryption="never")
        with pytest.raises(winrm.exceptions.WinRMTransportError) as raised:
            client.open_shell()
    assert (raised.value.code, raised.value.response_text) == (500, "")


@pytest.mark.parametrize("send_cbt", [True, False])
def test_channel_bindings_are_welcome_but_not_demanded(node, certificate, trust, send_cbt):
    with Endpoint(node, "admin", "p", tls=certificate) as endpoint:
        client = protocol(endpoint, "admin", "p", ca_trust_path=trust, send_cbt=send_cbt)
        assert answer(client, "echo 1") == b"1\r\n"


@pytest.mark.parametrize("mechanism", ["ntlm", "negotiate"])
@pytest.mark.parametrize(("sent", "accepted"), [(b"right", True), (None, True), (b"of another channel", False)])
def test_wrong_channel_bindings_are_refused(mechanism, sent, accepted):
    account = Account("admin", "p", "NODE1")
    try:
        server = Negotiation(account, b"right")
        bindings = GssChannelBindings(application_data=sent) if sent else None
        client = spnego.client("admin", "p", protocol=mechanism, channel_bindings=bindings)
        if accepted:
            shake_hands(client, server)
            assert server.complete
        else:
            with pytest.raises(PermissionError):
                shake_hands(client, server)
    finally:
        account.close()


def shake_hands(client, server):
    token = client.step()
    while token:
        reply = b64decode(server.step(b64encode(token).decode()))
        token = client.step(reply) if reply and not client.complete else None


def test_a_message_that_was_changed_cannot_be_opened():
    account = Account("admin", "p", "NODE1")
    try:
        server = Negotiation(account, None)
        client = spnego.client("admin", "p", protocol="ntlm")
        shake_hands(client, server)
        sealed = bytearray(server.seal("<あ/>".encode()))
        with pytest.raises(NotSealed):
            server.open(bytes(sealed))  # sealed by this side, not by the other one
        with pytest.raises(NotSealed):
            server.open(b"nonsense")
    finally:
        account.close()


def test_https_is_not_held_up_by_a_client_that_says_nothing(node, certificate, trust):
    with (
        Endpoint(node, "admin", "p", tls=certificate) as endpoint,
        socket.create_connection(("127.0.0.1", endpoint.port)),
    ):
        client = protocol(endpoint, "admin", "p", "ssl", ca_trust_path=trust)
        done = threading.Event()
        thread = threading.Thread(target=lambda: answer(client, "echo 1") and done.set())
        thread.start()
        assert done.wait(5)
        thread.join()
