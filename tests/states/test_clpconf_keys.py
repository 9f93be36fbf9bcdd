"""Registry keys in resources whose XML is not public: put in after the pattern that is there, never without one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.states.clpconf import ConfigurationError, exported_in, keys_in, with_keys, without_keys
from runbook_lib.states.clpconf.document import parse_document

A, B, C = (rf"HKEY_LOCAL_MACHINE\SOFTWARE\{name}" for name in ("A", "B/b", "C"))


def found(xml: str) -> list[str]:
    return [one.written for one in keys_in(parse_document(xml.encode()).root)]


def regsync(inside: str) -> str:
    return f'<regsync name="regsync1"><comment/><parameters>{inside}</parameters></regsync>'


SHAPES = {
    "numbered": ('<list id="{0}"><key>{1}</key></list>', "{1}"),
    "numbered deeper": ('<list id="{0}"><part><key>{1}</key></part></list>', "{1}"),
    "numbered leaf": ('<key id="{0}">{1}</key>', "{1}"),
    "plain leaf": ("<key>{1}</key>", "{1}"),
    "named by the key": ('<key name="{1}"/>', "{1}"),
    "named by the key, text too": ('<key name="{1}">{1}</key>', "{1}"),
    "hive apart": ('<list id="{0}"><hive>HKEY_LOCAL_MACHINE</hive><key>{2}</key></list>', "{2}"),
    "hive in short": ("<key>HKLM\\{2}</key>", "HKLM\\{2}"),
}
"""A shape, and how a key is spelled in it: number, whole key, key below its hive."""

shapes = pytest.mark.parametrize("shape", SHAPES)


def written(shape: str, *keys: str, first: int = 0) -> str:
    entry = SHAPES[shape][0]
    return regsync("".join(entry.format(number, key, key.partition("\\")[2]) for number, key in enumerate(keys, first)))


@shapes
@pytest.mark.parametrize("shown", [1, 2, 3])
def test_examples_give_way_to_the_wanted_keys(shape: str, shown: int) -> None:
    examples = [rf"HKEY_LOCAL_MACHINE\SOFTWARE\Example\{number}" for number in range(shown)]
    after = with_keys(written(shape, *examples), (A, B), others=False)
    assert after == written(shape, A, B)
    assert with_keys(after, (A, B), others=False) == after


@shapes
@pytest.mark.parametrize("shown", [1, 2])
def test_keys_are_added_to_those_of_others_and_taken_out_again(shape: str, shown: int) -> None:
    before = written(shape, *(A, B)[:shown])
    after = with_keys(before, (C,), others=True)
    assert after == written(shape, *(A, B)[:shown], C)
    assert without_keys(after, (C,)) == before
    assert without_keys(before, (C,)) == before


@shapes
def test_nothing_is_left_of_a_resource_with_no_other_key(shape: str) -> None:
    assert without_keys(written(shape, A, B), (B.lower(), A)) == ""


def test_the_innermost_number_is_that_of_the_key() -> None:
    entry = f'<list id="0"><key>{A}</key></list>'
    after = with_keys(regsync(f'<set id="0">{entry}</set>'), (A, B), others=False)
    assert after == regsync(f'<set id="0">{entry}<list id="1"><key>{B}</key></list></set>')


def test_spelling_does_not_matter() -> None:
    xml = regsync(r"<key>\HKLM\software\a</key>")
    assert with_keys(xml, (A,), others=False) == xml


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("", "begins and ends"),
        ("<key>SOFT</key>", "begins and ends"),
        (f"<group><key>{A}</key></group>", "begins and ends"),
        (f'<list id="0"><key>{A}</key><file>0.hiv</file></list>', "what else goes with a registry key"),
        (f'<list id="0"><key>{A}</key><file>0</file></list><list id="1"><key>{B}</key><file>1</file></list>',
         "what else goes with a registry key"),
        (f'<list id="0"><key>{A}</key></list><list id="4"><key>{B}</key></list>', r"numbered \[0, 4\]"),
        (f'<list name="first"><key>{A}</key></list>', "has a name of its own"),
        (f"<one><key>{A}</key><key>{B}</key></one><two><key>{C}</key></two>", "begins and ends"),
    ],
)  # fmt: skip
def test_nothing_is_made_up(inside: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        with_keys(regsync(inside), (rf"{C}\D",), others=True)


def test_the_layout_of_the_pattern_is_kept() -> None:
    inside = f'\r\n      <list id="7">\r\n        <key>{A}</key>\r\n      </list>\r\n    '
    after = with_keys(regsync(inside), (A, B), others=True)
    assert after == regsync(inside + f'  <list id="8">\r\n        <key>{B}</key>\r\n      </list>\r\n    ')


names = st.lists(
    st.from_regex(r"\A[A-Za-z][A-Za-z0-9/&<'. -]{0,12}[a-z]\Z"), min_size=1, max_size=5, unique_by=str.lower
)


@given(names, st.integers(min_value=1, max_value=2))
def test_any_keys_go_in_and_come_out(keys: list[str], shown: int) -> None:
    wanted = tuple(rf"HKEY_LOCAL_MACHINE\SYSTEM\{key}" for key in keys)
    examples = tuple(rf"HKEY_LOCAL_MACHINE\SOFTWARE\Example\{number}" for number in range(shown))
    before = written("numbered", *examples)
    after = with_keys(before, wanted, others=True)
    assert found(after) == [*examples, *wanted]
    assert without_keys(after, wanted) == before
    assert sorted(found(with_keys(before, wanted, others=False))) == sorted(wanted)


@pytest.mark.parametrize(
    ("content", "tags"),
    [
        (b'<fragments><!-- x --><vip name="v"><a/></vip>\n<regsync name="r"/></fragments>', ["<vip ", "<regsync "]),
        (b'<root><resource><types name="fip"/><fip name="f"/></resource><monitor><u name="w"/></monitor></root>',
         ["<fip ", "<u "]),
        (b"<fragments/>", []),
    ],
)  # fmt: skip
def test_exported_elements(content: bytes, tags: list[str]) -> None:
    parts = exported_in(content)
    assert len(parts) == len(tags)
    assert all(part.startswith(tag) for part, tag in zip(parts, tags, strict=True))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"<fragments>\n<vip></fragments>", "line 2: not well-formed"), (b"<a><vip/></a>", "has no name")],
)
def test_exported_elements_that_are_none(content: bytes, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        exported_in(content)
