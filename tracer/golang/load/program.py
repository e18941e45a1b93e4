"""The packages of one program: a main package, a library's or tests', and their import closure, for one build."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field

from tracer.errors import ResolutionError
from tracer.golang.load.build import Build
from tracer.golang.load.gomods import nearest
from tracer.golang.load.linking import Packages
from tracer.golang.load.modules import Layout
from tracer.golang.load.package import Origin, Package, is_test
from tracer.model import ProgramName
from tracer.source.candidates import own_files
from tracer.source.snapshot import Snapshot
from tracer.syntax.reader import Reader


@dataclass(slots=True, eq=False)
class Program:
    """One binary: a main package and its import closure; ``packages`` may be those of other programs as well.

    Of tests it is what ``go test`` builds of a package; those of all packages of a module are taken as one binary.
    """

    name: ProgramName
    packages: Packages
    _closure: list[Package] | None = field(default=None, init=False)

    @property
    def snapshot(self) -> Snapshot:
        """The files of the repository."""
        return self.packages.snapshot

    @property
    def layout(self) -> Layout:
        """Where its packages stand."""
        return self.packages.layout

    @property
    def build(self) -> Build:
        """What it is built for."""
        return self.packages.build

    @property
    def reader(self) -> Reader:
        """What gives the facts and trees of its files."""
        return self.packages.reader

    @property
    def origin(self) -> Origin:
        """Where the program's own packages come from."""
        return Origin(self.snapshot.pin.repository, self.snapshot.pin.commit)

    def origins(self) -> list[Origin]:
        """Where the packages that the binary is linked from come from, the standard library left out."""
        return list(dict.fromkeys(package.origin for package in self.closure() if not package.is_std))

    def package(self, path: str, importer: Package | None = None) -> Package | None:
        """The package that an import path means; None when it is not among the sources."""
        return self.packages.get(path, importer)

    def closure(self) -> list[Package]:
        """The import closure of the main package, and the runtime: the packages that the binary is linked from."""
        if self._closure is None:
            self._closure = self._linked()
        return self._closure

    def by_key(self, key: str) -> Package | None:
        """The package that has a key (``Package.key``), of those that were loaded."""
        return self.packages.by_key(key)

    def _linked(self) -> list[Package]:
        mains = self.mains()
        if not mains:
            what, named = ("test", "package's") if self.name.is_tests else ("Go package", "main package's")
            raise ResolutionError(
                f"there is no {what} in {self.name.folder or 'the root'}",
                where=f"{self.origin.repository}@{self.origin.commit[:12]}",
                hint=f"name a {named} directory with --program",
            )
        runtime = self.package("runtime")
        pending = mains if runtime is None else [*mains, runtime]
        seen = dict.fromkeys(pending)
        while pending:
            layer, pending = pending, list[Package]()
            self.packages.fetch(layer)
            for package in layer:
                for found in self.packages.imported(package):
                    if found not in seen:
                        seen[found] = None
                        pending.append(found)
        return list(seen)

    def mains(self) -> list[Package]:
        """The main package; of a library all packages of its module, but programs, which nobody imports.

        Of tests the packages that have any, each with those beside it, which run after what it does when it is initialised.
        """
        if self.name.is_tests:
            directories = sorted(self.packages.tested)
        elif self.name.library is None:
            directories = [self.name.directory]
        else:
            directories = sorted(_of_module(self.snapshot, own_files(self.snapshot), self.name))
        paths = [path for path in map(self.layout.import_path, directories) if path is not None]
        self.packages.read((path, None) for path in paths)
        found = [package for package in map(self.package, paths) if package is not None]
        if self.name.is_tests:
            both = [(package, self.packages.beside(package)) for package in found]
            tested = [pair for pair in both if any(one is not None and one.is_tested for one in pair)]
            return [one for pair in tested for one in pair if one is not None and one.files]
        return [p for p in found if p.files and (self.name.library is None or p.name != "main")]


def tested_directories(snapshot: Snapshot, layout: Layout, name: ProgramName) -> frozenset[str]:
    """The directories whose tests are a program, and nothing else's; none where it is none of tests."""
    if not name.is_tests:
        return frozenset()
    if name.library is None:
        return frozenset((name.folder,))
    found = _of_module(snapshot, filter(is_test, own_files(snapshot, tests=True)), name)
    return frozenset(directory for directory in found if layout.import_path(directory) is not None)


def _of_module(snapshot: Snapshot, files: Iterable[str], name: ProgramName) -> set[str]:
    """The directories of files that are of a program's own module: a workspace has others."""
    module = nearest(snapshot, name.home, "go.mod")
    found = {posixpath.dirname(path) for path in files}
    return {directory for directory in found if nearest(snapshot, directory, "go.mod") == module}
