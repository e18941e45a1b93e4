"""Trees of modules: each package stands where the go command finds it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from gotypes import go as go_command
from layouts import Generated, GoError, go, published, tree
from support import analysis, commit

from tracer.golang.load.supply import Supply
from tracer.source.goenv import settings
from tracer.source.modules import ModuleStore

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


def test_versions_are_those_that_the_go_command_selects(tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(TREES):
        random = Random(f"published {seed}")
        folder, proxy = tmp_path / str(seed) / "tree", tmp_path / str(seed) / "proxy"
        files = published(random, proxy)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())
        cache = folder.parent / "gomodcache"
        more = {"GOPROXY": proxy.as_uri(), "GOMODCACHE": str(cache), "GONOSUMDB": "*", "GOFLAGS": "-modcacherw"}
        kind = "workspace" if "go.work" in files else "module"
        try:
            if random.random() < 0.7:
                # A tidy go.mod lists what is needed indirectly; one that is not is as good where all is said.
                for path in files:
                    if path.endswith("go.mod"):
                        go(folder / Path(path).parent, "mod", "tidy", **more, GOWORK="off")
                kind += ", tidy"
            commit(folder)
            form = "{{if not .Standard}}{{.ImportPath}}\t{{with .Module}}{{.Dir}}{{end}}{{end}}"
            flags = "-modcacherw" if "go.work" in files else "-modcacherw -mod=mod"
            rows = go(folder / "cmd", "list", "-deps", "-f", form, ".", **{**more, "GOFLAGS": flags})
        except GoError as error:
            kinds["wrong"] += 1
            if os.environ.get("TRACER_TEST_TALK"):
                print(seed, str(error)[:400])
            continue
        wanted = dict(row.split("\t") for row in rows.splitlines() if row)
        given = settings({"GOPROXY": proxy.as_uri(), "GOENV": "off", "GOMODCACHE": os.devnull, "HOME": str(tmp_path)})
        supply = Supply(tuple, ModuleStore(given, folder.parent / "cache", offline=False))
        ours = analysis(folder, "cmd", supply=supply).program.closure()
        found = {
            package.path: str(folder if package.is_here else cache / _spelt(package.origin.repository))
            for package in ours
            if not package.is_std
        }
        assert found == wanted, f"tree {seed}, {kind}: {folder}"
        kinds[kind] += 1
    assert kinds["wrong"] <= (1 - LEAST) * TREES, kinds
    assert all(kinds[kind] for kind in ("module", "module, tidy", "workspace, tidy")), kinds


def _spelt(name: str) -> str:
    return "".join("!" + c.lower() if c.isupper() else c for c in name)
