"""Fixtures for the tests of chapters."""

from collections.abc import Callable

import pytest

from runbook_lib.states.uninstall import ProductRemoved
from tests.clusters import Cluster


@pytest.fixture
def before_set_up(start_cluster: Callable[..., Cluster]) -> Callable[..., Cluster]:
    """Starts a lab after procedure 3; where not *silent*, a person sits at every window."""

    def start_it(name: str = "lab", *, silent: bool = False) -> Cluster:
        cluster = start_cluster(name, "grouped")
        cluster.change_site(clientmanager__gui_processes=["CMViewer.exe"])
        if not silent:
            cluster.change_site(setup__command=None, setup__response_file=None, setup__destination__command=None)
        return cluster

    return start_it


@pytest.fixture
def cluster_shared(start_cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The lab of lab.yaml before chapter 6; an uninstallation that does nothing is not given long."""
    monkeypatch.setattr(ProductRemoved, "settle_s", 0.5)
    return start_cluster("lab", "shared")
