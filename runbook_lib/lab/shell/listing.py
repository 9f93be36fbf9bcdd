"""dir and vol (Microsoft's `dir` and `vol` pages)."""

from runbook_lib.lab import paths
from runbook_lib.lab.files import Entry, FileError
from runbook_lib.lab.shell.deleting import has_attributes
from runbook_lib.lab.shell.effects import invalid_switch, split_switches
from runbook_lib.lab.shell.session import Session

_PLAIN = frozenset({"/b", "/s", "/l", "/n", "/w", "/d", "/q", "/x", "/4", "/p", "/c", "/-c", "/-p", "/-n", "/r"})


def vol(session: Session, tail: str) -> int:
    """`vol [drive]`: label and serial number."""
    switches, words = split_switches(tail)
    if switches:
        return invalid_switch(session, switches[0])
    drive = (words[0] if words else session.folder[:2]).upper()
    if drive not in session.files.drives:
        return session.complain(15 if drive[1:] == ":" else 123)
    session.stdout.write(_volume_lines(session, drive))
    return 0


def _volume_lines(session: Session, drive: str) -> str:
    volume, letter = session.files.drives[drive], drive[0]
    if volume.label:
        label = session.say(
            f"Volume in drive {letter} is {volume.label}",
            f"ドライブ {letter} のボリューム ラベルは {volume.label} です",
        )
    else:
        label = session.say(
            f"Volume in drive {letter} has no label.", f"ドライブ {letter} のボリューム ラベルがありません。"
        )
    serial = session.say(f"Volume Serial Number is {volume.serial}", f"ボリューム シリアル番号は {volume.serial} です")
    return f" {label}\r\n {serial}\r\n"


def listing(session: Session, tail: str) -> int:
    """`dir` with /a /b /s /o /t /-c /l /w and their usual company; 1 when no name found anything."""
    switches, words = split_switches(tail)
    for switch in switches:
        if switch not in _PLAIN and switch[:2] not in ("/a", "/o", "/t"):
            return invalid_switch(session, switch)
    listed = _Listing(session, switches)
    return listed.run([word.replace('"', "") for word in words] or ["*"])


class _Listing:
    """One `dir`: its switches, and what it has counted."""

    def __init__(self, session: Session, switches: list[str]) -> None:
        self._session = session
        self._bare = "/b" in switches
        self._everywhere = "/s" in switches
        self._lower = "/l" in switches
        self._separator = "" if "/-c" in switches else ","
        self._wanted = next((one for one in switches if one.startswith("/a")), None)
        self._order = next((one[2:].lstrip(":") for one in switches if one.startswith("/o")), None)
        self._files = self._bytes = self._folders = 0
        self._found = False

    def run(self, words: list[str]) -> int:
        shown_drive = ""
        for word in words:
            path = self._session.absolute(word)
            drive = path[:2].upper()
            if drive not in self._session.files.drives:
                self._session.complain(53 if path.startswith("\\\\") else 3)
                continue
            if drive != shown_drive and not self._bare:
                self._session.stdout.write(_volume_lines(self._session, drive))
                shown_drive = drive
            try:
                self._name(path)
            except FileError as error:
                self._session.complain(error.code)
                continue
        if self._found and not self._bare:
            self._totals(self._session.absolute(words[-1]))
        return 0 if self._found else 1

    def _name(self, path: str) -> None:
        name = paths.name_of(path)
        if not name or (not paths.has_wildcard(name) and self._session.files.is_folder(path)):
            folder, pattern = path, "*"
        else:
            folder, pattern = paths.parent(path), name
        if not self._session.files.is_folder(folder):
            raise FileError(3, path)
        before = self._found
        self._folder(folder, pattern)
        if self._found == before and not before:
            text = self._session.say("File Not Found", "ファイルが見つかりません")
            self._session.stderr.write(text + "\r\n")

    def _folder(self, folder: str, pattern: str) -> None:
        self._session.check()
        entries = self._session.files.entries(folder)
        found = [one for one in entries if paths.matches(pattern, one.name) and has_attributes(one, self._wanted)]
        dots = self._dots(folder, pattern)
        if found or (dots and not self._bare):
            self._found = self._found or bool(found) or not self._everywhere
            self._show(folder, self._sorted(found), dots)
        if self._everywhere:
            for entry in entries:
                if entry.folder and has_attributes(entry, None if self._wanted is None else "/a"):
                    self._folder(entry.path, pattern)

    def _dots(self, folder: str, pattern: str) -> list[str]:
        allowed = self._wanted is None or "-d" not in self._wanted
        return [".", ".."] if len(folder) > len("C:\\") and allowed and pattern in ("*", "*.*") else []

    def _sorted(self, entries: list[Entry]) -> list[Entry]:
        if self._order is None:
            return entries
        order = self._order or "gn"
        keys = {
            "n": lambda one: one.name.upper(),
            "s": lambda one: one.size,
            "e": lambda one: one.name.upper().rpartition(".")[2] if "." in one.name else "",
            "d": lambda one: one.modified,
            "g": lambda one: not one.folder,
        }
        reverse = False
        steps: list[tuple[str, bool]] = []
        for letter in order:
            if letter == "-":
                reverse = True
            elif letter in keys:
                steps.append((letter, reverse))
                reverse = False
        for letter, backwards in reversed(steps):
            entries = sorted(entries, key=keys[letter], reverse=backwards)
        return entries

    def _show(self, folder: str, entries: list[Entry], dots: list[str]) -> None:
        write = self._session.stdout.write
        if self._bare:
            for entry in entries:
                text = entry.path if self._everywhere else entry.name
                write((text.lower() if self._lower else text) + "\r\n")
            return
        write("\r\n" + self._session.say(f" Directory of {folder}", f" {folder} のディレクトリ") + "\r\n\r\n")
        own = self._session.files.entry(folder)
        for name in dots:
            write(self._line(own, name))
        for entry in entries:
            write(self._line(entry, entry.name))
        files = [entry for entry in entries if not entry.folder]
        size = sum(entry.size for entry in files)
        self._files += len(files)
        self._bytes += size
        self._folders += len(entries) - len(files) + len(dots)
        write(self._count(len(files), size))

    def _line(self, entry: Entry, name: str) -> str:
        time = entry.modified.strftime(self._session.say("%m/%d/%Y  %I:%M %p", "%Y/%m/%d  %H:%M"))
        middle = "    <DIR>         " if entry.folder else f"{self._number(entry.size):>18}"
        return f"{time}{middle} {name.lower() if self._lower else name}\r\n"

    def _number(self, value: int) -> str:
        return f"{value:,}".replace(",", self._separator)

    def _count(self, files: int, size: int) -> str:
        return self._session.say(
            f"{files:>16} File(s) {self._number(size):>14} bytes\r\n",
            f"{files:>16} 個のファイル{self._number(size):>20} バイト\r\n",
        )

    def _totals(self, path: str) -> None:
        write = self._session.stdout.write
        if self._everywhere:
            heading = self._session.say("     Total Files Listed:", "     ファイルの総数:")
            write(f"\r\n{heading}\r\n{self._count(self._files, self._bytes)}")
        free = self._number(self._session.files.volume(path).free_bytes)
        write(
            self._session.say(
                f"{self._folders:>16} Dir(s) {free:>15} bytes free\r\n",
                f"{self._folders:>16} 個のディレクトリ{free:>16} バイトの空き領域\r\n",
            )
        )
