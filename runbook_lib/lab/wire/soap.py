"""WS-Management envelopes: reading requests, writing replies.

Shapes: DMTF DSP0226 (headers), [MS-WSMV] 2.2.4 (shell bodies), SOAP 1.2. Replies are UTF-8 XML.
"""

import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from runbook_lib.lab.wire import faults
from runbook_lib.lab.wire.faults import Fault

S = "{http://www.w3.org/2003/05/soap-envelope}"
A = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
W = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
P = "{http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd}"
RSP = "{http://schemas.microsoft.com/wbem/wsman/1/windows/shell}"
IDENTITY = "{http://schemas.dmtf.org/wbem/wsman/identify/1/wsmanidentity.xsd}"

TRANSFER_URI = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
SHELL_URI = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
WSMAN_URI = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"

SMALLEST_ENVELOPE = 8192  # bytes; DSP0226 R13.1-2: a client may not ask for less

_UNDERSTOOD = {
    *(A + name for name in ("To", "From", "ReplyTo", "FaultTo", "Action", "MessageID", "RelatesTo")),
    *(W + name for name in ("MaxEnvelopeSize", "OperationTimeout", "Locale", "ResourceURI")),
    *(W + name for name in ("SelectorSet", "OptionSet")),
    *(P + name for name in ("DataLocale", "SessionId", "OperationID", "SequenceId", "ActivityId")),
}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


@dataclass
class Request:
    """One request of WS-Management.

    Attributes:
        action: the whole action URI; "" for Identify, which has no headers.
        message_id: as the client wrote it; goes back byte for byte as RelatesTo.
        resource: the resource URI, "" when absent.
        selectors, options: name to text; options that must be complied with are in *binding*, too.
        envelope_bytes: the largest reply the client takes; None when it does not say.
        timeout_s: OperationTimeout in seconds; None when absent.
        body: the first element in the body; None when it is empty.
    """

    action: str = ""
    message_id: str = ""
    resource: str = ""
    selectors: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    binding: set[str] = field(default_factory=set)
    envelope_bytes: int | None = None
    timeout_s: float | None = None
    body: ET.Element | None = None

    @property
    def operation(self) -> str:
        """The last word of the action, such as "Command"; "Identify" for that request."""
        return self.action.rpartition("/")[2] or "Identify"

    @property
    def identifies(self) -> bool:
        """True for an Identify request (DSP0226 section 11)."""
        return self.body is not None and self.body.tag == IDENTITY + "Identify"


def seconds(duration: str) -> float | None:
    """An xs:duration without years and months in seconds; None when *duration* is not one."""
    match = _DURATION.fullmatch(duration.strip())
    if not match or not any(match.groups()):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def parse(content: bytes) -> Request:
    """Read one request.

    Raises:
        Fault: the XML is broken, a needed header is absent, or a header's value is not valid.
    """
    try:
        root = ET.fromstring(content)  # noqa: S314  (expat limits entity expansion; the lab listens on loopback)
    except ET.ParseError as error:
        raise Fault(faults.INVALID_XML) from error
    header, body = root.find(S + "Header"), root.find(S + "Body")
    if root.tag != S + "Envelope" or body is None:
        raise Fault(faults.SCHEMA_VALIDATION)
    request = Request(body=next(iter(body), None))
    if request.identifies:
        return request
    if header is None:
        raise Fault(faults.HEADER_MISSING)
    request.message_id = _text(header, A + "MessageID")
    try:
        _read_header(header, request)
    except Fault as fault:
        fault.relates_to = request.message_id
        raise
    return request


def _read_header(header: ET.Element, request: Request) -> None:
    for element in header:
        if element.get(S + "mustUnderstand") in ("true", "1") and element.tag not in _UNDERSTOOD:
            raise Fault(faults.HEADER_NOT_UNDERSTOOD)
    request.action = _text(header, A + "Action")
    request.resource = _text(header, W + "ResourceURI")
    if not (request.action and request.message_id and header.find(A + "To") is not None):
        raise Fault(faults.HEADER_MISSING)
    for selector in header.iterfind(f"{W}SelectorSet/{W}Selector"):
        request.selectors[selector.get("Name", "")] = (selector.text or "").strip()
    for option in header.iterfind(f"{W}OptionSet/{W}Option"):
        name = option.get("Name", "")
        request.options[name] = (option.text or "").strip()
        if option.get("MustComply") in ("true", "1"):
            request.binding.add(name)
    if size := _text(header, W + "MaxEnvelopeSize"):
        if not size.isdecimal():
            raise Fault(faults.INVALID_HEADER)
        request.envelope_bytes = int(size)
        if request.envelope_bytes < SMALLEST_ENVELOPE:
            raise Fault(faults.ENVELOPE_TOO_SMALL)
    if timeout := _text(header, W + "OperationTimeout"):
        request.timeout_s = seconds(timeout)
        if request.timeout_s is None:
            raise Fault(faults.INVALID_TIMEOUT)


def _text(parent: ET.Element, tag: str) -> str:
    return (parent.findtext(tag) or "").strip()


def element(name: str, text: object = None, /, content: str = "", **attributes: object) -> str:
    """One element as text: *text* is escaped, *content* is XML already."""
    pairs = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
    inner = content if text is None else escape(str(text))
    return f"<{name}{pairs}>{inner}</{name}>" if inner else f"<{name}{pairs}/>"


def reply(action: str, relates_to: str, body: str) -> bytes:
    """A whole reply envelope around *body* (XML)."""
    relates = element("a:RelatesTo", relates_to) if relates_to else ""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{S[1:-1]}" xmlns:a="{A[1:-1]}" xmlns:x="{TRANSFER_URI}"'
        f' xmlns:w="{W[1:-1]}" xmlns:rsp="{RSP[1:-1]}" xmlns:p="{P[1:-1]}"><s:Header>'
        f"<a:Action>{escape(action)}</a:Action><a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
        f"<a:To>{ANONYMOUS}</a:To>{relates}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault_reply(fault: Fault, machine: str, relates_to: str) -> bytes:
    """The envelope of a fault as [MS-WSMV] 2.2.4.43 (WSManFault) has it; *machine* is the computer's name."""
    kind = fault.kind
    code = element("s:Value", kind.side) + element("s:Subcode", content=element("s:Value", kind.subcode))
    detail = (
        f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{kind.code}"'
        f" Machine={quoteattr(machine)}>{element('f:Message', fault.text)}</f:WSManFault>"
    )
    body = (
        f"<s:Fault><s:Code>{code}</s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(fault.text)}</s:Text></s:Reason>'
        f"<s:Detail>{detail}</s:Detail></s:Fault>"
    )
    return reply(FAULT_ACTION, relates_to, body)


def identity_reply(version: str) -> bytes:
    """The answer to Identify; *version* is the text of ProductVersion."""
    body = (
        f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY[1:-1]}">'
        + element("wsmid:ProtocolVersion", WSMAN_URI)
        + element("wsmid:ProductVendor", "Microsoft Corporation")
        + element("wsmid:ProductVersion", version)
        + "</wsmid:IdentifyResponse>"
    )
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{S[1:-1]}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()
