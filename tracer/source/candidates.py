"""Which files of a snapshot declare a method of a name, the candidates of a dispatch, linked or not; and which name what others declare."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import dataclass

from tracer.model import Position
from tracer.source.snapshot import Snapshot

_MAIN = re.compile(rb"^package main\b", re.MULTILINE)
_ENTRY = re.compile(rb"^func main\(", re.MULTILINE)
# A package clause stands before any method, so there is a line before it.
_METHOD = re.compile(rb"\nfunc \(\s*(?:\w+\s+)?\*?\s*(\w+)(?:\[[^\]\n]*\])?\s*\)\s*([\w\x80-\xff]+)\s*[\(\[]")
# So many names are looked for before the pattern is: more of them take longer than the pattern does.
_FEW = 8
_IMPORTED = re.compile(rb'^[ \t]*(?:import[ \t]+)?(?:([\w.]+)[ \t]+)?"([^"\n]+)"', re.MULTILINE)
_PASSED_OVER = re.compile(r"(?:^|/)(?:vendor|testdata|[_.][^/]*)/")


def main_packages(snapshot: Snapshot, is_built: Callable[[str, bytes], bool] = lambda _path, _text: True) -> list[str]:
    """The directories of a snapshot's programs, by name: those with a ``package main`` that has a ``main``.

    Files that are not built, told by path and text, do not count. What the go command passes over is left out: tests, ``vendor``, ``testdata``, and names that begin with ``_`` or ``.``.
    """
    texts = snapshot.read_many(own_files(snapshot))
    mains = ((p, text) for p, text in texts if _MAIN.search(text) and _ENTRY.search(text))
    return sorted({posixpath.dirname(p) for p, text in mains if is_built(p, text)})


def own_files(snapshot: Snapshot, *, tests: bool = False) -> list[str]:
    """The Go files of a snapshot that the go command does not pass over, links to files among them, with those of ``tests`` or without."""
    links = (path for path, real in snapshot.links.items() if real in snapshot.files)
    found = (p for p in (*snapshot.files, *links) if p.endswith(".go") and not _PASSED_OVER.search(p))
    return [p for p in found if tests or not p.endswith("_test.go")]


def declared_methods(
    snapshot: Snapshot, names: Collection[str], known: Mapping[str, bytes]
) -> dict[str, list[tuple[Position, str]]]:
    """The positions of every declaration of some methods in the snapshot, tests included, each with the receiver's type.

    ``known`` are the contents of files that were read already, by path.
    """
    wanted = {name.encode(): name for name in names}
    many = len(wanted) > _FEW
    out: dict[str, list[tuple[Position, str]]] = {name: [] for name in names}
    paths = [path for path in snapshot.files if path.endswith(".go")]
    unread = snapshot.read_many(path for path in paths if path not in known)
    for path in paths:
        source = known[path] if path in known else next(unread)[1]
        for match in _METHOD.finditer(source) if many or any(word in source for word in wanted) else ():
            name = wanted.get(match.group(2))
            if name is not None:
                line = source.count(b"\n", 0, match.start() + 1) + 1
                place = Position(snapshot.pin.repository, path, line, match.start(2) - match.start())
                out[name].append((place, match.group(1).decode("utf-8", "replace")))
    return out


@dataclass(frozen=True, slots=True)
class Declared:
    """What a package declares for others, by its import path, the package's own name and the declaration's."""

    path: str
    package: str
    name: str


def naming(snapshot: Snapshot, declared: Collection[Declared], built: Container[str]) -> dict[Declared, Position]:
    """Where the snapshot's own code names what packages declare, in files other than those ``built``: the first place of each.

    What a file imports under a dot is not looked for.
    """
    wanted: dict[bytes, dict[bytes, Declared]] = {}
    for one in declared:
        wanted.setdefault(one.path.encode(), {})[one.name.encode()] = one
    few = [b'"%s"' % package for package in wanted] if len(wanted) <= _FEW else [b'"']
    out: dict[Declared, Position] = {}
    for path, source in snapshot.read_many(p for p in own_files(snapshot) if p not in built) if wanted else ():
        if not any(quoted in source for quoted in few):
            continue
        imported = {m.group(2): m.group(1) for m in reversed(list(_IMPORTED.finditer(source))) if m.group(2) in wanted}
        for package, name in imported.items():
            for one, at in _named(source, name, wanted[package]):
                if one not in out:
                    line = source.count(b"\n", 0, at) + 1
                    out[one] = Position(snapshot.pin.repository, path, line, at - source.rfind(b"\n", 0, at))
    return out


def _named(source: bytes, name: bytes | None, wanted: Mapping[bytes, Declared]) -> Iterator[tuple[Declared, int]]:
    """What a file names of a package that it imports, by a name or the package's own, comments left out, each with its offset."""
    qualifier = name or next(iter(wanted.values())).package.encode()
    for match in re.finditer(rb"(?<![\w.])%s\.(\w+)" % re.escape(qualifier), source):
        one = wanted.get(match.group(1))
        if one is not None and b"//" not in source[source.rfind(b"\n", 0, match.start()) + 1 : match.start()]:
            yield one, match.start()
