"""Syntax trees of declarations, in go/ast's terms.

Trees are compared by identity (the type checker keys its findings by node). ``Pos`` is a byte offset in the file, as in
go/token; a file tells its line and column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Literal

Pos = int

NO_POS: Pos = 0

LiteralKind = Literal["INT", "FLOAT", "IMAG", "CHAR", "STRING"]


@dataclass(slots=True, eq=False)
class Bad:
    """Source that does not parse, or is nested deeper than the converter follows."""

    pos: Pos


@dataclass(slots=True, eq=False)
class Ident:
    name: str
    pos: Pos


@dataclass(slots=True, eq=False)
class BasicLit:
    """``value`` is the literal as written."""

    kind: LiteralKind
    value: str
    pos: Pos


@dataclass(slots=True, eq=False)
class KeyValue:
    key: Expr | None
    value: Expr


@dataclass(slots=True, eq=False)
class CompositeLit:
    """``type`` is None where the surrounding literal implies it."""

    type: Expr | None
    elements: tuple[KeyValue, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class FuncLit:
    type: FuncType
    body: Block
    pos: Pos


@dataclass(slots=True, eq=False)
class Selector:
    x: Expr
    sel: Ident
    pos: Pos


@dataclass(slots=True, eq=False)
class Index:
    """An index or an instantiation; which of them is told by types."""

    x: Expr
    indices: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class SliceExpr:
    x: Expr
    indices: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class TypeAssert:
    x: Expr
    type: Expr
    pos: Pos


@dataclass(slots=True, eq=False)
class Call:
    """A call or a conversion, from ``start`` to ``end``; ``pos`` is that of the called name, ``spread`` tells a final ``...``."""

    fun: Expr
    args: tuple[Expr, ...]
    spread: bool
    pos: Pos
    start: Pos
    end: Pos


@dataclass(slots=True, eq=False)
class Star:
    x: Expr
    pos: Pos


@dataclass(slots=True, eq=False)
class Unary:
    op: str
    x: Expr
    pos: Pos


@dataclass(slots=True, eq=False)
class Binary:
    op: str
    x: Expr
    y: Expr
    pos: Pos


@dataclass(slots=True, eq=False)
class ArrayType:
    """A slice where ``length`` is None; ``[...]T`` has the length ``Ident("...")``."""

    length: Expr | None
    elem: Expr
    pos: Pos


@dataclass(slots=True, eq=False)
class MapType:
    key: Expr
    value: Expr
    pos: Pos


class Direction(StrEnum):
    """What may be done with a channel."""

    BOTH = "both"
    SEND = "send"
    RECV = "recv"


@dataclass(slots=True, eq=False)
class ChanType:
    direction: Direction
    value: Expr
    pos: Pos


@dataclass(slots=True, eq=False)
class Param:
    """One parameter, result or type parameter; an unnamed one has the name ``""``."""

    name: str
    type: Expr
    pos: Pos
    variadic: bool = False


@dataclass(slots=True, eq=False)
class FuncType:
    params: tuple[Param, ...]
    results: tuple[Param, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class FieldDecl:
    """A struct's field; ``tag`` is the literal as written, or ""."""

    name: str
    type: Expr
    embedded: bool
    pos: Pos
    tag: str = ""


@dataclass(slots=True, eq=False)
class StructType:
    fields: tuple[FieldDecl, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class MethodSpec:
    name: str
    type: FuncType
    pos: Pos


@dataclass(slots=True, eq=False)
class Union:
    """A union of constraint terms; a tilde is dropped, since only core types are asked for."""

    terms: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class InterfaceType:
    methods: tuple[MethodSpec, ...]
    embeds: tuple[Expr, ...]
    pos: Pos


Expr = (
    Bad
    | Ident
    | BasicLit
    | CompositeLit
    | FuncLit
    | Selector
    | Index
    | SliceExpr
    | TypeAssert
    | Call
    | Star
    | Unary
    | Binary
    | ArrayType
    | MapType
    | ChanType
    | FuncType
    | StructType
    | InterfaceType
    | Union
)


@dataclass(slots=True, eq=False)
class Block:
    stmts: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class ExprStmt:
    x: Expr


@dataclass(slots=True, eq=False)
class Assign:
    """``op`` is ``=``, ``:=`` or a compound such as ``+=``."""

    lhs: tuple[Expr, ...]
    op: str
    rhs: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class Send:
    channel: Expr
    value: Expr


@dataclass(slots=True, eq=False)
class Go:
    call: Expr


@dataclass(slots=True, eq=False)
class Defer:
    call: Expr


@dataclass(slots=True, eq=False)
class Return:
    results: tuple[Expr, ...]
    pos: Pos


@dataclass(slots=True, eq=False)
class If:
    init: Stmt | None
    cond: Expr
    then: Block
    other: Stmt | None


@dataclass(slots=True, eq=False)
class For:
    init: Stmt | None
    cond: Expr | None
    post: Stmt | None
    body: Block


@dataclass(slots=True, eq=False)
class Range:
    """``pos`` is that of the word ``range``, ``end`` that of the end of ``x``."""

    lhs: tuple[Expr, ...]
    define: bool
    x: Expr
    body: Block
    pos: Pos
    end: Pos


@dataclass(slots=True, eq=False)
class Case:
    """One clause: of a switch (``exprs``), a type switch (``exprs`` are types) or a select (``comm``)."""

    exprs: tuple[Expr, ...]
    comm: Stmt | None
    body: tuple[Stmt, ...]


@dataclass(slots=True, eq=False)
class Switch:
    init: Stmt | None
    tag: Expr | None
    cases: tuple[Case, ...]


@dataclass(slots=True, eq=False)
class TypeSwitch:
    init: Stmt | None
    bind: Ident | None
    x: Expr
    cases: tuple[Case, ...]


@dataclass(slots=True, eq=False)
class Select:
    cases: tuple[Case, ...]


@dataclass(slots=True, eq=False)
class DeclStmt:
    specs: tuple[TypeSpec | ValueSpec, ...]


Stmt = (
    Block | ExprStmt | Assign | Send | Go | Defer | Return | If | For | Range | Switch | TypeSwitch | Select | DeclStmt
)


@dataclass(slots=True, eq=False)
class TypeSpec:
    name: str
    tparams: tuple[Param, ...]
    alias: bool
    type: Expr
    pos: Pos


@dataclass(slots=True, eq=False)
class ValueSpec:
    """Constants or variables of one line; implicit repetition of constants is written out, with its iota."""

    kind: Literal["const", "var"]
    names: tuple[Ident, ...]
    type: Expr | None
    values: tuple[Expr, ...]
    iota: int
    pos: Pos


@dataclass(slots=True, eq=False)
class FuncDecl:
    name: str
    recv: Param | None
    tparams: tuple[Param, ...]
    type: FuncType
    body: Block | None
    pos: Pos


Decl = FuncDecl | TypeSpec | ValueSpec


def walk(part: object) -> Iterator[object]:
    """The nodes of a part of a tree, itself included."""
    pending = [part]
    while pending:
        found = pending.pop()
        if isinstance(found, tuple):
            pending += found
        elif is_dataclass(found):
            yield found
            pending += (getattr(found, field.name) for field in fields(found))


def holds(part: object, wanted: object) -> bool:
    """Whether a node stands in a part of a tree, itself included."""
    return any(found is wanted for found in walk(part))
