"""Scripts of the group's script resource as a person would have written them by the manual (procedure 6-(1))."""

from typing import Final

from runbook_lib.lab.description import LabDescription

_WATCHED: Final = (
    ("ESMBASE", "ESM Base Service"),
    ("ESMCMD", "ESM Command Service"),
    ("ESMALT", "ESM Alert Service"),
    ("ESMRMT", "ESM Remote Map Service"),
    ("DMIEVT", "Dmi Event Watcher"),
    ("ALMSOK", "Alert Manager Socket(R) Service"),
    ("CMIT", "ESMPRO/CM CMIT service"),
    ("", "ESMPRO/CM CMURELAY"),
    ("CMMANAGER", "ESMPRO/CM Manager"),
    ("CMPOWERON", "ESMPRO/CM Poweron Service"),
    ("CMSENDER", "ESMPRO/CM Sender"),
    ("CMSNMP", "ESMPRO/CM Snmp Manager"),
    ("CMTIME", "ESMPRO Time Server"),
)
_STOPS: Final = (
    "CMTIME", "CMSNMP", "CMSENDER", "CMMANAGER", "CMPOWERON", "",
    "CMIT", "ALMSOK", "DMIEVT", "ESMALT", "ESMRMT", "ESMCMD", "ESMBASE",
)  # fmt: skip


def whole_scripts(description: LabDescription) -> dict[str, bytes]:
    """start.bat and stop.bat with ClientManager's lines, by an operator who knew that ARMS_* may not be set."""
    start = list[str]()
    stop = ["ARMNSDEL esmprocm", rf'"{description.shared_folder}\bin\splaunch"']
    for watch_id, display in _WATCHED:
        start.append(f'ARMLOAD {watch_id} /M /S "{display}"' if watch_id else f'net start "{display}"')
    start.append(rf'ARMNSADD esmprocm "{description.shared_folder}\setup"')
    stop += [f"ARMKILL {watch_id}" if watch_id else 'net stop "ESMPRO/CM CMURELAY"' for watch_id in _STOPS]
    return {
        "start.bat": _script(start, ("START", "FAILOVER"), own=description.own_script),
        "stop.bat": _script(stop, ("START", "FAILOVER"), own=description.own_script),
    }


def own_scripts(description: LabDescription) -> dict[str, bytes]:
    """Scripts that were there before ClientManager's lines: something of the site's own, with Japanese remarks."""
    remark = "rem 業務用の処理 (変更しないこと)" if description.language == "ja" else "rem our own work (do not change)"
    return {
        "start.bat": _text(
            [remark, 'IF "%CLP_EVENT%" == "RECOVER" GOTO EXIT', 'ARMBCAST /MSG "start" /A', ":EXIT", "exit"]
        ),
        "stop.bat": _text([remark, 'ARMBCAST /MSG "stop" /A', "exit"]),
    }


def _script(work: list[str], events: tuple[str, ...], *, own: bool) -> bytes:
    lines = ['IF "%ARMS_EVENT%" == "" set ARMS_EVENT=%CLP_EVENT%', 'IF "%ARMS_DISK%" == "" set ARMS_DISK=%CLP_DISK%']
    lines += [f'IF "%ARMS_EVENT%" == "{event}" GOTO WORK' for event in events]
    lines += ["GOTO EXIT", ":WORK", 'IF "%ARMS_DISK%" == "FAILURE" GOTO ERROR_DISK']
    lines += ['ARMBCAST /MSG "own" /A'] if own else []
    return _text([*lines, *work, "GOTO EXIT", ":ERROR_DISK", 'ARMBCAST /MSG "disk" /A', ":EXIT", "exit"])


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("cp932")
