"""whoami.exe (page "whoami" of the command reference), present from Windows Server 2003 on."""

from typing import Final

from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.tables import Column, as_csv, as_list, as_table, width

_TITLES: Final = {
    "USER INFORMATION": "ユーザー情報",
    "GROUP INFORMATION": "グループ情報",
    "PRIVILEGES INFORMATION": "特権情報",
    "User Name": "ユーザー名",
    "Group Name": "グループ名",
    "Type": "種類",
    "Attributes": "属性",
    "Privilege Name": "特権名",
    "Description": "説明",
    "State": "状態",
    "Well-known group": "よく知られたグループ",
    "Alias": "エイリアス",
    "Label": "ラベル",
    "Mandatory group, Enabled by default, Enabled group": "固定グループ, 既定で有効, 有効なグループ",
    "Mandatory group, Enabled by default, Enabled group, Group owner": (
        "固定グループ, 既定で有効, 有効なグループ, グループの所有者"
    ),
    "Enabled": "有効",
}
_MANDATORY: Final = "Mandatory group, Enabled by default, Enabled group"
_PRIVILEGES: Final = {
    "SeBackupPrivilege": "Back up files and directories",
    "SeRestorePrivilege": "Restore files and directories",
    "SeShutdownPrivilege": "Shut down the system",
    "SeDebugPrivilege": "Debug programs",
    "SeTakeOwnershipPrivilege": "Take ownership of files or other objects",
}
_SECTIONS: Final = ("/user", "/groups", "/priv")


def main(call: Invocation) -> int:
    """Say who the shell runs as: the name alone, or tables of user, groups and privileges."""
    form, header, wanted = "table", True, set[str]()
    rest = iter(call.arguments[1:])
    for word in rest:
        match word.lower().replace("-", "/", 1):
            case "/fo":
                form = next(rest, "").lower()
                if form not in ("table", "csv", "list"):
                    return _wrong(call, f"Invalid syntax. {form} is not a valid format.", "無効な構文です。")
            case "/nh":
                header = False
            case "/all":
                wanted |= set(_SECTIONS)
            case "/user" | "/groups" | "/priv" as section:
                wanted.add(section)
            case "/upn" | "/fqdn":
                return _wrong(
                    call,
                    "Unable to get User Principal Name (UPN) as the current logged-on user\r\n"
                    "       is not a domain user.",
                    "現在ログオンしているユーザーはドメイン ユーザーではないため、取得できません。",
                )
            case _:
                return _wrong(
                    call,
                    f"Invalid argument/option - '{word}'.\r\nType \"WHOAMI /?\" for usage.",
                    f"無効な引数またはオプションです - '{word}'。\r\n"
                    '"WHOAMI /?" と入力すると、使用法が表示されます。',
                )
    if not wanted:
        call.stdout.write(f"{_user(call)}\r\n")
        return 0
    for section in _SECTIONS:
        if section in wanted:
            call.stdout.write(_section(call, section, form, header=header))
    return 0


def _wrong(call: Invocation, english: str, japanese: str) -> int:
    call.stderr.write(f"エラー: {japanese}\r\n" if call.machine.language == "ja" else f"ERROR: {english}\r\n")
    return 1


def _user(call: Invocation) -> str:
    accounts = call.machine.files.accounts
    return accounts.name_of(accounts.user_sid).lower()


def _section(call: Invocation, section: str, form: str, *, header: bool) -> str:
    title, names, rows = _CONTENT[section](call)
    if call.machine.language == "ja":
        title = _TITLES[title]
        names = [_TITLES.get(name, name) for name in names]
        rows = [[_TITLES.get(cell, cell) for cell in row] for row in rows]
    columns = [
        Column(name, max([width(name), *(width(row[place]) for row in rows)])) for place, name in enumerate(names)
    ]
    if form == "csv":
        return as_csv(columns, rows, header=header)
    above = f"\r\n{title}\r\n{'-' * width(title)}\r\n" if header or form == "list" else ""
    return above + (as_list(columns, rows) if form == "list" else as_table(columns, rows, header=header))


def _user_rows(call: Invocation) -> tuple[str, list[str], list[list[str]]]:
    return "USER INFORMATION", ["User Name", "SID"], [[_user(call), call.machine.files.accounts.user_sid]]


def _group_rows(call: Invocation) -> tuple[str, list[str], list[list[str]]]:
    accounts = call.machine.files.accounts
    token = call.machine.files.token - {accounts.user_sid}
    rows = []
    for sid in sorted(token, key=lambda sid: (sid.startswith("S-1-5-32"), sid)):
        kind = "Alias" if sid.startswith(("S-1-5-32-", "S-1-5-21-")) else "Well-known group"
        owner = ", Group owner" if sid == "S-1-5-32-544" else ""
        rows.append([accounts.name_of(sid), kind, sid, _MANDATORY + owner])
    rows.append([r"NT AUTHORITY\NTLM Authentication", "Well-known group", "S-1-5-64-10", _MANDATORY])
    if call.machine.version >= (6, 0, 0):
        attributes = "" if call.machine.version >= (6, 1, 0) else _MANDATORY
        rows.append([r"Mandatory Label\High Mandatory Level", "Label", "S-1-16-12288", attributes])
    return "GROUP INFORMATION", ["Group Name", "Type", "SID", "Attributes"], rows


def _privilege_rows(_call: Invocation) -> tuple[str, list[str], list[list[str]]]:
    rows = [[name, description, "Enabled"] for name, description in _PRIVILEGES.items()]
    return "PRIVILEGES INFORMATION", ["Privilege Name", "Description", "State"], rows


_CONTENT: Final = {"/user": _user_rows, "/groups": _group_rows, "/priv": _privilege_rows}
