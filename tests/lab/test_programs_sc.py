"""sc.exe and net.exe: exit codes and layout of their documentation and of published transcripts."""

import time

import pytest

from runbook_lib.lab.service_facts import DISABLED, RUNNING, STOPPED


@pytest.fixture
def node(make):
    def build(**settings):
        machine = make(**{"language": "en", "code_page": 437, **settings})
        machine.services.start_seconds = machine.services.stop_seconds = 0.05
        machine.services.seed("EsmBaseSvc", "ESM Base Service", r"C:\ESMPRO\esmbase.exe", running=True)
        machine.services.seed("EsmAlertSvc", "ESM Alert Service", r"C:\ESMPRO\al.exe", depends=["EsmBaseSvc", "RpcSs"])
        machine.services.seed("Off", "Switched Off", r"C:\off.exe", start=DISABLED)
        return machine

    return build


def settle(machine, name, state):
    until = time.monotonic() + 2
    while machine.services.status(name).state != state:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_query_of_a_running_service(node, call):
    machine = node()
    assert call(machine, "sc", "query", "esmbasesvc").lines == [
        "",
        "SERVICE_NAME: EsmBaseSvc",
        "        TYPE               : 10  WIN32_OWN_PROCESS ",
        "        STATE              : 4  RUNNING ",
        "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)",
        "        WIN32_EXIT_CODE    : 0  (0x0)",
        "        SERVICE_EXIT_CODE  : 0  (0x0)",
        "        CHECKPOINT         : 0x0",
        "        WAIT_HINT          : 0x0",
    ]
    pid = machine.services.status("EsmBaseSvc").pid
    assert f"        PID                : {pid}" in call(machine, "sc", "queryex", "EsmBaseSvc").lines


def test_query_of_a_stopped_service_by_release(node, call):
    never_started = "        WIN32_EXIT_CODE    : 1077  (0x435)"
    assert call(node(), "sc", "query", "EsmAlertSvc").lines[3:5] == [
        "        STATE              : 1  STOPPED ",
        never_started,
    ]
    old = call(node(release="2003", architecture="x86"), "sc", "query", "EsmAlertSvc").lines
    assert old[4] == "                                (NOT_STOPPABLE,NOT_PAUSABLE,IGNORES_SHUTDOWN)"


@pytest.mark.parametrize(
    ("arguments", "step", "code"),
    [
        (["query", "Nobody"], "EnumQueryServicesStatus:OpenService", 1060),
        (["query", "ESM Base Service"], "EnumQueryServicesStatus:OpenService", 1060),
        (["queryex", "Nobody"], "EnumQueryServicesStatus:OpenService", 1060),
        (["qc", "Nobody"], "OpenService", 1060),
        (["start", "Nobody"], "StartService: OpenService", 1060),
        (["start", "EsmBaseSvc"], "StartService", 1056),
        (["start", "Off"], "StartService", 1058),
        (["stop", "Nobody"], "OpenService", 1060),
        (["stop", "EsmAlertSvc"], "ControlService", 1062),
        (["config", "Nobody", "start=", "auto"], "OpenService", 1060),
        (["config", "Off", "type=", "interact"], "ChangeServiceConfig", 87),
        (["create", "Off", "binPath=", "x"], "CreateService", 1073),
        (["create", "Other", "binPath=", "x", "DisplayName=", "Switched Off"], "CreateService", 1078),
        (["delete", "Nobody"], "OpenService", 1060),
        (["getkeyname", "EsmBaseSvc"], "GetServiceKeyName", 1060),
        (["getdisplayname", "ESM Base Service"], "GetServiceDisplayName", 1060),
    ],
)
def test_errors_go_to_standard_output_with_the_win32_code(node, call, arguments, step, code):
    machine = node()
    answer = call(machine, "sc", *arguments)
    assert (answer.code, answer.err) == (code, "")
    assert answer.out.startswith(f"[SC] {step} FAILED {code}:\r\n\r\n")
    assert machine.changes == []


def test_errors_in_japanese_keep_the_english_frame(node, call):
    assert call(node(language="ja", code_page=932), "sc", "query", "Nobody").out == (
        "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\n"
        "指定されたサービスはインストール済みサービスとして存在しません。\r\n\r\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["config", "Off", "start=auto"],
        ["config", "Off", "start=", "sometimes"],
        ["config", "Off", "start="],
        ["config", "Off"],
        ["create", "New"],
        ["qc"],
        ["delete"],
        ["query", "state=", "half"],
    ],
)
def test_wrong_command_lines_print_the_usage(node, call, arguments):
    machine = node()
    answer = call(machine, "sc", *arguments)
    assert answer.code == 1639
    assert "USAGE:" in answer.out
    assert machine.changes == []


def test_start_answers_while_the_service_is_still_starting(node, call):
    machine = node()
    started = call(machine, "sc", "start", "EsmAlertSvc")
    assert started.code == 0
    assert started.lines[3] == "        STATE              : 2  START_PENDING "
    settle(machine, "EsmAlertSvc", RUNNING)
    assert call(machine, "sc", "stop", "EsmBaseSvc").code == 1051
    stopped = call(machine, "sc", "stop", "EsmAlertSvc")
    assert stopped.lines[3] == "        STATE              : 3  STOP_PENDING "
    settle(machine, "EsmAlertSvc", STOPPED)
    assert call(machine, "sc", "stop", "EsmBaseSvc").code == 0


def test_qc_shows_what_is_configured(node, call):
    assert call(node(), "sc", "qc", "EsmAlertSvc").lines == [
        "[SC] QueryServiceConfig SUCCESS",
        "",
        "SERVICE_NAME: EsmAlertSvc",
        "        TYPE               : 10  WIN32_OWN_PROCESS ",
        "        START_TYPE         : 3   DEMAND_START",
        "        ERROR_CONTROL      : 1   NORMAL",
        r"        BINARY_PATH_NAME   : C:\ESMPRO\al.exe",
        "        LOAD_ORDER_GROUP   : ",
        "        TAG                : 0",
        "        DISPLAY_NAME       : ESM Alert Service",
        "        DEPENDENCIES       : EsmBaseSvc",
        "                           : RpcSs",
        "        SERVICE_START_NAME : LocalSystem",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["start=", "auto"], {"start": 2}),
        (["start=", "DEMAND"], {"start": 3}),
        (["start=", "delayed-auto"], {"start": 2, "delayed": True}),
        (["type=", "own", "type=", "interact"], {"type": 0x110}),
        (
            ["depend=", "RpcSs/Dhcp", "DisplayName=", "Another"],
            {"depends": ("RpcSs", "Dhcp"), "display_name": "Another"},
        ),
        (["depend=", "/"], {"depends": ()}),
        (["binPath=", r"C:\new.exe", "error=", "ignore"], {"image_path": r"C:\new.exe", "error_control": 0}),
    ],
)
def test_config(node, call, options, expected):
    machine = node()
    answer = call(machine, "sc", "config", "EsmAlertSvc", *options)
    assert (answer.code, answer.out) == (0, "[SC] ChangeServiceConfig SUCCESS\r\n")
    configuration = machine.services.configuration("EsmAlertSvc")
    assert {name: getattr(configuration, name) for name in expected} == expected
    assert {change.kind for change in machine.changes} == {"service"}


def test_delayed_start_came_with_2008(node, call):
    assert call(node(release="2003", architecture="x86"), "sc", "config", "Off", "start=", "delayed-auto").code == 1639


def test_create_and_delete(node, call):
    machine = node()
    assert call(machine, "sc", "create", "New", "binPath=", r"C:\n.exe", "start=", "auto").code == 0
    assert machine.services.configuration("New").display_name == "New"
    assert call(machine, "sc", "start", "New").code == 0
    settle(machine, "New", RUNNING)
    assert call(machine, "sc", "delete", "New").out == "[SC] DeleteService SUCCESS\r\n"
    assert call(machine, "sc", "config", "New", "start=", "demand").code == 1072
    call(machine, "sc", "stop", "New")
    time.sleep(0.06)
    assert call(machine, "sc", "query", "New").code == 1060


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({}, "[SC] GetServiceKeyName SUCCESS\r\nName = EsmBaseSvc\r\n"),
        ({"language": "ja"}, "[SC] GetServiceKeyName SUCCESS\r\n名前 = EsmBaseSvc\r\n"),
        ({"release": "2003", "architecture": "x86"}, "[SC] GetServiceKeyName SUCCESS  Name = EsmBaseSvc\r\n"),
    ],
)
def test_key_names_are_found_by_display_name(node, call, settings, answer):
    machine = node(**settings)
    assert call(machine, "sc", "getkeyname", "esm base service").out == answer
    assert call(machine, "sc", "getdisplayname", "EsmBaseSvc").out.endswith("= ESM Base Service\r\n")


def test_lists_by_state(node, call):
    machine = node()

    def names(*options):
        answer = call(machine, "sc", "query", *options)
        assert answer.code == 0
        lines = answer.lines
        return {line.removeprefix("SERVICE_NAME: ") for line in lines if line.startswith("SERVICE_NAME")}

    everything = names("state=", "all")
    assert names() | names("type=", "service", "state=", "inactive") == everything == set(machine.services.names())
    assert "EsmBaseSvc" in names()
    assert "Off" not in names()
    assert "DISPLAY_NAME: ESM Base Service" in call(machine, "sc", "query").lines
    assert names("type=", "driver") == set()


# net


@pytest.mark.parametrize("name", ["EsmAlertSvc", "esm alert service"])
def test_net_start_waits_until_the_service_runs(node, call, name):
    machine = node()
    answer = call(machine, "net", "start", name)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        "The ESM Alert Service service is starting.\r\nThe ESM Alert Service service was started successfully.\r\n\r\n"
    )
    assert machine.services.status("EsmAlertSvc").state == RUNNING


def test_net_in_japanese(node, call):
    machine = node(language="ja", code_page=932)
    assert call(machine, "net", "start", "EsmAlertSvc").lines[:2] == [
        "ESM Alert Service サービスを開始します.",
        "ESM Alert Service サービスは正常に開始されました。",
    ]
    assert call(machine, "net", "stop", "EsmAlertSvc").lines[:2] == [
        "ESM Alert Service サービスを停止中です.",
        "ESM Alert Service サービスは正常に停止されました。",
    ]
    refused = call(machine, "net", "stop", "EsmAlertSvc")
    assert refused.code == 2
    assert refused.err == (
        "ESM Alert Service サービスは開始されていません。\r\n\r\n"
        "NET HELPMSG 3521 と入力すると、より詳しい説明が得られます。\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["start", "EsmBaseSvc"], 2, "The requested service has already been started."),
        (["start", "Nobody"], 2, "The service name is invalid."),
        (["start", "Off"], 2, "System error 1058 has occurred."),
        (["stop", "EsmAlertSvc"], 2, "The ESM Alert Service service is not started."),
        (["stop", "Nobody"], 2, "The service name is invalid."),
        (["localgroup", "Nobody"], 2, "System error 1376 has occurred."),
        (["frobnicate"], 1, "The syntax of this command is:"),
        ([], 1, "The syntax of this command is:"),
        (["stop"], 1, "The syntax of this command is:"),
        (["start", "Print", "Spooler"], 1, "The syntax of this command is:"),
    ],
)
def test_net_refuses_on_standard_error(node, call, arguments, code, sentence):
    machine = node()
    answer = call(machine, "net", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith(f"{sentence}\r\n")
    assert machine.changes == []


def test_net_tells_when_a_service_fails_during_its_start(node, call):
    machine = node()
    machine.services.failing["ESMALERTSVC"] = 1067
    answer = call(machine, "net", "start", "EsmAlertSvc")
    assert answer.code == 2
    assert answer.lines[-1] == "The ESM Alert Service service could not be started."
    assert answer.err.startswith("System error 1067 has occurred.\r\n\r\nThe process terminated unexpectedly.")


@pytest.mark.parametrize(
    ("switch", "stdin", "code"),
    [([], b"", 2), ([], b"n\r\n", 2), ([], b"y\r\n", 0), (["/y"], b"", 0), (["/n"], b"", 2)],
)
def test_net_stop_asks_before_it_stops_what_depends_on_a_service(node, call, switch, stdin, code):
    machine = node()
    call(machine, "net", "start", "EsmAlertSvc")
    answer = call(machine, "net", "stop", "EsmBaseSvc", *switch, stdin=stdin)
    assert answer.code == code
    assert "   ESM Alert Service\r\n" in answer.out
    for name in ("EsmAlertSvc", "EsmBaseSvc"):
        assert (machine.services.status(name).state == STOPPED) == (code == 0)


def test_net_start_alone_lists_what_runs(node, call):
    lines = call(node(), "net", "start").lines
    assert lines[0] == "These Windows services are started:"
    assert lines[-2:] == ["The command completed successfully.", ""]
    assert "   ESM Base Service" in lines
    assert "   Switched Off" not in lines


def test_net_localgroup(node, call):
    machine = node()
    machine.files.accounts.add_group("ESMPRO Users")
    listed = call(machine, "net", "localgroup")
    assert (listed.code, "*ESMPRO Users" in listed.lines) == (0, True)
    assert call(machine, "net", "localgroup", "esmpro users").lines[0] == "Alias name     ESMPRO Users"
    members = call(machine, "net", "localgroup", "Administrators")
    assert (members.code, "Administrator" in members.lines) == (0, True)
    explained = call(machine, "net", "helpmsg", "2182")
    assert (explained.code, explained.lines[1]) == (0, "The requested service has already been started.")
