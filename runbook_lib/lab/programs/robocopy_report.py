"""What robocopy writes: header, lines, summary (English and Japanese, as in published logs; widths assumed)."""

from dataclasses import dataclass, field
from datetime import datetime

from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.robocopy_options import Options
from runbook_lib.lab.programs.wording import absolute, files, say, sentence
from runbook_lib.lab.shell.streams import codec

_RULE = "-" * 79
_MEGA = 1024 * 1024


@dataclass
class Counts:
    """One row of the summary."""

    total: int = 0
    copied: int = 0
    skipped: int = 0
    mismatch: int = 0
    failed: int = 0
    extras: int = 0

    def cells(self) -> list[int]:
        """In the order of the columns."""
        return [self.total, self.copied, self.skipped, self.mismatch, self.failed, self.extras]


@dataclass
class Report:
    """The output of one run, to the console or to the log file."""

    call: Invocation
    options: Options
    folders: Counts = field(default_factory=Counts)
    files: Counts = field(default_factory=Counts)
    bytes: Counts = field(default_factory=Counts)
    started: datetime = field(default_factory=datetime.now)

    def __post_init__(self) -> None:
        self.started = files(self.call).clock()
        if self.options.log and not self.options.log_append:
            files(self.call).write(self._log_path, b"\xff\xfe" if self.options.log_unicode else b"")

    @property
    def _log_path(self) -> str:
        return absolute(self.call, self.options.log)

    def write(self, text: str) -> None:
        """One piece of output."""
        if self.options.log:
            encoding = "utf-16-le" if self.options.log_unicode else codec(self.call.code_page)
            files(self.call).append(self._log_path, text.encode(encoding, errors="replace"))
        else:
            self.call.stdout.write(text)

    def say(self, english: str, japanese: str) -> str:
        """One of the two, by the machine's language."""
        return say(self.call, english, japanese)

    def header(self, source: str, target: str) -> None:
        """The lines before the copy."""
        if self.options.no_header:
            return
        title = self.say("Robust File Copy for Windows", "Windows の堅牢性の高いファイル コピー")
        patterns = " ".join(self.options.patterns or ["*.*"])
        shown = " ".join([patterns, *self.options.shown, f"/COPY:{self.options.copy}"])
        shown += f" /R:{self.options.retries} /W:{self.options.wait}"
        lines = [
            "",
            _RULE,
            f"   ROBOCOPY     ::     {title}".ljust(78),
            _RULE,
            "",
            self.say("  Started : ", "  開始: ") + self._moment(self.started),
            self.say("   Source : ", "   コピー元 : ") + source,
            self.say("     Dest : ", "     コピー先 : ") + target,
            "",
            self.say("    Files : ", "    ファイル: ") + patterns,
            "\t    ",
        ]
        for english, japanese, names in (
            ("Exc Files", "除外ファイル", self.options.skip_files),
            ("Exc Dirs", "除外ディレクトリ", self.options.skip_folders),
        ):
            if names:
                lines += [f"{self.say(english, japanese)} : {name}" for name in names] + [""]
        lines += [self.say("  Options : ", "  オプション: ") + shown + " ", "", _RULE[:-1], ""]
        self.write("\r\n".join(lines) + "\r\n")

    @staticmethod
    def _moment(moment: datetime) -> str:
        return moment.strftime("%a %b %d %H:%M:%S %Y")

    def folder(self, path: str, count: int, *, new: bool = False, extra: bool = False) -> None:
        """The line of a folder with *count* files chosen in it."""
        if self.options.no_folders:
            return
        tag = (
            self.say("*EXTRA Dir", "*EXTRA Dir")
            if extra
            else self.say("  New Dir", "新しいディレクトリ")
            if new
            else ""
        )
        tag = "" if self.options.no_classes else tag
        self.write(f"\t{tag:<11}{count:>8}\t{path}\r\n")

    def file(self, tag: str, size: int, name: str) -> None:
        """The line of a file; the copy's progress follows."""
        if self.options.no_files:
            return
        tag = "" if self.options.no_classes else tag
        shown = "" if self.options.no_sizes else self.amount(size, lines=True)
        self.write(f"\t{tag:<12}\t\t{shown:>8}\t{name}\r\n")

    def progress(self, percent: int) -> None:
        """How much of a file is copied; a hundred ends the line."""
        if not (self.options.no_progress or self.options.no_files):
            self.write(f"{percent:>3}%  \r" + ("\n" if percent == 100 else ""))

    def amount(self, size: int, *, lines: bool = False) -> str:
        """A size as robocopy shows it: whole, or in k, m or g."""
        if self.options.plain_bytes or size < (_MEGA if lines else 100_000):
            return str(size)
        if size < _MEGA:
            return f"{size / 1024:.1f} k"
        return f"{size / _MEGA:.1f} m" if size < 1024 * _MEGA else f"{size / _MEGA / 1024:.2f} g"

    def error(self, code: int, english: str, japanese: str, path: str) -> None:
        """An error line with its moment, and Windows' sentence."""
        moment = files(self.call).clock().strftime("%Y/%m/%d %H:%M:%S")
        word = self.say("ERROR", "エラー")
        self.write(f"{moment} {word} {code} (0x{code:08X}) {self.say(english, japanese)} {path}\r\n")
        self.write(sentence(self.call, code) + "\r\n")

    def summary(self) -> None:
        """The table at the end."""
        if self.options.no_summary:
            return
        heads = self.say(
            "               Total    Copied   Skipped  Mismatch    FAILED    Extras",
            "                  合計     コピー済み      スキップ       不一致        失敗    Extras",
        )
        rows = [
            (self.say("    Dirs :", "   ディレクトリ:"), [str(cell) for cell in self.folders.cells()]),
            (self.say("   Files :", "     ファイル:"), [str(cell) for cell in self.files.cells()]),
            (self.say("   Bytes :", "      バイト:"), [self.amount(cell) for cell in self.bytes.cells()]),
        ]
        spent = int((files(self.call).clock() - self.started).total_seconds())
        time = f"{spent // 3600}:{spent // 60 % 60:02}:{spent % 60:02}"
        times = [time, time, "", "", "0:00:00", "0:00:00"]
        rows.append((self.say("   Times :", "       時刻:"), times))
        lines = ["", _RULE[:-1], "", heads]
        lines += [label + "".join(f"{cell:>10}" for cell in cells) for label, cells in rows]
        lines += [self.say("   Ended : ", "   終了: ") + self._moment(files(self.call).clock()), ""]
        self.write("\r\n".join(lines) + "\r\n")
