"""The objects that packages declare (go/types' resolver): each is made when its name is first looked up.

A name is looked for as bytes first; only the files that hold it are read for their declarations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tracer.golang import types as t
from tracer.golang.load.package import MANY_LOOKS, File, Package
from tracer.golang.load.program import Program
from tracer.syntax import ast
from tracer.syntax.declaring import may_declare, may_declare_method
from tracer.syntax.facts import Declaration

_UNSAFE = ("Add", "Alignof", "Offsetof", "Sizeof", "Slice", "SliceData", "String", "StringData")


class Resolver:
    """The scopes of one program's packages and files.

    ``specs`` are the declarations that the package-level constants and variables were made of.
    """

    __slots__ = ("_files", "_packages", "program", "specs")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.specs: dict[t.Const | t.Var, ast.ValueSpec] = {}
        self._packages: dict[Package, PackageScope] = {}
        self._files: dict[File, FileScope] = {}

    def package(self, package: Package) -> PackageScope:
        found = self._packages.get(package)
        if found is None:
            found = self._packages[package] = PackageScope(package, self.specs)
        return found

    def file(self, file: File) -> FileScope:
        found = self._files.get(file)
        if found is None:
            found = self._files[file] = FileScope(self, file)
        return found

    def lookup(self, package: Package, name: str) -> t.Object | None:
        """The object that a package declares under a name."""
        return self.package(package).lookup(name)


class PackageScope:
    """The objects of one package, and the methods of its types."""

    __slots__ = ("_looks", "_methods", "_names", "_package", "_specs", "_unbound", "_undeclared", "_unread")

    def __init__(self, package: Package, specs: dict[t.Const | t.Var, ast.ValueSpec]) -> None:
        self._package = package
        self._specs = specs
        self._names: dict[str, t.Object | None] = {}
        self._methods: dict[tuple[str, str], t.Func | None] = {}
        self._unread = package.files
        self._looks = 0
        self._undeclared: dict[str, tuple[File, Declaration]] = {}
        # Methods whose receivers are not looked up yet, by name.
        self._unbound: dict[str, list[tuple[t.Func, Declaration]]] = {}
        if package.is_std and package.path == "unsafe":
            # The compiler's own (Go spec, "Package unsafe"): its functions take and give what no signature tells.
            self._names |= {name: t.Builtin(f"unsafe.{name}") for name in _UNSAFE}
            self._names["Pointer"] = t.TypeName("Pointer", package, None, None, type=t.UNSAFE_POINTER)

    def lookup(self, name: str) -> t.Object | None:
        """The object that the package declares under a name."""
        found = self._names.get(name)
        if found is not None:
            return found
        if name not in self._names:
            self._names[name] = None
            self._read_files(name.encode(), may_declare)
        if name in self._undeclared:
            self._declare(*self._undeclared.pop(name))
        return self._names[name]

    def method(self, receiver: str, name: str) -> t.Func | None:
        """The method that is declared with this receiver base type and name."""
        key = (receiver, name)
        if key not in self._methods:
            self._methods[key] = None
            self._read_files(name.encode(), may_declare_method)
        # One that is declared on an alias of the type has the same name.
        self._bind(name)
        return self._methods[key]

    def methods_of(self, receiver: str) -> list[t.Func]:
        """All declared methods of a type."""
        self._read_files(receiver.encode(), bytes.__contains__)
        for name in list(self._unbound):
            self._bind(name)
        return [f for (recv, _), f in self._methods.items() if f is not None and recv == receiver]

    def _read_files(self, name: bytes, may: Callable[[bytes, bytes], bool]) -> None:
        self._looks += 1
        if self._looks > MANY_LOOKS:
            may = _any
        unread = list[File]()
        for file in self._unread:
            if may(file.source, name):
                self._collect(file)
            else:
                unread.append(file)
        self._unread = unread

    def _bind(self, name: str) -> None:
        """Looks up the receivers of all methods of a name, which may read more files."""
        while unbound := self._unbound.pop(name, None):
            for func, declaration in unbound:
                self._bind_receiver(func, declaration)

    def _collect(self, file: File) -> None:
        for d in file.facts.declarations:
            if d.kind == "func":
                func = t.Func(d.names[0], self._package, file, d.start, d.start)
                if d.names[0] not in ("init", "_"):
                    self._names[d.names[0]] = self._names.get(d.names[0]) or func
            elif d.kind == "method":
                key = (d.receiver, d.names[0])
                if self._methods.get(key) is None:
                    method = self._methods[key] = t.Func(d.names[0], self._package, file, d.start, d.start)
                    self._unbound.setdefault(d.names[0], []).append((method, d))
            else:
                for name in d.names:
                    if self._names.get(name) is None:
                        self._undeclared.setdefault(name, (file, d))

    def _bind_receiver(self, func: t.Func, d: Declaration) -> None:
        recv = self.lookup(d.receiver)
        head = func.file.source[d.start : d.start + 400].split(b")", 1)[0]
        func.pointer = b"*" in head
        # An alias stands for the type that has the method (Go spec, "Method declarations").
        seen = set[t.Object]()
        while isinstance(recv, t.TypeName) and recv.spec is not None and recv.spec.alias and recv not in seen:
            seen.add(recv)
            base = recv.spec.type
            func.pointer = func.pointer or isinstance(base, ast.Star)
            base = base.x if isinstance(base, ast.Star) else base
            recv = self.lookup(base.name) if isinstance(base, ast.Ident) else None
            if isinstance(recv, t.TypeName):
                self._methods[recv.name, func.name] = self._methods.get((recv.name, func.name)) or func
        func.recv = recv if isinstance(recv, t.TypeName) else t.TypeName(d.receiver, self._package, func.file, None)

    def _declare(self, file: File, d: Declaration) -> None:
        """The objects of a declaration, made when one of its names is first looked up."""
        for spec in file.specs(d):
            if isinstance(spec, ast.TypeSpec):
                self._put(spec.name, t.TypeName(spec.name, self._package, file, spec, spec.pos, declared=self))
                continue
            for i, ident in enumerate(spec.names):
                if spec.kind == "const":
                    value = spec.values[i] if i < len(spec.values) else None
                    obj = t.Const(ident.name, self._package, file, ident.pos, t.UNKNOWN, value, spec.iota)
                else:
                    obj = t.Var(ident.name, t.UNKNOWN, t.Role.GLOBAL, ident.pos, file, file.unit(d), i, self._package)
                self._specs[obj] = spec
                self._put(ident.name, obj)

    def _put(self, name: str, obj: t.Object) -> None:
        if name != "_":
            self._names[name] = self._names.get(name) or obj
            self._undeclared.pop(name, None)


class FileScope:
    """The names at file level: those of its package, its imports, the universe (Go spec, "Declarations and scope")."""

    __slots__ = ("_dotted", "_imports", "_package", "_resolver", "file")

    def __init__(self, resolver: Resolver, file: File) -> None:
        self.file = file
        self._resolver = resolver
        self._package = resolver.package(file.package)
        self._imports: dict[str, t.PkgName] | None = None
        self._dotted: list[str] = []

    @property
    def imports(self) -> Mapping[str, t.PkgName]:
        """What each import's name means in this file, dot imports left out."""
        if self._imports is None:
            self._imports = {}
            for name, path in self.file.imported:
                if name == ".":
                    self._dotted.append(path)
                elif name != "_":
                    self._imports[name or self._name_of(path)] = t.PkgName(path)
        return self._imports

    def _name_of(self, path: str) -> str:
        package = self._resolver.program.package(path, self.file.package)
        return package.name if package is not None else _guess(path)

    def lookup(self, name: str) -> t.Object | None:
        # No name is both an import's in a file and the package's (Go spec, "Import declarations").
        found = self.imports.get(name) or self._package.lookup(name)
        if found is not None:
            return found
        universe = t.UNIVERSE.get(name)
        if universe is not None:
            return universe
        for path in self._dotted:
            package = self._resolver.program.package(path, self.file.package)
            if package is not None and t.exported(name):
                found = self._resolver.lookup(package, name)
                if found is not None:
                    return found
        return None


def _any(_source: bytes, _name: bytes) -> bool:
    return True


def _guess(path: str) -> str:
    """The name that a package of this path most likely has; used when the package is not among the sources."""
    parts = [p for p in path.split("/") if p]
    if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]):
        parts.pop()
    return re.sub(r"^go-|\.v\d+$|-go$", "", parts[-1]) if parts else path
