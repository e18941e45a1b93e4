"""The rules of the flow, backwards: from which nodes the values of a node come.

The rules are those of x/tools' go/callgraph/vta: assignment, argument, result, field, element; arguments and results of an
interface call go to and come from every method that could be called (vta starts from class hierarchy analysis as well).
Differences: nothing is computed before it is asked for; elements belong to the variable or field that holds the container
and to its aliases, not to its type; calls of function values are followed by flow, not by signature. Fields are one node
for all values of their struct, of generic ones one for each type; generic code is one code (``flow.instanced``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tracer.codes import Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.callgraph.instances import Instances
from tracer.golang.flow.aliases import Aliases
from tracer.golang.flow.arguments import first_argument, passed
from tracer.golang.flow.callers import Callers
from tracer.golang.flow.causes import caused
from tracer.golang.flow.fitting import Fitting
from tracer.golang.flow.forward import Forward
from tracer.golang.flow.instanced import conversion
from tracer.golang.flow.outside import has_body, is_outside, of_call, unread, untyped
from tracer.golang.flow.promoted import Promoted
from tracer.golang.flow.reflection import Reflection
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import Emit, State
from tracer.golang.flow.values import Unknown, bits
from tracer.golang.load.package import File
from tracer.golang.search.candidates import Candidates
from tracer.golang.stdlib.archive import Summary, summary
from tracer.golang.summary.nodes import (
    AddressOf,
    Append,
    CallValue,
    Caused,
    Component,
    Composite,
    Convert,
    Element,
    Entry,
    Expression,
    FieldNode,
    FieldUse,
    Given,
    Global,
    IndexOf,
    Key,
    Literal,
    Load,
    Local,
    MethodUse,
    Node,
    Panics,
    Part,
    Place,
    Pointee,
    Pos,
    Receive,
    Recover,
    Reflected,
    Result,
    Same,
    Site,
    Unboxed,
    UnitSummary,
    Use,
    nesting,
    reaching,
)
from tracer.golang.types.containers import MAX_DEPTH, carries, may_fail

_TOO_DEEP = Message(Gap.TOO_DEEP, (str(MAX_DEPTH),))


class _Nothing:
    __slots__ = ()


_NOTHING: Final = _Nothing()


class Backward:
    """The sources of one program's nodes."""

    __slots__ = (
        "aliases",
        "callers",
        "candidates",
        "fitting",
        "forward",
        "hierarchy",
        "instances",
        "nodes",
        "promoted",
        "reflection",
        "solver",
        "xref",
    )

    def __init__(
        self,
        solver: Solver,
        candidates: Candidates,
        hierarchy: ClassHierarchy,
        instances: Instances,
        forward: Forward,
        callers: Callers,
        aliases: Aliases,
    ) -> None:
        self.solver = solver
        self.xref: CrossReferences = solver.xref
        self.nodes = solver.xref.nodes
        self.candidates = candidates
        self.hierarchy = hierarchy
        self.instances = instances
        self.forward = forward
        self.callers = callers
        self.aliases = aliases
        self.fitting = Fitting(solver.values, hierarchy)
        self.promoted = Promoted(solver, hierarchy, self.fitting)
        self.reflection = Reflection(solver, candidates, hierarchy, self.predecessors)

    # Edges of a state

    def expand(self, state: State) -> None:
        """Adds the edges that lead to a state. Raises OverBudget."""
        assert state.node is not None
        if not state.functions:
            self._instantiate(state)
        if is_outside(state.node):
            self._unknown(state, untyped(state.node))
        self.predecessors(state.node, state, lambda node, file, pos: self._link(state, node, file, pos))

    def _link(self, state: State, node: Node, file: File | None, pos: Pos) -> None:
        """An edge from a node; nodes with only one source are passed over."""
        assert state.node is not None
        solver = self.solver
        convert = conversion(state.node, node, solver, self.fitting, functions=state.functions)
        for _ in range(100):
            bit = solver.values.of(node, functions=state.functions)
            if bit is not None:
                if bit and nesting(node) > MAX_DEPTH:
                    # What lies in a container that lies in itself has no end: each part of it would be a value of its own.
                    solver.cut(state, _TOO_DEEP)
                elif bit:
                    solver.made(state, convert(bit) if convert is not None else bit, file, pos)
                return
            source = None if t.is_unknown(node.type) else self._only_source(node)
            if source is None:
                break
            if isinstance(source, _Nothing):
                return
            if (state.functions and solver.is_boxed(source) != solver.is_boxed(node)) or (
                source.type is not node.type and (self.fitting.is_generic(source) or self.fitting.is_generic(node))
            ):
                break
            node = source
        if nesting(node) > MAX_DEPTH:
            solver.cut(state, _TOO_DEEP)
            return
        source = solver.state(node, functions=state.functions)
        if source is not state:
            solver.connect(source, state, convert, file, pos)

    def _instantiate(self, state: State) -> None:
        """A value whose type is a type parameter is of one of its arguments, even where nothing was stored."""
        typ = state.node.type if state.node is not None else t.UNKNOWN
        if not isinstance(typ, t.TypeParam):
            return
        for argument in self.instances.arguments(typ):
            file, pos = self.hierarchy.declared_at(typ)
            self.solver.made(state, self.solver.values.bit(argument), file, pos)

    # The one node from which a value comes

    def _only_source(self, node: Node) -> Node | _Nothing | None:
        """The one node from which a node's value comes, if that is plain; None if it takes a look at more."""
        match node:
            case Use():
                if isinstance(node.var, Global):
                    return node.var
                sources = reaching(node, node.var)
                if len(sources) != 1:
                    return None
                return sources[0][0] or _NOTHING
            case FieldUse():
                return node.field
            case CallValue(site=site):
                return self._called(site, 0)
            case Component(call=CallValue(site=site), index=index):
                return self._called(site, index)
            case Convert(args=args) | Append(args=args):
                return args[0] or _NOTHING
            case Recover():
                return self.nodes.panics
            case IndexOf() | Receive():
                return self.nodes.element(node.x) if node.x is not None else _NOTHING
            case Load():
                return self.nodes.pointee(node.x) if node.x is not None else _NOTHING
            case Same() | AddressOf():
                return node.x or _NOTHING
            case Local(role="local") if not node.address_taken:
                stores = node.unit.stores.get(node, ())
                return (stores[0][0] or _NOTHING) if len(stores) == 1 else None
            case MethodUse():
                return None
            case Expression():
                return _NOTHING
            case _:
                return None

    def _called(self, site: Site, index: int) -> Node | None:
        if site.kind is t.CallKind.STATIC and site.func is not None:
            return self.reflection.result(site) or self.nodes.result(site.func, index)
        if site.kind is t.CallKind.LITERAL and site.literal is not None:
            return self.nodes.result(site.literal, index)
        return None

    # All nodes from which a value comes

    def predecessors(self, node: Node, state: State, emit: Emit) -> None:
        """Tells every node whose value flows directly into ``node``, some of them perhaps later."""
        match node:
            case Expression():
                self._of_expression(node, state, emit)
            case Component(call=CallValue(site=site), index=index):
                self._of_result(site, index, state, emit)
            case Global():
                self._of_global(node, state, emit)
            case Local():
                for source, pos in node.unit.stores.get(node, ()):
                    if source is not None:
                        emit(source, node.unit.file, pos)
                for holder in node.address_taken:
                    self.aliases.aliases(holder, node, state, emit)
                self._passed(node, state, emit)
            case Entry(var=var):
                self._passed(var, state, emit)
            case FieldNode():
                self._of_field(node, state, emit)
            case Given():
                emit(node.whole, None, 0)
            case Panics():
                self._of_panics(node, state, emit)
            case Result(owner=t.Func() as func):
                self._returned(node, func, state, emit)
            case Result(owner=Literal() as literal):
                for source, pos in literal.unit.stores.get(node, ()):
                    if source is not None:
                        emit(source, literal.unit.file, pos)
            case Part():
                self._of_part(node, node.whole, state, emit)
            case _:
                pass

    def _of_expression(self, node: Expression, state: State, emit: Emit) -> None:
        match node:
            case Use(var=Local() as var):
                for source, pos in reaching(node, var):
                    if source is not None:
                        emit(source, node.unit.file, pos)
            case MethodUse() if state.functions:
                self._method_values(node, state, emit)
            case CallValue(site=site):
                self._of_result(site, 0, state, emit)
            case _:
                only = self._only_source(node)
                if only is not None and not isinstance(only, _Nothing):
                    emit(only, node.unit.file, node.pos)

    def _of_global(self, node: Global, state: State, emit: Emit) -> None:
        self._unread(self.xref.look_at(self.candidates.writers_of_global, node.var), state)
        self.aliases.stored(node, emit)
        if self.aliases.methods_take_address(node.type):
            self.xref.look_at(self.candidates.readers_of_global, node.var)
        for holder in self.xref.address_taken.get(node, ()):
            self.aliases.aliases(holder, node, state, emit)

    def _of_field(self, node: FieldNode, state: State, emit: Emit) -> None:
        f = node.field
        self._unread(self.xref.look_at(self.candidates.writers_of_field, f), state)
        self.aliases.stored(node, emit)
        if self.aliases.methods_take_address(f.type):
            self.xref.look_at(self.candidates.readers_of_field, f)
            if f.embedded:
                self.aliases.aliases(node, node, state, emit)
        for holder in self.xref.address_taken.get(node, ()):
            self.aliases.aliases(holder, node, state, emit)
        self.aliases.filled(node, state)
        for same in self.nodes.fields_like(node):
            emit(same, None, 0)
        reason = self.callers.set_from_outside(f)
        if reason is not None:
            self._unknown(state, Unknown(reason, None))

    def _of_panics(self, node: Panics, state: State, emit: Emit) -> None:
        """Go spec, "Handling panics": recover gives what any function further down panicked with."""
        self._unread(self.xref.look_at(self.candidates.users_of_builtin, "panic"), state)
        self.aliases.stored(node, emit)
        error = self.hierarchy.runtime_error
        if error is not None:
            self._unknown(state, Unknown(Message(Gap.PANICS), error))

    def _returned(self, node: Result, func: t.Func, state: State, emit: Emit) -> None:
        unit = self.xref.unit(self.hierarchy.unit_of(func))
        found = unit.stores.get(node, ())
        if unit.fault:
            self._unread(unit, state)
        elif not found and not func.package.is_std and not has_body(func):
            self._unknown(state, Unknown(Message(Gap.NO_BODY, (func.full_name,)), None))
        for source, pos in found:
            if source is not None:
                emit(source, unit.file, pos)
        if _is_partial(func):
            reason = Message(Gap.RETURNS, (func.full_name,))
            wanted = state.node.type if state.node is not None else t.UNKNOWN
            self._unknown(state, Unknown(reason, wanted, None if self._calls_back(func, wanted) else func.package))

    def _unread(self, unit: UnitSummary | None, state: State) -> None:
        """What a unit stores that could not be read is not known."""
        if unit is not None:
            self._unknown(state, Unknown(unread(unit), None))

    def _unknown(self, state: State, what: Unknown) -> None:
        self.solver.gain(state, self.solver.values.bit(what))

    def _calls_back(self, func: t.Func, wanted: t.Type) -> bool:
        """Whether a function is given values whose methods it may call, or its receiver holds errors or what gives them.

        Then it may return what they return.
        """
        if any(t.is_dynamic(p) or carries(p) for p in self.hierarchy.signature_of(func).params):
            return True
        return func.recv is not None and t.is_error(wanted) and may_fail(self.hierarchy.receiver_type(func))

    # Calls

    def _of_result(self, site: Site, index: int, state: State, emit: Emit) -> None:
        if site.kind is t.CallKind.INTERFACE:
            assert site.selection is not None
            if site.receiver is not None:
                self._watch_methods(
                    site.receiver,
                    site.name,
                    site.selection.recv,
                    state,
                    lambda func: emit(self.nodes.result(func, index), site.unit.file, site.pos),
                    unseen=True,
                )
        elif site.kind is t.CallKind.VALUE:
            if site.fun is not None:
                self.solver.watch(
                    site.fun, state, lambda owner: emit(self.nodes.result(owner, index), site.unit.file, site.pos)
                )
                self._of_unknown(site.fun, state)
        elif (called := self._called(site, index)) is not None:
            emit(called, site.unit.file, site.pos)
        elif site.kind is t.CallKind.UNKNOWN and not site.unit.file.package.is_std:
            self._unknown(state, of_call(site))

    def _of_unknown(self, node: Node, state: State) -> None:
        """What an unknown function returns is not known."""
        values = self.solver.values
        if values.of(node, functions=True) is None:
            watched = self.solver.state(node, functions=True)
            self.solver.follow(watched, lambda mask: self.solver.gain(state, values.outside(mask)))

    def _method_values(self, e: MethodUse, state: State, emit: Emit) -> None:
        """``x.M`` of an interface value, as a function: the methods of what reaches ``x``, or the first argument of ``I.M``."""

        def found(func: t.Func) -> None:
            emit(self.nodes.function(func), e.unit.file, e.pos)

        if e.receiver is not None:
            self._watch_methods(e.receiver, e.name, e.selection.recv, state, found)
            return
        calls = self.forward.calls_of_value(e)
        state.need(calls.anchor)

        def called(site: Site) -> None:
            if site.args and (argument := site.args[0]) is not None:
                self._watch_methods(argument, e.name, e.selection.recv, state, found)

        calls.listen(self.solver.kept(state, called))

    def _watch_methods(
        self,
        node: Node,
        name: str,
        iface: t.Type,
        state: State,
        found: Callable[[t.Func], object],
        seen: set[Node] | None = None,
        *,
        unseen: bool = False,
    ) -> None:
        """Tells of the methods ``name`` of all that reaches ``node``, and of what ``seen`` does not hold yet and is embedded there.

        With ``unseen`` of those too that may reach it where the search ends.
        """
        seen = set() if seen is None else seen
        if node in seen:
            return
        seen.add(node)
        watched = self.solver.state(node, functions=False)
        state.need(watched)
        values = self.solver.values

        def met(typ: t.Type) -> None:
            selection = self.hierarchy.method(typ, name)
            if selection is None:
                return
            if selection.func is not None:
                found(selection.func)
            elif selection.path:
                inner = self.nodes.field(selection.path[-1].declared)
                self._watch_methods(inner, name, selection.recv, state, found, seen, unseen=unseen)

        def tell(mask: int) -> None:
            self.solver.gain(state, values.outside(self.fitting.unknown(mask, iface)))
            for value in bits(self.fitting.known(mask & ~values.unknown, iface)):
                typ = values.type_of(value)
                if typ is not None:
                    met(typ)
            if unseen:
                for what in values.unknown_in(mask):
                    for typ in self.hierarchy.unseen(what.type, what.package, iface) if what.type is not None else ():
                        met(typ)

        self.solver.follow(watched, self.solver.kept(state, tell))

    # Parameters and receivers

    def _passed(self, var: Local, state: State, emit: Emit) -> None:
        """What a parameter or receiver comes with."""
        owner = var.owner
        if owner is None:
            return
        if var.role == "param":
            self.callers.of_owner(owner, state, lambda site: passed(var, site, self.hierarchy, self.nodes, emit))
            self.callers.unknown(owner, var.type, state, lambda what: self._unknown(state, what))
        elif var.role == "recv" and isinstance(owner, t.Func):
            if state.functions or isinstance(state.node, Element | Key | Pointee):
                self._received(owner, state, emit)

    def _received(self, owner: t.Func, state: State, emit: Emit) -> None:
        def take(node: Node, selection: t.Selection | None, file: File, pos: Pos) -> None:
            emit(node, file, pos)
            if t.is_dynamic(node.type):
                iface = selection.recv if selection is not None else node.type
                self.promoted.fields(node, iface, owner, state, lambda field: emit(field, file, pos))

        def receiver(site: Site) -> None:
            node = site.receiver if site.selection is not None else None
            if site.selection is None and first_argument(site, owner, self.hierarchy) and site.args:
                node = site.args[0]
            if node is not None:
                take(node, site.selection, site.unit.file, site.pos)

        calls = self.callers.of_func(owner)
        state.need(calls.anchor)
        calls.listen(self.solver.kept(state, receiver))
        for value in self.callers.values_of(owner):
            # A method value holds its receiver (Go spec, "Method values").
            if value.receiver is not None:
                selection = value.selection if isinstance(value, MethodUse) else None
                take(value.receiver, selection, value.unit.file, value.pos)

    # Elements, keys, and what a pointer points to

    def _of_part(self, node: Part, whole: Node, state: State, emit: Emit) -> None:
        if isinstance(node, Reflected):
            self.reflection.reflected(whole, state, emit)
        elif isinstance(node, Place):
            self.reflection.places(whole, state, emit)
        elif isinstance(node, Caused):
            caused(
                whole,
                self.nodes,
                lambda error, name, iface, found: self._watch_methods(error, name, iface, state, found),
                emit,
            )
        elif isinstance(whole, Unboxed):
            self._held(type(node), whole.whole, state, emit, out=whole)
        elif isinstance(t.core(whole.type), t.Interface):
            self._held(type(node), whole, state, emit)
        elif t.is_unknown(whole.type):
            emit(whole, None, 0)
        elif isinstance(node, Pointee) and not isinstance(t.core(whole.type), t.Pointer):
            # The variable that a method with a pointer receiver was called on: its address is not written.
            emit(whole, None, 0)
        elif isinstance(whole, Use) and isinstance(whole.var, Local):
            # What is inside may be written through any name that the variable has before or after.
            emit(self.nodes.part(type(node), whole.var), whole.unit.file, whole.pos)
        elif isinstance(node, Element):
            self._elements(node, whole, state, emit)
        elif isinstance(node, Key):
            self._keys(node, whole, state, emit)
        elif isinstance(node, Pointee):
            self._pointed(node, whole, state, emit)

    def _come_from(self, kind: type[Part], whole: Node, state: State, emit: Emit) -> None:
        """Goes on to a part of what a container comes from: where it comes out of an interface, of those alone that are of its type."""
        typed = not self.solver.is_boxed(whole) and not t.is_unknown(whole.type)

        def come(source: Node, file: File | None, pos: Pos) -> None:
            if typed and self.solver.is_boxed(source) and not isinstance(source, Reflected):
                receiver = isinstance(whole, Local) and whole.role == "recv"
                source = self.nodes.unboxed(source, whole.type, receiver=receiver)
            emit(self.nodes.part(kind, source), file, pos)

        self.predecessors(whole, state, come)

    def _held(self, kind: type[Part], holder: Node, state: State, emit: Emit, out: Unboxed | None = None) -> None:
        """Parts of what an interface value holds: those of the containers that became such a value, and come ``out`` of it."""
        values = self.solver.values
        wanted = state.node.type if state.node is not None else t.UNKNOWN
        every = out is not None or t.is_unknown(wanted) or isinstance(holder, Reflected)
        watched = self.solver.state(holder, functions=False)
        state.need(watched)

        def tell(mask: int) -> None:
            self.solver.gain(state, values.outside(mask))
            for held in values.held(mask) if out is None else values.held_as(mask, out.type, receiver=out.receiver):
                inside: list[Node] = [self.nodes.part(kind, held.node)]
                if kind is not Pointee and isinstance(t.core(held.type), t.Pointer):
                    # A method with a value receiver gets what the pointer leads to (Go spec, "Method sets").
                    inside.append(self.nodes.part(kind, self.nodes.pointee(held.node)))
                for source in inside:
                    if every or t.identical(source.type, wanted):
                        emit(source, None, 0)
                if held.is_nameless and self.aliases.is_asserted(held.type):
                    # No variable holds it: all its names are those that it has where it comes out.
                    self.aliases.aliases(held.node, inside[0], state, emit)

        self.solver.follow(watched, self.solver.kept(state, tell))
        if isinstance(holder, Reflected):
            self.reflection.parts(kind, holder.whole, state, emit)

    def _elements(self, node: Element, whole: Node, state: State, emit: Emit) -> None:
        match whole:
            case Composite():
                for value in whole.values:
                    if value is not None:
                        emit(value, whole.unit.file, value.pos)
                return
            case Append():
                for i, arg in enumerate(whole.args[1:], 2):
                    if arg is not None:
                        spread = whole.spread and i == len(whole.args)
                        emit(self.nodes.element(arg) if spread else arg, whole.unit.file, arg.pos)
            case Local() | Entry():
                var = whole.var if isinstance(whole, Entry) else whole
                self.aliases.written(self.nodes.element(var), var, state, emit)
                if var.role == "param" and var.owner is not None:
                    self.callers.of_owner(
                        var.owner,
                        state,
                        lambda site: passed(var, site, self.hierarchy, self.nodes, emit, elements=True),
                    )
            case Expression():
                pass
            case _:
                self.aliases.written(node, whole, state, emit)
        self._come_from(Element, whole, state, emit)

    def _keys(self, node: Key, whole: Node, state: State, emit: Emit) -> None:
        if isinstance(whole, Composite):
            for key in whole.keys:
                if key is not None:
                    emit(key, whole.unit.file, key.pos)
            return
        self.aliases.written(node, whole, state, emit)
        self._come_from(Key, whole, state, emit)

    def _pointed(self, node: Pointee, whole: Node, state: State, emit: Emit) -> None:
        if isinstance(whole, AddressOf):
            target = whole.var or whole.x
            if target is not None:
                emit(target, whole.unit.file, whole.pos)
            return
        self.aliases.written(node, whole, state, emit)
        self._come_from(Pointee, whole, state, emit)


def _is_partial(func: t.Func) -> bool:
    """Whether the library's function may return what no statement of it tells."""
    return func.package.is_std and summary(func.file.source, func.start) is Summary.PARTIAL
