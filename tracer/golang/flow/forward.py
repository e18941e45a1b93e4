"""Where a value goes, followed forwards: the calls of a function value, and the other names of a container."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from tracer.codes import Message, Unknown
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import OverBudget
from tracer.golang.check.info import CallSite, Info, Node, Owner, root_of
from tracer.golang.flow.places import Call, Growing, Place, carries
from tracer.syntax import ast

if TYPE_CHECKING:
    from tracer.golang.flow.solver import Flow

MAX_VISITED = 2000
_TOO_FAR = Message(Unknown.TOO_FAR, (str(MAX_VISITED),))


class Forwards:
    """The places that values of one program go to. ``steps`` are those from which they have yet to be followed on."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.steps: deque[tuple[Growing[Node], Node]] = deque()
        self._called: dict[Node, Growing[Call]] = {}
        self._visits: dict[Node, Growing[Node]] = {}
        self._following: dict[Node, Growing[Node]] = {}
        self._carrying: dict[t.Type, bool] = {}
        # The named function types that a followed function was converted to.
        self._named: dict[Growing[Node], dict[t.Type, None]] = {}
        self._refused: dict[Growing[Node], list[Node]] = {}

    def calls_of_value(self, node: Node) -> Growing[Call]:
        """The calls of a function value, wherever it goes."""
        found = self._called.get(node)
        if found is None:
            found = self._called[node] = Growing[Call]()
            calls = found
            visits = self.visited(node)
            calls.anchor.needs.append(visits.anchor)

            def visited(at: Node) -> None:
                if at[0] == "x":
                    site = self.flow.index.uses_in(at[1]).called.get(at[2])
                    if site is not None:
                        calls.add((at[1], site))

            visits.listen(visited)
        return found

    def visited(self, start: Node) -> Growing[Node]:
        """The expressions, variables, fields and results that a value goes to. A container stands for its elements."""
        found = self._visits.get(start)
        if found is None:
            found = self._visits[start] = Growing[Node]()
            self._go(found, start)
        return found

    def _go(self, visits: Growing[Node], node: Node) -> None:
        if self.flow.index.budget is not None and len(visits.items) >= MAX_VISITED:
            visits.anchor.cut = _TOO_FAR
        elif (not visits.items or self._may_carry(node) or self._may_hide(visits, node)) and visits.add(node):
            self.steps.append((visits, node))
            typ = self.flow.type_of(node)
            named = self._named.setdefault(visits, {})
            if isinstance(typ, t.Named) and isinstance(t.underlying(typ), t.Signature) and typ not in named:
                named[typ] = None
                for refused in self._refused.pop(visits, ()):
                    self._unbox(visits, refused)

    def _unbox(self, visits: Growing[Node], node: Node) -> None:
        """Goes from a value of an interface to where it is asserted to be of a function type that the followed value had."""
        typ = self.flow.type_of(node)
        had = (self.flow.type_of(next(iter(visits.items))), *self._named.get(visits, ()))
        unknown = not isinstance(t.core(typ), t.Signature) or t.has_type_params(typ)
        if unknown or any(t.identical(typ, x) or t.has_type_params(x) for x in had):
            self._go(visits, node)
        else:
            self._refused.setdefault(visits, []).append(node)

    def _may_hide(self, visits: Growing[Node], node: Node) -> bool:
        """Whether a node is of an interface type and a function is followed, which may lie there.

        In ``any``, where a type switch may find it; elsewhere by a named type that it was converted to and that implements
        the interface. Containers are not followed into ``any``: too many go there, and what is asserted there finds them
        backwards.
        """
        under = t.underlying(self.flow.type_of(node))
        if not isinstance(under, t.Interface):
            return False
        if t.methods_of(under):
            return any(self.flow.implementers.implements(typ, under) for typ in self._named.get(visits, ()))
        return isinstance(t.core(self.flow.type_of(next(iter(visits.items)))), t.Signature)

    def _may_carry(self, node: Node) -> bool:
        """Whether a followed value, a function or a container, may lie in a node of this type."""
        typ = self.flow.type_of(node)
        found = self._carrying.get(typ)
        if found is None:
            found = self._carrying[typ] = carries(typ)
        return found

    def step(self, visits: Growing[Node], node: Node) -> None:
        """Goes on from a node that was visited."""
        following = self._following.get(node)
        if following is None:
            found = Growing[Node]()
            try:
                self.nexts(node, found.anchor, found.add)
            except OverBudget:
                self.flow.pending.setdefault(visits.anchor, []).append((visits, node))
                return
            following = self._following[node] = found
        boxed = self.flow.is_boxed(node)

        def go(following: Node) -> None:
            if boxed and not self.flow.is_boxed(following):
                self._unbox(visits, following)
            else:
                self._go(visits, following)

        if following.anchor.needs:
            visits.anchor.needs.append(following.anchor)
            following.listen(go)
        else:
            for item in following.items:
                go(item)

    def nexts(self, node: Node, anchor: Place, go: Callable[[Node], object]) -> None:
        """Tells where a node's value goes next; ``anchor`` depends on what decides that."""
        match node:
            case ("x", Info() as info, e):
                uses = self.flow.index.uses_in(info)
                for target in uses.outgoing.get(e, ()):
                    go(target)
                for site, index in uses.arguments.get(e, ()):
                    self._parameters(info, site, index, anchor, go)
                for site in uses.receivers.get(e, ()):
                    self._receivers(site, go)
                for func in uses.bound.get(e, ()):
                    self.into_receiver(func, go)
            case ("v", t.Var() as var) if var.role == "global":
                self.flow.index.look_at(self.flow.mentions.readers_of_global, var)
                for info, e in self.flow.index.vars_read.get(var, ()):
                    go(("x", info, e))
            case ("v", t.Var() as var):
                info = self.flow.checker.var_infos.get(var)
                for e in self.flow.index.uses_in(info).reads.get(var, ()) if info is not None else ():
                    go(("x", info, e))
            case ("f", t.Field() as f):
                self.flow.index.look_at(self.flow.mentions.readers_of_field, f)
                for info, e in self.flow.index.fields_read.get(f, ()):
                    go(("x", info, e))
                for into in self.flow.index.handed_on.get(f, ()):
                    go(("f", into))
                for func in self.flow.container_methods(t.deref(f.type)) if f.embedded else ():
                    self.into_receiver(func, go)
            case ("r", owner, int(i)):
                self.flow.calls_of_owner(owner, anchor, lambda c: self._into_result(c, i, go))
            case ("xi", Info() as info, call, int(i)):
                for target in self.flow.index.uses_in(info).outgoing_parts.get((call, i), ()):
                    go(target)
            case ("h", inner):
                go(inner)
                self.flow.tell_sources(inner, anchor, lambda source, _file, _pos: self._into_holder(source, go))
            case _:
                pass

    @staticmethod
    def _into_holder(source: Node, go: Callable[[Node], object]) -> None:
        go(("h", root_of(source)))

    def _parameters(self, info: Info, site: CallSite, index: int, anchor: Place, go: Callable[[Node], object]) -> None:
        def into(owner: Owner) -> None:
            params = (
                self.flow.index.info(self.flow.checker.unit_of(owner)).params
                if isinstance(owner, t.Func)
                else owner.params
            )
            at = index - self.flow.first_argument(info, site, owner) if site.kind == "value" else index
            if params and at >= 0:
                go(("v", params[min(at, len(params) - 1)]))

        if site.kind == "interface":
            assert site.selection is not None
            assert isinstance(site.node.fun, ast.Selector)
            for func in self.flow.implementers.methods(site.selection.recv, site.node.fun.sel.name):
                into(func)
        elif site.kind == "value":
            self.flow.watch(("x", info, site.node.fun), anchor, into)
        elif site.func is not None:
            into(site.func)
        elif site.literal is not None:
            into(site.literal)

    def _receivers(self, site: CallSite, go: Callable[[Node], object]) -> None:
        """A value as a receiver: of a method of a declared function or container type."""
        if site.kind == "interface":
            assert site.selection is not None
            assert isinstance(site.node.fun, ast.Selector)
            funcs = self.flow.implementers.methods(site.selection.recv, site.node.fun.sel.name)
        else:
            funcs = [site.func] if site.func is not None else []
        for func in funcs:
            self.into_receiver(func, go)

    def into_receiver(self, func: t.Func, go: Callable[[Node], object]) -> None:
        """Tells of a method's receiver, if it is of a declared type that carries functions or interfaces."""
        if func.recv is not None and carries(self.flow.checker.type_of_name(func.recv)):
            receiver = self.flow.index.info(self.flow.checker.unit_of(func)).receiver
            if receiver is not None:
                go(("v", receiver))

    @staticmethod
    def _into_result(call: Call, index: int, go: Callable[[Node], object]) -> None:
        info, site = call
        if index == 0:
            go(("x", info, site.node))
        go(("xi", info, site.node, index))
