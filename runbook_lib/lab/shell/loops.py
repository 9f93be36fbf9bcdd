"""`for` (Microsoft's `for` page, ``for /?``)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from runbook_lib.lab import paths
from runbook_lib.lab.files import Entry, FileError
from runbook_lib.lab.shell.conditions import number
from runbook_lib.lab.shell.launch import run_in
from runbook_lib.lab.shell.modifiers import expand_loop_variables
from runbook_lib.lab.shell.percent import expand_delayed
from runbook_lib.lab.shell.scanner import DELIMITERS
from runbook_lib.lab.shell.session import Session
from runbook_lib.lab.shell.streams import Memory
from runbook_lib.lab.shell.syntax import Command, For, is_quiet, shown

Run = Callable[[Session, Command], int]


def run_for(session: Session, loop: For, run: Run) -> int:
    """Run the body for each value; answers the return code of the last time, 0 when there was none."""
    before = session.loop_variables
    words = expand_loop_variables(session, loop.words)
    if session.delayed:
        words = expand_delayed(words, session.lookup, batch=session.batch is not None)
    code = 0
    try:
        for values in _values(session, loop, words):
            session.check()
            session.loop_variables = {**before, **values}
            if session.echo and not is_quiet(loop.body):
                # In command line mode too, and under `cmd /c`, each round is shown unless it begins with "@".
                text = expand_loop_variables(session, shown(loop.body))
                session.stdout.write(f"\r\n{session.folder}>{text}\r\n")
            code = run(session, loop.body)
    except FileError as error:
        code = session.complain(error.code)
    except _NoFile as missing:
        text = session.say(
            f"The system cannot find the file {missing.name}.", f"ファイル {missing.name} が見つかりません。"
        )
        session.stderr.write(text + "\r\n")
        session.errorlevel = code = 1
    finally:
        session.loop_variables = before
    return code


class _NoFile(Exception):  # noqa: N818
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _values(session: Session, loop: For, words: str) -> Iterator[dict[str, str]]:
    if loop.kind == "l":
        yield from ({loop.variable: str(value)} for value in _counted(words))
    elif loop.kind == "f":
        yield from _lines(session, loop, words)
    elif "r" in loop.kind:
        root = session.absolute(expand_loop_variables(session, loop.root) or session.folder)
        for folder in [root, *(entry.path for entry in session.files.walk(root) if entry.folder)]:
            for word in split_words(words):
                for value in _expanded(session, word, folder, folders="d" in loop.kind):
                    yield {loop.variable: value}
    else:
        for word in split_words(words):
            for value in _expanded(session, word, None, folders=loop.kind == "d"):
                yield {loop.variable: value}


def split_words(words: str) -> list[str]:
    """The words of a set: cut at blanks, commas, semicolons and equal signs outside quotes."""
    return re.findall(rf'(?:"[^"]*"?|[^{DELIMITERS}"])+', words)


def _expanded(session: Session, word: str, folder: str | None, *, folders: bool) -> Iterator[str]:
    """A word, or the names a pattern finds; with *folder* (for /r) as whole paths in it."""
    plain = word.replace('"', "")
    if not paths.has_wildcard(plain):
        quote = '"' if '"' in word else ""
        yield word if folder is None else f"{quote}{paths.join(folder, plain)}{quote}"
        return
    typed = re.match(r"(?:.*[\\/:])?", plain)
    prefix = typed[0] if typed else ""
    place = session.absolute(prefix or ".") if folder is None else paths.absolute(prefix or ".", folder)
    if not session.files.is_folder(place):
        return
    for entry in session.files.entries(place):
        if entry.folder == folders and _shown(entry) and paths.matches(plain[len(prefix) :], entry.name):
            yield prefix + entry.name if folder is None else paths.join(folder, prefix + entry.name)


def _shown(entry: Entry) -> bool:
    return not entry.attributes & frozenset("HS")


def _counted(words: str) -> Iterator[int]:
    start, step, end = ([number(word) or 0 for word in split_words(words)] + [0, 0, 0])[:3]
    value = start
    while value <= end if step >= 0 else value >= end:
        yield value
        value += step


@dataclass
class _Options:
    """The options of /f: sign that begins a remark, separators, lines to skip, tokens wanted, other quotes."""

    eol: str = ";"
    delims: str = " \t"
    skip: int = 0
    tokens: list[int] = field(default_factory=lambda: [1])
    rest: bool = False
    usebackq: bool = False


def _options(text: str) -> _Options:
    options = _Options()
    while text := text.lstrip(" \t"):
        word = re.match(r"usebackq|skip=(\w+)|eol=(.?)|tokens=([\d,*\-]*)|delims=", text, re.IGNORECASE)
        if word is None:
            return options
        text = text[word.end() :]
        match word[0].lower().partition("=")[0]:
            case "usebackq":
                options.usebackq = True
            case "skip":
                options.skip = number(word[1]) or 0
            case "eol":
                options.eol = word[2]
            case "tokens":
                options.tokens, options.rest = _tokens(word[3])
            case "delims":
                # Up to the next blank that another option follows; a blank at the end is a separator.
                end = re.search(r" (?=(?:usebackq|skip=|eol=|tokens=|delims=))|$", text, re.IGNORECASE)
                cut = end.start() if end else len(text)
                options.delims = text[:cut]
                text = text[cut:]
    return options


def _tokens(text: str) -> tuple[list[int], bool]:
    numbers: set[int] = set()
    for part in text.rstrip("*").split(","):
        first, dash, last = part.partition("-")
        if first:
            numbers |= set(range(int(first), int(last) + 1)) if dash else {int(first)}
    return sorted(numbers), text.endswith("*")


def _lines(session: Session, loop: For, words: str) -> Iterator[dict[str, str]]:
    options = _options(loop.options)
    for text in _texts(session, words.strip(DELIMITERS), options):
        lines = text.replace("\r\n", "\n").split("\n")
        for line in lines[options.skip :]:
            values = _tokenized(line, options, loop.variable)
            if values:
                yield values


def _texts(session: Session, words: str, options: _Options) -> Iterator[str]:
    string, command = ("'", "`") if options.usebackq else ('"', "'")
    if len(words) > 1 and words[0] == words[-1] == string:
        yield words[1:-1]
        return
    if len(words) > 1 and words[0] == words[-1] == command:
        output = Memory(session.code_page)
        run_in(session.child({**session.streams, 1: output}), words[1:-1])
        yield session.decode(bytes(output.content))
        return
    for name in split_words(words):
        path = session.absolute(name)
        if not session.files.exists(path) or session.files.is_folder(path):
            raise _NoFile(name)
        yield session.decode(session.files.read(path))


def _tokenized(line: str, options: _Options, variable: str) -> dict[str, str] | None:
    if not line or (options.eol and line.startswith(options.eol) and options.eol not in options.delims):
        return None
    tokens: list[tuple[str, int]] = []
    place = 0
    last = max(options.tokens, default=0)
    while place < len(line) and len(tokens) < last:
        while place < len(line) and line[place] in options.delims:
            place += 1
        start = place
        while place < len(line) and line[place] not in options.delims:
            place += 1
        if start < place:
            tokens.append((line[start:place], place))
    found = [tokens[number - 1][0] if number <= len(tokens) else "" for number in options.tokens]
    if options.rest:
        found.append(line[place:].lstrip(options.delims) if options.delims else line[place:])
    if not any(found):
        return None
    return {chr(ord(variable) + offset): value for offset, value in enumerate(found)}
