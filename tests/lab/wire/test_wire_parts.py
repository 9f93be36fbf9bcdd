"""Envelopes: what is written can be read again, whatever text is in it."""

import base64
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.lab.wire import faults, soap
from runbook_lib.lab.wire.auth import Account
from runbook_lib.lab.wire.faults import Fault, FaultKind
from runbook_lib.lab.wire.misbehaviour import Misbehaviour
from runbook_lib.lab.wire.shells import Quotas

# What XML 1.0 can carry, but for CR, which every XML parser reads as LF.
text = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(text, text)
def test_any_text_survives_in_an_element(content, attribute):
    root = ET.fromstring(soap.reply("x", "", soap.element("rsp:Stream", content, Name=attribute)))
    stream = root.find(f".//{soap.RSP}Stream")
    assert (stream.text or "", stream.get("Name")) == (content, attribute)


@given(text, text)
def test_any_text_survives_in_a_fault(machine, value):
    kind = FaultKind(1, "w:X", "s:Sender", "about {}")
    root = ET.fromstring(soap.fault_reply(Fault(kind, value), machine, "uuid:1"))
    assert root.find(".//{*}WSManFault").get("Machine") == machine
    assert root.find(".//{*}Reason/{*}Text").text == f"about {value}"


@given(st.binary())
def test_nonsense_is_a_fault(content):
    with pytest.raises(Fault):
        soap.parse(content)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT20S", 20),
        ("PT0.500S", 0.5),
        ("PT1M", 60),
        ("P1DT2H3M4.5S", 93784.5),
        (" PT7200.000S ", 7200),
        ("P2D", 172800),
        ("20", None),
        ("P", None),
        ("PT", None),
        ("PT-1S", None),
        ("PT1", None),
        ("P1Y", None),
        ("", None),
    ],
)
def test_durations(duration, expected):
    assert soap.seconds(duration) == expected


def test_every_fault_has_a_sentence_and_a_qualified_subcode():
    kinds = [kind for kind in vars(faults).values() if isinstance(kind, FaultKind)]
    assert len(kinds) > 20
    for kind in kinds:
        assert kind.text.endswith(".")
        assert kind.subcode.startswith(("a:", "w:"))


@pytest.mark.parametrize(
    ("version", "shells", "operations", "kilobytes", "idle_s"),
    [
        ((5, 2, 3790), 5, 15, 150, 180),
        ((6, 1, 7601), 5, 15, 150, 180),
        ((6, 3, 9600), 30, 1500, 500, 7200),
        ((10, 0, 20348), 30, 1500, 500, 7200),
    ],
)
def test_quotas_by_release(version, shells, operations, kilobytes, idle_s):
    quotas = Quotas.of(version)
    assert (quotas.shells, quotas.operations, quotas.idle_s) == (shells, operations, idle_s)
    assert quotas.envelope_bytes == kilobytes * 1024


def test_cuts_count_their_own_operation_and_come_once():
    misbehaviour = Misbehaviour()
    misbehaviour.cut("Receive", nth=2, after=True)
    misbehaviour.cut(nth=4)
    due = [misbehaviour.cut_due(name) for name in ("Receive", "Command", "Receive", "Signal", "Receive")]
    assert due == [None, None, True, False, None]


@pytest.mark.parametrize(
    ("user", "name", "accepted"),
    [
        ("admin", "admin", True),
        ("admin", "ADMIN", True),
        ("admin", ".\\admin", True),
        ("admin", "node1\\admin", True),
        ("NODE1\\admin", "admin", True),
        ("admin", "OTHER\\admin", False),
        ("admin", "admi", False),
        ("admin", "", False),
    ],
)
def test_names_for_basic(user, name, accepted):
    account = Account(user, "pä", "NODE1")
    try:
        for encoding in ("utf-8", "latin-1"):
            credentials = base64.b64encode(f"{name}:pä".encode(encoding)).decode()
            assert account.accepts(credentials) is accepted
        assert not account.accepts(base64.b64encode(f"{name}:no".encode()).decode())
        assert not account.accepts(base64.b64encode(name.encode()).decode())
    finally:
        account.close()
