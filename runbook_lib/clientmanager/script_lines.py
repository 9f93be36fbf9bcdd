r"""ClientManager's lines in a start.bat or stop.bat that already has lines of its own (procedure 6-(1), notes 4).

Added is one call, between two remarks that mark it; the work itself is in a file beside the script (`script_part`)::

    rem ---- ESMPRO/CM: the next line calls ClientManager's part ----
    call "%~dp0cm_start.bat"
    rem ---- ESMPRO/CM: end ----

Why so: existing scripts jump, test ERRORLEVEL and end with a bare `exit` wherever they like, and labels such as NORMAL
and EXIT are in all of them, because all come from one template.  A file of its own shares neither labels nor variables
with them, and the first line of a script is the only place that is reached for every event.  The folder is named by
``%~dp0``, which cmd.exe itself knows, not by CLP_SCRIPT_PATH, which is attested for CLP_* environments only; other
files in a resource's folder travel with the configuration (EXPRESSCLUSTER/Cluster-Set, y-oga/Hyper-V-Replica-Cluster).

The three lines may be moved, say behind a line that starts the database: they are left where they stand.
"""

import codecs
import re
from typing import Final

from .facts import START_ORDER, TIME_SERVER_NAME
from .scripts import PART_NAMES, Moment

_BEGIN: Final = b"rem ---- ESMPRO/CM: the next line calls ClientManager's part ----"
_END: Final = b"rem ---- ESMPRO/CM: end ----"

_IDS: Final = "|".join(service.watch_id for service in START_ORDER if service.watch_id)
_NAMES: Final = "|".join(re.escape(service.display_name) for service in START_ORDER)
_OURS: Final = re.compile(
    rf'\barm(?:load|kill)(?:\.exe)?"?\s+"?(?:{_IDS})(?!\w)'
    rf'|\barmns(?:add|del)(?:\.exe)?"?\s+"?{TIME_SERVER_NAME}(?!\w)'
    rf'|\b(?:armload|(?:net1?|sc)(?:\.exe)?"?\s+(?:start|stop))\b.*"(?:{_NAMES})"',
    re.IGNORECASE,
)
_REMARK: Final = re.compile(r"[@\s]*(?:rem(?:\s|$)|::)", re.IGNORECASE)


def with_our_lines(existing: bytes, moment: Moment) -> bytes:
    r"""*existing* with our three lines; at its top, or where they already stand.  No other byte changes.

    They end as the script's other lines do, CR LF where it has none.

    Args:
        existing: content of the script; empty gives our lines alone.
        moment: whether it is start.bat or stop.bat.

    Raises:
        ValueError: it cannot be merged, and why: UTF-16, half of our marks, or lines that do the same work already.
    """
    if existing.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("The script is UTF-16, which cmd.exe does not run. Save it as ANSI text.")
    if clashes := clashing_lines(existing):
        number, text = clashes[0]
        raise ValueError(
            f"Line {number} of the script, '{text}', already starts or stops a part of ClientManager, and a service "
            "that is started twice makes its start fail. Take such lines out first."
        )
    call = _call(moment)
    if found := _marked(existing):
        if found[2] != call:
            raise ValueError(
                f"The marked lines call '{found[2].decode('ascii')}' and must be '{call.decode('ascii')}'."
            )
        return existing
    end = b"\r\n" if b"\r\n" in existing or b"\n" not in existing else b"\n"
    ours = b"".join(line + end for line in (_BEGIN, call, _END))
    # Behind a UTF-8 mark, which an editor looks for at the very beginning; cmd.exe complains of it and goes on.
    head = codecs.BOM_UTF8 if existing.startswith(codecs.BOM_UTF8) else b""
    return head + ours + existing.removeprefix(head)


def without_our_lines(existing: bytes) -> bytes:
    """*existing* without our three lines, byte for byte what others wrote; unchanged where they are not in it.

    Raises:
        ValueError: half of our marks, or foreign lines between them.
    """
    found = _marked(existing)
    return existing[: found[0]] + existing[found[1] :] if found else existing


def has_our_lines(existing: bytes) -> bool:
    """Whether our three lines are in it.

    Raises:
        ValueError: half of our marks, or foreign lines between them.
    """
    return _marked(existing) is not None


def clashing_lines(existing: bytes) -> tuple[tuple[int, str], ...]:
    """Lines (number from 1, text) that start or stop what our part does; remarks do not count.

    Such lines are there where somebody followed the manual by hand, or where another ESMPRO product shares the group.
    """
    lines = existing.decode("cp932", "replace").splitlines()
    return tuple(
        (number, line.strip())
        for number, line in enumerate(lines, start=1)
        if _OURS.search(line) and not _REMARK.match(line)
    )


def _call(moment: Moment) -> bytes:
    return f'call "%~dp0{PART_NAMES[moment]}"'.encode("ascii")


def _marked(content: bytes) -> tuple[int, int, bytes] | None:
    """Where our lines begin and end, and the call between the marks."""
    begins, ends, offset = [], [], 0
    lines = content.split(b"\n")
    for index, line in enumerate(lines):
        bom = len(codecs.BOM_UTF8) if index == 0 and line.startswith(codecs.BOM_UTF8) else 0
        bare = line[bom:].strip()
        if bare == _BEGIN:
            begins.append((index, offset + bom))
        elif bare == _END:
            ends.append((index, min(offset + len(line) + 1, len(content))))
        offset += len(line) + 1
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0][0] != begins[0][0] + 2:
        raise ValueError(
            "The marked lines of ClientManager were edited: there must be one beginning, one call and one end. "
            "Put them right or take them out by hand."
        )
    call = lines[begins[0][0] + 1].strip()
    if call not in (_call("start"), _call("stop")):
        raise ValueError(f"The marked lines of ClientManager have '{call.decode('cp932', 'replace')}' between them.")
    return begins[0][1], ends[0][1], call
