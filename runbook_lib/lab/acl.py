"""Access rights of files and folders: entries, masks, and how a child gets them from its folder.

Sources: MS-DTYP (ACE and access mask layout, algorithm for inheritance), Microsoft's `icacls` page (letters of rights
and of inheritance flags), "File Access Rights Constants" for the numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntFlag
from functools import lru_cache
from typing import Final

ADMINISTRATORS: Final = "S-1-5-32-544"
USERS: Final = "S-1-5-32-545"
EVERYONE: Final = "S-1-1-0"
SYSTEM: Final = "S-1-5-18"
CREATOR_OWNER: Final = "S-1-3-0"
CREATOR_GROUP: Final = "S-1-3-1"
AUTHENTICATED_USERS: Final = "S-1-5-11"

FULL: Final = 0x1F01FF
MODIFY: Final = 0x1301BF
READ_EXECUTE: Final = 0x1200A9
READ: Final = 0x120089
WRITE: Final = 0x100116

READ_DATA: Final = 0x1
WRITE_DATA: Final = 0x2
APPEND_DATA: Final = 0x4
DELETE_CHILD: Final = 0x40
WRITE_ATTRIBUTES: Final = 0x100
DELETE: Final = 0x10000
READ_CONTROL: Final = 0x20000
WRITE_DAC: Final = 0x40000
WRITE_OWNER: Final = 0x80000

_GENERIC: Final = {0x80000000: READ, 0x40000000: 0x120116, 0x20000000: 0x1200A0, 0x10000000: FULL}


class AceFlags(IntFlag):
    """How an entry is handed down; values as in an ACE's header."""

    NONE = 0
    OBJECT_INHERIT = 0x1
    CONTAINER_INHERIT = 0x2
    NO_PROPAGATE = 0x4
    INHERIT_ONLY = 0x8
    INHERITED = 0x10


OI, CI = AceFlags.OBJECT_INHERIT, AceFlags.CONTAINER_INHERIT
NP, IO, INHERITED = AceFlags.NO_PROPAGATE, AceFlags.INHERIT_ONLY, AceFlags.INHERITED


@dataclass(frozen=True)
class Ace:
    """One entry of an access control list.

    Attributes:
        sid: whom it is about, as text (S-1-...).
        mask: the rights, as in an ACE; generic bits are possible in entries that are only handed down.
        flags: how it is handed down, and whether it was.
        allow: False for a deny entry.
    """

    sid: str
    mask: int
    flags: AceFlags = AceFlags.NONE
    allow: bool = True

    @property
    def inherited(self) -> bool:
        """True when the entry came from the folder above."""
        return bool(self.flags & INHERITED)

    @property
    def in_force(self) -> bool:
        """True when the entry counts for the object that carries it, not only for what is below."""
        return not self.flags & IO


@dataclass
class Acl:
    """Owner and entries of one file or folder.

    Attributes:
        owner: SID of the owner.
        aces: in Windows' order: explicit denials, explicit grants, inherited denials, inherited grants.
        protected: True when entries of the folder above are not taken over.
    """

    owner: str
    aces: tuple[Ace, ...] = ()
    protected: bool = False

    @property
    def explicit(self) -> tuple[Ace, ...]:
        """The entries set here."""
        return tuple(ace for ace in self.aces if not ace.inherited)

    def taking(self, explicit: Iterable[Ace], parent: "Acl | None", *, container: bool) -> "Acl":
        """The list with *explicit* entries and what *parent* hands down (nothing when protected)."""
        handed = () if parent is None or self.protected else inherit(parent.aces, self.owner, container=container)
        return Acl(self.owner, canonical((*explicit, *handed)), self.protected)

    def allows(self, token: frozenset[str], mask: int) -> bool:
        """Whether someone who has the SIDs in *token* gets all rights in *mask*; the first word on a right counts."""
        if self.owner in token:
            mask &= ~(READ_CONTROL | WRITE_DAC)
        wanted = mask
        for ace in self.aces:
            if ace.in_force and ace.sid in token:
                rights = plain_mask(ace.mask)
                if ace.allow:
                    wanted &= ~rights
                elif wanted & rights:
                    return False
        return wanted == 0


def plain_mask(mask: int) -> int:
    """*mask* with generic rights replaced by the rights they stand for on files."""
    for generic, rights in _GENERIC.items():
        if mask & generic:
            mask = mask & ~generic | rights
    return mask


@lru_cache(maxsize=1024)
def canonical(aces: tuple[Ace, ...]) -> tuple[Ace, ...]:
    """The entries in Windows' order; equal ones keep theirs."""
    return tuple(sorted(aces, key=lambda ace: (ace.inherited, ace.allow)))


@lru_cache(maxsize=1024)  # thousands of files share few lists
def inherit(aces: tuple[Ace, ...], owner: str, *, container: bool) -> tuple[Ace, ...]:
    """What a new child takes over from a folder that has *aces* (MS-DTYP 2.5.3.4, automatic inheritance).

    Args:
        aces: entries of the folder.
        owner: the child's owner, who stands in for CREATOR OWNER.
        container: whether the child is a folder.
    """
    taken: list[Ace] = []
    for ace in aces:
        stops = bool(ace.flags & NP)
        onward = ace.flags & (OI | CI)
        applies = bool(ace.flags & (CI if container else OI))
        if not container:
            if applies:
                taken.append(_as_held(ace, owner))
            continue
        hands_on = bool(onward) and not stops
        if applies and (ace.sid == CREATOR_OWNER or ace.mask != plain_mask(ace.mask)):
            taken.append(_as_held(ace, owner))
            if hands_on:
                taken.append(replace(ace, flags=onward | IO | INHERITED))
        elif applies:
            taken.append(replace(ace, flags=(onward if hands_on else AceFlags.NONE) | INHERITED))
        elif hands_on:
            taken.append(replace(ace, flags=onward | IO | INHERITED))
    return tuple(taken)


def _as_held(ace: Ace, owner: str) -> Ace:
    sid = owner if ace.sid == CREATOR_OWNER else ace.sid
    return Ace(sid, plain_mask(ace.mask), INHERITED, ace.allow)


def data_volume_acl() -> Acl:
    """Root of a data volume as Windows formats it for administrators and users (assumed for all releases)."""
    return Acl(
        ADMINISTRATORS,
        (
            Ace(ADMINISTRATORS, FULL, OI | CI),
            Ace(SYSTEM, FULL, OI | CI),
            Ace(CREATOR_OWNER, FULL, OI | CI | IO),
            Ace(USERS, READ_EXECUTE, OI | CI),
            Ace(USERS, APPEND_DATA, CI),
            Ace(USERS, WRITE_DATA, CI | IO),
            Ace(EVERYONE, READ_EXECUTE),
        ),
    )
