"""Batch files: percent rules, arguments, labels, who comes back to whom."""

import pytest

FILES = {
    "plain.bat": "@echo off\r\necho %%x%% %undefined%[%1][%~2][%*]\r\n",
    "zero.cmd": "@echo [%0][%~n0][%~dp0][%~x0]\r\n",
    "shift.bat": "@echo off\r\nshift\r\necho %1%2\r\n",
    "goto.bat": "@echo off\r\ngoto end\r\necho no\r\n:end\r\necho end\r\ngoto :eof\r\necho no\r\n",
    "lost.bat": "@goto nowhere\r\n@echo no\r\n",
    "sub.bat": '@echo off\r\ncall :show one "two 2"\r\necho back %errorlevel%\r\nexit /b 4\r\n:show\r\n'
    "echo %1 %~2 %0\r\nexit /b 3\r\n",
    "local.bat": "@echo off\r\nset q=1\r\nsetlocal\r\nset q=2\r\necho %q%\r\nendlocal\r\necho %q%\r\n",
    "open.bat": "@setlocal\r\n@set q=2\r\n",
    "delayed.bat": "@echo off\r\nsetlocal enabledelayedexpansion\r\nset q=1\r\n"
    'if 1==1 (\r\nset q=2\r\necho %q% !q! "a^!b"\r\n)\r\n',
    "block.bat": "@echo off\r\nif exist %~f0 (\r\n  echo one\r\n  echo two\r\n) else (\r\n  echo no\r\n)\r\n"
    "for %%i in (a\r\nb) do (\r\n echo %%i\r\n)\r\n",
    "caret.bat": "@echo off\r\necho one ^\r\ntwo\r\n",
    "inner.bat": "@echo inner %1\r\n@exit /b 5\r\n",
    "calls.bat": "@call inner.bat x\r\n@echo after %errorlevel%\r\n",
    "chain.bat": "@inner.bat x\r\n@echo never\r\n",
    "shown.bat": "echo a\r\nset q=1\r\n@echo b\r\nrem note\r\n",
    "last.bat": "@cmd /c exit 9\r\n",
    "rd.bat": "@rd C:\\none 2>nul\r\n",
    "titled.bat": "@cmd /c exit 9\r\n@title x\r\n",
    "sets.cmd": "@cmd /c exit 9\r\n@set q=1\r\n",
    "bad.bat": "@echo a\r\n@if\r\n@echo b\r\n",
    "japanese.bat": "@echo 日本語\r\n",
    "cp.bat": '@for /f "tokens=1*" %%a in ("x y z") do @echo %%b\r\n',
}

CASES = [
    ('plain.bat a "b c"', '%x% [a][b c][a "b c"]\r\n', 0),
    ("plain a,b;c=d", "%x% [a][b][a,b;c=d]\r\n", 0),
    (r"C:\b\zero", "[C:\\b\\zero][zero][C:\\b\\][.cmd]\r\n", 0),
    ("shift.bat 1 2 3", "23\r\n", 0),
    ("goto", "", 1),
    (".\\goto", "end\r\n", 0),
    ("lost", "", 1),
    ("sub", "one two 2 :show\r\nback 3\r\n", 4),
    ("local", "2\r\n1\r\n", 0),
    ("call open&echo [%q%]", "[%q%]\r\n", 0),
    ("delayed", '1 2 "a!b"\r\n', 0),
    ("block", "one\r\ntwo\r\na\r\nb\r\n", 0),
    ("caret", "one two\r\n", 0),
    ("calls", "inner x\r\nafter 5\r\n", 5),
    ("chain", "inner x\r\n", 5),
    ("inner x&echo back", "inner x\r\nback\r\n", 0),
    ("shown", "\r\nC:\\b>echo a \r\na\r\n\r\nC:\\b>set q=1 \r\nb\r\n\r\nC:\\b>rem note \r\n", 0),
    ("last", "", 9),
    ("rd.bat", "", 2),
    ("titled", "", 9),
    ("call sets.cmd&call echo %^errorlevel%", "0\r\n", 0),
    ("bad", "a\r\n", 255),
    ("japanese", "日本語\r\n", 0),
    ("cp", "y z\r\n", 0),
]


@pytest.fixture
def node(make):
    machine = make("NODE1", language="ja", code_page=932)
    for name, text in FILES.items():
        machine.files.seed(rf"C:\b\{name}", text.encode("cp932"))
    return machine


@pytest.mark.parametrize(("line", "out", "code"), CASES)
def test_batch_files(node, shell, line, out, code):
    answer = shell(node, line, folder=r"C:\b")
    assert (answer.out, answer.code) == (out, code)


@pytest.mark.parametrize(
    ("release", "out"), [("2003", ""), ("2008", ""), ("2008 R2", "inner x\r\n"), ("2022", "inner x\r\n")]
)
def test_utf8_console_before_windows_7_skips_batch_files(make, shell, release, out):
    node = make("NODE1", release=release)
    node.files.seed(r"C:\b\inner.bat", FILES["inner.bat"].encode())
    assert shell(node, "inner.bat x", code_page=65001, folder=r"C:\b").out == out


@pytest.mark.parametrize(
    ("line", "out"),
    [
        # Two quotes, a blank and the name of something that can be started: the line stays as it is.
        (r'"C:\b c\x.bat" 1', "x 1\r\n"),
        # Anything else that begins with a quote loses it and the last one.
        (r'"C:\b c\x.bat" "1"', ""),
        (r'""C:\b c\x.bat" "1""', 'x "1"\r\n'),
        (r'call "C:\b c\x.bat" "1"', 'x "1"\r\n'),
        (r'"C:\b(c\x.bat" 1', ""),
    ],
)
def test_a_line_that_begins_with_a_quote(node, shell, line, out):
    node.files.seed(r"C:\b c\x.bat", b"@echo x %*\r\n")
    node.files.seed(r"C:\b(c\x.bat", b"@echo x %*\r\n")
    assert shell(node, line).out == out


def test_a_batch_file_can_be_stopped(node):
    node.files.seed(r"C:\b\endless.bat", b":again\r\n@goto again\r\n")
    process = node.start(r"C:\b\endless.bat")
    process.stop()
    assert process.wait(5)
    assert process.exit_code == -1073741510


def test_a_program_that_hangs_ends_only_when_stopped(node):
    node.hang.add("hostname")
    process = node.start("echo a&hostname&echo b")
    assert not process.wait(0.2)
    process.stop()
    assert process.wait(5)
    assert process.stdout.take() == b"a\r\n"
