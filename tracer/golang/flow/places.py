"""The nodes of the value flow as places, what may reach them, and what their types say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tracer.codes import Message, Note
from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Literal, Node, Owner
from tracer.golang.load.packages import File, Package
from tracer.model import Evidence, Position, shortened
from tracer.syntax import ast

MAX_DEPTH = 4
"""How many containers may lie in one another, before elements of elements are given up: recursive types have no end."""

Call = tuple[Info, CallSite]
Emit = Callable[[Node, "File | None", ast.Pos], None]
"""Told of a node whose value flows somewhere, and where in the code that is written."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cut:
    """A leaf for what is not known: why, and the static type of the value.

    For a gap in a library's facts, ``package`` is where the value is made, if it can only be made there.
    """

    reason: Message
    type: t.Type
    package: Package | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A container that became a value of an interface: its elements are found again where the value is asserted."""

    node: Node
    type: t.Type


@dataclass(frozen=True, slots=True)
class Boxed:
    """A function in a value of an interface, with the dynamic type that it has there."""

    owner: Owner
    type: t.Type


Leaf = t.Type | Owner | Cut | Held | Boxed


@dataclass(slots=True, eq=False)
class Place:
    """A node of the flow. ``mask`` are the leaves that reach it, ``sent`` those already passed on.

    ``ins`` and ``made`` (leaves that begin here) are kept to tell the way of a value; ``needs`` are places whose leaves
    decide which edges there are.
    """

    node: Node
    functions: bool
    mask: int = 0
    sent: int = 0
    outs: list[Place] = field(default_factory=list["Place"])
    watchers: list[Callable[[int], None]] = field(default_factory=list[Callable[[int], None]])
    ins: list[tuple[Place, File | None, ast.Pos]] = field(default_factory=list["tuple[Place, File | None, ast.Pos]"])
    made: list[tuple[int, File | None, ast.Pos]] = field(default_factory=list["tuple[int, File | None, ast.Pos]"])
    needs: list[Place] = field(default_factory=list["Place"])
    cut: Message | None = None


class Growing(Generic[_T]):
    """A set that may grow; who listens is told of every member, those that are there and those to come.

    ``anchor`` stands for it among the places: what decides its members is in ``anchor.needs``.
    """

    __slots__ = ("_listeners", "anchor", "items")

    def __init__(self) -> None:
        self.anchor = Place((), functions=True)
        self.items: dict[_T, None] = {}
        self._listeners: list[Callable[[_T], object]] = []

    def add(self, item: _T) -> bool:
        if item in self.items:
            return False
        self.items[item] = None
        for listener in list(self._listeners):
            listener(item)
        return True

    def listen(self, listener: Callable[[_T], object]) -> None:
        self._listeners.append(listener)
        for item in list(self.items):
            listener(item)


class Leaves:
    """The leaves that were met, each with a bit; a set of leaves is an integer. ``cuts`` are the bits of what is not known."""

    def __init__(self) -> None:
        self.known: list[Leaf] = []
        self.cuts = 0
        self._bits: dict[Leaf, int] = {}
        self._boxed: dict[Owner, int] = {}

    def bit(self, leaf: Leaf) -> int:
        found = self._bits.get(leaf)
        if found is None:
            found = self._bits[leaf] = 1 << len(self.known)
            self.known.append(leaf)
            if isinstance(leaf, Cut):
                self.cuts |= found
            elif isinstance(leaf, Boxed):
                self._boxed[leaf.owner] = self._boxed.get(leaf.owner, 0) | found
        return found

    def kin(self, bit: int) -> int:
        """The bits of the same function, as it is and in values of interfaces."""
        leaf = self.known[bit.bit_length() - 1]
        return bit | self._boxed.get(leaf, 0) if isinstance(leaf, t.Func | Literal) else bit

    def boxed(self, mask: int, typ: t.Type) -> int:
        """Functions as they are in a value of an interface whose dynamic type is ``typ``."""
        out = 0
        for i in bits(mask):
            leaf = self.known[i]
            out |= self.bit(Boxed(leaf, typ)) if isinstance(leaf, t.Func | Literal) else 1 << i
        return out

    def unboxed(self, mask: int, typ: t.Type) -> int:
        """The functions that a value of an interface gives where it is asserted to be of type ``typ``."""
        out = 0
        for i in bits(mask):
            leaf = self.known[i]
            if not isinstance(leaf, Boxed):
                out |= 1 << i
            elif t.identical(leaf.type, typ):
                out |= self.bit(leaf.owner)
        return out

    def cuts_in(self, mask: int) -> list[Cut]:
        return [leaf for i in bits(mask & self.cuts) if isinstance(leaf := self.known[i], Cut)]

    def owner(self, index: int) -> Owner:
        owner = self.known[index]
        owner = owner.owner if isinstance(owner, Boxed) else owner
        assert isinstance(owner, t.Func | Literal)
        return owner

    def type_of(self, index: int) -> t.Type | None:
        found = self.known[index]
        return found.type if isinstance(found, Held) else found if isinstance(found, t.Type) else None


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def promotion_note(typ: t.Type, name: str, embedded: t.Field) -> Evidence:
    about = (t.describe(typ), name, embedded.name)
    return Evidence(Note.FROM_EMBEDDED, about, position(embedded.file, embedded.pos))


def carries(typ: t.Type, depth: int = 0) -> bool:
    """Functions, containers whose innermost elements are functions or interfaces, and type parameters, which may be either."""
    if isinstance(typ, t.TypeParam):
        return True
    match t.core(typ):
        case t.Signature():
            return True
        case t.Tuple() as several:
            return any(carries(x) for x in several.types)
        case t.Slice() | t.Array() | t.Chan() | t.Pointer() as one if depth < MAX_DEPTH:
            return t.is_dynamic(one.elem) or carries(one.elem, depth + 1)
        case t.Map() as pairs if depth < MAX_DEPTH:
            return any(t.is_dynamic(x) or carries(x, depth + 1) for x in (pairs.key, pairs.elem))
        case _:
            return False


def may_fail(typ: t.Type) -> bool:
    """Whether a value holds errors, or others that give them when they are called: readers, transports, callbacks."""
    seen: set[t.Type] = set()
    pending = [typ]
    while pending:
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        match t.underlying(at):
            case t.Interface() as held:
                if at is t.EMPTY_INTERFACE or t.is_error(at) or any(map(_gives_error, t.methods_of(held).values())):
                    return True
            case t.Signature() as called if _gives_error(called):
                return True
            case t.Struct() as several:
                pending += [f.type for f in several.fields]
            case t.Slice() | t.Array() | t.Chan() | t.Pointer() as one:
                pending.append(one.elem)
            case t.Map() as pairs:
                pending += (pairs.key, pairs.elem)
            case _:
                pass
    return False


def _gives_error(sig: t.Signature) -> bool:
    return any(t.is_error(result) for result in sig.results)


def package_of(typ: t.Type) -> Package | None:
    base = t.deref(typ)
    return base.obj.package if isinstance(base, t.Named) else None


def nesting(node: Node) -> int:
    depth = 0
    while node[0] in ("e", "k", "*"):
        node = node[1]
        depth += 1
    return depth


def receiver_node(info: Info, site: CallSite) -> Node:
    """The value whose method is called: the receiver, or the embedded field that the method is promoted from."""
    path = site.selection.path if site.selection is not None else ()
    if path:
        return ("f", path[-1].declared)
    return ("x", info, site.recv) if site.recv is not None else ("xi", info, site.node.args[0], 0)


def function_value(info: Info, e: ast.Expr) -> Owner | None:
    if isinstance(e, ast.FuncLit):
        return info.literals.get(e)
    if isinstance(e, ast.Ident | ast.Selector | ast.Index):
        used = info.uses.get(e)
        if isinstance(used, t.Func):
            return used
        selection = info.selections.get(e)
        if selection is not None and selection.func is not None:
            return selection.func
    return None


def step_note(target: Node, place: Position) -> Evidence | None:
    """What happens to a value where it flows into a node; None for what a reader would not name."""
    match target:
        case ("f", t.Field() as f):
            return Evidence(Note.STORED_IN_FIELD, (f"{f.struct.rsplit('/', 1)[-1]}.{f.name}".removeprefix("."),), place)
        case ("v" | "v0", t.Var() as var) if var.role == "param":
            owner = shortened(var.owner.full_name) if isinstance(var.owner, t.Func | Literal) else ""
            if not var.name:
                return Evidence(Note.PASSED_UNNAMED, (owner,), place)
            return Evidence(Note.PASSED, (var.name, owner), place)
        case ("v", t.Var() as var) if var.role == "global":
            return Evidence(Note.ASSIGNED, (var.name,), place)
        case ("r", owner, int()) if isinstance(owner, t.Func | Literal):
            return Evidence(Note.RETURNED, (shortened(owner.full_name),), place)
        case ("e", ("f", t.Field() as f)):
            return Evidence(Note.STORED_AS_ELEMENT_OF_FIELD, (f.name,), place)
        case ("e", ("v" | "v0", t.Var() as var)):
            return Evidence(Note.STORED_AS_ELEMENT, (var.name,), place)
        case _:
            return None


def position(file: File | None, pos: ast.Pos) -> Position | None:
    """A place in a file as a position; None for the standard library, whose source is in no repository."""
    if file is None or file.package.is_std:
        return None
    return Position(file.package.program.repository, file.path, *file.place(pos))


def func_position(func: t.Func) -> Position | None:
    return position(func.file, func.pos)


def called_expr(call: ast.Call) -> ast.Expr:
    fun = call.fun
    while isinstance(fun, ast.Index):
        fun = fun.x
    return fun


def notes_of_way(
    made: Place, file: File | None, pos: ast.Pos, parents: dict[Place, tuple[Place, File | None, ast.Pos] | None]
) -> Iterator[Evidence]:
    target, last = made, None
    while True:
        place = position(file, pos)
        note = step_note(target.node, place) if place is not None and place != last else None
        if note is not None:
            last = place
            yield note
        following = parents[target]
        if following is None:
            return
        target, file, pos = following
