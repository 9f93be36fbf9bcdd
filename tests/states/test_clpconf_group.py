"""The failover group in the configuration of every node: what is read, what would be done, and what stops it."""

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest

from runbook_lib.states.clpconf import Configuration, parse, with_group
from runbook_lib.states.clpconf.distribution import Registration
from runbook_lib.states.group import GroupRegistered, GroupRemoved
from runbook_lib.states.state import Act, Blocked, ByHand, Plan, State
from tests.states.asking import FACTS_2008_R2, asked, reply

FOLDER = r"C:\Program Files\CLUSTERPRO"
MIRROR = (Path(__file__).parent / "clpconf_samples" / "basiccluster-mirror.conf").read_bytes()
FREE_DISK = MIRROR.replace(b'    <resource name="md@md" />\n', b"")
SECRET = FREE_DISK.replace(b"<comment />\n  </cluster>", b"<password>8000000a0123456789</password>\n  </cluster>")
STATE = GroupRegistered("ESMPROCM", ("server1", "server2"), "floating", "10.1.1.30", "mirror", "E:", FOLDER)
REMOVED = GroupRemoved("failover", ("server1", "server2"), FOLDER)
VIRTUAL = replace(STATE, address_kind="virtual", ip="10.9.0.1")
VIP = '<vip name="vip1"><parameters><address>10.9.0.1</address></parameters></vip>'
GUIDS = (("server1", "aa-1"), ("server2", "bb-2"))
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


def read(
    state: State[Registration],
    here: bytes | None,
    there: bytes | str | None = "",
    *,
    running: str = "",
    tool: bool = True,
    group: str = "failover",
    may_stop: bool = False,
) -> Registration:
    """What the state makes of the two nodes' files; *there* is the same as *here* unless given."""

    def file(content: bytes | None) -> bytes:
        return b"absent\r\n" if content is None else b"size %d\r\n" % len(content) + content

    status = CLPSTAT.format("Online" if running else "Offline", running or "None").replace("failover", group)
    second = here if isinstance(there, str) else there
    lines, actual = asked(
        state,
        FACTS_2008_R2,
        [reply(status)],
        [
            reply(
                '{"by": "Sato", "at": "2026-11-23T05:00:00+00:00", "note": "at night"}' if may_stop else "",
                1 - may_stop,
            )
        ],
        [reply(file(here)), reply(file(second)), reply("", 0 if tool else 1)],
    )
    assert lines[0] == ["clpstat -s"]
    assert all("etc\\clp.conf" in line and "clpcfctrl" not in line for line in lines[2][:2])
    assert isinstance(actual, Registration)
    return actual


def pushed(plan: Plan) -> Configuration:
    """The configuration that the commands of a plan put in place."""
    lines = "&".join(act.line for act in plan if isinstance(act, Act))
    pieces = re.findall(r'>>"[^"]*" echo ([A-Za-z0-9+/=]+)(?:&|$)', lines)
    return parse(base64.b64decode("".join(pieces)))


def differing(state: State[Registration], actual: Registration) -> dict[str, object]:
    return {row.key: row.actual for row in state.rows(actual, FACTS_2008_R2) if row.differs}


@pytest.mark.parametrize(
    ("state", "before", "resources", "monitors"),
    [
        (STATE, FREE_DISK, {"fip fip1": "10.1.1.30", "md md": "E:"}, ["fipw2"]),
        (replace(STATE, disk_kind="shared", volume_guids=GUIDS, drive="W:"), MIRROR, {"fip fip1": "", "sd sd1": "W:"},
         ["fipw2", "sdw1"]),
        (replace(VIRTUAL, exported=(VIP,)), FREE_DISK, {"vip vip1": "", "md md": "E:"}, []),
        (replace(STATE, group="failover"), FREE_DISK, {"fip fip": "10.1.1.30", "md md": "E:"}, []),
        (replace(STATE, group="failover", policy=("server2", "server1")), MIRROR, {"fip fip": "", "md md": ""}, []),
    ],
)  # fmt: skip
def test_a_group_is_registered_and_then_there_is_nothing_left(
    state: GroupRegistered, before: bytes, resources: dict[str, str], monitors: list[str]
) -> None:
    actual = read(state, before)
    assert differing(state, actual)
    plan = state.plan(actual, FACTS_2008_R2)
    after = pushed(plan)
    group = after.group(state.group)
    assert group
    assert {f"{one.type} {one.name}" for one in group.resources} == set(resources)
    assert all(
        value in (one.address or one.drive)
        for one in group.resources
        for value in [resources[f"{one.type} {one.name}"]]
    )
    assert group.policy == state.policy
    new = {one.key for one in after.members("monitor")} - {one.key for one in parse(before).members("monitor")}
    assert sorted(new) == monitors
    assert not differing(state, read(state, after.render()))
    lines = [act.line for act in plan if isinstance(act, Act)]
    assert lines[0].startswith("if exist")
    assert lines[2] == rf'clpcfctrl --pull -w -x "{FOLDER}\work\runbook"'
    assert lines[-2] == rf'clpcfctrl --push -w -x "{FOLDER}\work\runbook"'
    assert lines[-1] == rf'rd /s /q "{FOLDER}\work\runbook"'


def test_the_edit_is_shown_before_it_is_made() -> None:
    rows = {row.key: str(row.actual) for row in STATE.rows(read(STATE, SECRET), FACTS_2008_R2)}
    assert '\n+    <resource name="md@md" />\n' in rows["edit of clp.conf"]
    assert "8000000a" not in rows["edit of clp.conf"]
    assert rows["clp.conf on server2"] == "the same"


def test_no_record_holds_the_content() -> None:
    acts = [act for act in STATE.plan(read(STATE, SECRET), FACTS_2008_R2) if isinstance(act, Act)]
    content = base64.b64encode(pushed(tuple(acts)).render()).decode()
    carriers = [act for act in acts if content[:64] in act.line or content[-64:] in act.line]
    assert carriers
    assert not any(content[start : start + 40] in act.recorded for act in acts for start in range(0, len(content), 64))
    for act in carriers:
        error = OSError(f"node1 did not finish in time: ({act.line})"[:230] + " (limit: 120 s)")
        assert act.told(error) == f"node1 did not finish in time: ({act.shown} (limit: 120 s)"
    assert acts[-1].told(OSError(f"lost: {acts[-1].line}")) == f"lost: {acts[-1].line}"


@pytest.mark.parametrize(
    ("state", "actual", "reason"),
    [
        (STATE, read(STATE, FREE_DISK, MIRROR), "clp.conf on server2 is not the one on server1"),
        (STATE, read(STATE, FREE_DISK, None), "clp.conf on server2 is not the one on server1"),
        (STATE, read(STATE, FREE_DISK, b"<root>"), "clp.conf on server2 is not the one on server1"),
        (STATE, read(STATE, FREE_DISK.replace(b">19<", b">20<")), "says objectnumber 20, and counted it is 19"),
        (STATE, read(STATE, MIRROR), "md md belongs to group failover. Nothing was changed."),
        (replace(STATE, policy=("server1", "node2")), read(STATE, FREE_DISK), "node2 is not a server of the cluster"),
        (replace(VIRTUAL, exported=("<vip>",)), read(STATE, FREE_DISK), "line 1: not well-formed"),
        (replace(STATE, group="FAILOVER", ip="10.1.1.21"), read(STATE, MIRROR), "No edit of clp.conf would make it so"),
        (REMOVED, read(REMOVED, MIRROR.replace(b">LocalServer<", b">failover<")), "userw refers to group failover"),
    ],
)  # fmt: skip
def test_nothing_is_done_as_things_are(state: State[Registration], actual: Registration, reason: str) -> None:
    assert differing(state, actual)
    (blocked,) = state.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert reason in blocked.reason


@pytest.mark.parametrize(
    ("state", "actual", "what"),
    [
        (VIRTUAL, read(STATE, FREE_DISK), "register group ESMPROCM and add a virtual IP resource with 10.9.0.1"),
        (replace(VIRTUAL, exported=(VIP.replace("9.0.1", "9.0.2"),)), read(STATE, FREE_DISK), "a virtual IP resource"),
        (replace(STATE, drive="W:"), read(STATE, FREE_DISK), "add a mirror disk resource with drive W:"),
        (replace(STATE, disk_kind="shared"), read(STATE, FREE_DISK), "add a shared disk resource with drive E:"),
        (replace(STATE, disk_kind="shared", volume_guids=GUIDS[:1]), read(STATE, FREE_DISK), "add a shared disk"),
        (STATE, read(STATE, FREE_DISK, tool=False), "server1 has no clpcfctrl. In WebManager"),
        (replace(VIRTUAL, group="failover"), read(STATE, FREE_DISK, running="server2"),
         "In WebManager, add a virtual IP resource with 10.9.0.1"),
    ],
)  # fmt: skip
def test_a_person_does_what_is_not_public(state: GroupRegistered, actual: Registration, what: str) -> None:
    (by_hand,) = state.plan(actual, FACTS_2008_R2)
    assert isinstance(by_hand, ByHand)
    assert what in by_hand.what
    assert ("stops it by force" in by_hand.what) == bool(actual.runs_on(state.group))


def test_what_was_added_by_hand_is_found_in_the_file() -> None:
    registered = pushed(replace(VIRTUAL, exported=(VIP,)).plan(read(STATE, FREE_DISK), FACTS_2008_R2))
    assert not differing(VIRTUAL, read(VIRTUAL, registered.render()))
    assert differing(VIRTUAL, read(VIRTUAL, registered.render().replace(b"10.9.0.1", b"10.9.0.7"))) == {
        "address (vip)": "vip1"
    }


@pytest.mark.parametrize("state", [replace(STATE, group="failover"), REMOVED])
def test_a_running_group_is_stopped_only_when_a_person_has_said_so(state: State[Registration]) -> None:
    first, *acts = state.plan(read(state, FREE_DISK, running="server2"), FACTS_2008_R2)
    assert isinstance(first, ByHand)
    assert "Group failover runs on server2. A change of the settings" in first.what
    assert first.key == f"stop-for-{'removal' if state is REMOVED else 'registration'}"
    assert first.whole_cluster
    allowed = state.plan(read(state, FREE_DISK, running="server2", may_stop=True), FACTS_2008_R2)
    assert list(allowed) == acts
    assert next(act.line for act in allowed if isinstance(act, Act)) == 'clpgrp -t "failover"'
    stopped = state.plan(read(state, FREE_DISK), FACTS_2008_R2)
    assert stopped == allowed[1:]


def test_another_group_may_run() -> None:
    assert isinstance(STATE.plan(read(STATE, FREE_DISK, running="server1"), FACTS_2008_R2)[0], Act)


def test_a_group_is_removed_with_all_it_holds() -> None:
    actual = read(REMOVED, MIRROR)
    assert differing(REMOVED, actual) == {"group": "failover", "resources": "fip fip, md md"}
    after = pushed(REMOVED.plan(actual, FACTS_2008_R2))
    assert (after.groups, after.resources) == ((), ())
    assert not differing(REMOVED, read(REMOVED, after.render()))


def test_files_that_mean_the_same_are_the_same() -> None:
    elsewhere = MIRROR.replace(b"\n", b"\r\n").replace(b" />", b"/>")
    assert read(STATE, MIRROR, elsewhere).elsewhere == {"server2": "the same"}


@pytest.mark.parametrize(
    ("here", "reason"),
    [
        (b"<root>\n<group>\n</root>", r"etc\\clp.conf on server1, line 3: not well-formed XML \(mismatched tag"),
        (None, r"server1 has no C:\\Program Files\\CLUSTERPRO\\etc\\clp.conf"),
    ],
)
def test_a_file_that_cannot_be_read(here: bytes | None, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(STATE, here)


def test_a_group_between_states_counts_as_running() -> None:
    actual = read(STATE, with_group(parse(MIRROR), "ESMPROCM").render(), group="ESMPROCM")
    group = replace(actual.status.groups["ESMPROCM"], status="Offline Pending")
    assert replace(actual, status=replace(actual.status, groups={"ESMPROCM": group})).runs_on("esmprocm") == (
        "Offline Pending"
    )
    assert actual.runs_on("ESMPROCM") is None
