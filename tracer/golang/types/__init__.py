"""go/types' types and objects, and the rules on them: identity, method sets, selection, substitution.

Types other than structs and named types are interned, so that Go's type identity (Go spec, "Type identity") is
Python's ``is``. Named types and structs are made once for each declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tracer.syntax import ast

if TYPE_CHECKING:
    from tracer.golang.load.packages import File, Package


class Type:
    """Any Go type."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Basic(Type):
    """A predeclared type; ``untyped`` marks the type of an untyped constant."""

    name: str
    untyped: bool = False


@dataclass(slots=True, eq=False)
class Pointer(Type):
    elem: Type


@dataclass(slots=True, eq=False)
class Slice(Type):
    elem: Type


@dataclass(slots=True, eq=False)
class Array(Type):
    """``length`` is None where it is not known."""

    elem: Type
    length: int | None = None


@dataclass(slots=True, eq=False)
class Map(Type):
    key: Type
    elem: Type


@dataclass(slots=True, eq=False)
class Chan(Type):
    direction: str
    elem: Type


@dataclass(slots=True, eq=False)
class Tuple(Type):
    types: tuple[Type, ...]


@dataclass(slots=True, eq=False)
class Signature(Type):
    """With ``variadic`` the last parameter's type is a slice."""

    params: tuple[Type, ...]
    results: tuple[Type, ...]
    variadic: bool


@dataclass(slots=True, eq=False)
class Field:
    """A struct field; an instantiated copy points to the declared one by ``origin``."""

    name: str
    type: Type
    embedded: bool
    pos: ast.Pos
    file: File | None
    struct: str = ""
    origin: Field | None = None
    tag: str = ""

    @property
    def declared(self) -> Field:
        return self.origin or self


@dataclass(slots=True, eq=False)
class Struct(Type):
    fields: tuple[Field, ...]


@dataclass(slots=True, eq=False)
class Interface(Type):
    """``methods`` are those written in it; ``embeds`` the embedded interfaces and constraint terms.

    ``home`` is the package in which unexported ones of its own methods are written, if there are any.
    """

    methods: tuple[tuple[str, Signature], ...]
    embeds: tuple[Type, ...]
    home: Package | None = None
    flat: dict[str, Signature] | None = None
    homes: dict[str, Package] = field(default_factory=dict[str, "Package"])


@dataclass(slots=True, eq=False)
class UnionType(Type):
    terms: tuple[Type, ...]


@dataclass(slots=True, eq=False)
class TypeParam(Type):
    name: str
    constraint: Type


@dataclass(slots=True, eq=False)
class Named(Type):
    """A defined type or an instance of a generic one; ``resolve`` computes the underlying type once."""

    obj: TypeName
    targs: tuple[Type, ...]
    resolve: Callable[[], Type]
    cached: Type | None = None


@dataclass(slots=True, eq=False)
class TypeName:
    """A declared type: a package-level one, or one local to a function (``package`` as well)."""

    name: str
    package: Package | None
    file: File | None
    spec: ast.TypeSpec | None
    pos: ast.Pos = ast.NO_POS
    tparams: tuple[TypeParam, ...] = ()
    type: Type | None = None
    local: bool = False
    instances: dict[tuple[Type, ...], Named] = field(default_factory=dict[tuple[Type, ...], Named])

    @property
    def full_name(self) -> str:
        return f"{self.package.path}.{self.name}" if self.package else self.name


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


@dataclass(slots=True, eq=False)
class Var:
    """A variable: ``role`` is global, param, result, recv or local; ``index`` counts params and results.

    ``owner`` is what declares it: the function or the literal of a param, the unit of a local.
    """

    name: str
    type: Type
    role: str
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


UNKNOWN = Basic("invalid type")
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


def chan_of(direction: str, elem: Type) -> Chan:
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


def default_type(t: Type) -> Type:
    """The type that an untyped constant takes on (Go spec, "Constants")."""
    if isinstance(t, Basic) and t.untyped:
        name = t.name.removeprefix("untyped ")
        return BASICS.get(_DEFAULTS.get(name, name), t)
    return t


def underlying(t: Type) -> Type:
    """The underlying type; of a named type, resolved once. A cycle of declarations gives UNKNOWN."""
    seen = 0
    while isinstance(t, Named):
        if t.cached is None:
            t.cached = UNKNOWN
            t.cached = t.resolve()
        t = t.cached
        seen += 1
        if seen > 100:
            return UNKNOWN
    return t


def is_untyped(t: Type) -> bool:
    """Whether a type is that of an untyped constant or comparison; nil is left out."""
    return isinstance(t, Basic) and t.untyped and t is not UNTYPED_NIL


def component(typ: Type, index: int) -> Type:
    """The type of one value of a multi-value expression."""
    if isinstance(typ, Tuple):
        return typ.types[index] if index < len(typ.types) else UNKNOWN
    return typ if index == 0 else BASICS["bool"]


def parameter(sig: Signature, index: int, *, spread: bool = False) -> Type:
    """The type of the parameter that takes the i-th argument."""
    last = len(sig.params) - 1
    if sig.variadic and index >= last >= 0:
        typ = sig.params[last]
        return typ.elem if isinstance(typ, Slice) and not spread else typ
    return sig.params[index] if index <= last else UNKNOWN


def is_interface(t: Type) -> bool:
    return isinstance(underlying(t), Interface)


def is_error(t: Type) -> bool:
    """Whether a type is ``error``, or another interface with its method."""
    under = underlying(t)
    return isinstance(under, Interface) and "Error" in methods_of(under)


def innermost(t: Type) -> Type:
    """What lists of lists, or pointers to them, hold in the end."""
    under = underlying(t)
    while isinstance(under, Slice | Array | Pointer):
        t = under.elem
        under = underlying(t)
    return t


def is_dynamic(t: Type) -> bool:
    """Whether a value of this type holds values of other types: interfaces and type parameters."""
    return isinstance(t, TypeParam | UnionType) or isinstance(underlying(t), Interface)


def deref(t: Type) -> Type:
    """The pointer's base type, or the type itself."""
    if isinstance(t, Pointer):
        return t.elem
    if isinstance(t, Named):
        under = underlying(t)
        if isinstance(under, Pointer):
            return under.elem
    return t


def core(t: Type) -> Type:
    """The core type: the underlying type, for a type parameter that of its constraint's first term."""
    for _ in range(20):
        if isinstance(t, TypeParam):
            t = t.constraint
        elif isinstance(t, UnionType) and t.terms:
            t = t.terms[0]
        elif isinstance(under := underlying(t), Interface):
            terms = [e for e in under.embeds if _is_term(e)]
            if not terms:
                return under
            t = terms[0]
        else:
            return under
    return UNKNOWN


def _is_term(t: Type) -> bool:
    """Whether an embedded element narrows the type set to listed types."""
    if isinstance(t, UnionType):
        return True
    under = underlying(t)
    return not isinstance(under, Interface) or any(e is not t and _is_term(e) for e in under.embeds)


def terms_of(t: Type, depth: int = 0) -> list[Type]:
    """The types that a constraint lists; none for one that lists no types."""
    if depth > 20:
        return []
    if isinstance(t, UnionType):
        return [x for term in t.terms for x in terms_of(term, depth + 1)]
    under = underlying(t)
    if not isinstance(under, Interface):
        return [t]
    for embed in under.embeds:
        found = terms_of(embed, depth + 1)
        if found:
            return found
    return []


def single_core(t: Type) -> Type | None:
    """The one underlying type of all types of a constraint, if there is one (Go spec, "Core types")."""
    found = [x if isinstance(x, TypeParam) else underlying(x) for x in terms_of(t)]
    return found[0] if found and all(x is found[0] or identical(x, found[0]) for x in found) else None


def methods_of(t: Interface) -> dict[str, Signature]:
    """All methods of an interface, with those of the embedded ones (Go spec, "Interface types")."""
    if t.flat is None:
        t.flat = {}
        flat: dict[str, Signature] = {}
        for embed in t.embeds:
            under = underlying(embed)
            if isinstance(under, Interface):
                flat.update(methods_of(under))
                t.homes.update(under.homes)
        flat.update(t.methods)
        if t.home is not None:
            t.homes.update((name, t.home) for name, _ in t.methods if not exported(name))
        t.flat = flat
    return t.flat


def substitute(t: Type, mapping: Mapping[TypeParam, Type]) -> Type:
    """``t`` with type parameters replaced (go/types' subst.go)."""
    match t:
        case TypeParam():
            return mapping.get(t, t)
        case Pointer():
            return pointer(substitute(t.elem, mapping))
        case Slice():
            return slice_of(substitute(t.elem, mapping))
        case Array():
            return array_of(substitute(t.elem, mapping), t.length)
        case Map():
            return map_of(substitute(t.key, mapping), substitute(t.elem, mapping))
        case Chan():
            return chan_of(t.direction, substitute(t.elem, mapping))
        case Tuple():
            return tuple_of(substitute(x, mapping) for x in t.types)
        case Signature():
            return signature(
                [substitute(x, mapping) for x in t.params],
                [substitute(x, mapping) for x in t.results],
                variadic=t.variadic,
            )
        case Named() if t.targs:
            return instance(t.obj, tuple(substitute(x, mapping) for x in t.targs))
        case UnionType():
            return union(substitute(x, mapping) for x in t.terms)
        case Interface() if t.methods or t.embeds:
            methods: list[tuple[str, Signature]] = []
            for name, sig in t.methods:
                new = substitute(sig, mapping)
                methods.append((name, new if isinstance(new, Signature) else sig))
            return interface(methods, [substitute(e, mapping) for e in t.embeds], t.home)
        case Struct():
            fields = [(f, substitute(f.type, mapping)) for f in t.fields]
            if all(new is f.type for f, new in fields):
                return t
            return Struct(
                tuple(Field(f.name, n, f.embedded, f.pos, f.file, f.struct, f.declared, f.tag) for f, n in fields)
            )
        case _:
            return t


def has_type_params(t: Type) -> bool:
    """Whether a type parameter stands in a type: then it is another one for each instance."""
    match t:
        case TypeParam():
            return True
        case Pointer() | Slice() | Array() | Chan():
            return has_type_params(t.elem)
        case Map():
            return has_type_params(t.key) or has_type_params(t.elem)
        case Tuple():
            return any(has_type_params(x) for x in t.types)
        case Signature():
            return any(has_type_params(x) for x in (*t.params, *t.results))
        case Named():
            return any(has_type_params(x) for x in t.targs) or bool(t.obj.tparams and not t.targs)
        case UnionType():
            return any(has_type_params(x) for x in t.terms)
        case Interface():
            return any(has_type_params(sig) for _, sig in t.methods) or any(has_type_params(e) for e in t.embeds)
        case Struct():
            return any(has_type_params(f.type) for f in t.fields)
        case _:
            return False


def instance(obj: TypeName, targs: tuple[Type, ...]) -> Type:
    """The generic type instantiated; equal arguments give the same type."""
    origin = obj.type
    if origin is None or not targs or not obj.tparams:
        return origin or UNKNOWN
    if targs == obj.tparams:
        return origin
    found = obj.instances.get(targs)
    if found is None:
        mapping = dict(zip(obj.tparams, targs, strict=False))
        found = Named(obj, targs, lambda: substitute(underlying(origin), mapping))
        obj.instances[targs] = found
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What ``x.name`` means: a field, a concrete method, or a method of an interface.

    ``path`` are the embedded fields that were walked. For an interface's method ``func`` is None and
    ``signature`` tells its type; ``recv`` is the type that declares the field or method.
    """

    path: tuple[Field, ...]
    recv: Type
    field: Field | None = None
    func: Func | None = None
    signature: Signature | None = None


_Level = list[tuple[Type, tuple[Field, ...], bool]]


def select(t: Type, name: str, package: Package | None, type_of: Callable[[Func], Signature]) -> Selection | None:
    """Looks up a field or method as go/types' LookupFieldOrMethod does: by depth, ambiguity is no result.

    ``package`` is where the selector is written: unexported names are found in their own package only.
    ``type_of`` gives a method's signature.
    """
    methods = True
    if isinstance(t, Pointer):
        # A pointer to an interface or to a type parameter has no methods, nor has a named pointer type.
        if isinstance(t.elem, TypeParam) or is_interface(t.elem):
            return None
    elif isinstance(t, Named) and isinstance(under := underlying(t), Pointer):
        t, methods = under, False
    level: _Level = [(t, (), False)]
    seen: set[Type] = set()
    while level:
        found: list[Selection] = []
        following: _Level = []
        for typ, path, repeated in level:
            base = typ.elem if isinstance(typ, Pointer) else typ
            if base in seen:
                continue
            seen.add(base)
            selection = _declared(base, name, package, type_of, path) if methods or path else None
            if selection is None:
                selection = _held(base, name, package, path, following, repeated=repeated)
            if selection is not None:
                found += [selection, selection] if repeated else [selection]
        if found:
            return found[0] if len(found) == 1 else None
        level = following if len(following) < 2 else _consolidated(following)
    return None


def _declared(
    base: Type,
    name: str,
    package: Package | None,
    type_of: Callable[[Func], Signature],
    path: tuple[Field, ...],
) -> Selection | None:
    """The method that a named type declares."""
    if not isinstance(base, Named) or base.obj.package is None:
        return None
    func = base.obj.package.method(base.obj, name)
    if func is None or not visible(name, func.package, package):
        return None
    sig = type_of(func)
    if base.targs:
        sub = substitute(sig, receiver_mapping(func, base))
        sig = sub if isinstance(sub, Signature) else sig
    return Selection(path, base, func=func, signature=sig)


def _held(
    base: Type, name: str, package: Package | None, path: tuple[Field, ...], following: _Level, *, repeated: bool
) -> Selection | None:
    """The field of a struct or the method of an interface; embedded fields go to ``following``."""
    under = underlying(base.constraint) if isinstance(base, TypeParam) else underlying(base)
    if isinstance(base, TypeParam) and not (isinstance(under, Interface) and name in methods_of(under)):
        under = core(base)
    if isinstance(under, Pointer):
        # The core type of a type parameter: its fields can be reached, its methods are the constraint's.
        under = underlying(under.elem) if isinstance(base, TypeParam) else under
    if isinstance(under, Struct):
        selection: Selection | None = None
        for f in under.fields:
            if f.name == name and visible(name, f.file.package if f.file else None, package):
                selection = Selection(path, base, field=f)
            elif f.embedded:
                following.append((f.type, (*path, f), repeated))
        return selection
    if isinstance(under, Interface):
        sig = methods_of(under).get(name)
        if sig is not None and visible(name, under.homes.get(name), package):
            return Selection(path, base, signature=sig)
    return None


def _consolidated(level: _Level) -> _Level:
    """Embedded types met more than once at one depth: what they hold is ambiguous (go/types' consolidateMultiples)."""
    at: dict[Type, int] = {}
    out: _Level = []
    for typ, path, repeated in level:
        base = typ.elem if isinstance(typ, Pointer) else typ
        if base in at:
            out[at[base]] = (*out[at[base]][:2], True)
        else:
            at[base] = len(out)
            out.append((typ, path, repeated))
    return out


def visible(name: str, declared: Package | None, used: Package | None) -> bool:
    """Whether a name can be meant from a package (Go spec, "Exported identifiers")."""
    return exported(name) or declared is None or used is None or declared is used


def exported(name: str) -> bool:
    return name[:1].isupper()


def receiver_mapping(func: Func, recv: Named) -> dict[TypeParam, Type]:
    """A method's own type parameters (``func (x *T[K])``) to the receiver's type arguments."""
    return dict(zip(func.tparams, recv.targs, strict=False))


def missing_method(
    t: Type, iface: Interface, type_of: Callable[[Func], Signature], *, address: bool = False
) -> str | None:
    """The first method of ``iface`` that ``t`` lacks, or None if ``t`` implements it (Go spec, "Method sets").

    With ``address``, methods with pointer receivers count for a value as well.
    """
    for name, want in methods_of(iface).items():
        found = select(t, name, iface.homes.get(name), type_of)
        if found is None or found.signature is None or found.field is not None:
            return name
        if not identical(found.signature, want):
            return name
        if found.func is not None and found.func.pointer and not address:
            through = any(isinstance(f.type, Pointer) for f in found.path)
            if not isinstance(t, Pointer) and not through:
                return name
    return None


def identical(a: Type, b: Type) -> bool:
    """Type identity; where a part is unknown, the parts that are known decide."""
    if a is b or a is UNKNOWN or b is UNKNOWN or isinstance(a, TypeParam) or isinstance(b, TypeParam):
        return True
    if type(a) is not type(b):
        return False
    match a, b:
        case Signature(), Signature():
            return (
                a.variadic == b.variadic
                and len(a.params) == len(b.params)
                and len(a.results) == len(b.results)
                and all(identical(x, y) for x, y in zip(a.params, b.params, strict=True))
                and all(identical(x, y) for x, y in zip(a.results, b.results, strict=True))
            )
        case (Pointer(), Pointer()) | (Slice(), Slice()):
            return identical(a.elem, b.elem)
        case Array(), Array():
            return (a.length == b.length or None in (a.length, b.length)) and identical(a.elem, b.elem)
        case Map(), Map():
            return identical(a.key, b.key) and identical(a.elem, b.elem)
        case Chan(), Chan():
            return a.direction == b.direction and identical(a.elem, b.elem)
        case Struct(), Struct():
            return len(a.fields) == len(b.fields) and all(
                _same_field(x, y) and identical(x.type, y.type) for x, y in zip(a.fields, b.fields, strict=True)
            )
        case Interface(), Interface():
            mine, theirs = methods_of(a), methods_of(b)
            return mine.keys() == theirs.keys() and all(identical(sig, theirs[n]) for n, sig in mine.items())
        case Named(), Named():
            return a.obj is b.obj and all(identical(x, y) for x, y in zip(a.targs, b.targs, strict=False))
        case _:
            return False


def _same_field(a: Field, b: Field) -> bool:
    """Unexported names of different packages are always different (Go spec, "Type identity")."""
    if (a.name, a.embedded, a.tag) != (b.name, b.embedded, b.tag):
        return False
    return exported(a.name) or a.file is None or b.file is None or a.file.package is b.file.package


def describe(t: Type) -> str:
    """A type in Go's notation, packages by their full path."""
    match t:
        case Basic():
            return t.name
        case Named():
            args = f"[{', '.join(describe(x) for x in t.targs)}]" if t.targs else ""
            return t.obj.full_name + args
        case Pointer():
            return "*" + describe(t.elem)
        case Slice():
            return "[]" + describe(t.elem)
        case Array():
            return f"[{'…' if t.length is None else t.length}]" + describe(t.elem)
        case Map():
            return f"map[{describe(t.key)}]{describe(t.elem)}"
        case Chan():
            arrow = {"both": "chan ", "send": "chan<- ", "recv": "<-chan "}[t.direction]
            return arrow + describe(t.elem)
        case Signature():
            params = ", ".join(describe(x) for x in t.params)
            results = ", ".join(describe(x) for x in t.results)
            return f"func({params})" + (f" ({results})" if results else "")
        case Struct():
            return "struct{…}" if t.fields else "struct{}"
        case Interface():
            return "interface{…}" if methods_of(t) else "any"
        case TypeParam():
            return t.name
        case Tuple():
            return f"({', '.join(describe(x) for x in t.types)})"
        case _:
            return "?"
