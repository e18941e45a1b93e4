"""Under which conditions a statement of a function runs: the ``if``, ``case`` and ``for`` that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
