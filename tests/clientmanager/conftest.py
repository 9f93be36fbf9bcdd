"""The command interpreter that scripts are proven in."""

from collections.abc import Iterator

import pytest

from tests.clientmanager.wine import Missing, Wine


@pytest.fixture(scope="session")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    """Wine's cmd.exe with recorders; an error, not a skip, where Wine is not installed."""
    try:
        interpreter = Wine(tmp_path_factory.mktemp("wine"))
    except Missing as error:
        pytest.fail(str(error), pytrace=False)
    yield interpreter
    interpreter.close()
