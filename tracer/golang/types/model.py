"""go/types' types and objects, and how types are made.

Types other than structs and named types are interned, so that Go's type identity (Go spec, "Type identity") is
Python's ``is``. Named types and their structs are made once for each declaration, structs without a name once in a program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from tracer.golang.load.package import File, Package
from tracer.syntax import ast


class Type:
    """Any Go type. Its parts are shared with others: to write out all of them would have no end."""

    __slots__ = ()

    def __repr__(self) -> str:
        name = (
            self.name if isinstance(self, Basic | TypeParam) else self.obj.full_name if isinstance(self, Named) else "…"
        )
        return f"{type(self).__name__}({name})"


@dataclass(slots=True, eq=False, repr=False)
class Basic(Type):
    """A predeclared type; ``untyped`` marks the type of an untyped constant."""

    name: str
    untyped: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Absent(Basic):
    """A type that a package declares which is not among the sources: nothing is known of it but its full name."""

    path: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Pointer(Type):
    elem: Type


@dataclass(slots=True, eq=False, repr=False)
class Slice(Type):
    elem: Type


@dataclass(slots=True, eq=False, repr=False)
class Array(Type):
    """``length`` is None where it is not known."""

    elem: Type
    length: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class Map(Type):
    key: Type
    elem: Type


@dataclass(slots=True, eq=False, repr=False)
class Chan(Type):
    direction: ast.Direction
    elem: Type


@dataclass(slots=True, eq=False, repr=False)
class Tuple(Type):
    types: tuple[Type, ...]


@dataclass(slots=True, eq=False, repr=False)
class Signature(Type):
    """With ``variadic`` the last parameter's type is a slice."""

    params: tuple[Type, ...]
    results: tuple[Type, ...]
    variadic: bool


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A struct type without a name, by what its fields are found under in a text: the names of all, and ``package`` if one is its."""

    names: tuple[str, ...]
    package: Package | None


@dataclass(slots=True, eq=False)
class Field:
    """A struct field; an instantiated copy points to the declared one by ``origin``.

    One of a type without a name has no ``file``: wherever such a type is written, it is the same (Go spec, "Type identity").
    """

    name: str
    type: Type
    embedded: bool
    pos: ast.Pos
    file: File | None
    struct: str = ""
    origin: Field | None = None
    tag: str = ""
    within: Unnamed | None = None

    @property
    def full_name(self) -> str:
        return f"{self.struct}.{self.name}"

    @property
    def declared(self) -> Field:
        return self.origin or self

    @property
    def package(self) -> Package | None:
        """The package whose name it is; None for one that has no package of its own."""
        return self.within.package if self.within is not None else self.file.package if self.file is not None else None


@dataclass(slots=True, eq=False, repr=False)
class Struct(Type):
    fields: tuple[Field, ...]


@dataclass(slots=True, eq=False, repr=False)
class Interface(Type):
    """``methods`` are those written in it; ``embeds`` the embedded interfaces and constraint terms.

    ``home`` is the package in which unexported ones of its own methods are written, if there are any.
    """

    methods: tuple[tuple[str, Signature], ...]
    embeds: tuple[Type, ...]
    home: Package | None = None
    flat: dict[str, Signature] | None = None
    homes: dict[str, Package] = field(default_factory=dict[str, "Package"])


@dataclass(slots=True, eq=False, repr=False)
class UnionType(Type):
    terms: tuple[Type, ...]


@dataclass(slots=True, eq=False, repr=False)
class TypeParam(Type):
    name: str
    constraint: Type


@dataclass(slots=True, eq=False, repr=False)
class Named(Type):
    """A defined type or an instance of a generic one; ``resolve`` computes the underlying type once."""

    obj: TypeName
    targs: tuple[Type, ...]
    resolve: Callable[[], Type]
    cached: Type | None = None


class Methods(Protocol):
    """The methods that a package declares, by the name of the receiver's base type; looked for when they are asked for."""

    def method(self, receiver: str, name: str) -> Func | None: ...

    def methods_of(self, receiver: str) -> list[Func]: ...


@dataclass(slots=True, eq=False)
class TypeName:
    """A declared type: a package-level one, or one local to a function (``package`` as well).

    ``declared`` knows the methods of a package-level one.
    """

    name: str
    package: Package | None
    file: File | None
    spec: ast.TypeSpec | None
    pos: ast.Pos = ast.NO_POS
    tparams: tuple[TypeParam, ...] = ()
    type: Type | None = None
    local: bool = False
    declared: Methods | None = None
    instances: dict[tuple[Type, ...], Named] = field(default_factory=dict[tuple[Type, ...], Named])

    @property
    def full_name(self) -> str:
        return f"{self.package.path}.{self.name}" if self.package else self.name

    def method(self, name: str) -> Func | None:
        """The method that is declared with this type as the base of its receiver's."""
        return self.declared.method(self.name, name) if self.declared is not None else None

    def methods(self) -> list[Func]:
        """All methods that are declared with it."""
        return self.declared.methods_of(self.name) if self.declared is not None else []


@dataclass(slots=True, eq=False)
class Func:
    """A declared function or method; ``recv`` is the receiver's type name and ``pointer`` tells ``*T``."""

    name: str
    package: Package
    file: File
    start: int
    pos: ast.Pos
    recv: TypeName | None = None
    pointer: bool = False
    decl: ast.FuncDecl | None = None
    signature: Signature | None = None
    tparams: tuple[TypeParam, ...] = ()

    @property
    def full_name(self) -> str:
        """go/types' FullName, without type arguments."""
        if self.recv is None:
            return f"{self.package.path}.{self.name}"
        star = "*" if self.pointer else ""
        return f"({star}{self.recv.full_name}).{self.name}"


class Role(StrEnum):
    """What a variable is to what declares it."""

    GLOBAL = "global"
    PARAM = "param"
    RESULT = "result"
    RECV = "recv"
    LOCAL = "local"


class CallKind(StrEnum):
    """How a call names what it calls.

    Static: a declared function or concrete method. Interface: the method of a value of an interface. Value: a function value.
    Literal: a function literal where it stands. Unknown: a part has no known type.
    """

    STATIC = "static"
    INTERFACE = "interface"
    VALUE = "value"
    LITERAL = "literal"
    UNKNOWN = "unknown"


@dataclass(slots=True, eq=False)
class Var:
    """A variable; ``index`` counts parameters and results, and the names of one declaration of package variables.

    ``owner`` is what declares it: the function or the literal of a param, the unit of a local.
    """

    name: str
    type: Type
    role: Role
    pos: ast.Pos
    file: File
    owner: object = None
    index: int = 0
    package: Package | None = None

    @property
    def full_name(self) -> str:
        return f"{self.package.path}.{self.name}" if self.package else self.name


@dataclass(slots=True, eq=False)
class Const:
    name: str
    package: Package | None
    file: File | None
    pos: ast.Pos
    type: Type
    value: ast.Expr | None
    iota: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.package.path}.{self.name}" if self.package else self.name


@dataclass(slots=True, eq=False)
class PkgName:
    path: str


@dataclass(slots=True, eq=False)
class Builtin:
    name: str


@dataclass(slots=True, eq=False)
class Nil:
    pass


Object = TypeName | Func | Var | Const | PkgName | Builtin | Nil


_interned: dict[tuple[object, ...], Type] = {}


_T = TypeVar("_T", bound=Type)


def _intern(cls: type[_T], *parts: object) -> _T:
    key = (cls, *parts)
    found = _interned.get(key)
    if found is None:
        found = _interned[key] = cls(*parts)
    return found  # pyright: ignore[reportReturnType]  # the key holds the class


def pointer(elem: Type) -> Pointer:
    return _intern(Pointer, elem)


def slice_of(elem: Type) -> Slice:
    return _intern(Slice, elem)


def array_of(elem: Type, length: int | None = None) -> Array:
    return _intern(Array, elem, length)


def map_of(key: Type, elem: Type) -> Map:
    return _intern(Map, key, elem)


def chan_of(direction: ast.Direction, elem: Type) -> Chan:
    return _intern(Chan, direction, elem)


def tuple_of(types: Iterable[Type]) -> Tuple:
    return _intern(Tuple, tuple(types))


def signature(params: Iterable[Type], results: Iterable[Type], *, variadic: bool = False) -> Signature:
    return _intern(Signature, tuple(params), tuple(results), variadic)


def interface(
    methods: Iterable[tuple[str, Signature]], embeds: Iterable[Type], home: Package | None = None
) -> Interface:
    rows = tuple(sorted(methods, key=lambda m: m[0]))
    return _intern(Interface, rows, tuple(embeds), home if home and any(not exported(n) for n, _ in rows) else None)


def union(terms: Iterable[Type]) -> UnionType:
    return _intern(UnionType, tuple(terms))


EMPTY_INTERFACE = interface((), ())


def exported(name: str) -> bool:
    return name[:1].isupper()
