"""robocopy.

Sources: Microsoft's `robocopy` page; KB954404 (exit code bits: 1 files copied, 2 extras, 4 mismatches, 8 failures,
16 fatal); the askcorejp blog of Microsoft Japan (folders do not count for bit 1).
"""

from runbook_lib.lab import paths
from runbook_lib.lab.files import Entry, FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.robocopy_options import BadOption, Options, parse
from runbook_lib.lab.programs.robocopy_report import Report
from runbook_lib.lab.programs.wording import absolute, files, say
from runbook_lib.lab.programs.xcopy import copy_rights

_COPIED, _EXTRA, _MISMATCH, _FAILED, _FATAL = 1, 2, 4, 8, 16


def main(call: Invocation) -> int:
    """Run robocopy."""
    try:
        options = parse(call.arguments[1:])
    except BadOption as error:
        text = say(call, "ERROR : ", "エラー : ")
        if error.number:
            text += say(call, "Invalid Parameter", "無効なパラメーター") + f' #{error.number} : "{error.word}"'
        else:
            text += say(call, "No Destination Directory Specified.", "コピー先ディレクトリが指定されていません。")
        call.stdout.write(f"\r\n{text}\r\n")
        return _FATAL
    return _Copy(call, options).run()


def _with_slash(path: str) -> str:
    return path if path.endswith("\\") else path + "\\"


class _Copy:
    """One run: from one folder to another."""

    def __init__(self, call: Invocation, options: Options) -> None:
        self._call = call
        self._options = options
        self._store = files(call)
        self._report = Report(call, options)
        self._code = 0
        self._source = absolute(call, options.names[0])
        self._target = absolute(call, options.names[1])

    def run(self) -> int:
        report = self._report
        report.header(_with_slash(self._source), _with_slash(self._target))
        try:
            self._store.entries(self._source)
        except FileError as error:
            code = 2 if error.code == 3 and paths.parent(self._source) != self._source else error.code
            code = 3 if self._source[:2].upper() not in self._store.drives else code
            where = _with_slash(self._source)
            report.error(code, "Accessing Source Directory", "コピー元ディレクトリにアクセスしています", where)
            return _FATAL
        try:
            new = not self._store.is_folder(self._target)
            if new and not self._options.list_only:
                self._store.make_folder(self._target)
        except FileError as error:
            where = _with_slash(self._target)
            report.error(error.code, "Creating Destination Directory", "コピー先ディレクトリを作成しています", where)
            return _FATAL
        self._folder(self._store.entry(self._source), self._target, new=new, level=1)
        report.summary()
        return self._code

    def _folder(self, source: Entry, target: str, *, new: bool, level: int) -> None:
        self._call.check()
        try:
            entries = self._store.entries(source.path)
        except FileError as error:
            self._report.folders.failed += 1
            self._code |= _FAILED
            where = _with_slash(source.path)
            self._report.error(
                error.code, "Accessing Source Directory", "コピー元ディレクトリにアクセスしています", where
            )
            return
        chosen = [entry for entry in entries if not entry.folder and self._options.wants(entry)]
        self._report.folders.total += 1
        if new:
            self._report.folders.copied += 1
        else:
            self._report.folders.skipped += 1
        self._report.folder(_with_slash(source.path), len(chosen), new=new)
        self._extras(entries, target)
        for entry in chosen:
            self._file(entry, paths.join(target, entry.name))
        if self._options.below and not 0 < self._options.levels <= level:
            for entry in entries:
                if entry.folder and not self._options.skips_folder(entry):
                    self._below(entry, paths.join(target, entry.name), level)
        self._finish_folder(source, target, new=new)

    def _below(self, source: Entry, target: str, level: int) -> None:
        if not self._options.empty and not self._has_files(source.path):
            return
        if self._store.exists(target) and not self._store.is_folder(target):
            self._report.folders.total += 1
            self._report.folders.mismatch += 1
            self._code |= _MISMATCH
            return
        new = not self._store.exists(target)
        if new and not self._options.list_only:
            try:
                self._store.make_folder(target)
                if "A" in self._options.folder_copy and source.attributes:
                    self._store.set_attributes(target, source.attributes)
                self._copy_security(source.path, target)
            except FileError as error:
                self._report.folders.failed += 1
                self._code |= _FAILED
                where = _with_slash(target)
                english, japanese = "Creating Destination Directory", "コピー先ディレクトリを作成しています"
                self._report.error(error.code, english, japanese, where)
                return
        self._folder(source, target, new=new, level=level + 1)

    def _has_files(self, path: str) -> bool:
        return any(not entry.folder and self._options.wants(entry) for entry in self._store.walk(path))

    def _finish_folder(self, source: Entry, target: str, *, new: bool) -> None:
        if self._options.list_only:
            return
        if "T" in self._options.folder_copy and new and self._store.exists(target):
            self._store.set_modified(target, source.modified)
        if self._options.move_folders and not self._store.entries(source.path):
            try:
                self._store.remove(source.path)
            except FileError as error:
                self._code |= _FAILED
                where = _with_slash(source.path)
                english, japanese = "Deleting Source Directory", "コピー元ディレクトリを削除しています"
                self._report.error(error.code, english, japanese, where)

    def _extras(self, entries: list[Entry], target: str) -> None:
        """What the target has and the source has not."""
        if "x" in self._options.excluded or not self._store.is_folder(target):
            return
        names = {entry.name.upper() for entry in entries}
        for entry in self._store.entries(target):
            if entry.name.upper() in names or (entry.folder and not (self._options.below or self._options.purge)):
                continue
            if entry.folder:
                self._report.folders.extras += 1
                self._report.folder(_with_slash(entry.path), -1, extra=True)
            elif self._options.wants(entry):
                self._report.files.extras += 1
                self._report.bytes.extras += entry.size
                self._report.file("*EXTRA File", entry.size, entry.name)
            else:
                continue
            self._code |= _EXTRA
            if self._options.purge and not self._options.list_only:
                self._remove(entry)

    def _remove(self, entry: Entry) -> None:
        if entry.folder:
            for child in self._store.entries(entry.path):
                self._remove(child)
        if "R" in entry.attributes:
            self._store.set_attributes(entry.path, entry.attributes - {"R"})
        self._store.remove(entry.path)

    def _class(self, source: Entry, target: str) -> tuple[str, str, str]:
        """The class of a file: letter for /X options, tags in English and Japanese; "" for the same file."""
        if not self._store.exists(target):
            return "l", "  New File", "  新しいファイル"
        there = self._store.entry(target)
        if source.modified > there.modified:
            return "n", "    Newer", "    新しい"
        if source.modified < there.modified:
            return "o", "    Older", "    古い"
        if source.size != there.size:
            return "c", "    Changed", "    変更済み"
        if source.attributes != there.attributes:
            return "t", "    Tweaked", "    マイナー変更した"
        return "", "    Same", "    同じ"

    def _file(self, source: Entry, target: str) -> None:
        self._call.check()
        report, options = self._report, self._options
        report.files.total += 1
        report.bytes.total += source.size
        if self._store.is_folder(target):
            report.files.mismatch += 1
            report.bytes.mismatch += source.size
            self._code |= _MISMATCH
            return
        letter, english, japanese = self._class(source, target)
        same = (letter == "" and not options.include_same) or (letter == "t" and not options.include_tweaked)
        if same or letter in options.excluded or options.skips_file(source):
            report.files.skipped += 1
            report.bytes.skipped += source.size
            return
        report.file(report.say(english, japanese), source.size, source.name)
        if options.list_only or self._copied(source, target):
            report.files.copied += 1
            report.bytes.copied += source.size
            self._code |= _COPIED
        else:
            report.files.failed += 1
            report.bytes.failed += source.size
            self._code |= _FAILED

    def _copied(self, source: Entry, target: str) -> bool:
        """Copy one file, trying again as told; False when it never worked."""
        for attempt in range(self._options.retries + 1):
            try:
                self._copy_once(source, target)
            except FileError as error:
                self._report.error(error.code, "Copying File", "ファイルをコピーしています", source.path)
                if attempt < self._options.retries:
                    wait = self._options.wait
                    japanese = f"{wait} 秒待っています... 再試行しています..."
                    self._report.write(self._report.say(f"Waiting {wait} seconds... Retrying...", japanese) + "\r\n")
                    self._call.sleep(wait)
            else:
                return True
        text = self._report.say("ERROR: RETRY LIMIT EXCEEDED.", "エラー: 再試行が制限回数を超えました。")
        self._report.write(f"{text}\r\n\r\n")
        return False

    def _copy_once(self, source: Entry, target: str) -> None:
        done = 0.0
        speed = self._store.copy_bytes_per_s or 1

        def pause(seconds: float) -> None:
            nonlocal done
            self._call.sleep(seconds)
            done += seconds * speed
            self._report.progress(min(99, int(done * 100 / max(source.size, 1))))

        if self._store.exists(target) and "R" in self._store.entry(target).attributes:
            self._store.set_attributes(target, self._store.entry(target).attributes - {"R"})
        self._store.copy(source.path, target, pause)
        if "A" in self._options.copy and self._store.entry(target).attributes != source.attributes:
            self._store.set_attributes(target, source.attributes)
        if "T" not in self._options.copy:
            self._store.set_modified(target, self._store.clock())
        self._copy_security(source.path, target)
        self._report.progress(100)
        if self._options.move:
            if "R" in source.attributes:
                self._store.set_attributes(source.path, source.attributes - {"R"})
            self._store.remove(source.path)

    def _copy_security(self, source: str, target: str) -> None:
        if "S" in self._options.copy:
            copy_rights(self._call, source, target, owner="O" in self._options.copy)
