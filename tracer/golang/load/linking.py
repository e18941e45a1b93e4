"""Import paths -> packages, for all programs that are laid out alike and built alike. Each package is loaded once, when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tracer.golang.load.build import Build
from tracer.golang.load.modules import Layout
from tracer.golang.load.package import LIBRARY, File, Origin, Package
from tracer.golang.load.shelf import Shelf
from tracer.golang.stdlib import archive as std
from tracer.source.snapshot import Snapshot
from tracer.syntax.reader import Reader


@dataclass(slots=True, eq=False)
class Packages:
    """The packages of programs of one layout and build.

    ``reader`` gives the facts and trees of their files; ``shelf`` has the texts that other layouts read as well.
    """

    snapshot: Snapshot
    layout: Layout
    build: Build
    reader: Reader
    shelf: Shelf = field(default_factory=Shelf)
    _loaded: dict[str, Package] = field(default_factory=dict[str, Package])
    _library: dict[str, Package] = field(default_factory=dict[str, Package])
    _by_import: dict[tuple[str, str], Package | None] = field(default_factory=dict[tuple[str, str], "Package | None"])
    _imported: dict[Package, tuple[Package, ...]] = field(default_factory=dict[Package, "tuple[Package, ...]"])

    def get(self, path: str, importer: Package | None = None) -> Package | None:
        """The package that an import path means; None when it is not among the sources.

        The standard library has modules of its own below ``vendor/``, which nothing else imports (``go help gopath``, "Vendor Directories").
        """
        if importer is not None and importer.is_std:
            vendored = f"vendor/{path}"
            return self._load_std(vendored if vendored in std.packages() else path)
        key = (path, importer.directory if importer and self.layout.gopath is not None else "")
        if key not in self._by_import:
            self._by_import[key] = self._load(path, importer)
        return self._by_import[key]

    def by_key(self, key: str) -> Package | None:
        """The package that has a key (``Package.key``), of those that were loaded."""
        library = key.removeprefix(LIBRARY)
        return self._loaded.get(key) if library == key else self._library.get(library)

    def imported(self, package: Package) -> tuple[Package, ...]:
        """The packages that one imports, in the order of its files."""
        found = self._imported.get(package)
        if found is None:
            paths = dict.fromkeys(path for file in package.files for _, path in file.imported)
            loaded = dict.fromkeys(self.get(path, package) for path in paths)
            found = self._imported[package] = tuple(one for one in loaded if one is not None)
        return found

    def fetch(self, packages: Iterable[Package]) -> None:
        """Has at hand what some packages import: modules that have to be fetched are fetched in parallel, and texts read at once."""
        imported = {
            path: package
            for package in packages
            if package not in self._imported and not package.is_std
            for file in package.files
            for _, path in file.imported
            if path not in std.packages() and path != "C"
        }
        self.layout.look(imported)
        self.read(imported.items())

    def read(self, wanted: Iterable[tuple[str, Package | None]]) -> None:
        """Reads the texts of packages at once, each by its import path and importer."""
        found = (self.layout.find(path, importer.directory if importer else "") for path, importer in wanted)
        self.shelf.fill(((at.tree, at.directory) for at in found if at is not None), self.build)

    def _load(self, path: str, importer: Package | None) -> Package | None:
        if path == "C":
            return None
        library = self._load_std(path)
        if library is not None:
            return library
        at = self.layout.find(path, importer.directory if importer else "")
        if at is None:
            return None
        tree, directory = at.tree, at.directory
        key = directory if tree is self.snapshot else f"{tree.name}:{directory}"
        found = self._loaded.get(key)
        if found is not None:
            return found
        package = self._loaded[key] = Package(path, directory, Origin(tree.name, tree.commit), key)
        for text in self.shelf.files(tree, directory, self.build):
            package.name = package.name or text.head.package
            package.files.append(File(package, text.path, text.source, text.blob, text.head.imports, self.reader))
        return package

    def _load_std(self, path: str) -> Package | None:
        # One package for all importers, whatever their vendor directories: its types have one identity.
        found = self._library.get(path)
        if found is not None:
            return found
        text = self.shelf.library(path)
        if text is None:
            return None
        origin = Origin(std.REPOSITORY, "", std.release())
        package = self._library[path] = Package(path, "", origin, LIBRARY + path, is_std=True, name=text.head.package)
        package.files.append(File(package, path, text.source, text.blob, text.head.imports, self.reader))
        return package
