"""Batch files run in Wine's cmd.exe, with recorders in the place of the programs that they call.

The recorder is a program of its own (recorder.asm), not a batch file: a batch file named without `call` never comes
back, and ARMLOAD and the others are programs.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NEEDED = {"wine": "wine", "wineserver": "wine64", "/usr/lib/wine/wine64-preloader": "wine64-preloader", "fasm": "fasm"}
"""Programs, and the Debian package that each is in.  Without the preloader, which keeps an address free that Windows
programs expect, about one start in two thousand fails."""

STAND_INS = ("ARMLOAD", "ARMKILL", "ARMBCAST", "ARMNSADD", "ARMNSDEL", "NET", "THEIRS")
VARIABLES = tuple(f"{family}_{name}" for family in ("ARMS", "CLP") for name in ("EVENT", "DISK", "SERVER"))


class Missing(Exception):  # noqa: N818  (a state of the machine)
    """Something that has to be installed is not."""


@dataclass(frozen=True)
class Played:
    """What one run of a script did.

    Attributes:
        calls: the command lines it ran, in order, as `call_line` writes them.
        code: its exit code.
        complaints: what cmd.exe itself said on standard error.
    """

    calls: tuple[str, ...]
    code: int
    complaints: str = ""


def call_line(raw: str) -> str:
    """A command line without its program's quotes and the blanks around its arguments; these stay as they are."""
    quoted = re.match(r'"([^"]*)"(.*)', raw)
    name, tail = quoted.groups() if quoted else (raw + " ").split(" ", 1)
    return f"{name} {tail.strip()}".strip()


class Wine:
    """A bare Windows in *folder*: Wine's own programs by link, W: beside C:, and stand-ins."""

    def __init__(self, folder: Path) -> None:
        for program, package in NEEDED.items():
            if not shutil.which(program):
                raise Missing(
                    f"{Path(program).name} is not installed: make test installs it (Debian package {package})."
                )
        built_in = next(Path("/usr/lib").glob("*/wine/x86_64-windows/cmd.exe"), None)
        if built_in is None:
            raise Missing("Wine's own cmd.exe is not below /usr/lib: make test installs it (Debian package libwine).")
        self.folder = folder
        self.drive_c = folder / "drive_c"
        self.drive_w = folder / "drive_w"
        system = self.drive_c / "windows" / "system32"
        for made in (system, self.drive_c / "standins", self.drive_w, folder / "dosdevices"):
            made.mkdir(parents=True)
        # Links in the place of wineboot: 0.1 s and no space instead of 7 s and 700 MB, and cmd.exe is the same.
        (folder / ".update-timestamp").write_text("disable\n")
        for file in built_in.parent.iterdir():
            (system / file.name).symlink_to(file)
        (folder / "dosdevices" / "c:").symlink_to("../drive_c")
        (folder / "dosdevices" / "w:").symlink_to("../drive_w")
        source = Path(__file__).with_name("recorder.asm")
        self.recorder = folder / "recorder.exe"
        subprocess.run(["fasm", source, self.recorder], check=True, capture_output=True)
        for name in (*STAND_INS, "CASE"):
            self.stand_in(f"C:\\standins\\{name}.exe")

    def stand_in(self, path: str) -> None:
        """Put a recorder at *path*."""
        target = self.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copy(self.recorder, target)

    def path(self, windows: str) -> Path:
        """Where a file of C: or W: really is."""
        drive = {"C:": self.drive_c, "W:": self.drive_w}[windows[:2].upper()]
        return drive.joinpath(*windows[3:].split("\\"))

    def write(self, path: str, content: bytes) -> None:
        """Make a file with its folders."""
        target = self.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def play(
        self, script: str, cases: Sequence[Mapping[str, str]], around: Mapping[str, str] | None = None
    ) -> list[Played]:
        """Run *script* once for each of *cases*, all in one Wine.

        Args:
            script: absolute path of a batch file.
            cases: variables (ARMS_*, CLP_*) of each run; those not named are not defined.
            around: environment of all runs; the only way to define a variable that is empty.
        """
        log, complaints = self.drive_c / "calls.log", self.drive_c / "complaints.log"
        log.write_bytes(b"")
        driver = "".join(f"{line}\r\n" for line in _driver(cases, set(around or ())))
        self.write("C:\\driver.bat", driver.encode("ascii"))
        # In a file, because cmd.exe and Wine differ in what /c makes of quotes around "&" and brackets.
        self.write("C:\\run.bat", f'@"{script}"\r\n'.encode("ascii"))
        self._wine(around or {})
        ended = re.split(r"CASE (\d+)", log.read_bytes().decode("utf-16-le"))
        said = re.split(r"CASE *\r?\n", complaints.read_bytes().decode("cp932"))
        assert len(ended) == 2 * len(cases) + 1, ended[-1]
        return [
            Played(tuple(map(call_line, calls.split("\r\n")[1 if index else 0 : -1])), int(code), complaint)
            for index, (calls, code, complaint) in enumerate(zip(ended[::2], ended[1::2], said, strict=False))
        ]

    def _wine(self, around: Mapping[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
        environment = {
            **kept,
            "WINEPREFIX": str(self.folder),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "DISPLAY": "",
            "LC_ALL": "ja_JP.UTF-8",  # batch files are read as code page 932; the locale itself need not be there
            "RECORDER_LOG": r"C:\calls.log",
            **around,
        }
        subprocess.run(
            ["wine", "cmd", "/c", r"C:\driver.bat"],
            env=environment,
            cwd=self.drive_c,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )

    def close(self) -> None:
        """End what Wine keeps running in the background for this folder."""
        subprocess.run(["wineserver", "-k"], env={**os.environ, "WINEPREFIX": str(self.folder)}, check=False)


def _driver(cases: Sequence[Mapping[str, str]], around: set[str]) -> Iterable[str]:
    """A batch file that runs the script for every case, and enters a line "CASE <exit code>" after each."""
    yield "@echo off"
    # Wine may or may not have read its default PATH by now: without wineboot there is none in its registry.
    yield r"set PATH=C:\standins;C:\windows\system32"
    yield "set PATHEXT=.COM;.EXE;.BAT;.CMD"
    yield r"type nul > C:\complaints.log"
    for case in cases:
        yield from (f"set {name}=" for name in VARIABLES if name not in around)
        yield from (f"set {name}={value}" for name, value in case.items())
        yield r"cmd /c C:\run.bat > nul 2>> C:\complaints.log"
        yield "CASE %ERRORLEVEL%"
        yield r"echo CASE>> C:\complaints.log"
    yield "exit 0"
