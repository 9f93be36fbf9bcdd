"""How far a copy is, told from lines as Windows prints them."""

import pytest

from runbook_lib.commands.copying import CopyMeter, Measure
from runbook_lib.commands.folders import Tree

SOURCE = "C:\\Program Files\\ESMPRO\\NVWORK"
TREE = Tree(
    SOURCE,
    "folder",
    {"base.dat": 100, "log\\2014-01-31 a b.log": 476_693, "log\\Alert\\大.mdb": 1_300_000_000, "local\\base.dat": 7},
    frozenset({"log", "log\\Alert", "local", "empty"}),
)
HEADER = f"""
-------------------------------------------------------------------------------
   ROBOCOPY     ::     Robust File Copy for Windows
-------------------------------------------------------------------------------

  Started : Thu May 24 14:02:11 2012

   Source : {SOURCE}\\
     Dest : W:\\NVWORK.copying\\

    Files : *.*
\t
  Options : *.* /S /E /COPY:DAT /NP /R:1 /W:0

------------------------------------------------------------------------------

"""
ENGLISH = (
    f"\t  New Dir          1\t{SOURCE}\\",
    "\t    New File  \t\t     100\tbase.dat",
    f"\t  New Dir          1\t{SOURCE}\\log\\",
    "\t    New File  \t\t  476693\t2014-01-31 a b.log",
    f"\t  New Dir          1\t{SOURCE}\\log\\Alert\\",
    "\t    New File  \t\t   1.2 g\t大.mdb",
    f"\t  New Dir          0\t{SOURCE}\\empty\\",
    f"\t  New Dir          1\t{SOURCE}\\local\\",
    "\t    New File  \t\t       7\tbase.dat",
)
JAPANESE = tuple(
    line.replace("  New Dir   ", "新しいディレクトリ").replace("    New File  ", "新しいファイル") for line in ENGLISH
)
XCOPY = tuple(f"{SOURCE}\\{name}" for name in ("base.dat", "log\\2014-01-31 a b.log", "log\\Alert\\大.mdb"))


def after(*lines: str) -> Measure:
    meter = CopyMeter(TREE)
    meter.take("\r\n".join(lines) + "\r\n")
    return meter.measure


@pytest.mark.parametrize("lines", [ENGLISH, JAPANESE, tuple(line.replace(SOURCE, SOURCE.upper()) for line in ENGLISH)])
def test_robocopy(lines: tuple[str, ...]) -> None:
    assert after(HEADER, lines[0]) == Measure(0, 4, 0, 1_300_476_800, "")
    assert after(HEADER, *lines[:2]) == Measure(0, 4, 0, 1_300_476_800, "base.dat (100 bytes)")
    assert after(HEADER, *lines[:6]) == Measure(
        2, 4, 476_793, 1_300_476_800, "log\\Alert\\大.mdb (1,300,000,000 bytes)"
    )
    assert after(HEADER, *lines) == Measure(3, 4, 1_300_476_793, 1_300_476_800, "local\\base.dat (7 bytes)")


def test_xcopy() -> None:
    assert after(*XCOPY) == Measure(2, 4, 476_793, 1_300_476_800, "log\\Alert\\大.mdb (1,300,000,000 bytes)")
    assert after(*XCOPY, "3 個のファイルをコピーしました") == after(*XCOPY)


def test_output_comes_in_any_pieces() -> None:
    meter = CopyMeter(TREE)
    for character in HEADER + "\r\n".join(ENGLISH) + "\r\n":
        meter.take(character)
    assert meter.measure == after(HEADER, *ENGLISH)
    meter = CopyMeter(TREE)
    meter.take("\r\n".join(ENGLISH[:6])[:-4])
    assert meter.measure.files == 1


def test_percentages_count_for_nothing() -> None:
    assert after(*ENGLISH[:2], "  0.0%  \r 50.3%  \r100%  ", *ENGLISH[2:]) == after(*ENGLISH)


def test_file_that_is_tried_again_is_under_way_once_more() -> None:
    error = f"2012/05/24 14:02:12 ERROR 32 (0x00000020) Copying File {SOURCE}\\base.dat"
    again = (*ENGLISH[:2], error, "Waiting 0 seconds... Retrying...", ENGLISH[1])
    assert after(*again) == after(*ENGLISH[:2])


def test_what_is_in_the_destination_alone_counts_for_nothing() -> None:
    extras = ("\t*EXTRA Dir        -1\tW:\\NVWORK.copying\\log\\", "\t  *EXTRA File \t\t     100\tW:\\NVWORK\\base.dat")
    assert after(ENGLISH[0], *extras).files == 0
    assert after(ENGLISH[0], *extras).said == ""


def test_summary_counts_for_nothing() -> None:
    summary = "   Files :         4         4         0         0         0         0"
    assert after(*ENGLISH, "", summary) == after(*ENGLISH)
    assert after() == Measure(0, 4, 0, 1_300_476_800, "")
