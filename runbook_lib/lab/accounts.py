r"""Names and SIDs of users and groups as one machine knows them.

Source: Microsoft's list of well-known SIDs. Japanese Windows keeps the English names of all principals used here
(`NT AUTHORITY\SYSTEM`, `BUILTIN\Administrators`, `Everyone`), as its `icacls` transcripts show.
"""

import re
import zlib
from typing import Final

from runbook_lib.lab.acl import ADMINISTRATORS, AUTHENTICATED_USERS, CREATOR_OWNER, EVERYONE, SYSTEM, USERS

_WELL_KNOWN: Final = {
    EVERYONE: "Everyone",
    CREATOR_OWNER: "CREATOR OWNER",
    "S-1-3-1": "CREATOR GROUP",
    "S-1-5-4": r"NT AUTHORITY\INTERACTIVE",
    "S-1-5-2": r"NT AUTHORITY\NETWORK",
    AUTHENTICATED_USERS: r"NT AUTHORITY\Authenticated Users",
    SYSTEM: r"NT AUTHORITY\SYSTEM",
    "S-1-5-19": r"NT AUTHORITY\LOCAL SERVICE",
    "S-1-5-20": r"NT AUTHORITY\NETWORK SERVICE",
    ADMINISTRATORS: r"BUILTIN\Administrators",
    USERS: r"BUILTIN\Users",
    "S-1-5-32-546": r"BUILTIN\Guests",
    "S-1-5-32-547": r"BUILTIN\Power Users",
    "S-1-5-32-551": r"BUILTIN\Backup Operators",
    "S-1-5-32-580": r"BUILTIN\Remote Management Users",
}
_SID: Final = re.compile(r"S-1-\d+(-\d+)+", re.IGNORECASE)


class Accounts:
    """Who is who on one machine.

    Attributes:
        machine: the computer name, the domain part of local accounts.
        groups: names of the local groups that were added, by SID.
    """

    def __init__(self, machine: str, user: str = "Administrator") -> None:
        self.machine = machine
        seed = zlib.crc32(machine.upper().encode())
        self._domain = f"S-1-5-21-{seed}-{seed ^ 0x5A5A5A5A}-{seed ^ 0x3C3C3C3C}"
        self._names = dict(_WELL_KNOWN)
        self._next = 1000
        self.groups: dict[str, str] = {}
        self._names[f"{self._domain}-500"] = rf"{machine}\Administrator"
        self.user_sid = self.sid_of(user) or self._add(user)

    def _add(self, name: str) -> str:
        sid = f"{self._domain}-{self._next}"
        self._next += 1
        self._names[sid] = rf"{self.machine}\{name}"
        return sid

    def add_group(self, name: str) -> str:
        """Make a local group of that name (or find it) and answer its SID."""
        sid = self.sid_of(name) or self._add(name)
        if sid.startswith(self._domain):
            self.groups[sid] = name
        return sid

    def name_of(self, sid: str) -> str:
        r"""The name Windows shows, such as ``BUILTIN\Users``; the SID itself when this machine does not know it."""
        return self._names.get(sid, sid)

    def sid_of(self, name: str) -> str | None:
        """The SID of a name in any form commands accept: with or without its domain part; None when nobody has it."""
        wanted = name.upper()
        if wanted.startswith(".\\"):
            wanted = f"{self.machine.upper()}{wanted[1:]}"
        for sid, full in self._names.items():
            if wanted in (full.upper(), full.upper().rpartition("\\")[2]):
                return sid
        return None

    def find(self, principal: str) -> str | None:
        """The SID of what `icacls` was given: ``*S-1-...`` as it is (known or not), or a name."""
        if principal.startswith("*"):
            return principal[1:].upper() if _SID.fullmatch(principal[1:]) else None
        return self.sid_of(principal)

    @property
    def administrator_token(self) -> frozenset[str]:
        """The SIDs of whoever signs in as the machine's remote user, a member of Administrators."""
        return frozenset({self.user_sid, ADMINISTRATORS, USERS, EVERYONE, AUTHENTICATED_USERS, "S-1-5-2"})
