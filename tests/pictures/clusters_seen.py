"""``cluster.seen`` events as runs write them, for the tests of what is drawn from them."""

from typing import Any

MORNING = "2026-11-20T09:00:00.000+00:00"
SERVICES = tuple(f"Service {number}" for number in range(13))


def seen(node: str = "node1", at: str = MORNING, **fields: Any) -> dict[str, Any]:
    """A glance from *node* at a cluster where all is well; *fields* are otherwise."""
    active = fields.get("active", "node1")
    here = node == active
    return {
        "at": at,
        "event": "cluster.seen",
        "node": node,
        "reason": "",
        "cluster": "lab",
        "nodes": {"node1": "online", "node2": "online"},
        "group": {"name": "ESMPROCM", "status": "Online"},
        "active": "node1",
        "resources": {"fip1": "Online", "md1": "Online"},
        "monitors": {"fipw1": "Normal", "mdw1": "Normal"},
        "drive": {"letter": "W:", "kind": "mirror", "here": "reachable" if here else "out of reach"},
        "address": {"ip": "10.0.0.200", "kind": "floating", "here": "there" if here else "not there"},
        "services": dict.fromkeys(SERVICES, "running" if here else "stopped"),
        "seconds": 0.1,
        **fields,
    }


NOT_READ: dict[str, Any] = {
    "nodes": {"node1": "not read", "node2": "not read"},
    "group": {"name": "ESMPROCM", "status": "not read"},
    "active": None,
    "resources": {},
    "monitors": {},
    "drive": {"letter": "W:", "kind": "mirror", "here": "not read"},
    "address": {"ip": "10.0.0.200", "kind": "floating", "here": "not read"},
    "services": {},
}
LONG = "営業所サーバ二号機で名前が長い"
"""Fifteen characters, as many as a Windows name may have, and each as wide as they come."""
SHARED = {"letter": "W:", "kind": "shared", "here": "reachable"}

SITUATIONS: dict[str, list[dict[str, Any]]] = {
    "two nodes": [seen("node2"), seen("node1")],
    "one read": [seen("node1")],
    "standby offline": [seen(nodes={"node1": "online", "node2": "offline"})],
    "group stopped": [seen(group={"name": "ESMPROCM", "status": "Offline"}, active=None)],
    "no group yet": [seen(group={"name": "ESMPROCM", "status": "not registered"}, active=None, resources={})],
    "group failed": [seen(group={"name": "ESMPROCM", "status": "Online Failure"}, resources={"md1": "Offline"})],
    "group pending": [seen(group={"name": "ESMPROCM", "status": "Online Pending"})],
    "mirror copied": [seen(monitors={"mdw1": "Caution"})],
    "mirror broken": [seen(monitors={"mdw1": "Error"})],
    "nothing read": [seen(reason="`clpstat -s` shows no cluster: Could not connect to the server. " * 3, **NOT_READ)],
    "read before": [seen(), seen(at="2026-11-20T09:01:00.000+00:00", reason="node1 does not answer.", **NOT_READ)],
    "three nodes": [seen(nodes={"node1": "online", "node2": "not in the cluster", "node3": "online"})],
    "four nodes": [
        seen(
            "TOKYO-CLUSTER-A1",
            nodes={"TOKYO-CLUSTER-A1": "online", LONG: "offline", "WWWWWWWWWWWWWWW": "online", "N4": "suspend"},
            active="TOKYO-CLUSTER-A1",
            drive=SHARED,
        )
    ],
    "four mirrored": [
        seen(
            "n1",
            nodes={"n1": "online", "n2": "online", "n3": "online", LONG: "online"},
            active=LONG,
            monitors={"mdw1": "Caution", "userw": "Error"},
        )
    ],
    "elsewhere": [seen(active="node9")],
    "long group": [seen(group={"name": "G" * 31, "status": "Online"})],
    "many services": [seen(services={f"s{number}": "start pending" for number in range(60)})],
    "contradiction": [seen(drive={"letter": "W:", "kind": "mirror", "here": "out of reach"})],
}
"""What a cluster may look like, by name."""
