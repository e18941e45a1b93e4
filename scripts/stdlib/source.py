"""The library's own source as a program of tracer: what every expression of it means."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts.stdlib.world import World
from tracer.golang import types as t
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import Info, Node
from tracer.golang.load.build import Build
from tracer.golang.load.package import LIBRARY, File, Origin, Package, Unit
from tracer.golang.types.containers import carries
from tracer.store import Store
from tracer.syntax.header import header
from tracer.syntax.reader import Reader

_MACHINE = "runtime"
_BELOW = "internal/runtime/"
_LINKNAME = re.compile(rb"^//go:linkname (\w+) ([\w./-]+)\.(\w+)$", re.MULTILINE)


def is_machine(path: str) -> bool:
    """Whether a package is a part of the machine that the code runs on: its code does with values what no statement tells."""
    return path == _MACHINE or path.startswith(_BELOW)


@dataclass(eq=False)
class Library:
    """The packages of a distribution, in place of a ``Program``: as the checker asks for them."""

    world: World
    build: Build
    packages: dict[str, Package | None] = field(default_factory=dict[str, "Package | None"])
    _reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = Reader(Store(Path(tempfile.mkdtemp()) / "facts.sqlite"))

    def package(self, path: str, _importer: Package | None = None) -> Package | None:
        """The package that an import path means inside the library."""
        found = self.world.find(path)
        full = found.path if found is not None else path
        if full not in self.packages:
            self.packages[full] = self._load(full)
        return self.packages[full]

    def _load(self, path: str) -> Package | None:
        if path == "unsafe":
            return Package(path, path, Origin("std", ""), LIBRARY + path, is_std=True, name=path)
        known = self.world.packages.get(path)
        if known is None:
            return None
        package = Package(path, path, Origin("std", ""), LIBRARY + path, is_std=True, name=known.name)
        for file in known.files:
            imports = header(file.source).imports
            blob = f"{path}/{file.name}"
            package.files.append(File(package, blob, file.source, blob, imports, self._reader))
        return package


@dataclass(slots=True)
class Does:
    """What a function does beside what it returns: by itself, and the functions that it calls statically."""

    acts: bool = False
    calls: set[t.Func] = field(default_factory=set[t.Func])
    unsafe: bool = False


class Source:
    """The units of the library, each checked when it is asked for, and which of them act on values."""

    def __init__(self, world: World, modelled: set[str]) -> None:
        self.world = world
        self.library = Library(world, world.build)
        self.checker = Checker(self.library)  # pyright: ignore[reportArgumentType]
        self.modelled = modelled
        self._acting: set[t.Func] = set()
        self._interesting: dict[t.Type, bool] = {}
        self._linked = self._links()
        self._propagate()

    def info(self, unit: Unit) -> Info:
        return self.checker.check(unit)

    @staticmethod
    def forget(info: Info) -> None:
        """Lets go of what was found of a function, and of its tree."""
        if info.func is not None:
            info.func.decl = None
        info.unit.file.forget(info.unit.declaration)
        info.release()

    def func(self, path: str, name: str) -> t.Func | None:
        """A function or method (``T.M``) by its name."""
        package = self.library.package(path)
        if package is None:
            return None
        declared = self.checker.resolver.package(package)
        base, _, method = name.rpartition(".")
        found = declared.method(base, method) if base else declared.lookup(name)
        return found if isinstance(found, t.Func) else None

    def linked(self, func: t.Func) -> t.Func | None:
        """The function with a body that the linker puts in place of one without (cmd/compile, "//go:linkname")."""
        return self._linked.get(self._named(func))

    def _links(self) -> dict[str, t.Func]:
        out: dict[str, t.Func] = {}
        for package in self.world.packages.values():
            for file in package.files if not is_machine(package.path) else ():
                for local, path, name in _LINKNAME.findall(file.source):
                    here, there = f"{package.path}.{local.decode()}", f"{path.decode()}.{name.decode()}"
                    for without, target, named in ((here, path, name), (there, package.path.encode(), local)):
                        found = self.func(target.decode(), named.decode())
                        own = self.func(*without.rsplit(".", 1))
                        if found is None or own is None or is_machine(found.package.path):
                            continue
                        if (
                            self.checker.declaration(own).body is None
                            and self.checker.declaration(found).body is not None
                        ):
                            out[without] = found
        return out

    def acts(self, func: t.Func) -> bool:
        """Whether a function does more with values that flow than to return them."""
        return func in self._acting

    def interesting(self, typ: t.Type) -> bool:
        """Whether values of interfaces, functions or containers of them lie in a place of a type."""
        found = self._interesting.get(typ)
        if found is None:
            found = self._interesting[typ] = t.is_dynamic(typ) or carries(typ)
        return found

    def units(self) -> Iterator[Unit]:
        """All functions, of all packages but the machine's."""
        for path in self.world.packages:
            package = self.library.package(path) if not is_machine(path) else None
            for file in package.files if package is not None else ():
                for declaration in file.facts.declarations:
                    if declaration.kind in ("func", "method"):
                        yield file.unit(declaration)

    def _propagate(self) -> None:
        callers: dict[t.Func, list[t.Func]] = {}
        waiting: list[t.Func] = []
        for unit in self.units():
            info = self.info(unit)
            assert info.func is not None
            does = self._does(info)
            linked = self.linked(info.func)
            if linked is not None:
                does.calls.add(linked)
            for callee in does.calls:
                callers.setdefault(callee, []).append(info.func)
            if does.acts or self._named(info.func) in self.modelled:
                waiting.append(info.func)
            self.forget(info)
        waiting += [f for f in callers if self._named(f) in self.modelled]
        while waiting:
            func = waiting.pop()
            if func not in self._acting:
                self._acting.add(func)
                waiting += callers.get(func, ())

    @staticmethod
    def _named(func: t.Func) -> str:
        recv = f"{func.recv.name}." if func.recv is not None else ""
        return f"{func.package.path}.{recv}{func.name}"

    def _does(self, info: Info) -> Does:
        does = Does()
        for site in info.calls:
            if site.kind is t.CallKind.STATIC and site.func is not None:
                does.calls.add(site.func)
            elif site.kind in (t.CallKind.INTERFACE, t.CallKind.VALUE):
                does.acts = True
        does.acts = does.acts or any(
            self._stores(target)
            for target, sources in info.flows.items()
            if target[0] != "p" or any(self._is_thrown(source) for source, _ in sources)
        )
        return does

    @staticmethod
    def _is_thrown(source: Node) -> bool:
        """Whether what a function panics with is of interest to who recovers it."""
        return source[0] != "x" or not isinstance(t.default_type(source[1].types.get(source[2], t.UNKNOWN)), t.Basic)

    def _stores(self, target: Node) -> bool:
        """Whether a place is one that outlives the function, and of interest."""
        kind = target[0]
        if kind == "p":
            return True
        if kind == "f":
            return self.interesting(target[1].type)
        if kind == "v":
            return target[1].role is t.Role.GLOBAL and self.interesting(target[1].type)
        if kind in ("e", "k", "*"):
            inner = target
            while inner[0] in ("e", "k", "*"):
                inner = inner[1]
            match inner[0]:
                case "v" | "f":
                    return carries(inner[1].type)
                case "x" | "xi":
                    return carries(inner[1].types.get(inner[2], t.UNKNOWN))
                case _:
                    return True
        return False
