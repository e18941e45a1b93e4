"""Which files of a snapshot declare a method of a name: the candidates of a dispatch, linked or not."""

from __future__ import annotations

import re

from tracer.model import Position
from tracer.source.snapshot import Snapshot


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
