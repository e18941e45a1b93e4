"""Under which conditions a statement of a function runs: the ``if``, ``case`` and ``for`` that it stands in."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tracer.syntax import ast


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition around a statement; where ``holds`` is False it is the one of an ``if`` whose ``else`` it stands in."""

    condition: ast.Expr
    holds: bool


def guards(body: ast.Block, pos: ast.Pos) -> tuple[Guard, ...]:
    """The conditions around the return or assignment at ``pos``, outermost first; empty where there is none.

    Function literals are functions of their own: what stands in one is not looked for.
    """
    pending: list[tuple[ast.Stmt | None, tuple[Guard, ...]]] = [(body, ())]
    while pending:
        stmt, around = pending.pop()
        if isinstance(stmt, ast.Return | ast.Assign) and stmt.pos == pos:
            return around
        pending += [(inner, (*around, *more)) for inner, more in _inner(stmt)]
    return ()


def _inner(stmt: ast.Stmt | None) -> Iterator[tuple[ast.Stmt | None, tuple[Guard, ...]]]:
    """The statements that stand in one, each with the conditions that this adds."""
    match stmt:
        case ast.Block():
            yield from _plain(stmt.stmts)
        case ast.If():
            yield stmt.init, ()
            yield stmt.then, (Guard(stmt.cond, True),)
            yield stmt.other, (Guard(stmt.cond, False),)
        case ast.For():
            yield from _plain((stmt.init,))
            inside = (Guard(stmt.cond, True),) if stmt.cond is not None else ()
            yield stmt.body, inside
            yield stmt.post, inside
        case ast.Range():
            yield stmt.body, ()
        case ast.Switch() | ast.TypeSwitch():
            yield stmt.init, ()
            for case in stmt.cases:
                # A clause without expressions is the default: none of the others fits.
                met = tuple(Guard(e, True) for e in case.exprs[:1])
                yield ast.Block(case.body), met
        case ast.Select():
            for case in stmt.cases:
                yield case.comm, ()
                yield ast.Block(case.body), ()
        case _:
            pass


def _plain(stmts: Sequence[ast.Stmt | None]) -> Iterator[tuple[ast.Stmt | None, tuple[Guard, ...]]]:
    for stmt in stmts:
        yield stmt, ()


def where(body: ast.Block, pos: ast.Pos, leaves: Callable[[ast.Block], bool]) -> tuple[Guard, ...]:
    """What holds where the call at ``pos`` is made: the conditions around it, and that those before it did not hold which leave.

    ``leaves`` tells of a block whether nothing comes after it. Empty where the call stands in a function literal: that is
    a function of its own.
    """
    return tuple(_in_block(body.stmts, pos, leaves) or ())


def _in_block(
    stmts: Sequence[ast.Stmt | None], pos: ast.Pos, leaves: Callable[[ast.Block], bool]
) -> list[Guard] | None:
    passed: list[Guard] = []
    for stmt in stmts:
        found = _in_statement(stmt, pos, leaves)
        if found is not None:
            return [*passed, *found]
        if isinstance(stmt, ast.If) and stmt.other is None and leaves(stmt.then):
            passed.append(Guard(stmt.cond, False))
    return None


def _in_statement(stmt: ast.Stmt | None, pos: ast.Pos, leaves: Callable[[ast.Block], bool]) -> list[Guard] | None:
    first, parts = _parts(stmt)
    if any(_calls(part, pos) for part in first):
        return []
    for stmts, around in parts:
        found = _in_block(stmts, pos, leaves)
        if found is not None:
            return [*around, *found]
    return None


_Parts = tuple[tuple[object, ...], list[tuple[Sequence[ast.Stmt | None], list[Guard]]]]


def _parts(stmt: ast.Stmt | None) -> _Parts:
    """What of a statement is evaluated first, or always, and the statements in it, with the conditions that this adds."""
    match stmt:
        case ast.Block():
            return (), [(stmt.stmts, [])]
        case ast.If():
            then, other = (stmt.then.stmts, [Guard(stmt.cond, True)]), ((stmt.other,), [Guard(stmt.cond, False)])
            return (stmt.init, stmt.cond), [then, other]
        case ast.For():
            return (stmt.init, stmt.cond), [((*stmt.body.stmts, stmt.post), [])]
        case ast.Range():
            return (stmt.lhs, stmt.x), [(stmt.body.stmts, [])]
        case ast.Switch():
            first = (stmt.init, stmt.tag, *(case.exprs for case in stmt.cases))
            return first, [(case.body, _met(stmt, case)) for case in stmt.cases]
        case ast.TypeSwitch():
            return (stmt.init, stmt.x), [(case.body, []) for case in stmt.cases]
        case ast.Select():
            return (), [((case.comm, *case.body), []) for case in stmt.cases]
        case _:
            return (stmt,), []


def around_calls(body: ast.Block, leaves: Callable[[ast.Block], bool]) -> Iterator[tuple[ast.Call, tuple[Guard, ...]]]:
    """All calls that a function's body makes, but for those of literals in it, each with what holds where it is made, as ``where`` has it."""
    pending: list[tuple[Sequence[ast.Stmt | None], tuple[Guard, ...]]] = [(body.stmts, ())]
    while pending:
        stmts, around = pending.pop()
        for stmt in stmts:
            first, parts = _parts(stmt)
            yield from ((call, around) for call in _calls_in(first))
            pending += [(inner, (*around, *more)) for inner, more in parts]
            if isinstance(stmt, ast.If) and stmt.other is None and leaves(stmt.then):
                around = (*around, Guard(stmt.cond, False))


def evaluated_before(body: ast.Block, pos: ast.Pos) -> tuple[object, ...]:
    """What was evaluated for certain when the call at ``pos`` is made: what stands before it, outside of branches, and its operands."""
    stmts: Sequence[ast.Stmt | None] = body.stmts
    out: list[object] = []
    while True:
        for stmt in stmts:
            first, parts = _parts(stmt)
            for call in _calls_in(first):
                if call.pos == pos:
                    return (*out, *call.args)
            inner = next((inner for inner, _ in parts if _holds(inner, pos)), None)
            # Of the clauses of a switch the first condition alone is evaluated for certain.
            out += first[:2] if isinstance(stmt, ast.If | ast.For | ast.Switch) else first
            if inner is not None:
                stmts = inner
                break
        else:
            return ()


def _holds(stmts: Sequence[ast.Stmt | None], pos: ast.Pos) -> bool:
    """Whether the call at a place is made by some statements."""
    return any(_calls(stmt, pos) for stmt in stmts)


def operands(parts: object) -> Iterator[ast.Expr]:
    """All that is evaluated for certain where some parts of the source are: nothing behind ``&&`` and ``||``, or in a literal."""
    pending: list[object] = [parts]
    while pending:
        found = pending.pop()
        if isinstance(found, tuple):
            pending += found
        elif isinstance(found, ast.Binary) and found.op in ("&&", "||"):
            pending.append(found.x)
        elif isinstance(found, ast.Selector | ast.Star):
            yield found
            pending.append(found.x)
        elif dataclasses.is_dataclass(found) and not isinstance(found, _APART):
            pending += (getattr(found, name) for name in _names_of(type(found)))


# What is run apart from what it stands in, or whether it is at all is decided there.
_APART = (ast.FuncLit, ast.Block, ast.If, ast.For, ast.Range, ast.Switch, ast.TypeSwitch, ast.Select, ast.Case)


def _met(switch: ast.Switch, case: ast.Case) -> list[Guard]:
    """What holds in a clause of a switch (Go spec, "Expression switches")."""
    if case.exprs:
        either = functools.reduce(
            lambda x, y: ast.Binary("||", x, y, ast.NO_POS), (_asked(switch, e) for e in case.exprs)
        )
        return [Guard(either, True)]
    return [Guard(_asked(switch, e), False) for other in switch.cases for e in other.exprs]


def _asked(switch: ast.Switch, e: ast.Expr) -> ast.Expr:
    return e if switch.tag is None else ast.Binary("==", switch.tag, e, ast.NO_POS)


def _calls(part: object, pos: ast.Pos) -> bool:
    """Whether the call at a place stands in a part of the source, and in no function literal there."""
    return any(call.pos == pos for call in _calls_in(part))


def _calls_in(part: object) -> Iterator[ast.Call]:
    """The calls in a part of the source, those in function literals left out."""
    pending = [part]
    while pending:
        found = pending.pop()
        if isinstance(found, ast.Call):
            yield found
        if isinstance(found, tuple):
            pending += found
        elif dataclasses.is_dataclass(found) and not isinstance(found, ast.FuncLit):
            pending += (getattr(found, name) for name in _names_of(type(found)))


@functools.cache
def _names_of(kind: type) -> tuple[str, ...]:
    """The parts that a kind of node has."""
    return tuple(field.name for field in dataclasses.fields(kind))
