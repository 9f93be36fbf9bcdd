"""Access rights: which are right, and what is done about those that are not."""

import pytest

from runbook_lib.commands.access import AccessEntry
from runbook_lib.states.access import AccessRights
from runbook_lib.states.state import Act, ByHand
from tests.states.asking import FACTS_2003, FACTS_2008_R2

STATE = AccessRights("W:\\N", (("S-1-5-32-544", "F"), ("S-1-1-0", "RX"), ("S-1-5-18", "F"), ("ESMPRO Users", "F")))


def entry(who: str, rights: str, *, inherited: bool = False, here: bool = True, below: bool = True) -> AccessEntry:
    return AccessEntry(who, rights, inherited, here, below)


RIGHT = [
    entry("BUILTIN\\Administrators", "F"),
    entry("Everyone", "RX"),
    entry("NT AUTHORITY\\SYSTEM", "F", inherited=True),
    entry("NODE1\\ESMPRO Users", "F"),
    entry("BUILTIN\\Users", "AD", inherited=True),
]


def differing(entries: list[AccessEntry], below: list[AccessEntry] | None = None) -> set[str]:
    actual = {"W:\\N": entries, "W:\\N\\a": RIGHT if below is None else below}
    return {row.key for row in STATE.rows(actual, FACTS_2008_R2) if row.differs}


def without(who: str, *more: AccessEntry) -> list[AccessEntry]:
    return [*(one for one in RIGHT if who not in one.who), *more]


def test_the_right_rights() -> None:
    assert differing(RIGHT) == set()


def test_a_right_in_two_entries_counts_as_one() -> None:
    halves = (entry("Everyone", "RX", below=False), entry("Everyone", "RX", here=False))
    assert differing(without("Everyone", *halves)) == set()


@pytest.mark.parametrize(
    ("entries", "who"),
    [
        (without("Everyone"), "Everyone"),
        (without("Everyone", entry("Everyone", "F")), "Everyone"),
        (without("Everyone", entry("Everyone", "RX"), entry("Everyone", "F", inherited=True)), "Everyone"),
        (without("Everyone", entry("Everyone", "RX", below=False)), "Everyone"),
        (without("SYSTEM", entry("NT AUTHORITY\\SYSTEM", "DENY F")), "NT AUTHORITY\\SYSTEM"),
        (without("ESMPRO"), "ESMPRO Users"),
    ],
)
def test_every_way_to_be_wrong_on_the_folder_or_below_it(entries: list[AccessEntry], who: str) -> None:
    assert differing(entries) == {who}
    assert differing(RIGHT, below=entries) == {who}


def test_rights_are_given_by_sid_and_accounts_by_name() -> None:
    (act,) = STATE.plan({"W:\\N": without("Everyone")}, FACTS_2008_R2)
    assert isinstance(act, Act)
    assert act.line == (
        'icacls "W:\\N" /grant:r "*S-1-5-32-544:(OI)(CI)F" "*S-1-1-0:(OI)(CI)RX" "*S-1-5-18:(OI)(CI)F" '
        '"ESMPRO Users:(OI)(CI)F" /T /C'
    )


def test_what_comes_from_above_is_cut_off_first_where_that_can_be_done() -> None:
    actual = {"W:\\N": without("Everyone", entry("Everyone", "F", inherited=True))}
    first, _ = STATE.plan(actual, FACTS_2008_R2)
    assert isinstance(first, Act)
    assert first.line == 'icacls "W:\\N" /inheritance:d'
    (by_hand,) = STATE.plan(actual, FACTS_2003)
    assert isinstance(by_hand, ByHand)
    assert "Everyone" in by_hand.what
