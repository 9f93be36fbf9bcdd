"""What a lab is asked to be: plain values, so that the lab needs nothing from the library it tests."""

from dataclasses import dataclass, field
from typing import Literal

Release = Literal["2003", "2008", "2008 R2", "2012 R2", "2016", "2019", "2022", "2025"]
Stage = Literal["clustered", "grouped", "installed", "shared", "complete"]


@dataclass(frozen=True)
class LabNode:
    """One node: its computer name and the loopback port of its WinRM endpoint (0 lets the system choose)."""

    name: str
    port: int = 0


@dataclass(frozen=True)
class LabDescription:
    r"""A whole simulated cluster.

    Attributes:
        nodes: the nodes in failover priority order, first priority first.
        release: the Windows Server release on every node.
        architecture: "x86" or "x64".
        language: display language of Windows, "ja" or "en".
        code_page: the OEM code page of the nodes (932 or 437).
        clusterpro: version of CLUSTERPRO X, such as "3.1".
        cluster_name, group, address, address_kind: as registered in CLUSTERPRO.
        drive: the switched partition, such as "W:".
        disk_kind: "mirror" or "shared".
        system_drive: drive of Windows itself on every node.
        clusterpro_folder, esmpro_folder, shared_folder: install folders (the last one on the switched partition).
        user_group: the ESMPRO user group; "Administrators" is the installer's default.
        https: endpoints speak HTTPS (with a certificate the lab makes) instead of HTTP.
        user, password: the account that may sign in; "NODE\user", ".\user" and plain "user" are accepted.
        media_folder: where every node has the manager's set-up program.
        local_folder, manager_id, data_source, database, database_server: what was answered in the set-up program
            ("installed"); without a local folder, ESMPROCM in the ESMPRO folder.
        manager_name: the name in nvisord.cf ("shared").
        own_script: the group has a script resource with lines of its own before ClientManager's are added.
        stage: how far the manual's procedure has come when the lab starts: "clustered" after 1, "grouped" after 3,
            "installed" after 4, "shared" after 5, "complete" after 7 (docs/lab.md has what each means).
        disk_bytes_per_s: how fast the nodes' disks take what a program copies; None: at once.
        boot_s: seconds that a node is away when it restarts.
    """

    nodes: tuple[LabNode, ...]
    user: str
    password: str = field(repr=False)
    release: Release = "2008 R2"
    architecture: Literal["x86", "x64"] = "x64"
    language: Literal["ja", "en"] = "ja"
    code_page: int = 932
    clusterpro: str = "3.1"
    cluster_name: str = "cluster"
    group: str = "ESMPROCM"
    address: str = "10.0.0.200"
    address_kind: Literal["floating", "virtual"] = "floating"
    drive: str = "W:"
    disk_kind: Literal["mirror", "shared"] = "mirror"
    system_drive: str = "C:"
    clusterpro_folder: str = r"C:\Program Files\CLUSTERPRO"
    esmpro_folder: str = r"C:\Program Files\ESMPRO"
    shared_folder: str = r"W:\Program Files\ESMPRO\ESMPROCM"
    user_group: str = "Administrators"
    media_folder: str = r"C:\ClientManager"
    local_folder: str = ""
    manager_id: str = "CM01"
    data_source: str = "ESMPROCM"
    database: str = "CMDB"
    database_server: str = "10.0.0.210"
    manager_name: str = "mgr_ESMPRO"
    own_script: bool = False
    https: bool = False
    stage: Stage = "installed"
    disk_bytes_per_s: int | None = None
    boot_s: float = 1.0
