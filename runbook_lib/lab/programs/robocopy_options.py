"""The options of robocopy (Microsoft's `robocopy` page, ``robocopy /?``)."""

import re
from dataclasses import dataclass, field

from runbook_lib.lab.files import Entry
from runbook_lib.lab.paths import matches

# Options that are accepted and make no difference here.
_IGNORED = re.compile(
    r"/(z|b|zb|j|efsraw|tee|v|ts|fp|x|eta|nooffload|compress|xj|xjd|xjf|fft|dst|256|sl|nodcopy|ndc|sparse(:[yn])?"
    r"|mt(:\d+)?|ipg:\d+|reg|tbd|unicode|noclone|lfsm(:.*)?|secfix|timfix|create)"
)
_NUMBERED = {"r": "retries", "w": "wait", "lev": "levels", "max": "largest", "min": "smallest"}


class BadOption(Exception):  # noqa: N818
    """A word that robocopy does not know.

    Attributes:
        number: its place on the command line, from 1.
        word: as typed.
    """

    def __init__(self, number: int, word: str) -> None:
        super().__init__(word)
        self.number = number
        self.word = word


@dataclass
class Options:
    """What one robocopy was told.

    Attributes:
        copy: what of a file is copied: D(ata) A(ttributes) T(imes) S(ecurity) O(wner) U (auditing).
        retries, wait: times and seconds; the defaults are a million and 30.
        excluded: letters of classes that are left out: x(tra) l(onely) c(hanged) n(ewer) o(lder).
    """

    names: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    copy: str = "DAT"
    folder_copy: str = "DA"
    below: bool = False
    empty: bool = False
    purge: bool = False
    move: bool = False
    move_folders: bool = False
    list_only: bool = False
    retries: int = 1_000_000
    wait: int = 30
    levels: int = 0
    largest: int = 0
    smallest: int = 0
    no_files: bool = False
    no_folders: bool = False
    no_header: bool = False
    no_summary: bool = False
    no_progress: bool = False
    no_classes: bool = False
    no_sizes: bool = False
    plain_bytes: bool = False
    include_same: bool = False
    include_tweaked: bool = False
    excluded: set[str] = field(default_factory=set)
    skip_files: list[str] = field(default_factory=list)
    skip_folders: list[str] = field(default_factory=list)
    log: str = ""
    log_append: bool = False
    log_unicode: bool = False
    shown: list[str] = field(default_factory=list)

    def wants(self, entry: Entry) -> bool:
        """Whether the patterns choose this file."""
        return any(matches(pattern, entry.name) for pattern in self.patterns or ["*"])

    def skips_file(self, entry: Entry) -> bool:
        """Whether /XF, /MAX or /MIN leave this file out."""
        if (self.largest and entry.size > self.largest) or entry.size < self.smallest:
            return True
        return _named(entry, self.skip_files)

    def skips_folder(self, entry: Entry) -> bool:
        """Whether /XD leaves this folder out."""
        return _named(entry, self.skip_folders)


def _named(entry: Entry, names: list[str]) -> bool:
    return any(
        entry.path.lower() == name.lower().rstrip("\\") if "\\" in name else matches(name, entry.name) for name in names
    )


_FLAGS = {
    "s": ("below",),
    "e": ("below", "empty"),
    "mir": ("below", "empty", "purge"),
    "purge": ("purge",),
    "mov": ("move",),
    "move": ("move", "move_folders"),
    "l": ("list_only",),
    "nfl": ("no_files",),
    "ndl": ("no_folders",),
    "njh": ("no_header",),
    "njs": ("no_summary",),
    "np": ("no_progress",),
    "nc": ("no_classes",),
    "ns": ("no_sizes",),
    "bytes": ("plain_bytes",),
    "is": ("include_same",),
    "it": ("include_tweaked",),
}


def parse(words: list[str]) -> Options:
    """The options in *words* (without the program's name).

    Raises:
        BadOption: a word is unknown, or there are less than two folders.
    """
    options = Options()
    listing: list[str] | None = None
    for number, word in enumerate(words, 1):
        if not word.startswith("/"):
            if listing is not None:
                listing.append(word)
            elif len(options.names) < 2:
                options.names.append(word)
            else:
                options.patterns.append(word)
            continue
        option = word[1:].lower()
        listing = {"xf": options.skip_files, "xd": options.skip_folders}.get(option)
        if listing is not None:
            continue
        if not _apply(options, option, word):
            raise BadOption(number, word)
        if not word.upper().startswith(("/COPY", "/SEC", "/R:", "/W:", "/LOG", "/UNILOG")):
            options.shown.append(word.upper())
    if len(options.names) < 2:
        raise BadOption(0, "")
    return options


def _apply(options: Options, option: str, word: str) -> bool:
    for flag in _FLAGS.get(option, ()):
        setattr(options, flag, True)
    if option in _FLAGS or _IGNORED.fullmatch(word.lower()):
        return True
    name, colon, value = option.partition(":")
    if name in _NUMBERED and value.isdigit():
        setattr(options, _NUMBERED[name], int(value))
    elif name == "copy" and value and set(value) <= set("datsou"):
        options.copy = value.upper()
    elif option == "copyall":
        options.copy = "DATSOU"
    elif option == "sec":
        options.copy = "DATS"
    elif option == "nocopy":
        options.copy = ""
    elif name == "dcopy" and set(value) <= set("date"):
        options.folder_copy = value.upper()
    elif option in ("xc", "xn", "xo", "xx", "xl"):
        options.excluded.add(option[1])
    elif name in ("log", "log+", "unilog", "unilog+") and colon:
        options.log = word.partition(":")[2]
        options.log_append = name.endswith("+")
        options.log_unicode = name.startswith("uni")
    else:
        return False
    return True
