"""How the expressions of one unit are used: where their values go."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Node, root_of
from tracer.syntax import ast


@dataclass(slots=True, eq=False)
class Uses:
    """How the expressions of one unit are used.

    ``outgoing``: expression -> places and expressions that take its value; ``("h", x)`` where a container ``x`` does.
    ``outgoing_parts``: a call's i-th result -> the same.
    ``arguments`` and ``receivers``: expression -> the calls that it is passed to. ``bound``: expression -> the methods that
    are values with it as their receiver. ``called``: function value -> its call. ``reads``: local variable -> its uses.
    ``parts``: the root of a place -> the places under it that something is stored in: ``("v", x)`` -> ``("e", ("v", x))``.
    """

    outgoing: dict[ast.Expr, list[Node]] = field(default_factory=dict["ast.Expr", "list[Node]"])
    outgoing_parts: dict[tuple[ast.Expr, int], list[Node]] = field(
        default_factory=dict["tuple[ast.Expr, int]", "list[Node]"]
    )
    arguments: dict[ast.Expr, list[tuple[CallSite, int]]] = field(
        default_factory=dict["ast.Expr", "list[tuple[CallSite, int]]"]
    )
    receivers: dict[ast.Expr, list[CallSite]] = field(default_factory=dict["ast.Expr", "list[CallSite]"])
    bound: dict[ast.Expr, list[t.Func]] = field(default_factory=dict["ast.Expr", "list[t.Func]"])
    called: dict[ast.Expr, CallSite] = field(default_factory=dict["ast.Expr", "CallSite"])
    reads: dict[t.Var, list[ast.Expr]] = field(default_factory=dict["t.Var", "list[ast.Expr]"])
    parts: dict[Node, list[Node]] = field(default_factory=dict[Node, list[Node]])


def uses_in(info: Info) -> Uses:
    """The uses of a unit's expressions, by what its flows and its trees say."""
    out = Uses()
    for stored, sources in info.flows.items():
        target = root_of(stored)
        if target is not stored:
            out.parts.setdefault(target, []).append(stored)
        if target is not stored and target[0] in ("x", "v"):
            # What is stored in a container is found wherever that came from.
            target = ("h", target)
        for source, _ in sources:
            origin = root_of(source)
            if origin[0] == "x":
                out.outgoing.setdefault(origin[2], []).append(target)
            elif origin[0] == "xi":
                out.outgoing_parts.setdefault((origin[2], origin[3]), []).append(target)
    for e in info.types:
        node: Node = ("x", info, e)
        match e:
            case ast.CompositeLit() if not isinstance(t.core(t.deref(info.types[e])), t.Struct):
                for pair in e.elements:
                    out.outgoing.setdefault(pair.value, []).append(node)
            case ast.Index() | ast.TypeAssert() | ast.SliceExpr() | ast.Unary() | ast.Star():
                out.outgoing.setdefault(e.x, []).append(node)
                holder = e.x
                while isinstance(e, ast.Unary) and isinstance(holder, ast.Index):
                    # A pointer to an element is a way into the container, whatever the elements are.
                    holder = holder.x
                    out.outgoing.setdefault(holder, []).append(node)
            case ast.Call() if e not in info.sites:
                for arg in e.args:
                    out.outgoing.setdefault(arg, []).append(node)
            case _:
                pass
    for site in info.calls:
        out.called[site.node.fun] = site
        if site.recv is not None:
            out.receivers.setdefault(site.recv, []).append(site)
        for i, arg in enumerate(site.node.args[site.first :]):
            out.arguments.setdefault(arg, []).append((site, i))
    for e, used in info.uses.items():
        if isinstance(used, t.Var) and used.role != "global":
            out.reads.setdefault(used, []).append(e)
    for e, selection in info.selections.items():
        if selection.func is not None and isinstance(e, ast.Selector) and e.x in info.types and e not in out.called:
            out.bound.setdefault(e.x, []).append(selection.func)
    return out
