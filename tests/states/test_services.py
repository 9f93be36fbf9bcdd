"""How services start and whether they may interact: every situation, and what is planned for it."""

from dataclasses import replace

import pytest

from runbook_lib.commands.services import Service
from runbook_lib.states.services import Interaction, ServiceInteractive, ServiceStartMode, Start
from runbook_lib.states.state import Act, Blocked
from tests.states.asking import FACTS_2003, FACTS_2008_R2, asked, reply

BASE = Service("Esm Base&Svc", "ESM Base Service", "stopped")
MANUAL = ServiceStartMode(("ESM Base Service", "Dmi Event Watcher"), "manual")
WATCHER = Service("DmiEvWatch", "Dmi Event Watcher", "running")
LISTED = (
    "\r\nSERVICE_NAME: Esm Base&Svc\r\nDISPLAY_NAME: ESM Base Service\r\n"
    "        TYPE               : 10  WIN32_OWN_PROCESS\r\n"
    "        STATE              : 1  STOPPED \r\n"
)
SET_BASE = 'sc config "Esm Base&Svc" start= demand'
WINDOWS_2016 = replace(FACTS_2008_R2, version=(10, 0, 14393))
WINDOWS_2012_R2 = replace(FACTS_2008_R2, version=(6, 3, 9600))


@pytest.mark.parametrize(
    ("base", "watcher", "acts", "blocked"),
    [
        ("manual", "manual", [], False),
        ("automatic", "manual", [SET_BASE], False),
        ("disabled", "automatic", [SET_BASE, 'sc config "DmiEvWatch" start= demand'], False),
        (None, "manual", [SET_BASE], False),
        ("automatic", "absent", [SET_BASE], True),
        ("manual", "absent", [], True),
    ],
)  # fmt: skip
def test_only_services_in_another_mode_are_changed(
    base: str | None, watcher: str, acts: list[str], blocked: bool
) -> None:
    other = Start(None) if watcher == "absent" else Start(WATCHER, watcher)
    actual = {"ESM Base Service": Start(BASE, base), "Dmi Event Watcher": other}
    assert any(row.differs for row in MANUAL.rows(actual, FACTS_2008_R2)) == bool(acts or blocked)
    plan = MANUAL.plan(actual, FACTS_2008_R2)
    assert [act.line for act in plan if isinstance(act, Act)] == acts
    reasons = [part.reason for part in plan if isinstance(part, Blocked)]
    assert bool(reasons) == blocked
    assert not blocked or reasons[0].startswith("Dmi Event Watcher: no such service on this node")
    assert not blocked or isinstance(plan[-1], Blocked)


def test_services_that_are_all_missing_come_with_the_product() -> None:
    (blocked,) = MANUAL.plan({name: Start(None) for name in MANUAL.names}, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert "the product's set-up brings them" in blocked.reason


def test_the_key_is_found_by_display_name_whatever_the_case() -> None:
    state = ServiceStartMode(("esm base service", "Dmi Event Watcher"), "manual")
    key = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Esm Base&Svc"
    value = f"\r\n! REG.EXE VERSION 3.0\r\n\r\n{key}\r\n    Start\tREG_DWORD\t0x2\r\n"
    lines, actual = asked(state, FACTS_2003, [reply(LISTED)], [reply(value)])
    assert lines[1] == [r'reg query "HKLM\SYSTEM\CurrentControlSet\Services\Esm Base&Svc" /v "Start"']
    assert actual == {"esm base service": Start(BASE, "automatic"), "Dmi Event Watcher": Start(None)}
    assert [row.actual for row in state.rows(actual, FACTS_2003)] == ["automatic", "not installed"]


def test_a_list_that_is_empty_is_no_answer() -> None:
    with pytest.raises(ValueError, match="listed no service at all"):
        asked(MANUAL, FACTS_2008_R2, [reply("access denied", 5)])


SERVER = Service("clppm", "CLUSTERPRO Server", "running")
INTERACTIVE = ServiceInteractive(("CLUSTERPRO Server", "EXPRESSCLUSTER Server"))


@pytest.mark.parametrize(
    ("actual", "line"),
    [
        (Interaction(SERVER, 0x110, "LocalSystem", False), ""),
        (Interaction(SERVER, 0x120, "LocalSystem", False), ""),
        (Interaction(SERVER, 0x10, "LocalSystem", False), 'sc config "clppm" type= own type= interact'),
        (Interaction(SERVER, 0x20, "localsystem", True), 'sc config "clppm" type= share type= interact'),
        (Interaction(SERVER, 0x10, "", None), 'sc config "clppm" type= own type= interact'),
    ],
)
def test_a_service_that_may_not_interact_is_let(actual: Interaction, line: str) -> None:
    assert any(row.differs for row in INTERACTIVE.rows(actual, FACTS_2008_R2)) == bool(line)
    if line:
        (act,) = INTERACTIVE.plan(actual, FACTS_2008_R2)
        assert isinstance(act, Act)
        assert act.line == line


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (Interaction(None), "No service here is called CLUSTERPRO Server or EXPRESSCLUSTER Server"),
        (Interaction(SERVER, None), "does not say what kind of service"),
        (Interaction(SERVER, 0x10, r".\cluster"), r"runs as .\cluster, and Windows lets only services of LocalSystem"),
    ],
)
def test_what_stops_it(actual: Interaction, words: str) -> None:
    assert any(row.differs for row in INTERACTIVE.rows(actual, FACTS_2008_R2))
    (blocked,) = INTERACTIVE.plan(actual, FACTS_2008_R2)
    assert isinstance(blocked, Blocked)
    assert words in blocked.reason


def test_nothing_ever_sets_NoInteractiveServices() -> None:  # noqa: N802
    for none in (True, False, None):
        plan = INTERACTIVE.plan(Interaction(SERVER, 0x10, "LocalSystem", none), FACTS_2008_R2)
        assert not any("NoInteractiveServices" in act.line for act in plan if isinstance(act, Act))


@pytest.mark.parametrize(
    ("facts", "none", "effect"),
    [
        (FACTS_2003, False, "as the manual says, at the console"),
        (FACTS_2008_R2, False, "its windows appear in session 0 only"),
        (WINDOWS_2012_R2, True, "none while NoInteractiveServices is 1 (session 0); that is left as it is"),
        (WINDOWS_2012_R2, False, "its windows appear in session 0 only"),
    ],
)
def test_the_effect_is_told(facts: object, none: bool, effect: str) -> None:
    rows = INTERACTIVE.rows(Interaction(SERVER, 0x110, "LocalSystem", none), facts)  # type: ignore[arg-type]
    assert {row.key: row.actual for row in rows}["effect on this Windows"] == effect
    assert not INTERACTIVE.left_out(facts)  # type: ignore[arg-type]


def test_it_is_left_out_where_windows_ignores_it_unless_the_site_insists() -> None:
    assert INTERACTIVE.left_out(WINDOWS_2016).startswith("no effect on this Windows version (session 0)")
    assert not replace(INTERACTIVE, always=True).left_out(WINDOWS_2016)


def test_the_service_of_the_product_outside_japan() -> None:
    listed = LISTED.replace("Esm Base&Svc", "clppm").replace("ESM Base Service", "EXPRESSCLUSTER Server")
    key = "HKEY_LOCAL_MACHINE\\X\r\n    {}\r\n"
    kind, account = (
        reply(key.format(one)) for one in ("Type    REG_DWORD    0x10", "ObjectName    REG_SZ    LocalSystem")
    )
    _, actual = asked(INTERACTIVE, FACTS_2008_R2, [reply(listed)], [kind, account, reply("", 1)])
    assert actual == Interaction(Service("clppm", "EXPRESSCLUSTER Server", "stopped"), 0x10, "LocalSystem", None)
