"""The go.mod files of a repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.errors import ResolutionError
from tracer.golang.load.modfile import ModFile, read_mod
from tracer.golang.load.versions import without_major
from tracer.source.snapshot import Snapshot

_NOT_BUILT = ("vendor", "testdata")


@dataclass(frozen=True, slots=True)
class Main:
    """A main module: its path, its directory and its go.mod."""

    path: str
    directory: str
    file: ModFile


def nearest(snapshot: Snapshot, directory: str, name: str) -> str | None:
    """The nearest directory, from ``directory`` upwards, that has a file of this name."""
    at: str = directory
    while snapshot.resolve(posixpath.join(at, name)) is None:
        if not at:
            return None
        at = posixpath.dirname(at)
    return at


def module_directories(snapshot: Snapshot) -> Iterator[str]:
    """The directories with a go.mod, but for those that the go command passes over."""
    for path in snapshot.files:
        if path == "go.mod" or path.endswith("/go.mod"):
            parts = path.split("/")[:-1]
            if not any(part in _NOT_BUILT or part.startswith((".", "_")) for part in parts):
                yield "/".join(parts)


def main_of(snapshot: Snapshot, directory: str, *, is_main: bool = True) -> Main:
    """The module of a directory. One that is no main module may be nothing at all; a main module without a path is a ResolutionError."""
    file = mod_file(snapshot, directory, is_main=is_main) or ModFile()
    if is_main and not file.module:
        where = f"{snapshot.pin.repository}@{snapshot.pin.commit[:12]}: {posixpath.join(directory, 'go.mod')}"
        raise ResolutionError("this go.mod has no module directive", where=where, hint="name another --program")
    return Main(file.module, directory, file)


def mod_file(snapshot: Snapshot, directory: str, *, is_main: bool = True) -> ModFile | None:
    """A directory's go.mod; None where there is none, and for one that is not understood and no main module's."""
    path = posixpath.join(directory, "go.mod")
    if snapshot.resolve(path) is None:
        return None
    try:
        return read_mod(snapshot.read(path), f"{snapshot.pin.repository}@{snapshot.pin.commit[:12]}: {path}")
    except ResolutionError:
        if is_main:
            raise
        return None


def repository_of(path: str, directory: str) -> str | None:
    """The path of the repository whose directory a module is, if its path tells."""
    if not directory:
        return without_major(path)
    for one in (path, without_major(path)):
        if one.endswith(f"/{directory}"):
            return one[: -len(directory) - 1]
    return None
