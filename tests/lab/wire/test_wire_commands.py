"""Two foreign clients run commands through the endpoint, each way they can sign in."""

import time
import uuid

import pytest
import winrm

pytestmark = pytest.mark.wire


def test_streams_and_exit_code(way):
    client = way.open()
    assert client.run("both")[:3] == (b"to stdout\r\n", b"to stderr\r\n", 3)
    assert client.run("both")[:3] == (b"to stdout\r\n", b"to stderr\r\n", 3), "the shell stays usable"
    client.close()
    assert way.endpoint.open_shells == 0


def test_stdin(way):
    client = way.open()
    content = "一行目\r\n二行目\r\n".encode("cp932") + b"\x00\xff"
    assert client.run("copy-stdin", stdin=content)[:3] == (content, b"", 0)


def test_japanese_both_ways(way):
    client = way.open()
    out, _, code, _ = client.run("echo 切替パーティション ～①ソ表")
    assert out.decode("cp932") == "切替パーティション ～①ソ表\r\n"
    assert code == 0
    assert way.endpoint.commands == ["echo 切替パーティション ～①ソ表"]


def test_arguments_are_joined_by_one_blank(way):
    way.open().run("echo", ["a b", '"c  d"', "&", "<x>"])
    assert way.endpoint.commands == ['echo a b "c  d" & <x>']


def test_settings_of_the_shell_reach_the_node(way):
    client = way.open(codepage=65001, working_directory=r"C:\作業", env_vars={"A": "1", "B": "い"}, noprofile=True)
    assert client.run("echo é表")[0].decode() == "é表\r\n"
    assert way.node.started == [
        {"code_page": 65001, "environment": {"A": "1", "B": "い"}, "folder": r"C:\作業", "skip": False}
    ]


def test_wrong_password(way):
    client = way.client(password="wrong")
    with pytest.raises(Exception, match=r"rejected|Failed to authenticate"):
        client.open()
    assert way.endpoint.exchanges == []


@pytest.mark.parametrize("user", [".\\administrator", "node1\\Administrator"])
def test_names_of_the_account(way, user):
    assert way.open(user=user).run("exit 0")[2] == 0


def test_vanished_shell(way):
    client = way.open()
    way.endpoint.delete_shells()
    with pytest.raises(Exception, match="not found on the server") as raised:
        client.start("both")
    assert client.fault_code(raised.value) == 2150858843


def test_unknown_command_id(way):
    client = way.open()
    with pytest.raises(Exception, match="was not found") as raised:
        client.receive(str(uuid.uuid4()))
    assert client.fault_code(raised.value) == 2150858843


def test_silent_command_times_out_and_can_be_ended(way):
    client = way.open(timeout=1)
    command = client.start("silent 30")
    began = time.monotonic()
    with pytest.raises(Exception) as raised:  # noqa: PT011  (each client has its own; the code is compared)
        client.receive(command)
    assert client.fault_code(raised.value) == 2150858793
    assert 0.9 < time.monotonic() - began < 3
    client.terminate(command)
    assert way.node.processes[0].wait(2)
    with pytest.raises(Exception, match="was not found"):
        client.receive(command)
    assert client.run("exit 0")[2] == 0


def test_large_output_comes_in_pieces(way):
    client = way.open()
    out, _, code, receives = client.run("big 2000")
    assert code == 0
    assert out == b"".join(bytes([number % 251]) * 1000 for number in range(2000))
    assert receives >= 2_000_000 * 4 / 3 / 153600


def test_large_stdin_fills_an_envelope(way):
    client = way.open()
    content = bytes(range(256)) * 432  # 110592 bytes; with base64 and headers just under 150 KB
    assert client.run("copy-stdin", stdin=content)[0] == content


def test_output_comes_while_the_command_runs(way):
    client = way.open()
    command = client.start("drip 5")
    began = time.monotonic()
    out, _, code = client.receive(command)
    assert out.startswith(b"0\r\n")
    assert code is None
    assert time.monotonic() - began < 0.3
    client.terminate(command)


def test_negative_exit_code_is_a_dword(way):
    assert way.open().run("exit -1")[2] == 4294967295


def test_code_page_that_the_node_lacks(way):
    client = way.client(codepage=850)
    with pytest.raises(Exception, match="Code Page") as raised:
        client.open()
    assert client.fault_code(raised.value) == 2150859072


def test_quota_of_shells(way):
    clients = [way.open() for _ in range(5)]  # WinRM 2.0 on the node: MaxShellsPerUser 5
    with pytest.raises(Exception, match="maximum number of 5 concurrent shells") as raised:
        way.open()
    assert clients[0].fault_code(raised.value) == 2150859173
    clients[0].close()
    way.open()


def test_percent_in_the_environment_is_refused(way):
    client = way.client(env_vars={"PATH": "%PATH%;C:\\x"})
    with pytest.raises(Exception, match="parameter is incorrect") as raised:
        client.open()
    assert client.fault_code(raised.value) == 87


@pytest.mark.parametrize(
    "way", ["pywinrm-basic-http", "pywinrm-basic-https", "pywinrm-ntlm-http", "pywinrm-ntlm-https"], indirect=True
)
def test_winrm_session(way):
    """pywinrm's simplest face signs in anew for every command."""
    session = winrm.Session(
        way.endpoint.url,
        auth=("Administrator", way.client().protocol.password),
        transport=way.auth,
        ca_trust_path=way.trust,
        proxy=None,
    )
    for _ in range(2):
        answer = session.run_cmd("both")
        assert (answer.std_out, answer.std_err, answer.status_code) == (b"to stdout\r\n", b"to stderr\r\n", 3)
    assert way.endpoint.exchanges == ["Create", "Command", "Receive", "Signal", "Delete"] * 2
