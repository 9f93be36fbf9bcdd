"""reg.exe against the layout of its documentation and published transcripts."""

import re
import threading

import pytest

from runbook_lib.lab.process import Invocation, Process

KEY = r"HKLM\SOFTWARE\NEC\NVBASE"
FULL = r"HKEY_LOCAL_MACHINE\SOFTWARE\NEC\NVBASE"
ABSENT = "ERROR: The system was unable to find the specified registry key or value.\r\n"


@pytest.fixture
def seeded(make):
    def build(**settings):
        machine = make(**{"language": "en", "code_page": 437, **settings})
        registry = machine.registry
        registry.seed(KEY, "WorkDir", "REG_SZ", r"C:\Program Files\ESMPRO\NVWORK")
        registry.seed(KEY, "", "REG_SZ", "nothing")
        registry.seed(KEY, "Max Alert", "REG_DWORD", 4095)
        registry.seed(KEY, "Raw", "REG_BINARY", b"\x01\xab\x00")
        registry.seed(KEY, "Path", "REG_EXPAND_SZ", r"%SystemRoot%\x")
        registry.seed(KEY, "Many", "REG_MULTI_SZ", ("one", "two words"))
        registry.seed(KEY, "Wide", "REG_QWORD", 1 << 40)
        registry.seed(rf"{KEY}\AlertViewer", "AlertPath", "REG_SZ", r"C:\alert")
        registry.seed_key(rf"{KEY}\Empty")
        return machine

    return build


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("WorkDir", r"    WorkDir    REG_SZ    C:\Program Files\ESMPRO\NVWORK"),
        ("max alert", "    Max Alert    REG_DWORD    0xfff"),
        ("Raw", "    Raw    REG_BINARY    01AB00"),
        ("Path", r"    Path    REG_EXPAND_SZ    %SystemRoot%\x"),
        ("Many", r"    Many    REG_MULTI_SZ    one\0two words"),
        ("Wide", "    Wide    REG_QWORD    0x10000000000"),
    ],
)
def test_query_of_one_value(seeded, call, name, line):
    answer = call(seeded(), "reg", "query", KEY, "/v", name)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"\r\n{FULL}\r\n{line}\r\n\r\n"


def test_query_on_2003_is_headed_and_separated_by_tabs(seeded, call):
    machine = seeded(release="2003", architecture="x86")
    answer = call(machine, "reg", "query", KEY, "/v", "WorkDir")
    head = f"\r\n! REG.EXE VERSION 3.0\r\n\r\n{FULL}\r\n"
    assert answer.out == head + "    WorkDir\tREG_SZ\tC:\\Program Files\\ESMPRO\\NVWORK\r\n\r\n"
    assert "    <NO NAME>\tREG_SZ\tnothing\r\n" in call(machine, "reg", "query", KEY).out
    assert "    Many\tREG_MULTI_SZ\tone\\0two words\\0\\0\r\n" in call(machine, "reg", "query", KEY).out


def test_query_of_a_key_lists_values_then_the_keys_under_it(seeded, call):
    answer = call(seeded(), "reg", "query", KEY)
    assert answer.lines[:2] == ["", FULL]
    assert answer.lines[3] == "    (Default)    REG_SZ    nothing"
    assert answer.lines[-3:] == ["", rf"{FULL}\AlertViewer", rf"{FULL}\Empty"]
    only_keys = call(seeded(), "reg", "query", r"HKLM\SOFTWARE\NEC")
    assert only_keys.lines == ["", FULL]


def test_the_default_value_by_language_and_when_it_is_not_set(seeded, call):
    machine = seeded(language="ja", code_page=932)
    assert "    (既定)    REG_SZ    nothing" in call(machine, "reg", "query", KEY, "/ve").lines
    viewer = call(machine, "reg", "query", rf"{KEY}\AlertViewer", "/ve")
    assert (viewer.code, viewer.lines[2]) == (0, "    (既定)    REG_SZ    (値の設定なし)")


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["/f", "alert"], 2),  # the value "Max Alert" and the key "AlertViewer"
        (["/f", "alert", "/s"], 3),  # and AlertPath, by its name and by what it holds: one line
        (["/f", "alert", "/s", "/c"], 1),
        (["/f", "Max Alert", "/e"], 1),
        (["/f", "nvwork", "/d"], 1),
        (["/f", "alert", "/k", "/s"], 1),
        (["/s", "/v", "AlertPath"], 1),
        (["/f", "*", "/t", "REG_DWORD,REG_QWORD"], 2),
        (["/f", "one", "/v", "Many"], 1),
        (["/f", "one", "/v", "Path"], 0),
        (["/f", "alertviewer", "/d"], 0),
        (["/f", "absent"], 0),
    ],
)
def test_searches_count_what_they_found(seeded, call, arguments, count):
    answer = call(seeded(), "reg", "query", KEY, *arguments)
    assert answer.lines[-1] == f"End of search: {count} match(es) found."
    assert answer.code == (0 if count else 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", r"HKLM\SOFTWARE\Nobody"),
        ("query", KEY, "/v", "Nothing"),
        ("delete", KEY, "/v", "Nothing", "/f"),
        ("delete", r"HKLM\SOFTWARE\Nobody", "/f"),
        ("export", r"HKLM\SOFTWARE\Nobody", "x.reg"),
    ],
)
def test_what_is_missing_is_an_error_on_standard_error(seeded, call, arguments):
    machine = seeded()
    answer = call(machine, "reg", *arguments)
    assert (answer.code, answer.out, answer.err) == (1, "", ABSENT)
    assert machine.changes == []


def test_errors_in_japanese_and_on_2003(seeded, call):
    japanese = seeded(language="ja", code_page=932)
    sentence = "エラー: 指定されたレジストリ キーまたは値が見つかりませんでした。\r\n"
    assert call(japanese, "reg", "query", r"HKLM\X").err == sentence
    old = seeded(release="2003", architecture="x86")
    assert call(old, "reg", "query", r"HKLM\X").err == f"\r\nError:  {ABSENT[7:-3]}\r\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("frobnicate",),
        ("query",),
        ("query", KEY, "/unknown"),
        ("query", KEY, "/v", "A", "/ve"),
        ("query", KEY, "/k"),
        ("query", "NOROOT\\X"),
        ("add", KEY, "/v"),
        ("add", KEY, "/v", "A", "/t", "REG_WRONG", "/f"),
        ("add", KEY, "/v", "A", "/t", "REG_DWORD", "/d", "four", "/f"),
        ("add", KEY, "/v", "A", "/t", "REG_DWORD", "/d", "4294967296", "/f"),
        ("add", KEY, "/v", "A", "/t", "REG_BINARY", "/d", "zz", "/f"),
        ("add", r"\\other\HKLM\X", "/f"),
        ("delete", KEY, "WorkDir", "/f"),
        ("export", KEY),
        ("import", "missing.reg"),
    ],
)
def test_wrong_command_lines_fail_and_change_nothing(seeded, call, arguments):
    machine = seeded()
    answer = call(machine, "reg", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("ERROR: ")
    assert machine.changes == []


@pytest.mark.parametrize(
    ("typed", "kind", "content"),
    [
        ([], "REG_SZ", ""),
        (["/d", r"W:\NVWORK"], "REG_SZ", r"W:\NVWORK"),
        (["/t", "reg_dword", "/d", "0x1F"], "REG_DWORD", 31),
        (["/t", "REG_DWORD", "/d", "31"], "REG_DWORD", 31),
        (["/t", "REG_QWORD", "/d", "0x10000000000"], "REG_QWORD", 1 << 40),
        (["/t", "REG_BINARY", "/d", "fe340ead"], "REG_BINARY", bytes.fromhex("fe340ead")),
        (["/t", "REG_MULTI_SZ", "/d", r"fax\0mail"], "REG_MULTI_SZ", ("fax", "mail")),
        (["/t", "REG_MULTI_SZ", "/s", ";", "/d", "fax;mail"], "REG_MULTI_SZ", ("fax", "mail")),
        (["/t", "REG_EXPAND_SZ", "/d", "%x%"], "REG_EXPAND_SZ", "%x%"),
    ],
)
def test_add_stores_every_type(seeded, call, typed, kind, content):
    machine = seeded()
    answer = call(machine, "reg", "add", r"HKLM\SOFTWARE\New\Key", "/v", "Name", *typed)
    assert (answer.code, answer.out) == (0, "The operation completed successfully.\r\n")
    value = machine.registry.get(r"HKLM\SOFTWARE\New\Key", "name")
    assert (value.type, value.content) == (kind, content)
    assert [(change.kind, change.how) for change in machine.changes] == [
        ("registry", "created"),
        ("registry", "written"),
    ]


@pytest.mark.parametrize(
    ("stdin", "written"),
    [(b"y\r\n", True), (b"Yes\r\n", True), (b"what\r\nyes\r\n", True), (b"n\r\n", False), (b"", False)],
)
def test_add_asks_before_it_overwrites(seeded, call, stdin, written):
    machine = seeded()
    answer = call(machine, "reg", "add", KEY, "/v", "workdir", "/d", "new", stdin=stdin)
    assert answer.code == 0
    assert answer.out.startswith("Value WorkDir exists, overwrite(Yes/No)? ")
    assert (machine.registry.text(KEY, "WorkDir") == "new") == written == bool(machine.changes)
    assert call(machine, "reg", "add", KEY, "/v", "workdir", "/d", "forced", "/f").code == 0
    assert machine.registry.text(KEY, "WorkDir") == "forced"


def test_a_question_that_nobody_answers_hangs_until_it_is_stopped(seeded):
    machine = seeded()
    asked = threading.Event()

    def runs(process: Process) -> int:
        arguments = ["reg", "add", KEY, "/v", "WorkDir", "/d", "new"]
        asked.set()
        invocation = Invocation(
            machine, arguments, "", "C:\\", {}, 437, process.stdin, process.stdout, process.stderr, process.stopping
        )
        return machine.programs["reg"](invocation)

    process = Process(437, runs)
    assert asked.wait(1)
    assert not process.wait(0.1)
    process.stop()
    assert process.wait(1)
    assert process.exit_code == -1073741510
    assert machine.changes == []


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["/v", "WorkDir"], {"", "Max Alert", "Raw", "Path", "Many", "Wide"}),
        (["/ve"], {"WorkDir", "Max Alert", "Raw", "Path", "Many", "Wide"}),
        (["/va"], set()),
        ([], None),
    ],
)
def test_delete(seeded, call, arguments, left):
    machine = seeded()
    question = call(machine, "reg", "delete", KEY, *arguments, stdin=b"no\r\n")
    assert (question.code, question.err) == (0, "")
    assert "(Yes/No)? The operation was canceled by the user." in question.out
    assert machine.changes == []
    assert call(machine, "reg", "delete", KEY, *arguments, "/f").code == 0
    if left is None:
        assert not machine.registry.exists(KEY)
    else:
        assert {value.name for value in machine.registry.values(KEY)} == left


@pytest.mark.parametrize(("release", "accepted"), [("2003", False), ("2008", False), ("2008 R2", True), ("2022", True)])
def test_views_can_be_chosen_from_2008_r2_on(make, call, release, accepted):
    machine = make(language="en", release=release)
    machine.registry.seed(r"HKLM\SOFTWARE\Wow6432Node\NEC", "Bits", "REG_DWORD", 32)
    answer = call(machine, "reg", "query", r"HKLM\SOFTWARE\NEC", "/v", "Bits", "/reg:32")
    assert answer.code == (0 if accepted else 1)
    if accepted:
        assert answer.out == "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\r\n    Bits    REG_DWORD    0x20\r\n\r\n"
        assert call(machine, "reg", "query", r"HKLM\SOFTWARE\NEC", "/reg:64").code == 1


def test_what_is_exported_can_be_imported_again(seeded, call):
    machine = seeded()
    machine.registry.seed(KEY, 'odd "name"\\', "REG_SZ", 'back\\slash "quoted"')
    machine.registry.seed(KEY, "Long", "REG_BINARY", bytes(range(100)))
    before = [machine.registry.values(key) for key in machine.registry.walk(KEY)]
    assert call(machine, "reg", "export", KEY, "keys.reg").code == 0
    script = machine.files.read(r"C:\Windows\Temp\keys.reg")
    assert script.startswith(b"\xff\xfe")
    lines = script.decode("utf-16").split("\r\n")
    assert lines[:3] == ["Windows Registry Editor Version 5.00", "", f"[{FULL}]"]
    assert '"Max Alert"=dword:00000fff' in lines
    assert '"Raw"=hex:01,ab,00' in lines
    assert any(line.startswith('"Many"=hex(7):6f,00,6e,00,65,00,00,00,74,00') for line in lines)
    assert any(re.fullmatch(r"  ([0-9a-f]{2},){25}\\", line) for line in lines)
    assert max(map(len, lines)) <= 80
    machine.registry.delete_key(KEY)
    imported = call(machine, "reg", "import", r"C:\Windows\Temp\keys.reg")
    assert (imported.code, imported.err) == (0, "The operation completed successfully.\r\n")
    assert [machine.registry.values(key) for key in machine.registry.walk(KEY)] == before


def test_export_asks_before_it_overwrites_a_file(seeded, call):
    machine = seeded()
    machine.files.write(r"C:\Windows\Temp\keys.reg", b"kept")
    assert "already exists. Overwrite (Yes/No)?" in call(machine, "reg", "export", KEY, "keys.reg", stdin=b"n\n").out
    assert machine.files.read(r"C:\Windows\Temp\keys.reg") == b"kept"
    assert call(machine, "reg", "export", KEY, "keys.reg", "/y").code == 0
