"""The commands of cmd.exe that show and change files."""

from datetime import datetime

import pytest

from runbook_lib.lab.acl import SYSTEM, Ace
from runbook_lib.lab.files import Volume

T = r"C:\t"


@pytest.fixture
def node(make):
    machine = make("NODE1", language="en", code_page=437)
    seed(machine.files)
    return machine


@pytest.fixture
def japanese(make):
    machine = make("NODE1", language="ja", code_page=932)
    seed(machine.files)
    return machine


def seed(files):
    when = datetime(2012, 4, 2, 9, 5)  # noqa: DTZ001  (Windows shows local time)
    files.clock = lambda: when
    files.mount("W:", Volume("DATA", "1A2B-3C4D", capacity_bytes=50 * 4096))
    for name, content, attributes in (
        ("a.txt", b"a", "A"),
        ("b.txt", b"bb", "RA"),
        ("h.txt", b"h", "HA"),
        (r"sub\c.txt", b"c", "A"),
        (r"sub\r.txt", b"r", "RA"),
    ):
        files.seed(rf"{T}\{name}", content, attributes, modified=when)
    files.seed_folder(rf"{T}\empty")


# line -> standard output, standard error, exit code, paths that came, paths that went
CASES = [
    # md
    (r"md C:\t\x\y", "", "", 0, [r"x", r"x\y"], []),
    (r"md C:\t\sub", "", "A subdirectory or file C:\\t\\sub already exists.\r\n", 1, [], []),
    (r"mkdir C:\t\a.txt\x", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r'md "C:\t\x y" C:\t\z', "", "", 0, ["x y", "z"], []),
    (r"md Q:\x", "", "The system cannot find the drive specified.\r\n", 1, [], []),
    (r"md C:\t\a?", "", "The filename, directory name, or volume label syntax is incorrect.\r\n", 1, [], []),
    ("md", "", "The syntax of the command is incorrect.\r\n", 1, [], []),
    # rd: answers the error itself
    (r"rd C:\t\empty", "", "", 0, [], ["empty"]),
    (r"rd C:\t\sub", "", "The directory is not empty.\r\n", 145, [], []),
    (r"rd C:\t\a.txt", "", "The directory name is invalid.\r\n", 267, [], []),
    (r"rd C:\t\none", "", "The system cannot find the file specified.\r\n", 2, [], []),
    (r"rd C:\none\none", "", "The system cannot find the path specified.\r\n", 3, [], []),
    (r"rd Q:\none", "", "The system cannot find the path specified.\r\n", 3, [], []),
    (r"rd /s /q C:\t\sub", "", "", 0, [], ["sub", r"sub\c.txt", r"sub\r.txt"]),
    (r"rd /s C:\t\sub", "C:\\t\\sub, Are you sure (Y/N)? ", "", 0, [], []),
    (r"rd C:\t\empty C:\t\none", "", "The system cannot find the file specified.\r\n", 2, [], ["empty"]),
    (
        r"cd /d C:\t\empty&rd C:\t\empty",
        "",
        "The process cannot access the file because it is being used by another process.\r\n",
        32,
        [],
        [],
    ),
    # del
    (r"del C:\t\a.txt", "", "", 0, [], ["a.txt"]),
    (r"del C:\t\none.txt", "", "Could Not Find C:\\t\\none.txt\r\n", 0, [], []),
    (r"del C:\none\none.txt", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"del C:\t\b.txt", "C:\\t\\b.txt\r\n", "Access is denied.\r\n", 0, [], []),
    (r"del /f C:\t\b.txt", "", "", 0, [], ["b.txt"]),
    (r"del C:\t\h.txt", "", "Could Not Find C:\\t\\h.txt\r\n", 0, [], []),
    (r"del /a C:\t\h.txt", "", "", 0, [], ["h.txt"]),
    (r"del /q /a:h C:\t\*", "", "", 0, [], ["h.txt"]),
    (r"del /f /q C:\t\*.*", "", "", 0, [], ["a.txt", "b.txt"]),
    (r"del C:\t\*", "C:\\t\\*, Are you sure (Y/N)? ", "", 0, [], []),
    (r"del /f /s C:\t\?.txt", None, "", 0, [], ["a.txt", "b.txt", r"sub\c.txt", r"sub\r.txt"]),
    (r"del /x C:\t\a.txt", "", 'Invalid switch - "x".\r\n', 1, [], []),
    # copy
    (r"copy C:\t\a.txt C:\t\x.txt", "        1 file(s) copied.\r\n", "", 0, ["x.txt"], []),
    (r"copy /y C:\t\a.txt C:\t\sub", "        1 file(s) copied.\r\n", "", 0, [r"sub\a.txt"], []),
    (
        r"copy /b /y C:\t\*.txt C:\t\empty\\",
        "C:\\t\\a.txt\r\nC:\\t\\b.txt\r\n        2 file(s) copied.\r\n",
        "",
        0,
        [r"empty\a.txt", r"empty\b.txt"],
        [],
    ),
    (r"copy C:\t\*.txt C:\t\*.bak", None, "", 0, ["a.bak", "b.bak"], []),
    (r"copy C:\t\sub C:\t\empty", None, "", 0, [r"empty\c.txt", r"empty\r.txt"], []),
    (
        r"copy C:\t\none C:\t\x",
        "        0 file(s) copied.\r\n",
        "The system cannot find the file specified.\r\n",
        1,
        [],
        [],
    ),
    (
        r"copy C:\t\h.txt C:\t\x",
        "        0 file(s) copied.\r\n",
        "The system cannot find the file specified.\r\n",
        1,
        [],
        [],
    ),
    (
        r"copy C:\t\a.txt C:\none\x",
        "        0 file(s) copied.\r\n",
        "The system cannot find the path specified.\r\n",
        1,
        [],
        [],
    ),
    (r"copy C:\t\a.txt C:\t\b.txt", "        0 file(s) copied.\r\n", "Access is denied.\r\n", 1, [], []),
    (
        r"copy C:\t\a.txt C:\t\a.txt",
        "        0 file(s) copied.\r\n",
        "The file cannot be copied onto itself.\r\n",
        1,
        [],
        [],
    ),
    (
        r"copy /-y C:\t\a.txt C:\t\sub\c.txt",
        "Overwrite c.txt? (Yes/No/All):         0 file(s) copied.\r\n",
        "",
        1,
        [],
        [],
    ),
    (r"copy nul C:\t\new", "        1 file(s) copied.\r\n", "", 0, ["new"], []),
    (r"copy /b C:\t\a.txt+C:\t\b.txt C:\t\ab", None, "", 0, ["ab"], []),
    # move
    (r"move C:\t\a.txt C:\t\x.txt", "        1 file(s) moved.\r\n", "", 0, ["x.txt"], ["a.txt"]),
    (r"move /y C:\t\a.txt C:\t\sub\c.txt", "        1 file(s) moved.\r\n", "", 0, [], ["a.txt"]),
    (
        r"move C:\t\sub C:\t\sub2",
        "        1 dir(s) moved.\r\n",
        "",
        0,
        ["sub2", r"sub2\c.txt", r"sub2\r.txt"],
        ["sub", r"sub\c.txt", r"sub\r.txt"],
    ),
    (
        r"move C:\t\sub C:\t\empty",
        "        1 dir(s) moved.\r\n",
        "",
        0,
        [r"empty\sub", r"empty\sub\c.txt", r"empty\sub\r.txt"],
        ["sub", r"sub\c.txt", r"sub\r.txt"],
    ),
    (r"move C:\t\none C:\t\x", "", "The system cannot find the file specified.\r\n", 1, [], []),
    (
        r"move C:\t\a.txt C:\none\x",
        "        0 file(s) moved.\r\n",
        "The system cannot find the path specified.\r\n",
        1,
        [],
        [],
    ),
    (r"move C:\t\a.txt W:\\", "        1 file(s) moved.\r\n", "", 0, [], ["a.txt"]),
    (r"move C:\t\sub W:\sub", "", "Access is denied.\r\n", 1, [], []),
    # ren
    (r"ren C:\t\a.txt z.txt", "", "", 0, ["z.txt"], ["a.txt"]),
    (r"ren C:\t\*.txt *.bak", "", "", 0, ["a.bak", "b.bak"], ["a.txt", "b.txt"]),
    (r"ren C:\t\a.txt b.txt", "", "A duplicate file name exists, or the file\r\ncannot be found.\r\n", 1, [], []),
    (r"ren C:\t\a.txt C:\t\x", "", "The syntax of the command is incorrect.\r\n", 1, [], []),
    # folders and drives
    (r"cd C:\t&cd", "C:\\t\r\n", "", 0, [], []),
    (r"cd /d W:\&cd", "W:\\\r\n", "", 0, [], []),
    (r"cd W:\&cd", "C:\\Users\\Administrator\r\n", "", 0, [], []),
    (r"cd C:\Program Files&cd", "C:\\Program Files\r\n", "", 0, [], []),
    (r"cd /d C:\t\sub&cd..&cd", "C:\\t\r\n", "", 0, [], []),
    (r"cd C:\none", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"cd C:\t\a.txt", "", "The directory name is invalid.\r\n", 1, [], []),
    ("cd /d Q:", "", "The system cannot find the drive specified.\r\n", 1, [], []),
    ("W:&cd", "W:\\\r\n", "", 0, [], []),
    ("Q:", "", "The system cannot find the drive specified.\r\n", 1, [], []),
    (r"pushd W:\&cd&popd&cd", "W:\\\r\nC:\\Users\\Administrator\r\n", "", 0, [], []),
    ("popd", "", "", 1, [], []),
    # type
    (r"type C:\t\a.txt", "a", "", 0, [], []),
    (r"type C:\none", "", "The system cannot find the file specified.\r\n", 1, [], []),
    (r"type C:\t\sub", "", "Access is denied.\r\n", 1, [], []),
    ("type nul", "", "", 0, [], []),
    (
        r"type C:\t\?.txt",
        "abbh",
        "\r\nC:\\t\\a.txt\r\n\r\n\r\n\r\nC:\\t\\b.txt\r\n\r\n\r\n\r\nC:\\t\\h.txt\r\n\r\n\r\n",
        0,
        [],
        [],
    ),
    # dir
    (r"dir /b C:\t", "a.txt\r\nb.txt\r\nempty\r\nsub\r\n", "", 0, [], []),
    (r"dir /b /a C:\t", "a.txt\r\nb.txt\r\nempty\r\nh.txt\r\nsub\r\n", "", 0, [], []),
    (r"dir /b /a-d C:\t", "a.txt\r\nb.txt\r\nh.txt\r\n", "", 0, [], []),
    (r"dir /b /ad C:\t", "empty\r\nsub\r\n", "", 0, [], []),
    (r"dir /b /a:r C:\t", "b.txt\r\n", "", 0, [], []),
    (
        r"dir /b /s /a-d C:\t",
        "C:\\t\\a.txt\r\nC:\\t\\b.txt\r\nC:\\t\\h.txt\r\nC:\\t\\sub\\c.txt\r\nC:\\t\\sub\\r.txt\r\n",
        "",
        0,
        [],
        [],
    ),
    (r"dir /b /o-n /a-d-h C:\t", "b.txt\r\na.txt\r\n", "", 0, [], []),
    (r"dir /b C:\t\a*", "a.txt\r\n", "", 0, [], []),
    (r"dir /b C:\t\none", "", "File Not Found\r\n", 1, [], []),
    (r"dir /b C:\none\none", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"dir /b Q:\\", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"dir /b C:\t\none C:\t\a.txt", "a.txt\r\n", "File Not Found\r\n", 0, [], []),
    ("ver", "\r\nMicrosoft Windows [Version 6.1.7601]\r\n", "", 0, [], []),
    ("vol W:", " Volume in drive W is DATA\r\n Volume Serial Number is 1A2B-3C4D\r\n", "", 0, [], []),
]


def tree(files) -> set[str]:
    return {entry.path[len(T) + 1 :] for entry in files.walk(T)}


@pytest.mark.parametrize(("line", "out", "err", "code", "came", "went"), CASES, ids=lambda value: str(value)[:40])
def test_commands(node, shell, line, out, err, code, came, went):
    before = tree(node.files)
    answer = shell(node, line)
    if out is not None:
        assert answer.out == out
    assert (answer.err, answer.code) == (err, code)
    assert tree(node.files) == (before - set(went)) | set(came)
    if not came and not went and "W:" not in line and "c.txt" not in line:
        assert [change for change in node.changes if change.how != "attributes set"] == []


JAPANESE = [
    (r"md C:\t\sub", "", "サブディレクトリまたはファイル C:\\t\\sub は既に存在します。\r\n"),
    (r"copy C:\t\a.txt C:\t\x", "        1 個のファイルをコピーしました。\r\n", ""),
    (r"move C:\t\a.txt C:\t\x", "        1 個のファイルを移動しました。\r\n", ""),
    (r"del C:\t\none", "", "C:\\t\\none が見つかりませんでした。\r\n"),
    (r"dir /b C:\t\none", "", "ファイルが見つかりません\r\n"),
    (r"rd /s C:\t\sub", "C:\\t\\sub、よろしいですか (Y/N)? ", ""),
    ("echo", "ECHO は <ON> です。\r\n", ""),
    (r"cd C:\none", "", "指定されたパスが見つかりません。\r\n"),
    ("vol C:", None, ""),
]


@pytest.mark.parametrize(("line", "out", "err"), JAPANESE, ids=lambda value: str(value)[:30])
def test_japanese(japanese, shell, line, out, err):
    answer = shell(japanese, line)
    assert out is None or answer.out == out
    assert answer.err == err


def test_a_listing(node, japanese, shell):
    assert shell(node, r"dir C:\t").out == (
        " Volume in drive C has no label.\r\n"
        f" Volume Serial Number is {node.files.drives['C:'].serial}\r\n"
        "\r\n"
        " Directory of C:\\t\r\n"
        "\r\n"
        "04/02/2012  09:05 AM    <DIR>          .\r\n"
        "04/02/2012  09:05 AM    <DIR>          ..\r\n"
        "04/02/2012  09:05 AM                 1 a.txt\r\n"
        "04/02/2012  09:05 AM                 2 b.txt\r\n"
        "04/02/2012  09:05 AM    <DIR>          empty\r\n"
        "04/02/2012  09:05 AM    <DIR>          sub\r\n"
        "               2 File(s)              3 bytes\r\n"
        f"               4 Dir(s)  {node.files.volume('C:').free_bytes:,} bytes free\r\n"
    )
    lines = shell(japanese, r"dir /-c C:\t\a.txt").out.splitlines()
    assert lines[3] == r" C:\t のディレクトリ"
    assert lines[5] == "2012/04/02  09:05                 1 a.txt"
    assert lines[6] == "               1 個のファイル                   1 バイト"
    assert lines[7].endswith(f"{japanese.files.volume('C:').free_bytes} バイトの空き領域")


def test_the_answer_to_a_question(node, shell):
    assert shell(node, r"rd /s C:\t\sub", stdin=b"x\r\ny\r\n").out == r"C:\t\sub, Are you sure (Y/N)? " * 2
    assert not node.files.exists(r"C:\t\sub")
    shell(node, r"del C:\t\*.*", stdin=b"Y\r\n")
    assert tree(node.files) == {"b.txt", "h.txt", "empty"}


def test_rd_goes_on_behind_what_is_refused(node, shell):
    node.files.in_use.add(r"C:\T\SUB\C.TXT")
    answer = shell(node, r"rd /s /q C:\t\sub")
    assert answer.err.startswith("C:\\t\\sub\\c.txt - The process cannot access the file")
    assert answer.code == 32
    assert tree(node.files) >= {"sub", r"sub\c.txt"}
    assert r"sub\r.txt" not in tree(node.files)


def test_denied_files(node, shell):
    node.files.seed_acl(rf"{T}\a.txt", [Ace(SYSTEM, 0x1F01FF)], protected=True)
    assert shell(node, rf"type {T}\a.txt").err == "Access is denied.\r\n"
    assert shell(node, rf"copy {T}\a.txt {T}\x").code == 1
    assert shell(node, rf"echo x>{T}\a.txt").err == "Access is denied.\r\n"


def test_a_full_disk(node, shell):
    node.files.seed(r"C:\big", b"x" * 60 * 4096)
    answer = shell(node, r"copy /y C:\big W:\big")
    assert answer.err == "There is not enough space on the disk.\r\n"
    assert answer.out == "        0 file(s) copied.\r\n"
    assert answer.code == 1
    assert not node.files.exists(r"W:\big")


def test_type_turns_utf16_into_the_console_code_page(japanese, shell):
    japanese.files.seed(rf"{T}\u.txt", b"\xff\xfe" + "日本語\r\n".encode("utf-16-le"))
    japanese.files.seed(rf"{T}\s.txt", "日本語\r\n".encode("cp932"))
    assert shell(japanese, rf"type {T}\u.txt").out == "日本語\r\n"
    assert shell(japanese, rf"type {T}\s.txt").out == "日本語\r\n"
    shell(japanese, rf"type {T}\u.txt>{T}\new.txt")
    assert japanese.files.read(rf"{T}\new.txt") == "日本語\r\n".encode("cp932")


def test_joined_files_end_in_ctrl_z_unless_binary(node, shell):
    shell(node, rf"copy {T}\a.txt+{T}\b.txt {T}\text")
    shell(node, rf"copy /b {T}\a.txt+{T}\b.txt {T}\binary")
    assert (node.files.read(rf"{T}\text"), node.files.read(rf"{T}\binary")) == (b"abb\x1a", b"abb")


ERRORLEVELS = [
    # what leaves ERRORLEVEL as it was (7), and what sets it (Wine's test_builtins.bat.exp, taken from Windows)
    ("echo x", 7),
    ("title x", 7),
    (r"rd C:\none", 7),
    (r"rd C:\t\empty", 7),
    (r"echo x>C:\none\x", 7),
    ("popd", 7),
    ("C:", 7),
    ("set q=1", 7),
    ("set nothing", 1),
    ("cd .", 0),
    ("cd none", 1),
    (r"md C:\t\new", 0),
    (r"md C:\t\sub", 1),
    (r"del C:\t\none", 0),
    (r"dir C:\t", 0),
    (r"dir C:\t\none", 1),
    (r"copy C:\t\a.txt C:\t\x", 0),
    (r"move C:\t\a.txt C:\t\x", 0),
    (r"ren C:\t\a.txt x", 0),
    ("type nul", 0),
    ("ver", 0),
    ("nothing", 9009),
    (r"none\none.exe", 3),
    (r"rd C:\none || rem", 2),
    (r"rd C:\t\sub || rem", 145),
    (r"rd C:\t\a.txt || rem", 267),
    (r"echo x>C:\none\x || rem", 1),
    ("nothing || rem", 1),
    ("if 1==2 echo x", 7),
    ("for %i in () do echo x", 7),
    ("cmd /c exit 5", 5),
    ("hostname", 0),
    ("echo x| sort", 0),
]


@pytest.mark.parametrize(("line", "level"), ERRORLEVELS)
def test_errorlevel(node, shell, line, level):
    answer = shell(node, f"cmd /c exit 7 & ({line}) >nul 2>&1 & call echo %^errorlevel%")
    assert answer.out == f"{level}\r\n"
