"""Where the arguments of a command of package os/exec are changed after it was made, and of which commands.

``cmd.Args = …`` takes the place of what ``exec.Command`` was given; what is stored in an element, or by another name of the list or
of the field, makes them unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.details import Details
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import (
    CallValue,
    Composite,
    FieldUse,
    Node,
    Pointee,
    UnitSummary,
    root_of,
)
from tracer.syntax import ast
from tracer.wire.changed import COMMAND, is_arguments, is_changed
from tracer.wire.reading import Where, places, units_at

MAX_NODES = 200
"""How many nodes are looked at for the commands that a value may be."""
_MAKING = frozenset(("os/exec.Command", "os/exec.CommandContext"))
_NAMED = Where(re.compile(rb"(?<!\bos)\.Args\b(?!\()"), (b".Args",))


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A change of the arguments of some commands (None: it may be any), which are calls or literals.

    ``value`` is what they are then, if it takes their place whenever the function ``within`` comes to its end.
    """

    commands: frozenset[Node] | None
    value: Node | None = None
    within: t.Func | None = None
    pos: int = 0


@dataclass(slots=True, eq=False)
class Commands:
    """The changes of the arguments of commands in one program."""

    analysis: Analysis
    _changes: list[Change] | None = field(default=None)

    def changes(self, command: Node | None) -> list[Change]:
        """What may change the arguments of a command: of the call that makes it its value, or a literal."""
        if self._changes is None:
            units = units_at(self.analysis, places(self.analysis, _NAMED), _NAMED)
            self._changes = [change for unit in units for change in self._in(unit)]
        return [change for change in self._changes if change.commands is None or command in change.commands]

    def is_overwritten(self, unit: UnitSummary) -> bool:
        """Whether a unit stores in what a pointer to a command points to: ``*cmd = …``."""
        return any(isinstance(target, Pointee) and _is_command(target.type) for target in unit.stores)

    def _in(self, unit: UnitSummary) -> Iterator[Change]:
        used = [e for e in unit.expressions if isinstance(e, FieldUse) and is_arguments(e.field)]
        stored = any(is_arguments(root_of(target)) for target in (*unit.stores, *unit.address_taken))
        if unit.file.package.is_std or not (used or stored):
            return
        details = self.analysis.details(unit)
        body = self.analysis.checker.declaration(unit.func).body if unit.func is not None else None
        code = (body,) if body is not None else tuple(literal.node.body for literal in details.info.literals.values())
        for part in ast.walk(code):
            match part:
                case ast.Assign():
                    yield from self._assigned(details, part, body)
                case ast.Unary(op="&", x=ast.Selector() | ast.Index()):
                    yield from self._whole(details, _selector(part.x))
                case ast.Range():
                    for target in part.lhs:
                        yield from self._whole(details, _selector(target))
                case _:
                    pass
        for e in used:
            if is_changed(self.analysis, e):
                yield from self._whole(details, details.syntax(e))

    def _assigned(self, details: Details, found: ast.Assign, body: ast.Block | None) -> Iterator[Change]:
        for i, target in enumerate(found.lhs):
            of = self._commands(details, _selector(target))
            if of is _NONE:
                continue
            plain = body is not None and any(stmt is found for stmt in body.stmts) and target is _selector(target)
            value = details.node(found.rhs[i]) if len(found.rhs) == len(found.lhs) and plain else None
            yield Change(of, value, details.unit.func, found.pos)

    def _whole(self, details: Details, e: ast.Expr) -> Iterator[Change]:
        of = self._commands(details, e)
        if of is not _NONE:
            yield Change(of)

    def _commands(self, details: Details, e: ast.Expr) -> frozenset[Node] | None:
        """The commands whose arguments an expression is; ``_NONE`` of others."""
        selection = details.info.selections.get(e)
        if not isinstance(e, ast.Selector) or selection is None or selection.field is None:
            return _NONE
        if not is_arguments(self.analysis.nodes.field(selection.field.declared)):
            return _NONE
        base = details.node(e.x)
        if base is None or selection.path:
            return None
        return self.made(base)

    def made(self, start: Node) -> frozenset[Node] | None:
        """The calls and literals that a command may come from; None where not all are known."""
        out: set[Node] = set()
        seen, waiting = {start}, [start]
        flow = self.analysis.flow_of_all
        while waiting:
            node = waiting.pop()
            if isinstance(node, CallValue) and node.site.func is not None and node.site.func.full_name in _MAKING:
                out.add(node)
                continue
            if isinstance(node, Composite):
                out.add(node)
                continue
            before = flow.sources(node)
            if not before or len(seen) > MAX_NODES:
                return None
            waiting += [x for x in before if x not in seen]
            seen.update(before)
        return frozenset(out)


_NONE: frozenset[Node] = frozenset()
"""No command: something else is assigned."""


def _selector(e: ast.Expr) -> ast.Expr:
    """What an element is selected from, or itself."""
    while isinstance(e, ast.Index | ast.Unary | ast.Star):
        e = e.x
    return e


def _is_command(typ: t.Type) -> bool:
    return isinstance(typ, t.Named) and typ.obj.full_name == COMMAND
