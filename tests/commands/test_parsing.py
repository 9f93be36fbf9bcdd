"""What Windows and CLUSTERPRO print, by release and language, and what is read out of it."""
# ruff: noqa: E501  (transcripts keep their lines)

import pytest

from runbook_lib.commands import access, cluster, content, folders, registry, services
from runbook_lib.commands.registry import RegistryData

REG_VISTA = "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\NVBASE\r\n    WorkDir    REG_SZ    C:\\Program Files\\ESMPRO\\NVWORK\r\n\r\n"
REG_2003 = (
    "\r\n! REG.EXE VERSION 3.0\r\n\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\NEC\\NVBASE\r\n"
    "    WorkDir\tREG_SZ\tC:\\Program Files\\ESMPRO\\NVWORK\r\n\r\n"
)


@pytest.mark.parametrize("output", [REG_VISTA, REG_2003])
def test_a_registry_value_of_any_release(output: str) -> None:
    assert registry.parse_value(output, "workdir") == RegistryData("REG_SZ", r"C:\Program Files\ESMPRO\NVWORK")


@pytest.mark.parametrize(
    ("line", "name", "data"),
    [
        ("    (既定)    REG_SZ    値", "(既定)", RegistryData("REG_SZ", "値")),
        ("    Start    REG_DWORD    0x2", "Start", RegistryData("REG_DWORD", "0x2")),
        ("    two words    REG_SZ    a  b", "two words", RegistryData("REG_SZ", "a  b")),
        ("    Empty    REG_SZ", "Empty", RegistryData("REG_SZ", "")),
        ("    Empty    REG_SZ    ", "Empty", RegistryData("REG_SZ", "")),
    ],
)
def test_names_and_data_of_every_kind(line: str, name: str, data: RegistryData) -> None:
    assert registry.parse_values(f"\r\nHKEY_LOCAL_MACHINE\\X\r\n{line}\r\n") == {name: data}


@pytest.mark.parametrize(
    "output", ["", "ERROR: The system was unable to find the specified registry key or value.\r\n"]
)
def test_no_value_is_none(output: str) -> None:
    assert registry.parse_value(output, "WorkDir") is None


def test_a_tree_keeps_values_apart_by_key() -> None:
    output = "\r\nHKEY_LOCAL_MACHINE\\A\r\n    N    REG_SZ    1\r\n\r\nHKEY_LOCAL_MACHINE\\A\\B\r\n    N    REG_SZ    2\r\n\r\n"
    assert registry.parse_tree(output) == {
        "HKEY_LOCAL_MACHINE\\A": {"N": RegistryData("REG_SZ", "1")},
        "HKEY_LOCAL_MACHINE\\A\\B": {"N": RegistryData("REG_SZ", "2")},
    }


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (r"HKLM\SOFTWARE\NEC\NVBASE", r"HKLM\SOFTWARE\Wow6432Node\NEC\NVBASE"),
        (r"HKEY_LOCAL_MACHINE\Software\NEC", r"HKEY_LOCAL_MACHINE\Software\Wow6432Node\NEC"),
        (r"HKLM\SOFTWARE\Wow6432Node\NEC", r"HKLM\SOFTWARE\Wow6432Node\NEC"),
        (r"HKLM\SYSTEM\CurrentControlSet\Services\Nvbase", r"HKLM\SYSTEM\CurrentControlSet\Services\Nvbase"),
    ],
)
def test_the_view_of_32_bit_software(key: str, expected: str) -> None:
    assert registry.in_view(key, of_32_bit=True) == expected
    assert registry.in_view(key, of_32_bit=False) == key


SERVICES = (
    "\r\nSERVICE_NAME: EsmBase\r\nDISPLAY_NAME: ESM Base Service\r\n        TYPE               : 10  WIN32_OWN_PROCESS  \r\n"
    "        STATE              : 1  STOPPED \r\n                                (NOT_STOPPABLE)\r\n"
    "\r\nSERVICE_NAME: clppm\r\nDISPLAY_NAME: CLUSTERPRO サーバ\r\n        TYPE               : 110  WIN32_OWN_PROCESS\r\n"
    "        STATE              : 4  RUNNING \r\n"
)


@pytest.mark.parametrize("end", ["Enum: more data, need 1822 bytes start resume at index 79\r\n", "列挙: データ\r\n"])
def test_a_list_of_services_that_is_cut_short_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="may not be whole"):
        services.parse_list(SERVICES + end)


def test_services_by_display_name_and_by_key() -> None:
    listed = services.parse_list(SERVICES)
    assert [(one.key, one.display_name, one.state) for one in listed] == [
        ("EsmBase", "ESM Base Service", "stopped"),
        ("clppm", "CLUSTERPRO サーバ", "running"),
    ]
    assert services.by_display_name(listed, "esm base service") == listed[0]
    assert services.by_display_name(listed, "CLPPM") == listed[1]
    assert services.by_display_name(listed, "ESM Alert Service") is None


ICACLS = (
    "@W:\\NVWORK\r\n"
    "W:\\NVWORK BUILTIN\\Administrators:(OI)(CI)(F)\r\n"
    "          Everyone:(OI)(CI)(RX)\r\n"
    "          NT AUTHORITY\\SYSTEM:(I)(OI)(CI)(F)\r\n"
    "          CREATOR OWNER:(I)(OI)(CI)(IO)(F)\r\n"
    "          BUILTIN\\Users:(I)(CI)(AD)\r\n\r\n"
    "1 個のファイルが正常に処理されました。0 個のファイルを処理できませんでした\r\n"
    "@W:\\NVWORK\\a (b): c\r\nW:\\NVWORK\\a (b): c NODE1\\ESMPRO Users:(DENY)(W,D)\r\n\r\n"
)


def test_access_lists_by_folder() -> None:
    folders_read = access.parse_access(ICACLS)
    assert list(folders_read) == ["W:\\NVWORK", "W:\\NVWORK\\a (b): c"]
    assert [(one.who, one.rights, one.inherited, one.here, one.below) for one in folders_read["W:\\NVWORK"]] == [
        ("BUILTIN\\Administrators", "F", False, True, True),
        ("Everyone", "RX", False, True, True),
        ("NT AUTHORITY\\SYSTEM", "F", True, True, True),
        ("CREATOR OWNER", "F", True, False, True),
        ("BUILTIN\\Users", "AD", True, True, False),
    ]
    (denied,) = folders_read["W:\\NVWORK\\a (b): c"]
    assert (denied.who, denied.rights) == ("NODE1\\ESMPRO Users", "DENY W,D")


@pytest.mark.parametrize(
    ("printed", "name", "same"),
    [
        ("NODE1\\ESMPRO Users", "esmpro users", True),
        ("BUILTIN\\Administrators", "BUILTIN\\Administrators", True),
        ("CORP\\Users", "NODE1\\Users", False),
        ("Everyone", "everyone", True),
    ],
)
def test_principals_are_told_apart_by_domain_only_where_one_is_named(printed: str, name: str, same: bool) -> None:
    assert access.same_principal(printed, name) is same


def test_groups_of_the_account() -> None:
    output = '"Everyone","Well-known group","S-1-1-0","Mandatory group"\r\n"BUILTIN\\Administrators","エイリアス","S-1-5-32-544",""\r\n'
    assert access.parse_groups(output) == {"S-1-1-0": "Everyone", "S-1-5-32-544": "BUILTIN\\Administrators"}


HERE = "is a folder\r\nd--------||C:\\N\r\n"
TREE = HERE + "d---------|0|C:\\N\\sub\r\n--a------|5|C:\\N\\sub\\x.txt\r\n-rah-----|0|C:\\N\\空.dat\r\n"


def test_a_tree_of_files_and_folders() -> None:
    tree = folders.parse_tree(TREE, "C:\\N")
    assert (tree.there, dict(tree.sizes), tree.folders) == (True, {"sub\\x.txt": 5, "空.dat": 0}, {"sub"})
    assert tree.read_only == {"空.dat"}
    assert str(tree) == "2 files in 2 folders, 5 bytes"


@pytest.mark.parametrize(
    ("output", "kind"),
    [("is absent\r\n", "absent"), ("is a file\r\n", "file"), (HERE + "ファイルが見つかりません\r\n", "folder")],
)
def test_what_stands_in_place_of_a_folder(output: str, kind: str) -> None:
    assert folders.parse_tree(output, "C:\\N").kind == kind


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("", "begins with"),
        ("Access is denied.\r\n", "begins with"),
        ("is a folder\r\n--a------|5|C:\\N\\x.txt\r\n", "does not show the folder itself"),
        (TREE + "Access is denied.\r\n", "has the line 'Access"),
        (TREE + "cannot be opened: C:\\N\\sub\r\n", "cannot be opened"),
        (HERE + "cannot be opened: C:\\N\r\n", "cannot be opened"),
        (HERE + "File Not Found\r\ncannot be opened: C:\\N\r\n", "cannot be opened"),
        (HERE + "||C:\\N\\cafe.txt\r\n", "has the line"),
        (TREE + "--a------|5|C:\\N\\a?.txt\r\n", "code page"),
        (TREE + "--a------|5|C:\\N\\SUB\\x.txt\r\n", "code page"),
    ],
)
def test_a_listing_that_may_not_be_whole_is_refused(output: str, words: str) -> None:
    """Nothing is removed or called moved on the strength of a listing that leaves something out."""
    with pytest.raises(ValueError, match=words):
        folders.parse_tree(output, "C:\\N")


def test_what_leads_elsewhere_is_marked() -> None:
    output = "is a folder\r\nd-------l||C:\\N\r\nd-------l|0|C:\\N\\away\r\n--a-----l|5|C:\\N\\x.txt\r\n"
    assert folders.parse_tree(output, "C:\\N").links == {".", "away", "x.txt"}


SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"


@pytest.mark.parametrize("hash_line", [SHA1, " ".join(SHA1[i : i + 2] for i in range(0, 40, 2)), SHA1.upper()])
def test_hashes_of_every_release(hash_line: str) -> None:
    output = (
        f"@C:\\N\\a.txt\r\nSHA1 ハッシュ (ファイル C:\\N\\a.txt):\r\n{hash_line}\r\nCertUtil: -hashfile コマンドは正常に完了しました。\r\n"
        "@C:\\N\\b.txt\r\nCertUtil: -hashfile コマンド エラーです: 0x800703ee\r\n"
    )
    assert folders.parse_hashes(output, "C:\\N") == {"a.txt": SHA1}


@pytest.mark.parametrize(
    ("output", "free"),
    [
        (
            " W:\\ のディレクトリ\r\n\r\n   0 個のファイル    0 バイト\r\n   2 個のディレクトリ  1234567 バイトの空き領域\r\n",
            1234567,
        ),
        ("               2 Dir(s)  99 bytes free\r\n", 99),
        ("", None),
    ],
)
def test_free_bytes_in_any_language(output: str, free: int | None) -> None:
    assert folders.parse_free_bytes(output) == free


def test_content_is_taken_only_when_its_size_is_right() -> None:
    assert content.parse_file(b"size 3\r\nab\n", "f") == b"ab\n"
    assert content.parse_file(b"absent\r\n", "f") is None
    assert content.parse_file(b"size 0\r\n", "f") == b""
    with pytest.raises(ValueError, match="not a plain text file"):
        content.parse_file(b"size 8\r\nab\n", "f")
    with pytest.raises(ValueError, match="could not be read"):
        content.parse_file(b"Access is denied.\r\n", "f")


CLPSTAT = """ ========================  CLUSTER STATUS  ===========================
  Cluster : cluster
  <server>
   *node1 ...........................: Online
      lankhb1                        : Normal           LAN Heartbeat
    node2 ...........................: Offline          stopped by hand
  <group>
    ESMPROCM ........................: Online
      current                        : node1
      fip                            : Online
    sixteen-letters-: Offline
      current                        : None
  <monitor>
    mdw1                             : Normal
 =====================================================================
"""


def test_the_cluster_as_clpstat_shows_it() -> None:
    status = cluster.parse_status(CLPSTAT)
    assert status is not None
    assert status.servers == {"node1": "Online", "node2": "Offline"}
    assert status.groups["ESMPROCM"] == cluster.Group("Online", "node1", {"fip": "Online"})
    assert status.groups["sixteen-letters-"].active_node is None
    assert status.monitors == {"mdw1": "Normal"}


@pytest.mark.parametrize("output", ["", "'clpstat' は、内部コマンドまたは外部コマンドとして認識されていません。\r\n"])
def test_no_cluster_is_none(output: str) -> None:
    assert cluster.parse_status(output) is None
