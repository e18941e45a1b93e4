"""Summaries kept from earlier questions, by the content that they depend on: shared by programs, pins and repositories."""

from __future__ import annotations

import marshal
import sys
from dataclasses import dataclass, field

from tracer.golang.check.checker import Checker
from tracer.golang.load.keys import PackageKeys, Store
from tracer.golang.load.package import Package, Unit
from tracer.golang.summary.codec import read, write
from tracer.golang.summary.nodes import UnitSummary
from tracer.golang.summary.references import References, Row, Unwritable
from tracer.golang.summary.shared import Nodes


@dataclass(slots=True, eq=False)
class _Kept:
    """The summaries of one package: the rows that they refer to, and each unit's row, written down."""

    refs: References
    units: dict[str, bytes]
    fresh: list[UnitSummary] = field(default_factory=list[UnitSummary])


class KeptSummaries:
    """The kept summaries of one program's packages. ``recipe`` is the version of all that has a say in a summary."""

    __slots__ = ("_kept", "_namespace", "checker", "keys", "nodes", "store")

    def __init__(self, store: Store, recipe: str, checker: Checker, nodes: Nodes) -> None:
        self.store = store
        self.checker = checker
        self.nodes = nodes
        self.keys = PackageKeys(checker.program, recipe, store)
        # marshal's format is the interpreter's own.
        self._namespace = f"summaries {sys.implementation.cache_tag}"
        self._kept: dict[Package, _Kept] = {}

    def get(self, unit: Unit) -> UnitSummary | None:
        """The summary of a unit, if it was kept."""
        kept = self._of(unit.file.package)
        packed = kept.units.get(_name(unit))
        if packed is None:
            return None
        func = self.checker.func_at(unit) if unit.declaration.kind in ("func", "method") else None
        name = func.full_name if func is not None else f"{unit.file.package.path}.init"
        try:
            return read(marshal.loads(packed), unit, func, name, kept.refs, self.nodes)  # noqa: S302  # checked by the store
        except (Unwritable, ValueError, EOFError, TypeError, LookupError):
            # Written by another version under the same name, or of something that is not declared any more.
            return None

    def has(self, package: Package) -> bool:
        """Whether some summary of a package was kept."""
        return bool(self._of(package).units)

    def add(self, summary: UnitSummary) -> None:
        """Has a summary kept when ``save`` is called."""
        self._of(summary.file.package).fresh.append(summary)

    def save(self) -> None:
        """Keeps what was added, and lets go of it. What has no stable path is not kept: it is summarised anew each time."""
        saved = list[Package]()
        while self._kept:
            package, kept = self._kept.popitem()
            known = len(kept.units)
            for summary in kept.fresh:
                try:
                    kept.units[_name(summary.unit)] = marshal.dumps(write(summary, kept.refs))
                except Unwritable:
                    continue
            if len(kept.units) > known:
                packed = marshal.dumps((kept.refs.rows, kept.units))
                self.store.put_many(self._namespace, {self.keys.of(package): packed})
                saved.append(package)
        self.keys.remember(saved)

    def _of(self, package: Package) -> _Kept:
        found = self._kept.get(package)
        if found is None:
            key = self.keys.of(package)
            data = self.store.get_many(self._namespace, [key]).get(key)
            rows, units = _unpacked(data) if data is not None else ([], {})
            found = self._kept[package] = _Kept(References(self.checker, rows), units)
        return found


def _name(unit: Unit) -> str:
    return f"{unit.file.path}:{unit.declaration.start}"


def _unpacked(data: bytes) -> tuple[list[Row], dict[str, bytes]]:
    try:
        rows, units = marshal.loads(data)  # noqa: S302  # checked by the store
    except (ValueError, EOFError, TypeError):
        return [], {}
    return rows, units
