"""Registry keys that travel with a failover group (resources of kind regsync).

Source: EXPRESSCLUSTER/Tools, HowToUpdateUM8700withCluster.md, "About Registry Sync": what is edited in a key of a
server where the group does not run is lost at the next failover.
"""

from collections.abc import Iterable

from runbook_lib.lab.registry import Registry, Value

SavedKeys = dict[str, dict[str, tuple[Value, ...]]]
"""By key as registered: values by path below it ("" is the key itself); a key that was not there is missing."""


def save(registry: Registry, keys: Iterable[str]) -> SavedKeys:
    """What *keys* (full paths) hold, with everything under them."""
    saved: SavedKeys = {}
    for key in keys:
        if registry.exists(key):
            top = registry.spelling(key)
            saved[key] = {path[len(top) :]: tuple(registry.values(path)) for path in registry.walk(key)}
    return saved


def restore(registry: Registry, saved: SavedKeys) -> list[str]:
    """Make every saved key just what it was; answers the keys that differed. Notes nothing."""
    differing = [key for key, content in saved.items() if save(registry, (key,)) != {key: content}]
    for key in differing:
        if registry.exists(key):
            registry.remove_silently(key)
        for below, values in saved[key].items():
            registry.seed_key(key + below)
            for value in values:
                registry.seed(key + below, value.name, value.type, value.content)
    return differing
