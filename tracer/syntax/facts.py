"""What one file declares, as flat data that can be kept by blob id."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

# Raised whenever extraction or the shape of these facts changes; part of the key under which they are kept.
EXTRACTOR_VERSION = "7"

DeclarationKind = Literal["func", "method", "type", "const", "var"]


@dataclass(frozen=True, slots=True)
class Import:
    """``name`` is "" when none is written, "." for a dot import, "_" for side effects only."""

    name: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """One top-level declaration.

    ``receiver`` is the base name of a method's receiver type. ``start`` and ``end`` are bytes of the file,
    ``line`` that of ``start`` (a declaration starts in column 1 in formatted source; ``column`` tells).
    """

    kind: DeclarationKind
    names: tuple[str, ...]
    receiver: str
    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """``declared`` is the hash, in hex, of the file without the bodies of its functions, or of most. A file that is ``given_up`` takes longer
    to parse than its length allows: what it declares is not known.
    """

    package: str
    imports: tuple[Import, ...]
    declarations: tuple[Declaration, ...]
    declared: str = ""
    given_up: bool = False


def encode(facts: FileFacts) -> bytes:
    """Facts as JSON bytes, for keeping."""
    return json.dumps(
        [
            facts.package,
            [[i.name, i.path, i.line] for i in facts.imports],
            [[d.kind, d.names, d.receiver, d.start, d.end, d.line, d.column] for d in facts.declarations],
            facts.declared,
            facts.given_up,
        ],
        separators=(",", ":"),
    ).encode()


def decode(data: bytes) -> FileFacts:
    """The inverse of ``encode``."""
    package, imports, declarations, declared, given_up = json.loads(data)
    return FileFacts(
        package,
        tuple(Import(*row) for row in imports),
        tuple(Declaration(k, tuple(n), *rest) for k, n, *rest in declarations),
        declared,
        given_up,
    )
