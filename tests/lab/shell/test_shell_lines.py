"""How cmd.exe reads a line: expansion, carets, quotes, operators, redirections, `if`, `for`."""

import pytest

from runbook_lib.lab.cluster import Cluster
from runbook_lib.lab.windows import make_machine

UNKNOWN = "'{}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"

UNKNOWN_JA = (
    "'{}' は、内部コマンドまたは外部コマンド、\r\n"
    "操作可能なプログラムまたはバッチ ファイルとして認識されていません。\r\n"
)

# line -> standard output, exit code
LINES = [
    # percent expansion in command line mode
    ("echo %undefined%", "%undefined%\r\n", 0),
    ("echo 100%", "100%\r\n", 0),
    ("echo %%x%%", "%%x%%\r\n", 0),
    ("echo %1 %*", "%1 %*\r\n", 0),
    ("echo %x", "%x\r\n", 0),
    ("echo %COMPUTERNAME%", "NODE1\r\n", 0),
    ("echo [%name%]", "[a b]\r\n", 0),
    ("echo %name:a=X%", "X b\r\n", 0),
    ("echo %name:A=X%", "X b\r\n", 0),
    ("echo %name:* =X%", "Xb\r\n", 0),
    ("echo %name: =%", "ab\r\n", 0),
    ("echo %name:~1%/%name:~0,1%/%name:~-1%/%name:~0,-2%", " b/a/b/a\r\n", 0),
    ("echo %undefined:a=b%", "%undefined:a=b%\r\n", 0),
    ('echo "%name%"', '"a b"\r\n', 0),
    ("echo ^%name%", "a b\r\n", 0),
    ("echo %^name%", "%name%\r\n", 0),
    ("set v=1& echo %v%", "%v%\r\n", 0),
    ("nothing 2>nul & call echo %^errorlevel%", "9009\r\n", 0),
    ("(call) & call echo %^errorlevel%", "0\r\n", 0),
    ("cmd /c exit 5 & call echo %^errorlevel% & call echo [%^errorlevel%]", "5 \r\n[5]\r\n", 0),
    # carets and quotes
    ("echo a^&b", "a&b\r\n", 0),
    ("echo a^^b", "a^b\r\n", 0),
    ("echo ^<^>^|", "<>|\r\n", 0),
    ('echo "a&b|c<d>e^f"', '"a&b|c<d>e^f"\r\n', 0),
    ('echo "a^&b" ^& c', '"a^&b" & c\r\n', 0),
    ('echo ^"a^&b^"', '"a&b"\r\n', 0),
    ("echo a^", "a\r\n", 0),
    ("echo !name! !", "!name! !\r\n", 0),
    # operators
    ("echo a& echo b", "a\r\nb\r\n", 0),
    ("echo a && echo b", "a \r\nb\r\n", 0),
    ("echo a || echo b", "a \r\n", 0),
    ("cmd /c exit 3 && echo b", "", 3),
    ("cmd /c exit 3 || echo b", "b\r\n", 0),
    ("cmd /c exit 3 || echo b&& echo c", "b\r\nc\r\n", 0),
    ("cmd /c exit 3 & echo b", "b\r\n", 0),
    ("echo a & cmd /c exit 3", "a \r\n", 3),
    ("echo a&", "a\r\n", 0),
    ("(echo a&echo b)&echo c", "a\r\nb\r\nc\r\n", 0),
    ("(echo a)", "a\r\n", 0),
    ("@echo a", "a\r\n", 0),
    ("@(@echo a)", "a\r\n", 0),
    ("echo b| sort", "b\r\n", 0),
    ("(echo b& echo a)| sort", "a \r\nb  \r\n", 0),
    ("echo a^^^&b| sort", "a&b\r\n", 0),
    ("echo a| cmd /c exit 4", "", 4),
    ("cmd /c exit 4| sort", "", 0),
    ("echo (a)", "(a)\r\n", 0),
    ("(echo (a^))", "(a)\r\n", 0),
    ("", "", 0),
    ("   ", "", 0),
    (") echo a", "", 0),
    ("rem a & echo b", "", 0),
    ("rem & echo b", "b\r\n", 0),
    # echo
    ("echo  two", " two\r\n", 0),
    ("echo trailing ", "trailing \r\n", 0),
    ("echo.", "\r\n", 0),
    ("echo(", "\r\n", 0),
    ("echo:", "\r\n", 0),
    ("echo.a", "a\r\n", 0),
    ("echo(a b", "a b\r\n", 0),
    ("echo", "ECHO is on.\r\n", 0),
    ("echo off&echo", "ECHO is off.\r\n", 0),
    ("echo /?x", "/?x\r\n", 0),
    ("echo,a", "a\r\n", 0),
    # cmd
    ('"echo" a', "a\r\n", 0),
    ('@"echo" a', "", 1),
    ('"hostname"&"hostname"', "", 1),
    ("cmd /c echo a", "a\r\n", 0),
    ('cmd /c "echo a" b', "a b\r\n", 0),
    ('cmd /c "echo "a" "b""', '"a" "b"\r\n', 0),
    ('cmd /c ""echo a""', "", 1),
    ("cmd /cecho a", "a\r\n", 0),
    ('cmd /s /c "echo "a""', '"a"\r\n', 0),
    ("cmd /v:on /c set q=1^&echo !q!", "1\r\n", 0),
    ("cmd /v:off /c echo !name!", "!name!\r\n", 0),
    ("cmd /c exit", "", 0),
    ("cmd /c exit 7 & exit", "", 7),
    ("exit /b 6 & echo no", "", 6),
    ("exit -1", "", -1),
    # if
    ("if 1==1 echo y", "y\r\n", 0),
    ("if 1==2 (echo y) else echo n", "n\r\n", 0),
    ("if 1==2 (echo y) else (echo n)", "n\r\n", 0),
    ("if not 1==2 echo y", "y\r\n", 0),
    ("if a==A (echo y) else echo n", "n\r\n", 0),
    ("if /i a==A (echo y) else echo n", "y\r\n", 0),
    ("if /i not a==A (echo y) else echo n", "n\r\n", 0),
    ('if "a b"=="a b" echo y', "y\r\n", 0),
    ("if 10 gtr 9 echo y", "y\r\n", 0),
    ('if "10" gtr "9" (echo y) else echo n', "n\r\n", 0),
    ("if 0x10 equ 16 echo y", "y\r\n", 0),
    ("if 1 neq 1 (echo y) else echo n", "n\r\n", 0),
    ("if defined name echo y", "y\r\n", 0),
    ("if defined nothing (echo y) else echo n", "n\r\n", 0),
    ("cmd /c exit 2& if errorlevel 2 echo y", "y\r\n", 0),
    ("cmd /c exit 2& if errorlevel 3 (echo y) else echo n", "n\r\n", 0),
    (r'if exist "C:\Program Files" (exit 0) else exit 3', "", 0),
    (r"if exist C:\nothing (exit 0) else exit 3", "", 3),
    (r"if exist Q:\ (exit 0) else exit 3", "", 3),
    (r"if exist C:\Windows\ (exit 0) else exit 3", "", 0),
    (r"if exist C:\Win* (exit 0) else exit 3", "", 0),
    ("if exist nul echo y", "y\r\n", 0),
    ("if 1==0 echo a & echo b", "", 0),
    ("if 1==1 if 2==3 (echo a) else echo b", "b\r\n", 0),
    ("if 1==1 (if 2==3 (echo a)) else echo b", "", 0),
    # for
    ('for %i in (a "b c",d;e=f) do @echo [%i][%~i]', '[a][a]\r\n["b c"][b c]\r\n[d][d]\r\n[e][e]\r\n[f][f]\r\n', 0),
    ("for %i in (a) do echo %i", "\r\nC:\\Users\\Administrator>echo a \r\na\r\n", 0),
    ("for /l %i in (1,2,5) do @echo %i", "1\r\n3\r\n5\r\n", 0),
    ("for /l %i in (3,-1,1) do @echo %i", "3\r\n2\r\n1\r\n", 0),
    ("for /l %i in (1,1,0) do @echo %i", "", 0),
    ("for %i in () do @echo %i", "", 0),
    (r"for %i in (C:\t\*.txt) do @echo %i", "C:\\t\\one.txt\r\nC:\\t\\two.txt\r\n", 0),
    (r"for /d %i in (C:\t\*) do @echo %i", "C:\\t\\sub\r\n", 0),
    (r"for /r C:\t %i in (*.txt) do @echo %i", "C:\\t\\one.txt\r\nC:\\t\\two.txt\r\nC:\\t\\sub\\three.txt\r\n", 0),
    (r"for /r C:\t %i in (.) do @echo %i", "C:\\t\\.\r\nC:\\t\\sub\\.\r\n", 0),
    (r"for %i in (C:\t\one.txt) do @echo %~di %~pi %~ni %~xi %~zi %~nxi", "C: \\t\\ one .txt 7 one.txt\r\n", 0),
    (r"for %i in (C:\t\one.txt) do @echo %~ai %~fi %~dpi", "--a------ C:\\t\\one.txt C:\\t\\\r\n", 0),
    (r"for %i in (C:\T\ONE.TXT) do @echo %~fi", "C:\\t\\one.txt\r\n", 0),
    ("for %i in (a) do @for %j in (1 2) do @echo %i%j", "a1\r\na2\r\n", 0),
    ("for %i in (a) do @echo %j", "%j\r\n", 0),
    ("for %i in (a b) do @(echo %i& echo -)", "a\r\n-\r\nb\r\n-\r\n", 0),
    ('for /f %i in ("a b c") do @echo [%i]', "[a]\r\n", 0),
    ('for /f "tokens=1,3" %i in ("a b c") do @echo %i%j', "ac\r\n", 0),
    ('for /f "tokens=2*" %i in ("a b c d") do @echo %i,%j', "b,c d\r\n", 0),
    ('for /f "tokens=1-3" %i in ("a b c d") do @echo %i%j%k', "abc\r\n", 0),
    ('for /f "tokens=*" %i in ("  a b ") do @echo [%i]', "[a b ]\r\n", 0),
    ('for /f "delims=," %i in ("a b,c") do @echo %i', "a b\r\n", 0),
    ('for /f "tokens=2 delims==" %i in ("a=b") do @echo %i', "b\r\n", 0),
    ('for /f "delims=" %i in (" a  b ") do @echo [%i]', "[ a  b ]\r\n", 0),
    ('for /f "tokens=2" %i in ("a") do @echo %i', "", 0),
    (r"for /f %i in (C:\t\two.txt) do @echo [%i]", "[1]\r\n[2]\r\n", 0),
    (r'for /f "skip=1" %i in (C:\t\two.txt) do @echo [%i]', "[2]\r\n", 0),
    (r'for /f "usebackq" %i in ("C:\t\two.txt") do @echo [%i]', "[1]\r\n[2]\r\n", 0),
    ("for /f %i in ('echo one two') do @echo %i", "one\r\n", 0),
    ("for /f %i in ('echo b^| sort') do @echo %i", "b\r\n", 0),
    ('for /f "usebackq" %i in (`echo one two`) do @echo %i', "one\r\n", 0),
    ("for /f %i in (';a') do @echo %i", "", 0),
    ('for /f "eol=a" %i in ("a b") do @echo %i', "", 0),
    # set
    ("set q=1&set q", "q=1\r\n", 0),
    ('set "q=1 2" x&set q', "q=1 2\r\n", 0),
    ("set q=1 &set q", "q=1 \r\n", 0),
    ("set q=1&set q=&set q", "", 1),
    ("set /a 2+3*4", "14", 0),
    ("set /a (2+3)*4", "20", 0),
    ("set /a 7/2", "3", 0),
    ("set /a -7/2", "-3", 0),
    ("set /a -7%3", "-1", 0),
    ("set /a 0x10+010", "24", 0),
    ('set /a "1<<4|1"', "17", 0),
    ("set /a q=5,q+=2", "7", 0),
    ("set /a q=5,q+=2 >nul&set q", "q=7\r\n", 0),
    ("set /a !0", "1", 0),
    ("set /a ~0", "-1", 0),
    ("set /a 2147483647+1", "-2147483648", 0),
    ("set /a 1/0", "", 1073750993),
    ("set /a 1+", "", 1073750990),
]


@pytest.fixture(scope="module")
def node():
    machine = make_machine("NODE1", Cluster("cluster"), language="en", code_page=437)
    machine.environment["name"] = "a b"
    machine.files.seed(r"C:\t\one.txt", b"first\r\n")
    machine.files.seed(r"C:\t\two.txt", b"1 x\r\n\r\n2 y\r\n")
    machine.files.seed(r"C:\t\hidden.txt", b"", "HA")
    machine.files.seed(r"C:\t\sub\three.txt", b"")
    return machine


@pytest.fixture(scope="module")
def japanese_node():
    return make_machine("NODE1", Cluster("cluster"))


@pytest.mark.parametrize(("line", "out", "code"), LINES, ids=lambda value: str(value)[:40])
def test_lines(node, shell, line, out, code):
    answer = shell(node, line)
    assert (answer.out, answer.code) == (out, code)
    assert node.changes == []


# line -> standard error in English and Japanese, exit code
COMPLAINTS = [
    (
        "nothing",
        UNKNOWN.format("nothing"),
        UNKNOWN_JA.format("nothing"),
        1,
    ),
    ("&& a", "&& was unexpected at this time.\r\n", "&& の使い方が誤っています。\r\n", 1),
    ("echo a | | b", "| was unexpected at this time.\r\n", "| の使い方が誤っています。\r\n", 1),
    ("if 1==1", "The syntax of the command is incorrect.\r\n", "コマンドの構文が誤っています。\r\n", 1),
    ("for %i in (a) echo", "echo was unexpected at this time.\r\n", "echo の使い方が誤っています。\r\n", 1),
    ("(echo a) b", "b was unexpected at this time.\r\n", "b の使い方が誤っています。\r\n", 1),
    ("echo a>", "The syntax of the command is incorrect.\r\n", "コマンドの構文が誤っています。\r\n", 1),
    (r"C:\none\x.exe", "The system cannot find the path specified.\r\n", "指定されたパスが見つかりません。\r\n", 1),
    (r"C:\x.exe", UNKNOWN.format(r"C:\x.exe"), None, 1),
    ("set nothing", "Environment variable nothing not defined\r\n", "環境変数 nothing が定義されていません\r\n", 1),
    ("set /a 1/0", "Divide by zero error.\r\n", "0 で除算しました。\r\n", 1073750993),
    (
        r"for /f %i in (C:\none) do echo",
        "The system cannot find the file C:\\none.\r\n",
        "ファイル C:\\none が見つかりません。\r\n",
        1,
    ),
    (r'"C:\Program Files\x.exe" "a"', UNKNOWN.format(r"C:\Program"), None, 1),
    ("echo " + "x" * 8187, "The command line is too long.\r\n", "コマンド ラインが長すぎます。\r\n", 1),
    ("call :label", "Invalid attempt to call batch label outside of batch script.\r\n", None, 1),
]


@pytest.mark.parametrize(("line", "english", "japanese", "code"), COMPLAINTS, ids=lambda value: str(value)[:40])
def test_complaints(node, japanese_node, shell, line, english, japanese, code):
    for machine, expected in ((node, english), (japanese_node, japanese)):
        answer = shell(machine, line)
        assert (answer.out, answer.code) == ("", code)
        assert expected is None or answer.err == expected


def test_the_longest_line(machine, shell):
    assert shell(machine, "echo " + "x" * 8186).code == 0


def test_a_line_that_grows_too_long_by_expansion(machine, shell):
    assert shell(machine, "echo %big%%big%", environment={"big": "x" * 5000}).err == "The command line is too long.\r\n"


# line, file -> its content afterwards (None: not there), standard output, exit code
REDIRECTIONS = [
    ("echo a>W", b"a\r\n", "", 0),
    ("echo a >W", b"a \r\n", "", 0),
    (">W echo a", b"a\r\n", "", 0),
    ("echo a>W b", b"a b\r\n", "", 0),
    ("echo abc1>W", b"abc1\r\n", "", 0),
    ("echo abc 1>W", b"abc \r\n", "", 0),
    ("echo abc 12>W", b"abc 12\r\n", "", 0),
    ("echo abc 2>W", b"", "abc \r\n", 0),
    ("echo a>W& echo b>>W", b"a\r\nb\r\n", "", 0),
    ("(echo a& echo b)>W", b"a\r\nb\r\n", "", 0),
    (">W (echo a& echo b)", b"a\r\nb\r\n", "", 0),
    ("nothing 2>W", UNKNOWN.format("nothing").encode(), "", 1),
    ("nothing >W 2>&1", UNKNOWN.format("nothing").encode(), "", 1),
    ("nothing 2>&1 >W", b"", UNKNOWN.format("nothing"), 1),
    ("echo a>nul", None, "", 0),
    ("echo a>NUL.txt", None, "", 0),
    ("type nul>W", b"", "", 0),
    ('echo a>"W"', b"a\r\n", "", 0),
    ("echo a^>W", None, "a>W\r\n", 0),
    ('echo "a>W"', None, '"a>W"\r\n', 0),
    ("echo b a>W& sort<W", b"b a\r\n", "b a\r\n", 0),
    ("if 1==1 echo a>W", b"a\r\n", "", 0),
    ("if 1==1 (echo a) else echo b>W", None, "a\r\n", 0),
    ("(if 1==1 (echo a) else echo b)>W", b"a\r\n", "", 0),
    ("for %i in (a b) do @echo %i>>W", b"a\r\nb\r\n", "", 0),
    ("for %i in (W) do @echo a>%i", b"a\r\n", "", 0),
    (r"echo a>C:\none\x", None, "", 1),
    (r"echo a>C:\none\x || echo b", None, "b\r\n", 0),
    ("echo a 1>&2", None, "", 0),
    ("set /p q=<W2&set q", None, "q=line\r\n", 0),
]


@pytest.mark.parametrize(("line", "content", "out", "code"), REDIRECTIONS, ids=lambda value: str(value)[:30])
def test_redirections(machine, shell, line, content, out, code):
    machine.files.seed(r"C:\Windows\Temp\W2", b"line\r\n")
    answer = shell(machine, line, folder=r"C:\Windows\Temp")
    path = r"C:\Windows\Temp\W"
    assert (answer.out, answer.code) == (out, code)
    assert (machine.files.read(path) if machine.files.exists(path) else None) == content


def test_environment_and_folder(machine, shell):
    answer = shell(machine, "echo %Q%&cd", environment={"q": "1"}, folder="C:\\Windows")
    assert answer.out == "1\r\nC:\\Windows\r\n"
    assert shell(machine, "cd", folder=r"Q:\none").out == "C:\\Users\\Administrator\r\n"


def test_text_in_the_console_code_page(make, shell):
    node = make(language="ja", code_page=932)
    assert shell(node, "echo 日本語").out == "日本語\r\n"
    assert shell(node, "echo 日本語", code_page=65001).out == "日本語\r\n"
    assert shell(node, "echo 日本語", code_page=437).out == "???\r\n"
    shell(node, r"echo 日本語>C:\x")
    assert node.files.read(r"C:\x") == "日本語\r\n".encode("cp932")


def test_without_cmd(machine, shell):
    assert shell(machine, "hostname", skip_cmd_shell=True).out.strip().lower() == "node1"
    assert shell(machine, "echo a & echo b", skip_cmd_shell=True).code == 9009
