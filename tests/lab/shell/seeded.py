"""A few small files on a machine, for the tests of the commands that show and change them."""

from datetime import datetime

from runbook_lib.lab.files import Volume

T = r"C:\t"


def seed(files):
    when = datetime(2012, 4, 2, 9, 5)  # noqa: DTZ001  (Windows shows local time)
    files.clock = lambda: when
    files.mount("W:", Volume("DATA", "1A2B-3C4D", capacity_bytes=50 * 4096))
    for name, content, attributes in (
        ("a.txt", b"a", "A"),
        ("b.txt", b"bb", "RA"),
        ("h.txt", b"h", "HA"),
        (r"sub\c.txt", b"c", "A"),
        (r"sub\r.txt", b"r", "RA"),
    ):
        files.seed(rf"{T}\{name}", content, attributes, modified=when)
    files.seed_folder(rf"{T}\empty")


def tree(files) -> set[str]:
    return {entry.path[len(T) + 1 :] for entry in files.walk(T)}
