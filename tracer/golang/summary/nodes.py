"""The nodes of the value flow: the places and expressions of a program that hold values.

In the manner of go/callgraph/vta's nodes, one class a kind, each made once (nodes are compared by identity) and with its
static type. Those of an expression say what its value is made of, as go/ssa's values do; those of a variable, a field or a
result are shared by all units of a program, and so are the parts of values: elements, keys, what a pointer points to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracer.codes import Message
from tracer.golang import types as t
from tracer.golang.load.package import File, Package, Unit

Pos = int
"""A byte offset in the unit's file."""


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """Any node; ``type`` is the static type of its values."""

    type: t.Type


# What units of a program share


@dataclass(slots=True, eq=False, repr=False)
class Global(Node):
    """A package variable."""

    var: t.Var

    def __str__(self) -> str:
        return f"Global({self.var.full_name})"


@dataclass(slots=True, eq=False, repr=False)
class FieldNode(Node):
    """A declared struct field: one node for all values of its struct.

    Of a generic type, one for each type that the field has in an instance, and one for generic code, where that is not known.
    """

    field: t.Field

    def __str__(self) -> str:
        return f"Field({self.field.struct or 'struct'}:{self.field.name})"


@dataclass(slots=True, eq=False, repr=False)
class Result(Node):
    """What a function returns at an index."""

    owner: t.Func | Literal
    index: int

    def __str__(self) -> str:
        return f"Return({self.owner.full_name}:{self.index})"


@dataclass(slots=True, eq=False, repr=False)
class Function(Node):
    """A function as a value."""

    func: t.Func

    def __str__(self) -> str:
        return f"Function({self.func.full_name})"


@dataclass(slots=True, eq=False, repr=False)
class Panics(Node):
    """All that the program panics with."""

    def __str__(self) -> str:
        return "Panic"


# Parts of values


@dataclass(slots=True, eq=False, repr=False)
class Part(Node):
    """A part of the values of another node."""

    whole: Node

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.whole})"


class Element(Part):
    """What a container's elements are; what a channel carries."""

    __slots__ = ()


class Key(Part):
    """What a map's keys are."""

    __slots__ = ()


class Pointee(Part):
    """What a pointer points to."""

    __slots__ = ()


class Holder(Part):
    """A container that something was stored in: it is found wherever that container came from."""

    __slots__ = ()


class Reflected(Part):
    """What a ``reflect.Value`` holds, as a value of an interface."""

    __slots__ = ()


class Place(Part):
    """The pointers and containers that a ``reflect.Value`` is what they lead to, in values of interfaces."""

    __slots__ = ()


class Caused(Part):
    """An error with all that it wraps, as a value of ``any``."""

    __slots__ = ()


@dataclass(slots=True, eq=False, repr=False)
class Unboxed(Part):
    """What comes out of a value of an interface as a value of a type, or as a receiver that a pointer may lead to."""

    receiver: bool


@dataclass(slots=True, eq=False, repr=False)
class Given(Node):
    """A value of another node as one of the type that it has in an instance of generic code."""

    whole: Node

    def __str__(self) -> str:
        return f"Given({self.whole})"


# Variables of a unit


@dataclass(slots=True, eq=False, repr=False)
class Local(Node):
    """A variable of a unit. ``owner`` is the function or literal whose parameter, receiver or result it is.

    ``captured`` is whether a literal assigns it: then the order of the source says nothing of its stores. ``address_taken`` are
    the nodes that hold its address.
    """

    name: str
    role: t.Role
    unit: UnitSummary
    owner: t.Func | Literal | None
    index: int
    captured: bool = False
    address_taken: Sequence[Node] = ()
    entry: Entry | None = None

    def __str__(self) -> str:
        within = self.owner.full_name if self.owner is not None else self.unit.name
        return f"{self.role.capitalize()}({within}:{self.name or self.index})"


@dataclass(slots=True, eq=False, repr=False)
class Entry(Node):
    """What a parameter or receiver comes with, before anything is stored in it."""

    var: Local

    def __str__(self) -> str:
        return f"Entry({self.var})"


# Expressions


@dataclass(slots=True, eq=False, repr=False)
class Expression(Node):
    """An expression of a unit; ``index`` is its number there."""

    unit: UnitSummary
    index: int
    pos: Pos

    def __str__(self) -> str:
        line, column = self.unit.file.place(self.pos)
        return f"{type(self).__name__}({self.unit.name}:{line}:{column})"


@dataclass(slots=True, eq=False, repr=False)
class Opaque(Expression):
    """A value of which its type is all that matters, or nothing is known."""


@dataclass(slots=True, eq=False, repr=False)
class Constant(Expression):
    """A constant string, or an integer that a text is made of."""

    value: str | int


@dataclass(slots=True, eq=False, repr=False)
class Use(Expression):
    """A variable's value. For a local variable the stores of the unit from ``since`` to ``until`` can reach this use.

    The ones before are overwritten on every path (-1: none is), the ones after come later (None: a loop may bring them back).
    """

    var: Local | Global
    since: int = -1
    until: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class FieldUse(Expression):
    """The selection of a field."""

    field: FieldNode
    x: Expression | None


@dataclass(slots=True, eq=False, repr=False)
class FunctionUse(Expression):
    """A declared function or a concrete method as a value; ``receiver`` is what a method value holds (Go spec, "Method values").

    ``targs`` are the type arguments of a generic one, or of its receiver's type.
    """

    func: t.Func
    receiver: Node | None
    x: Expression | None
    targs: tuple[t.Type, ...]


@dataclass(slots=True, eq=False, repr=False)
class Closure(Expression):
    """A function literal (go/ssa's MakeClosure)."""

    literal: Literal


@dataclass(slots=True, eq=False, repr=False)
class MethodUse(Expression):
    """An interface's method as a value: ``x.M``, or ``I.M`` where ``receiver`` is None."""

    name: str
    selection: t.Selection
    receiver: Node | None


@dataclass(slots=True, eq=False, repr=False)
class CallValue(Expression):
    """What a call returns; of several results the tuple."""

    site: Site


@dataclass(slots=True, eq=False, repr=False)
class Component(Node):
    """One of the results of a call (go/ssa's Extract)."""

    call: Expression
    index: int

    def __str__(self) -> str:
        return f"Extract({self.call}:{self.index})"


@dataclass(slots=True, eq=False, repr=False)
class Convert(Expression):
    """A conversion, or what a built-in function makes of its arguments."""

    args: tuple[Expression | None, ...]


@dataclass(slots=True, eq=False, repr=False)
class Append(Expression):
    """A call of ``append``; with ``spread`` its last argument is a list of elements."""

    args: tuple[Expression | None, ...]
    spread: bool


@dataclass(slots=True, eq=False, repr=False)
class Recover(Expression):
    """A call of ``recover``."""


@dataclass(slots=True, eq=False, repr=False)
class Composite(Expression):
    """A composite literal: keys and values of its elements, in the order of the source; of a struct also the fields.

    ``labels`` are the names of the fields of a struct that is not among the sources: they are known, and where they are is not.
    """

    keys: tuple[Expression | None, ...]
    values: tuple[Expression | None, ...]
    fields: tuple[str, ...] | None
    labels: tuple[str, ...]


@dataclass(slots=True, eq=False, repr=False)
class AddressOf(Expression):
    """``&x``; of a variable, that is the node its address leads to."""

    x: Expression | None
    var: Local | Global | None


@dataclass(slots=True, eq=False, repr=False)
class Unary(Expression):
    """An expression with one operand that its value comes out of."""

    x: Expression | None


class Receive(Unary):
    """``<-x``."""

    __slots__ = ()


class Load(Unary):
    """``*x``."""

    __slots__ = ()


class IndexOf(Unary):
    """``x[i]``."""

    __slots__ = ()


class Same(Unary):
    """A value that is its operand's: a type assertion, a slice expression, an operation."""

    __slots__ = ()


@dataclass(slots=True, eq=False, repr=False)
class Concat(Expression):
    """``x + y`` of strings."""

    x: Expression | None
    y: Expression | None


# Units


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


@dataclass(frozen=True, slots=True)
class Initializer:
    """What initialises the variables of a package: go/ssa's synthetic function ``init``."""

    package: Package

    @property
    def full_name(self) -> str:
        return f"{self.package.path}.init"


Caller = Owner | Initializer
"""What makes a call: a declared function, a function literal, or the initialiser of a package."""


@dataclass(slots=True, eq=False)
class Site:
    """A call: by its ``kind`` of ``func``, of the method ``selection`` of the value ``receiver``, of the function value ``fun``, of
    ``literal`` where it stands, or of what is not known, as ``detail`` says.

    ``name`` is the last name of what is called, ``args`` are None where an argument is of no interest (a number), ``first`` is the
    index of the first parameter's argument: a method expression takes its receiver before. ``targs`` are what stands for the type
    parameters of ``func``, a method's those of its receiver. ``recv`` is the operand before the
    dot, ``receiver`` the node whose method is called: the operand, or the embedded field that the method is promoted from.
    ``caller`` is the function or literal whose code the call stands in (None: the package's initialiser), ``value`` what it returns. The call's source is from ``start`` to ``end``.

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
    targs: tuple[t.Type, ...] = ()
    value: Expression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A constant or package variable that code reads; ``owner`` is the function or literal whose code that is (None: the package's initialiser)."""

    obj: t.Const | t.Var | t.Field
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


def root_of(node: Node) -> Node:
    """The node that holds another: without the elements, keys and pointers that lead to that one."""
    while isinstance(node, Part):
        node = node.whole
    return node


def nesting(node: Node) -> int:
    """How many elements, keys and pointers lead from the root to a node."""
    depth = 0
    while isinstance(node, Part):
        node = node.whole
        depth += 1
    return depth


def is_moved(source: Node | None, at: Node) -> bool:
    """Whether what is stored in an element is one of the same container: ``x[i] = x[j]``, where ``x`` is nothing else in between.

    Then each container that ``x`` is has what was stored there before, and nothing of another one.
    """
    match at, source:
        case Element(whole=Local() as var), IndexOf(x=Use(var=same)) if same is var and not var.address_taken:
            made = 0 if var.role in (t.Role.PARAM, t.Role.RECV) else 1
            return len(var.unit.stores.get(var, ())) <= made
        case _:
            return False


def entry_of(var: Local) -> Entry:
    """What a parameter or receiver comes with."""
    if var.entry is None:
        var.entry = Entry(var.type, var)
    return var.entry


def reaching(use: Use, var: Local | Global) -> list[Store]:
    """The stores that reach one use of a variable, and what a parameter came with."""
    if isinstance(var, Global) or var.captured or (use.since < 0 and use.until is None) or var.address_taken:
        return [(var, use.pos)]
    out = list(var.unit.stores.get(var, ())[max(use.since, 0) : use.until])
    if use.since < 0 and var.role in ("param", "recv"):
        out.append((entry_of(var), use.pos))
    return out
