"""What icacls does to one file or folder: grant, deny, remove, inherit (Microsoft's `icacls` page)."""

from collections.abc import Callable
from dataclasses import replace

from runbook_lib.lab.acl import Ace, AceFlags
from runbook_lib.lab.files import Entry
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import files

Step = Callable[[Entry], None]


def granting(call: Invocation, sid: str, mask: int, flags: AceFlags, *, allow: bool, replacing: bool) -> Step:
    """Add an entry (a denial when not *allow*); *replacing* takes the account's earlier grants away."""

    def step(entry: Entry) -> None:
        own_flags = flags if entry.folder else AceFlags.NONE
        explicit = list(files(call).access(entry.path).explicit)
        if replacing:
            explicit = [ace for ace in explicit if ace.sid != sid or not ace.allow]
        new_mask = mask if allow else mask & ~0x100000
        if not allow:
            # A denial takes the same rights out of what was granted explicitly.
            reduced = [
                replace(ace, mask=ace.mask & ~new_mask) if ace.sid == sid and ace.allow else ace for ace in explicit
            ]
            explicit = [ace for ace in reduced if ace.mask & ~0x100000]
        for place, ace in enumerate(explicit):
            if (ace.sid, ace.flags, ace.allow) == (sid, own_flags, allow):
                explicit[place] = replace(ace, mask=ace.mask | new_mask)
                break
        else:
            explicit.append(Ace(sid, new_mask, own_flags, allow))
        files(call).set_acl(entry.path, explicit)

    return step


def removing(call: Invocation, sid: str, how: str) -> Step:
    """Take the account's entries away: "g" its grants, "d" its denials, "" both."""

    def step(entry: Entry) -> None:
        kept = [
            ace
            for ace in files(call).access(entry.path).explicit
            if ace.sid != sid or (how == "g" and not ace.allow) or (how == "d" and ace.allow)
        ]
        files(call).set_acl(entry.path, kept)

    return step


def inheriting(call: Invocation, how: str) -> Step:
    """Switch inheritance on ("e"), off and gone ("r"), or off with its entries kept as explicit ones ("d")."""

    def step(entry: Entry) -> None:
        store = files(call)
        access = store.access(entry.path)
        explicit = list(access.explicit)
        if how == "d":
            explicit += [replace(ace, flags=ace.flags & ~AceFlags.INHERITED) for ace in access.aces if ace.inherited]
        store.set_acl(entry.path, explicit, protected=how != "e")

    return step
