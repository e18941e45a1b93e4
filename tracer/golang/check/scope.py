"""What a name means where it stands (Go spec, "Declarations and scope")."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.load.packages import File


class Scope:
    """A block's names; ``file`` is where look-ups end: its imports, its package, the universe."""

    __slots__ = ("file", "iota", "kills", "names", "parent")

    def __init__(self, file: File, parent: Scope | None = None, iota: int | None = None) -> None:
        self.file = file
        self.parent = parent
        self.iota = iota
        self.names: dict[str, t.Object] = {}
        self.kills: dict[t.Var, int] = {}

    def since(self, var: t.Var) -> int:
        """The index of the last store to a variable that every path to this point has passed, or -1."""
        scope: Scope | None = self
        last = -1
        while scope is not None:
            last = max(last, scope.kills.get(var, -1))
            scope = scope.parent
        return last

    def lookup(self, name: str) -> t.Object | None:
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return file_lookup(self.file, name)


def file_lookup(file: File, name: str) -> t.Object | None:
    """A name at file level: package scope, imports, dot imports, universe (Go spec, "Declarations and scope")."""
    found = file.package.lookup(name) or file.imports.get(name)
    if found is not None:
        return found
    universe = t.UNIVERSE.get(name)
    if universe is not None:
        return universe
    for key, imported in file.imports.items():
        if key.startswith("."):
            package = file.package.program.package(imported.path, file.package)
            if package is not None and t.exported(name):
                found = package.lookup(name)
                if found is not None:
                    return found
    return None
