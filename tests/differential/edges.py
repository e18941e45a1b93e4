"""Call edges as both sides of a differential test state them, and the one comparison between them.

An edge is (caller, callee, file, line, column). Names are go/types' full names without type arguments; closures are
named as go/ssa names them. Line and column are those that go/ssa gives a call: of its opening parenthesis, or of the
word ``go`` or ``defer`` before it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_TYPE_ARGUMENTS = re.compile(r"\[[^\[\]]*\]")
_WRAPPERS = re.compile(r"\$(?:bound|thunk)$")


class Edge(NamedTuple):
    caller: str
    callee: str
    file: str
    line: int
    column: int

    @property
    def site(self) -> tuple[str, int, int]:
        return self.file, self.line, self.column


def plain(name: str) -> str:
    """A function's name without type arguments, and without the mark of a wrapper around it."""
    shorter = _TYPE_ARGUMENTS.sub("", name)
    while shorter != name:
        name, shorter = shorter, _TYPE_ARGUMENTS.sub("", shorter)
    return _WRAPPERS.sub("", name)


def package(name: str) -> str:
    """The import path in a function's name: ``a/b`` of ``(*a/b.T).M`` and of ``a/b.F$1``."""
    name = name.lstrip("(*")
    return name[: name.find(".", name.rfind("/") + 1)]


class Difference(NamedTuple):
    """An edge that only one side has; ``side`` is ours or theirs."""

    side: str
    edge: Edge

    def __str__(self) -> str:
        e = self.edge
        return f"only {self.side}: {e.file}:{e.line}:{e.column}: {e.caller} -> {e.callee}"


@dataclass(frozen=True)
class Reviewed:
    """A difference that was looked at. ``caller`` and ``callee`` are full names; ``*`` ends one that goes on."""

    case: str
    side: str
    caller: str
    callee: str
    reason: str

    def covers(self, case: str, difference: Difference) -> bool:
        return (
            self.case == case
            and self.side == difference.side
            and _fits(self.caller, difference.edge.caller)
            and _fits(self.callee, difference.edge.callee)
        )


def _fits(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def reviewed(path: Path) -> list[Reviewed]:
    """The entries of a reviewed list; each must say why."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["difference"]
    out = [Reviewed(**row) for row in rows]
    for entry in out:
        assert entry.side in ("ours", "theirs"), entry
        assert entry.reason.strip(), f"{entry} has no reason"
    return out


def differences(ours: Collection[Edge], theirs: Collection[Edge]) -> list[Difference]:
    """Every edge that one side has and the other has not, in the order of the source."""
    left, right = set(ours), set(theirs)
    found = [Difference("ours", e) for e in left - right] + [Difference("theirs", e) for e in right - left]
    return sorted(found, key=lambda d: (d.edge.site, d.edge.callee, d.side))


def unreviewed(case: str, found: Iterable[Difference], entries: Iterable[Reviewed]) -> list[str]:
    """What is wrong with a comparison: differences that no entry covers, and entries that cover none."""
    found = list(found)
    mine = [entry for entry in entries if entry.case == case]
    out = [str(d) for d in found if not any(entry.covers(case, d) for entry in mine)]
    stale = [entry for entry in mine if not any(entry.covers(case, d) for d in found)]
    return out + [f"this reviewed difference is none any more: {entry}" for entry in stale]


def by_site(edges: Iterable[Edge]) -> Mapping[tuple[str, int, int], set[str]]:
    """The callees of each call."""
    out: dict[tuple[str, int, int], set[str]] = {}
    for edge in edges:
        out.setdefault(edge.site, set()).add(edge.callee)
    return out
