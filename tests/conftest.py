from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from layers import LAYERS, layer_of, left_out, misplaced
from oracle import Toolchain, toolchain

# No test asks a module proxy.
os.environ["GOPROXY"] = "off"

# How long something takes on a busy machine says nothing of it.
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Toolchain:
    """The Go toolchain and x/tools' callgraph; who asks for them where they are not there is skipped."""
    return toolchain(Path(tmp_path_factory.mktemp("gocache")))


def pytest_configure(config: pytest.Config) -> None:
    for name, words in LAYERS.items():
        config.addinivalue_line("markers", f"{name}: {words}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wrong = misplaced((item.nodeid, item.path, [mark.name for mark in item.iter_markers()]) for item in items)
    if wrong:
        raise pytest.UsageError("\n".join(wrong))
    for item in items:
        item.add_marker(layer_of(item.path))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.option.collectonly:
        return
    reports = terminalreporter.stats.get("skipped", [])
    rows = left_out((r.nodeid.partition("::")[0], r.longrepr[2]) for r in reports if isinstance(r.longrepr, tuple))
    terminalreporter.section("what was not run, and why")
    for row in rows or ["nothing was skipped"]:
        terminalreporter.line(row)
