"""What the summaries of a package depend on, as one hash: its files, its build, and what is declared in all that it imports.

Who imports a package sees its declarations and not what its functions do: a change in a function's body changes the key of
its own package alone. What is declared depends on what is declared in the imports: a Merkle tree.
"""

from __future__ import annotations

import hashlib

from tracer.golang.load.package import File, Package
from tracer.golang.load.program import Program

_SIZE = 16
# Where one of these stands in a function's header, its body may begin elsewhere than at the first brace that ends a line.
_DOUBTFUL = (b"//", b"/*", b'"', b"`")
_BRACED = (b"struct", b"interface")


class PackageKeys:
    """The keys of one program's packages: equal where a package, its build and what is declared in its imports are the same."""

    __slots__ = ("_declared", "_recipe", "program")

    def __init__(self, program: Program, recipe: str) -> None:
        self.program = program
        build = program.build
        self._recipe = repr((recipe, build.goos, build.goarch, sorted(build.tags)))
        self._declared: dict[Package, str] = {}

    def of(self, package: Package) -> str:
        """The key of a package, in hex."""
        imported = self._imported(package)
        for _, found in imported:
            if found is not None:
                self._enter(found)
        return self._hash(package, [(file.path, file.blob) for file in package.files], imported)

    def _enter(self, package: Package) -> None:
        """Makes known what is declared in a package and in all that it imports."""
        pending = [package]
        begun = set[Package]()
        while pending:
            at = pending[-1]
            if at in self._declared:
                pending.pop()
                continue
            imported = self._imported(at)
            # Packages that import each other are no Go; what was begun already is left out of the hash.
            wanted = [p for _, p in imported if p is not None and p not in self._declared and p not in begun]
            if at not in begun and wanted:
                begun.add(at)
                pending += wanted
                continue
            begun.add(at)
            self._declared[at] = self._hash(at, [(file.path, _declarations(file)) for file in at.files], imported)
            pending.pop()

    def _hash(self, package: Package, files: list[tuple[str, str]], imported: list[tuple[str, Package | None]]) -> str:
        rows = [(path, self._declared.get(p, "") if p is not None else None) for path, p in imported]
        text = repr((self._recipe, package.key, package.name, files, rows))
        return hashlib.blake2b(text.encode(), digest_size=_SIZE).hexdigest()

    def _imported(self, package: Package) -> list[tuple[str, Package | None]]:
        paths = dict.fromkeys(path for file in package.files for _, path in file.imported)
        return [(path, self.program.package(path, package)) for path in sorted(paths)]


def _declarations(file: File) -> str:
    """The hash of a file without the bodies of its functions; of the library's, whose bodies are facts, the file's own."""
    if file.package.is_std:
        return file.blob
    found = hashlib.blake2b(digest_size=_SIZE)
    source, last = file.source, 0
    for declaration in file.facts.declarations:
        if declaration.kind not in ("func", "method"):
            continue
        at = source.find(b"{\n", declaration.start, declaration.end)
        if at >= 0 and _ends_header(source[declaration.start : at]):
            found.update(source[last:at])
            last = declaration.end
    found.update(source[last:])
    return found.hexdigest()


def _ends_header(header: bytes) -> bool:
    """Whether what follows is a function's body: no brace of a type among its parameters or results, and no comment's."""
    whole = all(header.count(a) == header.count(b) for a, b in ((b"(", b")"), (b"[", b"]"), (b"{", b"}")))
    return whole and not header.rstrip().endswith(_BRACED) and not any(mark in header for mark in _DOUBTFUL)
