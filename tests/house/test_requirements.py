"""Every requirement of the manual is cited by the step that fulfils it, and docs/requirements.md says by which."""

from tests.house import requirement_table


def listed() -> set[str]:
    """The ids in docs/requirements.csv."""
    return {identifier for identifier, _ in requirement_table.listed()}


def cited() -> set[str]:
    """The ids that the steps of all notebooks name."""
    return set(requirement_table.places())


def test_none_is_missing() -> None:
    assert listed() - cited() == set()


def test_none_is_invented() -> None:
    assert cited() - listed() == set()


def test_the_list_is_whole() -> None:
    assert len(listed()) == len(requirement_table.listed()) == 58


def test_the_table_in_docs_is_what_the_notebooks_say() -> None:
    stored = requirement_table.TABLE.read_text(encoding="utf-8")
    assert stored == requirement_table.table(), f"run {requirement_table.COMMAND}"
