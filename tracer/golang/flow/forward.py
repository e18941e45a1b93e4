"""Where a value goes, followed forwards: the calls of a function value, and the other names of a container."""

from __future__ import annotations

from collections.abc import Callable

from tracer.codes import Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences, OverBudget
from tracer.golang.callgraph.defuse import DefUse
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.arguments import first_argument
from tracer.golang.flow.outside import CALLING, Leak, called, calls_in, home, is_outside, leaks_at
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import Emit, Growing, State
from tracer.golang.load.package import Package
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import (
    AddressOf,
    Component,
    Expression,
    FieldNode,
    FieldUse,
    Global,
    Holder,
    Literal,
    Local,
    Node,
    Owner,
    Result,
    Site,
    root_of,
)
from tracer.golang.types.containers import carries, is_untyped

MAX_VISITED = 2000
_TOO_FAR = Message(Gap.TOO_FAR, (str(MAX_VISITED),))

CallsOf = Callable[[Owner, State, Callable[[Site], None]], None]
"""Tells of the calls of a function, now and later, on behalf of a state."""
Predecessors = Callable[[Node, State, Emit], None]
"""Tells of the nodes whose values flow into one, now and later, on behalf of a state."""


class Forward:
    """The nodes that values of one program go to."""

    __slots__ = (
        "_boxings",
        "_called",
        "_calling",
        "_carrying",
        "_following",
        "_hidden",
        "_leaks",
        "_named",
        "_refused",
        "_told_hidden",
        "_untyped",
        "_visits",
        "calls_of",
        "candidates",
        "hierarchy",
        "predecessors",
        "solver",
        "xref",
    )

    def __init__(self, solver: Solver, candidates: Candidates, hierarchy: ClassHierarchy) -> None:
        self.solver = solver
        self.xref: CrossReferences = solver.xref
        self.candidates = candidates
        self.hierarchy = hierarchy
        # What goes backwards is built on this: it is put in when that is there.
        self.calls_of: CallsOf = _none_yet
        self.predecessors: Predecessors = _none_yet
        self._boxings: dict[Growing[Node], Growing[Node]] = {}
        self._called: dict[Node, Growing[Site]] = {}
        self._calling: dict[Package, bool] = {}
        self._leaks: dict[Node, Growing[Leak]] = {}
        # Where what is followed goes into a value of ``any``, and is not followed but for its leaks.
        self._hidden: dict[Growing[Node], dict[Node, None]] = {}
        self._told_hidden: dict[Growing[Node], Callable[[Node], None]] = {}
        self._visits: dict[Node, Growing[Node]] = {}
        self._following: dict[Node, Growing[Node]] = {}
        self._carrying: dict[t.Type, bool] = {}
        self._untyped: dict[t.Type, bool] = {}
        # The named function types that a followed function was converted to.
        self._named: dict[Growing[Node], dict[t.Type, None]] = {}
        self._refused: dict[Growing[Node], list[Node]] = {}

    def calls_of_value(self, node: Node) -> Growing[Site]:
        """The calls of a function value, wherever it goes."""
        found = self._called.get(node)
        if found is None:
            found = self._called[node] = Growing[Site]()
            calls = found
            visits = self.visited(node)
            calls.anchor.need(visits.anchor)

            def visited(at: Node) -> None:
                if isinstance(at, Expression):
                    site = self.xref.uses_in(at.unit).called.get(at)
                    if site is not None:
                        calls.add(site)

            visits.listen(visited)
        return found

    def leaks(self, start: Node) -> Growing[Leak]:
        """Where a function value, or a way to what a variable holds, is handed to what is not among the sources."""
        found = self._leaks.get(start)
        if found is None and start.type is t.EMPTY_INTERFACE:
            found = self._leaks[start] = Growing[Leak]()
            leaks = found
            self.solver.tasks.append(lambda: self._step_in_any(start, leaks))
        elif found is None:
            visits = self.visited(start)
            found = self._leaks[start] = Growing[Leak](visits.anchor)
            leaks = found
            visits.listen(self.solver.kept(leaks.anchor, lambda at: self._leaving(at, leaks, begins=at is start)))
            self._told_hidden[visits] = lambda at: self._inside(at, leaks)
            for node in list(self._hidden.get(visits, ())):
                self._inside(node, leaks)
        return found

    def _inside(self, node: Node, leaks: Growing[Leak]) -> None:
        inside = self.leaks(node)
        leaks.anchor.need(inside.anchor)
        inside.listen(leaks.add)

    def _leaving(self, node: Node, leaks: Growing[Leak], *, begins: bool) -> None:
        """Where a value that is at a node leaves the sources there."""
        for leak in leaks_at(node, self._uses_of, self._calls_back, begins=begins):
            leaks.add(leak)
        for site, _ in self._uses_of(node).arguments.get(node, ()) if isinstance(node, Expression) else ():
            self._handed_on(site, leaks)

    def _step_in_any(self, node: Node, leaks: Growing[Leak]) -> None:
        """Where something in a value of ``any`` leaves the sources: what goes there shares the way on.

        What the library does with it is told by its facts, but for what it calls by reflection.
        """
        package = home(node)
        if package is not None and package.is_std and not self._hands_back(package):
            return
        self._leaving(node, leaks, begins=True)
        try:
            following = self.following(node)
        except OverBudget:
            self.solver.put_off(leaks.anchor, lambda: self._step_in_any(node, leaks))
            return

        def go(at: Node) -> None:
            if at.type is t.EMPTY_INTERFACE or self._may_carry(at):
                self._inside(at, leaks)
            elif self._is_outside(at):
                self._leaving(at, leaks, begins=False)

        leaks.anchor.need(following.anchor)
        following.listen(go)

    def _calls_back(self, package: Package) -> bool:
        """Whether a package of the library calls what it gives to reflection, as ``text/template`` does."""
        found = self._calling.get(package)
        if found is None:
            calls = package.path != "reflect" and any(True for _ in calls_in(self.xref, package, CALLING))
            found = self._calling[package] = calls
        return found

    def _hands_back(self, package: Package) -> bool:
        """The same of a package, or of one that it imports, as ``html/template`` does."""
        program = self.candidates.resolver.program
        imported = (program.package(path, package) for file in package.files for _, path in file.imported)
        return self._calls_back(package) or any(p is not None and self._calls_back(p) for p in imported)

    def _uses_of(self, e: Expression) -> DefUse:
        return self.xref.uses_in(e.unit)

    def _handed_on(self, site: Site, leaks: Growing[Leak]) -> None:
        """An argument of a dynamic call goes outside of the sources where what is called may stand there."""
        functions = site.kind is t.CallKind.VALUE
        callee = site.fun if functions else site.receiver if site.kind is t.CallKind.INTERFACE else None
        if callee is None or self.solver.values.of(callee, functions=functions):
            return
        watched = self.solver.state(callee, functions=functions)
        leaks.anchor.need(watched)

        def tell(mask: int) -> None:
            if any(unknown.type is None for unknown in self.solver.values.unknown_in(mask)):
                leaks.add(Leak(called(site), site.unit, site.pos))

        self.solver.follow(watched, tell)

    def visited(self, start: Node) -> Growing[Node]:
        """The expressions, variables, fields and results that a value goes to. A container stands for its elements."""
        found = self._visits.get(start)
        if found is None:
            found = self._visits[start] = Growing[Node]()
            self._go(found, start)
        return found

    def boxed(self, start: Node) -> Growing[Node]:
        """The names of a container that go on as values of an interface, or as elements of such a type."""
        return self._boxings_of(self.visited(start))

    def _boxings_of(self, visits: Growing[Node]) -> Growing[Node]:
        found = self._boxings.get(visits)
        if found is None:
            found = self._boxings[visits] = Growing[Node]()
            found.anchor.need(visits.anchor)
        return found

    def _go(self, visits: Growing[Node], node: Node) -> None:
        if self.xref.query.budget is not None and len(visits.items) >= MAX_VISITED:
            self.solver.cut(visits.anchor, _TOO_FAR)
        elif self._is_outside(node):
            # It is not followed to what has no type: that is where it leaves the sources.
            visits.add(node)
        elif (not visits.items or self._may_carry(node) or self._may_hide(visits, node)) and visits.add(node):
            self.solver.tasks.append(lambda: self._step(visits, node))
            typ = node.type
            named = self._named.setdefault(visits, {})
            if isinstance(typ, t.Named) and isinstance(t.underlying(typ), t.Signature) and typ not in named:
                named[typ] = None
                for refused in self._refused.pop(visits, ()):
                    self._unbox(visits, refused)
        elif node.type is t.EMPTY_INTERFACE and node not in visits.items:
            hidden = self._hidden.setdefault(visits, {})
            if node not in hidden:
                hidden[node] = None
                if (told := self._told_hidden.get(visits)) is not None:
                    told(node)

    def _unbox(self, visits: Growing[Node], node: Node) -> None:
        """Goes from a value of an interface to where it is asserted to be of a function type that the followed value had."""
        typ = node.type
        had = (next(iter(visits.items)).type, *self._named.get(visits, ()))
        if not isinstance(t.core(typ), t.Signature) or any(t.identical(typ, x) for x in had):
            self._go(visits, node)
        else:
            self._refused.setdefault(visits, []).append(node)

    def _may_hide(self, visits: Growing[Node], node: Node) -> bool:
        """Whether a node is of an interface type and a function is followed, which may lie there.

        In ``any``, where a type switch may find it; elsewhere by a named type that it was converted to and that implements
        the interface. Containers are not followed into ``any``: too many go there, and what is asserted there finds them
        backwards.
        """
        under = t.underlying(node.type)
        if not isinstance(under, t.Interface):
            return False
        if t.methods_of(under):
            return any(self.hierarchy.implements(typ, under) for typ in self._named.get(visits, ()))
        return isinstance(t.core(next(iter(visits.items)).type), t.Signature)

    def _may_carry(self, node: Node) -> bool:
        """Whether a followed value, a function or a container, may lie in a node of this type."""
        typ = node.type
        found = self._carrying.get(typ)
        if found is None:
            found = self._carrying[typ] = carries(typ)
        return found

    def _is_outside(self, node: Node) -> bool:
        typ = node.type
        found = self._untyped.get(typ)
        if found is None:
            found = self._untyped[typ] = is_untyped(typ)
        return found and is_outside(node)

    def _step(self, visits: Growing[Node], node: Node) -> None:
        """Goes on from a node that was visited."""
        try:
            following = self.following(node)
        except OverBudget:
            self.solver.put_off(visits.anchor, lambda: self._step(visits, node))
            return
        boxed = self.solver.is_boxed(node)
        container = self.solver.is_container(node)

        def go(following: Node) -> None:
            if container and following.type is not node.type and not t.identical(following.type, node.type):
                self._boxings_of(visits).add(node)
            if boxed and not self.solver.is_boxed(following):
                self._unbox(visits, following)
            else:
                self._go(visits, following)

        if following.anchor.needs:
            visits.anchor.need(following.anchor)
            following.listen(go)
        else:
            for item in following.items:
                go(item)

    def following(self, node: Node) -> Growing[Node]:
        """The nodes that a node's value goes to next. Raises OverBudget."""
        found = self._following.get(node)
        if found is None:
            told = Growing[Node]()
            self._successors(node, told.anchor, told.add)
            found = self._following[node] = told
        return found

    def _successors(self, node: Node, anchor: State, go: Callable[[Node], object]) -> None:
        """Tells where a node's value goes next; ``anchor`` depends on what decides that."""
        match node:
            case Expression():
                uses = self.xref.uses_in(node.unit)
                for target in uses.outgoing.get(node, ()):
                    go(target)
                for site, index in uses.arguments.get(node, ()):
                    self._parameters(site, index, anchor, go)
                for site in uses.receivers.get(node, ()):
                    self._receivers(site, go)
                for func in uses.bound.get(node, ()):
                    self.into_receiver(func, go)
                for value in uses.bound_in_interface.get(node, ()):
                    self._into_methods(value.selection.recv, value.name, go)
            case Global(var=var):
                self.xref.look_at(self.candidates.readers_of_global, var)
                for read in self.xref.vars_read.get(node, ()):
                    go(read)
            case Local():
                for read in self.xref.uses_in(node.unit).reads.get(node, ()):
                    go(read)
            case FieldNode(field=f):
                self.xref.look_at(self.candidates.readers_of_field, f)
                for same in (node, *self.xref.nodes.fields_like(node)):
                    for read in self.xref.fields_read.get(same, ()):
                        go(read)
                    for into in self.xref.copied_to.get(same, ()):
                        go(into)
                if f.embedded:
                    self._promoted(f, go)
            case Result(owner=owner, index=index):
                self.calls_of(owner, anchor, lambda site: self._into_result(site, index, go))
            case Component(call=call):
                for target in self.xref.uses_in(call.unit).outgoing.get(node, ()):
                    go(target)
            case Holder(whole=AddressOf(var=Local() | Global() as var)):
                # What a pointer to a variable leads to is what the variable holds; so with a field.
                go(var)
            case Holder(whole=AddressOf(x=FieldUse(field=pointed))):
                go(pointed)
            case Holder(whole=inner):
                go(inner)
                self.predecessors(
                    inner, anchor, lambda source, _file, _pos: self._into_holder(inner, source, anchor, go)
                )
            case _:
                pass

    def _into_holder(self, inner: Node, source: Node, anchor: State, go: Callable[[Node], object]) -> None:
        """Goes on to what a container came from: where it comes out of a value of an interface, to what was put in."""
        if self.solver.is_boxed(source) and not self.solver.is_boxed(inner):
            self.solver.held(source, inner.type, anchor, lambda held: go(self.xref.nodes.holder(root_of(held))))
        else:
            go(self.xref.nodes.holder(root_of(source)))

    def _parameters(self, site: Site, index: int, anchor: State, go: Callable[[Node], object]) -> None:
        def into(owner: Owner) -> None:
            params = (
                owner.params if isinstance(owner, Literal) else self.xref.unit(self.hierarchy.unit_of(owner)).params
            )
            at = index - first_argument(site, owner, self.hierarchy) if site.kind is t.CallKind.VALUE else index
            if at < 0 and isinstance(owner, t.Func):
                self.into_receiver(owner, go)
            elif params:
                go(params[min(at, len(params) - 1)])

        if site.kind is t.CallKind.INTERFACE:
            assert site.selection is not None
            for func in self.hierarchy.methods(site.selection.recv, site.name):
                if self.xref.runs(self.hierarchy.unit_of(func)):
                    into(func)
        elif site.kind is t.CallKind.VALUE:
            if site.fun is not None:
                self.solver.watch(site.fun, anchor, into)
        elif site.func is not None:
            into(site.func)
        elif site.literal is not None:
            into(site.literal)

    def _receivers(self, site: Site, go: Callable[[Node], object]) -> None:
        """A value as a receiver: of a method of a declared function or container type."""
        if site.kind is t.CallKind.INTERFACE:
            assert site.selection is not None
            self._into_methods(site.selection.recv, site.name, go)
        elif site.func is not None:
            self.into_receiver(site.func, go)

    def _into_methods(self, iface: t.Type, name: str, go: Callable[[Node], object]) -> None:
        for func in self.hierarchy.methods(iface, name):
            if self.xref.runs(self.hierarchy.unit_of(func)):
                self.into_receiver(func, go)

    def _promoted(self, f: t.Field, go: Callable[[Node], object]) -> None:
        """An embedded field as a receiver: its methods are called as the struct's."""
        for func in self.hierarchy.container_methods(t.deref(f.type)):
            self.into_receiver(func, go)
        under = t.underlying(f.type)
        for name in t.methods_of(under) if isinstance(under, t.Interface) else ():
            self._into_methods(f.type, name, go)

    def into_receiver(self, func: t.Func, go: Callable[[Node], object]) -> None:
        """Tells of a method's receiver, if it is of a declared type that carries functions or interfaces."""
        if func.recv is not None and carries(self.hierarchy.declared(func.recv)):
            receiver = self.xref.unit(self.hierarchy.unit_of(func)).receiver
            if receiver is not None:
                go(receiver)

    def _into_result(self, site: Site, index: int, go: Callable[[Node], object]) -> None:
        if site.value is not None:
            if index == 0:
                go(site.value)
            go(self.xref.nodes.component(site.value, index))


def _none_yet(*_: object) -> None:
    raise AssertionError("what goes backwards was not put in")
