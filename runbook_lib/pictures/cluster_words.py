"""The cluster in words: beside its picture, and for whoever cannot see it."""

import html
from typing import Final

from runbook_lib.pictures.view import ClusterView, NodeView
from runbook_lib.run.seen import NOT_READ
from runbook_lib.wording import say


def cluster_words(view: ClusterView, language: str) -> str:
    """The picture in sentences, for whoever cannot see it."""
    said = [say(language, view.headline)]
    said += [f"{node.name}: {status_words(node, language)}, {services_words(node, language)}." for node in view.nodes]
    return " ".join([*said, *(say(language, remark) for remark in view.remarks)])


def status_words(node: NodeView, language: str) -> str:
    """What a node is in the cluster, in CLUSTERPRO's word where it has said one."""
    is_ours = node.status in (NOT_READ, "not in the cluster")
    return say(language, node.status if is_ours else node.status.capitalize())


def role_words(view: ClusterView, node: NodeView, language: str) -> str:
    """Whether a node is the active one or a standby; "" where it is neither, because it or the group does not run."""
    if view.active is None or node.status != "online":
        return ""
    return say(language, "active" if node.is_active else "standby")


def services_words(node: NodeView, language: str) -> str:
    """How many of the services run on a node."""
    if node.services is None:
        return say(language, "Services: not read")
    if set(node.services.values()) == {"not installed"}:
        return say(language, "Services: not installed")
    return say(language, f"Services: {node.running} of {len(node.services)} running")


def services_short(node: NodeView, language: str) -> str:
    """The same where there is little room."""
    return f"{say(language, 'Services')} {node.running} / {len(node.services or {})}"


_CELL_STYLE: Final = (
    "text-align:left;vertical-align:top;padding:3px 10px 3px 0;border-bottom:1px solid #c8cfd8;overflow-wrap:normal"
)


def cluster_table(view: ClusterView, language: str) -> str:
    """One line for each node, folded away under the picture; everything escaped."""
    heads = [
        "Node",
        "In the cluster",
        "Role",
        "Services",
        f"Drive {view.drive}",
        f"Address {view.address}",
        "Read (UTC)",
    ]
    head = "".join(f'<th style="{_CELL_STYLE}">{_text(say(language, one))}</th>' for one in heads)
    lines = []
    for node in view.nodes:
        values = [
            node.name,
            status_words(node, language),
            role_words(view, node, language),
            services_words(node, language),
            say(language, node.drive),
            say(language, node.address),
            f"{node.read_at:%Y-%m-%d %H:%M:%S}" if node.read_at else say(language, NOT_READ),
        ]
        lines.append("".join(f'<td style="{_CELL_STYLE}">{_text(value)}</td>' for value in values))
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    said = "".join(f"<p>{_text(say(language, remark))}</p>" for remark in view.remarks)
    return (
        f"<details><summary>{_text(say(language, 'The same in words'))}</summary>"
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:90%;color:#17202b">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{said}</details>"
    )


def _text(value: str) -> str:
    return html.escape(value, quote=True)
