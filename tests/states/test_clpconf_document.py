"""What an edit does not touch stays byte for byte, whatever the file's encoding, line ends and spelling."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.states.clpconf import (
    Configuration,
    ConfigurationError,
    difference,
    floating_ip,
    monitors_of,
    parse,
    with_group,
    with_monitor,
    with_resource,
    without_group,
)

SAMPLES = Path(__file__).parent / "clpconf_samples"
WELL_FORMED = sorted(one for one in SAMPLES.glob("*.conf") if "not-well-formed" not in one.name)
NOT_WELL_FORMED = SAMPLES / "replica-placeholders-not-well-formed.conf"


@pytest.mark.parametrize("file", WELL_FORMED, ids=lambda file: file.stem)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_file_comes_back_as_it_was(file: Path, end: bytes) -> None:
    content = file.read_bytes().replace(b"\n", end)
    assert parse(content).render() == content


@pytest.mark.parametrize("file", WELL_FORMED, ids=lambda file: file.stem)
def test_the_number_of_objects_follows_the_rule(file: Path) -> None:
    configuration = parse(file.read_bytes())
    assert configuration.objects == configuration.objectnumber


def test_a_file_that_is_not_well_formed_is_refused_with_line_and_reason() -> None:
    with pytest.raises(ConfigurationError, match=r"^line 39: .*mismatched tag; <GENW6> of line 38 has no end yet"):
        parse(NOT_WELL_FORMED.read_bytes())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "line 1: .*no element found"),
        (b"<root>\n<a>\n</root>", "line 3: .*mismatched tag; <a> of line 2"),
        (b"<root/><root/>", "line 1: .*junk after document element"),
        (b"<cluster/>", "'cluster', not 'root'"),
        (
            b'<?xml version="1.0" encoding="ASCII"?>\n<root>\n\x83\x5c</root>',
            "line 3: byte 0x83 has no meaning in ASCII",
        ),
        (b'<?xml version="1.0" encoding="SJIS"?>\n<root>\x85\x00</root>', "line 2: byte 0x85 has no meaning in SJIS"),
        (b'<?xml version="1.0" encoding="UTF-16"?><root/>', "UTF-16 is not one that CLUSTERPRO writes"),
        (b'<!DOCTYPE root [<!ENTITY a "b">]><root>&a;</root>', "has a document type"),
        ("<root/>".encode("utf-16"), "line 1: byte 0xFF"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse(content)


TWICE_IN_CP932 = [b"\xed\x40", b"\xee\xf9", b"\x87\x90", b"\x87\x9a"]
"""Characters that come back as other bytes when they are decoded and encoded again."""

LOOKS_LIKE_MARKUP = [b"\x83\x5d]", b"\x83\x5c", b"\x83\x7b", b"\x95\x5c"]
"""Second bytes that are a bracket, a backslash or a brace by themselves."""

ENCODINGS = {"SJIS": "cp932", "UTF-8": "utf-8", "EUC-JP": "euc_jp", "ASCII": "ascii"}
plain = st.text(st.sampled_from("AZaz09 .-_=;:'!/\\]["), max_size=12)
japanese = st.text(st.sampled_from("ソ能表構成情報クラスタ名,。ーｱ"), max_size=6)


@st.composite
def remarks(draw: st.DrawFn, encoding: str) -> bytes:
    """The inside of a comment or of an element: bytes of that encoding without markup."""
    parts = [draw(plain).replace("--", "- ").encode("ascii")]
    if encoding != "ASCII":
        parts.append(draw(japanese).replace("ｱ", "ア" if encoding == "EUC-JP" else "ｱ").encode(ENCODINGS[encoding]))
    if encoding == "SJIS":
        parts.append(draw(st.sampled_from([b"", *TWICE_IN_CP932, *LOOKS_LIKE_MARKUP])))
    return b"".join(draw(st.permutations(parts))).replace(b"]]>", b"").rstrip(b"-")


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A cluster of two servers in one of the ways to write it: order, comments, indentation, line ends, quotes."""
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    remark = remarks(encoding)
    empty = draw(st.sampled_from([b"/>", b" />", b"  />"]))
    quote = draw(st.sampled_from([b'"', b"'"]))
    declared = draw(st.booleans()) or encoding != "UTF-8"

    def named(tag: bytes, name: bytes, inner: bytes = b"") -> bytes:
        opening = b"<%s name=%s%s%s" % (tag, quote, name, quote)
        return opening + b">" + inner + b"</" + tag + b">" if inner else opening + empty

    def comment() -> bytes:
        return draw(
            st.sampled_from([b"<comment" + empty, b"<comment></comment>", b"<comment>%s</comment>" % draw(remark)])
        )

    sections = [
        named(b"server", b"server1", b"<priority>0</priority>" + comment()),
        named(b"server", b"server2", b"<priority>1</priority>"),
        b"<heartbeat>" + named(b"types", b"lankhb") + named(b"lankhb", b"lankhb1") + b"</heartbeat>",
        named(b"group", b"failover", comment() + named(b"resource", b"fip@fip0")),
        b"<resource>"
        + named(b"types", b"fip")
        + named(b"fip", b"fip0", b"<parameters><ip>10.0.0.9</ip></parameters>" + comment())
        + b"</resource>",
        b"<monitor>"
        + named(b"types", b"userw")
        + named(b"userw", b"userw", b"<relation><type>cls</type></relation>")
        + b"</monitor>",
        b"<trekking><configid>42.0</configid><?keep this?></trekking>",
        b"<webmgr><client><objectnumber>11</objectnumber></client></webmgr>",
    ]
    unknown = b"<unknown a = %s>%s</unknown>" % (quote + b"x>y" + quote, draw(remark))
    sections = draw(st.permutations([*sections, unknown, b"<!--%s-->" % draw(remark)]))
    body = b"".join(sections)
    if draw(st.booleans()):
        body = body.replace(b"><", b">\n  " + draw(st.sampled_from([b"", b"\t", b"  "])) + b"<")
    declaration = b"<?xml version=%s1.0%s encoding=%s%s%s?>\n" % (
        quote, quote, quote, encoding.encode(), quote
    ) if declared else b""  # fmt: skip
    content = declaration + b"<root>\n  " + body + b"\n</root>" + draw(st.sampled_from([b"", b"\n", b"\n\n"]))
    return content.replace(b"\n", draw(st.sampled_from([b"\n", b"\r\n"])))


def with_esmprocm(configuration: Configuration) -> Configuration:
    address = floating_ip("fip1", "10.0.0.200")
    edited = with_resource(with_group(configuration, "ESMPROCM", ["server2", "server1"]), "ESMPROCM", address)
    for monitor in monitors_of(address, {"fipw": "fipw1"}):
        edited = with_monitor(edited, monitor)
    return edited


@given(files())
def test_what_is_put_in_and_taken_out_again_leaves_no_trace(content: bytes) -> None:
    before = parse(content)
    assert before.render() == content
    assert before.objects == before.objectnumber
    after = with_esmprocm(before)
    assert after != before
    assert with_esmprocm(after).render() == after.render()
    assert after.objects == after.objectnumber == 14
    assert without_group(after, "ESMPROCM").render() == content


@given(files())
def test_nothing_but_the_new_lines_differs(content: bytes) -> None:
    """Every piece of the old file is in the new one, in its order; only the number of objects was replaced."""
    after = with_esmprocm(parse(content)).render()
    position = 0
    for piece in content.replace(b">11<", b">14<").replace(b"\r\n", b"\n").split(b"\n"):
        for token in piece.replace(b">", b">\x00").split(b"\x00"):
            position = after.index(token, position) + len(token)


def test_the_difference_is_in_lines_and_hides_passwords() -> None:
    before = parse((SAMPLES / "replica-script.conf").read_bytes())
    assert difference(before, before) == ""
    shown = difference(before, parse(before.render().replace(b">Administrator<", b">runbook<")), "etc\\clp.conf")
    assert shown.splitlines()[:2] == ["--- etc\\clp.conf", "+++ etc\\clp.conf (edited)"]
    assert "+        <username>runbook</username>" in shown
    assert "         <password>(hidden)</password>" in shown
    assert "INPUT_PASS" not in shown
