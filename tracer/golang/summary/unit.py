"""What is known of one unit without its syntax: calls, reads, and where values go, over the nodes of the flow."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracer.codes import Message
from tracer.golang import types as t
from tracer.golang.load.package import File, Unit
from tracer.golang.summary.nodes import Closure, Expression, Local, Node, Pos


@dataclass(slots=True, eq=False)
class Literal:
    """A function literal; named as go/ssa names it: ``F$1``. ``index`` is its number in its unit, ``value`` the expression that it is."""

    unit: UnitSummary
    index: int
    name: str
    signature: t.Signature
    pos: Pos
    params: list[Local] = field(default_factory=list[Local])
    value: Closure | None = None

    @property
    def full_name(self) -> str:
        return self.name


Owner = t.Func | Literal


@dataclass(slots=True, eq=False)
class Site:
    """A call: by its ``kind`` of ``func``, of the method ``selection`` of the value ``receiver``, of the function value ``fun``, of
    ``literal`` where it stands, or of what is not known, as ``detail`` says.

    ``name`` is the last name of what is called, ``args`` are None where an argument is of no interest (a number), ``first`` is the
    index of the first parameter's argument: a method expression takes its receiver before. ``recv`` is the operand before the
    dot, ``receiver`` the node whose method is called: the operand, or the embedded field that the method is promoted from.
    ``caller`` is the function or literal whose code the call stands in, ``value`` what it returns. The call's source is from ``start`` to ``end``.

    A range over a function is a call of it; its one argument stands for the loop's body.
    """

    unit: UnitSummary
    index: int
    kind: t.CallKind
    name: str
    pos: Pos
    start: Pos
    end: Pos
    func: t.Func | None
    literal: Literal | None
    selection: t.Selection | None
    fun: Expression | None
    recv: Expression | None
    receiver: Node | None
    args: tuple[Expression | None, ...]
    first: int
    spread: bool
    modifier: str
    detail: Message | None
    caller: Owner | None
    value: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A constant or package variable that code reads; ``owner`` is the function or literal that the code stands in."""

    obj: t.Const | t.Var
    pos: Pos
    owner: Owner | None


Store = tuple[Node | None, Pos]
"""What is stored, None where that is of no interest (a number), and where."""


@dataclass(slots=True, eq=False)
class UnitSummary:
    """What flow needs to know of one unit: a function with its literals, or the initialisers of variables.

    ``stores`` lists what is stored in a node, in the order of the source; ``address_taken`` are the fields and package variables
    whose address is taken, with the nodes that hold it; ``boxed`` the declared types of which values go to a place of an interface
    type or stand for a type parameter, ``arguments`` what stands for type parameters of functions. ``fault`` says what went wrong in the
    checker, whose findings are then missing.
    """

    unit: Unit
    func: t.Func | None
    name: str
    expressions: list[Expression] = field(default_factory=list[Expression])
    sites: list[Site] = field(default_factory=list[Site])
    reads: list[Read] = field(default_factory=list[Read])
    stores: dict[Node, list[Store]] = field(default_factory=dict[Node, "list[Store]"])
    literals: list[Literal] = field(default_factory=list[Literal])
    params: list[Local] = field(default_factory=list[Local])
    receiver: Local | None = None
    address_taken: dict[Node, list[Node]] = field(default_factory=dict[Node, "list[Node]"])
    boxed: tuple[t.TypeName, ...] = ()
    fault: str = ""
    arguments: dict[t.TypeParam, tuple[t.Type, ...]] = field(default_factory=dict[t.TypeParam, "tuple[t.Type, ...]"])

    @property
    def file(self) -> File:
        return self.unit.file
