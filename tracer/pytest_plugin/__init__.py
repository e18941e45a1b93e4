"""A pytest plugin: the claims of every ``*.tracer.toml`` are tests, one for each claim.

It is there wherever tracer is installed beside pytest, also where nobody has such a file: so it imports the tool when it
meets the first one. ``--tracer-source NAME=PATH[@REV]`` reads a repository from a local clone, and ``--tracer-offline``
never touches the network; both can stand in pytest's ``addopts``.
"""

# pytest's nodes are typed in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path

import pytest

ENDING = ".tracer.toml"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tracer", "claims on call chains")
    group.addoption(
        "--tracer-source",
        action="append",
        default=[],
        metavar="NAME=PATH[@REV]",
        help="read a repository from a local clone; may be repeated",
    )
    group.addoption("--tracer-offline", action="store_true", help="never touch the network")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.name.endswith(ENDING):
        from tracer.pytest_plugin.claims import InvestigationFile

        return InvestigationFile.from_parent(parent, path=file_path)
    return None
