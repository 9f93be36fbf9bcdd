"""What a wrong site file is answered with: (what was right, what stands there instead, the line expected)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

Refusal = Callable[[str], list[str]]
Changed = Callable[..., str]


def table() -> list[tuple[str, ...]]:
    text = (Path(__file__).parent / "refusals.txt").read_text(encoding="utf-8")
    blocks = re.findall(r"^- (.*)\n\+ (.*)\n= (.*)$", text, flags=re.MULTILINE)
    assert len(blocks) == text.count("\n= ")
    return [tuple(part.replace("⏎", "\n") for part in block) for block in blocks]


@pytest.mark.parametrize(("old", "new", "expected"), table())
def test_one_wrong_key(changed: Changed, refusal: Refusal, old: str, new: str, expected: str) -> None:
    assert refusal(changed(old, new)) == [expected]


def test_every_problem_is_told_at_once_in_the_order_of_the_file(changed: Changed, refusal: Refusal) -> None:
    lines = refusal(
        changed(
            *("description: Test", "descripton: Test"),
            *('"3.1"', "3.1"),
            *("[node1, node2]", "[node1, nod2]"),
            *("ip: 10.0.0.200", "ip: 10.0.0.11"),
            *("architecture: x64", "architecture: x46"),
            *("password: {", "passwrd: {"),
            *(r"C:\Program Files (x86)", r"W:\Program Files (x86)"),
        )
    )
    assert [" ".join(line.split()[:2]) for line in lines] == [
        "2: descripton",
        "5: cluster.clusterpro",
        "8: group.policy",
        "8: group.policy",
        "9: group.address.ip",
        "13: windows.architecture",
        "20: winrm.credential.passwrd",
        "26: clientmanager.esmpro_folder",
    ]


def test_a_wrong_system_drive_does_not_blame_the_folders_on_it(changed: Changed, refusal: Refusal) -> None:
    lines = refusal(changed("drive: 'W:'", "drive: 'C:'"))
    assert [line.split()[1] for line in lines] == ["group.disk.drive"]


def test_nodes_that_differ_in_capitals_only(changed: Changed, refusal: Refusal) -> None:
    lines = refusal(changed("  node2: {", "  Node1: {"))
    assert lines[-1] == "23: nodes.Node1 differs from nodes.node1 only in capitals (lines 22 and 23). Keep one of them."


@pytest.mark.parametrize(("release", "architecture"), [("2008 R2", "x86"), ("2012 R2", "x86"), ("2025", "x86")])
def test_releases_without_a_32_bit_edition(changed: Changed, refusal: Refusal, release: str, architecture: str) -> None:
    lines = refusal(changed('"2008 R2"', f'"{release}"', "architecture: x64", f"architecture: {architecture}"))
    assert f"13: windows.architecture 'x86' does not exist for Windows Server {release}. Write x64." in lines


def test_utf8_is_refused_where_batch_files_do_not_run_under_it(changed: Changed, refusal: Refusal) -> None:
    lines = refusal(changed('"2008 R2"', '"2008"', "code_page: 932", "code_page: 65001"))
    assert [line.split(". ")[0] for line in lines] == [
        "15: windows.code_page 65001 does not work on Windows 2008: batch files end there without having run"
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "- a\n- b\n", "just text\n", "{}\n"])
def test_a_file_without_keys(refusal: Refusal, text: str) -> None:
    assert "Write" in refusal(text)[0] or "Copy" in refusal(text)[0]
