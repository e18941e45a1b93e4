"""What the wires read in the source of a program, as data: all they know of syntax trees is here.

Calls with their arguments, composite literals with their entries, and where a text stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Literal, Node, Owner
from tracer.golang.flow.places import position
from tracer.golang.load.packages import File
from tracer.golang.program import Analysis
from tracer.golang.strings import texts
from tracer.model import Position
from tracer.syntax import ast


def _anywhere(_: File, /) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Where:
    """A text that stands wherever something is written, in the files that are ``wanted``; types decide what it means."""

    pattern: re.Pattern[bytes]
    wanted: Callable[[File], bool] = _anywhere


@dataclass(frozen=True, slots=True)
class Entry:
    """An element of a composite literal: ``name`` is that of a struct's field, ``key`` the constant key of a map."""

    name: str
    key: str | None
    value: Value
    place: Position | None


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A composite literal, or its address."""

    node: ast.CompositeLit
    entries: tuple[Entry, ...]

    def field(self, name: str) -> Value:
        """What a struct's field is given."""
        return next((e.value for e in self.entries if e.name == name), None)


Value = str | Composite | Owner | None
"""An expression as far as a wire asks for it: a constant text, a literal, a function; None for anything else."""


def units_where(analysis: Analysis, where: Where) -> list[Info]:
    """The functions and variables in which a text stands, and those that read a constant that is such a text."""
    out: dict[Info, None] = {}
    for file, _, at in analysis.program.text.search(where.pattern):
        declaration = file.declaration_at(at) if where.wanted(file) else None
        if declaration is None:
            continue
        if declaration.kind in ("func", "method", "var"):
            out[analysis.checker.check(file.unit(declaration))] = None
        elif declaration.kind == "const":
            for name in declaration.names:
                out |= dict.fromkeys(_readers(analysis, file.package.lookup(name), where))
    return list(out)


def _readers(analysis: Analysis, const: t.Object | None, where: Where) -> list[Info]:
    if not isinstance(const, t.Const) or const.file is None:
        return []
    value = analysis.checker.constant(const.value, const.file)
    if value is None or not where.pattern.search(f'"{value}"'.encode()):
        return []
    return [info for info, _ in analysis.readers(const)]


def variables_naming(analysis: Analysis, func: t.Func, text: bytes) -> Iterator[Info]:
    """The variables of a function's package that name it, in files that hold a text."""
    name = func.name.encode()
    for file in func.package.files:
        if name not in file.source or text not in file.source:
            continue
        for declaration in file.facts.declarations:
            if declaration.kind == "var" and name in file.source[declaration.start : declaration.end]:
                yield analysis.checker.check(file.unit(declaration))


# Calls


def called_name(site: CallSite) -> str:
    """The name of the function or method that a call selects or names."""
    match site.node.fun:
        case ast.Selector(sel=ast.Ident(name=name)) | ast.Ident(name=name):
            return name
        case _:
            return ""


def constants(analysis: Analysis, info: Info, site: CallSite) -> list[str]:
    """The arguments of a call that are constant texts, in their order."""
    found = [analysis.checker.constant(arg, info.file) for arg in site.node.args]
    return [text for text in found if text is not None]


def arguments(analysis: Analysis, info: Info, site: CallSite) -> list[Value]:
    """The arguments of a call."""
    return [value_of(analysis, info, arg) for arg in site.node.args]


def argument_texts(analysis: Analysis, info: Info, site: CallSite, index: int) -> frozenset[str]:
    """The texts that an argument may be, by the flow."""
    args = site.node.args
    return texts(analysis, info, args[index]) if index < len(args) else frozenset()


def spoken_arguments(info: Info, site: CallSite) -> list[tuple[str, Position | None]]:
    """The arguments of a call as a reader would name them, each with its place."""
    return [(_spoken(arg), position(info.file, arg.pos)) for arg in site.node.args]


def parameter_called_on(info: Info, site: CallSite) -> t.Var | None:
    """The parameter whose method a call is, asserted to be of a type or not."""
    recv = site.recv
    while isinstance(recv, ast.TypeAssert):
        recv = recv.x
    used = info.uses.get(recv) if recv is not None else None
    return used if isinstance(used, t.Var) and used.role == "param" else None


def passed_with(analysis: Analysis, var: t.Var, name: str) -> Iterator[tuple[Info, CallSite, Node]]:
    """The calls of a function of some name whose first argument is a variable or its address, with the second argument."""
    for info, read in analysis.readers(var):
        for site in info.calls:
            if isinstance(site.node.fun, ast.Selector) and called_name(site) == name and len(site.node.args) > 1:
                first, second = site.node.args[:2]
                if (first.x if isinstance(first, ast.Unary) else first) is read.node:
                    yield info, site, ("x", info, second)


def only_result(analysis: Analysis, func: t.Func) -> tuple[CallSite, t.Object | None, Position | None] | None:
    """The call whose result is all that a function's body gives back, with what its first argument names; None for others."""
    info = analysis.checker.check_func(func)
    if len(info.calls) != 1 or len(info.returns) != 1 or func.decl is None or func.decl.body is None:
        return None
    (call,), ((answer, _),) = info.calls, info.returns
    if len(func.decl.body.stmts) != 1 or not answer.results or answer.results[-1] is not call.node:
        return None
    first = info.uses.get(call.node.args[0]) if call.node.args else None
    return call, first, position(info.file, answer.pos)


# Composite literals


def composites(analysis: Analysis, info: Info, wanted: Callable[[t.Type], bool]) -> Iterator[Composite]:
    """The composite literals of a unit that are of a type."""
    for e, typ in list(info.types.items()):
        if isinstance(e, ast.CompositeLit) and wanted(typ):
            yield _composite(analysis, info, e)


def value_of(analysis: Analysis, info: Info, e: ast.Expr) -> Value:
    """An expression as data."""
    inner = e.x if isinstance(e, ast.Unary) else e
    if isinstance(inner, ast.CompositeLit):
        return _composite(analysis, info, inner)
    text = analysis.checker.constant(e, info.file)
    if text is not None:
        return text
    used = info.literals.get(e) if isinstance(e, ast.FuncLit) else info.uses.get(e)
    return used if isinstance(used, t.Func | Literal) else None


def _composite(analysis: Analysis, info: Info, lit: ast.CompositeLit) -> Composite:
    keyed = isinstance(t.core(t.deref(info.types.get(lit, t.UNKNOWN))), t.Map | t.Slice | t.Array)
    return Composite(lit, tuple(_entry(analysis, info, pair, keyed=keyed) for pair in lit.elements))


def _entry(analysis: Analysis, info: Info, pair: ast.KeyValue, *, keyed: bool) -> Entry:
    name = pair.key.name if isinstance(pair.key, ast.Ident) and not keyed else ""
    key = analysis.checker.constant(pair.key, info.file) if keyed else None
    return Entry(name, key, value_of(analysis, info, pair.value), position(info.file, pair.value.pos))


def variable_of(info: Info, literal: Composite) -> t.Var | None:
    """The variable that a literal is the value of."""
    for target, sources in info.flows.items():
        if target[0] == "v" and any(source == ("x", info, literal.node) for source, _ in sources):
            return target[1] if isinstance(target[1], t.Var) else None
    return None


def _spoken(e: ast.Expr) -> str:
    """An expression as a reader would name it: ``metrics.UnaryServerInterceptor()``."""
    match e:
        case ast.Ident():
            return e.name
        case ast.Selector():
            return f"{_spoken(e.x)}.{e.sel.name}"
        case ast.Call():
            return f"{_spoken(e.fun)}({'…' if e.args else ''})"
        case ast.FuncLit():
            return "a function literal"
        case _:
            return "…"
