r"""The content of an ESMPRO work folder (NVWORK), made up but always the same for the same node.

The manual names the folder, its sub folders `alert`, `alert\filter\odiosasg`, `alert\filter\genericsg` and `local`,
and the file `local\nvisord.cf`; everything else here is invented to be like such a folder.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ICONS: Final = 68
_MAPS: Final = 24
_ALERT_LOGS: Final = 48
_FILTERS: Final = 36
_REPORTS: Final = 48
_NODE_FILES: Final = 60

_PLACES: Final = {
    "ja": ("東京本社", "大阪支社", "名古屋営業所", "札幌", "福岡データセンター", "横浜 (新)", "仙台", "広島"),
    "en": ("Tokyo head office", "Osaka branch", "Zürich", "Málaga", "Sapporo", "Yokohama (new)", "Göteborg", "R&D"),
}
_WORDS: Final = {
    "ja": {
        "map": "地図",
        "report": "月報",
        "memo": "引継ぎ メモ",
        "read only": "変更禁止",
        "lines": ("# ESMPRO 統合ビューア設定", "# 自マネージャ以外は編集しないこと"),
    },
    "en": {
        "map": "map",
        "report": "monthly report",
        "memo": "hand-over memo",
        "read only": "do not change",
        "lines": ("# ESMPRO integrated viewer settings", "# edit the own manager only"),
    },
}


@dataclass(frozen=True)
class SeededFile:
    """One file: its path under the work folder, content, and attribute letters (as `FileSystem.seed` takes them)."""

    path: str
    content: bytes
    attributes: str = "A"


def work_folder(node: str, language: str, *, first: bool) -> Iterator[SeededFile]:
    r"""The files of a node's work folder: about 310 in about 20 folders, less than 3 MB in all.

    Args:
        node: the computer name; logs and status files differ between nodes.
        language: "ja" has Japanese names (all exist in code page 932), "en" accented ones (all exist in code page 437).
        first: the node has `local\nvisord.cf` with two lines that are not about the manager's name; others lack the
            file.
    """
    words, places = _WORDS[language], _PLACES[language]
    alike, own = random.Random("work folder"), random.Random(f"work folder of {node}")  # noqa: S311
    page = "cp932" if language == "ja" else "cp1252"

    def text(count: int, source: random.Random, word: str) -> bytes:
        lines = (f"{source.randrange(10**9):09d},{word},{source.random():.6f}\r\n" for _ in range(count))
        return "".join(lines).encode(page)

    for number in range(_ICONS):
        place = places[number % len(places)]
        yield SeededFile(rf"icon\{place}\{place}_{number:02d}.ico", alike.randbytes(alike.randrange(700, 9000)))
    for number in range(_MAPS):
        locked = "AR" if number % 4 == 0 else "A"
        name = (
            f"{words['map']} {number:02d} ({words['read only']})" if locked == "AR" else f"{words['map']} {number:02d}"
        )
        yield SeededFile(rf"map\{name}.map", alike.randbytes(alike.randrange(2000, 40_000)), locked)
    for number in range(_FILTERS):
        kind = ("odiosasg", "genericsg")[number % 2]
        yield SeededFile(rf"alert\filter\{kind}\flt{number:03d}.dat", text(alike.randrange(1, 30), alike, kind))
    for number in range(_REPORTS):
        month = f"{2010 + number // 12}-{number % 12 + 1:02d}"
        yield SeededFile(rf"report\{month[:4]}\{words['report']} {month}.csv", text(20 + number, alike, "report"))
    for number in range(_ALERT_LOGS):
        yield SeededFile(rf"alert\log\al{number:04d}.log", text(own.randrange(5, 400), own, node))
    for number in range(_NODE_FILES):
        folder = ("db", "status", r"status\history", "trap", r"local\cache")[number % 5]
        yield SeededFile(rf"{folder}\{folder[:2]}{number:03d}.dat", own.randbytes(own.randrange(100, 12_000)))
    yield SeededFile(r"db\alert.idx", own.randbytes(300_000))
    yield SeededFile(rf"alert\{words['memo']}.txt", f"{node}\r\n".encode(page))
    for number in range(20):
        yield SeededFile(
            rf"config\cfg{number:02d}.ini", text(alike.randrange(2, 12), alike, "cfg"), "A" if number else "AR"
        )
    yield SeededFile(r"config\lock.dat", b"")
    yield SeededFile(r"config\desktop.ini", b"[.ShellClassInfo]\r\nConfirmFileOp=0\r\n", "AH")
    yield SeededFile(r"local\node.id", f"{node}\r\n".encode(page))
    yield SeededFile(r"local\machine.cf", f'HostName:\t"{node}"\r\n'.encode(page), "AR")
    if first:
        lines = words["lines"]
        yield SeededFile(r"local\nvisord.cf", "".join(f"{line}\r\n" for line in lines).encode(page))
