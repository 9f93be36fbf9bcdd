"""The SOAP faults of the Windows Remote Management service: code, SOAP subcode and sentence.

Codes and names: wsmerror.h of the Windows SDK. Subcodes: DMTF DSP0226 section 14 and [MS-WSMV] 3.1.4.
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["s:Sender", "s:Receiver"]


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault.

    Attributes:
        code: the number in the WSManFault element (an HRESULT or a Win32 error, unsigned).
        subcode: qualified name with the prefixes of a reply: a (addressing), w (WS-Management).
        side: whose fault it is.
        text: the sentence, in English; braces take what `Fault` is given.
    """

    code: int
    subcode: str
    side: Side
    text: str


_CANNOT = "The WS-Management service cannot process the request"
_SHELL = "The Windows Remote Shell cannot process the request."

RESOURCE_NOT_FOUND = FaultKind(
    2150858752,
    "a:DestinationUnreachable",
    "s:Sender",
    f"{_CANNOT}. The service cannot find the resource identified by the resource URI and selectors.",
)
INVALID_HEADER = FaultKind(
    2150858767,
    "a:InvalidMessageInformationHeader",
    "s:Sender",
    f"{_CANNOT}. The request contains one or more invalid SOAP headers.",
)
HEADER_NOT_UNDERSTOOD = FaultKind(
    2150858768,
    "w:UnsupportedFeature",
    "s:Sender",
    "The WS-Management service cannot process a SOAP header in the request that is marked as mustUnderstand"
    " by the client.",
)
HEADER_MISSING = FaultKind(
    2150858769,
    "a:MessageInformationHeaderRequired",
    "s:Sender",
    f"{_CANNOT}. The request does not have all the expected SOAP headers.",
)
ACTION_NOT_SUPPORTED = FaultKind(
    2150858771,
    "a:ActionNotSupported",
    "s:Sender",
    "The WS-Management service does not support the action specified in the request.",
)
OPERATION_TIMED_OUT = FaultKind(
    2150858793,
    "w:TimedOut",
    "s:Receiver",
    "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.",
)
REQUEST_TOO_LARGE = FaultKind(
    2150858805,
    "w:EncodingLimit",
    "s:Sender",
    f"{_CANNOT} because the encoding of the request exceeds an internal encoding limit.",
)
INVALID_PARAMETER = FaultKind(
    2150858810,
    "w:InvalidParameter",
    "s:Sender",
    f"{_CANNOT} because a parameter for the operation is not valid.",
)
SCHEMA_VALIDATION = FaultKind(
    2150858817,
    "w:SchemaValidationError",
    "s:Sender",
    "The SOAP XML in the message does not match the corresponding XML schema definition. Change the XML and retry.",
)
INVALID_XML = FaultKind(2150858819, "w:SchemaValidationError", "s:Sender", f"{_CANNOT} because the XML is invalid.")
OPTION_NOT_SUPPORTED = FaultKind(
    2150858833,
    "w:InvalidOptions",
    "s:Sender",
    "The WS-Management provider does not support the specified option set because mustComply for one of the"
    " options is set to true.",
)
OPTION_VALUE = FaultKind(
    2150858835,
    "w:InvalidOptions",
    "s:Sender",
    f"{_CANNOT} because one or more of the options has an invalid value.",
)
SELECTORS_MISSING = FaultKind(
    2150858842,
    "w:InvalidSelectors",
    "s:Sender",
    f"{_CANNOT} because the request did not contain all required selectors.",
)
SHELL_NOT_FOUND = FaultKind(
    2150858843,
    "w:InvalidSelectors",
    "s:Sender",
    "The request for the Windows Remote Shell with ShellId {} failed because the shell was not found on the"
    " server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the"
    " server. Provide the correct ShellId or create a new shell and retry the operation.",
)
COMMAND_NOT_FOUND = FaultKind(
    2150858843,
    "w:InvalidSelectors",
    "s:Sender",
    f"{_SHELL} The command with CommandId {{}} was not found on the server.",
)
ENVELOPE_TOO_SMALL = FaultKind(
    2150858878,
    "w:EncodingLimit",
    "s:Sender",
    f"{_CANNOT} because the envelope size in the request is too small.",
)
INVALID_TIMEOUT = FaultKind(
    2150858881,
    "a:InvalidMessageInformationHeader",
    "s:Sender",
    f"{_CANNOT} because the timeout header in the request is invalid.",
)
CODE_PAGE_NOT_SUPPORTED = FaultKind(
    2150859072,
    "w:InternalError",
    "s:Receiver",
    "The WinRS client cannot process the request. The server cannot set Code Page. You may want to use the CHCP"
    " command to change the client Code Page to 437 and receive the results in English.",
)
TOO_MANY_SHELLS = FaultKind(
    2150859173,
    "w:QuotaLimit",
    "s:Sender",
    f"{_CANNOT}. This user is allowed a maximum number of {{}} concurrent shells, which has been exceeded."
    " Close existing shells or raise the quota for this user.",
)
TOO_MANY_OPERATIONS = FaultKind(
    2150859174,
    "w:QuotaLimit",
    "s:Sender",
    f"{_CANNOT}. This user is allowed a maximum number of {{}} concurrent operations, which has been exceeded."
    " Close existing operations for this user, or raise the quota for this user.",
)
TOO_MANY_PROCESSES = FaultKind(
    2150859241,
    "w:QuotaLimit",
    "s:Sender",
    f"{_SHELL} The maximum number of concurrent commands per shell, {{}}, has been exceeded."
    " Retry later or raise the quota.",
)
PARAMETER_INCORRECT = FaultKind(87, "w:InternalError", "s:Receiver", "The parameter is incorrect.")
PIPE_CLOSING = FaultKind(232, "w:InternalError", "s:Receiver", "The pipe is being closed.")
OPERATION_ABORTED = FaultKind(
    995,
    "w:InternalError",
    "s:Receiver",
    "The I/O operation has been aborted because of either a thread exit or an application request.",
)


class Fault(Exception):  # noqa: N818  (a reply of the protocol, not an error of the lab)
    """Ends an operation with a fault of *kind*; *values* go into its sentence.

    Attributes:
        relates_to: MessageID of the request, as far as it could be read.
    """

    def __init__(self, kind: FaultKind, *values: object) -> None:
        self.kind = kind
        self.relates_to = ""
        self.text = kind.text.format(*values)
        super().__init__(f"{kind.code}: {self.text}")
