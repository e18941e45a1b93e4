"""Where the source of a module comes from that does not stand in the program's own tree: other repositories, caches, proxies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from tracer.codes import Lack, Message
from tracer.golang.load.gomods import mod_file, module_directories
from tracer.golang.load.versions import Version
from tracer.source.modules import ModuleStore, Sums
from tracer.source.snapshot import Snapshot
from tracer.source.trees import Tree


@dataclass(frozen=True, slots=True)
class Root:
    """Where a module stands. ``is_local``: there may be other modules below it, whose packages are not its own."""

    tree: Tree
    directory: str
    is_local: bool


@dataclass(slots=True, eq=False)
class Supply:
    """What programs may take modules from: ``others``, repositories in which they stand by path, and then ``store``."""

    others: Callable[[], Iterable[Snapshot]] = tuple
    store: ModuleStore | None = None
    _known: dict[str, list[tuple[Snapshot, str]]] | None = field(default=None, init=False)

    def module(self, wanted: Version, sums: Sums, home: Snapshot) -> Root | None:
        """The source of a module for a program of ``home``; None where it cannot be had.

        Raises SourceError for one that is here and may not be used.
        """
        stands = self._elsewhere(wanted.path, home)
        if stands is not None:
            return Root(*stands, is_local=True)
        if self.store is None or not wanted.version:
            return None
        tree = self.store.tree(wanted.path, wanted.version, sums)
        return Root(tree, tree.name, is_local=False) if tree is not None else None

    def requirements(self, wanted: Version, sums: Sums, home: Snapshot) -> bytes | None:
        """Its go.mod; None where it cannot be had. Raises SourceError as ``module`` does."""
        stands = self._elsewhere(wanted.path, home)
        if stands is not None:
            snapshot, directory = stands
            return snapshot.read(f"{directory}/go.mod".lstrip("/"))
        return self.store.requirements(wanted.path, wanted.version, sums) if self.store is not None else None

    def why(self, wanted: Version) -> Message:
        """Why a module cannot be had."""
        return self.store.why(wanted.path, wanted.version) if self.store is not None else Message(Lack.NOT_HERE)

    def look(self, wanted: Collection[Version], sums: Sums, home: Snapshot, *, only_mod: bool) -> None:
        """Looks for several modules at once, or for their go.mod."""
        if self.store is not None:
            rows = [(m.path, m.version) for m in wanted if m.version and self._elsewhere(m.path, home) is None]
            (self.store.get_requirements if only_mod else self.store.get_trees)(rows, sums)

    def _elsewhere(self, path: str, home: Snapshot) -> tuple[Snapshot, str] | None:
        if self._known is None:
            self._known = {}
            for snapshot in self.others():
                for directory in module_directories(snapshot):
                    file = mod_file(snapshot, directory, is_main=False)
                    if file is not None and file.module:
                        self._known.setdefault(file.module, []).append((snapshot, directory))
        return next(((s, d) for s, d in self._known.get(path, ()) if s is not home), None)
