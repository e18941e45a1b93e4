"""What a name means where it is used (Go spec, "Declarations and scope"), and the last definitions of variables there."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.check.resolver import FileScope
from tracer.golang.load.package import File


class Scope:
    """A block's names. Look-ups end at the scope of the file, which the outermost block is given.

    ``definitions`` has, for a variable that the block's own statements have stored in so far, the number of the last of its stores.
    """

    __slots__ = ("definitions", "file", "iota", "names", "outermost", "parent")

    def __init__(
        self, file: File, parent: Scope | None = None, iota: int | None = None, outermost: FileScope | None = None
    ) -> None:
        self.file = file
        self.parent = parent
        found = parent.outermost if parent is not None else outermost
        assert found is not None
        self.outermost: FileScope = found
        self.iota = iota
        self.names: dict[str, t.Object] = {}
        self.definitions: dict[t.Var, int] = {}

    def last_definition(self, var: t.Var) -> int:
        """The index of the last store to a variable that every path to this point has passed, or -1."""
        scope: Scope | None = self
        last = -1
        while scope is not None:
            if scope.definitions:
                last = max(last, scope.definitions.get(var, -1))
            scope = scope.parent
        return last

    def iota_here(self) -> int | None:
        """What ``iota`` is: the number of the constant declaration that is around."""
        scope: Scope | None = self
        while scope is not None and scope.iota is None:
            scope = scope.parent
        return scope.iota if scope is not None else None

    def lookup(self, name: str) -> t.Object | None:
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return self.outermost.lookup(name)
