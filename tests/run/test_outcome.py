"""What a report says of values before and after."""

from runbook_lib.run.outcome import StateReport
from runbook_lib.states.state import Row


def test_a_value_that_was_only_noted_is_never_told_as_gone() -> None:
    """The shared folder on the active node is not read again once the standby's own is gone."""
    report = StateReport(
        "removed",
        "changed",
        before=(Row("C:\\N", "2 files", None), Row("W:\\N on node1", "2 files")),
        after=(Row("C:\\N", None, None),),
    )
    assert [(one["key"], one["before"], one["after"]) for one in report.differences] == [
        ("C:\\N", "2 files", None),
        ("W:\\N on node1", "2 files", "2 files"),
    ]


def test_a_difference_that_is_no_longer_read_is_gone() -> None:
    report = StateReport("moved", "changed", before=(Row("copy", "1 file", None),), after=(Row("other", 1, 1),))
    assert report.differences[0]["after"] is None
