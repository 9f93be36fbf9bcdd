"""What the manual of WebSAM ClientManager on CLUSTERPRO X fixes, and a site that has it."""

from .facts import (
    CLUSTER_SERVICE,
    DEFAULT_USER_GROUP,
    ESMPRO_SERVICES,
    GROUP_NAME,
    MANUAL_SERVICES,
    START_ORDER,
    STOP_ORDER,
    SYNCHRONISED_KEYS,
    RegistryKey,
    WatchedService,
)
from .matrix import CLUSTERPRO, WINDOWS, Supported, outside_clusterpro, outside_windows, version_number
from .site import ClientManagerSection, ClientManagerSite, RegistryText

__all__ = [
    "CLUSTERPRO",
    "CLUSTER_SERVICE",
    "DEFAULT_USER_GROUP",
    "ESMPRO_SERVICES",
    "GROUP_NAME",
    "MANUAL_SERVICES",
    "START_ORDER",
    "STOP_ORDER",
    "SYNCHRONISED_KEYS",
    "WINDOWS",
    "ClientManagerSection",
    "ClientManagerSite",
    "RegistryKey",
    "RegistryText",
    "Supported",
    "WatchedService",
    "outside_clusterpro",
    "outside_windows",
    "version_number",
]
