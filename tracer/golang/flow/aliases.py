"""What is written to parts of a value: elements, keys and what a pointer points to, under any name of the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences, Stored
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.callers import Callers
from tracer.golang.flow.causes import errors_set_in
from tracer.golang.flow.forward import Forward
from tracer.golang.flow.instanced import is_various
from tracer.golang.flow.outside import TYPE_FOR, TYPE_OF, Leak, filled, made_of_unknown, makes_more
from tracer.golang.flow.outside import written as written_by
from tracer.golang.flow.reflection import SETTERS, is_told, reflects
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import Emit, Growing, State
from tracer.golang.flow.values import Held, Unknown, bits
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import (
    Append,
    CallValue,
    Convert,
    Element,
    Expression,
    FieldNode,
    Global,
    IndexOf,
    Key,
    Load,
    Local,
    Node,
    Owner,
    Part,
    Place,
    Pointee,
    Receive,
    Reflected,
    Same,
    Site,
    UnitSummary,
    Use,
    is_moved,
    root_of,
)
from tracer.golang.types.containers import carries

MAX_ASSERTIONS = 8
"""At how many places values may be asserted to be of one type for what is stored there to be followed: trees of ``map[string]any``
are one another's aliases."""


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """What is stored in a part of a value, an element or, with ``key``, a map's key, of a type."""

    key: bool
    type: t.Type
    sources: tuple[Stored, ...]

    def to(self, node: Node) -> tuple[Stored, ...]:
        """The sources, if that is what a node of this kind and type may hold: keys are nothing that pointers lead to."""
        return self.sources if self.key == isinstance(node, Key) and t.identical(self.type, node.type) else ()


class Aliases:
    """The stores of one program to parts of values."""

    __slots__ = (
        "_asserted",
        "_asserting",
        "_set",
        "_setting",
        "_storing",
        "_typing",
        "_watched",
        "_writes",
        "_written_at",
        "callers",
        "candidates",
        "forward",
        "hierarchy",
        "is_plain",
        "solver",
        "xref",
    )

    def __init__(
        self, solver: Solver, candidates: Candidates, hierarchy: ClassHierarchy, forward: Forward, callers: Callers
    ) -> None:
        self.solver = solver
        self.xref: CrossReferences = solver.xref
        self.candidates = candidates
        self.hierarchy = hierarchy
        self.forward = forward
        self.callers = callers
        # What goes backwards is built on this: it is put in when that is there.
        self.is_plain: Callable[[Node | None], bool] = _none_yet
        self._storing: dict[t.Type, list[tuple[t.Func, Local]]] = {}
        self._writes: dict[Node, Growing[Write]] = {}
        self._asserted: dict[Node, Growing[Node]] = {}
        self._watched: dict[Node, State] = {}
        self._set: dict[Node, Growing[Write]] = {}
        self._setting: State | None = None
        self._typing: list[Site] | None = None
        self._asserting: dict[t.Type, State] = {}
        self._written_at: dict[Node, tuple[Write, ...]] = {}

    def written(self, part: Part, whole: Node, state: State, emit: Emit) -> None:
        """What is written to a part of the value that a variable or field holds, under this name or another."""
        root = root_of(whole)
        match root:
            case Global(var=var):
                self.xref.look_at(self.candidates.writers_of_global, var)
                self.stored(part, emit)
            case Local():
                for source, pos in root.unit.stores.get(part, ()):
                    if source is not None:
                        emit(source, root.unit.file, pos)
            case FieldNode(field=f):
                self.xref.look_at(self.candidates.writers_of_field, f)
                self.stored(part, emit)
            case _:
                return
        self.aliases(root, part, state, emit)

    def stored(self, node: Node, emit: Emit) -> None:
        """What the units that were looked at store in a field, a package variable or a part of one."""
        for source, file, pos in self.xref.stored.get(node, ()):
            emit(source, file, pos)

    def aliases(self, start: Node, part: Node, state: State, emit: Emit) -> None:
        """What is written to a part of a value under another name: the value goes to variables that are written through.

        It may go there inside of a container or as an element of one, so the types tell which writes there are to this part.
        """
        writes = self._writes_through(start)
        state.need(writes.anchor)

        def written(write: Write) -> None:
            various = write.type is not part.type and is_various(write.type)
            for source, file, pos in write.to(part):
                emit(self.xref.nodes.given(source, write.type) if various else source, file, pos)

        writes.listen(self.solver.kept(state, written))
        leaks = self.forward.leaks(start)
        state.need(leaks.anchor)
        leaks.listen(lambda leak: self._gain(state, written_by(leak)) if not leak.typed else None)
        for func, receiver in self._storing_methods(t.deref(start.type)):
            self._aliases_in_method(func, receiver, part, state, emit)

    def filled(self, node: FieldNode, state: State) -> None:
        """What may set an exported field that nothing is stored in: reflection, and what is not among the sources.

        Code that has a value of the struct names its type, as a rule.
        """
        f = node.field
        for same in (node, *self.xref.nodes.fields_like(node)):
            if same in self.xref.stored or same in self.xref.address_taken:
                return
        obj = self.hierarchy.struct_of(f)
        if obj is None or not t.exported(f.name) or not (t.is_dynamic(f.type) or carries(f.type)):
            return
        struct = self.hierarchy.declared(obj)
        if self.hierarchy.may_have_more(struct):
            self._gain(state, made_of_unknown(struct))
        self.xref.look_at(self.candidates.users_of_type, obj)
        for unit in self.candidates.users_of_type(obj):
            summary = self.xref.unit(unit)
            for e, passed in self.xref.uses_in(summary).arguments.items():
                if _is_of(e.type, obj) and any(self._takes_any(*to) for to in passed):
                    leaks = self.forward.leaks(e)
                    state.need(leaks.anchor)
                    leaks.listen(lambda leak: self._gain(state, filled(struct, leak)))
            for site in summary.sites:
                named = site.func is not None and site.func.full_name == TYPE_FOR
                if named and any(_is_of(x, obj) for x in site.targs) and makes_more(site, self.xref.uses_in(summary)):
                    self._gain(state, filled(struct, Leak(TYPE_FOR, summary, site.pos, reflected=True, typed=True)))
            for owner, params in _owners(summary):
                # What calls a function with anything gives it any such struct.
                if any(_is_of(param.type, obj) for param in params):
                    self.callers.unknown(owner, f.type, state, lambda what: self._gain(state, what))

        for site in self._typed_of_interfaces():
            self._made_of(site, obj, struct, state)

    def _typed_of_interfaces(self) -> list[Site]:
        """The calls that give package reflect the types of what interfaces with methods hold, and make values of them."""
        resolver = self.candidates.resolver
        package = resolver.program.package("reflect")
        func = resolver.lookup(package, "TypeOf") if package is not None else None
        if not isinstance(func, t.Func):
            return []
        self.xref.look_at(self.candidates.users_of_func, func)
        if self._typing is None:
            self._typing = [
                site
                for site in self.xref.static_calls.get(func, ())
                if not site.unit.file.package.is_std
                and site.args
                and (given := site.args[0]) is not None
                and given.type is not t.EMPTY_INTERFACE
                and t.is_dynamic(given.type)
                and makes_more(site, self.xref.uses_in(site.unit))
            ]
        return self._typing

    def _made_of(self, site: Site, obj: t.TypeName, struct: t.Type, state: State) -> None:
        """What is set in structs that package reflect makes where the type of one was given to it."""
        given = site.args[0]
        assert given is not None
        if not self._may_hold(given.type, struct):
            return
        watched = self.solver.state(given, functions=False)
        state.need(watched)
        leak = Leak(TYPE_OF, site.unit, site.pos, reflected=True, typed=True)

        def tell(mask: int) -> None:
            types = (self.solver.values.type_of(value) for value in bits(mask))
            if any(typ is not None and _is_of(typ, obj) for typ in types):
                self._gain(state, filled(struct, leak))

        self.solver.follow(watched, tell)

    def _may_hold(self, typ: t.Type, struct: t.Type) -> bool:
        """Whether a value of an interface may be a struct, or a pointer to one: to look for what it is may take a whole program."""
        under = t.underlying(typ)
        if not isinstance(under, t.Interface) or t.has_type_params(struct) or self.hierarchy.may_have_more(struct):
            return True
        return self.hierarchy.implements(t.pointer(struct), under)

    def _gain(self, state: State, what: Unknown) -> None:
        self.solver.gain(state, self.solver.values.bit(what))

    def _takes_any(self, site: Site, index: int) -> bool:
        """Whether a call may give an argument to reflection, or takes it outside of the sources."""
        if site.kind in (t.CallKind.UNKNOWN, t.CallKind.VALUE):
            return True
        if site.func is not None:
            called = self.hierarchy.signature_of(site.func)
        else:
            called = (
                site.selection.signature
                if site.selection is not None
                else t.core(site.fun.type if site.fun else t.UNKNOWN)
            )
        return isinstance(called, t.Signature) and t.parameter(called, index, spread=site.spread) is t.EMPTY_INTERFACE

    def _writes_through(self, start: Node) -> Growing[Write]:
        """What is stored in parts of a value under the names of all that it goes to."""
        found = self._writes.get(start)
        if found is None:
            found = self._writes[start] = Growing[Write]()
            writes = found
            visits = self.forward.visited(start)
            writes.anchor.need(visits.anchor)

            def visited(node: Node) -> None:
                for write in self._writes_under(node) if node is not start else ():
                    writes.add(write)

            visits.listen(self.solver.kept(writes.anchor, visited))
            self._writes_elsewhere(start, writes)
        return found

    def _writes_elsewhere(self, start: Node, writes: Growing[Write]) -> None:
        """What is stored in parts of a value that became one of an interface: under the names that it has where it comes out,
        by package reflect and by ``errors.As``."""
        seen: set[Node | t.Type] = set()

        def out(asserted: Node) -> None:
            if asserted not in seen:
                seen.add(asserted)
                for write in self._writes_under(asserted):
                    writes.add(write)
                following = self._writes_through(asserted)
                writes.anchor.need(following.anchor)
                following.listen(writes.add)

        told = self.solver.kept(writes.anchor, out)

        def boxed(node: Node) -> None:
            for error, site in errors_set_in(node, self.xref, self.hierarchy):
                writes.add(Write(False, t.deref(node.type), ((error, site.unit.file, site.pos),)))
            assertions, setters = self._assertions(node.type), self._setters()
            if node.type not in seen:
                seen.add(node.type)
                writes.anchor.need(assertions)
                writes.anchor.need(setters)
            if assertions.needs:
                self._asserted_from(node).listen(told)
            if setters.needs:
                self._set_in(node).listen(writes.add)

        self.forward.boxed(start).listen(self.solver.kept(writes.anchor, boxed))

    def is_asserted(self, typ: t.Type) -> bool:
        """Whether containers of a type come out of interfaces where that is followed."""
        return bool(self._assertions(typ).needs)

    def _assertions(self, typ: t.Type) -> State:
        """What decides which containers come out of interfaces as values of a type; nothing where that is done everywhere."""
        self.xref.look_at(self.candidates.assertions_of, typ)
        found = self._asserting.get(typ)
        if found is None:
            found = self._asserting[typ] = State(None, functions=False)
            same = [x for x in self.xref.asserted if t.identical(x, typ)]
            pairs = [pair for other in same for pair in self.xref.asserted[other].items()]
            for asserted, source in pairs if len(pairs) <= MAX_ASSERTIONS else ():
                found.need(self._watch(asserted, source))
        return found

    def _watch(self, asserted: Node, source: Node) -> State:
        """Has what comes out of an interface at one place noted at what was put in, if anything is written to parts of it there.

        Most are read alone, and where they come from need not be looked for. Gives what decides that.
        """
        found = self._watched.get(asserted)
        if found is None:
            found = self._watched[asserted] = State(None, functions=False)
            writes = self._writes_through(asserted)
            found.need(writes.anchor)
            anchor, begun = found, list[Node]()

            def written(_: Write) -> None:
                if not begun:
                    begun.append(source)
                    state = self.solver.state(source, functions=False)
                    anchor.need(state)
                    self.solver.held(source, asserted.type, state, lambda held: self._asserted_from(held).add(asserted))

            for write in self._writes_under(asserted):
                written(write)
            writes.listen(written)
        return found

    def _asserted_from(self, node: Node) -> Growing[Node]:
        """The expressions and variables that a container comes out of interfaces as."""
        return self._asserted.setdefault(node, Growing())

    def _setters(self) -> State:
        """What decides in which containers package reflect sets values."""
        for func in self.hierarchy.methods_of("reflect", "Value", SETTERS):
            self.xref.look_at(self.candidates.users_by_reflection, func)
        if self._setting is None:
            self._setting = State(None, functions=False)
            for func in [x for x in self.xref.static_calls if x.name in SETTERS]:
                for site in self.xref.static_calls[func]:
                    if reflects(site) and is_told(site.args[-1]) and self.is_plain(site.recv):
                        self._setting.need(self._watch_setter(site))
        return self._setting

    def _watch_setter(self, site: Site) -> State:
        """Has what one call sets noted at the containers that it is set in."""
        assert site.recv is not None
        kind = Place if site.name == "Set" else Reflected
        state = self.solver.state(self.xref.nodes.part(kind, site.recv), functions=False)

        def tell(mask: int) -> None:
            for value in bits(mask & ~self.solver.values.unknown):
                held = self.solver.values.known[value]
                if isinstance(held, Held):
                    for write in self._set_by(site, held):
                        self._set_in(held.node).add(write)

        self.solver.follow(state, tell)
        return state

    def _set_by(self, site: Site, held: Held) -> Iterator[Write]:
        """What a call sets in one container."""
        nodes, file = self.xref.nodes, site.unit.file
        for i, arg in enumerate(reversed(site.args)):
            part = (
                nodes.key(held.node)
                if i
                else nodes.part(Pointee if isinstance(t.core(held.type), t.Pointer) else Element, held.node)
            )
            if arg is not None:
                yield Write(bool(i), part.type, ((nodes.part(Reflected, arg), file, arg.pos),))

    def _set_in(self, node: Node) -> Growing[Write]:
        """What package reflect sets in a container that went into an interface under this name."""
        return self._set.setdefault(node, Growing())

    def _writes_under(self, node: Node) -> tuple[Write, ...]:
        """What is stored in parts of a value under one name."""
        found = self._written_at.get(node)
        if found is None:
            found = self._written_at[node] = tuple(self._find_writes(node))
        return found

    def _find_writes(self, node: Node) -> Iterator[Write]:
        match node:
            case FieldNode(field=f):
                self.xref.look_at(self.candidates.writers_of_field, f)
            case Global(var=var):
                self.xref.look_at(self.candidates.writers_of_global, var)
            case Local() | CallValue() | Convert() | Append() | Receive() | Same():
                unit = node.unit
                for at in self.xref.uses_in(unit).parts.get(node, ()):
                    stored = [(source, pos) for source, pos in unit.stores[at] if source is not None]
                    sources = [(source, unit.file, pos) for source, pos in stored if not is_moved(source, at)]
                    if sources or not stored:
                        yield Write(isinstance(at, Key), at.type, tuple(sources))
                return
            case _:
                return
        for same in (node, *self.xref.nodes.fields_like(node)) if isinstance(node, FieldNode) else (node,):
            for at in self.xref.stored_parts.get(same, ()):
                yield Write(isinstance(at, Key), at.type, tuple(self.xref.stored.get(at, ())))

    def _storing_methods(self, typ: t.Type) -> list[tuple[t.Func, Local]]:
        """The methods of a declared container type that store in their receiver, which they may get through an interface."""
        found = self._storing.get(typ)
        if found is None:
            found = list[tuple[t.Func, Local]]()
            for func in self.hierarchy.container_methods(typ):
                unit = self.xref.unit(self.hierarchy.unit_of(func))
                if unit.receiver is not None and self.xref.uses_in(unit).parts.get(unit.receiver):
                    found.append((func, unit.receiver))
            self._storing[typ] = found
        return found

    def _aliases_in_method(self, func: t.Func, receiver: Local, part: Node, state: State, emit: Emit) -> None:
        """What a method stores in its receiver, if it is called through an interface: which value that is, is not told."""

        def called(site: Site) -> None:
            if site.kind is not t.CallKind.INTERFACE:
                return
            for write in self._writes_under(receiver):
                for source, file, pos in write.to(part):
                    # What is only moved inside a receiver is what was stored there before.
                    moved = source if isinstance(source, Expression) else None
                    while isinstance(moved, IndexOf | Load):
                        moved = moved.x
                    if not (isinstance(moved, Use) and moved.var is receiver):
                        emit(source, file, pos)

        calls = self.callers.of_func(func)
        state.need(calls.anchor)
        calls.listen(self.solver.kept(state, called))

    def methods_take_address(self, typ: t.Type) -> bool:
        """Whether methods of a declared container type have a pointer receiver."""
        return any(func.pointer for func in self.hierarchy.container_methods(typ))


def _is_of(typ: t.Type, obj: t.TypeName) -> bool:
    """Whether a type is a declared one, or a pointer to it."""
    base = t.deref(typ)
    return isinstance(base, t.Named) and base.obj is obj


def _owners(unit: UnitSummary) -> Iterator[tuple[Owner, list[Local]]]:
    """The functions of a unit, with their parameters."""
    if unit.func is not None:
        yield unit.func, unit.params
    for literal in unit.literals:
        yield literal, literal.params


def _none_yet(*_: object) -> bool:
    raise AssertionError("what goes backwards was not put in")
