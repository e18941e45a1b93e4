"""Which files of a snapshot declare a method of a name: the candidates of a dispatch, linked or not."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping

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


def declared_methods(
    snapshot: Snapshot, names: Collection[str], known: Mapping[str, bytes]
) -> dict[str, list[tuple[Position, str]]]:
    """The positions of every declaration of some methods in the snapshot, tests included, each with the receiver's type.

    ``known`` are the contents of files that were read already, by path.
    """
    patterns = {name: (name.encode(), _declaring(name)) for name in names}
    out: dict[str, list[tuple[Position, str]]] = {name: [] for name in names}
    paths = [path for path in snapshot.files if path.endswith(".go")]
    unread = snapshot.read_many(path for path in paths if path not in known)
    for path in paths:
        source = known[path] if path in known else next(unread)[1]
        for name, (word, pattern) in patterns.items():
            for match in pattern.finditer(source) if word in source else ():
                line = source.count(b"\n", 0, match.start()) + 1
                column = match.group(0).rfind(word) + 1
                place = Position(snapshot.pin.repository, path, line, column)
                out[name].append((place, match.group(1).decode("utf-8", "replace")))
    return out


def _declaring(name: str) -> re.Pattern[bytes]:
    return re.compile(
        rb"^func \(\s*(?:\w+\s+)?\*?\s*(\w+)(?:\[[^\]\n]*\])?\s*\)\s*" + re.escape(name.encode()) + rb"\s*[\(\[]",
        re.MULTILINE,
    )
