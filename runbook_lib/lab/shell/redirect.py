"""Phase 5.5 of cmd.exe: opening what a redirection names."""

import re
from collections.abc import Iterable
from dataclasses import replace

from runbook_lib.lab import paths
from runbook_lib.lab.files import FileError
from runbook_lib.lab.shell.modifiers import expand_loop_variables
from runbook_lib.lab.shell.percent import expand_delayed
from runbook_lib.lab.shell.session import Session
from runbook_lib.lab.shell.streams import Content, FileOutput, Nowhere, Stream
from runbook_lib.lab.shell.syntax import Redirection


def opened(session: Session, redirections: Iterable[Redirection]) -> dict[int, Stream]:
    """The session's streams with *redirections* applied, from left to right; files are made or emptied.

    Raises:
        FileError: a target cannot be opened; the command is not run then.
    """
    streams = dict(session.streams)
    for one in redirections:
        target = expand_loop_variables(session, one.target)
        if session.delayed:
            target = expand_delayed(target, session.lookup, batch=session.batch is not None)
        streams[one.handle] = _open(session, replace(one, target=target), streams)
    return streams


def _open(session: Session, one: Redirection, streams: dict[int, Stream]) -> Stream:
    if re.fullmatch(r"&\d", one.target):
        number = int(one.target[1:])
        if number not in streams:
            raise FileError(6, one.target)
        return streams[number]
    name = one.target.replace('"', "")
    if not name:
        raise FileError(3, name)
    path = session.absolute(name)
    device = paths.name_of(path).split(".")[0].upper() if paths.is_device(name) else ""
    if one.kind == "<":
        if device == "CON":
            return session.streams[0]
        return Content(b"" if device else session.files.read(path))
    if device:
        return session.streams[1] if device == "CON" else Nowhere()
    return FileOutput(session.files, path, session.code_page, append=one.kind == ">>")
