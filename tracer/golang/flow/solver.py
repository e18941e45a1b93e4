"""Which concrete types and functions reach a value, asked backwards from a call (variable type analysis).

The rules are those of x/tools' go/callgraph/vta: assignment, argument, result, field, element; arguments and results of an
interface call go to and come from every method that could be called (vta starts from class hierarchy analysis as well).
Differences: nothing is computed before it is asked for; elements belong to the variable or field that holds the container
and to its aliases, not to its type; calls of function values are followed by flow, not by signature. Fields are one place
for all values of their struct.

A place is a node of the flow in one of two questions: which types reach it, or which functions. Places that were asked for
are connected by edges; what reaches a place is a set of leaves, kept as the bits of an integer and passed on along the edges
until nothing changes. Whatever is found later (a new callee of a function value, a new caller) only adds edges, so the order
of questions has no say in the answers, unless a budget cuts a search short.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tracer.codes import Message, Note, Rule, Unknown
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import Index, OverBudget
from tracer.golang.callgraph.defuse import Uses
from tracer.golang.callgraph.hierarchy import Implementers
from tracer.golang.callgraph.instances import Instances
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import CallSite, Info, Literal, Node, Owner, root_of
from tracer.golang.flow.aliases import Writes
from tracer.golang.flow.forward import Forwards
from tracer.golang.flow.places import (
    MAX_DEPTH,
    Call,
    Cut,
    Emit,
    Growing,
    Held,
    Leaves,
    Place,
    bits,
    carries,
    func_position,
    function_value,
    may_fail,
    nesting,
    notes_of_way,
    promotion_note,
    receiver_node,
)
from tracer.golang.load.packages import File, Package
from tracer.golang.search.candidates import Mentions
from tracer.golang.stdlib import archive as std
from tracer.model import Evidence
from tracer.syntax import ast

BUDGET = 1500
"""How many functions may be looked at for one dispatch, where a trace asks."""

_CUT_OFF = Message(Unknown.TOO_MANY_FUNCTIONS, (str(BUDGET),))
_TOO_DEEP = Message(Unknown.TOO_DEEP, (str(MAX_DEPTH),))

_I = TypeVar("_I")


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A callee of a dynamic call, with the way that the value took."""

    owner: Owner
    rule: Rule
    via: t.Type | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The callees of a dynamic call; ``bounded`` says why the search was cut short, if it was."""

    targets: tuple[Target, ...]
    bounded: Message | None = None


class _Nothing:
    pass


_NOTHING = _Nothing()


class Flow:
    """The value flow of one program: backwards here, forwards and through parts of values by ``forwards`` and ``writes``.

    With ``budget``, a question looks at no more functions than that, and the way of each value is kept. Without, every
    question is answered in full, and no way is told: for asking about whole packages.
    """

    def __init__(self, checker: Checker, budget: int | None = BUDGET) -> None:
        self.checker = checker
        self.program = checker.program
        self.mentions = Mentions(checker.program)
        self.implementers = Implementers(checker, self.mentions)
        self.index = Index(checker, budget)
        self.instances = Instances(checker, self.mentions, self.index)
        self.forwards = Forwards(self)
        self.writes = Writes(self)
        self.leaves = Leaves()
        self.pending: dict[Place, list[tuple[Growing[Node], Node]]] = {}
        self._places: tuple[dict[Node, Place], dict[Node, Place]] = ({}, {})
        self._queue: deque[Place] = deque()
        self._dirty: deque[Place] = deque()
        self._untold: dict[Place, list[Callable[[], None]]] = {}
        self._type_bits: dict[t.Type, int | None] = {}
        self._dispatches: dict[CallSite, Dispatch] = {}
        self._answers: dict[tuple[int, t.Type, str], Dispatch] = {}
        self._fitting: dict[t.Type, tuple[int, int]] = {}
        self._boxes: dict[t.Type, bool] = {}
        self._callers: dict[t.Func, Growing[Call]] = {}

    # Dispatch

    def dispatch(self, info: Info, site: CallSite) -> Dispatch:
        """The callees of an interface call or of a call of a function value."""
        found = self._dispatches.get(site)
        if found is None:
            if site.kind == "interface":
                assert site.selection is not None
                assert isinstance(site.node.fun, ast.Selector)
                node = receiver_node(info, site)
                found = self.methods_reaching(node, site.node.fun.sel.name, site.selection.recv)
            else:
                found = self._functions_reaching(("x", info, site.node.fun))
            self._dispatches[site] = found
        return found

    def methods_reaching(self, node: Node, name: str, iface: t.Type) -> Dispatch:
        """The methods ``name`` of the types that reach an interface value."""
        place, bounded = self._answer(node, functions=False)
        # Without ways to tell, the answer depends on what reaches the place alone.
        key = (place.mask, iface, name) if self.index.budget is None else None
        found = self._answers.get(key) if key is not None else None
        if found is None:
            found = self._methods_of(node, place, name, iface, bounded)
            if key is not None:
                self._answers[key] = found
        return found

    def _methods_of(self, node: Node, place: Place, name: str, iface: t.Type, bounded: Message | None) -> Dispatch:
        targets: dict[Owner, Target] = {}
        possible: dict[t.Func, tuple[Evidence, ...]] = {}
        reason: Message | None = None
        seen = {node}
        waiting: list[tuple[Place, t.Type, Message | None, bool, tuple[Evidence, ...]]] = [
            (place, iface, bounded, True, ())
        ]

        def met(typ: t.Type, told: tuple[Evidence, ...], *, proven: bool) -> None:
            found = self.implementers.method(typ, name)
            if found is None:
                return
            if found.func is not None and proven:
                targets.setdefault(found.func, Target(found.func, Rule.FLOW, typ, told))
            elif found.func is not None:
                possible.setdefault(found.func, told)
            elif found.path and (inner := ("f", found.path[-1].declared)) not in seen:
                seen.add(inner)
                inside, short = self._answer(inner, functions=False)
                waiting.append((inside, found.recv, short, proven, (*told, promotion_note(typ, name, found.path[-1]))))

        for at, static, cut_short, proven, way in waiting:
            for leaf in bits(self._fit(at.mask & ~self.leaves.cuts, static)):
                typ = self.leaves.type_of(leaf)
                if typ is not None:
                    met(typ, (*way, *self._evidence(at, 1 << leaf)), proven=proven)
            cuts = self.leaves.cuts_in(at.mask)
            reason = reason or cut_short or (cuts[0].reason if cuts else None)
            for func in self.implementers.methods(static, name) if cut_short else ():
                possible.setdefault(func, way)
            for typ, package in dict.fromkeys((cut.type, cut.package) for cut in cuts):
                for unseen in self.implementers.unseen(typ, package, static):
                    met(unseen, way, proven=False)
        for func, way in possible.items():
            note = Evidence(Note.IMPLEMENTS, (func.full_name,), func_position(func))
            targets.setdefault(func, Target(func, Rule.IMPLEMENTS, None, (*way, note)))
        return Dispatch(tuple(targets.values()), reason)

    def _functions_reaching(self, node: Node) -> Dispatch:
        bit = self._leaf(node, functions=True)
        if bit:
            return Dispatch((Target(self.leaves.owner(bit.bit_length() - 1), Rule.VALUE_FLOW, None, ()),))
        place, bounded = self._answer(node, functions=True)
        targets = [
            Target(self.leaves.owner(leaf), Rule.VALUE_FLOW, None, self._evidence(place, 1 << leaf))
            for leaf in bits(place.mask & ~self.leaves.cuts)
        ]
        cuts = self.leaves.cuts_in(place.mask)
        return Dispatch(tuple(targets), bounded or (cuts[0].reason if cuts else None))

    def callees(self, info: Info, site: CallSite) -> list[Owner]:
        """What a call may call, static or not."""
        if site.func is not None and site.kind == "static":
            return [site.func]
        if site.literal is not None:
            return [site.literal]
        if site.kind in ("interface", "value"):
            return [target.owner for target in self.dispatch(info, site).targets]
        return []

    def callers(self, func: t.Func) -> list[Call]:
        """The call sites that may call a declared function: static, through an interface, or as a value."""
        budget, self.index.budget = self.index.budget, None
        try:
            found = self.calls_of(func)
        finally:
            self.index.budget = budget
        self.index.spent = 0
        self._settle()
        return list(found.items)

    def sources(self, node: Node) -> list[Node]:
        """The nodes whose values flow directly into a node, whatever its type."""
        found: dict[Node, None] = {}
        self.index.spent = 0
        try:
            self.tell_sources(node, Place(node, functions=False), lambda source, _file, _pos: found.setdefault(source))
        except OverBudget:
            return []
        self._settle()
        return list(found)

    def following(self, node: Node) -> list[Node]:
        """The nodes that a node's value goes to next, whatever its type; an expression may stand for the container it is in."""
        found: dict[Node, None] = {}
        self.index.spent = 0
        try:
            self.forwards.nexts(node, Place(node, functions=True), found.setdefault)
        except OverBudget:
            return []
        self._settle()
        return list(found)

    def stores(self, node: Node) -> list[tuple[Node, File, ast.Pos]]:
        """All that is stored in a field or package variable (``("f", field)``, ``("v", var)``), or as an element of it."""
        root = root_of(node)
        self.index.spent = 0
        if root[0] == "f":
            self.index.look_at(self.mentions.writers_of_field, root[1])
        else:
            self.index.look_at(self.mentions.writers_of_global, root[1])
        return list(self.index.stored.get(node, ()))

    def uses_of(self, info: Info) -> Uses:
        """How the expressions of a unit are used."""
        return self.index.uses_in(info)

    def value_callers(self, node: Node) -> list[Call]:
        """The call sites at which a function value is called, followed forwards."""
        found = self.forwards.calls_of_value(node)
        self.index.spent = 0
        self._settle()
        return list(found.items)

    def _fit(self, mask: int, iface: t.Type) -> int:
        """The leaves of ``mask`` that implement an interface; each is decided once."""
        known, fitting = self._fitting.get(iface, (0, 0))
        under = t.underlying(iface)
        for leaf in bits(mask & ~known):
            typ = self.leaves.type_of(leaf)
            if not isinstance(under, t.Interface) or (typ is not None and self.implementers.implements(typ, under)):
                fitting |= 1 << leaf
        self._fitting[iface] = (known | mask, fitting)
        return fitting & mask

    # Leaves

    def _leaf(self, node: Node, *, functions: bool) -> int | None:
        """The bit of what a node is by itself; 0 for nothing that could be called; None if its sources tell."""
        if functions:
            if node[0] == "x":
                owner = function_value(node[1], node[2])
                if owner is not None:
                    return self.leaves.bit(owner)
            elif node[0] == "fn":
                return self.leaves.bit(node[1])
            typ = self.type_of(node)
            if typ is t.UNKNOWN or t.is_dynamic(typ) or isinstance(t.core(typ), t.Signature | t.Tuple):
                return None
            return 0
        typ = self.type_of(node)
        if typ not in self._type_bits:
            self._type_bits[typ] = self._type_bit(typ)
        bit = self._type_bits[typ]
        return self.leaves.bit(Held(node, typ)) if bit and self.holds(typ) else bit

    def holds(self, typ: t.Type) -> bool:
        """Whether a type is a container of functions or interfaces."""
        return carries(typ) and not isinstance(t.core(typ), t.Signature)

    def _type_bit(self, typ: t.Type) -> int | None:
        if typ is t.UNKNOWN or t.is_dynamic(typ) or isinstance(typ, t.Tuple):
            return None
        return 0 if typ is t.UNTYPED_NIL else self.leaves.bit(t.default_type(typ))

    def type_of(self, node: Node) -> t.Type:
        """The static type of a node."""
        kind = node[0]
        if kind == "x":
            return node[1].types.get(node[2], node[1].rest)
        if kind in ("v", "v0"):
            return self.checker.type_of_object(node[1])
        if kind == "f":
            return node[1].type
        if kind == "xi":
            return t.component(node[1].types.get(node[2], node[1].rest), node[3])
        if kind == "r":
            owner: Owner = node[1]
            index: int = node[2]
            sig = self.checker.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
            return sig.results[index] if index < len(sig.results) else t.UNKNOWN
        if kind == "h":
            return self.type_of(node[1])
        if kind == "*":
            return t.deref(self.type_of(node[1]))
        if kind == "e":
            under = t.core(t.deref(self.type_of(node[1])))
            return under.elem if isinstance(under, t.Slice | t.Array | t.Map | t.Chan) else t.UNKNOWN
        if kind == "k":
            under = t.core(t.deref(self.type_of(node[1])))
            return under.key if isinstance(under, t.Map) else t.UNKNOWN
        return t.UNKNOWN

    # Solving

    def _answer(self, node: Node, *, functions: bool) -> tuple[Place, Message | None]:
        """A place with all that reaches it, and why the search was cut short, if it was."""
        place = self._place(node, functions=functions)
        self.index.spent = 0
        for before in self._before(place):
            if before in self.pending:
                steps = self.pending.pop(before)
                self.forwards.steps.extend(steps)
                if not steps:
                    self._queue.append(before)
            for tell in self._untold.pop(before, ()):
                tell()
        self._settle()
        cut = next((b for b in self._before(place) if b in self.pending or b in self._untold or b.cut), None)
        return place, None if cut is None else cut.cut or _CUT_OFF

    def _before(self, place: Place) -> list[Place]:
        """All places that a place's leaves depend on, where a budget may have left some of them open."""
        if self.index.budget is None:
            return []
        seen = {place: None}
        queue = [place]
        while queue:
            current = queue.pop()
            for before in (*(source for source, _, _ in current.ins), *current.needs):
                if before not in seen:
                    seen[before] = None
                    queue.append(before)
        return list(seen)

    def _settle(self) -> None:
        while self._queue or self.forwards.steps or self._dirty:
            if self._queue:
                self._expand(self._queue.popleft())
            elif self.forwards.steps:
                self.forwards.step(*self.forwards.steps.popleft())
            else:
                self._pass_on(self._dirty.popleft())

    def _pass_on(self, place: Place) -> None:
        new = place.mask & ~place.sent
        if not new:
            return
        place.sent |= new
        for out in place.outs:
            if new & ~out.mask:
                out.mask |= new
                self._dirty.append(out)
        for watcher in place.watchers:
            watcher(new)

    def _place(self, node: Node, *, functions: bool) -> Place:
        places = self._places[functions]
        found = places.get(node)
        if found is None:
            found = places[node] = Place(node, functions)
            bit = self._leaf(node, functions=functions)
            if bit:
                self._gain(found, bit)
            elif bit is None:
                self._queue.append(found)
        return found

    def _gain(self, place: Place, mask: int) -> None:
        if mask & ~place.mask:
            place.mask |= mask
            self._dirty.append(place)

    def _link(self, place: Place, node: Node, file: File | None, pos: ast.Pos) -> None:
        """An edge from a node; nodes with only one source are passed over."""
        convert = self._conversion(place, node)
        for _ in range(100):
            bit = self._leaf(node, functions=place.functions)
            if bit is not None:
                if bit:
                    bit = convert(bit) if convert is not None else bit
                    self._gain(place, bit)
                    if self.index.budget is not None:
                        place.made.append((bit, file, pos))
                return
            source = self._only_source(node)
            if source is None:
                break
            if isinstance(source, _Nothing):
                return
            if place.functions and self.is_boxed(source) != self.is_boxed(node):
                break
            node = source
        if nesting(node) > MAX_DEPTH:
            place.cut = _TOO_DEEP
            return
        source = self._place(node, functions=place.functions)
        if source is place:
            return
        if self.index.budget is not None:
            place.ins.append((source, file, pos))
        if convert is not None:
            self._follow(source, lambda mask: self._gain(place, convert(mask)))
            return
        source.outs.append(place)
        self._gain(place, source.mask)

    def is_boxed(self, node: Node) -> bool:
        """Whether a value lies in one of an interface here."""
        typ = self.type_of(node)
        found = self._boxes.get(typ)
        if found is None:
            found = self._boxes[typ] = isinstance(t.underlying(typ), t.Interface) and not isinstance(typ, t.TypeParam)
        return found

    def _conversion(self, place: Place, node: Node) -> Callable[[int], int] | None:
        """What becomes of functions on the way from a node: in a value of an interface they keep the type that they had.

        Go spec, "Type assertions" and "Type switches": they come out as values of that type alone. What has type parameters is let
        through as it is.
        """
        if not place.functions:
            return None
        into = self.is_boxed(place.node)
        if into == self.is_boxed(node):
            return None
        typ = self.type_of(node if into else place.node)
        if not isinstance(t.core(typ), t.Signature) or t.has_type_params(typ):
            return None
        change = self.leaves.boxed if into else self.leaves.unboxed
        return lambda mask: change(mask, typ)

    def _held(self, node: Node, place: Place, emit: Emit) -> None:
        """Elements of what an interface value holds: those of the containers that became such a value."""
        kind, holder = node
        wanted = self.type_of(place.node)
        watched = self._place(holder, functions=False)
        place.needs.append(watched)

        def tell(mask: int) -> None:
            for leaf in bits(mask):
                held = self.leaves.known[leaf]
                if isinstance(held, Held):
                    inside: list[Node] = [(kind, held.node)]
                    if kind != "*" and isinstance(t.core(held.type), t.Pointer):
                        # A method with a value receiver gets what the pointer leads to (Go spec, "Method sets").
                        inside.append((kind, ("*", held.node)))
                    for source in inside:
                        if wanted is t.UNKNOWN or t.identical(self.type_of(source), wanted):
                            emit(source, None, ast.NO_POS)

        self._follow(watched, self.kept(place, tell))

    def _expand(self, place: Place) -> None:
        try:
            if not place.functions:
                self._instantiate(place)
            self.tell_sources(place.node, place, lambda node, file, pos: self._link(place, node, file, pos))
        except OverBudget:
            self.pending.setdefault(place, [])

    def _instantiate(self, place: Place) -> None:
        """A value whose type is a type parameter is of one of its arguments, even where nothing was stored."""
        typ = self.type_of(place.node)
        if not isinstance(typ, t.TypeParam):
            return
        for argument in self.instances.arguments(typ):
            bit = self.leaves.bit(argument)
            self._gain(place, bit)
            if self.index.budget is not None:
                owner = self.checker.owners[typ][0]
                place.made.append((bit, owner.file, owner.pos))

    def watch(self, node: Node, place: Place, found: Callable[[Owner], None]) -> None:
        """Tells of every function that reaches a node, now and later; ``place`` depends on it."""
        bit = self._leaf(node, functions=True)
        if bit:
            found(self.leaves.owner(bit.bit_length() - 1))
            return
        watched = self._place(node, functions=True)
        place.needs.append(watched)

        def tell(mask: int) -> None:
            for leaf in bits(mask & ~self.leaves.cuts):
                found(self.leaves.owner(leaf))

        self._follow(watched, self.kept(place, tell))

    def kept(self, place: Place, listener: Callable[[_I], object]) -> Callable[[_I], None]:
        """A listener on behalf of a place: what it is told when the budget is used up, it is told again when there is more."""

        def told(item: _I) -> None:
            try:
                listener(item)
            except OverBudget:
                self._untold.setdefault(place, []).append(lambda: told(item))

        return told

    @staticmethod
    def _follow(watched: Place, told: Callable[[int], None]) -> None:
        """Tells of the leaves that reached a place, and of those to come."""
        watched.watchers.append(told)
        told(watched.sent)

    # Backwards: the sources of a node

    def _only_source(self, node: Node) -> Node | _Nothing | None:
        """The one node from which a node's value comes, if that is plain; None if it takes a look at more."""
        kind = node[0]
        if kind == "x":
            return self._only_source_of_expr(node[1], node[2])
        if kind == "xi":
            site = node[1].sites.get(node[2])
            if site is not None and site.kind in ("static", "literal"):
                return ("r", site.func or site.literal, node[3])
            return None
        if kind == "v" and node[1].role == "local":
            info = self.checker.var_infos.get(node[1])
            if info is not None and node[1] not in info.addressed:
                stores = info.flows.get(node, ())
                if len(stores) == 1:
                    return stores[0][0]
        return None

    def _only_source_of_expr(self, info: Info, e: ast.Expr) -> Node | _Nothing | None:
        match e:
            case ast.Ident() | ast.Selector():
                used = info.uses.get(e)
                if isinstance(used, t.Var):
                    sources = self._reaching(info, e, used)
                    return sources[0][0] if len(sources) == 1 else None
                selection = info.selections.get(e)
                if selection is None:
                    return _NOTHING
                return ("f", selection.field.declared) if selection.field is not None else None
            case ast.Call():
                site = info.sites.get(e)
                if site is not None:
                    if site.kind in ("static", "literal"):
                        return ("r", site.func or site.literal, 0)
                    return None
                # A conversion, append or panic; recover has no argument.
                return ("x", info, e.args[0]) if e.args else ("p",)
            case ast.Index() if not isinstance(info.uses.get(e), t.Func):
                return ("e", ("x", info, e.x))
            case ast.Unary(op="<-"):
                return ("e", ("x", info, e.x))
            case ast.Star():
                return ("*", ("x", info, e.x))
            case ast.Index() | ast.SliceExpr() | ast.TypeAssert() | ast.Unary():
                return ("x", info, e.x)
            case _:
                return _NOTHING

    def tell_sources(self, node: Node, place: Place, emit: Emit) -> None:
        """Tells every node whose value flows directly into ``node``, some of them perhaps later."""
        match node:
            case ("x", Info() as info, e):
                self._expr_sources(info, e, place, emit)
            case ("xi", Info() as info, ast.Call() as call, int(i)):
                self._result_sources(info, call, i, place, emit)
            case ("v", t.Var() as var):
                self._var_sources(node, var, place, emit)
            case ("v0", t.Var() as var):
                self._passed(var, place, emit)
            case ("f", t.Field() as f):
                self.index.look_at(self.mentions.writers_of_field, f)
                self.tell_stored(node, emit)
                if self.writes.methods_take_address(f.type):
                    self.index.look_at(self.mentions.readers_of_field, f)
                    if f.embedded:
                        self.writes.aliases(node, node, place, emit)
                for holder in self.index.addressed.get(f, ()):
                    self.writes.aliases(holder, node, place, emit)
                if f.file is not None and f.file.package.is_std and not self._told(f, f.file.package):
                    reason = Message(Unknown.SET_INSIDE, (f"{f.struct}.{f.name}",))
                    # Errors are what the library wraps, joins and remembers: those that it was given, or met in a reader.
                    inner = t.innermost(f.type)
                    cut = Cut(reason, inner, None) if t.is_error(inner) else Cut(reason, f.type, f.file.package)
                    self._gain(place, self.leaves.bit(cut))
            case ("p",):
                # Go spec, "Handling panics": recover gives what any function further down panicked with.
                self.index.look_at(self.mentions.users_of_builtin, "panic")
                self.tell_stored(node, emit)
                runtime = self.program.package("runtime")
                if runtime is not None and isinstance(error := runtime.lookup("Error"), t.TypeName):
                    reason = Message(Unknown.PANICS)
                    self._gain(place, self.leaves.bit(Cut(reason, self.checker.type_of_name(error))))
            case ("r", t.Func() as func, int()):
                info = self.index.info(self.checker.unit_of(func))
                found = info.flows.get(node, ())
                for source, pos in found:
                    emit(source, info.file, pos)
                # The facts mark with "?" a function that may return more than they tell, with "!" one of which they tell
                # all; of the others they tell nothing of elements.
                mark = std.mark(func.file.source, func.start) if func.package.is_std else "!"
                if mark != "!" and (not found or mark == "?" or place.node != node):
                    reason = Message(Unknown.RETURNS, (func.full_name,))
                    self._gain(
                        place,
                        self.leaves.bit(
                            Cut(
                                reason,
                                self.type_of(place.node),
                                None if self._calls_back(func, self.type_of(place.node)) else func.package,
                            )
                        ),
                    )
            case ("r", Literal() as literal, int()):
                for source, pos in literal.info.flows.get(node, ()):
                    emit(source, literal.info.file, pos)
            case ("e" | "k" | "*", inner) if isinstance(t.core(self.type_of(inner)), t.Interface):
                self._held(node, place, emit)
            case ("e" | "k" | "*", inner) if self.type_of(inner) is t.UNKNOWN:
                pass
            case ("*", inner) if not isinstance(t.core(self.type_of(inner)), t.Pointer):
                # The variable that a method with a pointer receiver was called on: its address is not written.
                emit(inner, None, ast.NO_POS)
            case ("e" | "k" | "*" as kind, ("x", Info() as info, ast.Ident() as e)) if e in info.reaching:
                # What is inside may be written through any name that the variable has before or after.
                emit((kind, ("v", info.uses[e])), info.file, e.pos)
            case ("e", inner):
                self._element_sources(node, inner, place, emit)
            case ("k", inner):
                self._key_sources(node, inner, place, emit)
            case ("*", inner):
                self._pointed_sources(node, inner, place, emit)
            case _:
                pass

    @staticmethod
    def _told(f: t.Field, package: Package) -> bool:
        """Whether the facts of the standard library say what it stores in a field."""
        name = f.struct.rsplit(".", 1)[-1]
        return package.mark_of(name) == "!" or package.lookup(f"stored_{name}_{f.name}") is not None

    def _calls_back(self, func: t.Func, wanted: t.Type) -> bool:
        """Whether a function is given values whose methods it may call, or its receiver holds errors or what gives them.

        Then it may return what they return.
        """
        params = self.checker.signature_of(func).params
        if any(t.is_dynamic(p) or carries(p) for p in params):
            return True
        return func.recv is not None and t.is_error(wanted) and may_fail(self.checker.receiver_type(func))

    def tell_stored(self, node: Node, emit: Emit) -> None:
        for source, file, pos in self.index.stored.get(node, ()):
            emit(source, file, pos)

    def _expr_sources(self, info: Info, e: ast.Expr, place: Place, emit: Emit) -> None:
        match e:
            case ast.Ident() | ast.Selector():
                used = info.uses.get(e)
                if isinstance(used, t.Var):
                    for source, pos in self._reaching(info, e, used):
                        emit(source, info.file, pos)
                    return
                selection = info.selections.get(e)
                if selection is None:
                    return
                if selection.field is not None:
                    emit(("f", selection.field.declared), info.file, e.pos)
                elif selection.func is None and isinstance(e, ast.Selector) and place.functions:
                    self._method_values(info, e, selection, place, emit)
            case ast.Call() if e in info.sites:
                self._result_sources(info, e, 0, place, emit)
            case _:
                only = self._only_source_of_expr(info, e)
                if only is not None and not isinstance(only, _Nothing):
                    emit(only, info.file, e.pos)

    def _reaching(self, info: Info, e: ast.Expr, var: t.Var) -> list[tuple[Node, ast.Pos]]:
        """The stores that reach one use of a variable, and what a parameter came with."""
        since, until = info.reaching.get(e, (-1, None))
        if var.role == "global" or var in info.captured or (since < 0 and until is None):
            return [(("v", var), e.pos)]
        if var in info.addressed:
            return [(("v", var), e.pos)]
        out = list(info.flows.get(("v", var), [])[max(since, 0) : until])
        if since < 0 and var.role in ("param", "recv"):
            out.append((("v0", var), e.pos))
        return out

    def _method_values(self, info: Info, e: ast.Selector, selection: t.Selection, place: Place, emit: Emit) -> None:
        """``x.M`` of an interface value, as a function: the methods of what reaches ``x``, or the first argument of ``I.M``."""

        def found(func: t.Func) -> None:
            emit(("fn", func), info.file, e.pos)

        if e.x not in info.types:
            calls = self.forwards.calls_of_value(("x", info, e))
            place.needs.append(calls.anchor)

            def called(call: Call) -> None:
                if call[1].node.args:
                    argument: Node = ("x", call[0], call[1].node.args[0])
                    self._watch_methods(argument, e.sel.name, selection.recv, place, found)

            calls.listen(self.kept(place, called))
            return
        node: Node = ("f", selection.path[-1].declared) if selection.path else ("x", info, e.x)
        self._watch_methods(node, e.sel.name, selection.recv, place, found)

    def _watch_methods(
        self,
        node: Node,
        name: str,
        iface: t.Type,
        place: Place,
        found: Callable[[t.Func], None],
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
        watched = self._place(node, functions=False)
        place.needs.append(watched)

        def met(typ: t.Type) -> None:
            selection = self.implementers.method(typ, name)
            if selection is None:
                return
            if selection.func is not None:
                found(selection.func)
            elif selection.path:
                inner: Node = ("f", selection.path[-1].declared)
                self._watch_methods(inner, name, selection.recv, place, found, seen, unseen=unseen)

        def tell(mask: int) -> None:
            for leaf in bits(self._fit(mask & ~self.leaves.cuts, iface)):
                typ = self.leaves.type_of(leaf)
                if typ is not None:
                    met(typ)
            if unseen:
                for cut in self.leaves.cuts_in(mask):
                    for typ in self.implementers.unseen(cut.type, cut.package, iface):
                        met(typ)

        self._follow(watched, self.kept(place, tell))

    def _result_sources(self, info: Info, call: ast.Call, index: int, place: Place, emit: Emit) -> None:
        site = info.sites.get(call)
        if site is None:
            return
        if site.kind == "interface":
            assert site.selection is not None
            assert isinstance(site.node.fun, ast.Selector)

            def returned(func: t.Func) -> None:
                emit(("r", func, index), info.file, call.pos)

            receiver = receiver_node(info, site)
            self._watch_methods(receiver, site.node.fun.sel.name, site.selection.recv, place, returned, unseen=True)
        elif site.kind == "value":
            node: Node = ("x", info, site.node.fun)
            self.watch(node, place, lambda owner: emit(("r", owner, index), info.file, call.pos))
        elif site.func is not None or site.literal is not None:
            emit(("r", site.func or site.literal, index), info.file, call.pos)

    def _var_sources(self, node: Node, var: t.Var, place: Place, emit: Emit) -> None:
        if var.role == "global":
            self.index.look_at(self.mentions.writers_of_global, var)
            self.tell_stored(node, emit)
            if self.writes.methods_take_address(var.type):
                self.index.look_at(self.mentions.readers_of_global, var)
            for holder in self.index.addressed.get(var, ()):
                self.writes.aliases(holder, node, place, emit)
            return
        info = self.checker.var_infos.get(var)
        if info is not None:
            for source, pos in info.flows.get(node, ()):
                emit(source, info.file, pos)
            for holder in info.addressed.get(var, ()):
                self.writes.aliases(holder, node, place, emit)
        self._passed(var, place, emit)

    def _passed(self, var: t.Var, place: Place, emit: Emit) -> None:
        """What a parameter or receiver comes with."""
        owner = var.owner
        if var.role == "param":
            self.calls_of_owner(owner, place, lambda call: self._argument(var, call, place, emit, elements=False))
            inside = isinstance(owner, t.Func) and owner.package.is_std and not t.exported(owner.name)
            if isinstance(owner, t.Func) and inside and std.mark(owner.file.source, owner.start) != "!":
                reason = Message(Unknown.CALLED_WITH, (owner.full_name,))
                self._gain(place, self.leaves.bit(Cut(reason, var.type, owner.package)))
        elif var.role == "recv" and isinstance(owner, t.Func) and (place.functions or place.node[0] in ("e", "k", "*")):

            def receiver(call: Call) -> None:
                caller, site = call
                if site.selection is not None:
                    emit(receiver_node(caller, site), caller.file, site.node.pos)
                elif self.first_argument(caller, site, owner) and site.node.args:
                    emit(("x", caller, site.node.args[0]), caller.file, site.node.pos)

            calls = self.calls_of(owner)
            place.needs.append(calls.anchor)
            calls.listen(self.kept(place, receiver))
            for info, e in self._values_of(owner):
                # A method value holds its receiver (Go spec, "Method values").
                if isinstance(e, ast.Selector) and e.x in info.types:
                    path = info.selections[e].path
                    emit(("f", path[-1].declared) if path else ("x", info, e.x), info.file, e.pos)

    def calls_of_owner(self, owner: object, place: Place, found: Callable[[Call], None]) -> None:
        if isinstance(owner, t.Func):
            calls = self.calls_of(owner)
        elif isinstance(owner, Literal):
            for site in owner.info.calls:
                if site.literal is owner:
                    found((owner.info, site))
            calls = self.forwards.calls_of_value(("x", owner.info, owner.node))
        else:
            return
        place.needs.append(calls.anchor)
        calls.listen(self.kept(place, found))

    def _argument(self, var: t.Var, call: Call, place: Place, emit: Emit, *, elements: bool) -> None:
        """What one call passes for a parameter; with ``elements`` the single arguments of a variadic one."""
        owner = var.owner
        caller, site = call
        assert isinstance(owner, t.Func | Literal)
        sig = self.checker.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
        variadic = sig.variadic and var.index == len(sig.params) - 1
        args = site.node.args
        at = var.index + self.first_argument(caller, site, owner)
        passed = args[at:] if variadic else args[at : at + 1]
        told = bool(passed or variadic or args) and all(caller.types.get(arg) is not t.UNKNOWN for arg in passed)
        if not told and caller.file.package.is_std:
            reason = Message(Unknown.CALLS_WITH, (caller.name,))
            wanted, func = self.type_of(place.node), caller.func
            made = caller.file.package if func is not None and not self._calls_back(func, wanted) else None
            self._gain(place, self.leaves.bit(Cut(reason, wanted, made)))
        if len(args) == 1 and isinstance(caller.types.get(args[0]), t.Tuple):
            if not elements:
                emit(("xi", caller, args[0], at), caller.file, site.node.pos)
        elif variadic and not site.node.spread:
            if elements:
                for arg in args[at:]:
                    emit(("x", caller, arg), caller.file, arg.pos)
        elif at < len(args) and not elements:
            emit(("x", caller, args[at]), caller.file, args[at].pos)

    def first_argument(self, caller: Info, site: CallSite, owner: Owner) -> int:
        """The index of the first parameter's argument: a method expression, called as a value, takes the receiver first."""
        if site.kind != "value" or not isinstance(owner, t.Func) or owner.recv is None:
            return site.first
        called = t.core(caller.types.get(site.node.fun, t.UNKNOWN))
        params = self.checker.signature_of(owner).params
        return int(isinstance(called, t.Signature) and len(called.params) > len(params))

    # Elements, keys, and what a pointer points to

    def _element_sources(self, node: Node, inner: Node, place: Place, emit: Emit) -> None:
        match inner:
            case ("x", Info() as info, ast.CompositeLit() as lit):
                for pair in lit.elements:
                    emit(("x", info, pair.value), info.file, pair.value.pos)
                return
            case ("x", Info() as info, ast.Call() as call):
                used = info.uses.get(call.fun)
                if isinstance(used, t.Builtin) and used.name == "append":
                    for i, arg in enumerate(call.args[1:], 2):
                        source: Node = ("x", info, arg)
                        spread = call.spread and i == len(call.args)
                        emit(("e", source) if spread else source, info.file, arg.pos)
            case ("v" | "v0", t.Var() as var):
                self.writes.written(("e", ("v", var)), ("v", var), place, emit)
                if var.role == "param":
                    self.calls_of_owner(var.owner, place, lambda c: self._argument(var, c, place, emit, elements=True))
            case _:
                self.writes.written(node, inner, place, emit)
        self.tell_sources(inner, place, lambda source, file, pos: emit(("e", source), file, pos))

    def _key_sources(self, node: Node, inner: Node, place: Place, emit: Emit) -> None:
        match inner:
            case ("x", Info() as info, ast.CompositeLit() as lit):
                for pair in lit.elements:
                    if pair.key is not None:
                        emit(("x", info, pair.key), info.file, pair.key.pos)
                return
            case _:
                self.writes.written(node, inner, place, emit)
        self.tell_sources(inner, place, lambda source, file, pos: emit(("k", source), file, pos))

    def _pointed_sources(self, node: Node, inner: Node, place: Place, emit: Emit) -> None:
        match inner:
            case ("x", Info() as info, ast.Unary(op="&", x=ast.Ident() as e)) if isinstance(
                var := info.uses.get(e), t.Var
            ):
                emit(("v", var), info.file, e.pos)
                return
            case ("x", Info() as info, ast.Unary(op="&") as e):
                emit(("x", info, e.x), info.file, e.pos)
                return
            case _:
                self.writes.written(node, inner, place, emit)
        self.tell_sources(inner, place, lambda source, file, pos: emit(("*", source), file, pos))

    def container_methods(self, typ: t.Type) -> list[t.Func]:
        """The methods of a declared type that is a container of functions or interfaces."""
        if not isinstance(typ, t.Named) or typ.obj.package is None or not self.holds(typ):
            return []
        return typ.obj.package.methods_of(typ.obj)

    # Callers

    def calls_of(self, func: t.Func) -> Growing[Call]:
        found = self._callers.get(func)
        if found is None:
            self.index.look_at(self.mentions.users_of_func, func)
            found = self._callers[func] = Growing[Call]()
            for call in self.index.static_calls.get(func, ()):
                found.add(call)
            if func.recv is not None:
                for call in self.index.interface_calls.get(func.name, ()):
                    if self._may_be(call[1].selection, func):
                        found.add(call)
            for info, e in self._values_of(func):
                calls = self.forwards.calls_of_value(("x", info, e))
                found.anchor.needs.append(calls.anchor)
                calls.listen(found.add)
        return found

    def _values_of(self, func: t.Func) -> list[tuple[Info, ast.Expr]]:
        """Where a function, or an interface's method that can be this one, is a value; of the units looked at."""
        out = list(self.index.values.get(func, ()))
        if func.recv is not None:
            for info, e in self.index.interface_values.get(func.name, ()):
                if self._may_be(info.selections[e], func):
                    out.append((info, e))
        return out

    def _may_be(self, selection: t.Selection | None, func: t.Func) -> bool:
        """Whether an interface's method can be this one: by its signature.

        That the receiver implements the interface is no condition, since a type that embeds it may do so. What stands for a
        type parameter implements its constraint.
        """
        wanted = selection.signature if selection is not None else None
        own = self.checker.signature_of(func)
        if wanted is None or not t.identical(wanted, own):
            return False
        pairs = zip((*own.params, *own.results), (*wanted.params, *wanted.results), strict=True)
        return all(self._may_stand_for(typ, param) for param, typ in pairs if isinstance(param, t.TypeParam))

    def _may_stand_for(self, typ: t.Type, param: t.TypeParam) -> bool:
        constraint = t.underlying(param.constraint)
        if not isinstance(constraint, t.Interface) or typ is t.UNKNOWN or t.has_type_params(typ):
            return True
        return self.implementers.implements(typ, constraint)

    # Evidence

    def _evidence(self, place: Place, bit: int) -> tuple[Evidence, ...]:
        """The shortest way of a leaf to a place, from where it is made, as positions; calls and names are left out."""
        if self.index.budget is None:
            return ()
        kin = self.leaves.kin(bit)
        parents: dict[Place, tuple[Place, File | None, ast.Pos] | None] = {place: None}
        queue = deque([place])
        while queue:
            current = queue.popleft()
            for made, file, pos in current.made:
                if made & kin:
                    return tuple(notes_of_way(current, file, pos, parents))
            for source, file, pos in current.ins:
                if source.mask & kin and source not in parents:
                    parents[source] = (current, file, pos)
                    queue.append(source)
        return ()
