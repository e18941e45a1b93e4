"""The predeclared identifiers and their types (Go spec, "Predeclared identifiers")."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.golang.types.model import (
    EMPTY_INTERFACE,
    Absent,
    Basic,
    Builtin,
    Const,
    Named,
    Nil,
    Object,
    Type,
    TypeName,
    interface,
    signature,
)
from tracer.syntax import ast

UNKNOWN = Basic("invalid type")
_ABSENT: dict[tuple[str, str], Absent] = {}
UNTYPED_NIL = Basic("untyped nil", untyped=True)
UNSAFE_POINTER = Basic("unsafe.Pointer")
BASICS = {
    name: Basic(name)
    for name in [
        "bool",
        "string",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "float32",
        "float64",
        "complex64",
        "complex128",
    ]
}
UNTYPED = {
    name: Basic(f"untyped {name}", untyped=True) for name in ("bool", "int", "rune", "float", "complex", "string")
}
_DEFAULTS = {"bool": "bool", "int": "int", "rune": "int32", "float": "float64", "complex": "complex128"}


def _universe() -> dict[str, Object]:
    scope: dict[str, Object] = {name: TypeName(name, None, None, None, type=basic) for name, basic in BASICS.items()}
    scope["byte"] = TypeName("byte", None, None, None, type=BASICS["uint8"])
    scope["rune"] = TypeName("rune", None, None, None, type=BASICS["int32"])
    scope["any"] = TypeName("any", None, None, None, type=EMPTY_INTERFACE)
    error = TypeName("error", None, None, None)
    methods = interface([("Error", signature((), (BASICS["string"],)))], ())
    error.type = Named(error, (), lambda: methods)
    scope["error"] = error
    comparable = TypeName("comparable", None, None, None)
    comparable.type = Named(comparable, (), lambda: EMPTY_INTERFACE)
    scope["comparable"] = comparable
    for name in [
        "append",
        "cap",
        "clear",
        "close",
        "complex",
        "copy",
        "delete",
        "imag",
        "len",
        "make",
        "max",
        "min",
        "new",
        "panic",
        "print",
        "println",
        "real",
        "recover",
    ]:
        scope[name] = Builtin(name)
    for name in ("true", "false"):
        scope[name] = Const(name, None, None, ast.NO_POS, UNTYPED["bool"], None)
    scope["iota"] = Const("iota", None, None, ast.NO_POS, UNTYPED["int"], None)
    scope["nil"] = Nil()
    return scope


UNIVERSE: Mapping[str, Object] = _universe()


def absent(path: str, name: str) -> Absent:
    """The type that a missing package declares under a name: one for each."""
    found = _ABSENT.get((path, name))
    if found is None:
        found = _ABSENT[path, name] = Absent(f"{path}.{name}", path=path)
    return found


def is_unknown(t: Type) -> bool:
    """Whether nothing is known of a type but, at most, its name."""
    return t is UNKNOWN or type(t) is Absent


def default_type(t: Type) -> Type:
    """The type that an untyped constant takes on (Go spec, "Constants")."""
    if isinstance(t, Basic) and t.untyped:
        name = t.name.removeprefix("untyped ")
        return BASICS.get(_DEFAULTS.get(name, name), t)
    return t


def is_untyped(t: Type) -> bool:
    """Whether a type is that of an untyped constant or comparison; nil is left out."""
    return isinstance(t, Basic) and t.untyped and t is not UNTYPED_NIL
