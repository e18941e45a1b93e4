"""Which argument of a call a parameter is."""

from __future__ import annotations

from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.instanced import given
from tracer.golang.flow.state import Emit
from tracer.golang.summary.nodes import Local, Owner, Site
from tracer.golang.summary.shared import Nodes


def first_argument(site: Site, owner: Owner, hierarchy: ClassHierarchy) -> int:
    """The index of the first parameter's argument: a method expression, called as a value, takes the receiver first."""
    if site.kind is not t.CallKind.VALUE or not isinstance(owner, t.Func) or owner.recv is None:
        return site.first
    called = t.core(site.fun.type) if site.fun is not None else t.UNKNOWN
    params = hierarchy.signature_of(owner).params
    return int(isinstance(called, t.Signature) and len(called.params) > len(params))


def passed(
    var: Local, site: Site, hierarchy: ClassHierarchy, nodes: Nodes, emit: Emit, *, elements: bool = False
) -> None:
    """Tells what one call passes for a parameter; with ``elements`` the single arguments of a variadic one."""
    owner = var.owner
    assert owner is not None
    sig = hierarchy.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
    variadic = sig.variadic and var.index == len(sig.params) - 1
    args = site.args
    at = var.index + first_argument(site, owner, hierarchy)
    emit = given(var, at, site, nodes, emit, inside=elements)
    file = site.unit.file
    if len(args) == 1 and args[0] is not None and isinstance(args[0].type, t.Tuple):
        if not elements:
            emit(nodes.component(args[0], at), file, site.pos)
    elif variadic and not site.spread:
        for arg in args[at:] if elements else ():
            if arg is not None:
                emit(arg, file, arg.pos)
    elif at < len(args) and not elements:
        arg = args[at]
        if arg is not None:
            emit(arg, file, arg.pos)
