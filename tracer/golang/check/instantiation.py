"""Generic functions with the type arguments that their uses imply (go/types' infer.go and instantiate.go)."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.golang import types as t
from tracer.golang.check.operand import VALUES
from tracer.golang.check.walker import Walker
from tracer.golang.types.inference import Unifier
from tracer.syntax import ast


def own_tparams(func: t.Func) -> tuple[t.TypeParam, ...]:
    """The type parameters of a function itself; a method's without those of its receiver."""
    return func.tparams[len(func.recv.tparams) if func.recv else 0 :]


def note_arguments(walker: Walker, e: ast.Expr, mapping: Mapping[t.TypeParam, t.Type]) -> None:
    """Notes the arguments of type parameters with which an expression is a generic function."""
    walker.info.instances[e] = mapping
    for param, typ in mapping.items():
        walker.info.arguments.setdefault(param, {})[typ] = None


def specialised(walker: Walker, e: ast.Expr, sig: t.Type, target: t.Type) -> t.Type:
    """A generic function as a value of a function type (Go spec, "Type inference")."""
    if not isinstance(t.core(target), t.Signature):
        return sig
    func, known = walker.generic.pop(e)
    unifier = Unifier(own_tparams(func), walker.declarations.signature_of, walker.package)
    unifier.write(known)
    mapping = unifier.infer([sig], [target])
    note_arguments(walker, e, {**known, **mapping})
    typ = t.substitute(sig, mapping)
    walker.info.operands[e] = VALUES[typ]
    return typ


def instantiated(walker: Walker, e: ast.Call, sig: t.Signature, args: list[t.Type]) -> t.Signature:
    """The signature of a called generic function with the type arguments that its arguments imply."""
    func, explicit = walker.generic.pop(e.fun)
    nodes: list[ast.Expr | None] = list(e.args)
    if len(args) == 1 and isinstance(args[0], t.Tuple):
        args, nodes = list(args[0].types), [None] * len(args[0].types)
    own = own_tparams(func)
    fresh = _fresh(own) if func is walker.info.func else {}
    new = t.substitute(sig, fresh) if fresh else sig
    assert isinstance(new, t.Signature)
    unifier = Unifier([fresh.get(p, p) for p in own], walker.declarations.signature_of, walker.package)
    unifier.write({fresh.get(p, p): typ for p, typ in explicit.items()})
    open_args: list[tuple[ast.Expr, t.Type]] = []
    for node, typ in zip(nodes, args, strict=True):
        if node is not None and node in walker.generic:
            other, known = walker.generic[node]
            unifier.add([p for p in own_tparams(other) if p not in known])
            unifier.write(known)
            open_args.append((node, typ))
    mapping = unifier.infer([t.parameter(new, i, spread=e.spread) for i in range(len(args))], args)
    origins = {p: origin for origin, p in fresh.items()}
    for typ in mapping.values():
        walker.goes(typ, t.UNKNOWN, e.pos)
    note_arguments(walker, e.fun, {origins.get(param, param): typ for param, typ in mapping.items()})
    done = t.substitute(new, mapping)
    assert isinstance(done, t.Signature)
    for node, typ in open_args:
        other, known = walker.generic.pop(node)
        walker.info.instances[node] = {p: typ for p, typ in {**known, **mapping}.items() if p in other.tparams}
        walker.info.operands[node] = VALUES[t.substitute(typ, mapping)]
    walker.info.operands[e.fun] = VALUES[done]
    return done


def _fresh(own: tuple[t.TypeParam, ...]) -> dict[t.TypeParam, t.TypeParam]:
    """Other type parameters for those of a function that calls itself: inside of it, its own are types like any other."""
    fresh = {p: t.TypeParam(p.name, p.constraint) for p in own}
    for param in fresh.values():
        param.constraint = t.substitute(param.constraint, fresh)
    return fresh
