"""Fields and methods by name: selection, method sets (go/types' lookup.go)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracer.golang.load.package import Package
from tracer.golang.types.identity import identical
from tracer.golang.types.model import (
    Field,
    Func,
    Interface,
    Named,
    Pointer,
    Signature,
    Struct,
    Type,
    TypeParam,
    exported,
)
from tracer.golang.types.substitution import substitute
from tracer.golang.types.typeset import core
from tracer.golang.types.under import is_interface, methods_of, underlying
from tracer.golang.types.universe import is_unknown


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


def unknown_embedded(t: Type) -> list[Type]:
    """The types without a known structure that a type embeds, at any depth: their fields and methods are not known."""
    found: list[Type] = []
    seen: set[Type] = set()
    todo = [t]
    while todo:
        typ = todo.pop()
        base = typ.elem if isinstance(typ, Pointer) else typ
        if base in seen:
            continue
        seen.add(base)
        under = underlying(base)
        if is_unknown(under):
            found.append(base)
        elif isinstance(under, Struct):
            todo += [f.type for f in under.fields if f.embedded]
        elif isinstance(under, Interface):
            todo += under.embeds
    return found


def _declared(
    base: Type,
    name: str,
    package: Package | None,
    type_of: Callable[[Func], Signature],
    path: tuple[Field, ...],
) -> Selection | None:
    """The method that a named type declares."""
    if not isinstance(base, Named) or base.obj.declared is None:
        return None
    func = base.obj.declared.method(base.obj.name, name)
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
            if f.name == name and visible(name, f.package, package):
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
