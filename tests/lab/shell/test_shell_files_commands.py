"""The commands of cmd.exe that show and change files, line by line: what they print, and what they do."""

import pytest

from tests.lab.shell.seeded import tree

# line -> standard output, standard error, exit code, paths that came, paths that went
CASES = [
    # md
    (r"md C:\t\x\y", "", "", 0, [r"x", r"x\y"], []),
    (r"md C:\t\sub", "", "A subdirectory or file C:\\t\\sub already exists.\r\n", 1, [], []),
    (r"mkdir C:\t\a.txt\x", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r'md "C:\t\x y" C:\t\z', "", "", 0, ["x y", "z"], []),
    (r"md Q:\x", "", "The system cannot find the drive specified.\r\n", 1, [], []),
    (r"md C:\t\a?", "", "The filename, directory name, or volume label syntax is incorrect.\r\n", 1, [], []),
    ("md", "", "The syntax of the command is incorrect.\r\n", 1, [], []),
    # rd: answers the error itself
    (r"rd C:\t\empty", "", "", 0, [], ["empty"]),
    (r"rd C:\t\sub", "", "The directory is not empty.\r\n", 145, [], []),
    (r"rd C:\t\a.txt", "", "The directory name is invalid.\r\n", 267, [], []),
    (r"rd C:\t\none", "", "The system cannot find the file specified.\r\n", 2, [], []),
    (r"rd C:\none\none", "", "The system cannot find the path specified.\r\n", 3, [], []),
    (r"rd Q:\none", "", "The system cannot find the path specified.\r\n", 3, [], []),
    (r"rd /s /q C:\t\sub", "", "", 0, [], ["sub", r"sub\c.txt", r"sub\r.txt"]),
    (r"rd /s C:\t\sub", "C:\\t\\sub, Are you sure (Y/N)? ", "", 0, [], []),
    (r"rd C:\t\empty C:\t\none", "", "The system cannot find the file specified.\r\n", 2, [], ["empty"]),
    (
        r"cd /d C:\t\empty&rd C:\t\empty",
        "",
        "The process cannot access the file because it is being used by another process.\r\n",
        32,
        [],
        [],
    ),
    # del
    (r"del C:\t\a.txt", "", "", 0, [], ["a.txt"]),
    (r"del C:\t\none.txt", "", "Could Not Find C:\\t\\none.txt\r\n", 0, [], []),
    (r"del C:\none\none.txt", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"del C:\t\b.txt", "C:\\t\\b.txt\r\n", "Access is denied.\r\n", 0, [], []),
    (r"del /f C:\t\b.txt", "", "", 0, [], ["b.txt"]),
    (r"del C:\t\h.txt", "", "Could Not Find C:\\t\\h.txt\r\n", 0, [], []),
    (r"del /a C:\t\h.txt", "", "", 0, [], ["h.txt"]),
    (r"del /q /a:h C:\t\*", "", "", 0, [], ["h.txt"]),
    (r"del /f /q C:\t\*.*", "", "", 0, [], ["a.txt", "b.txt"]),
    (r"del C:\t\*", "C:\\t\\*, Are you sure (Y/N)? ", "", 0, [], []),
    (r"del /f /s C:\t\?.txt", None, "", 0, [], ["a.txt", "b.txt", r"sub\c.txt", r"sub\r.txt"]),
    (r"del /x C:\t\a.txt", "", 'Invalid switch - "x".\r\n', 1, [], []),
    # copy
    (r"copy C:\t\a.txt C:\t\x.txt", "        1 file(s) copied.\r\n", "", 0, ["x.txt"], []),
    (r"copy /y C:\t\a.txt C:\t\sub", "        1 file(s) copied.\r\n", "", 0, [r"sub\a.txt"], []),
    (
        r"copy /b /y C:\t\*.txt C:\t\empty\\",
        "C:\\t\\a.txt\r\nC:\\t\\b.txt\r\n        2 file(s) copied.\r\n",
        "",
        0,
        [r"empty\a.txt", r"empty\b.txt"],
        [],
    ),
    (r"copy C:\t\*.txt C:\t\*.bak", None, "", 0, ["a.bak", "b.bak"], []),
    (r"copy C:\t\sub C:\t\empty", None, "", 0, [r"empty\c.txt", r"empty\r.txt"], []),
    (
        r"copy C:\t\none C:\t\x",
        "        0 file(s) copied.\r\n",
        "The system cannot find the file specified.\r\n",
        1,
        [],
        [],
    ),
    (
        r"copy C:\t\h.txt C:\t\x",
        "        0 file(s) copied.\r\n",
        "The system cannot find the file specified.\r\n",
        1,
        [],
        [],
    ),
    (
        r"copy C:\t\a.txt C:\none\x",
        "        0 file(s) copied.\r\n",
        "The system cannot find the path specified.\r\n",
        1,
        [],
        [],
    ),
    (r"copy C:\t\a.txt C:\t\b.txt", "        0 file(s) copied.\r\n", "Access is denied.\r\n", 1, [], []),
    (
        r"copy C:\t\a.txt C:\t\a.txt",
        "        0 file(s) copied.\r\n",
        "The file cannot be copied onto itself.\r\n",
        1,
        [],
        [],
    ),
    (
        r"copy /-y C:\t\a.txt C:\t\sub\c.txt",
        "Overwrite c.txt? (Yes/No/All):         0 file(s) copied.\r\n",
        "",
        1,
        [],
        [],
    ),
    (r"copy nul C:\t\new", "        1 file(s) copied.\r\n", "", 0, ["new"], []),
    (r"copy /b C:\t\a.txt+C:\t\b.txt C:\t\ab", None, "", 0, ["ab"], []),
    # move
    (r"move C:\t\a.txt C:\t\x.txt", "        1 file(s) moved.\r\n", "", 0, ["x.txt"], ["a.txt"]),
    (r"move /y C:\t\a.txt C:\t\sub\c.txt", "        1 file(s) moved.\r\n", "", 0, [], ["a.txt"]),
    (
        r"move C:\t\sub C:\t\sub2",
        "        1 dir(s) moved.\r\n",
        "",
        0,
        ["sub2", r"sub2\c.txt", r"sub2\r.txt"],
        ["sub", r"sub\c.txt", r"sub\r.txt"],
    ),
    (
        r"move C:\t\sub C:\t\empty",
        "        1 dir(s) moved.\r\n",
        "",
        0,
        [r"empty\sub", r"empty\sub\c.txt", r"empty\sub\r.txt"],
        ["sub", r"sub\c.txt", r"sub\r.txt"],
    ),
    (r"move C:\t\none C:\t\x", "", "The system cannot find the file specified.\r\n", 1, [], []),
    (
        r"move C:\t\a.txt C:\none\x",
        "        0 file(s) moved.\r\n",
        "The system cannot find the path specified.\r\n",
        1,
        [],
        [],
    ),
    (r"move C:\t\a.txt W:\\", "        1 file(s) moved.\r\n", "", 0, [], ["a.txt"]),
    (r"move C:\t\sub W:\sub", "", "Access is denied.\r\n", 1, [], []),
    # ren
    (r"ren C:\t\a.txt z.txt", "", "", 0, ["z.txt"], ["a.txt"]),
    (r"ren C:\t\*.txt *.bak", "", "", 0, ["a.bak", "b.bak"], ["a.txt", "b.txt"]),
    (r"ren C:\t\a.txt b.txt", "", "A duplicate file name exists, or the file\r\ncannot be found.\r\n", 1, [], []),
    (r"ren C:\t\a.txt C:\t\x", "", "The syntax of the command is incorrect.\r\n", 1, [], []),
    # folders and drives
    (r"cd C:\t&cd", "C:\\t\r\n", "", 0, [], []),
    (r"cd /d W:\&cd", "W:\\\r\n", "", 0, [], []),
    (r"cd W:\&cd", "C:\\Users\\Administrator\r\n", "", 0, [], []),
    (r"cd C:\Program Files&cd", "C:\\Program Files\r\n", "", 0, [], []),
    (r"cd /d C:\t\sub&cd..&cd", "C:\\t\r\n", "", 0, [], []),
    (r"cd C:\none", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"cd C:\t\a.txt", "", "The directory name is invalid.\r\n", 1, [], []),
    ("cd /d Q:", "", "The system cannot find the drive specified.\r\n", 1, [], []),
    ("W:&cd", "W:\\\r\n", "", 0, [], []),
    ("Q:", "", "The system cannot find the drive specified.\r\n", 1, [], []),
    (r"pushd W:\&cd&popd&cd", "W:\\\r\nC:\\Users\\Administrator\r\n", "", 0, [], []),
    ("popd", "", "", 1, [], []),
    # type
    (r"type C:\t\a.txt", "a", "", 0, [], []),
    (r"type C:\none", "", "The system cannot find the file specified.\r\n", 1, [], []),
    (r"type C:\t\sub", "", "Access is denied.\r\n", 1, [], []),
    ("type nul", "", "", 0, [], []),
    (
        r"type C:\t\?.txt",
        "abbh",
        "\r\nC:\\t\\a.txt\r\n\r\n\r\n\r\nC:\\t\\b.txt\r\n\r\n\r\n\r\nC:\\t\\h.txt\r\n\r\n\r\n",
        0,
        [],
        [],
    ),
    # dir
    (r"dir /b C:\t", "a.txt\r\nb.txt\r\nempty\r\nsub\r\n", "", 0, [], []),
    (r"dir /b /a C:\t", "a.txt\r\nb.txt\r\nempty\r\nh.txt\r\nsub\r\n", "", 0, [], []),
    (r"dir /b /a-d C:\t", "a.txt\r\nb.txt\r\nh.txt\r\n", "", 0, [], []),
    (r"dir /b /ad C:\t", "empty\r\nsub\r\n", "", 0, [], []),
    (r"dir /b /a:r C:\t", "b.txt\r\n", "", 0, [], []),
    (
        r"dir /b /s /a-d C:\t",
        "C:\\t\\a.txt\r\nC:\\t\\b.txt\r\nC:\\t\\h.txt\r\nC:\\t\\sub\\c.txt\r\nC:\\t\\sub\\r.txt\r\n",
        "",
        0,
        [],
        [],
    ),
    (r"dir /b /o-n /a-d-h C:\t", "b.txt\r\na.txt\r\n", "", 0, [], []),
    (r"dir /b C:\t\a*", "a.txt\r\n", "", 0, [], []),
    (r"dir /b C:\t\none", "", "File Not Found\r\n", 1, [], []),
    (r"dir /b C:\none\none", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"dir /b Q:\\", "", "The system cannot find the path specified.\r\n", 1, [], []),
    (r"dir /b C:\t\none C:\t\a.txt", "a.txt\r\n", "File Not Found\r\n", 0, [], []),
    ("ver", "\r\nMicrosoft Windows [Version 6.1.7601]\r\n", "", 0, [], []),
    ("vol W:", " Volume in drive W is DATA\r\n Volume Serial Number is 1A2B-3C4D\r\n", "", 0, [], []),
]


@pytest.mark.parametrize(("line", "out", "err", "code", "came", "went"), CASES, ids=lambda value: str(value)[:40])
def test_commands(node, shell, line, out, err, code, came, went):
    before = tree(node.files)
    answer = shell(node, line)
    if out is not None:
        assert answer.out == out
    assert (answer.err, answer.code) == (err, code)
    assert tree(node.files) == (before - set(went)) | set(came)
    if not came and not went and "W:" not in line and "c.txt" not in line:
        assert [change for change in node.changes if change.how != "attributes set"] == []
