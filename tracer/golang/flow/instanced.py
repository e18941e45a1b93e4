"""Values of the instances of generic code, which is one code for all of them.

A value that comes into generic code, where its type is or has a type parameter, takes with it the type that it has in the instance
(``Instanced``); it comes out where the type is that one (Go spec, "Instantiations" and "Type identity"). Instances with the same type
there are one. Where code says no such type, as where a type parameter's value becomes one of an interface, all come out.
"""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang import types as t
from tracer.golang.flow.fitting import Fitting
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import Emit
from tracer.golang.flow.values import Values
from tracer.golang.load.package import File
from tracer.golang.summary.nodes import (
    CallValue,
    Component,
    Element,
    FieldNode,
    FieldUse,
    Given,
    Key,
    Local,
    Node,
    Part,
    Pointee,
    Pos,
    Result,
    Site,
)
from tracer.golang.summary.shared import Nodes
from tracer.golang.types.matching import is_renamed

_INSIDE = (Element, Key, Pointee)
Change = Callable[[int], int]
"""What becomes of a set of values."""


def conversion(into: Node, source: Node, solver: Solver, fitting: Fitting, *, functions: bool) -> Change | None:
    """What becomes of values on the way from one node to another; of functions, in a value of an interface they keep the type that they had.

    Go spec, "Type assertions" and "Type switches": they come out as values of that type alone. What a type parameter stands for
    may be any type; out of generic code come the functions that are of the type there.
    """
    first = _instanced(into, source, solver.values, fitting)
    if not functions:
        return first
    boxed, wanted = solver.is_boxed(into), into.type
    if boxed == solver.is_boxed(source):
        if not fitting.is_generic(source) or fitting.is_generic(into) or boxed:
            return first
        return _after(first, lambda mask: fitting.called_as(mask, wanted))
    typ = source.type if boxed else wanted
    if not isinstance(t.core(typ), t.Signature):
        return first
    change = solver.values.boxed if boxed else solver.values.unboxed
    return _after(first, lambda mask: change(mask, typ))


def _after(first: Change | None, then: Change) -> Change:
    return then if first is None else lambda mask: then(first(mask))


def _instanced(into: Node, source: Node, values: Values, fitting: Fitting) -> Change | None:
    """What becomes of values on the way from one node to another, where one of them is generic code's."""
    inside, was_inside = fitting.is_generic(into), fitting.is_generic(source)
    # A part of what a type parameter stands for has no type in generic code.
    nameless, was_nameless = _is_nameless(into), _is_nameless(source)
    if not (inside or was_inside or was_nameless):
        return None
    told = _is_same_type(into, source)
    if (inside or nameless) and (was_inside or was_nameless):
        return None if told or is_renamed(into.type, source.type) else lambda mask: values.leaving(mask, None)
    typ = into.type if told else None
    if was_inside or was_nameless:
        return lambda mask: values.leaving(mask, typ)
    comes = source.type
    return (lambda mask: values.entering(mask, comes)) if told and not t.is_unknown(comes) else None


def _is_nameless(node: Node) -> bool:
    return isinstance(node, Part) and t.is_unknown(node.type)


def _is_same_type(into: Node, source: Node) -> bool:
    """Whether both have one type in each instance; elsewhere a value may become one of an interface on the way."""
    match into, source:
        case Given(), _:
            return not t.has_type_params(into.type)
        case _, Given():
            return True
        case (CallValue() | Component(), Result()) | (FieldUse() | FieldNode(), FieldNode()):
            return True
        case _:
            # What containers hold has one type, whatever the container's name.
            return isinstance(into, _INSIDE) and isinstance(source, _INSIDE)


def given(var: Local, index: int, site: Site, nodes: Nodes, emit: Emit, *, inside: bool) -> Emit:
    """Tells what a call passes for a parameter as values of the type that this has in the instance that is called, or that calls.

    ``index`` is the argument's; ``inside`` tells of the elements of a variadic one.
    """
    owner = var.owner
    assert owner is not None
    typ, written = var.type, _parameter(site, index)
    if not t.has_type_params(typ):
        # What generic code calls takes what stands for its type parameter, and the argument is of that type.
        if written is None or not t.has_type_params(written):
            return emit
    elif written is not None:
        typ, written = written, None
    elif isinstance(owner, t.Func) and site.func is owner and len(site.targs) == len(owner.tparams):
        typ = t.substitute(typ, dict(zip(owner.tparams, site.targs, strict=True)))
    else:
        return emit
    if inside:
        typ, written = _element(typ), _element(written) if written is not None else None
    if not is_various(typ):
        return emit

    def tell(node: Node, file: File | None, pos: Pos) -> None:
        same = written is None or is_renamed(node.type, written)
        emit(nodes.given(node, typ) if same else node, file, pos)

    return tell


def _parameter(site: Site, index: int) -> t.Type | None:
    """The type of the parameter of what a dynamic call calls, as it has it: that of what is called is the same there."""
    if site.kind is t.CallKind.INTERFACE:
        called = site.selection.signature if site.selection is not None else None
        index -= site.first
    else:
        typ = site.fun.type if site.kind is t.CallKind.VALUE and site.fun is not None else t.UNKNOWN
        called = None if isinstance(typ, t.TypeParam) else t.core(typ)
    if not isinstance(called, t.Signature) or not 0 <= index < len(called.params):
        return None
    return called.params[index]


def _element(typ: t.Type) -> t.Type:
    under = t.core(typ)
    return under.elem if isinstance(under, t.Slice) else t.UNKNOWN


def is_various(typ: t.Type) -> bool:
    """Whether values of several types, or several functions, may be values of a type; of another, the type tells what they are."""
    return not t.is_unknown(typ) and (t.is_dynamic(typ) or isinstance(t.core(typ), t.Signature))
