"""Which files of a snapshot declare a method of a name: the candidates of a dispatch, linked or not."""

from __future__ import annotations

import posixpath
import re

from tracer.model import Position
from tracer.source.snapshot import Snapshot

_MAIN = re.compile(rb"^package main\b", re.MULTILINE)
_ENTRY = re.compile(rb"^func main\(", re.MULTILINE)
_NOT_BUILT = re.compile(r"(?:^|/)(?:vendor|testdata|[_.][^/]*)/|_test\.go$")


def main_packages(snapshot: Snapshot) -> list[str]:
    """The directories of a snapshot's programs, by name: those with a ``package main`` that has a ``main``.

    What the go command passes over is left out: tests, ``vendor``, ``testdata``, and names that begin with ``_`` or ``.``.
    """
    paths = [p for p in snapshot.files if p.endswith(".go") and not _NOT_BUILT.search(p)]
    found = {
        posixpath.dirname(p) for p, text in snapshot.read_many(paths) if _MAIN.search(text) and _ENTRY.search(text)
    }
    return sorted(found)


def declared_methods(snapshot: Snapshot, name: str) -> list[tuple[Position, str]]:
    """The positions of every method declaration ``name`` in the snapshot, tests included, with the receiver's type."""
    pattern = re.compile(
        rb"^func \(\s*(?:\w+\s+)?\*?\s*(\w+)(?:\[[^\]\n]*\])?\s*\)\s*" + re.escape(name.encode()) + rb"\s*[\(\[]",
        re.MULTILINE,
    )
    out: list[tuple[Position, str]] = []
    for path, source in snapshot.read_many(p for p in snapshot.files if p.endswith(".go")):
        if name.encode() not in source:
            continue
        for match in pattern.finditer(source):
            line = source.count(b"\n", 0, match.start()) + 1
            column = match.group(0).rfind(name.encode()) + 1
            place = Position(snapshot.pin.repository, path, line, column)
            out.append((place, match.group(1).decode("utf-8", "replace")))
    return out
