"""When a product counts as uninstalled, and what is planned while it is not: every situation."""

from dataclasses import replace

import pytest

from runbook_lib.node import Reply
from runbook_lib.states.state import AWAY, Act, Blocked, ByHand
from runbook_lib.states.uninstall import Product, ProductRemoved, Remains, RemovedEverywhere
from tests.states.asking import FACTS_2003, FACTS_2008_R2, reply

LOCAL, SHARED = "C:\\ESMPRO\\CM", "W:\\ESMPRO\\CM"
PRODUCT = Product("the manager", ("CM Manager", "CM Sender"), (LOCAL, SHARED))
STATE = ProductRemoved(PRODUCT, "node1")
SILENT = replace(STATE, silent="uninst.exe /s")
EVERYWHERE = RemovedEverywhere(PRODUCT, ("node1", "node2", "node3"))
EXCUSED = replace(EVERYWHERE, excused=(("node2", "its disk was replaced"),))
WHOLE = Remains(PRODUCT.services, ("WebSAM ClientManager",))

SERVICE = "SERVICE_NAME: {0}\r\nDISPLAY_NAME: {0}\r\n        STATE              : 1  STOPPED\r\n\r\n"
ENTRY = "HKEY_LOCAL_MACHINE\\U\\{0}\r\n    DisplayName    REG_SZ    {0}\r\n    {1}    REG_SZ    {2}\r\n"


@pytest.mark.parametrize(
    ("place", "ours"),
    [
        (LOCAL, True),
        (LOCAL.lower(), True),
        (LOCAL + "\\uninst.exe", True),
        (f'"{LOCAL}\\uninst.exe" /x', True),
        (f'MsiExec.exe /X {{1}} DIR="{SHARED}"', True),
        (LOCAL + "Client", False),
        (LOCAL + "-2\\uninst.exe", False),
        ("C:\\ESMPRO", False),
        ("", False),
    ],
)
def test_an_entry_is_the_products_own_when_it_leads_into_its_folders(place: str, ours: bool) -> None:
    assert PRODUCT.owns(place) is ours


@pytest.mark.parametrize(
    ("remains", "shown", "nothing"),
    [
        (Remains(), "nothing", True),
        (WHOLE, "2 services; listed as WebSAM ClientManager", False),
        (Remains(entries=("CM",)), "listed as CM", False),
        (Remains(away="node2 cannot be reached"), "node2 cannot be reached", False),
    ],
)
def test_what_is_left_in_words(remains: Remains, shown: str, nothing: bool) -> None:
    assert (str(remains), remains.nothing) == (shown, nothing)


def answers(*names: str, entries: str = "") -> tuple[Reply, ...]:
    """What an x64 node answers: its services, and both views of the list of installed programs."""
    other = ENTRY.format("CLUSTERPRO X", "InstallLocation", "C:\\CLUSTERPRO")
    return reply("".join(SERVICE.format(name) for name in names)), reply(other), reply(entries, 0 if entries else 1)


def read(*replies: Reply) -> Remains:
    reading = STATE.reading(FACTS_2008_R2)
    assert {ask.on for ask in next(reading)} == {"this"}
    with pytest.raises(StopIteration) as end:
        reading.send(replies)
    found: Remains = end.value.value
    return found


def test_services_by_display_name_and_entries_by_where_they_lead() -> None:
    entries = (
        ENTRY.format("WebSAM ClientManager", "InstallLocation", LOCAL)
        + ENTRY.format("ClientManager Client", "InstallLocation", "C:\\Client")
        + ENTRY.format("Tool", "UninstallString", f'"{SHARED}\\tool.exe" /u')
    )
    assert read(*answers("Spooler", "CM Sender", entries=entries)) == Remains(
        ("CM Sender",), ("WebSAM ClientManager", "Tool")
    )
    assert read(*answers("Spooler")) == Remains()


def test_x86_has_one_list_of_installed_programs() -> None:
    assert [len(next(STATE.reading(facts))) for facts in (FACTS_2003, FACTS_2008_R2)] == [2, 3]


def test_no_services_at_all_is_no_answer() -> None:
    reading = STATE.reading(FACTS_2008_R2)
    next(reading)
    with pytest.raises(ValueError, match="listed no service at all"):
        reading.send(answers())


def test_a_list_of_programs_that_may_not_be_read_is_not_taken_for_empty() -> None:
    reading = STATE.reading(FACTS_2008_R2)
    next(reading)
    with pytest.raises(ValueError, match=r"shows nothing: 'ERROR: Access is denied."):
        reading.send((answers("Spooler")[0], reply("ERROR: Access is denied.", 1), reply("", 1)))


@pytest.mark.parametrize("actual", [WHOLE, Remains(("CM Sender",)), Remains((), ("CM",))])
def test_anything_that_is_left_is_a_difference(actual: Remains) -> None:
    assert any(row.differs for row in STATE.rows(actual, FACTS_2003))
    assert not any(row.differs for row in STATE.rows(Remains(), FACTS_2003))


def test_a_whole_product_is_uninstalled_by_its_command_or_a_person() -> None:
    (act,) = SILENT.plan(WHOLE, FACTS_2003)
    assert isinstance(act, Act)
    assert (act.line, act.limit, act.then_read) == ("uninst.exe /s", "install", True)
    (by_hand,) = STATE.plan(WHOLE, FACTS_2003)
    assert isinstance(by_hand, ByHand)
    assert "At the console of node1, uninstall the manager as a whole" in by_hand.what
    assert isinstance(SILENT.plan(replace(WHOLE, entries=()), FACTS_2003)[0], Act)


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (Remains(("CM Sender",)), "Left are CM Sender; no entry in the list of installed programs"),
        (Remains((), ("CM",)), "Left are no service; CM in the list of installed programs"),
    ],
)
def test_no_uninstaller_is_started_on_what_another_has_left(actual: Remains, words: str) -> None:
    (blocked,) = SILENT.plan(actual, FACTS_2003)
    assert isinstance(blocked, Blocked)
    assert words in blocked.reason
    (by_hand,) = STATE.plan(actual, FACTS_2003)
    assert isinstance(by_hand, ByHand)
    assert words in by_hand.what


def test_a_node_that_cannot_is_left_out_with_the_reason() -> None:
    assert STATE.left_out(FACTS_2003) == ""
    said = replace(STATE, excused="its disk was replaced").left_out(FACTS_2003)
    assert said == "it cannot be uninstalled on node1: its disk was replaced"


def everywhere(state: RemovedEverywhere, *nodes: tuple[Reply, ...]) -> tuple[list[str], dict[str, Remains]]:
    reading = state.reading(FACTS_2008_R2)
    asks = next(reading)
    with pytest.raises(StopIteration) as end:
        reading.send(tuple(one for replies in nodes for one in replies))
    return list(dict.fromkeys(ask.on for ask in asks)), end.value.value


def test_every_node_is_read_itself_and_only_an_excused_one_may_be_away() -> None:
    none = answers("Spooler")
    places, found = everywhere(EVERYWHERE, none, answers("CM Manager"), none)
    assert places == ["node1", "node2", "node3"]
    assert EVERYWHERE.still_on(found) == ["node2"]
    assert [row.key for row in EVERYWHERE.rows(found, FACTS_2003) if row.differs] == ["left on node2"]
    (blocked,) = EVERYWHERE.plan(found, FACTS_2003)
    assert isinstance(blocked, Blocked)
    assert "still set up on node2" in blocked.reason

    away = (Reply("", AWAY, b"node2 cannot be reached", "utf-8", 0.0),) * 3
    places, found = everywhere(EXCUSED, none, away, none)
    assert places == ["node1", "node2?", "node3"]
    assert EXCUSED.still_on(found) == []
    rows = {row.key: row.actual for row in EXCUSED.rows(found, FACTS_2003)}
    assert rows["left on node2"] == "node2 cannot be reached (cannot be uninstalled: its disk was replaced)"


def test_a_node_that_is_not_excused_and_gives_no_answer_is_an_error() -> None:
    away = (Reply("", AWAY, b"node2 cannot be reached", "utf-8", 0.0),) * 3
    _, found = everywhere(EVERYWHERE, answers("Spooler"), away, answers("Spooler"))
    assert EVERYWHERE.still_on(found) == ["node2"]
