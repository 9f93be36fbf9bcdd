"""The kinds of value that a site file holds, each with its check and what to write instead.

A check returns the value to use or raises ValueError with a sentence that continues "KEY 'VALUE' ...".
"""

import codecs
import ipaddress
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator


@dataclass(frozen=True)
class Write:
    """What to write where a value is missing or of the wrong kind: the object of "Write ..."."""

    text: str


_LOOKALIKES: Final = dict(
    zip("АВЕЅІЈКМНОРСТХУаеѕіјорсхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESIJKMHOPCTXYaesijopcxyABEZHIKMNOPTYX", strict=True)
)
"""Cyrillic and Greek letters that look like a Latin one."""

_DEVICES: Final = re.compile(r"(?i)(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?")
"""Names that Windows keeps for devices: Microsoft, "Naming Files, Paths, and Namespaces"."""

_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"


def foreign_letters(value: str) -> str:
    """A sentence on the first character of a name that is not ASCII, or "" where there is none."""
    for number, letter in enumerate(value, start=1):
        if not letter.isascii():
            latin = _LOOKALIKES.get(letter, unicodedata.normalize("NFKC", letter))
            name = f"{unicodedata.name(letter, 'a character')} (U+{ord(letter):04X})"
            like = f", which only looks like the Latin {latin}" if latin.isascii() and latin.strip() else ""
            return f"has {name} as character {number}{like}."
    return ""


def _plain_name(value: str) -> str:
    if foreign := foreign_letters(value):
        raise ValueError(f"{foreign} Write Latin letters, digits, _ and - only.")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise ValueError("is not a name for CLUSTERPRO. Write Latin letters, digits, _ and - only.")
    return value


def _node_name(value: str) -> str:
    if foreign := foreign_letters(value):
        raise ValueError(f"{foreign} Write the computer name in Latin letters, digits and hyphens.")
    if value != value.lower():
        raise ValueError(f"is not in lower case. Write {value.lower()}: CLUSTERPRO keeps node names in lower case.")
    if not re.fullmatch(r"[a-z0-9_](?:[a-z0-9_-]{0,13}[a-z0-9_])?", value) or value.isdigit():
        raise ValueError("is not a Windows computer name. Write at most 15 letters, digits and hyphens, such as node1.")
    return value


def _ipv4(value: str) -> str:
    try:
        address = ipaddress.IPv4Address(value)
    except ValueError:
        raise ValueError("is not an IPv4 address. Write the group's own IP address, such as 10.0.0.200.") from None
    if address.is_unspecified or address.is_multicast or address.is_loopback or value == "255.255.255.255":
        raise ValueError("is not the address of a cluster. Write the group's own address, such as 10.0.0.200.")
    return value


def _address(value: str) -> str:
    if re.fullmatch(r"[0-9.]+", value):
        try:
            ipaddress.IPv4Address(value)
        except ValueError:
            raise ValueError("is not an IPv4 address. Write one such as 10.0.0.11, or a host name.") from None
        return value
    if len(value) > 253 or not re.fullmatch(rf"{_LABEL}(?:\.{_LABEL})*", value):
        raise ValueError(
            "is neither an IPv4 address nor a host name. Write one such as 10.0.0.11 or node1.example.com."
        )
    return value


def _drive(value: str) -> str:
    if re.fullmatch(r"[A-Za-z]:?\\?", value) and value != value[0].upper() + ":":
        raise ValueError(f"is not written as a drive letter. Write '{value[0].upper()}:'.")
    if not re.fullmatch(r"[A-Z]:", value):
        raise ValueError("is not a drive letter. Write one capital letter and a colon in quotes, such as 'W:'.")
    return value


def _folder(value: str) -> str:
    example = r"Write it as in 'C:\Program Files\ESMPRO'."
    if any(unicodedata.category(letter).startswith(("C", "Zl", "Zp")) for letter in value):
        raise ValueError(
            r"has a tab, line break or other control character in it: in double quotes YAML reads \t, \n and \N so. "
            "Write the path in single quotes."
        )
    if value.startswith(("\\\\", "//")):
        raise ValueError(f"is a network path, and a folder on a drive of the node is needed. {example}")
    if "/" in value:
        raise ValueError(f"has '/' in it. Write '{value.replace('/', chr(92))}'.")
    if not re.match(r"[A-Za-z]:\\", value):
        raise ValueError(f"is not an absolute Windows path: a drive letter and ':\\' come first. {example}")
    value = value[0].upper() + value[1:]
    parts = value[3:].removesuffix("\\").split("\\")
    for part in parts:
        if not part or part in {".", ".."}:
            raise ValueError(f"has the part '{part}' in it, and must name a folder plainly. {example}")
        if bad := re.search(r'[<>:"|?*]', part):
            raise ValueError(f"has {bad.group()} in it, which no Windows folder name may hold. {example}")
        if "%" in part:
            raise ValueError("has % in it, which a batch file would take for a variable. Choose a folder without %.")
        if part != part.rstrip(" .") or part != part.lstrip(" "):
            raise ValueError(f"has a space or full stop at an end of '{part}', which Windows drops. {example}")
        if _DEVICES.fullmatch(part):
            raise ValueError(f"has '{part}' in it, a name that Windows keeps for a device. {example}")
    if len(value) > 200:
        raise ValueError(
            "is longer than 200 characters, and Windows allows 260 with the files in it. Write a shorter one."
        )
    return value.removesuffix("\\")


def _user_group(value: str) -> str:
    if not value.strip(" .") or value != value.strip() or value.endswith("."):
        raise ValueError(
            "is not a group name. Write it without spaces or a full stop at its ends, such as ESMPRO Users."
        )
    if len(value) > 256:
        raise ValueError(f"has {len(value)} characters, and a local group's name has at most 256.")
    if not value.isprintable():
        raise ValueError("has a control character in it. Write the group's name in single quotes.")
    if bad := re.search(r'["/\\\[\]:;|=,+*?<>%]', value):
        raise ValueError(
            f"has {bad.group()} in it, which no group name may hold. Write the name alone, without a domain."
        )
    return value


def _version(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,5}){1,3}", value):
        raise ValueError('is not a version. Write digits and full stops in quotes, such as "3.1".')
    return value


def _code_page(value: int) -> int:
    try:
        codecs.lookup(f"cp{value}")
    except LookupError:
        raise ValueError(
            "is not a code page that can be read. Write 932 (Japanese), 437 (US English) or 65001."
        ) from None
    return value


def _port(value: int) -> int:
    if not 1 <= value <= 65535:
        raise ValueError("is not a TCP port. Write a number from 1 to 65535, such as 5985.")
    return value


def _seconds(value: float) -> float:
    if not math.isfinite(value) or not 0 < value <= 86_400:
        raise ValueError("is not a time limit. Write seconds, more than 0 and at most 86400 (a day).")
    return float(value)


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty. Write a few words.")
    return value.strip()


def _chapter(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,2}", value):
        raise ValueError('is not a chapter. Write its number, such as "5".')
    return value


def _command_line(value: str) -> str:
    value = value.strip()
    if not value:
        raise ValueError("is empty. Write a command line, or leave the key out.")
    if not value.isprintable():
        raise ValueError("has a line break or other control character in it. Write it on one line, in single quotes.")
    if len(value) > 4000:
        raise ValueError(
            f"has {len(value)} characters, and cmd.exe takes 8191 with what is put in. Write a shorter one."
        )
    return value


def _registry_path(value: str) -> str:
    example = r"Write it as in 'SOFTWARE\NEC\ESMPRO/CM'."
    if re.match(r"(?i)\\?(HKEY_|HK(LM|CU|CR|U|CC)\b)", value):
        raise ValueError(f"begins with a root key, and only what is below HKEY_LOCAL_MACHINE is written. {example}")
    if re.match(r"(?i)SOFTWARE\\Wow6432Node(\\|$)", value):
        raise ValueError(f"has Wow6432Node in it, which is added where a node needs it. {example}")
    if not value.isprintable() or '"' in value or value.startswith("\\") or value.endswith("\\") or "\\" not in value:
        raise ValueError(f"is not the path of a registry key. {example}")
    return value


Text = Annotated[str, AfterValidator(_text), Write("a few words")]
PlainName = Annotated[str, AfterValidator(_plain_name), Write("a name of Latin letters, digits, _ and -")]
NodeName = Annotated[str, AfterValidator(_node_name), Write("a Windows computer name, such as node1")]
Ipv4 = Annotated[str, AfterValidator(_ipv4), Write("an IPv4 address, such as 10.0.0.200")]
Address = Annotated[str, AfterValidator(_address), Write("an IPv4 address or a host name, such as 10.0.0.11")]
Drive = Annotated[str, AfterValidator(_drive), Write("a drive letter in quotes, such as 'W:'")]
Folder = Annotated[
    str, AfterValidator(_folder), Write(r"an absolute Windows path in single quotes, such as 'C:\Program Files\ESMPRO'")
]
UserGroup = Annotated[str, AfterValidator(_user_group), Write("the name of a local group, such as Administrators")]
Version = Annotated[str, AfterValidator(_version), Write('a version in quotes, such as "3.1"')]
CodePage = Annotated[int, AfterValidator(_code_page), Write("the node's OEM code page, such as 932")]
Port = Annotated[int, AfterValidator(_port), Write("a port number, such as 5985")]
Seconds = Annotated[float, AfterValidator(_seconds), Write("seconds, such as 60")]
CommandLine = Annotated[str, AfterValidator(_command_line), Write("a command line in single quotes")]
RegistryPath = Annotated[
    str, AfterValidator(_registry_path), Write(r"a key below HKEY_LOCAL_MACHINE, such as 'SOFTWARE\NEC\ESMPRO/CM'")
]
Chapter = Annotated[str, AfterValidator(_chapter), Write('a chapter number, such as "5"')]
