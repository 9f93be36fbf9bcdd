"""A run from the panel does nothing that would destroy what nobody agreed to lose."""

import json

import pytest

from runbook_lib.errors import NotApplied
from tests.clusters import Cluster

pytestmark = pytest.mark.wire


def test_what_nobody_agreed_to_is_left_as_it_is(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_ACCEPTED", "[]")
    with pytest.raises(NotApplied, match=r"this was not agreed to: .*NVWORK is removed"):
        cluster.share("node1")
    assert cluster.changes() == {"node1": 0, "node2": 0}


def test_what_was_agreed_to_is_done(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.share("node1", apply=False)
    started = [event for event in cluster.events() if event["event"] == "step.started"]
    losses = [loss for event in started for loss in event["destructive"].values()]
    assert losses
    monkeypatch.setenv("RUNBOOK_ACCEPTED", json.dumps(losses))
    cluster.share("node1")
    assert cluster.machine("node1").files.exists("W:\\NVWORK")
