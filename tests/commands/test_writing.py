"""A file is written whole or stays as it was, through the lab's cmd.exe and certutil."""

import pytest

from runbook_lib.commands import content
from tests.commands.arriving import MACHINE, exit_code_of

FILE = "C:\\業務 (1)\\nvisord.cf"
OLD, NEW = b"old", "新しい\r\n".encode("cp932") * 40


@pytest.fixture
def commands() -> list[str]:
    MACHINE.files.seed(FILE, OLD)
    return content.write_file(FILE, NEW)


def test_a_file_is_replaced_by_what_was_meant(commands: list[str]) -> None:
    assert [exit_code_of(f"({line})") for line in commands] == [0] * len(commands)
    assert MACHINE.files.read(FILE) == NEW
    assert not MACHINE.files.exists(FILE + ".new")
    assert not MACHINE.files.exists(FILE + ".b64")


def test_a_file_that_came_incomplete_replaces_nothing(commands: list[str]) -> None:
    """As on a disk that is full: some of the text never arrived in the carrier."""
    begin, text, *rest = commands
    codes = [exit_code_of(f"({line})") for line in (begin, text.rpartition("&")[0], *rest)]
    assert codes[-1] != 0, "what is run stops there"
    assert MACHINE.files.read(FILE) == OLD
