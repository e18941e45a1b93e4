"""Where packages stand, beside the go command: python bench/layouts.py TREE [DIRECTORY] [--tests] [--tags A,B] [--goos OS]

TREE is a work tree with a commit, DIRECTORY a main package's in it, or with ``--tests`` a module's. Compared are the packages of
``go list -deps`` (``-test`` with them), the directory of each and its files, for amd64 without cgo; what differs is printed. The go
command takes what it needs from its module proxy. Where it is of an earlier release than tracer's library, both are asked for that one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from tracer.golang.load import build as built
from tracer.golang.load.linking import Packages
from tracer.golang.load.modules import read_layout
from tracer.golang.load.program import Program, tested_directories
from tracer.golang.load.supply import Supply
from tracer.model import ALL_PACKAGES, TESTS, ProgramName
from tracer.source.clones import open_local
from tracer.source.goenv import settings
from tracer.source.modules import ModuleStore
from tracer.store import Store
from tracer.syntax.reader import Reader

_FIELDS = "-json=ImportPath,Dir,Standard,GoFiles,TestGoFiles,XTestGoFiles,Name,Error"


@dataclass
class Standing:
    """Where a package stands, and with which files."""

    directory: str = ""
    files: set[str] = field(default_factory=set[str])


@dataclass
class Go:
    """The go command in a folder."""

    folder: Path
    tags: str
    goos: str

    def run(self, *arguments: str) -> str:
        environment = os.environ | {"CGO_ENABLED": "0", "GOOS": self.goos, "GOARCH": "amd64"}
        done = subprocess.run(
            ["go", *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    def rows(self, *arguments: str) -> Iterator[dict[str, object]]:
        text, decoder, at = self.run("list", "-e", f"-tags={self.tags}", _FIELDS, *arguments), json.JSONDecoder(), 0
        while at < len(text.rstrip()):
            while text[at].isspace():
                at += 1
            row, at = decoder.raw_decode(text, at)
            yield row


def theirs(go: Go, *, tests: bool) -> tuple[dict[str, Standing], list[str]]:
    """The packages of the go command by import path, the library's left out, and what it could not read."""
    asked = (".",)
    if tests:
        rows = go.rows("./...")
        asked = ("-test", *(str(r["ImportPath"]) for r in rows if r.get("TestGoFiles") or r.get("XTestGoFiles")))
    found: dict[str, Standing] = defaultdict(Standing)
    errors: list[str] = []
    for row in go.rows("-deps", *asked):
        path, files = str(row["ImportPath"]).split(" [")[0], row.get("GoFiles")
        names = {Path(str(name)).name for name in files} if isinstance(files, list) else set[str]()
        # The main function of tests is written by the go command, under a name that is a hash.
        if row.get("Standard") or (tests and path.endswith(".test") and all(name.endswith("-d") for name in names)):
            continue
        if row.get("Error"):
            errors.append(path)
        found[path].directory = str(row.get("Dir", ""))
        found[path].files |= names
    return {path: one for path, one in found.items() if one.files}, errors


def ours(go: Go, tree: Path, directory: str, *, tests: bool) -> dict[str, Standing]:
    """The packages of tracer, each where the go command would have it."""
    snapshot = open_local("tree", tree, None, "https://example.invalid/tree", None)
    with tempfile.TemporaryDirectory() as scratch:
        supply = Supply(tuple, ModuleStore(settings(os.environ), Path(scratch), offline=False))
        name = ProgramName("tree", f"{directory}/{ALL_PACKAGES}".lstrip("/") + TESTS if tests else directory)
        layout = read_layout(snapshot, name.home, supply)
        build = built.Build(go.goos, "amd64", frozenset(tag for tag in go.tags.split(",") if tag))
        tested = tested_directories(snapshot, layout, name)
        reader = Reader(Store(Path(os.devnull) / "facts.sqlite"))
        program = Program(name, Packages(snapshot, layout, build, reader, tested=tested))
        cache, found = go.run("env", "GOMODCACHE").strip(), dict[str, Standing]()
        for package in program.closure():
            below = package.directory.removeprefix(package.origin.repository).strip("/")
            module = "".join("!" + c.lower() if c.isupper() else c for c in package.origin.repository)
            at = tree / package.directory if package.is_here else Path(cache, module, below)
            if package.files and not package.is_std:
                found[package.path] = Standing(str(at), {Path(file.path).name for file in package.files})
        return found


def same_release(go: Go) -> None:
    """Takes what a later release has from tracer's builds, for as long as the command runs."""
    release = int(go.run("env", "GOVERSION").split(".")[1])
    listed = go.run("list", "-f", "{{context.ToolTags}}", "runtime").strip("[]\n").split()
    patch.multiple(
        built,
        _RELEASES=frozenset(f"go1.{minor}" for minor in range(1, release + 1)),
        _EXPERIMENTS=frozenset(tag for tag in listed if tag.startswith("goexperiment.")),
    ).start()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("directory", nargs="?", default="")
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--tags", default="")
    parser.add_argument("--goos", default="linux")
    asked = parser.parse_args()
    tree: Path = asked.tree.resolve()
    go = Go(tree / asked.directory, asked.tags, asked.goos)
    same_release(go)
    wanted, errors = theirs(go, tests=asked.tests)
    found = ours(go, tree, asked.directory, tests=asked.tests)
    differences = 0
    for path in sorted(wanted.keys() | found.keys()):
        there, here = wanted.get(path, Standing()), found.get(path, Standing())
        same = os.path.realpath(there.directory) == os.path.realpath(here.directory)
        if not same or there.files != here.files:
            differences += 1
            print(f"{path}: {there.directory} {sorted(there.files - here.files)}", end=" ")
            print(f"and {here.directory} {sorted(here.files - there.files)}")
    files = sum(len(one.files) for one in wanted.values())
    what = "tests of " if asked.tests else ""
    print(
        f"{what}{tree.name}/{asked.directory}: {len(wanted)} packages, {files} files, {differences} differences", end=""
    )
    print(f"; {len(errors)} that the go command has not: {', '.join(errors[:3])}" if errors else "")
    return int(differences > 0)


if __name__ == "__main__":
    sys.exit(main())
