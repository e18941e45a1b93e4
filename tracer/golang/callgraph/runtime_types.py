"""Which types have values that code stores in interfaces: only those are ever in one (go/callgraph/rta's runtime types).

Decided by types, in the code that can have a value of the type at all. Code that has one names the type, or an object whose
type holds it: a variable, a function with such a result, another type. What reflection makes of a value that lies inside of
another one is not seen, as in x/tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.callgraph.mentions import Name, Use, declared_at, signature, uses
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.search.candidates import Candidates
from tracer.syntax import ast
from tracer.syntax.facts import Declaration

MAX_UNITS = 300
"""How many functions and variables are looked at for one type before its values are said to be stored in interfaces."""

_FIRST_ARGUMENT = re.compile(rb"\w\[\s*\*?(?:\w+\.)?$")
_LAST_ARGUMENT = re.compile(rb"\s*\]")


class RuntimeTypes:
    """The types of one program whose values go to places of interface types."""

    __slots__ = ("_candidates", "_decided", "xref")

    def __init__(self, xref: CrossReferences, candidates: Candidates) -> None:
        self.xref = xref
        self._candidates = candidates
        self._decided: dict[t.TypeName, bool] = {}

    def __contains__(self, obj: t.TypeName) -> bool:
        """Whether a value of a declared type, or a pointer to one, may lie in an interface."""
        if obj in self.xref.boxed or obj.local or obj.package is None or obj.package.is_std:
            return True
        found = self._decided.get(obj)
        if found is None:
            found = self._decided[obj] = self._decide(obj, obj.package)
        return found

    def _decide(self, obj: t.TypeName, package: Package) -> bool:
        names: dict[Name | str, None] = {Name(package, obj.name, is_type=True): None}
        waiting = list(names)
        units: set[Unit] = set()
        for name in waiting:
            for use in self._uses(name):
                file, declaration, at = use
                end = at + len((name if isinstance(name, str) else name.name).encode())
                line = file.source.rfind(b"\n", 0, at) + 1
                if _FIRST_ARGUMENT.search(file.source, line, at) or _LAST_ARGUMENT.match(file.source, end):
                    # Generic code may do with its type arguments what it likes.
                    return True
                if declaration.kind in ("func", "method", "var"):
                    unit = file.unit(declaration)
                    if not self.xref.runs(unit):
                        continue
                    units.add(unit)
                    self.xref.summary(unit)
                    if obj in self.xref.boxed or len(units) > MAX_UNITS:
                        return True
                # A method is no part of a type or a signature: there its name means something else.
                if isinstance(name, Name) or declaration.kind == "var":
                    for following in self._typed(use):
                        if following not in names:
                            names[following] = None
                            waiting.append(following)
        return False

    def _uses(self, name: Name | str) -> Iterator[Use]:
        """Where a declared name stands, or a method's after a selector."""
        if isinstance(name, Name):
            yield from uses(self._candidates, name)
            return
        for file, at in self._candidates.words.own.mentions(name):
            declaration = file.declaration_at(at) if file.source[at - 1 : at] == b"." else None
            if declaration is not None:
                yield file, declaration, at

    def _typed(self, use: Use) -> Iterator[Name | str]:
        """What a name makes a part of the type of: a method stands under its name alone."""
        file, declaration, at = use
        match declaration.kind:
            case "func" | "method":
                params, body = signature(file.source, declaration)
                name = declaration.names[0]
                if not params <= at < body:
                    return
                if declaration.kind == "func":
                    yield Name(file.package, name)
                    return
                yield name
                if self._inferred_from(name):
                    # Type inference takes it from the method of an argument (Go spec, "Type unification").
                    yield Name(file.package, declaration.receiver, is_type=True)
            case _:
                kind = declaration.kind == "type"
                names = declared_at(file, declaration, at)
                yield from (Name(file.package, name, is_type=kind) for name in names if name != "_")

    def _inferred_from(self, method: str) -> bool:
        """Whether a generic interface, or one that a generic function takes, may have a method of this name."""
        end = len(method.encode())
        for file, at in self._candidates.words.own.mentions(method):
            if file.source[at - 1 : at] != b"." and file.source[at + end : at + end + 1] == b"(":
                declaration = file.declaration_at(at)
                if declaration is not None and _is_generic(file, declaration):
                    return True
        return False


def _is_generic(file: File, declaration: Declaration) -> bool:
    if declaration.kind == "type":
        return any(isinstance(spec, ast.TypeSpec) and spec.tparams for spec in file.specs(declaration))
    return declaration.kind == "func" and bool(file.header(declaration).tparams)
