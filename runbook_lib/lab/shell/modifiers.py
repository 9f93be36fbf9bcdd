"""Modifiers of FOR variables and batch arguments: %~fI, %~dp0 and so on (``for /?``)."""

from runbook_lib.lab import paths
from runbook_lib.lab.shell.session import Session

MODIFIERS = "fdpnxsatz"


def expand_loop_variables(session: Session, text: str) -> str:
    """Phase 4: replace %I and %~modifiersI of the FOR variables that are set; everything else stays."""
    values = session.loop_variables
    if not values or "%" not in text:
        return text
    out: list[str] = []
    position = 0
    while position < len(text):
        if text[position] == "%" and text[position + 1 : position + 2] in values:
            out.append(values[text[position + 1]])
            position += 2
            continue
        if text.startswith("%~", position):
            found = _reference(text, position + 2, values)
            if found:
                wanted, variable, position = found
                out.append(modified_argument(session, values[variable], wanted))
                continue
        out.append(text[position])
        position += 1
    return "".join(out)


def _reference(text: str, start: int, values: dict[str, str]) -> tuple[str, str, int] | None:
    """Modifiers, letter and end of what begins behind "%~"; the longest that names a variable."""
    end = start
    while end < len(text) and text[end].lower() in MODIFIERS:
        end += 1
    if text[end : end + 1] == "$":
        colon = text.find(":", end)
        if colon > 0 and text[colon + 1 : colon + 2] in values:
            return text[start : colon + 1], text[colon + 1], colon + 2
    for place in range(min(end, len(text) - 1), start - 1, -1):
        if text[place] in values:
            return text[start:place], text[place], place + 1
    return None


def modified_argument(session: Session, value: str, wanted: str) -> str:
    """*value* without surrounding quotes, or the parts of the path it names that *wanted* asks for."""
    value = value[1:] if value.startswith('"') else value
    value = value.removesuffix('"')
    wanted, dollar, variable = wanted.partition("$")
    letters = set(wanted.lower())
    if dollar:
        found = _search(session, value, variable.removesuffix(":"))
        if not found:
            return ""
        value = found
        letters = letters or {"f"}
    if not letters:
        return value
    if not value:
        return ""
    return _parts(session, session.absolute(value), letters)


def _parts(session: Session, path: str, letters: set[str]) -> str:
    entry = session.files.entry(path) if session.files.exists(path) else None
    if entry is not None:
        path = entry.path
    words: list[str] = []
    if "a" in letters and entry:
        known = "d" if entry.folder else "-"
        words.append(known + "".join(one.lower() if one in entry.attributes else "-" for one in "RAHS") + "----")
    if "t" in letters and entry:
        words.append(entry.modified.strftime(session.say("%m/%d/%Y %I:%M %p", "%Y/%m/%d %H:%M")))
    if "z" in letters and entry:
        words.append(str(entry.size))
    if letters & set("fs") and not letters & set("dpnx"):
        letters = letters | set("dpnx")
    name = paths.name_of(path)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    text = path[:2] if "d" in letters else ""
    text += path[2 : len(path) - len(name)] if "p" in letters else ""
    text += stem if "n" in letters else ""
    text += dot + extension if "x" in letters else ""
    return " ".join([*words, text] if text else words)


def _search(session: Session, name: str, variable: str) -> str | None:
    for folder in [session.folder, *(session.lookup(variable) or "").split(";")]:
        if folder:
            path = paths.join(session.absolute(folder), name)
            if session.files.exists(path):
                return path
    return None
