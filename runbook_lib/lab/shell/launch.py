"""Finding and starting what is not built into cmd.exe: programs, batch files, and cmd.exe itself."""

import re
from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.shell.arguments import split_arguments
from runbook_lib.lab.shell.batch import Transferred, run_batch
from runbook_lib.lab.shell.scanner import DELIMITERS
from runbook_lib.lab.shell.session import Leave, Session

_EXTENSIONS: Final = ".COM;.EXE;.BAT;.CMD"
_BEHIND_BUILTIN: Final = DELIMITERS + "./\\:+[]("
_SPECIAL: Final = frozenset("&<>()@^|")
UNKNOWN_COMMAND: Final = 9009


@dataclass(frozen=True)
class Found:
    """Something that can be started: a batch file by its path, or a program by its name."""

    path: str
    program: str = ""


def split_command(text: str, builtins: Container[str]) -> tuple[str, str]:
    """The name of a command and the text behind it, exactly as typed.

    Args:
        text: a command with its arguments.
        builtins: names that also end at signs such as "." or "/" (as in ``cd..``).
    """
    text = text.lstrip(DELIMITERS)
    name = re.match(r"[A-Za-z]:|[A-Za-z]+", text)
    behind = DELIMITERS if name and name[0].endswith(":") else _BEHIND_BUILTIN
    if name and name[0].lower() in builtins and text[name.end() : name.end() + 1] in ("", *behind):
        word = re.match(r"[^\s,;=/\"]*", text)
        if not word or not word[0].lower().endswith((".exe", ".com", ".bat", ".cmd")):
            return name[0], text[name.end() :]
    quoted = False
    for end, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted and end and sign in DELIMITERS + "/(":
            return text[:end], text[end:]
    return text, ""


def find(session: Session, name: str) -> Found | None:
    """What *name* (quotes taken out) starts: looked for in the current folder and along PATH, with PATHEXT."""
    extensions = [one.lower() for one in (session.lookup("PATHEXT") or _EXTENSIONS).split(";") if one]
    if "\\" in name or ":" in name:
        folders = [session.absolute(name).rpartition("\\")[0] + "\\"]
        name = name.replace("/", "\\").rpartition("\\")[2].rpartition(":")[2]
    else:
        along = (session.lookup("PATH") or "").replace('"', "").split(";")
        folders = [session.folder, *(session.absolute(folder) for folder in along if folder)]
    for folder in folders:
        for extension in ["", *extensions]:
            path = paths.join(folder, name + extension)
            if not path.lower().endswith(tuple(extensions)):
                continue
            if session.files.exists(path) and not session.files.is_folder(path):
                found = _startable(session, path)
                if found:
                    return found
    stem = name.lower().removesuffix(".exe").removesuffix(".com")
    # The lab's programs need no file; they are where Windows has them.
    windows = {"cmd", *session.machine.programs} - session.machine.of_products
    if stem in windows and any(_holds_programs(session, folder) for folder in folders):
        return Found("", stem)
    return None


def _startable(session: Session, path: str) -> Found | None:
    if path.lower().endswith((".bat", ".cmd")):
        return Found(path)
    stem = paths.name_of(path).lower().rpartition(".")[0]
    return Found(path, stem) if stem in ("cmd", *session.machine.programs) else None


def _holds_programs(session: Session, folder: str) -> bool:
    root = (session.lookup("SYSTEMROOT") or session.machine.system_drive + "\\Windows").lower()
    return folder.rstrip("\\").lower() in (rf"{root}\system32", rf"{root}\syswow64", root)


def launch(session: Session, name: str, tail: str) -> int:
    """Start *name* and wait for it; answers its exit code (an unknown one: 1, ERRORLEVEL 9009)."""
    plain = name.replace('"', "")
    found = find(session, plain)
    if found is None:
        return _unknown(session, plain)
    if not found.program:
        code = run_batch(session, found.path, name, tail)
        if session.batch is not None and not session.calling:
            raise Transferred(code)
        return code
    is_cmd = found.program == "cmd"
    session.errorlevel = start_cmd(session, tail) if is_cmd else start_program(session, found.program, name, tail)
    return session.errorlevel


def _unknown(session: Session, name: str) -> int:
    if "\\" in name or ":" in name:
        folder = session.absolute(name).rpartition("\\")[0] + "\\"
        if not session.files.is_folder(folder):
            session.complain(3)
            session.errorlevel = 3
            return 1
    english = f"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
    japanese = (
        f"'{name}' は、内部コマンドまたは外部コマンド、\r\n"
        "操作可能なプログラムまたはバッチ ファイルとして認識されていません。\r\n"
    )
    session.stderr.write(session.say(english, japanese))
    session.errorlevel = UNKNOWN_COMMAND
    return 1


def start_program(session: Session, program: str, name: str, tail: str) -> int:
    """Run one of the machine's programs."""
    hang_if_told(session, program)
    call = Invocation(
        machine=session.machine,
        arguments=[name.replace('"', ""), *split_arguments(tail)],
        tail=tail,
        folder=session.folder,
        environment=session.variables.upper,
        code_page=session.code_page,
        stdin=session.stdin,
        stdout=session.stdout,
        stderr=session.stderr,
        stopping=session.stopping,
    )
    try:
        return session.machine.programs[program](call)
    except FileError as error:
        session.complain(error.code)
        return error.code


def hang_if_told(session: Session, program: str) -> None:
    """Never come back when the lab was told that *program* hangs; ends only by being stopped."""
    if program.lower() in session.machine.hang:
        session.stopping.wait()
        session.check()


def start_cmd(session: Session, tail: str) -> int:
    """``cmd /c LINE``, with the options before /c (``cmd /?``)."""
    option = re.search(r"/([ck])(?![a-z]+:)", tail, re.IGNORECASE)
    if option is None:
        return _interactive(session, session.child(dict(session.streams)))
    before = tail[: option.start()].lower()
    line = tail[option.end() :].lstrip(DELIMITERS)
    child = session.child(dict(session.streams))
    child.delayed = "/v" in before and "/v:off" not in before
    child.echo = "/q" not in before
    child.command_line = f"cmd{tail}"
    return run_in(child, strip_quotes(child, line, always="/s" in before))


def _interactive(session: Session, child: Session) -> int:
    """Without /c, cmd.exe reads its commands from standard input until it ends."""
    version = ".".join(map(str, session.machine.version))
    session.stdout.write(f"Microsoft Windows [Version {version}]\r\n")
    while line := child.stdin.read_line():
        text = child.decode(line).rstrip("\r\n")
        child.stdout.write(f"\r\n{child.folder}>{text}\r\n")
        try:
            child.interpreter.run_line(child, text)
        except Leave as leave:
            return leave.code
    return child.errorlevel


def run_in(child: Session, line: str) -> int:
    """Run *line* in a cmd.exe of its own; answers its exit code."""
    try:
        return child.interpreter.run_line(child, line)
    except Leave as leave:
        return leave.code


def strip_quotes(session: Session, line: str, *, always: bool = False) -> str:
    """The line that `cmd /c` runs: an opening quote and the last quote go, but for one exception (``cmd /?``).

    The exception: no /s, exactly two quotes, none of ``&<>()@^|`` but some blank between them, and what is between them
    names something that can be started.
    """
    if not line.startswith('"'):
        return line
    inner = line[1:].partition('"')[0]
    exempt = (
        not always
        and line.count('"') == 2
        and not _SPECIAL & set(inner)
        and any(sign.isspace() for sign in inner)
        and find(session, inner) is not None
    )
    if exempt:
        return line
    head, quote, rest = line[1:].rpartition('"')
    return head + rest if quote else line[1:]
