"""What the wires read in the source of a program, as data: all they know of syntax trees is here.

Calls with their arguments, composite literals with their entries, and where a text stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tracer.codes import Argument, Detail, Message, Note
from tracer.golang import types as t
from tracer.golang.flow.evidence import position
from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.strings import texts
from tracer.golang.summary import nodes
from tracer.golang.summary.nodes import (
    AddressOf,
    Closure,
    Constant,
    Expression,
    FunctionUse,
    Global,
    Local,
    Node,
    Owner,
    Same,
    Site,
    UnitSummary,
    Use,
)
from tracer.model import Position
from tracer.syntax import ast
from tracer.syntax.facts import Declaration

# Through so many functions a service's description is handed on to where it is registered.
_MAX_HANDED = 4


def _anywhere(_: File, /) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Where:
    """A text that stands wherever something is written, in the files that are ``wanted``; types decide what it means.

    One of ``texts`` is in all that the pattern matches: they are found many times faster. ``beside`` is what else the declaration holds.
    """

    pattern: re.Pattern[bytes]
    texts: tuple[bytes, ...]
    wanted: Callable[[File], bool] = _anywhere
    beside: bytes = b""

    def may_be_in(self, file: File) -> bool:
        """Whether a file is wanted, and holds one of the texts."""
        return self.wanted(file) and any(text in file.source for text in self.texts)


def calling(names: Iterable[str], wanted: Callable[[File], bool] = _anywhere, *, before: bytes = rb"\b") -> Where:
    """Where functions or methods of some names are called; ``before`` is the pattern of what stands before a name."""
    calls = tuple(f"{name}(".encode() for name in names)
    return Where(re.compile(before + b"(?:%s)" % b"|".join(map(re.escape, calls))), calls, wanted)


def naming(text: str) -> Where:
    """Where a text stands."""
    return Where(re.compile(re.escape(text.encode())), (text.encode(),))


@dataclass(frozen=True, slots=True)
class Entry:
    """An element of a composite literal: ``name`` is that of a struct's field, ``key`` the constant key of a map."""

    name: str
    key: str | None
    value: Value
    place: Position | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Composite:
    """A composite literal, or its address."""

    node: nodes.Composite
    entries: tuple[Entry, ...]

    def field(self, name: str) -> Value:
        """What a struct's field is given."""
        return next((e.value for e in self.entries if e.name == name), None)


Value = str | Composite | Owner | None
"""An expression as far as a wire asks for it: a constant text, a literal, a function; None for anything else."""


Place = tuple[File, Declaration]


def places(analysis: Analysis, where: Where) -> list[Place]:
    """The declarations in which a text stands, whatever stands beside it, lines of comments left out: no file is parsed for those."""
    found: dict[Place, None] = {}
    for file, _, at in analysis.text.search(where.pattern, where.may_be_in):
        if file.source[file.source.rfind(b"\n", 0, at) + 1 : at].lstrip().startswith(b"//"):
            continue
        declaration = file.declaration_at(at)
        if declaration is not None:
            found[file, declaration] = None
    return list(found)


def units_at(analysis: Analysis, found: Iterable[Place], where: Where) -> list[UnitSummary]:
    """The functions and variables in which a text stands, and those that read a constant that is such a text."""
    out: dict[UnitSummary, None] = {}
    for file, declaration in found:
        if where.beside and where.beside not in file.source[declaration.start : declaration.end]:
            continue
        if declaration.kind in ("func", "method", "var"):
            out[analysis.unit(file.unit(declaration))] = None
        elif declaration.kind == "const":
            for name in declaration.names:
                out |= dict.fromkeys(_readers(analysis, analysis.checker.resolver.lookup(file.package, name), where))
    return list(out)


def _readers(analysis: Analysis, const: t.Object | None, where: Where) -> list[UnitSummary]:
    value = analysis.symbol(const).value if isinstance(const, t.Const) else None
    if not isinstance(const, t.Const) or value is None or not where.pattern.search(value.encode()):
        return []
    return [unit for unit, _ in analysis.readers(const)]


def variables_naming(analysis: Analysis, func: t.Func, text: bytes) -> Iterator[UnitSummary]:
    """The variables of a function's package that name it, in files that hold a text."""
    name = func.name.encode()
    for file in func.package.files:
        if name not in file.source or text not in file.source:
            continue
        for declaration in file.facts.declarations:
            if declaration.kind == "var" and name in file.source[declaration.start : declaration.end]:
                yield analysis.unit(file.unit(declaration))


# Calls


def constants(site: Site) -> list[str]:
    """The arguments of a call that are constant texts, in their order."""
    return [arg.value for arg in site.args if isinstance(arg, Constant) and isinstance(arg.value, str)]


def package_called(site: Site) -> str:
    """The import path of the package that a call is into, among the sources or not; empty where that is not known."""
    if site.func is not None:
        return site.func.package.path
    detail = site.detail
    if detail is None or detail.code not in (Detail.MISSING_IMPORT, Detail.MISSING_TYPE):
        return ""
    named = str(detail.arguments[-1])
    return named if detail.code is Detail.MISSING_IMPORT else named.rpartition(".")[0]


def arguments(site: Site) -> list[Value]:
    """The arguments of a call."""
    return [value_of(arg) for arg in site.args]


def argument_texts(analysis: Analysis, site: Site, index: int) -> frozenset[str]:
    """The texts that an argument may be, by the flow."""
    argument = site.args[index] if index < len(site.args) else None
    return texts(analysis, argument) if argument is not None else frozenset()


def spoken_arguments(analysis: Analysis, site: Site) -> list[tuple[Argument, Position | None]]:
    """The arguments of a call as a reader would name them, each with its place."""
    call = analysis.details(site.unit).call(site)
    return [(_spoken(arg), position(site.unit.file, arg.pos)) for arg in call.node.args]


def parameter_called_on(site: Site) -> Local | None:
    """The parameter whose method a call is, asserted to be of a type or not."""
    recv = site.recv
    while isinstance(recv, Same):
        recv = recv.x
    var = recv.var if isinstance(recv, Use) else None
    return var if isinstance(var, Local) and var.role == "param" else None


def passed_with(analysis: Analysis, var: t.Var, name: str) -> Iterator[tuple[Site, Node]]:
    """The calls of a method of some name whose first argument is a variable or its address, with the second argument.

    Functions that hand both on to such a call stand for it: the second argument is then what that function was given. Code
    that does not run registers nothing.
    """
    for unit in dict.fromkeys(unit for unit, _ in analysis.readers(var)):
        for site in unit.sites if analysis.counts(unit.unit) else ():
            for index, argument in enumerate(site.args):
                if _is_global(argument, var):
                    yield from _handed_with(analysis, site, index, name, ())


def is_passed(analysis: Analysis, var: t.Var) -> bool:
    """Whether code that runs gives a variable or its address to a call, or stores it somewhere: who has it then is not told."""
    for unit in dict.fromkeys(unit for unit, _ in analysis.readers(var)):
        if analysis.counts(unit.unit):
            given = (argument for site in unit.sites for argument in site.args)
            stored = (source for sources in unit.stores.values() for source, _ in sources)
            held = (value for e in unit.expressions if isinstance(e, nodes.Composite) for value in e.values)
            if any(_is_global(e, var) for kind in (given, stored, held) for e in kind):
                return True
    return False


def _handed_with(
    analysis: Analysis, site: Site, index: int, name: str, through: tuple[t.Func, ...]
) -> Iterator[tuple[Site, Node]]:
    if site.name == name and index == 0 and len(site.args) > 1:
        if site.args[1] is not None:
            yield site, site.args[1]
        return
    func = site.func
    if func is None or func in through or len(through) == _MAX_HANDED:
        return
    for inner in analysis.unit_of(func).sites:
        for at, argument in enumerate(inner.args):
            if _parameter(argument, func) == index:
                for registration, value in _handed_with(analysis, inner, at, name, (*through, func)):
                    given = _parameter(value, func)
                    if given is None or (given < len(site.args) and (value := site.args[given]) is not None):
                        yield registration, value


def _parameter(e: Node | None, func: t.Func) -> int | None:
    """Which parameter of a function an expression is."""
    var = e.var if isinstance(e, Use) else None
    return var.index if isinstance(var, Local) and var.role == "param" and var.owner is func else None


def _is_global(e: Node | None, var: t.Var) -> bool:
    used = e.var if isinstance(e, Use | AddressOf) else None
    return isinstance(used, Global) and used.var is var


def only_result(analysis: Analysis, func: t.Func) -> tuple[Site, t.Object | None, Position | None] | None:
    """The call whose result is all that a function's body gives back, with what its first argument names; None for others."""
    unit = analysis.unit_of(func)
    if len(unit.sites) != 1:
        return None
    info, body = analysis.details(unit).info, analysis.checker.declaration(func).body
    if len(info.returns) != 1 or body is None or len(body.stmts) != 1:
        return None
    (call,), ((answer, _),) = info.calls, info.returns
    if not answer.results or answer.results[-1] is not call.node:
        return None
    first = info.uses.get(call.node.args[0]) if call.node.args else None
    return unit.sites[0], first, position(unit.file, answer.pos)


# Composite literals


def composites(unit: UnitSummary, wanted: Callable[[t.Type], bool]) -> Iterator[Composite]:
    """The composite literals of a unit that are of a type."""
    for e in unit.expressions:
        if isinstance(e, nodes.Composite) and wanted(e.type):
            yield _composite(e)


def value_of(e: Expression | None) -> Value:
    """An expression as data."""
    inner = e.x if isinstance(e, AddressOf) else e
    match inner:
        case nodes.Composite():
            return _composite(inner)
        case Constant(value=str() as text):
            return text
        case FunctionUse(func=func):
            return func
        case Closure(literal=literal):
            return literal
        case _:
            return None


def _composite(lit: nodes.Composite) -> Composite:
    names = lit.fields or lit.labels or ("",) * len(lit.values)
    rows = zip(names, lit.keys, lit.values, strict=True)
    return Composite(lit, tuple(_entry(lit.unit.file, name, key, value) for name, key, value in rows))


def _entry(file: File, name: str, key: Expression | None, value: Expression | None) -> Entry:
    text = key.value if isinstance(key, Constant) and isinstance(key.value, str) else None
    return Entry(name, text, value_of(value), position(file, value.pos) if value is not None else None)


def variable_of(literal: Composite) -> t.Var | None:
    """The package variable that a literal is the value of."""
    for target, sources in literal.node.unit.stores.items():
        if isinstance(target, Global) and any(source is literal.node for source, _ in sources):
            return target.var
    return None


def _spoken(e: ast.Expr) -> Argument:
    """An expression as a reader would name it: ``metrics.UnaryServerInterceptor()``."""
    return Message(Note.LITERAL_GIVEN) if isinstance(e, ast.FuncLit) else _named(e)


def _named(e: ast.Expr) -> str:
    match e:
        case ast.Ident():
            return e.name
        case ast.Selector():
            return f"{_named(e.x)}.{e.sel.name}"
        case ast.Call():
            return f"{_named(e.fun)}({'…' if e.args else ''})"
        case ast.FuncLit():
            return "func(…) {…}"
        case _:
            return "…"
