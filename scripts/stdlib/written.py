"""Types and their zero values as they are written in one file of the library."""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang import types as t
from tracer.golang.load.package import Package
from tracer.syntax import ast
from tracer.syntax.ast import Direction

_ARROWS = {Direction.BOTH: "chan ", Direction.SEND: "chan<- ", Direction.RECV: "<-chan "}
UNTOLD = "untold"
"""What stands for a value whose type has no name here."""


class Written:
    """Writes for the files of one package; ``importing`` tells what another is called there."""

    def __init__(self, package: Package, importing: Callable[[Package], str | None]) -> None:
        self.package = package
        self.importing = importing

    def zero(self, typ: t.Type, target: t.Type | None) -> str:
        """A value of a type; only one that can be assigned to ``target`` where that is no interface."""
        if target is not None and not t.is_dynamic(target) and target is not t.UNKNOWN:
            plain = _plain_zero(target)
            if plain is not None:
                return plain
        under = t.underlying(typ)
        if isinstance(typ, t.Basic):
            final = t.default_type(typ)
            name = final.name if isinstance(final, t.Basic) else "int"
            literal = _plain_zero(final) or "nil"
            return literal if name in ("int", "string", "bool") or typ.untyped else f"{name}({literal})"
        shown = self.named(typ)
        if shown is None:
            return UNTOLD
        match under:
            case t.Basic():
                return f"{shown}({_plain_zero(under) or 'nil'})"
            case t.Struct() | t.Array():
                return f"{shown}{{}}"
            case _:
                return f"({shown})(nil)"

    def named(self, typ: t.Type) -> str | None:
        """A type as it is written in this file; None if it has no name here."""
        match typ:
            case t.Basic():
                return typ.name
            case t.TypeParam():
                return typ.name
            case t.Named():
                args = [self.named(x) for x in typ.targs]
                if None in args:
                    return None
                obj = typ.obj
                shown = obj.name
                if obj.package is not None and obj.package is not self.package:
                    local = self.importing(obj.package)
                    if local is None:
                        return None
                    shown = f"{local}.{obj.name}"
                return f"{shown}[{', '.join(x for x in args if x)}]" if args else shown
            case t.Pointer() | t.Slice() | t.Array() | t.Chan():
                inner = self.named(typ.elem)
                head = "*" if isinstance(typ, t.Pointer) else "[]" if isinstance(typ, t.Slice) else "[0]"
                if isinstance(typ, t.Chan):
                    head = _ARROWS[typ.direction]
                return None if inner is None else f"{head}{inner}"
            case t.Map():
                key, elem = self.named(typ.key), self.named(typ.elem)
                return None if key is None or elem is None else f"map[{key}]{elem}"
            case t.Struct() if not typ.fields:
                return "struct{}"
            case t.Interface() if not t.methods_of(typ):
                return "any"
            case t.Signature():
                params = [self.named(x) for x in typ.params]
                results = [self.named(x) for x in typ.results]
                if None in params or None in results:
                    return None
                return f"func({', '.join(x for x in params if x)}) ({', '.join(x for x in results if x)})"
            case _:
                return None

    def typ(self, e: ast.Expr) -> str:
        """A type expression as it is written."""
        match e:
            case ast.Ident():
                return e.name
            case ast.Selector():
                return f"{self.typ(e.x)}.{e.sel.name}"
            case ast.Star():
                return f"*{self.typ(e.x)}"
            case ast.Index():
                return f"{self.typ(e.x)}[{', '.join(map(self.typ, e.indices))}]"
            case ast.ArrayType():
                length = "" if e.length is None else "0"
                return f"[{length}]{self.typ(e.elem)}"
            case ast.MapType():
                return f"map[{self.typ(e.key)}]{self.typ(e.value)}"
            case ast.ChanType():
                return f"{_ARROWS[e.direction]}{self.typ(e.value)}"
            case ast.FuncType():
                return self.signature(e)
            case ast.StructType():
                fields = (self.typ(f.type) if f.embedded else f"{f.name} {self.typ(f.type)}" for f in e.fields)
                return f"struct {{ {'; '.join(fields)} }}"
            case ast.InterfaceType():
                methods = (f"{m.name}{self.signature(m.type).removeprefix('func')}" for m in e.methods)
                return f"interface {{ {'; '.join((*methods, *map(self.typ, e.embeds)))} }}"
            case ast.Union():
                return " | ".join(map(self.typ, e.terms))
            case ast.Unary():
                return f"{e.op}{self.typ(e.x)}"
            case _:
                return UNTOLD

    def signature(self, e: ast.FuncType) -> str:
        results = self._listed(e.results)
        shown = f" ({results})" if results else ""
        return f"func({self._listed(e.params)}){shown}"

    def _listed(self, params: tuple[ast.Param, ...]) -> str:
        return ", ".join(f"{p.name} {'...' if p.variadic else ''}{self.typ(p.type)}".strip() for p in params)


def _plain_zero(typ: t.Type) -> str | None:
    under = t.underlying(typ)
    match under:
        case t.Basic():
            name = under.name.removeprefix("untyped ")
            return '""' if name == "string" else "false" if name == "bool" else "nil" if "Pointer" in name else "0"
        case t.Pointer() | t.Slice() | t.Map() | t.Chan() | t.Signature():
            return "nil"
        case _:
            return None
