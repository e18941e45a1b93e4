"""What package reflect's plain forms do with values: a ``reflect.Value`` holds one, ``Elem``, ``Index`` and ``Set`` reach into it.

``Reflected(v)`` is what ``v`` holds, as a value of an interface; ``Place(v)`` are the pointers and containers that ``v`` is the
element of, for what is set there. What these forms do not tell is unknown, as all that a library function returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tracer.codes import Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import Emit, State
from tracer.golang.flow.values import Held, Unknown, bits
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import (
    CallValue,
    Component,
    Constant,
    Element,
    FieldUse,
    IndexOf,
    Key,
    Local,
    Node,
    Owner,
    Part,
    Place,
    Reflected,
    Site,
    Use,
    root_of,
)

# What gives the value that it is called on, or its first argument, in the same or another form.
_SAME: Final = frozenset(("Convert", "Slice", "Slice3", "Append", "AppendSlice", "MapRange"))
# What gives a part of it.
_PARTS: Final[dict[str, type[Part]]] = {
    "Index": Element,
    "MapIndex": Element,
    "Key": Key,
    "Value": Element,
    "Recv": Element,
}
MAX_USERS = 8
_MOST_STEPS = 6
_MOST_VARIABLES = 5
"""How many functions may use one for what it is given to be followed into values of package reflect."""
SETTERS: Final = ("Send", "Set", "SetMapIndex")


def reflects(site: Site) -> str:
    """The name of package reflect's function or method that is called; "" for any other call."""
    func = site.func
    return func.name if func is not None and func.package.is_std and func.package.path == "reflect" else ""


class Reflection:
    """The rules for one program's calls of package reflect."""

    __slots__ = ("_few", "candidates", "nodes", "predecessors", "solver", "unit_of")

    def __init__(
        self,
        solver: Solver,
        candidates: Candidates,
        hierarchy: ClassHierarchy,
        predecessors: Callable[[Node, State, Emit], None],
    ) -> None:
        self.solver = solver
        self.candidates = candidates
        self.unit_of = hierarchy.unit_of
        self._few: dict[t.Func, bool] = {}
        self.nodes = solver.xref.nodes
        self.predecessors = predecessors

    def result(self, site: Site) -> Node | None:
        """What a call takes out of a ``reflect.Value``."""
        value = site.recv if reflects(site) == "Interface" and _is_own(site) else None
        return self.nodes.part(Reflected, value) if value is not None and self.is_plain(value) else None

    def is_plain(self, value: Node | None) -> bool:
        """Whether a ``reflect.Value`` is made by plain forms alone of what few functions give.

        What half of a program hands over, to decoders, printers and comparers, tells nothing, and is not followed.
        """
        return self._is_plain(value, _MOST_STEPS, {})

    def _is_plain(self, value: Node | None, depth: int, tried: dict[Node, int]) -> bool:
        """The same, ``depth`` steps back at most; of a variable that was ``tried`` with as many it is not so."""
        value = root_of(value) if value is not None else None
        site = _site(value)
        if site is not None and depth:
            of, name = _operand(site), reflects(site)
            return bool(name) and (self._is_of_few(of) if name == "ValueOf" else self._is_plain(of, depth - 1, tried))
        match value:
            case IndexOf(x=x) if depth:
                return self._is_plain(x, depth - 1, tried)
            case Use(var=Local(role="param") as var):
                return self._is_used_by_few(var)
            case Use(var=Local() as var, unit=unit) if tried.get(var, 0) < depth:
                tried[var] = depth
                return any(self._is_plain(source, depth - 1, tried) for source, _ in unit.stores.get(var, ()))
            case _:
                return False

    def _is_of_few(self, of: Node | None) -> bool:
        """Whether a value that ``ValueOf`` takes is of a type that tells something, or comes from few functions."""
        if of is None or of.type is not t.EMPTY_INTERFACE:
            return of is not None
        if isinstance(of, Use) and isinstance(of.var, Local) and of.var.role == "param":
            return self._is_used_by_few(of.var)
        return isinstance(of, Use | FieldUse | IndexOf)

    def _is_used_by_few(self, param: Local) -> bool:
        owner = param.owner
        if not isinstance(owner, t.Func):
            return True
        if owner not in self._few:
            users = self.candidates.users_of_func(owner)
            called = {site.func for site in param.unit.sites if site.func is not None and not site.func.package.is_std}
            # Decoders come back to themselves.
            again = owner in called or any(self.unit_of(func) in users for func in called)
            self._few[owner] = not again and len(users) <= MAX_USERS
        return self._few[owner]

    def reflected(self, value: Node, state: State, emit: Emit) -> None:
        """Where that comes from what a ``reflect.Value`` holds."""
        site = _site(value)
        name = reflects(site) if site is not None else ""
        if site is None or not name:
            if isinstance(value, Element) and (called := _site(value.whole)) is not None:
                self._in_list(called, value, state, emit)
            else:
                self._through(Reflected, value, state, emit)
            return
        of = _operand(site)
        file, pos = site.unit.file, site.pos
        if name == "ValueOf":
            if of is not None:
                emit(of, file, pos)
            return
        if of is None:
            return
        inside = self.nodes.part(Reflected, of)
        if name in _SAME:
            emit(inside, file, pos)
        elif name in _PARTS:
            emit(self.nodes.part(_PARTS[name], inside), file, pos)
        elif name in ("Elem", "Indirect"):
            self._pointed(inside, state, emit)
            if name == "Indirect" or not _is_made(of):
                emit(inside, file, pos)
        elif name in ("Field", "FieldByName"):
            self._fields(site, inside, state, emit)
        elif site.func is not None:
            reason = Message(Gap.RETURNS, (site.func.full_name,))
            unknown = Unknown(reason, t.EMPTY_INTERFACE, site.func.package)
            self.solver.gain(state, self.solver.values.bit(unknown))

    def parts(self, kind: type[Part], value: Node, state: State, emit: Emit) -> None:
        """What is put into the container that a ``reflect.Value`` holds, where that is made."""
        site = _site(value)
        name = reflects(site) if site is not None else ""
        if site is None or not name:
            self.predecessors(
                value,
                state,
                lambda source, file, pos: (
                    emit(self.nodes.part(kind, self.nodes.part(Reflected, source)), file, pos)
                    if _holds(source.type)
                    else None
                ),
            )
            return
        of = _operand(site)
        if name in _SAME and of is not None:
            emit(self.nodes.part(kind, self.nodes.part(Reflected, of)), site.unit.file, site.pos)
        if kind is not Element:
            return
        for i, arg in enumerate(site.args[1:], 2) if name in ("Append", "AppendSlice") else ():
            if arg is not None:
                spread = site.spread and i == len(site.args)
                put = self.nodes.part(Reflected, self.nodes.element(arg) if spread else arg)
                emit(self.nodes.element(put) if name == "AppendSlice" else put, site.unit.file, arg.pos)

    def places(self, value: Node, state: State, emit: Emit) -> None:
        """The pointers and containers that a ``reflect.Value`` is what they lead to."""
        site = _site(value)
        name = reflects(site) if site is not None else ""
        if site is None or not name:
            self._through(Place, value, state, emit)
        elif name in ("Elem", "Indirect", "Index") and (of := _operand(site)) is not None:
            emit(self.nodes.part(Reflected, of), site.unit.file, site.pos)

    def _through(self, kind: type[Part], value: Node, state: State, emit: Emit) -> None:
        """The same of the values that a node's comes from."""
        self.predecessors(
            value,
            state,
            lambda source, file, pos: emit(self.nodes.part(kind, source), file, pos) if _holds(source.type) else None,
        )

    def _in_list(self, called: Site, value: Element, state: State, emit: Emit) -> None:
        name = reflects(called)
        inside = self.nodes.part(Reflected, called.recv) if called.recv is not None else None
        if name == "MapKeys" and inside is not None:
            emit(self.nodes.key(inside), called.unit.file, called.pos)
        elif name in ("Call", "CallSlice") and inside is not None:

            def result(owner: Owner) -> None:
                sig = self.nodes.signature_of(owner) if isinstance(owner, t.Func) else owner.signature
                for i in range(len(sig.results)):
                    emit(self.nodes.result(owner, i), called.unit.file, called.pos)

            self.solver.watch(inside, state, result)
        else:
            self._through(Reflected, value, state, emit)

    def _pointed(self, inside: Node, state: State, emit: Emit) -> None:
        """What the pointers lead to that a ``reflect.Value`` holds."""
        emit(self.nodes.pointee(inside), None, 0)

        def met(typ: t.Type) -> None:
            under = t.underlying(typ)
            if isinstance(under, t.Pointer) and not state.functions:
                self.solver.gain(state, self.solver.values.bit(under.elem))

        self._types(inside, state, met)

    def _fields(self, site: Site, inside: Node, state: State, emit: Emit) -> None:
        """The fields of the structs that a ``reflect.Value`` holds; of all, where the call does not tell which."""
        named = site.args[0] if site.args else None
        wanted = named.value if isinstance(named, Constant) else None

        def met(typ: t.Type) -> None:
            under = t.underlying(typ)
            for f in under.fields if isinstance(under, t.Struct) else ():
                if wanted is None or wanted == f.name:
                    emit(self.nodes.field(f), site.unit.file, site.pos)

        self._types(inside, state, met)

    def _types(self, node: Node, state: State, met: Callable[[t.Type], None]) -> None:
        watched = self.solver.state(node, functions=False)
        state.need(watched)
        values = self.solver.values

        def tell(mask: int) -> None:
            for value in bits(mask & ~values.unknown):
                known = values.known[value]
                typ = values.type_of(value)
                if typ is not None and not isinstance(known, Held):
                    met(typ)

        self.solver.follow(watched, self.solver.kept(state, tell))


def is_told(node: Node | None) -> bool:
    """Whether a ``reflect.Value`` may be made of a value that the function at hand names: by ``ValueOf``, perhaps appended."""
    return _is_told(node, _MOST_VARIABLES, {})


def _is_told(node: Node | None, depth: int, tried: dict[Node, int]) -> bool:
    """The same, by way of ``depth`` variables at most; of one that was ``tried`` with as many it is not so."""
    site = _site(node)
    if site is not None:
        name = reflects(site)
        if name == "ValueOf":
            of = site.args[0] if site.args else None
            return of is not None and _is_followed(of.type, site)
        if name in ("Append", "AppendSlice"):
            return any(_is_told(arg, depth, tried) for arg in site.args[1:])
        return name in _SAME | {"Elem", "Indirect"} and _is_told(_operand(site), depth, tried)
    if isinstance(node, Use) and isinstance(node.var, Local) and tried.get(node.var, 0) < depth:
        tried[node.var] = depth
        return any(_is_told(source, depth - 1, tried) for source, _ in node.unit.stores.get(node.var, ()))
    return False


def _is_followed(typ: t.Type, site: Site) -> bool:
    """Whether a value of a type is followed where it is set by reflection.

    Values with methods that code calls, and functions. What decoders set may be anything: in what a program takes from elsewhere
    that is not followed.
    """
    under = t.underlying(typ)
    if isinstance(under, t.Signature) or (isinstance(under, t.Interface) and t.methods_of(under)):
        return True
    return not isinstance(under, t.Basic) and _is_own(site)


def _is_own(site: Site) -> bool:
    """Whether a call does not stand in what a program takes from elsewhere: decoders and printers see all that there is."""
    return not site.unit.file.package.is_elsewhere


def _is_made(value: Node) -> bool:
    """Whether a ``reflect.Value`` is that of a pointer for certain: then ``Elem`` is not the same value."""
    while isinstance(value, Use) and isinstance(value.var, Local):
        stores = value.unit.stores.get(value.var, ())
        if len(stores) != 1 or stores[0][0] is None:
            return False
        value = stores[0][0]
    site = _site(value)
    if site is None:
        return False
    name = reflects(site)
    return name in ("New", "Addr") or (name == "ValueOf" and site.args[0] is not None)


def _site(node: Node | None) -> Site | None:
    if isinstance(node, Component):
        node = node.call if node.index == 0 else None
    return node.site if isinstance(node, CallValue) else None


def _operand(site: Site) -> Node | None:
    """What a method is called on, or the first argument of a function."""
    return site.recv if site.recv is not None else site.args[0] if site.args else None


def _holds(typ: t.Type) -> bool:
    """Whether a type is one of reflect's that hold a value."""
    base = t.deref(typ)
    obj = base.obj if isinstance(base, t.Named) else None
    return (
        obj is not None
        and obj.package is not None
        and obj.package.path == "reflect"
        and obj.name in ("Value", "MapIter")
    )
