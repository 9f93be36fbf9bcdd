"""The WinRM endpoint of a lab node: WS-Management with remote shells, over HTTP and HTTPS."""

from runbook_lib.lab.wire.certificates import CertificateAuthority, ServerCertificate
from runbook_lib.lab.wire.endpoint import Endpoint
from runbook_lib.lab.wire.misbehaviour import Misbehaviour
from runbook_lib.lab.wire.shells import Node, Quotas

__all__ = ["CertificateAuthority", "Endpoint", "Misbehaviour", "Node", "Quotas", "ServerCertificate"]
