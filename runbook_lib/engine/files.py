"""Notebooks are replaced on disk in one piece: a reader, or a crash, never meets half of one."""

import os
import stat
from pathlib import Path

from papermill.iorw import LocalHandler, papermill_io


def write_atomically(path: Path, text: str) -> None:
    """Put *text* (written as UTF-8) in place of *path*, or leave *path* as it was.

    A link is followed, so that what it points to is replaced.  OSError when the disk refuses; nothing is left behind.
    """
    path = path.resolve()
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class WholeFiles(LocalHandler):  # type: ignore[misc]
    """papermill's local files, written in one piece.

    papermill writes the notebook once more after its engine has ended, by truncating the file first; registering this
    makes that write safe as well.  Devices and pipes (`/dev/stdout`) are written as papermill writes them.
    """

    def write(self, buf: str, path: str) -> None:
        """Replace the file at *path*; FileNotFoundError, as papermill words it, when its folder is not there."""
        target = self.absolute(path)
        if not target.parent.exists():
            raise FileNotFoundError(f"output folder {target.parent} doesn't exist.")
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            super().write(buf, path)
        else:
            write_atomically(target, buf)

    def absolute(self, path: str) -> Path:
        """Where papermill means by *path*: relative to the folder it was started in, not to the notebook's."""
        return Path(self._cwd or Path.cwd(), path).absolute()


def file_behind(output_path: str | None) -> Path | None:
    """The local file that papermill writes for *output_path*; None for a stream, a device, a bucket, or nothing."""
    handler = papermill_io.get_handler(output_path)
    if output_path is None or not isinstance(handler, WholeFiles):
        return None
    path: Path = handler.absolute(output_path)
    return None if path.exists() and not path.is_file() else path


# Replaced in its place, because among handlers of the same name papermill uses the one that was registered first.
papermill_io._handlers = [
    (name, WholeFiles() if type(handler) is LocalHandler else handler) for name, handler in papermill_io._handlers
]
