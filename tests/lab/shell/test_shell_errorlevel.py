"""Which commands of cmd.exe set ERRORLEVEL, and which leave it as it was."""

import pytest

ERRORLEVELS = [
    # what leaves ERRORLEVEL as it was (7), and what sets it (Wine's test_builtins.bat.exp, taken from Windows)
    ("echo x", 7),
    ("title x", 7),
    (r"rd C:\none", 7),
    (r"rd C:\t\empty", 7),
    (r"echo x>C:\none\x", 7),
    ("popd", 7),
    ("C:", 7),
    ("set q=1", 7),
    ("set nothing", 1),
    ("cd .", 0),
    ("cd none", 1),
    (r"md C:\t\new", 0),
    (r"md C:\t\sub", 1),
    (r"del C:\t\none", 0),
    (r"dir C:\t", 0),
    (r"dir C:\t\none", 1),
    (r"copy C:\t\a.txt C:\t\x", 0),
    (r"move C:\t\a.txt C:\t\x", 0),
    (r"ren C:\t\a.txt x", 0),
    ("type nul", 0),
    ("ver", 0),
    ("nothing", 9009),
    (r"none\none.exe", 3),
    (r"rd C:\none || rem", 2),
    (r"rd C:\t\sub || rem", 145),
    (r"rd C:\t\a.txt || rem", 267),
    (r"echo x>C:\none\x || rem", 1),
    ("nothing || rem", 1),
    ("if 1==2 echo x", 7),
    ("for %i in () do echo x", 7),
    ("cmd /c exit 5", 5),
    ("hostname", 0),
    ("echo x| sort", 0),
]


@pytest.mark.parametrize(("line", "level"), ERRORLEVELS)
def test_errorlevel(node, shell, line, level):
    answer = shell(node, f"cmd /c exit 7 & ({line}) >nul 2>&1 & call echo %^errorlevel%")
    assert answer.out == f"{level}\r\n"
