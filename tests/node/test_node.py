"""A node over WinRM on the lab: deadlines that hold, code pages, lost connections, and what is never sent twice."""

import time
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import ParseError

import pytest
import requests
from winrm.exceptions import WinRMTransportError, WSManFaultError

from runbook_lib import open_run
from runbook_lib.errors import CommandFailed, NotAuthenticated, OutcomeUnknown, Unreachable
from runbook_lib.lab.lab import Lab
from runbook_lib.node import Node
from runbook_lib.node.endpoint import Endpoint
from runbook_lib.run.opening import connect
from tests.clusters import PASSWORD, Cluster

pytestmark = pytest.mark.wire


@pytest.fixture
def lab(cluster: Cluster) -> Lab:
    return cluster.lab


@pytest.fixture
def node(cluster: Cluster) -> Iterator[Node]:
    made = connect(cluster.site, "node1")
    yield made
    made.close()


def other(lab: Lab, code_page: int = 932, **changes: str) -> Node:
    """A node with another way in."""
    values = {"url": lab.endpoints["node1"].url, "transport": "ntlm", "user": "runbook", "password": PASSWORD}
    return Node(Endpoint("node1", **(values | changes), connect_s=2), code_page)


def test_each_reading_has_its_own_output_and_exit_code(node: Node) -> None:
    replies = node.read(["echo 一", "cmd /c exit 5", "sc query nothing", "echo x & echo y", "cd ."])
    assert [reply.text for reply in replies[:2]] == ["一\r\n", ""]
    assert [reply.exit_code for reply in replies] == [0, 5, 1060, 0, 0]
    assert replies[3].text == "x \r\ny\r\n"


def test_many_readings_travel_in_few_commands(node: Node, lab: Lab) -> None:
    """Three requests for what fits into one line, and three more for each further line."""
    node.read(["ver"])
    before = len(lab.endpoints["node1"].commands)
    replies = node.read([f"echo {number} {'x' * 300}" for number in range(60)])
    assert [reply.text.split()[0] for reply in replies] == [str(number) for number in range(60)]
    sent = lab.endpoints["node1"].commands[before:]
    assert len(sent) == 3
    assert all(len(line) <= 8000 for line in sent)


def test_one_shell_and_three_requests_for_a_command(node: Node, lab: Lab) -> None:
    node.read(["ver"])
    before = len(lab.endpoints["node1"].exchanges)
    node.execute("ver", 10)
    assert lab.endpoints["node1"].exchanges[before:] == ["Command", "Receive", "Signal"]
    assert lab.endpoints["node1"].open_shells == 1


def test_closing_leaves_no_shell_behind(node: Node, lab: Lab) -> None:
    node.read(["ver"])
    node.close()
    assert lab.endpoints["node1"].open_shells == 0


def test_a_deadline_holds_and_the_command_is_told_to_end(node: Node, lab: Lab) -> None:
    node.read(["ver"])
    lab.machines["node1"].hang.add("hostname")
    started = time.monotonic()
    with pytest.raises(CommandFailed, match=r"node1 did not finish in time and was told to stop: .*hostname"):
        node.execute("echo begun & hostname", 2)
    assert time.monotonic() - started < 4
    lab.machines["node1"].hang.clear()
    assert node.execute("echo next", 10).text == "next\r\n"


def test_progress_comes_while_the_command_runs(node: Node) -> None:
    pieces: list[bytes] = []
    node.execute("for /l %i in (1,1,3) do @echo %i", 10, pieces.append)
    assert b"".join(pieces) == b"1\r\n2\r\n3\r\n"


@pytest.mark.parametrize("page", [437, 65001, 1252])
def test_the_node_says_which_code_page_it_writes_in(lab: Lab, page: int) -> None:
    node = other(lab, page)
    assert node.facts.code_page == 932
    assert node.read(["echo 表示"])[0].text == "表示\r\n"
    node.close()


def test_a_code_page_that_the_node_lacks(lab: Lab) -> None:
    with pytest.raises(CommandFailed, match=r"node1 does not have code page 950. Write the one that `chcp` shows"):
        other(lab, 950).read(["ver"])


@pytest.mark.parametrize("what", ["connection", "shell", "down and up"])
def test_what_is_lost_between_two_commands_is_made_anew(node: Node, lab: Lab, what: str) -> None:
    endpoint = lab.endpoints["node1"]
    assert node.execute("echo 1", 10).text == "1\r\n"
    if what == "connection":
        endpoint.drop_connections()
    elif what == "shell":
        endpoint.delete_shells()
    else:
        endpoint.go_down()
        endpoint.start()
    try:
        assert node.execute("echo 2", 10).text == "2\r\n"
    except OutcomeUnknown:
        assert what != "shell", "a shell that is gone has certainly not run the command"
    assert node.read(["echo 3"])[0].text == "3\r\n"


def test_a_lost_reply_is_unknown_and_not_sent_again(node: Node, lab: Lab) -> None:
    endpoint = lab.endpoints["node1"]
    node.read(["ver"])
    before = len(endpoint.commands)
    endpoint.faults.cut("Command", after=True)
    with pytest.raises(OutcomeUnknown, match="lost after a command was sent"):
        node.execute("md C:\\once", 10)
    assert endpoint.commands[before:] == ["(md C:\\once)"]


@pytest.mark.parametrize(
    "error",
    [
        WinRMTransportError("http", 502, ""),
        WinRMTransportError("http", 500, ""),
        WSManFaultError(500, "", "", "aborted", wsman_fault_code=995),
        requests.exceptions.SSLError("EOF occurred in violation of protocol (_ssl.c:1010)"),
        requests.exceptions.ReadTimeout(),
        ParseError(),
        StopIteration(),
    ],
)
def test_a_command_that_may_have_run_is_not_sent_again(
    node: Node, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    node.read(["ver"])
    sent: list[str] = []

    def run_command(_: str, line: str) -> str:
        sent.append(line)
        raise error

    monkeypatch.setattr(node._shell._ready(), "run_command", run_command)
    with pytest.raises(OutcomeUnknown, match="whether it ran is not known"):
        node.execute("md C:\\once", 10)
    assert sent == ["(md C:\\once)"]


@pytest.mark.parametrize(
    "error",
    [
        WinRMTransportError("http", 400, ""),
        WSManFaultError(500, "", "", "no such shell", wsman_fault_code=2150858843),
        requests.exceptions.ConnectTimeout(),
    ],
)
def test_a_command_that_cannot_have_run_is_sent_again(
    node: Node, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    node.read(["ver"])
    protocol = node._shell._ready()
    send, errors = protocol.run_command, [error]

    def run_command(shell: str, line: str) -> str:
        if errors:
            raise errors.pop()
        return str(send(shell, line))

    monkeypatch.setattr(protocol, "run_command", run_command)
    assert node.execute("echo once", 10).text == "once\r\n"


def test_a_reading_is_repeated(node: Node, lab: Lab) -> None:
    endpoint = lab.endpoints["node1"]
    node.read(["ver"])
    endpoint.faults.cut("Command", after=True)
    endpoint.faults.cut("Receive", nth=2)
    assert node.read(["echo there"])[0].text == "there\r\n"


def test_a_connection_that_never_holds_is_given_up_with_a_sentence(node: Node, lab: Lab) -> None:
    endpoint = lab.endpoints["node1"]
    node.read(["ver"])
    for nth in range(1, 40):
        endpoint.faults.cut("Receive", nth=nth)
    with pytest.raises((Unreachable, OutcomeUnknown), match=r"lost|read 3 times"):
        node.read(["ver"])


def test_a_receive_that_was_cut_goes_on_under_the_same_ids(node: Node, lab: Lab) -> None:
    endpoint = lab.endpoints["node1"]
    node.read(["ver"])
    endpoint.faults.cut("Receive")
    reply = node.execute("echo kept", 10)
    assert reply.text == "kept\r\n"
    assert not reply.whole, "some output may have gone with the lost reply"


def test_a_reading_of_which_some_may_be_missing_is_repeated(node: Node, lab: Lab) -> None:
    endpoint = lab.endpoints["node1"]
    node.read(["ver"])
    before = len(endpoint.commands)
    endpoint.faults.cut("Receive")
    assert node.read(["echo there"])[0].text == "there\r\n"
    assert len(endpoint.commands) == before + 2


def test_a_shell_whose_command_could_not_be_ended_is_left(node: Node, lab: Lab) -> None:
    """Its command may still be there: the next one gets a shell of its own."""
    endpoint = lab.endpoints["node1"]
    node.read(["ver"])
    before = len(endpoint.exchanges)
    endpoint.faults.cut("Signal")
    assert node.execute("echo 1", 10).text == "1\r\n"
    assert node.execute("echo 2", 10).text == "2\r\n"
    assert "Create" in endpoint.exchanges[before:]


@pytest.mark.parametrize(("idle_s", "anew"), [(59, 0), (61, 1)])
def test_a_connection_that_was_idle_is_made_anew(
    node: Node, monkeypatch: pytest.MonkeyPatch, idle_s: int, anew: int
) -> None:
    """A server drops it, and the keys of the encryption go with it."""
    node.read(["ver"])
    times: list[None] = []
    disconnect = node._shell.disconnect
    monkeypatch.setattr(node._shell, "disconnect", lambda: (times.append(None), disconnect()))
    node._shell._last_use -= idle_s
    assert node.execute("echo there", 10).text == "there\r\n"
    assert len(times) == anew


@pytest.mark.parametrize(("user", "password"), [("runbook", "no"), ("nobody", PASSWORD)])
def test_refused_credentials_are_tried_once_and_never_shown(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, user: str, password: str
) -> None:
    """Once: an account may be locked after a few."""
    refused = other(lab, user=user, password=password)
    protocol, tries = refused._shell._ready(), list[None]()
    open_shell = protocol.open_shell
    monkeypatch.setattr(protocol, "open_shell", lambda **how: (tries.append(None), open_shell(**how))[1])
    with pytest.raises(NotAuthenticated, match=f"Cannot sign in to node1 as {user}: .*HTTP 401") as error:
        refused.read(["ver"])
    assert len(tries) == 1
    assert PASSWORD not in str(error.value)


def test_basic_without_encryption_is_refused_as_windows_does(lab: Lab) -> None:
    with pytest.raises(Unreachable, match="HTTP 500, as a service does that takes encrypted messages only"):
        other(lab, transport="basic").read(["ver"])


def test_quota_of_shells(lab: Lab, node: Node) -> None:
    """Shells that others left behind use the account's quota up: said as it is, after trying for a while."""
    holders = [other(lab) for _ in range(lab.endpoints["node1"].quotas.shells)]
    for holder in holders:
        holder.read(["ver"])
    with pytest.raises(Unreachable, match=r"node1 opens no further remote shell for runbook: .*concurrent shells"):
        node.read(["ver"])
    holders.pop().close()
    assert node.read(["echo free"])[0].text == "free\r\n"
    for holder in holders:
        holder.close()


def test_many_commands_in_one_shell(node: Node) -> None:
    """More than any per-shell quota of operations, because each command is signalled."""
    for number in range(40):
        assert node.execute(f"echo {number}", 10).text == f"{number}\r\n"


def test_an_untrusted_certificate(start_cluster: Callable[[str], Cluster]) -> None:
    cluster = start_cluster("lab-2022")
    endpoint = cluster.lab.endpoints["node1"]
    with pytest.raises(NotAuthenticated, match="shows a certificate that is not trusted here"):
        Node(Endpoint("node1", endpoint.url, "ntlm", "runbook", PASSWORD, connect_s=2), 437).read(["ver"])


def test_a_run_that_is_opened_anew_leaves_no_shell_behind(cluster: Cluster) -> None:
    """As in JupyterLab, where nobody closes a run and the set-up cell is run again and again."""
    for _ in range(cluster.lab.endpoints["node1"].quotas.shells + 2):
        run = open_run("lab", "node1", chapter="0", change="test")
    assert cluster.lab.endpoints["node1"].open_shells == 1
    run.close()
