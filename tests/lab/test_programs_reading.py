"""certutil, fc, attrib, find, findstr, where, more, sort."""

import base64
import hashlib

import pytest

from runbook_lib.lab.files import Volume


@pytest.fixture
def node(make):
    machine = make("NODE1", language="en", code_page=437)
    seed(machine)
    return machine


def seed(machine) -> None:
    for name, content in (
        ("a.txt", b"one\r\nTwo\r\nthree\r\n"),
        ("b.txt", b"one\r\ntwo\r\nthree\r\n"),
        ("c.bin", b"\x00\x01\x02\xff"),
        ("long.bin", b"\x00\x01\x02\xff\x00"),
        ("empty", b""),
        (r"sub\a.txt", b"one\r\nTwo\r\nthree\r\n"),
    ):
        machine.files.seed(rf"C:\t\{name}", content)


DIGEST = {name: hashlib.new(name, b"\x00\x01\x02\xff").hexdigest() for name in ("md5", "sha1", "sha256")}


@pytest.mark.parametrize(
    ("release", "algorithm", "first", "second"),
    [
        ("2008", "SHA1", "SHA1 hash of file C:\\t\\c.bin:", bytes.fromhex(DIGEST["sha1"]).hex(" ")),
        ("2008 R2", "sha256", "SHA256 hash of file C:\\t\\c.bin:", bytes.fromhex(DIGEST["sha256"]).hex(" ")),
        ("2012 R2", "MD5", "MD5 hash of file C:\\t\\c.bin:", bytes.fromhex(DIGEST["md5"]).hex(" ")),
        ("2016", "SHA256", "SHA256 hash of C:\\t\\c.bin:", DIGEST["sha256"]),
        ("2022", "", "SHA1 hash of C:\\t\\c.bin:", DIGEST["sha1"]),
        ("2025", "", "SHA256 hash of C:\\t\\c.bin:", DIGEST["sha256"]),
    ],
)
def test_certutil_hashfile(make, shell, release, algorithm, first, second):
    node = make("NODE1", release=release, language="en", code_page=437)
    seed(node)
    answer = shell(node, rf"certutil -hashfile C:\t\c.bin {algorithm}")
    assert answer.lines == [first, second, "CertUtil: -hashfile command completed successfully."]
    assert answer.code == 0
    assert node.changes == []


@pytest.mark.parametrize(
    ("release", "words", "code", "said"),
    [
        ("2003", r"-hashfile C:\t\c.bin", -2147024809, "Unknown arg: -hashfile"),
        ("2008", r"-hashfile C:\t\c.bin SHA256", -805306181, "0xd00000bb"),
        ("2008 R2", r"-hashfile C:\t\empty SHA1", -2147023890, "0x800703ee (WIN32: 1006)"),
        ("2022", r"-hashfile C:\t\none", -2147024894, "0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)"),
        ("2022", r"-hashfile C:\none\none", -2147024893, "The system cannot find the path specified."),
        ("2022", r"-encode C:\t\c.bin C:\t\a.txt", -2147024816, "The file exists."),
        ("2022", r"-decode C:\t\a.txt C:\t\new", -2147024883, "The data is invalid."),
        ("2022", r"-encode C:\t\c.bin", -2147024809, "Missing argument"),
        ("2022", "-nonsense", -2147024809, "Unknown arg: -nonsense"),
    ],
)
def test_certutil_fails(make, shell, release, words, code, said):
    node = make("NODE1", release=release, language="en", code_page=437)
    seed(node)
    answer = shell(node, f"certutil {words}")
    assert answer.code == code
    assert said in answer.out
    assert "command FAILED" in answer.out
    assert node.changes == []


def test_an_empty_file_has_a_hash_on_newer_releases(make, shell):
    node = make("NODE1", release="2022", language="en", code_page=437)
    seed(node)
    assert shell(node, r"certutil -hashfile C:\t\empty MD5").lines[1] == "d41d8cd98f00b204e9800998ecf8427e"


@pytest.mark.parametrize("release", ["2003", "2008 R2", "2022"])
def test_certutil_writes_exact_bytes(make, shell, release):
    node = make("NODE1", release=release, language="en", code_page=437)
    content = bytes(range(256)) * 3
    text = base64.b64encode(content).decode()
    line = (
        r'>"C:\x.b64" echo -----BEGIN CERTIFICATE-----'
        + "".join(rf'&>>"C:\x.b64" echo {text[start : start + 400]}' for start in range(0, len(text), 400))
        + r'&>>"C:\x.b64" echo -----END CERTIFICATE-----'
        + r'&certutil -f -decode "C:\x.b64" "C:\x y.bin"'
    )
    assert shell(node, line).code == 0
    assert node.files.read(r"C:\x y.bin") == content
    assert shell(node, r'certutil -f -encode "C:\x y.bin" C:\y.b64').code == 0
    lines = node.files.read(r"C:\y.b64").decode().split("\r\n")
    assert (lines[0], lines[-2], len(lines[1])) == ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", 64)
    assert base64.b64decode("".join(lines[1:-2])) == content


def test_certutil_needs_no_header_lines_since_windows_7(make, shell):
    for release, code in (("2003", -2147024883), ("2008 R2", 0)):
        node = make("NODE1", release=release)
        assert shell(node, r"echo YWJj>C:\x&certutil -decode C:\x C:\y").code == code


def test_certutil_on_a_full_disk(node, shell):
    node.files.mount("W:", Volume(capacity_bytes=4096))
    node.files.seed(r"C:\big", base64.b64encode(b"x" * 9000))
    answer = shell(node, r"certutil -decode C:\big W:\big")
    assert answer.code == -2147024784
    assert "There is not enough space on the disk." in answer.out


def test_certutil_in_japanese(make, shell):
    node = make("NODE1")
    seed(node)
    lines = shell(node, r"certutil -hashfile C:\t\c.bin SHA1").lines
    assert lines[0] == "SHA1 ハッシュ (ファイル C:\\t\\c.bin):"
    assert lines[2] == "CertUtil: -hashfile コマンドは正常に完了しました。"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (r"/b C:\t\a.txt C:\t\sub\a.txt", 0, "FC: no differences encountered"),
        (r"/b C:\t\a.txt C:\t\b.txt", 1, "00000005: 54 74"),
        (r"/b C:\t\c.bin C:\t\long.bin", 1, "FC: C:\\T\\LONG.BIN longer than C:\\t\\c.bin"),
        (r"C:\t\a.txt C:\t\b.txt", 1, "***** C:\\t\\a.txt\r\none\r\nTwo\r\nthree\r\n***** C:\\T\\B.TXT\r\none\r\ntwo"),
        (r"/c C:\t\a.txt C:\t\b.txt", 0, "FC: no differences encountered"),
        (r"/b C:\t\a.txt C:\t\none", 2, "Comparing files C:\\t\\a.txt and C:\\T\\NONE"),
        (r"/b C:\t\a.txt C:\t\sub", 0, "Comparing files C:\\t\\a.txt and C:\\T\\SUB\\A.TXT"),
        (r"/b C:\t\*.txt C:\t\sub\*.txt", 2, "Comparing files C:\\t\\b.txt and C:\\T\\SUB\\B.TXT"),
        (r"/b C:\t\a.txt", -1, ""),
    ],
)
def test_fc(node, shell, words, code, said):
    answer = shell(node, f"fc {words}")
    assert answer.code == code
    assert said in answer.out
    assert node.changes == []


def test_fc_in_japanese(make, shell):
    node = make("NODE1")
    seed(node)
    out = shell(node, r"fc /b C:\t\a.txt C:\t\sub\a.txt").out
    assert (
        out == "ファイル C:\\t\\a.txt と C:\\T\\SUB\\A.TXT を比較しています\r\nFC: 相違点は検出されませんでした\r\n\r\n"
    )


def test_attrib(node, shell):
    assert shell(node, r"attrib +r +h C:\t\a.txt").code == 0
    assert node.files.entry(r"C:\t\a.txt").attributes == frozenset("RHA")
    assert shell(node, r"attrib C:\t\a.txt").out == "A   HR     C:\\t\\a.txt\r\n"
    assert "Not resetting hidden file - C:\\t\\a.txt" in shell(node, r"attrib -r C:\t\a.txt").out
    assert node.files.entry(r"C:\t\a.txt").attributes == frozenset("RHA")
    shell(node, r"attrib -r -h C:\t\*.* /s")
    assert node.files.entry(r"C:\t\a.txt").attributes == frozenset("A")
    answer = shell(node, r"attrib C:\t\none")
    assert (answer.out, answer.code) == ("File not found - C:\\t\\none\r\n", 1)


TEXTS = [
    (r'find "Two" C:\t\a.txt', "\r\n---------- C:\\T\\A.TXT\r\nTwo\r\n", 0),
    (r'find /i "TWO" C:\t\b.txt', "\r\n---------- C:\\T\\B.TXT\r\ntwo\r\n", 0),
    (r'find /c "o" C:\t\a.txt', "\r\n---------- C:\\T\\A.TXT: 2\r\n", 0),
    (r'find /v /n "o" C:\t\a.txt', "\r\n---------- C:\\T\\A.TXT\r\n[3]three\r\n", 0),
    (r'type C:\t\a.txt| find "th"', "three\r\n", 0),
    (r'type C:\t\a.txt| find /c /v ""', "3\r\n", 0),
    (r'type C:\t\a.txt| find "x"', "", 1),
    (r"find Two C:\t\a.txt", "", 2),
    (r"findstr Two C:\t\a.txt", "Two\r\n", 0),
    (r"findstr /i /n two C:\t\a.txt", "2:Two\r\n", 0),
    (r'findstr "one three" C:\t\a.txt', "one\r\nthree\r\n", 0),
    (r'findstr /c:"one three" C:\t\a.txt', "", 1),
    (r'findstr /r "^t" C:\t\b.txt', "two\r\nthree\r\n", 0),
    (r'findstr /b /c:"t" C:\t\b.txt', "two\r\nthree\r\n", 0),
    (r'findstr /e "e" C:\t\b.txt', "one\r\nthree\r\n", 0),
    (r'findstr /x "one" C:\t\b.txt', "one\r\n", 0),
    (r'findstr /v "^o" C:\t\b.txt', "two\r\nthree\r\n", 0),
    (r"findstr /m Two C:\t\*.txt", "C:\\t\\a.txt\r\n", 0),
    (r"findstr Two C:\t\*.txt", "C:\\t\\a.txt:Two\r\n", 0),
    (r'echo a.b| findstr /l "a.b"', "a.b\r\n", 0),
    (r'type C:\t\a.txt| findstr "^"', "one\r\nTwo\r\nthree\r\n", 0),
    (r"sort C:\t\a.txt", "one\r\nthree\r\nTwo\r\n", 0),
    (r"sort /r C:\t\a.txt", "Two\r\nthree\r\none\r\n", 0),
    (r"sort < C:\t\b.txt", "one\r\nthree\r\ntwo\r\n", 0),
    ("echo a| more", "a\r\n\r\n", 0),
    ("more nul", "\r\n", 0),
    ("where hostname", "C:\\Windows\\system32\\hostname.exe\r\n", 0),
    ("where chcp.com", "C:\\Windows\\system32\\chcp.com\r\n", 0),
    ("where /q hostname", "", 0),
    ("where /q nothing", "", 1),
    (r"where /r C:\t a.txt", "C:\\t\\a.txt\r\nC:\\t\\sub\\a.txt\r\n", 0),
]


@pytest.mark.parametrize(("line", "out", "code"), TEXTS)
def test_text_programs(node, shell, line, out, code):
    answer = shell(node, line)
    assert (answer.out.lower() if "where" in line else answer.out, answer.code) == (
        out.lower() if "where" in line else out,
        code,
    )
    assert node.changes == []


def test_standard_input_becomes_a_file(node, shell):
    text = base64.b64encode(b"x" * 3000)
    lines = b"\r\n".join(text[start : start + 64] for start in range(0, len(text), 64)) + b"\r\n"
    shell(node, r'findstr "^" > C:\x.b64', stdin=lines)
    assert node.files.read(r"C:\x.b64") == lines
