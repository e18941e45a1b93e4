"""Import paths -> packages, for all programs that are laid out alike and built alike. Each package is loaded once, when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tracer.golang.load.build import Build
from tracer.golang.load.modules import Layout
from tracer.golang.load.package import EXTERNAL, LIBRARY, File, Origin, Package, is_test
from tracer.golang.load.shelf import Shelf, Text
from tracer.golang.stdlib import archive as std
from tracer.source.snapshot import Snapshot
from tracer.source.trees import Tree
from tracer.syntax.reader import Reader


@dataclass(slots=True, eq=False)
class Packages:
    """The packages of programs of one layout and build.

    ``reader`` gives the facts and trees of their files; ``shelf`` has the texts that other layouts read as well. ``tested`` are directories
    of the snapshot whose tests are built with their packages.
    """

    snapshot: Snapshot
    layout: Layout
    build: Build
    reader: Reader
    shelf: Shelf = field(default_factory=Shelf)
    tested: frozenset[str] = frozenset()
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
        lacking: dict[Build, list[tuple[Tree, str]]] = {}
        for at in found:
            if at is not None:
                lacking.setdefault(self._build_of(at.tree, at.directory), []).append((at.tree, at.directory))
        for build, directories in lacking.items():
            self.shelf.fill(directories, build)

    def _build_of(self, tree: Tree, directory: str) -> Build:
        is_tested = tree is self.snapshot and directory in self.tested
        return replace(self.build, tests=True) if is_tested else self.build

    def beside(self, package: Package) -> Package | None:
        """The package of the tests that stand beside one, if there is one that is built."""
        if not package.is_here or package.directory not in self.tested:
            return None
        found = package.beside()
        if found.key not in self._loaded:
            texts = self.shelf.files(self.snapshot, package.directory, replace(self.build, tests=True))
            self._fill(found, [text for text in texts if _is_beside(text)])
            self._loaded[found.key] = found
        found = self._loaded[found.key]
        return found if found.files else None

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
        texts = self.shelf.files(tree, directory, self._build_of(tree, directory))
        self._fill(package, [text for text in texts if not _is_beside(text)])
        return package

    def _fill(self, package: Package, texts: Iterable[Text]) -> None:
        for text in texts:
            package.name = package.name or text.head.package
            package.files.append(File(package, text.path, text.source, text.blob, text.head.imports, self.reader))

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


def _is_beside(text: Text) -> bool:
    """Whether a file is of the tests that are a package of their own."""
    return is_test(text.path) and text.head.package.endswith(EXTERNAL)
