"""What implements an interface, by the types of a program alone: where flow does not tell what is in one."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.callgraph.instantiated import Instantiated
from tracer.golang.callgraph.runtime_types import RuntimeTypes
from tracer.golang.check.checker import Checker
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.search.candidates import Candidates
from tracer.golang.types.containers import is_container


class ClassHierarchy:
    """The declared types of one program, by the interfaces that they implement."""

    __slots__ = (
        "_found",
        "_more",
        "_selected",
        "_types",
        "_unseen",
        "candidates",
        "checker",
        "instantiated",
        "runtime_types",
    )

    def __init__(
        self, checker: Checker, candidates: Candidates, xref: CrossReferences, instantiated: Instantiated
    ) -> None:
        self.checker = checker
        self.candidates = candidates
        self.instantiated = instantiated
        self.runtime_types = RuntimeTypes(xref, candidates)
        self._selected: dict[tuple[t.Type, str], t.Selection | None] = {}
        self._found: dict[tuple[t.Type, str], list[t.Func]] = {}
        self._types: dict[t.Type, list[t.Type]] = {}
        self._more: dict[t.Type, bool] = {}
        self._unseen: dict[tuple[t.Type, Package | None, t.Type], list[t.Type]] = {}

    # What is declared, by types

    def unit_of(self, func: t.Func) -> Unit:
        """The unit that a function is."""
        return self.checker.unit_of(func)

    def signature_of(self, func: t.Func) -> t.Signature:
        """The type of a declared function; for a method without its receiver."""
        return self.checker.signature_of(func)

    def receiver_type(self, func: t.Func) -> t.Type:
        """The type of a method's receiver."""
        return self.checker.receiver_type(func)

    def declared(self, obj: t.TypeName) -> t.Type:
        """The type that a type name declares."""
        return self.checker.type_of_name(obj)

    def declared_at(self, param: t.TypeParam) -> tuple[File | None, int]:
        """Where that stands which a type parameter is of."""
        owner = self.checker.owners[param][0]
        return owner.file, owner.pos

    def struct_of(self, f: t.Field) -> t.TypeName | None:
        """The declared type, outside of the standard library, that a field is one of."""
        if f.file is None or f.file.package.is_std or "." not in f.struct:
            return None
        obj = self.checker.resolver.lookup(f.file.package, f.struct.rsplit(".", 1)[-1])
        return obj if isinstance(obj, t.TypeName) and not obj.local else None

    def container_methods(self, typ: t.Type) -> list[t.Func]:
        """The methods of a declared type that is a container of functions or interfaces."""
        return typ.obj.methods() if isinstance(typ, t.Named) and is_container(typ) else []

    @property
    def runtime_error(self) -> t.Type | None:
        """The interface of what the runtime panics with."""
        runtime = self.checker.program.package("runtime")
        error = self.checker.resolver.lookup(runtime, "Error") if runtime is not None else None
        return self.checker.type_of_name(error) if isinstance(error, t.TypeName) else None

    def methods_of(self, path: str, name: str, methods: Sequence[str]) -> list[t.Func]:
        """Some methods of a declared type, by the import path of its package."""
        package = self.checker.program.package(path)
        obj = self.checker.resolver.lookup(package, name) if package is not None else None
        found = [obj.method(method) for method in methods] if isinstance(obj, t.TypeName) else []
        return [func for func in found if func is not None]

    # What implements an interface

    def methods(self, iface: t.Type, name: str) -> list[t.Func]:
        """The methods that a call of ``name`` may end in by the types of the program alone (CHA), promoted ones too."""
        key = (iface, name)
        found = self._found.get(key)
        if found is None:
            self._found[key] = []
            out: dict[t.Func, None] = {}
            for typ in self.types(iface):
                selection = self.method(typ, name)
                if selection is not None and selection.func is not None:
                    out[selection.func] = None
                elif selection is not None and selection.path:
                    out.update(dict.fromkeys(self.methods(selection.recv, name)))
            found = self._found[key] = list(out)
        return found

    def types(self, iface: t.Type) -> list[t.Type]:
        """The declared types that implement an interface, as pointers; those that declare none of its methods are not seen."""
        found = self._types.get(iface)
        if found is None:
            under = t.underlying(iface.constraint if isinstance(iface, t.TypeParam) else iface)
            names = t.methods_of(under) if isinstance(under, t.Interface) else {}
            receivers = {f.recv: None for name in names for f in self.candidates.declared_methods(name) if f.recv}
            types: list[t.Type] = [t.pointer(self.checker.type_of_name(obj)) for obj in receivers]
            found = [typ for typ in types if isinstance(under, t.Interface) and self.implements(typ, under)]
            self._types[iface] = found
        return found

    def implements(self, typ: t.Type, iface: t.Interface) -> bool:
        return t.missing_method(typ, iface, self.checker.signature_of) is None

    def may_have_more(self, typ: t.Type) -> bool:
        """Whether a type may have methods that are not known, since a part of it that would give them has no known type."""
        found = self._more.get(typ)
        if found is None:
            self._more[typ] = False
            base = t.deref(typ)
            under = t.underlying(base)
            parts = under.fields if isinstance(under, t.Struct) else ()
            found = t.is_unknown(under) or any(f.embedded and self.may_have_more(f.type) for f in parts)
            self._more[typ] = found
        return found

    def method(self, typ: t.Type, name: str) -> t.Selection | None:
        key = (typ, name)
        if key not in self._selected:
            self._selected[key] = t.select(typ, name, None, self.checker.signature_of)
        return self._selected[key]

    def unseen(self, static: t.Type, package: Package | None, iface: t.Type) -> list[t.Type]:
        """The types that a value may have of which only its static type is known, and which implement ``iface``.

        Those that the program makes values of, and errors that it stores in interfaces; with ``package``, those that it
        imports, unless none of them fits.
        """
        fitting, under = t.underlying(iface), t.underlying(static)
        narrow = static if isinstance(under, t.Interface) and t.methods_of(under) else iface
        key = (narrow, package, iface)
        found = self._unseen.get(key)
        if found is None:
            types = self.types(narrow)
            if package is not None:
                reaches = self.candidates.qualifiers.reaches
                types = [typ for typ in types if (at := _package_of(typ)) is not None and reaches(package, at)] or types
            # An error that the library hands out was made as one; only package reflect takes one out of another value.
            errors = t.is_error(narrow) and (package is None or package.path != "reflect")
            found = self._unseen[key] = [
                typ
                for typ in types
                if (narrow is iface or (isinstance(fitting, t.Interface) and self.implements(typ, fitting)))
                and isinstance(base := t.deref(typ), t.Named)
                and base.obj in self.instantiated
                and (not errors or base.obj in self.runtime_types)
            ]
        return found


def _package_of(typ: t.Type) -> Package | None:
    base = t.deref(typ)
    return base.obj.package if isinstance(base, t.Named) else None
