"""ipconfig.exe without options (page "ipconfig" of the command reference and published transcripts).

One adapter: the server's own address, as the cluster's configuration file has it, and the addresses of groups that are
online here. That a floating and a virtual IP are listed beside the server's own is assumed.
"""

from runbook_lib.lab.machine import Machine
from runbook_lib.lab.process import Invocation

_MASK = "255.255.255.0"


def main(call: Invocation) -> int:
    """Show the adapter; options are refused."""
    if len(call.arguments) > 1:
        call.stdout.write(
            f"\r\nError: unrecognized or incomplete command line.\r\n\r\n{' '.join(call.arguments[1:])}\r\n"
        )
        return 1
    machine = call.machine
    old, japanese = machine.version < (6, 0, 0), machine.language == "ja"
    head = "Windows IP 構成" if japanese else "Windows IP Configuration"
    adapter = "イーサネット アダプター ローカル エリア接続:" if japanese else "Ethernet adapter Local Area Connection:"
    address = ("IP アドレス" if old else "IPv4 アドレス") if japanese else ("IP Address" if old else "IPv4 Address")
    labels = {
        "dns": "接続固有の DNS サフィックス" if japanese else "Connection-specific DNS Suffix",
        "address": address,
        "mask": "サブネット マスク" if japanese else "Subnet Mask",
        "gateway": "デフォルト ゲートウェイ" if japanese else "Default Gateway",
    }
    rows = [("dns", "")]
    for one in addresses(machine):
        rows += [("address", one), ("mask", _MASK)]
    rows.append(("gateway", "10.0.0.254"))
    indent = " " * (8 if old else 3)
    lines = [f"{indent}{_dotted(labels[key])}: {value}" for key, value in rows]
    call.stdout.write("\r\n".join(["", head, "", "", adapter, "", *lines, ""]))
    return 0


def addresses(machine: Machine) -> list[str]:
    """The server's own address, then those of the groups that run on it."""
    cluster = machine.cluster
    with cluster.lock:
        number = list(cluster.servers).index(machine.name) + 1 if machine.name in cluster.servers else 100
        moved = [
            resource.address
            for group in cluster.groups.values()
            if group.active == machine.name
            for resource in group.resources
            if resource.address and resource.state == "Online"
        ]
    return [f"10.0.0.{number}", *moved]


def _dotted(label: str) -> str:
    """The label filled with dots, as the tool does: a full stop every second place."""
    width = sum(2 if ord(character) > 0x2E80 else 1 for character in label)
    text = label + (" " if width % 2 else "")
    return text + ". " * ((36 - width - len(text) + len(label)) // 2)
