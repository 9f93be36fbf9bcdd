"""Access rights as icacls writes and reads them: letters, and SDDL for /save and /restore.

Sources: Microsoft's `icacls` page; "Security Descriptor String Format", "ACE Strings" and "SID Strings" (Microsoft
Learn); published transcripts for the order of letters.
"""

import re
from collections.abc import Callable
from typing import Final

from runbook_lib.lab import acl as rights
from runbook_lib.lab.acl import CI, INHERITED, IO, NP, OI, Ace, AceFlags

_SIMPLE: Final = {
    "F": rights.FULL,
    "M": rights.MODIFY,
    "RX": rights.READ_EXECUTE,
    "R": rights.READ,
    "W": rights.WRITE,
    "D": rights.DELETE | 0x100000,
    "N": 0,
}
_SPECIFIC: Final = {
    "DE": 0x10000,
    "RC": 0x20000,
    "WDAC": 0x40000,
    "WO": 0x80000,
    "S": 0x100000,
    "AS": 0x1000000,
    "MA": 0x2000000,
    "GR": 0x80000000,
    "GW": 0x40000000,
    "GE": 0x20000000,
    "GA": 0x10000000,
    "RD": 0x1,
    "WD": 0x2,
    "AD": 0x4,
    "REA": 0x8,
    "WEA": 0x10,
    "X": 0x20,
    "DC": 0x40,
    "RA": 0x80,
    "WA": 0x100,
}
_SHOWN_FLAGS: Final = (("I", INHERITED), ("OI", OI), ("CI", CI), ("NP", NP), ("IO", IO))
_FLAGS: Final = {"OI": OI, "CI": CI, "NP": NP, "IO": IO, "I": AceFlags.NONE}
_SYNCHRONIZE: Final = 0x100000


class BadRights(Exception):  # noqa: N818
    """Rights that icacls cannot read."""


def parse_rights(text: str) -> tuple[int, AceFlags]:
    """Mask and flags of ``(OI)(CI)F``, ``F``, ``(OI)(RX,W)``, ``(RD,X)``.

    Raises:
        BadRights: unknown letters.
    """
    flags = AceFlags.NONE
    while match := re.match(r"\((\w+)\)(?=.)", text):
        if match[1].upper() not in _FLAGS:
            break
        flags |= _FLAGS[match[1].upper()]
        text = text[match.end() :]
    plain = not text.startswith("(")
    names = text.strip("()").upper()
    mask = 0
    for name in _split_simple(names) if plain else names.split(","):
        if name in _SIMPLE:
            mask |= _SIMPLE[name]
        elif name in _SPECIFIC:
            mask |= _SPECIFIC[name]
        else:
            raise BadRights(text)
    return mask, flags


def _split_simple(names: str) -> list[str]:
    """A sequence of simple rights such as ``RXW``."""
    found = re.findall(r"RX|[FMRWDN]", names)
    if "".join(found) != names or not found:
        raise BadRights(names)
    return found


def shown_rights(ace: Ace) -> str:
    """Flags and rights of an entry, such as ``(I)(OI)(CI)(RX)``."""
    flags = "".join(f"({name})" for name, flag in _SHOWN_FLAGS if ace.flags & flag)
    if not ace.allow and ace.mask | _SYNCHRONIZE == rights.FULL:
        return flags + "(N)"
    return flags + ("" if ace.allow else "(DENY)") + f"({','.join(_names(ace.mask, denied=not ace.allow))})"


def _names(mask: int, *, denied: bool) -> list[str]:
    if denied and mask & ~_SYNCHRONIZE in {value & ~_SYNCHRONIZE for value in _SIMPLE.values()}:
        mask |= _SYNCHRONIZE  # a denial never takes SYNCHRONIZE away
    for name in ("F", "M"):
        if mask == _SIMPLE[name]:
            return [name]
    names: list[str] = []
    rest = mask
    for name in ("RX", "R", "W"):
        value = _SIMPLE[name]
        if mask & value == value and not (name == "R" and "RX" in names):
            names.append(name)
            rest &= ~value
    if not names and rest == _SIMPLE["D"]:
        return ["D"]
    return names + [name for name, value in _SPECIFIC.items() if rest & value] or ["N"]


# SDDL

_SDDL_SIDS: Final = {
    rights.ADMINISTRATORS: "BA",
    rights.SYSTEM: "SY",
    rights.EVERYONE: "WD",
    rights.USERS: "BU",
    rights.CREATOR_OWNER: "CO",
    rights.CREATOR_GROUP: "CG",
    rights.AUTHENTICATED_USERS: "AU",
    "S-1-5-4": "IU",
    "S-1-5-2": "NU",
    "S-1-5-19": "LS",
    "S-1-5-20": "NS",
    "S-1-5-32-546": "BG",
    "S-1-5-32-547": "PU",
    "S-1-5-32-551": "BO",
}
_SDDL_MASKS: Final = {rights.FULL: "FA", rights.READ: "FR", 0x120116: "FW", 0x1200A0: "FX", 0x10000000: "GA"}
_SDDL_FLAGS: Final = (("OI", OI), ("CI", CI), ("NP", NP), ("IO", IO), ("ID", INHERITED))


def sddl(aces: list[Ace], *, protected: bool) -> str:
    """The discretionary list as a string, such as ``D:PAI(A;OICI;FA;;;WD)``."""
    parts = []
    for ace in aces:
        flags = "".join(name for name, flag in _SDDL_FLAGS if ace.flags & flag)
        mask = _SDDL_MASKS.get(ace.mask, f"0x{ace.mask:x}")
        parts.append(f"({'A' if ace.allow else 'D'};{flags};{mask};;;{_SDDL_SIDS.get(ace.sid, ace.sid)})")
    return f"D:{'P' if protected else ''}AI" + "".join(parts)


def parse_sddl(text: str) -> tuple[list[Ace], bool]:
    """Entries and protection of a string that `sddl` made.

    Raises:
        BadRights: it is not one.
    """
    head = re.match(r"D:(P?)(?:AR)?(?:AI)?", text)
    if head is None:
        raise BadRights(text)
    sids = {short: sid for sid, short in _SDDL_SIDS.items()}
    masks = {short: mask for mask, short in _SDDL_MASKS.items()}
    aces = []
    for kind, flags, mask, sid in re.findall(r"\((\w+);(\w*);(\w*);;;([\w-]+)\)", text):
        value = AceFlags.NONE
        for name, flag in _SDDL_FLAGS:
            if name in re.findall("..", flags):
                value |= flag
        aces.append(Ace(sids.get(sid, sid), masks[mask] if mask in masks else int(mask, 16), value, kind == "A"))
    return aces, bool(head[1])


def sid_reader(find: Callable[[str], str | None]) -> Callable[[str], str]:
    """A function that turns a principal into a SID, or raises `LookupError` with the principal."""

    def read(principal: str) -> str:
        sid = find(principal)
        if sid is None:
            raise LookupError(principal)
        return sid

    return read
