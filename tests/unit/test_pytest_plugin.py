"""The plugin in a project that knows nothing of tracer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

COLLECTING = """
import json, sys
import pytest
pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", sys.argv[1]])
print()
print(json.dumps(sorted(sys.modules)))
"""
HEAVY = {"tree_sitter", "tree_sitter_go", "git", "networkx", "jinja2", "babel", "cattrs", "typer", "sqlite3"}


def loaded(folder: Path) -> set[str]:
    command = [sys.executable, "-c", COLLECTING, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_pytest_alone_does_not_import_the_tool(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text("def test_other():\n    pass\n", encoding="utf-8")
    modules = loaded(tmp_path)
    assert {name for name in modules if name.split(".")[0] == "tracer"} == {"tracer", "tracer.pytest_plugin"}
    assert not modules & HEAVY


def test_an_investigation_does(tmp_path: Path) -> None:
    (tmp_path / "empty.tracer.toml").write_text('title = "t"\n', encoding="utf-8")
    assert {"tracer.api", "tree_sitter"} <= loaded(tmp_path)
