"""Every requirement of the manual that a chapter here covers is cited by the step that fulfils it."""

import csv

from tests.house.notebooks import NOTEBOOKS, ROOT, keyword, verb_calls

COVERED = (
    "SCOPE-",
    "ENV-",
    "SHARE-",
    "SETUP-",
    "GROUP-",
    "RESTART-",
    "INSTALL-",
    "SCRIPT-",
    "START-",
    "CONNECT-",
    "OPERATE-",
    "REMOVE-",
)
"""The parts of the manual whose chapters exist."""


def listed() -> set[str]:
    """The ids in docs/requirements.csv."""
    with (ROOT / "docs" / "requirements.csv").open(newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


def cited() -> set[str]:
    """The ids that the steps of all notebooks name."""
    return {
        identifier
        for notebook in NOTEBOOKS
        for _, call in verb_calls(notebook)
        for identifier in keyword(call, "requirement").split()
    }


def test_none_is_missing() -> None:
    assert {one for one in listed() if one.startswith(COVERED)} - cited() == set()


def test_none_is_invented() -> None:
    assert cited() - listed() == set()


def test_the_list_is_whole() -> None:
    assert len(listed()) == 58
