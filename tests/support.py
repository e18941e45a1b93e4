"""Go trees as real git repositories, and programs of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tracer.golang import types as t
from tracer.golang.flow.solver import BUDGET
from tracer.golang.load.build import Build
from tracer.golang.load.linking import Packages
from tracer.golang.load.modules import read_layout
from tracer.golang.load.program import Program
from tracer.golang.load.supply import Supply
from tracer.golang.program import Analysis
from tracer.model import ProgramName
from tracer.source.clones import open_local
from tracer.store import Store
from tracer.syntax.reader import Reader

IDENTITY = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, env=os.environ | IDENTITY
    )
    return done.stdout.strip()


def repository(folder: Path, files: Mapping[str, str]) -> str:
    """Commits ``files`` in a new repository at ``folder``; the commit's SHA, the same on every machine."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return commit(folder)


def commit(folder: Path) -> str:
    git(folder, "init", "-q", "-b", "main", "--template=")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "fixture")
    return git(folder, "rev-parse", "HEAD")


def analysis(
    folder: Path,
    main: str = "",
    *,
    name: str = "case",
    tags: frozenset[str] = frozenset(),
    whole: bool = False,
    budget: int = BUDGET,
    all_code: bool = False,
    supply: Supply | None = None,
) -> Analysis:
    """A program of the repository at ``folder``."""
    snapshot = open_local(name, folder, None, "https://github.com/example/" + name, None)
    # Where nothing can be kept, everything is read anew.
    reader = Reader(Store(Path(os.devnull) / "facts.sqlite"))
    program = Program(
        ProgramName(name, main), Packages(snapshot, read_layout(snapshot, main, supply), Build(tags=tags), reader)
    )
    program.closure()
    return Analysis(program, whole, budget, all_code)


def type_name(program: Analysis, name: str, path: str = "main") -> t.TypeName:
    """A declared type of a package of the program."""
    package = program.program.package(path)
    assert package is not None
    obj = program.checker.resolver.lookup(package, name)
    assert isinstance(obj, t.TypeName)
    return obj
