"""robocopy and xcopy."""

import time
from datetime import datetime, timedelta

import pytest

from runbook_lib.lab.acl import ADMINISTRATORS, EVERYONE, FULL, Ace
from runbook_lib.lab.files import Volume

WHEN = datetime(2012, 4, 2, 9, 5)  # noqa: DTZ001  (Windows shows local time)


@pytest.fixture
def node(make):
    machine = make("NODE1", language="en", code_page=437)
    prepare(machine)
    return machine


def prepare(machine) -> None:
    files = machine.files
    files.mount("W:", Volume("DATA", capacity_bytes=50 * 4096))
    for name, content, attributes in (
        (r"a.txt", b"aaa", "A"),
        (r"sub\b.txt", b"b", "RA"),
        (r"sub\hidden.txt", b"h", "HA"),
        (r"sub\empty.txt", b"", "A"),
        ("日本語.txt", b"j", "A"),
    ):
        files.seed(rf"C:\s\{name}", content, attributes, modified=WHEN)
    files.seed_folder(r"C:\s\none")


def tree(machine, root: str) -> dict[str, tuple]:
    found = machine.files.walk(root) if machine.files.exists(root) else []
    return {
        one.path[len(root) + 1 :]: (machine.files.read(one.path), "".join(sorted(one.attributes)), one.modified)
        for one in found
        if not one.folder
    }


def folders(machine, root: str) -> set[str]:
    return {one.path[len(root) + 1 :] for one in machine.files.walk(root) if one.folder}


def test_robocopy_copies_a_tree_with_times_and_attributes(node, shell):
    answer = shell(node, r"robocopy C:\s W:\t /E /COPY:DAT /R:0 /W:0 /NP")
    assert answer.code == 1
    assert tree(node, r"W:\t") == tree(node, r"C:\s")
    assert folders(node, r"W:\t") == {"sub", "none"}
    assert shell(node, r"robocopy C:\s W:\t /E /R:0 /W:0").code == 0


@pytest.mark.parametrize(
    ("options", "prepared", "code", "expected"),
    [
        ("", [], 1, {"a.txt", "日本語.txt"}),
        ("/S", [], 1, {"a.txt", "日本語.txt", r"sub\b.txt", r"sub\hidden.txt", r"sub\empty.txt"}),
        ("*.txt /S /XF b.txt 日本語.txt /XD none", [], 1, {"a.txt", r"sub\hidden.txt", r"sub\empty.txt"}),
        ("/E /XD sub", [], 1, {"a.txt", "日本語.txt"}),
        ("a.*", [], 1, {"a.txt"}),
        ("/E /L", [], 1, set()),
        ("/E /MAX:2", [], 1, {"日本語.txt", r"sub\b.txt", r"sub\hidden.txt", r"sub\empty.txt"}),
        ("a.txt", [("x.txt", "A")], 1, {"a.txt", "x.txt"}),
        ("", [("x.txt", "A")], 3, {"a.txt", "日本語.txt", "x.txt"}),
        ("/PURGE", [("x.txt", "RA")], 3, {"a.txt", "日本語.txt"}),
        ("/MIR", [(r"old\x.txt", "A")], 3, {"a.txt", "日本語.txt", r"sub\b.txt", r"sub\hidden.txt", r"sub\empty.txt"}),
        ("/XO a.txt", [("a.txt", "A")], 0, {"a.txt"}),
        ("a.txt", [("a.txt", "RA")], 1, {"a.txt"}),
        ("a.txt", [(r"a.txt\x", "A")], 4, {r"a.txt\x"}),
        ("nothing.*", [], 0, set()),
    ],
)
def test_robocopy_choices(node, shell, options, prepared, code, expected):
    for name, attributes in prepared:
        node.files.seed(rf"W:\t\{name}", b"old", attributes, modified=WHEN + timedelta(days=1))
    answer = shell(node, rf"robocopy C:\s W:\t {options} /R:0 /W:0 /NJH /NJS", code_page=65001)
    assert (set(tree(node, r"W:\t")), answer.code) == (expected, code)


def test_robocopy_moves(node, shell):
    assert shell(node, r"robocopy C:\s W:\t /E /MOVE /R:0 /W:0").code == 1
    assert not node.files.exists(r"C:\s")
    assert len(tree(node, r"W:\t")) == 5


def test_robocopy_list_only_changes_nothing(node, shell):
    node.files.seed(r"W:\t\x.txt", b"old")
    answer = shell(node, r"robocopy C:\s W:\t /MIR /L /NJH /NJS /NP", code_page=65001)
    assert answer.code == 3
    assert "New File" in answer.out
    assert "*EXTRA File" in answer.out
    assert node.changes == []


def test_robocopy_speaks(node, make, shell):
    answer = shell(node, r"robocopy C:\s W:\t a.txt /R:0 /W:0 /NP")
    lines = answer.out.splitlines()
    assert "   ROBOCOPY     ::     Robust File Copy for Windows" in answer.out
    assert "   Source : C:\\s\\" in lines
    assert "     Dest : W:\\t\\" in lines
    assert "\t  New File  \t\t       3\ta.txt" in lines
    assert "   Files :         1         1         0         0         0         0" in lines
    japanese = make("NODE1")
    prepare(japanese)
    out = shell(japanese, r"robocopy C:\s W:\t a.txt /R:0 /W:0 /NP").out
    assert "  コピー元 : C:\\s\\" in out
    assert "新しいファイル" in out
    assert "コピー済み" in out


def test_robocopy_logs_to_a_file(node, shell):
    answer = shell(node, r"robocopy C:\s W:\t a.txt /LOG:W:\log.txt /NP")
    assert "ROBOCOPY" not in answer.out
    assert b"ROBOCOPY" in node.files.read(r"W:\log.txt")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (r"robocopy C:\nothing W:\t", "ERROR 2 (0x00000002) Accessing Source Directory C:\\nothing\\"),
        (r"robocopy Q:\nothing W:\t", "ERROR 3 (0x00000003) Accessing Source Directory Q:\\nothing\\"),
        (r"robocopy C:\s Q:\t", "ERROR 3 (0x00000003) Creating Destination Directory Q:\\t\\"),
        (r"robocopy C:\s W:\t /FOO", 'Invalid Parameter #3 : "/FOO"'),
        (r"robocopy C:\s", "No Destination Directory Specified."),
    ],
)
def test_robocopy_fails_altogether(node, shell, line, said):
    answer = shell(node, line)
    assert answer.code == 16
    assert said in answer.out
    assert node.changes == []


def test_robocopy_on_a_full_disk(node, shell):
    node.files.seed(r"C:\s\big", b"x" * 60 * 4096)
    answer = shell(node, r"robocopy C:\s W:\t /E /R:1 /W:0 /NJH", code_page=65001)
    assert answer.code == 9
    assert answer.out.count("ERROR 112 (0x00000070) Copying File C:\\s\\big") == 2
    assert "Waiting 0 seconds... Retrying..." in answer.out
    assert "ERROR: RETRY LIMIT EXCEEDED." in answer.out
    assert not node.files.exists(r"W:\t\big")
    assert node.files.exists(r"W:\t\sub\b.txt")
    assert "   Files :         6         5         0         0         1         0" in answer.out


@pytest.mark.parametrize("option", ["/COPYALL", "/SEC", "/COPY:DATS"])
def test_robocopy_copies_rights_when_told(node, shell, option):
    node.files.seed_acl(r"C:\s\a.txt", [Ace(EVERYONE, FULL), Ace(ADMINISTRATORS, FULL)], protected=True)
    shell(node, rf"robocopy C:\s W:\t a.txt {option}")
    assert [ace.sid for ace in node.files.acl(r"W:\t\a.txt")] == [EVERYONE, ADMINISTRATORS]
    shell(node, r"robocopy C:\s W:\u a.txt")
    assert EVERYONE not in [ace.sid for ace in node.files.acl(r"W:\u\a.txt")]


def test_robocopy_shows_progress_and_leaves_a_part_when_it_is_stopped(node):
    node.files.seed(r"C:\s\big", b"x" * 40 * 4096)
    node.files.copy_bytes_per_s = 1_000_000
    process = node.start(r"robocopy C:\s W:\t big /NJH")
    seen = b""
    deadline = time.monotonic() + 5
    while b"%" not in seen and time.monotonic() < deadline:
        seen += process.stdout.take()
        time.sleep(0.005)
    process.stop()
    assert process.wait(5)
    assert b" 40%" in seen
    assert node.files.entry(r"W:\t\big").size == 65536


def test_robocopy_is_not_on_2003(make, shell):
    node = make("NODE1", release="2003")
    assert shell(node, r"robocopy C:\a C:\b").code == 1
    assert shell(node, "where robocopy").code == 1
    assert shell(node, "where xcopy").code == 0


XCOPY = [
    # options, files copied, exit code
    (r"C:\s W:\t /I", {"a.txt"}, 0),
    (r"C:\s W:\t /I /S", {"a.txt", r"sub\b.txt", r"sub\empty.txt"}, 0),
    (r"C:\s W:\t /E /I /Y /H /K /R", {"a.txt", r"sub\b.txt", r"sub\empty.txt", r"sub\hidden.txt"}, 0),
    (r"C:\s\a.txt W:\t\\", {"a.txt"}, 0),
    (r"C:\s\*.txt W:\t\\", {"a.txt"}, 0),
    (r"C:\s W:\t /I /L", set(), 0),
    (r"C:\s\nothing.txt W:\t /I", set(), 4),
    (r"C:\s\*.exe W:\t /I", set(), 1),
    (r"C:\none\x W:\t /I", set(), 4),
    (r"C:\s Q:\t /I", set(), 4),
    (r"C:\s W:\t /FOO", set(), 4),
    (r"C:\s C:\s\sub\t /E /I", set(), 4),
]


@pytest.mark.parametrize(("words", "expected", "code"), XCOPY)
def test_xcopy(node, shell, words, expected, code):
    node.files.remove(r"C:\s\日本語.txt")
    answer = shell(node, f"xcopy {words}")
    assert (set(tree(node, r"W:\t")), answer.code) == (expected, code)
    if code == 0 and expected:
        assert answer.out.endswith(f"{len(expected)} File(s) copied\r\n")


def test_xcopy_keeps_read_only_only_with_k(node, shell):
    shell(node, r"xcopy C:\s W:\plain /E /I /H")
    shell(node, r"xcopy C:\s W:\kept /E /I /H /K")
    assert node.files.entry(r"W:\plain\sub\b.txt").attributes == frozenset("A")
    assert node.files.entry(r"W:\kept\sub\b.txt").attributes == frozenset("RA")
    assert node.files.entry(r"W:\kept\sub\b.txt").modified == WHEN
    assert folders(node, r"W:\kept") == {"sub", "none"}


def test_xcopy_asks(node, shell):
    question = "Does W:\\t specify a file name\r\nor directory name on the target\r\n(F = file, D = directory)? "
    answer = shell(node, r"xcopy C:\s\a.txt W:\t", stdin=b"F\r\n")
    assert answer.out == f"{question}C:\\s\\a.txt\r\n1 File(s) copied\r\n"
    assert node.files.read(r"W:\t") == b"aaa"
    answer = shell(node, r"xcopy C:\s\a.txt W:\t", stdin=b"N\r\n")
    assert answer.out == "Overwrite W:\\t (Yes/No/All)? 0 File(s) copied\r\n"
    assert shell(node, r"xcopy /y C:\s\a.txt W:\t").code == 0


def test_xcopy_replaces_read_only_files_only_with_r(node, shell):
    node.files.seed(r"W:\t\a.txt", b"old", "R")
    answer = shell(node, r"xcopy C:\s W:\t /I /Y")
    assert (answer.code, answer.err) == (4, "Access is denied.\r\n")
    assert shell(node, r"xcopy C:\s W:\t /I /Y /R", code_page=65001).code == 0
    assert node.files.read(r"W:\t\a.txt") == b"aaa"


def test_xcopy_on_a_full_disk(node, shell):
    node.files.seed(r"C:\s\big", b"x" * 60 * 4096)
    answer = shell(node, r"xcopy C:\s W:\t /E /I /C", code_page=65001)
    assert answer.code == 5
    assert answer.err == "There is not enough space on the disk.\r\n"


def test_xcopy_copies_rights_with_o(node, shell):
    node.files.seed_acl(r"C:\s\a.txt", [Ace(EVERYONE, FULL)], protected=True)
    shell(node, r"xcopy C:\s\a.txt W:\t\ /O")
    assert [ace.sid for ace in node.files.acl(r"W:\t\a.txt")] == [EVERYONE]


def test_xcopy_in_japanese(make, shell):
    node = make("NODE1")
    prepare(node)
    assert shell(node, r"xcopy C:\s W:\t /I").out.endswith("2 個のファイルをコピーしました\r\n")
