"""How the manager is uninstalled (注意事項 4): the site file's section ``uninstall``."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from runbook_lib.parameters import NodeName, Problem, Section, Text, Write

if TYPE_CHECKING:
    from .site import ClientManagerSite


class UninstallSection(Section):
    """What the site says of the uninstallation.

    Attributes:
        component: what is uninstalled; CM GUI alone can be asked for, and is refused with the reason.
        skip_nodes: nodes that cannot uninstall the manager (a replaced disk, say), and why.
    """

    component: Literal["manager", "cm-gui"] = "manager"
    skip_nodes: Annotated[
        Mapping[NodeName, Text], Write("nodes with the reason, such as node2: its disk was replaced")
    ] = {}

    def problems(self) -> Iterator[Problem]:
        """CM GUI cannot be uninstalled alone."""
        yield from super().problems()
        if self.has("component") and self.component == "cm-gui":
            yield Problem(
                "component",
                "'cm-gui' is refused: CM GUI cannot be uninstalled alone, it goes with the manager (注意事項 4). Write "
                "manager, or leave it out.",
            )


def uninstall_problems(site: "ClientManagerSite") -> Iterator[Problem]:
    """What the section must not be beside others: its nodes, and the command that does it without a person."""
    if site.has("uninstall.skip_nodes", "group.policy"):
        skipped, policy = site.uninstall.skip_nodes, site.group.policy
        for name in skipped:
            if name not in policy:
                yield Problem(
                    f"uninstall.skip_nodes.{name}", f"is no node of the group. Write one of {', '.join(policy)}."
                )
        if policy and set(policy) <= set(skipped):
            yield Problem(
                "uninstall.skip_nodes",
                "names every node, so nothing is uninstalled and nothing may be deleted. Leave out a node that can.",
            )
    if site.has("setup.uninstall_command") and "{response}" in (site.setup.uninstall_command or ""):
        yield Problem(
            "setup.uninstall_command",
            "has {response} in it, and the response file is that of the set-up. Put a file of its own on the nodes.",
        )
