"""Requests written by hand after [MS-WSMV] 4.1: what the endpoint answers to right and to odd ones."""

import base64
import http.client
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pytest
import requests

from runbook_lib.lab.wire import Endpoint

pytestmark = pytest.mark.wire

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
RSP = "{" + SHELL + "}"
FAULT = "{http://schemas.microsoft.com/wbem/wsman/1/wsmanfault}WSManFault"
SOAP = {"Content-Type": "application/soap+xml;charset=UTF-8"}
IDENTIFY = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identify/1/wsmanidentity.xsd">'
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
)


def envelope(action, body="", *, shell="", resource=SHELL + "/cmd", options="", extra="", drop=""):
    selectors = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>' if shell else ""
    parts = {
        "To": "<a:To>http://NODE1:5985/wsman</a:To>",
        "Action": f'<a:Action s:mustUnderstand="true">{action}</a:Action>',
        "MessageID": "<a:MessageID>uuid:0B5AF7C1-0000-4000-8000-00000000AbCd</a:MessageID>",
        "ResourceURI": f'<w:ResourceURI s:mustUnderstand="true">{resource}</w:ResourceURI>',
        "rest": f"{selectors}{options}{extra}",
    }
    parts.pop(drop, None)
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
        f'xmlns:rsp="{SHELL}"><s:Header>{"".join(parts.values())}</s:Header><s:Body>{body}</s:Body></s:Envelope>'
    )


CREATE = "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams></rsp:Shell>"


@dataclass
class Hand:
    """Sends envelopes with Basic over one connection."""

    endpoint: Endpoint
    session: requests.Session

    def send(self, content, **headers):
        content = content.encode() if isinstance(content, str) else content
        return self.session.post(self.endpoint.url, content, headers=SOAP | headers, auth=("u", "p"), timeout=10)

    def create(self, **settings):
        reply = self.send(envelope(TRANSFER + "/Create", CREATE, **settings))
        return ET.fromstring(reply.content).find(f".//{RSP}ShellId").text

    def command(self, shell, line):
        body = f"<rsp:CommandLine><rsp:Command>{line}</rsp:Command></rsp:CommandLine>"
        reply = self.send(envelope(SHELL + "/Command", body, shell=shell))
        return ET.fromstring(reply.content).find(f".//{RSP}CommandId").text

    def receive(self, shell, command, extra="", streams="stdout stderr"):
        body = f'<rsp:Receive><rsp:DesiredStream CommandId="{command}">{streams}</rsp:DesiredStream></rsp:Receive>'
        return self.send(envelope(SHELL + "/Receive", body, shell=shell, extra=extra))


@pytest.fixture
def hand(node):
    with Endpoint(node, "u", "p", allow_unencrypted=True) as endpoint, requests.Session() as session:
        session.trust_env = False
        yield Hand(endpoint, session)


def fault_code(reply):
    assert reply.status_code == 500
    root = ET.fromstring(reply.content)
    assert root.find(".//{*}Action").text == "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
    assert root.find(".//{*}Reason/{*}Text").text
    assert root.find(f".//{FAULT}").get("Machine") == "NODE1"
    return int(root.find(f".//{FAULT}").get("Code"))


def option(name, value, attributes=""):
    return f'<w:OptionSet><w:Option Name="{name}" {attributes}>{value}</w:Option></w:OptionSet>'


COMMAND = "<rsp:CommandLine><rsp:Command>exit 0</rsp:Command></rsp:CommandLine>"
ODD = {
    "not XML": ("<s:Envelope", 2150858819),
    "another root": ("<a/>", 2150858817),
    "no body": ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/></s:Envelope>', 2150858817),
    "no action": (envelope(TRANSFER + "/Create", CREATE, drop="Action"), 2150858769),
    "no message id": (envelope(TRANSFER + "/Create", CREATE, drop="MessageID"), 2150858769),
    "no address": (envelope(TRANSFER + "/Create", CREATE, drop="To"), 2150858769),
    "unknown action": (envelope(SHELL + "/Dance", CREATE), 2150858771),
    "other resource": (
        envelope(TRANSFER + "/Create", CREATE, resource="http://schemas.microsoft.com/powershell/Microsoft.PowerShell"),
        2150858752,
    ),
    "no resource": (envelope(TRANSFER + "/Create", CREATE, drop="ResourceURI"), 2150858752),
    "header to be understood": (
        envelope(TRANSFER + "/Create", CREATE, extra='<w:Novelty s:mustUnderstand="true"/>'),
        2150858768,
    ),
    "wrong body": (envelope(TRANSFER + "/Create", COMMAND), 2150858817),
    "bad idle time": (
        envelope(TRANSFER + "/Create", "<rsp:Shell><rsp:IdleTimeOut>3600</rsp:IdleTimeOut></rsp:Shell>"),
        2150858817,
    ),
    "bad timeout": (
        envelope(TRANSFER + "/Create", CREATE, extra="<w:OperationTimeout>20</w:OperationTimeout>"),
        2150858881,
    ),
    "bad envelope size": (
        envelope(TRANSFER + "/Create", CREATE, extra="<w:MaxEnvelopeSize>big</w:MaxEnvelopeSize>"),
        2150858767,
    ),
    "tiny envelope size": (
        envelope(TRANSFER + "/Create", CREATE, extra="<w:MaxEnvelopeSize>8191</w:MaxEnvelopeSize>"),
        2150858878,
    ),
    "code page in words": (
        envelope(TRANSFER + "/Create", CREATE, options=option("WINRS_CODEPAGE", "sjis")),
        2150858835,
    ),
    "binding unknown option": (
        envelope(TRANSFER + "/Create", CREATE, options=option("X", "1", 'MustComply="true"')),
        2150858833,
    ),
    "no shell id": (envelope(SHELL + "/Command", COMMAND), 2150858842),
    "unknown shell": (envelope(SHELL + "/Command", COMMAND, shell="0B5A"), 2150858843),
    "delete of an unknown shell": (envelope(TRANSFER + "/Delete", shell="0B5A"), 2150858843),
}


@pytest.mark.parametrize(("content", "code"), ODD.values(), ids=ODD)
def test_odd_requests(hand, content, code):
    reply = hand.send(content)
    assert fault_code(reply) == code
    if "uuid:0B5AF7C1" in content:
        assert b"<a:RelatesTo>uuid:0B5AF7C1-0000-4000-8000-00000000AbCd</a:RelatesTo>" in reply.content
    assert hand.endpoint.open_shells == 0
    assert hand.create(), "the connection and the service go on"


ODD_IN_A_COMMAND = {
    "Receive of an unknown stream": ("/Receive", '<rsp:DesiredStream CommandId="{}">gossip</rsp:DesiredStream>'),
    "Receive without streams": ("/Receive", ""),
    "Send to stdout": ("/Send", '<rsp:Stream Name="stdout" CommandId="{}"/>'),
    "Send of no base64": ("/Send", '<rsp:Stream Name="stdin" CommandId="{}">表!</rsp:Stream>'),
    "unknown signal": ("/Signal", f"<rsp:Code>{SHELL}/signal/wave</rsp:Code>"),
}


@pytest.mark.parametrize(("verb", "inner"), ODD_IN_A_COMMAND.values(), ids=ODD_IN_A_COMMAND)
def test_odd_requests_in_a_command(hand, verb, inner):
    shell = hand.create()
    command = hand.command(shell, "silent 30")
    where = f' CommandId="{command}"' if verb == "/Signal" else ""
    body = f"<rsp:{verb[1:]}{where}>{inner.format(command)}</rsp:{verb[1:]}>"
    assert fault_code(hand.send(envelope(SHELL + verb, body, shell=shell))) in (2150858810, 2150858817)


def test_create_describes_the_shell(hand):
    body = "<rsp:Shell><rsp:IdleTimeOut>PT1H0.5S</rsp:IdleTimeOut></rsp:Shell>"
    root = ET.fromstring(hand.send(envelope(TRANSFER + "/Create", body)).content)
    shell = root.find(f".//{RSP}Shell")
    assert root.find(".//{*}ResourceCreated/{*}ReferenceParameters//{*}Selector").text == shell.findtext(
        RSP + "ShellId"
    )
    assert shell.findtext(RSP + "IdleTimeOut") == "PT3600.500S"
    assert shell.findtext(RSP + "Owner") == "NODE1\\u"
    assert shell.findtext(RSP + "ClientIP") == "127.0.0.1"
    again = ET.fromstring(hand.send(envelope(TRANSFER + "/Get", shell=shell.findtext(RSP + "ShellId"))).content)
    assert again.find(f".//{RSP}Shell/{RSP}ShellId").text == shell.findtext(RSP + "ShellId")


@pytest.mark.parametrize("size", [8192, 12000, 153600, 512000])
@pytest.mark.parametrize("line", ["big 400", "wide 300"])
def test_replies_fit_the_clients_envelope(hand, size, line):
    shell = hand.create()
    command = hand.command(shell, line)
    got, code = {"stdout": b"", "stderr": b""}, None
    while code is None:
        reply = hand.receive(shell, command, f"<w:MaxEnvelopeSize>{size}</w:MaxEnvelopeSize>")
        assert len(reply.content) <= min(size, 150 * 1024)  # WinRM 2.0 on the node sends 150 KB at most
        root = ET.fromstring(reply.content)
        for stream in root.iter(RSP + "Stream"):
            got[stream.get("Name")] += base64.b64decode(stream.text or "")
        code = root.findtext(f".//{RSP}ExitCode")
    ends = [stream.get("Name") for stream in root.iter(RSP + "Stream") if stream.get("End") == "true"]
    assert ends == ["stdout", "stderr"]
    assert len(got["stdout"]) == int(line.split()[1]) * 1000
    assert len(got["stderr"]) == (len(got["stdout"]) if line.startswith("wide") else 0)


def test_an_envelope_beyond_the_services_limit(hand):
    shell = hand.create()
    fits = envelope(SHELL + "/Command", COMMAND.replace("exit 0", "exit 0" + " " * 150_000), shell=shell)
    assert hand.send(fits).status_code == 200
    assert fault_code(hand.send(fits + " " * 10_000)) == 2150858805


def test_ctrl_c_ends_the_process_and_leaves_its_end_to_be_read(hand):
    shell = hand.create()
    command = hand.command(shell, "silent 30")
    body = f'<rsp:Signal CommandId="{command}"><rsp:Code>{SHELL}/signal/Ctrl_C</rsp:Code></rsp:Signal>'
    assert hand.send(envelope(SHELL + "/Signal", body, shell=shell)).status_code == 200
    root = ET.fromstring(hand.receive(shell, command).content)
    assert root.findtext(f".//{RSP}ExitCode") == str(0xC000013A)


def test_stdin_of_a_command_that_has_ended(hand, node):
    shell = hand.create()
    command = hand.command(shell, "exit 0")
    assert node.processes[0].wait(1)
    body = f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}">AAAA</rsp:Stream></rsp:Send>'
    assert fault_code(hand.send(envelope(SHELL + "/Send", body, shell=shell))) == 232


def test_stdin_in_several_parts(hand):
    shell = hand.create()
    command = hand.command(shell, "copy-stdin")
    for content, end in ((b"\x95", "false"), (b"\x5c\r\n", "True")):  # the two bytes of one character
        text = base64.b64encode(content).decode()
        body = f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}" End="{end}">{text}</rsp:Stream></rsp:Send>'
        assert hand.send(envelope(SHELL + "/Send", body, shell=shell)).status_code == 200
    root = ET.fromstring(hand.receive(shell, command).content)
    assert base64.b64decode(root.findtext(f".//{RSP}Stream")) == "表\r\n".encode("cp932")


def test_ids_that_a_client_proposes(hand, node):
    proposed = "11111111-2222-3333-4444-555555555555"
    body = CREATE.replace("<rsp:Shell>", f'<rsp:Shell ShellId="{proposed}">')
    reply = hand.send(envelope(TRANSFER + "/Create", body))
    assert proposed.encode() not in reply.content, "WinRM 2.0 makes its own"
    node.version = (6, 3, 9600)
    reply = hand.send(envelope(TRANSFER + "/Create", body))
    assert proposed.encode() in reply.content


def test_utf16_requests(hand):
    content = ('<?xml version="1.0" encoding="utf-16"?>' + envelope(TRANSFER + "/Create", CREATE)).encode("utf-16")
    assert hand.send(content, **{"Content-Type": "application/soap+xml;charset=UTF-16"}).status_code == 200


def test_identify(hand):
    known = hand.send(IDENTIFY)
    assert b"OS: 6.1.7601 SP: 1.0 Stack: 2.0" in known.content
    for url, headers in (
        (hand.endpoint.url, {"WSMANIDENTIFY": "unauthenticated"}),
        (hand.endpoint.url.replace("/wsman", "/wsman-anon/identify"), {}),
    ):
        stranger = requests.post(url, IDENTIFY, headers=SOAP | headers, timeout=5)
        assert stranger.status_code == 200
        assert b"OS: 0.0.0 SP: 0.0 Stack: 2.0" in stranger.content
        nosy = requests.post(url, envelope(TRANSFER + "/Create", CREATE), headers=SOAP | headers, timeout=5)
        assert nosy.status_code == 401
    assert requests.post(hand.endpoint.url, IDENTIFY, headers=SOAP, timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/wsman", {}, 405),
        ("POST", "/other", SOAP, 404),
        ("POST", "/WSMan?x", SOAP, 200),
        ("POST", "/wsman", {"Content-Type": "text/plain"}, 415),
        ("POST", "/wsman", {"Content-Type": 'multipart/encrypted;protocol="x"'}, 400),
        ("PUT", "/wsman", {}, 501),
    ],
)
def test_plain_http(hand, method, path, headers, status):
    connection = http.client.HTTPConnection("127.0.0.1", hand.endpoint.port, timeout=5)
    secret = {"Authorization": "Basic " + base64.b64encode(b"u:p").decode()}
    connection.request(method, path, envelope(TRANSFER + "/Create", CREATE), headers | secret)
    assert connection.getresponse().status == status
    connection.close()


def test_it_starts_and_stops_quickly(node):
    began = time.monotonic()
    endpoint = Endpoint(node, "u", "p")
    endpoint.start()
    started = time.monotonic()
    assert requests.post(endpoint.url, timeout=5).status_code == 401
    endpoint.stop()
    assert started - began < 0.1
    assert time.monotonic() - began < 1
    endpoint.start()
    assert requests.post(endpoint.url, timeout=5).status_code == 401
    endpoint.stop()
    endpoint.stop()
