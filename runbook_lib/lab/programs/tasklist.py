"""tasklist.exe (page "tasklist" of the command reference; the exit code is 0 even when nothing matches)."""

from collections.abc import Callable

from runbook_lib.lab.process import Invocation
from runbook_lib.lab.processes import RunningProcess
from runbook_lib.lab.programs.tables import Column, as_csv, as_list, as_table
from runbook_lib.lab.programs.task_filter import BadFilter, parse_filter

_TITLES = {
    "Image Name": "イメージ名",
    "Session Name": "セッション名",
    "Session#": "セッション#",
    "Mem Usage": "メモリ使用量",
    "Status": "状態",
    "User Name": "ユーザー名",
    "CPU Time": "CPU 時間",
    "Window Title": "ウィンドウ タイトル",
    "Services": "サービス",
}


def main(call: Invocation) -> int:
    """List processes; answers 0, or 1 when the command line is wrong."""
    machine = call.machine
    form, header, view = "table", True, ""
    filters: list[Callable[[RunningProcess], bool]] = []
    rest = iter(call.arguments[1:])
    for word in rest:
        match word.lower().replace("-", "/", 1):
            case "/fo":
                form = next(rest, "").lower()
                if form not in ("table", "csv", "list"):
                    return _wrong(call, f"Invalid syntax. {form} is not a valid format.", "無効な構文です。")
            case "/nh":
                header = False
            case "/svc" | "/v" as typed:
                view = typed
            case "/fi":
                try:
                    filters.append(parse_filter(next(rest, "")))
                except BadFilter:
                    return _wrong(call, "The search filter cannot be recognized.", "検索フィルターが認識できません。")
            case _:
                return _wrong(
                    call,
                    f"Invalid argument/option - '{word}'.\r\nType \"TASKLIST /?\" for usage.",
                    f"無効な引数またはオプションです - '{word}'。\r\n"
                    '"TASKLIST /?" と入力すると、使用法が表示されます。',
                )
    if not header and form == "list":
        return _wrong(call, "Invalid syntax. /NH option is allowed only for TABLE and CSV.", "無効な構文です。")
    chosen = [process for process in machine.processes.running() if all(test(process) for test in filters)]
    if not chosen:
        call.stdout.write(
            "情報: 指定された条件に一致するタスクは実行されていません。\r\n"
            if machine.language == "ja"
            else "INFO: No tasks are running which match the specified criteria.\r\n"
        )
        return 0
    columns = _columns(call, view)
    rows = [_row(call, process, view) for process in chosen]
    if form == "csv":
        call.stdout.write(as_csv(columns, rows, header=header))
    elif form == "list":
        call.stdout.write(as_list(columns, rows))
    else:
        call.stdout.write(as_table(columns, rows, header=header))
    return 0


def _wrong(call: Invocation, english: str, japanese: str) -> int:
    call.stderr.write(f"エラー: {japanese}\r\n" if call.machine.language == "ja" else f"ERROR: {english}\r\n")
    return 1


def _columns(call: Invocation, view: str) -> list[Column]:
    old = call.machine.version < (6, 0, 0)
    pid = Column("PID", 6 if old else 8, right=True)
    session = Column("Session#", 8 if old else 11, right=True)
    columns = [Column("Image Name", 25), pid]
    if view == "/svc":
        columns.append(Column("Services", 44))
    else:
        columns += [Column("Session Name", 16), session, Column("Mem Usage", 12, right=True)]
    if view == "/v":
        columns += [Column("Status", 15), Column("User Name", 50), Column("CPU Time", 12), Column("Window Title", 72)]
    if call.machine.language == "ja":
        columns = [Column(_TITLES.get(each.title, each.title), each.width, each.right) for each in columns]
    return columns


def _row(call: Invocation, process: RunningProcess, view: str) -> list[str]:
    # Before Vista the services live in the console's session, and it is called that.
    session = process.session_name if call.machine.version >= (6, 0, 0) else "Console"
    if view == "/svc":
        return [process.image, str(process.pid), ",".join(process.services) or "N/A"]
    row = [process.image, str(process.pid), session, str(process.session), f"{process.memory_kb:,} K"]
    if view == "/v":
        row += ["Running" if process.session else "Unknown", process.account, "0:00:01", "N/A"]
    return row
