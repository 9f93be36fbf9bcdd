r"""``reg``: command lines and the parsing of what they print.

Windows Vista and later indent with blanks; Windows Server 2003 separates with tabs.  The sentences are translated, the
value lines are not, so only those are read.
"""

import re
from dataclasses import dataclass

from runbook_lib.commands.quoting import argument

_VALUE = re.compile(r"^\s+(?P<name>.*?)\s+(?P<type>REG_[A-Z_]+)(?:[ \t]+(?P<data>.*))?$")


@dataclass(frozen=True)
class RegistryData:
    """One value: its type, such as "REG_SZ", and its data as ``reg`` prints it."""

    type: str
    data: str


def number(data: RegistryData | None) -> int | None:
    """The number in a REG_DWORD, which ``reg`` prints such as 0x3; None for anything else."""
    if data is None or data.type != "REG_DWORD" or not re.fullmatch(r"0x[0-9a-fA-F]+", data.data):
        return None
    return int(data.data, 16)


def in_view(key: str, *, of_32_bit: bool) -> str:
    r"""*key* as a 64-bit program must name it: with *of_32_bit*, ``SOFTWARE`` becomes ``SOFTWARE\Wow6432Node``.

    The spelled-out path works on every release, ``reg /reg:32`` only on some (manual, procedures 5-(4) and 6-(2)).
    """
    if not of_32_bit:
        return key
    return re.sub(r"(?i)^((?:HKLM|HKEY_LOCAL_MACHINE)\\SOFTWARE)(?=\\|$)(?!\\Wow6432Node)", r"\1\\Wow6432Node", key)


def query(key: str, name: str) -> str:
    """Reads one value."""
    return f"reg query {argument(key)} /v {argument(name)}"


def query_key(key: str) -> str:
    """Reads the values and the names of the subkeys of one key."""
    return f"reg query {argument(key)}"


def query_tree(key: str) -> str:
    """Reads everything under one key."""
    return f"reg query {argument(key)} /s"


def add(key: str, name: str, data: RegistryData) -> str:
    """Sets one value, replacing what is there; creates the key where it is missing."""
    return f"reg add {argument(key)} /v {argument(name)} /t {data.type} /d {argument(data.data)} /f"


def parse_values(output: str) -> dict[str, RegistryData]:
    """The values in what ``reg query`` printed, by name as printed (without the keys they are under)."""
    values: dict[str, RegistryData] = {}
    for line in output.splitlines():
        found = _VALUE.match(line)
        if found:
            values[found["name"]] = RegistryData(found["type"], (found["data"] or "").rstrip())
    return values


def parse_value(output: str, name: str) -> RegistryData | None:
    """The value *name* (case does not matter) in what ``reg query`` printed, None when it is not there."""
    wanted = name.casefold()
    return next((data for found, data in parse_values(output).items() if found.casefold() == wanted), None)


def lists_key(output: str, key: str) -> bool:
    """Whether what ``reg query`` printed for the key above names *key* among its subkeys."""
    last = key.rpartition("\\")[2].casefold()
    names = (line.rpartition("\\")[2].strip() for line in output.splitlines() if line.startswith("HKEY_"))
    return last in {name.casefold() for name in names}


def parse_tree(output: str) -> dict[str, dict[str, RegistryData]]:
    """What ``reg query /s`` printed: values by key, keys in full and as printed."""
    tree: dict[str, dict[str, RegistryData]] = {}
    for block in re.split(r"(?m)^(?=HKEY_)", output):
        head, _, rest = block.partition("\n")
        if head.startswith("HKEY_"):
            tree[head.strip()] = parse_values(rest)
    return tree
