"""What clients meet when the network, the service or the node misbehaves, and how they go on afterwards."""

import time

import pytest
import requests
import winrm.exceptions

from runbook_lib.lab.wire import Endpoint, Quotas

pytestmark = pytest.mark.wire
few_ways = pytest.mark.parametrize("way", ["pywinrm-ntlm-http", "pypsrp-basic-https"], indirect=True)


@pytest.mark.parametrize(("after", "carried_out"), [(False, 0), (True, 1)])
def test_connection_cut_at_a_command(way, after, carried_out):
    client = way.open()
    way.endpoint.faults.cut("Command", after=after)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.start("both")
    assert len(way.endpoint.commands) == carried_out
    client.reconnect()
    assert client.run("both")[2] == 3, "the same shell is there on a new connection"


@pytest.mark.parametrize(("after", "left"), [(False, b"to stdout\r\n"), (True, b"")])
def test_connection_cut_at_a_receive(way, after, left):
    client = way.open()
    command = client.start("both")
    assert way.node.processes[0].wait(1)
    way.endpoint.faults.cut("Receive", after=after)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.receive(command)
    client.reconnect()
    out, _, code = client.receive(command)
    assert (out, code) == (left, 3)


def test_cut_at_exchange_n_of_any_kind(way):
    client = way.open()
    way.endpoint.faults.cut(nth=3)
    command = client.start("both")
    client.receive(command)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.terminate(command)


def test_dropped_connection(way):
    """Sealing keys die with their connection: both clients then send what nobody can open, and get 400."""
    client = way.open()
    way.endpoint.drop_connections()
    time.sleep(0.1)
    if way.auth == "basic" or way.scheme == "https":
        assert client.run("both")[2] == 3
        return
    for _ in range(2):
        with pytest.raises(Exception) as raised:  # noqa: PT011  (each client has its own)
            client.start("both")
        assert raised.value.code == 400
    assert way.endpoint.commands == []
    client.reconnect()
    assert client.run("both")[2] == 3


def test_idle_connections_are_closed_but_not_busy_ones(way):
    client = way.open(timeout=2)
    way.endpoint.faults.idle_s = 0.15
    assert client.run("silent 0.4")[2] == 0, "a Receive that waits is not idle"
    time.sleep(0.4)
    way.endpoint.faults.idle_s = None
    if way.auth == "ntlm" and way.scheme == "http":
        with pytest.raises(Exception) as raised:  # noqa: PT011
            client.start("both")
        assert raised.value.code == 400


@few_ways
def test_latency(way):
    client = way.open()
    way.endpoint.faults.latency_s = 0.1
    began = time.monotonic()
    client.run("exit 0")
    assert time.monotonic() - began >= 3 * 0.1


def test_node_goes_down_and_comes_back(way):
    client = way.open()
    command = client.start("silent 30")
    port = way.endpoint.port
    way.endpoint.go_down()
    assert way.node.processes[0].wait(1)
    client.reconnect()
    with pytest.raises(requests.exceptions.ConnectionError, match="refused"):
        client.receive(command)
    way.endpoint.start()
    assert way.endpoint.port == port
    client.reconnect()
    with pytest.raises(Exception, match="not found on the server"):
        client.receive(command)
    assert way.open().run("exit 0")[2] == 0


def test_shell_vanishes_under_a_waiting_receive(way, later):
    client = way.open()
    command = client.start("silent 30")
    later(0.1, way.endpoint.delete_shells)
    with pytest.raises(Exception, match="operation has been aborted") as raised:
        client.receive(command)
    assert client.fault_code(raised.value) == 995


def test_a_client_that_gave_up_waiting_loses_no_output(way):
    client = way.open(timeout=5)
    command = client.start("late 0.8 表")
    if way.make.__name__ == "Pypsrp":
        client.wsman.transport.read_timeout = 0.3  # pypsrp asks again by itself
        assert client.receive(command) == ("表\r\n".encode("cp932"), b"", 0)
        assert way.endpoint.exchanges.count("Receive") > 1
        return
    client.protocol.transport.read_timeout_sec = 0.3
    with pytest.raises(requests.exceptions.Timeout):
        client.receive(command)
    client.protocol.transport.read_timeout_sec = 10
    client.reconnect()
    assert client.receive(command) == ("表\r\n".encode("cp932"), b"", 0)


@few_ways
def test_shell_expires_when_idle_but_not_while_it_works(way):
    client = way.open(idle_timeout="PT0.3S" if way.make.__name__ == "Pywinrm" else 0.3)
    assert client.run("silent 0.6")[2] == 0
    time.sleep(0.5)
    assert way.endpoint.open_shells == 0
    with pytest.raises(Exception, match="not found on the server"):
        client.start("both")


def test_operations_that_nobody_ended_use_the_quota_up(node):
    quotas = Quotas(operations=3, processes=2)
    with Endpoint(node, "u", "p", allow_unencrypted=True, quotas=quotas) as endpoint:
        protocol = winrm.protocol.Protocol(endpoint.url, transport="basic", username="u", password="p", proxy=None)
        shell = protocol.open_shell(codepage=932)
        running = [protocol.run_command(shell, "silent 30") for _ in range(2)]
        with pytest.raises(winrm.exceptions.WSManFaultError) as raised:
            protocol.run_command(shell, "exit 0")
        assert raised.value.wsman_fault_code == 2150859241
        protocol.cleanup_command(shell, running.pop())
        for _ in range(2):
            finished = protocol.run_command(shell, "exit 0")
            protocol.get_command_output(shell, finished)
        with pytest.raises(winrm.exceptions.WSManFaultError) as raised:
            protocol.run_command(shell, "exit 0")
        assert raised.value.wsman_fault_code == 2150859174
