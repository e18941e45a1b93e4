"""What the summaries of a package depend on, as one hash: its files, its build, and what is declared in all that it imports.

Who imports a package sees its declarations and not what its functions do: a change in a function's body changes the summaries of its
own package alone. What is declared is not looked at before something changed: a package's *exact* key is a Merkle tree over the files
of all that it imports, which no file need be parsed for. Where no summaries are kept under that, an earlier version of the same package
is looked for whose imports declared the same; only files that differ are compared. (Build systems call this an early cut-off.)
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from tracer.golang.load.package import File, Package
from tracer.golang.load.program import Program

_SIZE = 16
_VERSIONS = 8
"""How many versions of one package's imports are remembered."""


class Store(Protocol):
    """Where values are kept by key; what cannot be kept, or was damaged, is not there."""

    def get_many(self, namespace: str, keys: list[str], /) -> dict[str, bytes]: ...

    def put_many(self, namespace: str, items: dict[str, bytes], /) -> None: ...


@dataclass(frozen=True, slots=True)
class _Version:
    """A package as it was: (path, blob) of its files, (import path, exact key) of its imports, None for what is not there."""

    files: tuple[tuple[str, str], ...]
    imports: tuple[tuple[str, str | None], ...]


@dataclass(slots=True, eq=False)
class PackageKeys:
    """The keys of one program's packages: equal where a package, its build and what is declared in its imports are the same.

    ``recipe`` is the version of all that has a say in a summary.
    """

    program: Program
    recipe: str
    store: Store
    _namespace: str = field(init=False)
    _exact: dict[Package, str] = field(default_factory=dict[Package, str])
    _found: dict[Package, str] = field(default_factory=dict[Package, str])
    _versions: dict[str, _Version | None] = field(default_factory=dict[str, "_Version | None"])
    _files: dict[str, File] = field(default_factory=dict[str, File])
    _same: dict[tuple[str, str], bool] = field(default_factory=dict[tuple[str, str], bool])

    def __post_init__(self) -> None:
        build = self.program.build
        self.recipe = repr((self.recipe, build.goos, build.goarch, sorted(build.tags)))
        # marshal's format is the interpreter's own.
        self._namespace = f"packages {sys.implementation.cache_tag}"

    def of(self, package: Package) -> str:
        """The key of a package, in hex: that of an earlier version where what it depends on is the same."""
        found = self._found.get(package)
        if found is None:
            exact = self._enter(package)
            earlier = self._earlier(package)
            found = (
                exact
                if exact in earlier
                else next((key for key in earlier if self._import_the_same(key, exact)), exact)
            )
            self._found[package] = found
        return found

    def remember(self, packages: Iterable[Package]) -> None:
        """Keeps what tells later that these packages depend on the same, however their imports have changed."""
        rows, pending = dict[str, bytes](), list[str]()
        for package in packages:
            exact, earlier = self._enter(package), self._earlier(package)
            if self.of(package) == exact and exact not in earlier:
                rows[self._own(package)] = marshal.dumps([exact, *earlier][:_VERSIONS])
                pending.append(exact)
        while pending:
            key = pending.pop()
            version = self._versions.get(key)
            if version is not None and key not in rows:
                rows[key] = marshal.dumps((version.files, version.imports))
                pending += [imported for _, imported in version.imports if imported]
        self.store.put_many(self._namespace, rows)

    def _enter(self, package: Package) -> str:
        """The exact key of a package: what it and all that it imports are made of."""
        pending = [package]
        begun = set[Package]()
        while pending:
            at = pending[-1]
            if at in self._exact:
                pending.pop()
                continue
            imported = self._imported(at)
            # Packages that import each other are no Go; what was begun already is left out of the hash.
            wanted = [p for _, p in imported if p is not None and p not in self._exact and p not in begun]
            if at not in begun and wanted:
                begun.add(at)
                pending += wanted
                continue
            begun.add(at)
            version = _Version(
                tuple((file.path, file.blob) for file in at.files),
                tuple((path, self._exact.get(p, "") if p is not None else None) for path, p in imported),
            )
            key = self._exact[at] = self._hash(at, version.files, version.imports)
            self._versions[key] = version
            self._files |= {file.blob: file for file in at.files}
            pending.pop()
        return self._exact[package]

    def _own(self, package: Package) -> str:
        """The key of a package's own files and the names of its imports, whatever these are."""
        imports = tuple((path, found is not None) for path, found in self._imported(package))
        # Where there are no imports, the exact key is made of the same.
        return f"own {self._hash(package, tuple((file.path, file.blob) for file in package.files), imports)}"

    def _hash(
        self, package: Package, files: tuple[tuple[str, str], ...], imports: tuple[tuple[str, object], ...]
    ) -> str:
        text = repr((self.recipe, package.key, package.name, files, imports))
        return hashlib.blake2b(text.encode(), digest_size=_SIZE).hexdigest()

    def _imported(self, package: Package) -> list[tuple[str, Package | None]]:
        paths = dict.fromkeys(path for file in package.files for _, path in file.imported)
        return [(path, self.program.package(path, package)) for path in sorted(paths)]

    def _earlier(self, package: Package) -> list[str]:
        """The exact keys that a package of these files had, newest first."""
        own = self._own(package)
        return _earlier(self.store.get_many(self._namespace, [own]).get(own))

    def _version(self, key: str) -> _Version | None:
        if key not in self._versions:
            self._versions[key] = _version(self.store.get_many(self._namespace, [key]).get(key))
        return self._versions[key]

    def _import_the_same(self, was: str, now: str) -> bool:
        """Whether what two versions of a package import is there in both, and declares the same."""
        pairs = self._differing(was, now)
        pending = list(pairs or ())
        begun = set[tuple[str, str]]()
        while pending:
            pair = pending[-1]
            if pair in self._same:
                pending.pop()
                continue
            below = self._differing(*pair)
            # Packages that import each other are no Go; what was begun already is left to itself.
            wanted = [p for p in below or () if p not in self._same and p not in begun]
            if pair not in begun and wanted:
                begun.add(pair)
                pending += wanted
                continue
            begun.add(pair)
            self._same[pair] = (
                below is not None and all(self._same.get(p, True) for p in below) and self._declare_the_same(*pair)
            )
            pending.pop()
        return pairs is not None and all(self._same[pair] for pair in pairs)

    def _differing(self, was: str, now: str) -> list[tuple[str, str]] | None:
        """The imports of two versions of a package that are not the same; None where one has what the other has not."""
        old, new = self._version(was), self._version(now)
        if (
            old is None
            or new is None
            or [(path, key is None) for path, key in old.imports] != [(path, key is None) for path, key in new.imports]
        ):
            return None
        both = zip(old.imports, new.imports, strict=True)
        return [(a, b) for (_, a), (_, b) in both if a is not None and b is not None and a != b]

    def _declare_the_same(self, was: str, now: str) -> bool:
        """Whether the files of two versions of a package declare the same."""
        old, new = self._version(was), self._version(now)
        if old is None or new is None:
            return False
        return [path for path, _ in old.files] == [path for path, _ in new.files] and all(
            a == b or self._declarations(a) == self._files[b].facts.declared
            for (_, a), (_, b) in zip(old.files, new.files, strict=True)
        )

    def _declarations(self, blob: str) -> str | None:
        """The hash of what an earlier file declared; None where nothing asked for it then."""
        facts = self.program.reader.kept(blob)
        return facts.declared if facts is not None else None


def _earlier(data: bytes | None) -> list[str]:
    try:
        return [*marshal.loads(data)] if data is not None else []  # noqa: S302  # checked by the store
    except (ValueError, EOFError, TypeError):
        return []


def _version(data: bytes | None) -> _Version | None:
    try:
        return _Version(*marshal.loads(data)) if data is not None else None  # noqa: S302  # checked by the store
    except (ValueError, EOFError, TypeError):
        return None
