"""The environment that a program finds on a machine."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbook_lib.lab.machine import Machine


def profile_folder(machine: "Machine") -> str:
    r"""The user's profile: ``C:\Users\name``, before Vista ``C:\Documents and Settings\name``; C:\ when missing."""
    base = "Users" if machine.version >= (6, 0) else "Documents and Settings"
    folder = rf"{machine.system_drive}\{base}\{_short(machine.user)}"
    return folder if machine.files.is_folder(folder) else machine.system_drive + "\\"


def _short(user: str) -> str:
    return user.rpartition("\\")[2]


def machine_variables(machine: "Machine") -> dict[str, str]:
    """Variables as a remote shell of an administrator has them, with the machine's own on top."""
    drive = machine.system_drive
    root = rf"{drive}\Windows" if machine.version >= (6, 0) else rf"{drive}\WINDOWS"
    profile = profile_folder(machine)
    local = rf"{profile}\AppData\Local" if machine.version >= (6, 0) else rf"{profile}\Local Settings"
    temp = rf"{local}\Temp" if machine.files.is_folder(rf"{local}\Temp") else rf"{root}\Temp"
    x64 = machine.architecture == "x64"
    variables = {
        "COMPUTERNAME": machine.name.upper(),
        "ComSpec": rf"{root}\system32\cmd.exe",
        "OS": "Windows_NT",
        "Path": rf"{root}\system32;{root};{root}\System32\Wbem",
        "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
        "PROCESSOR_ARCHITECTURE": "AMD64" if x64 else "x86",
        "ProgramFiles": rf"{drive}\Program Files",
        "CommonProgramFiles": rf"{drive}\Program Files\Common Files",
        "PROMPT": "$P$G",
        "SystemDrive": drive,
        "SystemRoot": root,
        "TEMP": temp,
        "TMP": temp,
        "USERDOMAIN": machine.name.upper(),
        "USERNAME": _short(machine.user),
        "USERPROFILE": profile,
        "windir": root,
    }
    if x64:
        variables["ProgramFiles(x86)"] = rf"{drive}\Program Files (x86)"
    if machine.version >= (6, 0):
        variables["ProgramData"] = rf"{drive}\ProgramData"
    for name, value in machine.environment.items():
        known = next((key for key in variables if key.upper() == name.upper()), name)
        variables[known] = f"{variables[known]};{value}" if known == "Path" else value
    return variables
