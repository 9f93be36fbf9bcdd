"""Files, volumes and access rights of a machine."""

from datetime import datetime

import pytest

from runbook_lib.lab import paths
from runbook_lib.lab.acl import (
    ADMINISTRATORS,
    CI,
    CREATOR_OWNER,
    EVERYONE,
    FULL,
    IO,
    MODIFY,
    NP,
    OI,
    READ,
    READ_EXECUTE,
    SYSTEM,
    USERS,
    WRITE,
    Ace,
    inherit,
)
from runbook_lib.lab.files import Accounts, DiskFull, FileError, FileSystem, Volume
from runbook_lib.lab.process import Stopped

W = "W:\\"


def moment(*numbers: int) -> datetime:
    return datetime(*numbers)  # noqa: DTZ001  (Windows shows local time)


@pytest.fixture
def notes():
    return []


@pytest.fixture
def files(notes):
    store = FileSystem(Accounts("NODE1"), lambda *note: notes.append(note), clock=lambda: moment(2012, 4, 2, 9, 30))
    store.mount("C:", Volume("OS"))
    store.mount("W:", Volume("DATA", capacity_bytes=100 * 4096))
    return store


def code_of(call, *arguments, **settings) -> int:
    with pytest.raises(FileError) as error:
        call(*arguments, **settings)
    return error.value.code


def test_seeding_is_not_noted_and_makes_folders(files, notes):
    files.seed(r"C:\a\b\日本語.txt", b"x", "RHA")
    files.seed_folder(r"C:\c\d")
    files.seed_acl(r"C:\c", [Ace(EVERYONE, FULL, OI | CI)])
    assert notes == []
    assert files.read(r"c:\A\b\日本語.TXT") == b"x"
    assert files.entry(r"c:\A\B\日本語.TXT").path == r"C:\a\b\日本語.txt"
    assert files.entry(r"C:\a\b\日本語.txt").attributes == frozenset("RHA")


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda f: f.write(r"W:\new", b"1"), ("file", r"W:\new", "created")),
        (lambda f: f.write(r"W:\old", b"1"), ("file", r"W:\old", "written")),
        (lambda f: f.append(r"W:\old", b"1"), ("file", r"W:\old", "written")),
        (lambda f: f.make_folder(r"W:\d"), ("file", r"W:\d", "created")),
        (lambda f: f.remove(r"W:\old"), ("file", r"W:\old", "removed")),
        (lambda f: f.move(r"W:\old", r"W:\x"), ("file", r"W:\old", r"moved to W:\x")),
        (lambda f: f.set_attributes(r"W:\old", "R"), ("file", r"W:\old", "attributes set")),
        (lambda f: f.set_modified(r"W:\old", moment(2000, 1, 1)), ("file", r"W:\old", "time set")),
        (lambda f: f.set_acl(r"W:\old", []), ("acl", r"W:\old", "set")),
        (lambda f: f.set_owner(r"W:\old", SYSTEM), ("acl", r"W:\old", "owner set")),
        (lambda f: f.copy(r"W:\old", r"W:\copy"), ("file", r"W:\copy", "created")),
    ],
)
def test_every_change_is_noted(files, notes, change, note):
    files.seed(r"W:\old", b"old")
    change(files)
    assert notes == [note]


def test_reading_changes_nothing(files, notes):
    files.seed(r"W:\d\old", b"old")
    before = files.entry(r"W:\d\old")
    files.read(r"W:\d\old")
    files.entries(W)
    list(files.walk(W))
    files.acl(r"W:\d")
    assert files.exists(r"W:\d")
    assert not files.exists(r"W:\no\way")
    assert notes == []
    assert files.entry(r"W:\d\old") == before


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda f: f.read(r"W:\none"), 2),
        (lambda f: f.read(r"W:\none\none"), 3),
        (lambda f: f.read(r"X:\none"), 3),
        (lambda f: f.read(r"\\server\share\x"), 53),
        (lambda f: f.read(r"W:\folder"), 5),
        (lambda f: f.entries(r"W:\file"), 267),
        (lambda f: f.entries(r"W:\none"), 3),
        (lambda f: f.write(r"W:\none\x", b""), 3),
        (lambda f: f.write(r"W:\read only", b""), 5),
        (lambda f: f.write(r"W:\hidden", b""), 5),
        (lambda f: f.write(r"W:\a?b", b""), 123),
        (lambda f: f.make_folder(r"W:\folder"), 183),
        (lambda f: f.make_folder(r"W:\file"), 183),
        (lambda f: f.remove(r"W:\folder"), 145),
        (lambda f: f.remove(r"W:\read only"), 5),
        (lambda f: f.remove(r"W:\busy"), 32),
        (lambda f: f.move(r"W:\file", r"W:\hidden"), 183),
        (lambda f: f.move(r"W:\file", r"C:\file"), 17),
        (lambda f: f.move(r"W:\folder", r"W:\folder\in itself"), 32),
    ],
)
def test_what_windows_refuses(files, notes, call, code):
    files.seed(r"W:\folder\inside")
    files.seed(r"W:\file")
    files.seed(r"W:\read only", attributes="R")
    files.seed(r"W:\hidden", attributes="H")
    files.seed(r"W:\busy")
    files.in_use.add(r"W:\BUSY")
    assert code_of(call, files) == code
    assert notes == []


def test_a_full_volume(files):
    files.write(r"W:\a", b"x" * 99 * 4096)
    files.write(r"W:\b", b"x")
    assert files.volume(W).free_bytes == 0
    with pytest.raises(DiskFull):
        files.write(r"W:\c", b"x")
    assert files.read(r"W:\c") == b""
    with pytest.raises(DiskFull):
        files.copy(r"W:\a", r"W:\d")
    assert not files.exists(r"W:\d")
    files.remove(r"W:\a")
    assert files.volume(W).free_bytes == 99 * 4096


def test_a_copy_that_is_stopped_leaves_a_part(files):
    files.seed(r"C:\big", b"x" * 200_000)
    files.copy_bytes_per_s = 1_000_000
    passed: list[float] = []

    def pause(seconds: float) -> None:
        passed.append(seconds)
        if len(passed) == 3:
            raise Stopped

    with pytest.raises(Stopped):
        files.copy(r"C:\big", r"W:\big", pause)
    assert files.entry(r"W:\big").size == 2 * 65536
    assert files.entry(r"W:\big").modified.year == 1980
    assert passed[0] == pytest.approx(0.065536)


def test_a_copy_keeps_time_and_attributes_but_not_rights(files):
    files.seed(r"C:\a", b"1", "RA", modified=moment(2001, 2, 3))
    files.seed_acl(r"C:\a", [Ace(EVERYONE, READ)], protected=True)
    files.copy(r"C:\a", r"W:\b")
    copied = files.entry(r"W:\b")
    assert (copied.modified, copied.attributes) == (moment(2001, 2, 3), frozenset("RA"))
    assert {ace.sid for ace in files.acl(r"W:\b")} == {ADMINISTRATORS, SYSTEM, USERS}


@pytest.mark.parametrize(
    ("parent", "folder", "file"),
    [
        (Ace(EVERYONE, FULL, OI | CI), [(EVERYONE, FULL, "IOICI")], [(EVERYONE, FULL, "I")]),
        (Ace(EVERYONE, FULL, CI), [(EVERYONE, FULL, "ICI")], []),
        (Ace(EVERYONE, FULL, OI), [(EVERYONE, FULL, "IOIIO")], [(EVERYONE, FULL, "I")]),
        (Ace(EVERYONE, FULL, OI | CI | NP), [(EVERYONE, FULL, "I")], [(EVERYONE, FULL, "I")]),
        (Ace(EVERYONE, FULL, OI | NP), [], [(EVERYONE, FULL, "I")]),
        (Ace(EVERYONE, FULL, OI | CI | IO), [(EVERYONE, FULL, "IOICI")], [(EVERYONE, FULL, "I")]),
        (Ace(EVERYONE, FULL), [], []),
        (
            Ace(CREATOR_OWNER, FULL, OI | CI | IO),
            [(SYSTEM, FULL, "I"), (CREATOR_OWNER, FULL, "IOICIIO")],
            [(SYSTEM, FULL, "I")],
        ),
        (
            Ace(EVERYONE, 0x10000000, OI | CI | IO),
            [(EVERYONE, FULL, "I"), (EVERYONE, 0x10000000, "IOICIIO")],
            [(EVERYONE, FULL, "I")],
        ),
    ],
)
def test_what_a_child_inherits(parent, folder, file):
    def plain(aces):
        names = (("I", 16), ("OI", 1), ("CI", 2), ("NP", 4), ("IO", 8))
        return [(one.sid, one.mask, "".join(name for name, bit in names if one.flags & bit)) for one in aces]

    assert plain(inherit((parent,), SYSTEM, container=True)) == folder
    assert plain(inherit((parent,), SYSTEM, container=False)) == file


def test_rights_spread_down_and_stop_at_protection(files):
    files.seed(r"W:\a\b\file")
    files.seed(r"W:\a\closed\file")
    files.seed_acl(r"W:\a\closed", [Ace(ADMINISTRATORS, FULL, OI | CI)], protected=True)
    files.set_acl(r"W:\a", [Ace(EVERYONE, MODIFY, OI | CI)])
    assert EVERYONE in {ace.sid for ace in files.acl(r"W:\a\b\file")}
    assert EVERYONE not in {ace.sid for ace in files.acl(r"W:\a\closed\file")}
    files.set_acl(r"W:\a", [])
    assert EVERYONE not in {ace.sid for ace in files.acl(r"W:\a\b\file")}


def test_a_file_moved_on_its_volume_keeps_the_rights_it_inherited(files):
    files.seed(r"W:\open\file")
    files.seed_folder(r"W:\other")
    files.seed_acl(r"W:\open", [Ace(EVERYONE, FULL, OI | CI)])
    files.move(r"W:\open\file", r"W:\other\file")
    assert EVERYONE in {ace.sid for ace in files.acl(r"W:\other\file")}


@pytest.mark.parametrize(
    ("aces", "may_read", "may_write"),
    [
        ([Ace(ADMINISTRATORS, FULL)], True, True),
        ([Ace(EVERYONE, READ_EXECUTE)], True, False),
        ([Ace(SYSTEM, FULL)], False, False),
        ([Ace(EVERYONE, WRITE, allow=False), Ace(ADMINISTRATORS, FULL)], True, False),
        ([Ace(ADMINISTRATORS, FULL, IO)], False, False),
    ],
)
def test_rights_are_in_force(files, aces, may_read, may_write):
    files.seed(r"W:\file", b"1")
    files.seed_acl(r"W:\file", aces, protected=True)
    calls = ((may_read, lambda: files.read(r"W:\file")), (may_write, lambda: files.write(r"W:\file", b"")))
    for allowed, call in calls:
        if allowed:
            call()
        else:
            assert code_of(call) == 5


def test_names_of_accounts():
    one, other = Accounts("NODE1"), Accounts("NODE2")
    group = one.add_group("ESMPRO Users")
    assert one.name_of(group) == r"NODE1\ESMPRO Users"
    assert other.name_of(group) == group
    assert one.find("esmpro users") == one.find(r"node1\ESMPRO USERS") == one.find(f"*{group}") == group
    assert one.find("Administrators") == one.find(r"BUILTIN\administrators") == ADMINISTRATORS
    assert one.find("*S-1-1-0") == EVERYONE
    assert one.find("nobody") is None
    assert one.find("*nobody") is None


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("a", r"C:\x", r"C:\x\a"),
        (r"..\..\a", r"C:\x\y", r"C:\a"),
        (r"\a", r"W:\x", r"W:\a"),
        ("W:a", r"C:\x", r"W:\here\a"),
        ("w:", r"C:\x", r"W:\here"),
        (r"w:\a/b\.\c. ", r"C:\x", r"W:\a\b\c"),
        (r"\\?\C:\a", r"C:\x", r"C:\a"),
        (r"\\server\a", r"C:\x", r"\\server\a"),
        ("..", "C:\\", "C:\\"),
    ],
)
def test_absolute_paths(path, folder, expected):
    assert paths.absolute(path, folder, {"W:": r"W:\here"}) == expected


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("*", ["a", "a.b", ".x"], []),
        ("*.*", ["a", "a.b"], []),
        ("*.", ["a"], ["a.b"]),
        ("*.txt", ["a.TXT", "a.b.txt"], ["a.txt1", "txt"]),
        ("a?c", ["abc"], ["ac", "abcd"]),
        ("a??", ["a", "ab", "abc"], ["abcd", "a.b"]),
        ("a.*", ["a", "a.b"], ["ab"]),
        ("日本*", ["日本語.txt"], ["中国"]),
        ("a[1].txt", ["a[1].txt"], ["a1.txt"]),
    ],
)
def test_wildcards(pattern, found, not_found):
    assert [name for name in found if not paths.matches(pattern, name)] == []
    assert [name for name in not_found if paths.matches(pattern, name)] == []
