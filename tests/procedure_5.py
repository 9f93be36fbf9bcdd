"""What procedure 5 of the manual asks for, checked by the lab's own account and not through the library."""

from runbook_lib.lab.acl import EVERYONE, FULL
from runbook_lib.lab.machine import Machine
from tests.clusters import Cluster


def files_of(machine: Machine, folder: str) -> dict[str, bytes]:
    """Content by path below *folder*, read from the lab itself."""
    found = {}
    for entry in machine.files.walk(folder):
        if not entry.folder:
            found[entry.path[len(folder) + 1 :].lower()] = machine.files.read(entry.path)
    return found


def rights_of(machine: Machine, folder: str) -> dict[str, int]:
    """What each principal may do in *folder* itself, by SID, read from the lab itself."""
    rights: dict[str, int] = {}
    for ace in machine.files.acl(folder):
        if ace.allow and ace.in_force:
            rights[ace.sid] = rights.get(ace.sid, 0) | ace.mask
    return rights


def assert_shared(cluster: Cluster, before: dict[str, bytes]) -> None:
    """The state of every node is what procedure 5 of the manual says, by the lab's own account."""
    site = cluster.site
    active, *standbys = site.group.policy
    machine = cluster.machine(active)
    local, shared = site.nvwork_local, site.nvwork_shared
    assert not any(cluster.machine(node).files.exists(local) for node in (active, *standbys))
    after = files_of(machine, shared)
    assert after.keys() | {"local\\nvisord.cf"} == before.keys() | {"local\\nvisord.cf"}
    assert {name: content for name, content in after.items() if name != "local\\nvisord.cf"} == {
        name: content for name, content in before.items() if name != "local\\nvisord.cf"
    }
    lines = after["local\\nvisord.cf"].split(b"\r\n")
    assert lines.count(b'CommunityName: "mgr_ESMPRO"') == 1
    assert lines[-1] == b""
    old = before.get("local\\nvisord.cf", b"").splitlines()
    assert [line for line in lines[:-1] if not line.startswith(b"CommunityName")] == [
        line for line in old if not line.startswith(b"CommunityName")
    ]
    for folder in [shared, *(entry.path for entry in machine.files.walk(shared) if entry.folder)]:
        rights = rights_of(machine, folder)
        assert rights["S-1-5-32-544"] == FULL
        assert rights["S-1-5-18"] == FULL
        assert rights[EVERYONE] == 0x1200A9  # read and execute, as MS-DTYP numbers it
        if site.clientmanager.user_group != "Administrators":
            assert rights[machine.files.accounts.sid_of(site.clientmanager.user_group)] == FULL
    software = "HKEY_LOCAL_MACHINE\\SOFTWARE\\" + ("Wow6432Node\\" if site.windows.architecture == "x64" else "")
    registry = machine.registry
    assert registry.text(software + "NEC\\NVBASE", "WorkDir") == shared
    assert registry.text(software + "NEC\\NVBASE\\AlertViewer", "AlertPath") == shared + "\\alert"
    assert registry.text(software + "NEC\\NVBASE", "DiosaFilter") == shared + "\\Alert\\filter\\odiosasg"
    assert registry.text(software + "NEC\\NVBASE", "GeneralFilter") == shared + "\\Alert\\filter\\genericsg"
