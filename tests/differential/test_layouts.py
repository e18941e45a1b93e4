"""Trees of modules: each package stands where the go command finds it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from gotypes import go as go_command
from layouts import Generated, GoError, go, tree
from support import analysis, commit

pytestmark = pytest.mark.skipif(go_command() is None, reason="there is no go command")
TREES = int(os.environ.get("TRACER_TEST_LAYOUTS", "60"))
# The go command takes some of what is made by chance for wrong; so many must be right, or nothing is shown.
LEAST = 0.8


def expected(folder: Path, made: Generated) -> dict[str, str]:
    """Import path -> directory, of all packages but the standard library's."""
    mode = "vendor" if made.vendors else made.mode
    rows = go(
        folder / made.main,
        "list",
        "-deps",
        "-f",
        "{{if not .Standard}}{{.ImportPath}}\t{{.Dir}}{{end}}",
        ".",
        GOFLAGS=f"-mod={mode}",
    )
    found = dict(row.split("\t") for row in rows.splitlines() if row)
    return {path: os.path.relpath(at, folder) for path, at in found.items()}


def test_packages_stand_where_the_go_command_finds_them(tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(TREES):
        made = tree(Random(f"layout {seed}"))
        folder = tmp_path / str(seed)
        for path, text in made.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())
        try:
            if made.vendors:
                top = next((Path(p).parent for p in made.files if Path(p).name == "go.work"), Path(made.main).parent)
                go(folder / top, made.vendors, "vendor", GOFLAGS="" if made.vendors == "work" else "-mod=mod")
            commit(folder)
            wanted = expected(folder, made)
        except GoError as error:
            kinds["wrong"] += 1
            if os.environ.get("TRACER_TEST_TALK"):
                print(seed, str(error)[:400])
            continue
        # What the go command wrote meanwhile is not what was committed.
        ours = analysis(folder, made.main).program.closure()
        found = {package.path: package.directory or "." for package in ours if not package.is_std}
        assert found == wanted, f"tree {seed}, {made.vendors or made.mode}: {folder}"
        kinds[f"{made.mode} {made.vendors}".strip()] += 1
        shutil.rmtree(folder)
    assert kinds["wrong"] <= (1 - LEAST) * TREES, kinds
    assert all(kinds[kind] for kind in ("mod", "mod mod", "readonly", "readonly work")), kinds
