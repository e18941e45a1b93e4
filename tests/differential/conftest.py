from pathlib import Path

import pytest
from oracle import Toolchain, toolchain


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Toolchain:
    return toolchain(Path(tmp_path_factory.mktemp("gocache")))
