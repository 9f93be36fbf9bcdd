"""Edits of a cluster configuration: each gives a new one, and the same one when nothing is left to do.

The number of objects is counted again after each, because the product wants it written (facts of NEC's generators).
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from runbook_lib.states.clpconf.configuration import Configuration, Group
from runbook_lib.states.clpconf.document import ConfigurationError, Document, Element
from runbook_lib.states.clpconf.layout import Wanted, holding, without
from runbook_lib.states.clpconf.shapes import MONITORS, NAME, Part, exported, monitors_of


def with_group(
    configuration: Configuration, name: str, policy: Sequence[str] = (), start: Literal["auto", "manual", ""] = ""
) -> Configuration:
    """With a failover group of that name.

    Args:
        configuration: the file as it is.
        name: of the group; one that is there is changed.
        policy: the servers it may run on, highest priority first; empty leaves it as it is (a new group: all).
        start: whether it starts with the cluster; empty leaves it as it is (a new group: it does).

    Raises:
        ConfigurationError: for a server that the cluster does not have, or a name that cannot be one.

    """
    found = configuration.group(name)
    if found is None and not NAME.fullmatch(name):
        raise ConfigurationError(
            f"'{name}' is not a name for a group. Write at most 31 of A-Z, a-z, 0-9, '_', '-', '.'"
        )
    servers = _servers(configuration, policy)
    children: list[Wanted] = [Wanted("comment")]
    if found is None or (servers and found.policy != servers):
        children += [
            Wanted("policy", server, (Wanted("order", text=str(order)),)) for order, server in enumerate(servers)
        ]
    if start and start != (found.start if found else "auto"):
        children.append(Wanted("start", text="1" if start == "auto" else "0"))
    if found is None:
        children += _next_gid(configuration)
    document = holding(configuration.document, Wanted("group", found.name if found else name, tuple(children)))
    element = document.root.child("group", found.name if found else name)
    if servers and element:
        document = without(document, (one for one in element.all("policy") if one.key not in servers))
    return _counted(document)


def without_group(configuration: Configuration, name: str) -> Configuration:
    """Without that group, its resources and their monitors.

    Raises:
        ConfigurationError: while anything else refers to it or to one of its resources.

    """
    group = configuration.group(name)
    if group is None:
        return configuration
    for resource in group.resources:
        configuration = without_resource(configuration, resource.type, resource.name)
    _refuse_references(configuration.members("monitor"), group.name, "group")
    gone = [one for one in configuration.root.all("group") if one.key == group.name]
    return _counted(without(configuration.document, gone))


def with_resource(configuration: Configuration, group: str, part: Part) -> Configuration:
    """With that resource in that group, which is there already.

    Raises:
        ConfigurationError: when the name or the resource is in use elsewhere, or a server is not in the cluster.

    """
    holder = _held(configuration, group)
    same_name = [one for one in configuration.resources if one.name.casefold() == part.name.casefold()]
    for one in same_name:
        if (one.type, one.name) != (part.type, part.name):
            raise ConfigurationError(f"the name {part.name} is taken by {one.type} {one.name}")
        if one.group and one.group != holder.name:
            raise ConfigurationError(f"{part.type} {part.name} belongs to group {one.group}")
    if part.wanted is None and not same_name:
        raise ConfigurationError(f"there is no {part.type} {part.name} in the file, and none was exported to put in")
    _servers(configuration, part.servers)
    reference = Wanted("group", holder.name, (Wanted("resource", f"{part.type}@{part.name}"),))
    return _counted(holding(configuration.document, reference, *_in_section("resource", part)))


def without_resource(configuration: Configuration, kind: str, name: str) -> Configuration:
    """Without that resource, the monitors of its own kind, and the dependencies on it.

    Raises:
        ConfigurationError: while a monitor of another kind refers to it.

    """
    for monitor in configuration.members("monitor"):
        if monitor.tag in (f"{kind}w", f"{kind}nw") and name in monitor.texts():
            configuration = without_monitor(configuration, monitor.tag, monitor.key)
    _refuse_references(configuration.members("monitor"), name, "resource")
    root = configuration.root
    gone = [one for group in root.all("group") for one in group.all("resource") if one.key == f"{kind}@{name}"]
    gone += [one for each in configuration.members("resource") for one in each.all("depend") if one.key == name]
    return _without_member(configuration, "resource", kind, name, gone)


def with_dependencies(configuration: Configuration, kind: str, name: str, depends: Sequence[str]) -> Configuration:
    """With exactly these dependencies of a resource; none at all is written as one on nothing.

    Raises:
        ConfigurationError: when one of the resources is not in the file.

    """
    names = {one.name for one in configuration.resources}
    missing = [one for one in (name, *depends) if one not in names]
    if missing:
        raise ConfigurationError(f"there is no resource {missing[0]} in the file")
    keys = tuple(depends) or ("",)
    wanted = Wanted(kind, name, tuple(Wanted("depend", key) for key in keys))
    document = holding(configuration.document, Wanted("resource", children=(wanted,)))
    section = document.root.child("resource")
    element = section.child(kind, name) if section else None
    named = element.all("depend") if element else ()
    return _counted(without(document, (one for one in named if one.key not in keys)))


def with_monitor(configuration: Configuration, part: Part) -> Configuration:
    """With that monitor; ConfigurationError when its name is taken by one of another type."""
    for one in configuration.members("monitor"):
        if one.key.casefold() == part.name.casefold() and (one.tag, one.key) != (part.type, part.name):
            raise ConfigurationError(f"the name {part.name} is taken by {one.tag} {one.key}")
    return _counted(holding(configuration.document, *_in_section("monitor", part)))


def with_monitors(configuration: Configuration, resource: Part, others: Sequence[str] = ()) -> Configuration:
    """With the monitors that go with a resource, unless something of their type watches it already.

    Args:
        configuration: the file, with the resource in it.
        resource: what they watch.
        others: exported elements, of which those monitors are taken that name the resource.

    """
    watched = {one.tag for one in configuration.members("monitor") if resource.name in one.texts()}
    names = {kind: free_name(configuration, kind) for kind in MONITORS.get(resource.type, ())}
    own_kinds = (f"{resource.type}w", f"{resource.type}nw")
    for monitor in (*monitors_of(resource, names), *map(exported, others)):
        watches = monitor.element is None or (monitor.type in own_kinds and resource.name in monitor.element.texts())
        if watches and monitor.type not in watched:
            configuration = with_monitor(configuration, monitor)
            watched.add(monitor.type)
    return configuration


def without_monitor(configuration: Configuration, kind: str, name: str) -> Configuration:
    """Without that monitor."""
    return _without_member(configuration, "monitor", kind, name, [])


def free_name(configuration: Configuration, kind: str) -> str:
    """The first name of the form "fip1", "fip2", ... that no resource or monitor has."""
    taken = {one.key.casefold() for section in ("resource", "monitor") for one in configuration.members(section)}
    return next(name for number in range(1, 10_000) if (name := f"{kind}{number}").casefold() not in taken)


def _in_section(section: str, part: Part) -> tuple[Wanted, ...]:
    if part.wanted is None:
        return ()
    return (Wanted(section, children=(Wanted("types", part.type), part.wanted)),)


def _without_member(
    configuration: Configuration, section: str, kind: str, name: str, gone: list[Element]
) -> Configuration:
    """Without one element of a section, its type where it was the last of it, and *gone*."""
    of_kind = [one for one in configuration.members(section) if one.tag == kind]
    gone = gone + [one for one in of_kind if one.key == name]
    holder = configuration.root.child(section)
    if holder and of_kind and all(one.key == name for one in of_kind):
        gone += [one for one in holder.all("types") if one.key == kind]
    outermost = [one for one in gone if not any(o.start < one.start and one.end <= o.end for o in gone)]
    return _counted(without(configuration.document, outermost)) if outermost else configuration


def _refuse_references(monitors: Iterable[Element], name: str, what: str) -> None:
    for monitor in monitors:
        if name in monitor.texts():
            raise ConfigurationError(
                f"monitor {monitor.tag} {monitor.key} refers to {what} {name}; change or remove it in WebManager first"
            )


def _servers(configuration: Configuration, names: Sequence[str]) -> tuple[str, ...]:
    """*names* as the file spells them: in lower case, which the product demands."""
    known = {one.casefold(): one for one in configuration.servers}
    for name in names:
        found = known.get(name.casefold())
        if found is None:
            raise ConfigurationError(f"{name} is not a server of the cluster, which has {', '.join(known.values())}")
        if found != found.lower():
            raise ConfigurationError(f"the file names server {found}, which the product takes in lower case only")
    return tuple(name.lower() for name in names)


def _held(configuration: Configuration, group: str) -> Group:
    found = configuration.group(group)
    if found is None:
        raise ConfigurationError(f"there is no group {group} in the file")
    return found


def _next_gid(configuration: Configuration) -> list[Wanted]:
    """A number for a new group where every other group has one; some versions write it and some do not."""
    numbers = [one.element.child("gid") for one in configuration.groups]
    used = [int(one.text) for one in numbers if one and one.text.isdigit()]
    return [Wanted("gid", text=str(max(used) + 1))] if used and len(used) == len(numbers) else []


def _counted(document: Document) -> Configuration:
    number = Wanted("objectnumber", text=str(Configuration(document).objects))
    return Configuration(holding(document, Wanted("webmgr", children=(Wanted("client", children=(number,)),))))
