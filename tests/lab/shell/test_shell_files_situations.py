"""The commands of cmd.exe for files in Japanese, as listings, and where a file, a disk or a question is in the way."""

import pytest

from runbook_lib.lab.acl import SYSTEM, Ace
from tests.lab.shell.seeded import T, tree

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
