"""What must stand for type parameters where code takes a step of a chain: generic code calls what its instance holds.

Go spec, "Instantiations": an instance has one type argument for each type parameter, so one call cannot be of two instances. What is
not known of a type argument excludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.summary.nodes import Owner, Site
from tracer.golang.types.matching import match


@dataclass(frozen=True, slots=True)
class Stands:
    """A type that must stand for a type parameter; with ``held`` that one or an interface that it implements."""

    param: t.TypeParam
    type: t.Type
    held: bool = False


Standing = frozenset[Stands]
"""All that must stand for type parameters."""
_NOTHING: Standing = frozenset()


def asked_by(
    site: Site, owner: Owner, via: t.Type | None, standing: Iterable[Stands], hierarchy: ClassHierarchy
) -> Standing:
    """What must stand for the type parameters of the code around a dynamic call for it to call ``owner``.

    ``via`` is the type of the value whose method ``owner`` is, ``standing`` what must stand for the type parameters that are in scope
    in that.
    """
    func = site.unit.func
    if func is None or not func.tparams:
        return _NOTHING
    declared = hierarchy.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
    own = t.substitute(declared, {one.param: one.type for one in standing if not one.held})
    assert isinstance(own, t.Signature)
    if site.kind is t.CallKind.INTERFACE:
        if site.receiver is not None and isinstance(param := site.receiver.type, t.TypeParam):
            return frozenset((Stands(param, via, held=True),)) if via is not None and _is_told(via) else _NOTHING
        called = site.selection.signature if site.selection is not None else None
    else:
        typ = site.fun.type if site.fun is not None else t.UNKNOWN
        # A value of a type parameter may have been converted to any type that has the same form.
        called = None if isinstance(typ, t.TypeParam) else t.core(typ)
        if isinstance(called, t.Signature) and isinstance(owner, t.Func) and owner.recv is not None:
            # Go spec, "Method expressions": the receiver comes first.
            extra = len(called.params) - len(own.params)
            called = t.signature(called.params[max(extra, 0) :], called.results, variadic=called.variadic)
    bound = match(called, own) if isinstance(called, t.Signature) else None
    return frozenset(Stands(param, typ) for param, typ in bound.items()) if bound else _NOTHING


def before_call(
    standing: Iterable[Stands], func: t.Func, targs: tuple[t.Type, ...], hierarchy: ClassHierarchy
) -> Standing | None:
    """What must stand for the type parameters of code that names a function with type arguments, for these to stand in it.

    None where they do not. What is asked of other functions' type parameters is not known there.
    """
    out: set[Stands] = set()
    for one in standing:
        if one.param in func.tparams:
            at = func.tparams.index(one.param)
            found = _given(targs[at] if at < len(targs) else t.UNKNOWN, one, hierarchy)
            if found is None:
                return None
            out |= found
    return frozenset(out)


def is_instance(standing: Iterable[Stands], func: t.Func, via: t.Type, hierarchy: ClassHierarchy) -> bool:
    """Whether that may stand in a method where it is called through an interface on a value of a type.

    What the type parameters in the type itself stand for was decided where the value was made, and is not asked.
    """
    selection = hierarchy.method(via, func.name)
    recv = selection.recv if selection is not None and selection.func is func else None
    return before_call(standing, func, recv.targs if isinstance(recv, t.Named) else (), hierarchy) is not None


def _given(given: t.Type, one: Stands, hierarchy: ClassHierarchy) -> Standing | None:
    """What must stand in a type argument for it to be what is asked."""
    if t.is_unknown(given):
        return _NOTHING
    if isinstance(given, t.TypeParam):
        return frozenset((Stands(given, one.type, one.held),))
    under = t.underlying(given)
    if one.held and isinstance(under, t.Interface):
        fits = hierarchy.implements(one.type, under) or hierarchy.may_have_more(one.type) or t.has_type_params(given)
        return _NOTHING if fits else None
    bound = match(given, one.type)
    return None if bound is None else frozenset(Stands(param, typ) for param, typ in bound.items())


def _is_told(typ: t.Type) -> bool:
    return not t.is_unknown(typ) and not t.has_type_params(typ)
