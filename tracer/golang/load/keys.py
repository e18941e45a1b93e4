"""What the summaries of a package depend on, as one hash: its files, its build, and the same of all that it imports (a Merkle tree)."""

from __future__ import annotations

import hashlib

from tracer.golang.load.package import Package
from tracer.golang.load.program import Program

_SIZE = 16


class PackageKeys:
    """The keys of one program's packages: equal where a package, its build and all that it imports are the same."""

    __slots__ = ("_known", "_recipe", "program")

    def __init__(self, program: Program, recipe: str) -> None:
        self.program = program
        build = program.build
        self._recipe = repr((recipe, build.goos, build.goarch, sorted(build.tags)))
        self._known: dict[Package, str] = {}

    def of(self, package: Package) -> str:
        """The key of a package, in hex."""
        pending = [package]
        begun = set[Package]()
        while pending:
            at = pending[-1]
            if at in self._known:
                pending.pop()
                continue
            imported = self._imported(at)
            # Packages that import each other are no Go; what was begun already is left out of the hash.
            wanted = [p for _, p in imported if p is not None and p not in self._known and p not in begun]
            if at not in begun and wanted:
                begun.add(at)
                pending += wanted
                continue
            begun.add(at)
            rows = [(path, self._known.get(p, "") if p is not None else None) for path, p in imported]
            files = [(file.path, file.blob) for file in at.files]
            text = repr((self._recipe, at.key, at.name, files, rows))
            self._known[at] = hashlib.blake2b(text.encode(), digest_size=_SIZE).hexdigest()
            pending.pop()
        return self._known[package]

    def _imported(self, package: Package) -> list[tuple[str, Package | None]]:
        paths = dict.fromkeys(path for file in package.files for _, path in file.imported)
        return [(path, self.program.package(path, package)) for path in sorted(paths)]
