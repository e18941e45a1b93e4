"""How a call was resolved, and what else a function returns or stores: told from the source of a unit."""

from __future__ import annotations

from tracer.codes import Note
from tracer.golang import types as t
from tracer.golang.check.info import Info
from tracer.golang.flow.evidence import position
from tracer.golang.program import Analysis, on_one_line
from tracer.golang.summary.nodes import Site
from tracer.model import Evidence, Position
from tracer.syntax import ast


def explain(analysis: Analysis, site: Site) -> tuple[Evidence, ...]:
    """What each part of a call is: its types, and what kind of call that makes it."""
    details = analysis.details(site.unit)
    info, call = details.info, details.call(site).node
    out: list[Evidence] = []
    fun = call.fun
    if isinstance(fun, ast.Selector):
        out.append(_part(info, fun.x))
    selection = site.selection
    if selection is not None and selection.path:
        path = " → ".join(f.name for f in selection.path)
        out.append(Evidence(Note.PROMOTED_METHOD, (path,), analysis.place(site)))
    if selection is not None and selection.func is None:
        out.append(Evidence(Note.OF_INTERFACE, (t.describe(selection.recv),)))
    out.append(_part(info, fun))
    out += [_part(info, arg) for arg in call.args]
    return tuple(out)


def _part(info: Info, e: ast.Expr) -> Evidence:
    used = info.uses.get(e)
    typ = info.types.get(e, t.UNKNOWN)
    place = position(info.file, e.pos)
    if isinstance(used, t.PkgName):
        return Evidence(Note.PACKAGE, (_written(info, e), used.path), place)
    return Evidence(Note.TYPED, (_written(info, e), t.describe(typ)), place)


def _written(info: Info, e: ast.Expr) -> str:
    """An expression as it is written, as far as its tree tells."""
    match e:
        case ast.Ident():
            return e.name
        case ast.Selector():
            return f"{_written(info, e.x)}.{e.sel.name}"
        case ast.Call():
            return on_one_line(info.file, e.start, e.end, 60)
        case ast.FuncLit():
            return "func literal"
        case ast.Star():
            return "*" + _written(info, e.x)
        case ast.Unary():
            return e.op + _written(info, e.x)
        case ast.Index():
            return f"{_written(info, e.x)}[…]"
        case ast.BasicLit():
            return e.value if len(e.value) <= 60 else e.value[:59] + "…"
        case ast.CompositeLit() if e.type is not None:
            return _written(info, e.type) + "{…}"
        case _:
            return "(" + type(e).__name__ + ")"


def other_results(analysis: Analysis, func: t.Func, site: Position) -> list[Evidence]:
    """The returns of a function that do not stand at ``site``, with what they return and where it comes from.

    They are what the function gives instead of the value read there.
    """
    info = analysis.details(analysis.unit_of(func)).info
    returns = [r for r, owner in info.returns if owner is func]
    lines = {r: info.file.place(r.pos)[0] for r in returns}
    if site.line not in lines.values():
        return []
    out: list[Evidence] = []
    for node, line in lines.items():
        if line == site.line or not node.results:
            continue
        note = Note.EARLIER_RESULT if line < site.line else Note.LATER_RESULT
        out.append(Evidence(note, (info.file.line_at(node.pos),), position(info.file, node.pos)))
        for result in node.results:
            out += _origins(info, result)
    return out


def other_assignments(analysis: Analysis, func: t.Func, site: Position) -> list[Evidence]:
    """What else is stored in the local variable that the value read at ``site`` is stored in, and where it comes from."""
    info = analysis.details(analysis.unit_of(func)).info
    read = next((r.node for r in info.reads if info.file.place(r.pos) == (site.line, site.column)), None)
    out: list[Evidence] = []
    for target, sources in info.flows.items():
        if target[0] != "v" or not any(source[:1] == ("x",) and source[2] is read for source, _ in sources):
            continue
        for source, pos in sources:
            if source[0] in ("x", "xi") and source[2] is not read:
                text = info.file.line_at(pos)
                out.append(Evidence(Note.OTHER_ASSIGNMENT, (text,), position(info.file, pos)))
                out += _origins(info, source[2])
    return out


def _origins(info: Info, e: ast.Expr) -> list[Evidence]:
    """What a local variable is assigned, if an expression is one."""
    used = info.uses.get(e)
    if not isinstance(used, t.Var) or used.role == "global":
        return []
    return [
        Evidence(Note.COMES_FROM, (used.name, info.file.line_at(pos)), position(info.file, pos))
        for source, pos in info.flows.get(("v", used), ())
        if source[0] in ("x", "xi")
    ]
