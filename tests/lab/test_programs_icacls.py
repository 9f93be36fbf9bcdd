"""icacls: display, change, save and restore."""

import pytest

from runbook_lib.lab.acl import ADMINISTRATORS, CI, EVERYONE, FULL, IO, NP, OI, SYSTEM, USERS, Ace
from runbook_lib.lab.files import Volume
from runbook_lib.lab.programs.icacls_text import BadRights, parse_rights, parse_sddl, sddl, shown_rights

ONE = "Successfully processed 1 files; Failed processing 0 files\r\n"
NONE = "Successfully processed 0 files; Failed processing 1 files\r\n"


@pytest.fixture
def node(make):
    machine = make("NODE1", language="en", code_page=437)
    prepare(machine)
    return machine


def prepare(machine) -> None:
    machine.files.mount("W:", Volume("DATA"))
    machine.files.seed(r"W:\d\f.txt")
    machine.files.seed(r"W:\d\s\g.txt")
    machine.files.accounts.add_group("ESMPRO Users")


def shown(machine, path: str) -> list[str]:
    return [f"{machine.files.accounts.name_of(ace.sid)}:{shown_rights(ace)}" for ace in machine.files.acl(path)]


def test_display_of_a_data_volume(node, shell):
    answer = shell(node, "icacls W:\\")
    assert answer.out == (
        "W:\\ BUILTIN\\Administrators:(OI)(CI)(F)\r\n"
        "    NT AUTHORITY\\SYSTEM:(OI)(CI)(F)\r\n"
        "    CREATOR OWNER:(OI)(CI)(IO)(F)\r\n"
        "    BUILTIN\\Users:(OI)(CI)(RX)\r\n"
        "    BUILTIN\\Users:(CI)(AD)\r\n"
        "    BUILTIN\\Users:(CI)(IO)(WD)\r\n"
        "    Everyone:(RX)\r\n"
        "\r\n" + ONE
    )
    assert answer.code == 0
    assert node.changes == []


def test_display_below(node, shell):
    out = shell(node, r"icacls W:\d /T").out
    assert out.startswith(
        "W:\\d BUILTIN\\Administrators:(I)(OI)(CI)(F)\r\n     NT AUTHORITY\\SYSTEM:(I)(OI)(CI)(F)\r\n"
    )
    assert "\r\n\r\nW:\\d\\f.txt BUILTIN\\Administrators:(I)(F)\r\n" in out
    assert out.endswith("Successfully processed 4 files; Failed processing 0 files\r\n")
    assert r"W:\d\s\g.txt" in out


# words, entries of the folder, entries of the file in it that Everyone or Users have
CHANGES = [
    (r"/grant *S-1-1-0:F", ["Everyone:(F)"], []),
    (r"/grant *S-1-1-0:(OI)(CI)F", ["Everyone:(OI)(CI)(F)"], ["Everyone:(I)(F)"]),
    (r"/grant Everyone:(OI)(CI)(RX,W)", ["Everyone:(OI)(CI)(RX,W)"], ["Everyone:(I)(RX,W)"]),
    (r"/grant *S-1-1-0:R *S-1-1-0:W", ["Everyone:(R,W)"], []),
    (r"/grant *S-1-1-0:(OI)R *S-1-1-0:(CI)R", ["Everyone:(OI)(R)", "Everyone:(CI)(R)"], ["Everyone:(I)(R)"]),
    (r"/grant *S-1-1-0:(RD,X)", ["Everyone:(RD,X)"], []),
    (r"/grant *S-1-1-0:M /grant:r *S-1-1-0:R", ["Everyone:(R)"], []),
    (r"/grant *S-1-1-0:M /remove *S-1-1-0", [], []),
    (r"/deny *S-1-1-0:(OI)(CI)W", ["Everyone:(OI)(CI)(DENY)(W)"], ["Everyone:(I)(DENY)(W)"]),
    (r"/deny *S-1-1-0:F", ["Everyone:(N)"], []),
    (r"/grant *S-1-1-0:R /deny *S-1-1-0:W /remove:d *S-1-1-0", ["Everyone:(R)"], []),
    (r"/grant *S-1-1-0:R /deny *S-1-1-0:W /remove:g *S-1-1-0", ["Everyone:(DENY)(W)"], []),
    (r"/grant *S-1-1-0:(OI)(CI)F /reset", [], []),
    (r'/grant "NODE1\ESMPRO Users":(OI)(CI)F', [r"NODE1\ESMPRO Users:(OI)(CI)(F)"], [r"NODE1\ESMPRO Users:(I)(F)"]),
    ('/grant "*S-1-1-0:(OI)(CI)F"', ["Everyone:(OI)(CI)(F)"], ["Everyone:(I)(F)"]),
]


@pytest.mark.parametrize(("words", "folder", "file"), CHANGES)
def test_changes(node, shell, words, folder, file):
    answer = shell(node, rf"icacls W:\d {words}")
    assert (answer.out, answer.code) == (f"processed file: W:\\d\r\n{ONE}", 0)
    assert [line for line in shown(node, r"W:\d") if "(I)" not in line] == folder
    assert [line for line in shown(node, r"W:\d\f.txt") if line.startswith(("Everyone", "NODE1"))] == file
    assert {change.kind for change in node.changes} == {"acl"}


def test_recursion_sets_every_file_and_folder_itself(node, shell):
    answer = shell(node, r"icacls W:\d /grant *S-1-1-0:(OI)(CI)F /T /Q")
    assert answer.out == "Successfully processed 4 files; Failed processing 0 files\r\n"
    assert shown(node, r"W:\d\s")[0] == "Everyone:(OI)(CI)(F)"
    # Inheritance does not apply to a file: it gets the right without flags.
    assert shown(node, r"W:\d\s\g.txt")[0] == "Everyone:(F)"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("r", ["Everyone:(F)"]),
        ("e", None),
        (
            "d",
            [
                "Everyone:(F)",
                r"BUILTIN\Administrators:(OI)(CI)(F)",
                r"NT AUTHORITY\SYSTEM:(OI)(CI)(F)",
                r"BUILTIN\Administrators:(F)",
                "CREATOR OWNER:(OI)(CI)(IO)(F)",
                r"BUILTIN\Users:(OI)(CI)(RX)",
                r"BUILTIN\Users:(CI)(AD)",
                r"BUILTIN\Users:(CI)(WD)",
            ],
        ),
    ],
)
def test_inheritance(node, shell, how, expected):
    shell(node, r"icacls W:\d /grant *S-1-1-0:F")
    before = shown(node, r"W:\d")
    assert shell(node, rf"icacls W:\d /inheritance:{how}").code == 0
    assert shown(node, r"W:\d") == (before if expected is None else expected)
    assert node.files.access(r"W:\d").protected == (how != "e")


def test_who_locks_himself_out_is_out(node, shell):
    shell(node, r"icacls W:\d\f.txt /setowner SYSTEM /inheritance:r /grant SYSTEM:F")
    assert shell(node, r"type W:\d\f.txt").err == "Access is denied.\r\n"
    answer = shell(node, r"icacls W:\d\f.txt /grant *S-1-1-0:F")
    assert (answer.out, answer.code) == (f"W:\\d\\f.txt: Access is denied.\r\n{NONE}", 5)


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (r"W:\none", f"W:\\none: The system cannot find the file specified.\r\n{NONE}", 2),
        (r"W:\none\none", f"W:\\none\\none: The system cannot find the path specified.\r\n{NONE}", 3),
        (r"Q:\none", f"Q:\\none: The system cannot find the path specified.\r\n{NONE}", 3),
        (
            r"W:\d /grant Nobody:F",
            f"Nobody: No mapping between account names and security IDs was done.\r\n{NONE}",
            1332,
        ),
        (r"W:\d /grant S-1-1-0:F", None, 1332),
        (r"W:\d /foo", 'Invalid parameter "/foo"\r\n', 87),
        (r"W:\d /grant Everyone", 'Invalid parameter "Everyone"\r\n', 87),
        (r"W:\d /grant Everyone:Q", 'Invalid parameter "Everyone:Q"\r\n', 87),
    ],
)
def test_complaints(node, shell, words, said, code):
    answer = shell(node, f"icacls {words}")
    assert answer.code == code
    assert said is None or answer.out == said
    assert node.changes == []


@pytest.mark.parametrize("words", ["/inheritance:r", "/grant *S-1-1-0:F /Q"])
def test_not_on_2003(make, shell, words):
    node = make("NODE1", release="2003", language="en", code_page=437)
    prepare(node)
    answer = shell(node, rf"icacls W:\d {words}")
    assert answer.code == 87
    assert answer.out.startswith("Invalid parameter")
    assert shell(node, r"icacls W:\d /grant *S-1-1-0:(OI)(CI)F /T /C").code == 0


def test_japanese(make, shell):
    node = make("NODE1")
    prepare(node)
    answer = shell(node, r"icacls W:\d /grant *S-1-1-0:F")
    assert answer.out == (
        "処理ファイル: W:\\d\r\n1 個のファイルが正常に処理されました。0 個のファイルを処理できませんでした\r\n"
    )


def test_find_a_sid(node, shell):
    node.files.seed_acl(r"W:\d\s", [Ace("S-1-5-21-1-2-3-1001", FULL)])
    found = shell(node, r"icacls W:\d /findsid *S-1-5-21-1-2-3-1001 /T")
    assert found.lines == [r"SID Found: W:\d\s.", "Successfully processed 4 files; Failed processing 0 files"]
    assert shell(node, r"icacls W:\d /findsid *S-1-5-19").lines[0] == "No files with a matching SID was found."
    assert node.changes == []


def test_an_unknown_sid_is_shown_as_it_is(node, shell):
    node.files.seed_acl(r"W:\d", [Ace("S-1-5-21-1-2-3-1001", FULL)])
    assert "S-1-5-21-1-2-3-1001:(F)" in shell(node, r"icacls W:\d").out


def test_save_and_restore(node, shell):
    shell(node, r"icacls W:\d /inheritance:r /grant *S-1-1-0:(OI)(CI)F /grant:r *S-1-5-32-545:(OI)(CI)RX")
    assert shell(node, r"icacls W:\d /save C:\acl /T /Q").code == 0
    text = node.files.read(r"C:\acl").decode("utf-16")
    assert text.startswith(
        "d\r\nD:PAI(A;OICI;FA;;;WD)(A;OICI;0x1200a9;;;BU)\r\nd\\f.txt\r\nD:AI(A;ID;FA;;;WD)(A;ID;0x1200a9;;;BU)"
    )
    before = {path: shown(node, path) for path in (r"W:\d", r"W:\d\f.txt", r"W:\d\s\g.txt")}
    shell(node, r"icacls W:\d /reset /T")
    assert shown(node, r"W:\d") != before[r"W:\d"]
    answer = shell(node, r"icacls W:\ /restore C:\acl")
    assert answer.out.startswith("processed file: W:\\d\r\n")
    assert answer.code == 0
    assert {path: shown(node, path) for path in before} == before


@pytest.mark.parametrize(
    ("text", "mask", "flags"),
    [
        ("F", FULL, 0),
        ("(OI)(CI)F", FULL, OI | CI),
        ("(OI)(CI)(IO)(NP)(F)", FULL, OI | CI | IO | NP),
        ("(F)", FULL, 0),
        ("RX", 0x1200A9, 0),
        ("RW", 0x120089 | 0x100116, 0),
        ("(RX,WD)", 0x1200AB, 0),
        ("(GR,GE)", 0xA0000000, 0),
    ],
)
def test_rights_as_text(text, mask, flags):
    assert parse_rights(text) == (mask, flags)


@pytest.mark.parametrize("text", ["", "Q", "(OI)", "FQ", "(F,Q)"])
def test_rights_that_are_none(text):
    with pytest.raises(BadRights):
        parse_rights(text)


def test_sddl_comes_back():
    aces = [
        Ace(EVERYONE, FULL, OI | CI),
        Ace(ADMINISTRATORS, 0x1301BF, allow=False),
        Ace(SYSTEM, FULL),
        Ace(USERS, 0x4, CI),
    ]
    assert parse_sddl(sddl(aces, protected=True)) == (aces, True)
    with pytest.raises(BadRights):
        parse_sddl("nonsense")
