"""Machines with a few small files."""

import pytest

from tests.lab.shell.seeded import seed


@pytest.fixture
def node(make):
    machine = make("NODE1", language="en", code_page=437)
    seed(machine.files)
    return machine


@pytest.fixture
def japanese(make):
    machine = make("NODE1", language="ja", code_page=932)
    seed(machine.files)
    return machine
