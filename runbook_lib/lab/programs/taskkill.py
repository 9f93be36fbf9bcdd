"""taskkill.exe (page "taskkill" of the command reference): 0 ended, 128 not found, 1 anything else that went wrong.

Programs without a window end only with /f; none of the simulated ones has a window that would obey.
"""

from collections.abc import Callable

from runbook_lib.lab.process import Invocation
from runbook_lib.lab.processes import RunningProcess
from runbook_lib.lab.programs.task_filter import BadFilter, parse_filter

NOT_FOUND = 128
_SYSTEM_PROCESSES = frozenset({0, 4})


def main(call: Invocation) -> int:
    """End processes by /pid, /im or /fi."""
    forced = False
    images: list[str] = []
    ids: list[str] = []
    filters: list[Callable[[RunningProcess], bool]] = []
    rest = iter(call.arguments[1:])
    for word in rest:
        match word.lower().replace("-", "/", 1):
            case "/f":
                forced = True
            case "/t":
                pass  # the simulated processes have no children
            case "/im":
                images.append(next(rest, ""))
            case "/pid":
                ids.append(next(rest, ""))
            case "/fi":
                try:
                    filters.append(parse_filter(next(rest, "")))
                except BadFilter:
                    return _say(call, 1, "The search filter cannot be recognized.", "検索フィルターが認識できません。")
            case _:
                return _say(
                    call,
                    1,
                    f"Invalid argument/option - '{word}'.\r\nType \"TASKKILL /?\" for usage.",
                    f"無効な引数またはオプションです - '{word}'。\r\n"
                    '"TASKKILL /?" と入力すると、使用法が表示されます。',
                )
    if not images and not ids and not filters:
        return _say(
            call,
            1,
            'Invalid syntax. Neither /FI nor /PID nor /IM were specified.\r\nType "TASKKILL /?" for usage.',
            "無効な構文です。/FI、/PID、/IM のどれも指定されていません。",
        )
    code = 0
    for image in images or ([] if ids else ["*"]):
        code = max(code, _by_name(call, image, filters, forced=forced))
    for number in ids:
        found = call.machine.processes.get(int(number)) if number.isdigit() else None
        if found is None:
            english = f'The process "{number}" not found.'
            code = _say(call, NOT_FOUND, english, f'プロセス "{number}" が見つかりませんでした。')
        else:
            code = max(code, _end(call, found, forced=forced, named=False))
    return code


def _by_name(call: Invocation, image: str, filters: list[Callable[[RunningProcess], bool]], *, forced: bool) -> int:
    named = parse_filter(f"imagename eq {image}")
    chosen = [
        process
        for process in call.machine.processes.running()
        if named(process) and all(test(process) for test in filters)
    ]
    if not chosen and image == "*":
        call.stdout.write(
            "情報: 指定された条件に一致するタスクは実行されていません。\r\n"
            if call.machine.language == "ja"
            else "INFO: No tasks running with the specified criteria.\r\n"
        )
        return 0
    if not chosen:
        english = f'The process "{image}" not found.'
        return _say(call, NOT_FOUND, english, f'プロセス "{image}" が見つかりませんでした。')
    return max(_end(call, process, forced=forced, named=True) for process in chosen)


def _end(call: Invocation, process: RunningProcess, *, forced: bool, named: bool) -> int:
    japanese = call.machine.language == "ja"
    if process.pid in _SYSTEM_PROCESSES or not forced:
        reason = (
            ("This is critical system process. Taskkill cannot end this process.", "アクセスが拒否されました。")
            if process.pid in _SYSTEM_PROCESSES
            else (
                "This process can only be terminated forcefully (with /F option).",
                "このプロセスは、(/F オプションで) 強制的にのみ終了できます。",
            )
        )
        what = f'"{process.image}" with PID {process.pid}' if named else f"with PID {process.pid}"
        return _say(
            call,
            1,
            f"The process {what} could not be terminated.\r\nReason: {reason[0]}",
            f"PID {process.pid} のプロセスを終了できませんでした。\r\n理由: {reason[1]}",
        )
    call.machine.processes.kill(process.pid)
    if named:
        english = f'SUCCESS: The process "{process.image}" with PID {process.pid} has been terminated.'
        call.stdout.write(
            f'成功: プロセス "{process.image}" (PID {process.pid}) は強制終了されました。\r\n'
            if japanese
            else f"{english}\r\n"
        )
    else:
        english = f"SUCCESS: The process with PID {process.pid} has been terminated."
        call.stdout.write(
            f"成功: PID {process.pid} のプロセスは強制終了されました。\r\n" if japanese else f"{english}\r\n"
        )
    return 0


def _say(call: Invocation, code: int, english: str, japanese: str) -> int:
    call.stderr.write(f"エラー: {japanese}\r\n" if call.machine.language == "ja" else f"ERROR: {english}\r\n")
    return code
