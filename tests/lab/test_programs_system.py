"""tasklist, taskkill, whoami, hostname and chcp."""

import csv

import pytest

NO_MATCH = {
    "en": "INFO: No tasks are running which match the specified criteria.\r\n",
    "ja": "情報: 指定された条件に一致するタスクは実行されていません。\r\n",
}


@pytest.fixture
def busy(make):
    def build(**settings):
        machine = make(**{"language": "en", "code_page": 437, **settings})
        machine.processes.add("explorer.exe", pid=4004, session=1, memory_kb=41_236, account=r"NODE1\operator")
        return machine

    return build


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["imagename eq explorer.exe"], True),
        (["IMAGENAME eq EXPLORER.EXE"], True),
        (["imagename eq explo*"], True),
        (["imagename ne explorer.exe", "pid eq 4004"], False),
        (["pid eq 4004"], True),
        (["pid ge 4000", "pid lt 4005"], True),
        (["session eq 1"], True),
        (["username eq operator"], True),
        (["memusage gt 41235", "memusage le 41236"], True),
        (["services eq explorer"], False),
        (["imagename eq nobody.exe"], False),
    ],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_tasklist_filters(busy, call, filters, found, language):
    words = [word for each in filters for word in ("/fi", each)]
    answer = call(busy(language=language), "tasklist", "/fo", "csv", "/nh", *words)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == ('"explorer.exe","4004","Console","1","41,236 K"\r\n' if found else NO_MATCH[language])


@pytest.mark.parametrize(
    ("settings", "heading", "rule"),
    [
        (
            {},
            "Image Name                     PID Session Name        Session#    Mem Usage",
            "========================= ======== ================ =========== ============",
        ),
        (
            {"release": "2003", "architecture": "x86"},
            "Image Name                   PID Session Name     Session#    Mem Usage",
            "========================= ====== ================ ======== ============",
        ),
        (
            {"language": "ja", "code_page": 932},
            "イメージ名                     PID セッション名     セッション# メモリ使用量",
            "========================= ======== ================ =========== ============",
        ),
    ],
)
def test_tasklist_as_a_table(busy, call, settings, heading, rule):
    lines = call(busy(**settings), "tasklist").lines
    assert lines[:3] == ["", heading, rule]
    assert lines[3].startswith("System Idle Process")
    assert call(busy(**settings), "tasklist", "/nh").lines[1].startswith("System Idle Process")


def test_tasklist_in_other_forms(busy, call):
    machine = busy()
    listed = call(machine, "tasklist", "/fo", "list", "/fi", "pid eq 4004").lines
    assert listed == [
        "",
        "Image Name:   explorer.exe",
        "PID:          4004",
        "Session Name: Console",
        "Session#:     1",
        "Mem Usage:    41,236 K",
    ]
    rows = list(csv.reader(call(machine, "tasklist", "/svc", "/fo", "csv").lines))
    assert rows[0] == ["Image Name", "PID", "Services"]
    assert any("WinRM" in services.split(",") for _, _, services in rows)
    verbose = next(csv.reader(call(machine, "tasklist", "/v", "/fo", "csv", "/nh", "/fi", "pid eq 4004").lines))
    assert verbose[5:7] == ["Running", r"NODE1\operator"]


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("tasklist", ["/x"]),
        ("tasklist", ["/fo", "xml"]),
        ("tasklist", ["/fi", "image is explorer.exe"]),
        ("tasklist", ["/fi", "imagename gt a"]),
        ("tasklist", ["/nh", "/fo", "list"]),
        ("taskkill", []),
        ("taskkill", ["/x"]),
        ("taskkill", ["/fi", "wrong"]),
        ("whoami", ["/x"]),
        ("whoami", ["/upn"]),
        ("whoami", ["/user", "/fo", "xml"]),
    ],
)
@pytest.mark.parametrize(("language", "label"), [("en", "ERROR: "), ("ja", "エラー: ")])
def test_wrong_command_lines(busy, call, program, arguments, language, label):
    answer = call(busy(language=language), program, *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(label)


@pytest.mark.parametrize(
    ("language", "arguments", "sentence"),
    [
        ("en", ["/im", "Explorer.exe"], 'SUCCESS: The process "explorer.exe" with PID 4004 has been terminated.'),
        ("en", ["/pid", "4004"], "SUCCESS: The process with PID 4004 has been terminated."),
        ("ja", ["/im", "explorer.exe"], '成功: プロセス "explorer.exe" (PID 4004) は強制終了されました。'),
        ("ja", ["/pid", "4004"], "成功: PID 4004 のプロセスは強制終了されました。"),
        ("en", ["/fi", "pid eq 4004"], 'SUCCESS: The process "explorer.exe" with PID 4004 has been terminated.'),
    ],
)
def test_taskkill(busy, call, language, arguments, sentence):
    machine = busy(language=language)
    assert call(machine, "taskkill", *arguments).code == 1  # without /f nothing ends
    assert machine.changes == []
    answer = call(machine, "taskkill", "/f", *arguments)
    assert (answer.code, answer.out) == (0, f"{sentence}\r\n")
    assert [(change.kind, change.what) for change in machine.changes] == [("process", "explorer.exe (4004)")]


@pytest.mark.parametrize("arguments", [["/im", "nobody.exe"], ["/pid", "9999"], ["/pid", "x"]])
def test_taskkill_of_what_is_not_there(busy, call, arguments):
    answer = call(busy(), "taskkill", "/f", *arguments)
    assert answer.code == 128
    assert answer.err == f'ERROR: The process "{arguments[1]}" not found.\r\n'


def test_the_system_cannot_be_killed(busy, call):
    assert call(busy(), "taskkill", "/f", "/pid", "4").code == 1


def test_whoami(make, call):
    machine = make(name="Node1", language="en")
    name = call(machine, "whoami")
    assert (name.code, name.out) == (0, "node1\\administrator\r\n")
    sid = machine.files.accounts.user_sid
    assert call(machine, "whoami", "/user", "/fo", "csv", "/nh").out == f'"node1\\administrator","{sid}"\r\n'
    table = call(machine, "whoami", "/user").lines
    assert table[:3] == ["", "USER INFORMATION", "----------------"]
    assert table[-1].endswith(sid)
    everything = call(machine, "whoami", "/all")
    assert (everything.code, "Back up files and directories" in everything.out) == (0, True)
    assert call(machine, "whoami", "/user", "/fo", "list").lines[-1] == f"SID:       {sid}"


@pytest.mark.parametrize(("language", "kind"), [("en", "Alias"), ("ja", "エイリアス")])
def test_whoami_groups_have_their_sids(make, call, language, kind):
    rows = list(csv.reader(call(make(language=language), "whoami", "/groups", "/fo", "csv", "/nh").lines))
    by_sid = {row[2]: row for row in rows}
    assert by_sid["S-1-5-32-544"][:2] == [r"BUILTIN\Administrators", kind]
    assert by_sid["S-1-1-0"][0] == "Everyone"
    assert by_sid["S-1-16-12288"][0] == r"Mandatory Label\High Mandatory Level"
    old = call(make(release="2003", architecture="x86"), "whoami", "/groups", "/fo", "csv", "/nh").out
    assert "S-1-16-" not in old


def test_hostname(make, call):
    machine = make(name="Node1")
    assert call(machine, "hostname").out == "Node1\r\n"
    refused = call(machine, "hostname", "-s")
    assert (refused.code, refused.out) == (1, "")


@pytest.mark.parametrize(
    ("settings", "arguments", "code", "out"),
    [
        ({"language": "en", "code_page": 437}, [], 0, "Active code page: 437\r\n"),
        ({}, [], 0, "現在のコード ページ: 932\r\n"),
        ({}, ["437"], 0, "Active code page: 437\r\n"),
        ({"language": "en", "code_page": 437}, ["65001"], 0, "Active code page: 65001\r\n"),
        ({}, ["99999"], 1, "無効なコード ページです\r\n"),
        ({"language": "en"}, ["x"], 1, "Parameter format not correct - x\r\n"),
    ],
)
def test_chcp(make, call, settings, arguments, code, out):
    answer = call(make(**settings), "chcp", *arguments)
    assert (answer.code, answer.out) == (code, out)
