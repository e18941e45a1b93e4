"""Which types a program makes values of: what it never makes reaches no interface."""

from __future__ import annotations

from functools import cached_property

from tracer.golang import types as t
from tracer.golang.callgraph.mentions import Name
from tracer.golang.callgraph.running import Running
from tracer.golang.load.package import Package
from tracer.golang.load.program import Program
from tracer.golang.stdlib import archive as std


class Instantiated:
    """The types that the code of one program that runs makes values of."""

    def __init__(self, program: Program, running: Running) -> None:
        self._program = program
        self._running = running

    def __contains__(self, obj: t.TypeName) -> bool:
        """Whether the program may make a value of a declared type."""
        if obj.local or obj.package is None or obj.file is None or obj.spec is None:
            return True
        if obj.package.is_std:
            told = obj.package.annotation(obj.name)
            if told is None or told.summary is not std.Summary.ONLY_IF_USED or any(map(self._used, told.users)):
                return True
        return self._running.uses(Name(obj.package, obj.name, is_type=True))

    def _used(self, name: str) -> bool:
        """Whether a name of the standard library (``os/user.LookupId``) is used, or a package (``archive/tar.``) linked."""
        path, _, name = name.rpartition(".")
        package = self._linked.get(path)
        if package is None or not name:
            return package is not None
        return self._running.uses(Name(package, name, is_type=_is_type(package, name)))

    @cached_property
    def _linked(self) -> dict[str, Package]:
        return {package.path: package for package in self._program.closure() if package.is_std}


def _is_type(package: Package, name: str) -> bool:
    declared = package.declaration(name)
    return declared is not None and declared[1].kind == "type"
