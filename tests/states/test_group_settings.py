"""A group's scripts and the registry keys it takes along: what is read, what would be done, and what stops it."""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runbook_lib.states.clpconf import exported, parse, script, with_monitor, with_resource
from runbook_lib.states.clpconf.distribution import Registration
from runbook_lib.states.scripts import ScriptResource
from runbook_lib.states.scripts_without import ScriptResourceWithout
from runbook_lib.states.state import Act, Blocked, ByHand, Plan, State
from runbook_lib.states.synchronised import SynchronisedKeys, SynchronisedKeysRemoved
from tests.states.asking import FACTS_2008_R2, asked, reply

FOLDER = r"C:\Program Files\CLUSTERPRO"
NODES = ("server1", "server2")
NAMES = ("start.bat", "stop.bat")
MIRROR = (Path(__file__).parent / "clpconf_samples" / "basiccluster-mirror.conf").read_bytes()
A, B = (rf"HKEY_LOCAL_MACHINE\SOFTWARE\{name}" for name in "AB")
REGSYNC = '<regsync name="regsync1"><parameters>{}</parameters></regsync>'
PATTERN = REGSYNC.format(r"<key>HKLM\SOFTWARE\Example\1</key>")
MONITOR = '<regsyncw name="regsyncw1"><target>regsync1</target></regsyncw>'
CLPSTAT = """\
  Cluster : cluster
  <server>
   *server1 .........: Online
    server2 .........: Online
  <group>
    failover ........: {}
      current        : {}
  <monitor>
    userw            : Normal
"""
Texts = Mapping[str, bytes]


def with_ours(found: Texts) -> Texts:
    if b"broken" in found.get("start.bat", b""):
        raise ValueError("start.bat: it is broken.")
    return {name: found.get(name, b"").removesuffix(b"ours") + b"ours" for name in NAMES}


def without_ours(found: Texts) -> Texts:
    left = {name: text.removesuffix(b"ours") for name, text in found.items()}
    return {name: text for name, text in left.items() if text}


SCRIPTS = ScriptResource("failover", NODES, FOLDER, "Product", NAMES, with_ours)
WITHOUT = ScriptResourceWithout("failover", NODES, FOLDER, "Product", NAMES, without_ours)
KEYS = SynchronisedKeys("failover", NODES, FOLDER, (A, B), (MONITOR, PATTERN))
NO_KEYS = SynchronisedKeysRemoved("failover", NODES, FOLDER, (A, B))


def conf(*resources: str, monitors: tuple[str, ...] = ()) -> bytes:
    """The sample with script resources by name, and others as XML, in its group."""
    configuration = parse(MIRROR)
    for one in resources:
        part = exported(one) if one.startswith("<") else script(one)
        configuration = with_resource(configuration, "failover", part)
    for one in monitors:
        configuration = with_monitor(configuration, exported(one))
    return configuration.render()


def file(content: bytes | None) -> bytes:
    return b"absent\r\n" if content is None else b"size %d\r\n" % len(content) + content


def read(
    state: State[Any], here: bytes, *scripts: Texts, running: str = "", may_stop: bool = False, there: bytes = b""
) -> Any:
    """What the state makes of one configuration on both nodes, or *there* on the second; *scripts* one by one."""
    said = '{"by": "Sato", "at": "2026-11-23T05:00:00+00:00", "note": "at night"}'
    rounds = [
        [reply(CLPSTAT.format("Online" if running else "Offline", running or "None"))],
        [reply(said if may_stop else "", 0 if may_stop else 1)],
        [reply(file(here)), reply(file(there or here)), reply("")],
    ]
    if scripts:
        # Asked in the order of nodes, then resources, then names.
        order = [one for node in range(2) for one in scripts[node::2]]
        rounds.append([reply(file(texts.get(name))) for texts in order for name in NAMES])
    return asked(state, FACTS_2008_R2, *rounds)[1]


def differing(state: State[Any], actual: Any) -> dict[str, object]:
    return {row.key: row.actual for row in state.rows(actual, FACTS_2008_R2) if row.differs}


def written(plan: Plan) -> dict[str, bytes]:
    """The files that the commands of a plan put in place, by path below the folder that is pushed."""
    carrier = re.compile(r'>>"[^"]*\\work\\runbook\\([^"]*)\.b64" echo ([A-Za-z0-9+/=]*)(?:&|$)')
    texts: dict[str, str] = {}
    for name, piece in carrier.findall("&".join(lines(plan))):
        texts[name] = texts.get(name, "") + piece
    return {name: base64.b64decode(text) for name, text in texts.items()}


def lines(plan: Plan) -> list[str]:
    return [part.line for part in plan if isinstance(part, Act)]


OURS = {"start.bat": b"ours", "stop.bat": b"ours"}
FOREIGN = {"start.bat": b"theirs ", "stop.bat": b"more "}
BOTH = {"start.bat": b"theirs ours", "stop.bat": b"more ours"}


@pytest.mark.parametrize(
    ("resources", "scripts", "resource", "files"),
    [
        ((), (), "script1", OURS),
        (("own",), ({}, {}), "own", OURS),
        (("own",), (FOREIGN, FOREIGN), "own", BOTH),
        (("own",), (BOTH, FOREIGN), "own", BOTH),
        (("own",), (BOTH, {**BOTH, "stop.bat": b"more "}), "own", {"stop.bat": b"more ours"}),
        (("own", "two"), (FOREIGN, FOREIGN, BOTH, FOREIGN), "two", BOTH),
        (("own", "two"), (FOREIGN, FOREIGN, {}, {}), "own", BOTH),
    ],
)
def test_scripts_go_to_every_node(
    resources: tuple[str, ...], scripts: tuple[Texts, ...], resource: str, files: Texts
) -> None:
    before = conf(*resources)
    actual = read(SCRIPTS, before, *scripts)
    assert differing(SCRIPTS, actual)
    plan = SCRIPTS.plan(actual, FACTS_2008_R2)
    after = written(plan)
    registered = parse(after.pop("clp.conf"))
    assert {name.rpartition("\\")[2]: text for name, text in after.items()} == files
    assert {name.rpartition("\\")[0] for name in after} == {rf"scripts\failover\{resource}"}
    assert rf'if not exist "{FOLDER}\work\runbook\scripts\failover\{resource}\" md' in "\n".join(lines(plan))
    assert (registered.render() == before) == bool(resources)
    group = registered.group("failover")
    assert group
    assert resource in [one.name for one in group.of_type("script")]
    if len(resources) < 2:
        done = with_ours(scripts[0] if scripts else {})
        assert not differing(SCRIPTS, read(SCRIPTS, registered.render(), done, done))


def test_scripts_are_shown_as_a_difference() -> None:
    rows = {
        row.key: str(row.actual) for row in SCRIPTS.rows(read(SCRIPTS, conf("own"), FOREIGN, FOREIGN), FACTS_2008_R2)
    }
    assert "-theirs \n+theirs ours" in rows[r"edit of own\start.bat"]
    assert rows["edit of clp.conf"] == "none"
    rows = {row.key: str(row.actual) for row in SCRIPTS.rows(read(SCRIPTS, conf()), FACTS_2008_R2)}
    assert "+ours" in rows[r"edit of script1\start.bat"]
    assert '+    <resource name="script@script1" />' in rows["edit of clp.conf"]


@pytest.mark.parametrize(
    ("scripts", "reason"),
    [
        ((FOREIGN, {"start.bat": b"other "}), "scripts of own on server2 are not those on server1"),
        (({"start.bat": b"broken"}, {"start.bat": b"broken"}), "start.bat: it is broken. Nothing was changed."),
    ],
)
def test_scripts_that_cannot_be_edited(scripts: tuple[Texts, ...], reason: str) -> None:
    actual = read(SCRIPTS, conf("own"), *scripts)
    assert differing(SCRIPTS, actual)
    (blocked,) = SCRIPTS.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert reason in blocked.reason


@pytest.mark.parametrize(
    ("resources", "scripts", "files", "resource_stays"),
    [
        (("own",), (BOTH, BOTH), FOREIGN, True),
        (("own",), (FOREIGN, BOTH), FOREIGN, True),
        (("own",), (OURS, OURS), {}, False),
    ],
)
def test_scripts_leave(
    resources: tuple[str, ...], scripts: tuple[Texts, ...], files: Texts, resource_stays: bool
) -> None:
    actual = read(WITHOUT, conf(*resources), *scripts)
    assert differing(WITHOUT, actual)
    plan = WITHOUT.plan(actual, FACTS_2008_R2)
    after = written(plan)
    registered = parse(after.pop("clp.conf"))
    assert {name.rpartition("\\")[2]: text for name, text in after.items()} == files
    assert (registered.render() == conf("own")) == resource_stays
    assert (registered.render() == MIRROR) != resource_stays
    assert any("(rd /s /q" in line and r"failover\own" in line for line in lines(plan)) != resource_stays


def test_a_resource_without_files_is_left_alone() -> None:
    plan = WITHOUT.plan(read(WITHOUT, conf("own", "two"), OURS, OURS, {}, {}), FACTS_2008_R2)
    assert written(plan) == {"clp.conf": conf("two")}


@pytest.mark.parametrize("state", [SCRIPTS, WITHOUT, KEYS, NO_KEYS])
def test_nodes_that_disagree_on_the_configuration_are_left_alone(state: State[Any]) -> None:
    scripts = (FOREIGN, FOREIGN) if state in (SCRIPTS, WITHOUT) else ()
    actual = read(state, conf("own"), *scripts, there=conf("two"))
    assert differing(state, actual)["clp.conf on server2"] == "different"
    (blocked,) = state.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)


@pytest.mark.parametrize(("resources", "scripts"), [((), ()), (("own",), (FOREIGN, FOREIGN))])
def test_nothing_of_ours_is_nothing_to_do(resources: tuple[str, ...], scripts: tuple[Texts, ...]) -> None:
    assert not differing(WITHOUT, read(WITHOUT, conf(*resources), *scripts))


FOREIGN_KEY = r"<key>HKEY_LOCAL_MACHINE\SOFTWARE\Mine</key>"


@pytest.mark.parametrize(
    ("state", "resources", "xml", "monitors"),
    [
        (KEYS, (), REGSYNC.format(r"<key>HKLM\SOFTWARE\A</key><key>HKLM\SOFTWARE\B</key>"), 1),
        (KEYS, (REGSYNC.format(FOREIGN_KEY),), REGSYNC.format(f"{FOREIGN_KEY}<key>{A}</key><key>{B}</key>"), 1),
        (replace(KEYS, exported=()), (REGSYNC.format(f"<key>{B}</key>"),),
         REGSYNC.format(f"<key>{B}</key><key>{A}</key>"), 0),
        (NO_KEYS, (REGSYNC.format(f"{FOREIGN_KEY}<key>{A}</key>"),), REGSYNC.format(FOREIGN_KEY), 0),
        (NO_KEYS, (REGSYNC.format(f"<key>{A}</key><key>{B}</key>"),), "", 0),
    ],
)  # fmt: skip
def test_keys_join_and_leave(state: State[Registration], resources: tuple[str, ...], xml: str, monitors: int) -> None:
    actual = read(state, conf(*resources))
    assert differing(state, actual)
    registered = parse(written(state.plan(actual, FACTS_2008_R2))["clp.conf"])
    found = [one for one in registered.members("resource") if one.tag == "regsync"]
    assert [re.sub(r">\s+<", "><", registered.document.slice(one)) for one in found] == ([xml] if xml else [])
    assert len([one for one in registered.members("monitor") if one.tag == "regsyncw"]) == monitors
    assert not differing(state, read(state, registered.render()))


def test_a_resource_that_shows_no_key_is_no_pattern() -> None:
    registered = written(KEYS.plan(read(KEYS, conf('<regsync name="empty"/>')), FACTS_2008_R2))["clp.conf"]
    assert [one.key for one in parse(registered).members("resource") if one.tag == "regsync"] == ["empty", "regsync1"]


def test_what_was_put_in_leaves_no_trace() -> None:
    registered = written(KEYS.plan(read(KEYS, MIRROR), FACTS_2008_R2))["clp.conf"]
    assert registered != MIRROR
    assert written(NO_KEYS.plan(read(NO_KEYS, registered), FACTS_2008_R2))["clp.conf"] == MIRROR


@pytest.mark.parametrize(
    ("state", "resources", "running", "words"),
    [
        (replace(KEYS, exported=()), (), "", f"synchronises {A}, {B}; then apply it: how the file has such a resource"),
        (replace(KEYS, exported=()), (), "server2", "The group runs on server2: applying it stops it by force."),
        (replace(KEYS, exported=("<fip name='x'/>",)), (), "", "the site has none exported"),
        (replace(KEYS, exported=(REGSYNC.format(f"<part><key>{A}</key></part>"),)), (), "", "begins and ends"),
        (KEYS, ('<vip name="regsync1"/>',), "", "the name regsync1 is taken by vip regsync1"),
        (replace(KEYS, exported=()), (REGSYNC.format(f"<part><key>{A}</key></part>"),), "", f"synchronises {B}; then"),
    ],
)  # fmt: skip
def test_a_person_enters_keys_where_nothing_shows_how(
    state: SynchronisedKeys, resources: tuple[str, ...], running: str, words: str
) -> None:
    actual = read(state, conf(*resources), running=running)
    assert differing(state, actual)
    (by_hand,) = state.plan(actual, FACTS_2008_R2)
    assert isinstance(by_hand, ByHand)
    assert not by_hand.key
    assert words in by_hand.what
    assert ("by force" in by_hand.what) == bool(running)


@pytest.mark.parametrize("state", [SCRIPTS, KEYS])
def test_a_group_that_is_not_there_is_registered_first(state: State[Any]) -> None:
    other = replace(state, group="ESMPROCM")  # type: ignore[type-var]
    (blocked,) = other.plan(read(other, MIRROR), FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert "There is no group ESMPROCM yet" in blocked.reason


@pytest.mark.parametrize(
    ("state", "before", "scripts", "purpose"),
    [
        (SCRIPTS, MIRROR, (), "settings"),
        (WITHOUT, conf("own"), (BOTH, BOTH), "removal"),
        (KEYS, MIRROR, (), "settings"),
        (NO_KEYS, conf(REGSYNC.format(f"<key>{A}</key>")), (), "removal"),
    ],
)
def test_a_running_group_is_stopped_only_when_a_person_has_said_so(
    state: State[Any], before: bytes, scripts: tuple[Texts, ...], purpose: str
) -> None:
    first, *acts = state.plan(read(state, before, *scripts, running="server2"), FACTS_2008_R2)
    assert isinstance(first, ByHand)
    assert (first.key, first.whole_cluster) == (f"stop-for-{purpose}", True)
    allowed = state.plan(read(state, before, *scripts, running="server2", may_stop=True), FACTS_2008_R2)
    assert list(allowed) == acts
    assert lines(allowed)[0] == 'clpgrp -t "failover"'
    assert state.plan(read(state, before, *scripts), FACTS_2008_R2) == allowed[1:]
