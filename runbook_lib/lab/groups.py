"""Failover groups and their resources, as registered and as they are now."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from runbook_lib.lab.files import Volume
    from runbook_lib.lab.regsync import SavedKeys

ResourceKind = Literal["fip", "vip", "md", "sd", "script", "regsync"]
GroupState = Literal["Online", "Offline", "Online Pending", "Offline Pending", "Online Failure"]
StartEvent = Literal["START", "FAILOVER"]


class ClusterError(Exception):
    """A request was refused; the text is what the command prints."""


@dataclass
class Resource:
    """One group resource.

    Attributes:
        name, kind: as registered, such as "md1" of kind "md".
        state: as `clpstat` shows it.
        drive, volume: of a switched partition (kinds md and sd).
        address: of kinds fip and vip.
        keys: full paths of the registry keys that kind regsync takes over.
        saved: what those keys held when the group last stopped; None before it has run.
    """

    name: str
    kind: ResourceKind
    state: str = "Offline"
    drive: str = ""
    volume: "Volume | None" = None
    address: str = ""
    keys: tuple[str, ...] = ()
    saved: "SavedKeys | None" = field(default=None, repr=False, compare=False)


@dataclass
class Group:
    """One failover group.

    Attributes:
        policy: server names in failover priority order.
        active: the server it runs on, None when it is stopped.
        state: as `clpstat` shows it.
        failing: resources (by name) that do not come online (a misbehaviour switch).
        disk_fails: scripts are told that the switched partition could not be connected (a misbehaviour switch).
        event: why it was last started; its scripts see that.
        wanted: it runs whenever the cluster does; False after somebody stopped it, until the cluster is started anew.
    """

    name: str
    resources: list[Resource]
    policy: tuple[str, ...]
    active: str | None = None
    state: GroupState = "Offline"
    failing: set[str] = field(default_factory=set)
    disk_fails: bool = False
    event: StartEvent = "START"
    wanted: bool = True
