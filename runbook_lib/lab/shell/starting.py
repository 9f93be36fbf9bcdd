"""start: a program in a window of its own (``start /?``): waited for with /wait, otherwise left to itself."""

import re
from typing import Final

from runbook_lib.lab.shell.launch import run_in
from runbook_lib.lab.shell.session import Session

_OPTIONS: Final = re.compile(
    r'\s*(?:/(wait|w|b|i|min|max|low|normal|high|realtime|abovenormal|belownormal|shared|separate)(?=\s|$|/|")'
    r'|/(d)\s*("[^"]*"|\S+))',
    re.IGNORECASE,
)


def start(session: Session, tail: str) -> int:
    """Start what the words behind the title and the options name; its exit code with /wait, else 0."""
    line = tail.strip()
    if line.startswith('"'):  # the first quoted word is the window's title
        line = line[1:].partition('"')[2].lstrip()
    waited, folder = False, ""
    while found := _OPTIONS.match(line):
        waited = waited or (found[1] or "").lower() in ("wait", "w")
        folder = (found[3] or folder).strip('"')
        line = line[found.end() :].lstrip()
    if not line:
        return 0
    child = session.child(dict(session.streams))
    if folder:
        child.folder = session.absolute(folder)
    if waited:
        session.errorlevel = run_in(child, line)
        return session.errorlevel
    session.machine.start(line, code_page=session.code_page, environment=dict(child.variables), folder=child.folder)
    return 0
