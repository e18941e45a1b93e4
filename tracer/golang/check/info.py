"""What is known of one unit after it was checked: types, uses, calls, reads and flows, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from tracer.codes import Message
from tracer.golang import types as t
from tracer.golang.check.operand import Operand
from tracer.golang.load.package import File, Unit
from tracer.golang.types.constants import Value
from tracer.syntax import ast

_D = TypeVar("_D")

# A node of the value flow: ("x", Info, expression), ("xi", Info, call, result index), ("v", Var), ("f", Field),
# ("r", owner, result index), ("e", node) for elements, ("k", node) for keys, ("*", node) for what a pointer points to,
# ("p",) for all that the program panics with.
Node = tuple[Any, ...]


def root_of(node: Node) -> Node:
    """The node that holds another: without the elements, keys and pointers that lead to that one."""
    while node[0] in ("e", "k", "*"):
        node = node[1]
    return node


@dataclass(slots=True, eq=False)
class Literal:
    """A function literal as a value; named as go/ssa names it: ``F$1``."""

    node: ast.FuncLit
    info: Info
    name: str
    signature: t.Signature
    params: list[t.Var] = field(default_factory=list[t.Var])
    results: list[t.Var] = field(default_factory=list[t.Var])
    count: int = 0

    @property
    def full_name(self) -> str:
        return self.name


Owner = t.Func | Literal


@dataclass(slots=True, eq=False)
class CallSite:
    """A call. A range over a function is a call of it; its one argument stands for the loop's body."""

    node: ast.Call
    kind: t.CallKind
    func: t.Func | None = None
    selection: t.Selection | None = None
    recv: ast.Expr | None = None
    first: int = 0
    literal: Literal | None = None
    modifier: str = ""
    detail: Message | None = None
    owner: object = None


@dataclass(slots=True, eq=False)
class Read:
    """A constant or package variable that code reads; ``owner`` is the function or literal of that code."""

    obj: t.Const | t.Var
    node: ast.Expr
    pos: ast.Pos
    owner: object


class Types(Mapping[ast.Expr, t.Type]):
    """The types of operands, by their expressions."""

    __slots__ = ("_operands",)

    def __init__(self, operands: dict[ast.Expr, Operand]) -> None:
        self._operands = operands

    @overload
    def get(self, key: ast.Expr, default: None = None, /) -> t.Type | None: ...

    @overload
    def get(self, key: ast.Expr, default: t.Type, /) -> t.Type: ...

    @overload
    def get(self, key: ast.Expr, default: _D, /) -> t.Type | _D: ...

    def get(self, key: ast.Expr, default: object = None, /) -> object:
        found = self._operands.get(key)
        return default if found is None else found.type

    def __getitem__(self, key: ast.Expr) -> t.Type:
        return self._operands[key].type

    def __contains__(self, key: object) -> bool:
        return key in self._operands

    def __iter__(self) -> Iterator[ast.Expr]:
        return iter(self._operands)

    def __len__(self) -> int:
        return len(self._operands)


@dataclass(slots=True, eq=False)
class Info:
    """What is known of one unit after it was checked.

    ``operands`` are the expressions that were visited, those that denote types left out; ``types`` shows their types. One
    that is not among them has the type ``rest``. ``flows`` lists what is stored in a place, in the order of the source. For
    the use of a local variable, ``reaching`` is the range of the stores that can reach it: the ones before are overwritten
    on every path (-1: none is), the ones after come later (None: a loop may bring them back). ``captured`` are the variables
    that a function literal assigns, for which that order says nothing. ``addressed`` are the variables and fields whose
    address is taken, with the nodes that hold it: ``&x``, or what a method with a pointer receiver is called on. ``boxed``
    are the declared types of which values are converted to interfaces, or that are type arguments; ``arguments`` has the type
    arguments of functions, by their parameters, and ``instances`` those of each use of a generic function (go/types' Info.Instances).
    """

    unit: Unit
    func: t.Func | None
    name: str
    operands: dict[ast.Expr, Operand] = field(default_factory=dict[ast.Expr, Operand])
    types: Types = field(init=False)
    uses: dict[ast.Expr, t.Object] = field(default_factory=dict["ast.Expr", "t.Object"])
    selections: dict[ast.Expr, t.Selection] = field(default_factory=dict[ast.Expr, t.Selection])
    calls: list[CallSite] = field(default_factory=list[CallSite])
    sites: dict[ast.Expr, CallSite] = field(default_factory=dict[ast.Expr, CallSite])
    reads: list[Read] = field(default_factory=list[Read])
    flows: dict[Node, list[tuple[Node, ast.Pos]]] = field(default_factory=dict[Node, list[tuple[Node, ast.Pos]]])
    literals: dict[ast.Expr, Literal] = field(default_factory=dict[ast.Expr, Literal])
    params: list[t.Var] = field(default_factory=list[t.Var])
    receiver: t.Var | None = None
    reaching: dict[ast.Expr, tuple[int, int | None]] = field(default_factory=dict[ast.Expr, "tuple[int, int | None]"])
    captured: frozenset[t.Var] = frozenset()
    addressed: dict[t.Var | t.Field, list[Node]] = field(default_factory=dict["t.Var | t.Field", "list[Node]"])
    returns: list[tuple[ast.Return, object]] = field(default_factory=list[tuple[ast.Return, object]])
    boxed: dict[t.TypeName, None] = field(default_factory=dict["t.TypeName", None])
    arguments: dict[t.TypeParam, dict[t.Type, None]] = field(default_factory=dict["t.TypeParam", "dict[t.Type, None]"])
    instances: dict[ast.Expr, Mapping[t.TypeParam, t.Type]] = field(
        default_factory=dict["ast.Expr", "Mapping[t.TypeParam, t.Type]"]
    )
    rest: t.Type = t.UNKNOWN

    def __post_init__(self) -> None:
        self.types = Types(self.operands)

    @property
    def file(self) -> File:
        return self.unit.file

    def constant(self, e: ast.Expr | None) -> Value | None:
        """The value of an expression, if it is a constant whose value is known."""
        found = self.operands.get(e) if e is not None else None
        return found.value if found is not None else None

    def text(self, e: ast.Expr | None) -> str | None:
        """The value of a constant string expression."""
        value = self.constant(e)
        return value if isinstance(value, str) else None

    def release(self) -> None:
        """Lets go of all that was found: places of the flow refer to this unit, and it to them, and nobody looks for such circles."""
        for found in (
            self.operands,
            self.uses,
            self.selections,
            self.sites,
            self.flows,
            self.literals,
            self.addressed,
            self.instances,
        ):
            found.clear()
        for listed in (self.calls, self.reads, self.params, self.returns):
            listed.clear()
