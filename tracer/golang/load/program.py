"""The packages of one program: a main package and its import closure, for one build. Each is loaded when it is asked for."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from tracer.errors import ResolutionError
from tracer.golang.load.build import Build
from tracer.golang.load.modules import Layout
from tracer.golang.load.package import LIBRARY, File, Origin, Package
from tracer.golang.stdlib import archive as std
from tracer.model import ProgramName
from tracer.source.candidates import own_files
from tracer.source.snapshot import Snapshot
from tracer.syntax.header import header
from tracer.syntax.reader import Reader


@dataclass(slots=True, eq=False)
class Program:
    """One binary: a main package and its import closure, for one build.

    ``reader`` gives the facts and trees of its files.
    """

    name: ProgramName
    snapshot: Snapshot
    layout: Layout
    build: Build
    reader: Reader
    packages: dict[str, Package] = field(default_factory=dict[str, Package])
    library: dict[str, Package] = field(default_factory=dict[str, Package])
    by_import: dict[tuple[str, str], Package | None] = field(default_factory=dict[tuple[str, str], "Package | None"])
    _closure: list[Package] | None = field(default=None, init=False)

    @property
    def origin(self) -> Origin:
        """Where the program's own packages come from."""
        return Origin(self.snapshot.pin.repository, self.snapshot.pin.commit)

    def origins(self) -> list[Origin]:
        """Where the packages that the binary is linked from come from, the standard library left out."""
        return list(dict.fromkeys(package.origin for package in self.closure() if not package.is_std))

    def package(self, path: str, importer: Package | None = None) -> Package | None:
        """The package that an import path means; None when it is not among the sources.

        The standard library has modules of its own below ``vendor/``, which nothing else imports (``go help gopath``, "Vendor Directories").
        """
        if importer is not None and importer.is_std:
            vendored = f"vendor/{path}"
            return self._load_std(vendored if vendored in std.packages() else path)
        key = (path, importer.directory if importer and self.layout.gopath is not None else "")
        if key not in self.by_import:
            self.by_import[key] = self._load(path, importer)
        return self.by_import[key]

    def closure(self) -> list[Package]:
        """The import closure of the main package, and the runtime: the packages that the binary is linked from."""
        if self._closure is None:
            self._closure = self._linked()
        return self._closure

    def by_key(self, key: str) -> Package | None:
        """The package that has a key (``Package.key``), of those that were loaded."""
        library = key.removeprefix(LIBRARY)
        return self.packages.get(key) if library == key else self.library.get(library)

    def _linked(self) -> list[Package]:
        mains = self._mains()
        if not mains:
            raise ResolutionError(
                f"there is no Go package in {self.name.directory or 'the root'}",
                where=f"{self.origin.repository}@{self.origin.commit[:12]}",
                hint="name a main package's directory with --program",
            )
        runtime = self.package("runtime")
        pending = mains if runtime is None else [*mains, runtime]
        seen = {id(package): package for package in pending}
        while pending:
            # A layer at once: what has to be fetched for it is fetched in parallel.
            layer, pending = pending, list[Package]()
            self.layout.look(
                dict.fromkeys(
                    path
                    for package in layer
                    for file in (() if package.is_std else package.files)
                    for _, path in file.imported
                    if path not in std.packages()
                )
            )
            for package in layer:
                for file in package.files:
                    for _, imported in file.imported:
                        found = self.package(imported, package)
                        if found is not None and id(found) not in seen:
                            seen[id(found)] = found
                            pending.append(found)
        return list(seen.values())

    def _mains(self) -> list[Package]:
        """The main package; of a library all packages of its module, but programs, which nobody imports."""
        if self.name.library is None:
            directories = [self.name.directory]
        else:
            directories = sorted({posixpath.dirname(path) for path in own_files(self.snapshot)})
        paths = [path for path in map(self.layout.import_path, directories) if path is not None]
        found = [package for package in map(self.package, paths) if package is not None and package.files]
        return found if self.name.library is None else [p for p in found if p.name != "main"]

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
        found = self.packages.get(key)
        if found is not None:
            return found
        package = self.packages[key] = Package(path, directory, Origin(tree.name, tree.commit), key)
        names = [n for n in tree.listdir(directory) if n.endswith(".go") and self.build.takes(n)]
        paths = [f"{directory}/{n}" if directory else n for n in sorted(names)]
        for full, blob, source in tree.read_blobs(paths):
            head = header(source)
            if not head.package or not self.build.meets(head.constraint):
                continue
            if any(imported == "C" for _, imported in head.imports) and not self.build.tag("cgo"):
                continue
            package.name = package.name or head.package
            package.files.append(File(package, full, source, blob, head.imports, self.reader))
        return package

    def _load_std(self, path: str) -> Package | None:
        # One package for all importers, whatever their vendor directories: its types have one identity.
        found = self.library.get(path)
        if found is not None:
            return found
        source = std.source(path)
        if source is None:
            return None
        head = header(source)
        origin = Origin(std.REPOSITORY, "", std.release())
        package = self.library[path] = Package(path, "", origin, LIBRARY + path, is_std=True, name=head.package)
        # The facts are kept under the archive's version, since these files have no blob id.
        blob = f"{std.version()}:{path}"
        package.files.append(File(package, path, source, blob, head.imports, self.reader))
        return package
