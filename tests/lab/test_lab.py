"""The lab as a whole: commands as a remote shell starts them, and over the wire by a client that is not ours."""

from dataclasses import replace

import pytest
import winrm.protocol

from runbook_lib.lab.description import LabDescription, LabNode
from runbook_lib.lab.lab import Lab

DESCRIPTION = LabDescription((LabNode("node1"), LabNode("node2")), "runbook", "Pass-word 1")
NVBASE = r"HKLM\SOFTWARE\Wow6432Node\NEC\NVBASE"


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab(DESCRIPTION)


def shell(lab: Lab, line: str, node: str = "node1", stdin: bytes | None = None) -> tuple[int, str, str]:
    process = lab.machines[node].start(line)
    process.stdin.feed(stdin or b"", end=stdin is not None)
    assert process.wait(5)
    return process.exit_code, process.stdout.take().decode("cp932"), process.stderr.take().decode("cp932")


@pytest.mark.parametrize(
    ("line", "code", "part"),
    [
        ("hostname", 0, "node1\r\n"),
        (f'reg query "{NVBASE}" /v WorkDir', 0, r"    WorkDir    REG_SZ    C:\Program Files\ESMPRO\NVWORK"),
        (r"%windir%\SysWOW64\reg.exe query HKLM\SOFTWARE\NEC\NVBASE /v WorkDir", 0, "REG_SZ"),
        (r"reg query HKLM\SOFTWARE\NEC", 1, ""),
        ('sc getkeyname "ESM Base Service"', 0, "EsmBaseSvc"),
        ("sc query Nobody", 1060, "FAILED 1060"),
        ("sc query EsmBaseSvc", 0, "1  STOPPED"),
        ('tasklist /fo csv /nh /fi "imagename eq nobody.exe"', 0, "情報:"),
        ("clpstat -s", 0, "ESMPROCM ........: Online"),
        ("clpgrp -n ESMPROCM", 0, "node1\r\n"),
        ('net start "ESM Alert Service" && net stop EsmAlertSvc', 0, "正常に停止されました"),
        (r"whoami & if exist W:\NVWORK (exit 0) else exit 3", 3, "node1\\runbook"),
        (r"chcp", 0, "932"),
    ],
)
def test_programs_in_a_remote_shell(lab, line, code, part):
    answer = shell(lab, line)
    assert answer[0] == code
    assert part in answer[1]


def test_the_switched_partition_is_not_there_on_the_standby(lab):
    line = r'if exist "W:\Program Files\ESMPRO\ESMPROCM\BIN\CMSetDst.exe" (exit 0) else exit 3'
    assert (shell(lab, line)[0], shell(lab, line, "node2")[0]) == (0, 3)


@pytest.mark.wire
@pytest.mark.parametrize(("https", "transport"), [(False, "ntlm"), (True, "basic")])
def test_a_strangers_client_reads_the_lab(https, transport, tmp_path):
    with Lab(replace(DESCRIPTION, https=https)) as lab:
        options = {"server_cert_validation": "validate", "ca_trust_path": None}
        if https:
            authority = tmp_path / "ca.pem"
            authority.write_bytes(lab.certificate_authority)
            options["ca_trust_path"] = str(authority)
        for name, endpoint in lab.endpoints.items():
            client = winrm.protocol.Protocol(
                endpoint.url, transport, username=DESCRIPTION.user, password=DESCRIPTION.password, proxy=None, **options
            )
            opened = client.open_shell(codepage=932)
            command = client.run_command(opened, "hostname & clpgrp -n ESMPROCM")
            out, _, code = client.get_command_output(opened, command)
            client.cleanup_command(opened, command)
            client.close_shell(opened)
            assert (out, code) == (f"{name}\r\nnode1\r\n".encode(), 0)
            assert endpoint.commands == ["hostname & clpgrp -n ESMPROCM"]
        assert all(machine.changes == [] for machine in lab.machines.values())


@pytest.mark.wire
def test_a_port_that_is_taken_leaves_nothing_open():
    with Lab(DESCRIPTION) as lab:
        taken = lab.endpoints["node1"].port
        other = Lab(replace(DESCRIPTION, nodes=(LabNode("a"), LabNode("b", taken))))
        with pytest.raises(OSError, match=r"."):
            other.start()
        again = Lab(replace(DESCRIPTION, nodes=(LabNode("a", other.endpoints["a"].port), LabNode("b"))))
        with again:
            pass
