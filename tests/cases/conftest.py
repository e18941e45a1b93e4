from __future__ import annotations

import pytest
from command import World, made


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The two repositories with a wire between them, as the commands see them; no test changes them."""
    return made(tmp_path_factory.mktemp("world"))
