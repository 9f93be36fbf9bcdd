"""net.exe: start, stop, localgroup (list) and helpmsg.

Source: the pages "net start", "net stop", "net localgroup" of Microsoft's command reference; the sentences from
published transcripts. Failures go to standard error with exit code 2, a wrong command line with 1. Services are found
by key or display name.
"""

from collections.abc import Callable, Sequence

from runbook_lib.lab.messages import win32_message
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.service_facts import (
    ERROR_SERVICE_ALREADY_RUNNING,
    ERROR_SERVICE_NOT_ACTIVE,
    RUNNING,
    START_PENDING,
    STOP_PENDING,
    STOPPED,
    ServiceError,
)

INVALID_NAME, ALREADY_STARTED, NOT_STARTED = 2185, 2182, 3521

_TEXTS = {
    "starting": ("The {} service is starting.", "{} サービスを開始します."),
    "started": ("The {} service was started successfully.", "{} サービスは正常に開始されました。"),
    "not possible": ("The {} service could not be started.", "{} サービスを開始できませんでした。"),
    "stopping": ("The {} service is stopping.", "{} サービスを停止中です."),
    "stopped": ("The {} service was stopped successfully.", "{} サービスは正常に停止されました。"),
    "list": ("These Windows services are started:", "次の Windows サービスが開始されています:"),
    "done": ("The command completed successfully.", "コマンドは正常に終了しました。"),
    "system error": ("System error {} has occurred.", "システム エラー {} が発生しました。"),
    "help": (
        "More help is available by typing NET HELPMSG {}.",
        "NET HELPMSG {} と入力すると、より詳しい説明が得られます。",
    ),
    "syntax": ("The syntax of this command is:", "このコマンドの構文は次のとおりです:"),
    "dependents": (
        "The following services are dependent on the {0} service.\r\n"  # noqa: ISC004
        "Stopping the {0} service will also stop these services.",
        "以下のサービスは {0} サービスに依存しています。\r\n{0} サービスを停止すると、これらのサービスも停止されます。",
    ),
    "continue": ("Do you want to continue this operation? (Y/N) [N]: ", "この操作を続行しますか? (Y/N) [N]: "),
    "no answer": ("No valid response was provided.", "有効な応答がありませんでした。"),
    "INVALID_NAME": ("The service name is invalid.", "サービス名は無効です。"),
    "ALREADY_STARTED": ("The requested service has already been started.", "要求したサービスは既に開始されています。"),
    "NOT_STARTED": ("The {} service is not started.", "{} サービスは開始されていません。"),
}


def main(call: Invocation) -> int:
    """Run net.exe."""
    command = call.arguments[1].lower() if len(call.arguments) > 1 else ""
    if command not in _RUN:
        return _syntax(call, "NET\r\n    [ ACCOUNTS | COMPUTER | CONFIG | CONTINUE | FILE | GROUP | HELP |\r\n"
                       "      HELPMSG | LOCALGROUP | PAUSE | SESSION | SHARE | START |\r\n"
                       "      STATISTICS | STOP | TIME | USE | USER | VIEW ]")  # fmt: skip
    return _RUN[command](call, call.arguments[2:])


def _say(call: Invocation, name: str, *filled: object) -> str:
    english, japanese = _TEXTS[name]
    return (japanese if call.machine.language == "ja" else english).format(*filled)


def _syntax(call: Invocation, usage: str) -> int:
    call.stderr.write(f"{_say(call, 'syntax')}\r\n\r\n{usage}\r\n\r\n")
    return 1


def _refused(call: Invocation, number: int, sentence: str) -> int:
    call.stderr.write(f"{sentence}\r\n\r\n{_say(call, 'help', number)}\r\n\r\n")
    return 2


def _system_error(call: Invocation, code: int) -> int:
    sentence = win32_message(code, call.machine.language, call.machine.version)
    call.stderr.write(f"{_say(call, 'system error', code)}\r\n\r\n{sentence}\r\n\r\n")
    return 2


def _start(call: Invocation, words: Sequence[str]) -> int:
    services = call.machine.services
    if not words:
        names = sorted(
            (
                services.configuration(key).display_name
                for key in services.names()
                if services.status(key).state == RUNNING
            ),
            key=str.lower,
        )
        listed = "".join(f"   {name}\r\n" for name in names)
        call.stdout.write(f"{_say(call, 'list')}\r\n\r\n{listed}\r\n{_say(call, 'done')}\r\n\r\n")
        return 0
    if len(words) > 1:
        return _syntax(call, "NET START\r\n[service]")
    key = services.find(words[0])
    if key is None:
        return _refused(call, INVALID_NAME, _say(call, "INVALID_NAME"))
    title = services.configuration(key).display_name
    try:
        services.start(key)
    except ServiceError as error:
        if error.code == ERROR_SERVICE_ALREADY_RUNNING:
            return _refused(call, ALREADY_STARTED, _say(call, "ALREADY_STARTED"))
        return _system_error(call, error.code)
    call.stdout.write(f"{_say(call, 'starting', title)}\r\n")
    _wait(call, key, START_PENDING)
    status = services.status(key)
    if status.state != RUNNING:
        call.stdout.write(f"{_say(call, 'not possible', title)}\r\n")
        return _system_error(call, status.exit_code)
    call.stdout.write(f"{_say(call, 'started', title)}\r\n\r\n")
    return 0


def _stop(call: Invocation, words: Sequence[str]) -> int:
    services = call.machine.services
    names = [word for word in words if not word.startswith("/")]
    switches = {word.lower() for word in words if word.startswith("/")}
    if len(names) != 1 or switches - {"/y", "/yes", "/n", "/no"}:
        return _syntax(call, "NET STOP\r\nservice")
    key = services.find(names[0])
    if key is None:
        return _refused(call, INVALID_NAME, _say(call, "INVALID_NAME"))
    title = services.configuration(key).display_name
    if services.status(key).state == STOPPED:
        return _refused(call, NOT_STARTED, _say(call, "NOT_STARTED", title))
    dependents = services.dependents(key)
    if dependents and not _agreed(call, title, dependents, switches):
        return 2
    for each in [*reversed(dependents), key]:
        code = _stop_one(call, each)
        if code:
            return code
    return 0


def _agreed(call: Invocation, title: str, dependents: Sequence[str], switches: set[str]) -> bool:
    names = "".join(f"   {call.machine.services.configuration(each).display_name}\r\n" for each in dependents)
    call.stdout.write(f"{_say(call, 'dependents', title)}\r\n\r\n{names}\r\n")
    if switches:
        return bool(switches & {"/y", "/yes"})
    call.stdout.write(_say(call, "continue"))
    answer = call.stdin.read_line()
    call.check()
    if not answer:
        call.stderr.write(f"{_say(call, 'no answer')}\r\n")
    return answer[:1].upper() == b"Y"


def _stop_one(call: Invocation, key: str) -> int:
    services = call.machine.services
    title = services.configuration(key).display_name
    try:
        services.stop(key)
    except ServiceError as error:
        if error.code == ERROR_SERVICE_NOT_ACTIVE:
            return _refused(call, NOT_STARTED, _say(call, "NOT_STARTED", title))
        return _system_error(call, error.code)
    call.stdout.write(f"{_say(call, 'stopping', title)}\r\n")
    _wait(call, key, STOP_PENDING)
    call.stdout.write(f"{_say(call, 'stopped', title)}\r\n\r\n")
    return 0


def _wait(call: Invocation, key: str, pending: int) -> None:
    while call.machine.services.find(key) and call.machine.services.status(key).state == pending:
        call.sleep(0.02)


def _localgroup(call: Invocation, words: Sequence[str]) -> int:
    accounts = call.machine.files.accounts
    rule = "-" * 79
    if not words:
        names = sorted([*_BUILT_IN, *accounts.groups.values()], key=str.lower)
        title = f"\\\\{call.machine.name}"
        heading = f"{title} のエイリアス" if call.machine.language == "ja" else f"Aliases for {title}"
        listed = "".join(f"*{name}\r\n" for name in names)
        call.stdout.write(f"\r\n{heading}\r\n\r\n{rule}\r\n{listed}{_say(call, 'done')}\r\n\r\n")
        return 0
    if len(words) > 1:
        return _syntax(call, 'NET LOCALGROUP\r\n[groupname [/COMMENT:"text"]] [/DOMAIN]')
    name = next((each for each in [*_BUILT_IN, *accounts.groups.values()] if each.upper() == words[0].upper()), None)
    if name is None:
        return _system_error(call, 1376)
    user = accounts.name_of(accounts.user_sid).rpartition("\\")[2]
    members = {"Administrators": ["Administrator", user], "Users": [user]}.get(name, [])
    labels = (
        ("エイリアス名", "コメント", "メンバー")
        if call.machine.language == "ja"
        else ("Alias name", "Comment", "Members")
    )
    listed = "".join(f"{member}\r\n" for member in sorted(set(members)))
    call.stdout.write(
        f"{labels[0]}     {name}\r\n{labels[1]}        \r\n\r\n{labels[2]}\r\n\r\n"
        f"{rule}\r\n{listed}{_say(call, 'done')}\r\n\r\n"
    )
    return 0


_BUILT_IN = ("Administrators", "Backup Operators", "Guests", "Power Users", "Users")


def _helpmsg(call: Invocation, words: Sequence[str]) -> int:
    if len(words) != 1 or not words[0].isdigit():
        return _syntax(call, "NET HELPMSG\r\nmessage#")
    named = {INVALID_NAME: "INVALID_NAME", ALREADY_STARTED: "ALREADY_STARTED", NOT_STARTED: "NOT_STARTED"}
    number = int(words[0])
    sentence = (
        _say(call, named[number], "***")
        if number in named
        else win32_message(number, call.machine.language, call.machine.version)
    )
    call.stdout.write(f"\r\n{sentence}\r\n\r\n")
    return 0


_RUN: dict[str, Callable[[Invocation, Sequence[str]], int]] = {
    "start": _start,
    "stop": _stop,
    "localgroup": _localgroup,
    "helpmsg": _helpmsg,
}
