"""One program, analysed on demand: its symbols, and the edges of its functions as the model's records."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import CallSite, Info, Literal, Owner, Read
from tracer.golang.check.operand import Operand
from tracer.golang.flow.places import func_position, position
from tracer.golang.flow.solver import BUDGET, Dispatch, Flow, Target
from tracer.golang.load.package import Package, Unit
from tracer.golang.load.program import Program
from tracer.golang.search.words import Text
from tracer.golang.stdlib import archive as std
from tracer.golang.types.literals import as_go
from tracer.model import Edge, EdgeKind, Evidence, Modifier, Position, Reason, Symbol, Unresolved
from tracer.syntax import ast

Declared = t.Func | t.Const | t.Var | Literal
_MARKS = re.compile(r"[()*]")


@dataclass(eq=False)
class Analysis:
    """Everything that was found about one program so far.

    With ``whole`` flow has no budget and tells no ways, and statements are not kept: for the edges of whole packages.
    """

    program: Program
    whole: bool = False
    checker: Checker = field(init=False)
    flow: Flow = field(init=False)

    def __post_init__(self) -> None:
        self.checker = Checker(self.program, lean=self.whole)
        self.flow = Flow(self.checker, None if self.whole else BUDGET)

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def text(self) -> Text:
        """The text of the program's own packages, to look for names in."""
        return self.flow.mentions.words.own

    # Symbols

    def find(self, text: str) -> list[Declared]:
        """The functions, methods, constants and variables whose full name ends in ``text``."""
        wanted = normal(text)
        name = re.split(r"[./]", wanted)[-1]
        found: dict[str, Declared] = {}
        for obj in self._declared(name):
            if matches(obj.full_name, wanted):
                found.setdefault(obj.full_name, obj)
        return [found[key] for key in sorted(found)]

    def find_fields(self, text: str) -> list[t.Field]:
        """The fields of declared struct types whose names end in ``text``: ``pkg.Type.Field``."""
        typed, _, name = normal(text).rpartition(".")
        found: dict[str, t.Field] = {}
        for file, at in self.text.mentions(re.split(r"[./]", typed)[-1]) if typed else ():
            declaration = file.declaration_at(at)
            named = re.split(r"[./]", typed)[-1]
            if declaration is None or declaration.kind != "type" or named not in declaration.names:
                continue
            obj = self.checker.resolver.lookup(file.package, named)
            full = f"{file.package.path}.{named}"
            under = t.underlying(self.checker.type_of_name(obj)) if isinstance(obj, t.TypeName) else None
            if isinstance(under, t.Struct) and matches(full, typed):
                found |= {f"{full}.{f.name}": f for f in under.fields if f.name == name}
        return [found[key] for key in sorted(found)]

    def _declared(self, name: str) -> Iterator[Declared]:
        for file, at in self.text.mentions(name):
            declaration = file.declaration_at(at)
            if declaration is None or name not in declaration.names:
                continue
            if declaration.kind in ("func", "method"):
                func = self.checker.func_at(file.unit(declaration))
                if func is not None:
                    yield func
            else:
                obj = self.checker.resolver.lookup(file.package, name)
                if isinstance(obj, t.Const | t.Var):
                    yield obj

    def similar(self, text: str, limit: int = 8) -> list[str]:
        """Names of functions that resemble a misspelt one."""
        name = re.split(r"[./]", normal(text))[-1]
        pattern = re.compile(rb"^func (?:\([^)\n]*\)\s*)?(\w+)", re.MULTILINE)
        names = {m.group(1).decode("utf-8", "replace") for _, m, _ in self.text.search(pattern)}
        lowered: dict[str, str] = {n.lower(): n for n in sorted(names)}
        close = difflib.get_close_matches(name.lower(), lowered, n=limit, cutoff=0.7)
        return [lowered[c] for c in close]

    def symbol(self, obj: Declared) -> Symbol:
        """A declared object as the model's record."""
        match obj:
            case t.Func():
                kind = "method" if obj.recv is not None else "func"
                sig = t.describe(self.checker.signature_of(obj))
                self.checker.declaration(obj)
                return Symbol(obj.full_name, kind, func_position(obj), self.name, sig)
            case Literal():
                place = position(obj.info.file, obj.node.pos)
                return Symbol(obj.full_name, "closure", place, self.name, t.describe(obj.signature))
            case t.Const():
                x = self.checker.declarations.constant(obj)
                shown = as_go(x.value, x.type) if x.value is not None else None
                return Symbol(obj.full_name, "const", position(obj.file, obj.pos), self.name, value=shown)
            case t.Var():
                typ = t.describe(self.checker.type_of_object(obj))
                return Symbol(obj.full_name, "var", position(obj.file, obj.pos), self.name, typ)

    def constant_value(self, obj: Declared) -> Operand | None:
        """The exact value of a constant, with its type; None for anything else and for what could not be computed."""
        return self.checker.value_of(obj) if isinstance(obj, t.Const) else None

    # Edges of one function

    def info(self, owner: Owner) -> Info:
        return owner.info if isinstance(owner, Literal) else self.checker.check_func(owner)

    def sites(self, owner: Owner) -> list[CallSite]:
        """The calls in a function, those of its literals included; of a literal, its own."""
        info = self.info(owner)
        if isinstance(owner, Literal):
            return [s for s in info.calls if s.owner is owner or _inside(s.owner, owner)]
        return info.calls

    def reads(self, owner: Owner) -> list[Read]:
        """The reads in a function, those of its literals included; of a literal, its own."""
        info = self.info(owner)
        if isinstance(owner, Literal):
            return [r for r in info.reads if r.owner is owner or _inside(r.owner, owner)]
        return info.reads

    def outermost(self, info: Info, owner: object) -> Owner | None:
        """The declared function that an owner stands in; in a package variable, the outermost literal, if there is one."""
        around = [x for x in info.literals.values() if x is owner or _inside(owner, x)]
        return info.func if info.func is not None else min(around, key=lambda x: len(x.name), default=None)

    def edges(self, owner: Owner) -> tuple[list[Edge], list[Unresolved]]:
        """The call edges of a function, and the calls that could not be decided."""
        info = self.info(owner)
        edges: list[Edge] = []
        unresolved: list[Unresolved] = []
        for site in self.sites(owner):
            found, failure = self.resolve(info, site)
            edges += found
            if failure is not None:
                unresolved.append(failure)
        return edges, unresolved

    def unit_edges(self, unit: Unit) -> tuple[list[Edge], list[Unresolved]]:
        """The same for any unit: initialisers of package variables are the calls of ``init``."""
        info = self.checker.check(unit)
        edges: list[Edge] = []
        unresolved: list[Unresolved] = []
        for site in info.calls:
            found, failure = self.resolve(info, site)
            edges += found
            if failure is not None:
                unresolved.append(failure)
        return edges, unresolved

    def resolve(self, info: Info, site: CallSite) -> tuple[list[Edge], Unresolved | None]:
        """The edges of one call site, or why there are none."""
        if site.kind == "static" and site.func is not None:
            return [self.static_edge(info, site, site.func)], None
        if site.kind == "literal" and site.literal is not None:
            return [self._edge(info, site, site.literal, EdgeKind.CALL, "literal", ())], None
        if site.kind == "unknown":
            missing = "not among the sources" in site.detail
            reason = Reason.MISSING_PACKAGE if missing else Reason.UNTYPED
            return [], self._unresolved(info, site, reason, site.detail)
        dispatch = self.flow.dispatch(info, site)
        return self.dispatch_edges(info, site, dispatch)

    def living(self, info: Info, found: Iterable[Target]) -> list[Target]:
        """The targets of a dispatch but for those of types that only code that nothing uses makes: fakes, leftovers.

        All of them where the call stands in such code itself, or nothing else is there.
        """
        every = list(found)
        if info.func is not None and not self.flow.implementers.made.runs(info.func):
            return every
        return [x for x in every if x.via is None or self.is_made(x.via)] or every

    def is_made(self, typ: t.Type) -> bool:
        """Whether code that is used makes values of a type."""
        base = t.deref(typ)
        return not isinstance(base, t.Named) or base.obj in self.flow.implementers.made

    def is_everyday(self, site: CallSite) -> bool:
        """Whether a call goes through an interface of the language or the standard library, such as ``error``."""
        recv = site.selection.recv if site.kind == "interface" and site.selection is not None else None
        if not isinstance(recv, t.Named):
            return False
        return recv.obj.package is None or recv.obj.package.is_std

    def dispatch_edges(self, info: Info, site: CallSite, dispatch: Dispatch) -> tuple[list[Edge], Unresolved | None]:
        kind = EdgeKind.INTERFACE if site.kind == "interface" else EdgeKind.VALUE
        edges = [self._edge(info, site, x.owner, kind, x.rule, x.evidence) for x in dispatch.targets]
        if edges:
            return edges, None
        if dispatch.bounded:
            return [], self._unresolved(info, site, Reason.BOUND, dispatch.bounded)
        return [], self._unresolved(info, site, Reason.NO_TARGET, self._receiver(info, site))

    def _receiver(self, info: Info, site: CallSite) -> str:
        if site.selection is not None:
            return f"the interface is {t.describe(site.selection.recv)}"
        return t.describe(info.types.get(site.node.fun, t.UNKNOWN))

    def static_edge(self, info: Info, site: CallSite, func: t.Func) -> Edge:
        evidence: tuple[Evidence, ...] = ()
        rule = "function"
        if func.recv is not None and site.selection is not None:
            rule = "method"
            path = " → ".join(f.name for f in site.selection.path)
            if path:
                rule = "promoted method"
                evidence = (Evidence(f"promoted through the embedded {path}", func_position(func)),)
        return self._edge(info, site, func, EdgeKind.CALL, rule, evidence)

    def read_edges(self, info: Info, owner: Owner) -> list[Edge]:
        """The constants and variables that a function reads."""
        return [self.read_edge(info, owner, read) for read in info.reads]

    def read_edge(self, info: Info, owner: Owner, read: Read) -> Edge:
        return Edge(owner.full_name, read.obj.full_name, self._at(info, read.pos), EdgeKind.READ, "name")

    def _edge(
        self,
        info: Info,
        site: CallSite,
        callee: Owner,
        kind: EdgeKind,
        rule: str,
        evidence: tuple[Evidence, ...],
    ) -> Edge:
        modifiers = (Modifier(site.modifier),) if site.modifier else ()
        return Edge(info.name, callee.full_name, self.place(info, site), kind, rule, modifiers, evidence)

    def place(self, info: Info, site: CallSite) -> Position:
        """Where a call stands."""
        return self._at(info, site.node.pos)

    def _at(self, info: Info, pos: ast.Pos) -> Position:
        """A place in a unit; of the standard library, whose facts tell no more, that of the declaration."""
        package = info.file.package
        if package.is_std:
            path, line = std.place(package.path, info.unit.declaration.line)
            return Position(package.origin.repository, path, line, 1)
        return Position(package.origin.repository, info.file.path, *info.file.place(pos))

    def _unresolved(self, info: Info, site: CallSite, reason: Reason, detail: str) -> Unresolved:
        return Unresolved(info.name, self.place(info, site), self.code(info, site.node), reason, detail)

    # Explanations

    def explain(self, info: Info, site: CallSite) -> tuple[Evidence, ...]:
        """What each part of a call is: its types, and what kind of call that makes it."""
        out: list[Evidence] = []
        fun = site.node.fun
        if isinstance(fun, ast.Selector):
            out.append(self._part(info, fun.x))
        selection = site.selection
        if selection is not None and selection.path:
            path = " → ".join(f.name for f in selection.path)
            out.append(Evidence(f"the method is promoted through the embedded {path}", self.place(info, site)))
        if selection is not None and selection.func is None:
            out.append(Evidence(f"the method is one of the interface {t.describe(selection.recv)}"))
        out.append(self._part(info, fun))
        out += [self._part(info, arg) for arg in site.node.args]
        return tuple(out)

    def _part(self, info: Info, e: ast.Expr) -> Evidence:
        used = info.uses.get(e)
        typ = info.types.get(e, t.UNKNOWN)
        words = f"package {used.path}" if isinstance(used, t.PkgName) else t.describe(typ)
        return Evidence(f"{self.expression(info, e)}: {words}", position(info.file, e.pos))

    def expression(self, info: Info, e: ast.Expr) -> str:
        """An expression as it is written, as far as its tree tells."""
        match e:
            case ast.Ident():
                return e.name
            case ast.Selector():
                return f"{self.expression(info, e.x)}.{e.sel.name}"
            case ast.Call() | ast.FuncLit():
                return self.code(info, e, 60) if isinstance(e, ast.Call) else "func literal"
            case ast.Star():
                return "*" + self.expression(info, e.x)
            case ast.Unary():
                return e.op + self.expression(info, e.x)
            case ast.Index():
                return f"{self.expression(info, e.x)}[…]"
            case ast.BasicLit():
                return e.value if len(e.value) <= 60 else e.value[:59] + "…"
            case ast.CompositeLit() if e.type is not None:
                return self.expression(info, e.type) + "{…}"
            case _:
                return "(" + type(e).__name__ + ")"

    def code(self, info: Info, call: ast.Call, limit: int = 160) -> str:
        """The source of a call on one line."""
        text = info.file.source[call.start : call.end].decode("utf-8", "replace")
        text = " ".join(text.split())
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def read_place(self, info: Info, read: Read) -> Position | None:
        return position(info.file, read.pos)

    def other_results(self, func: t.Func, site: Position) -> list[Evidence]:
        """The returns of a function that do not stand at ``site``, with what they return and where it comes from.

        They are what the function gives instead of the value read there.
        """
        info = self.checker.check_func(func)
        returns = [r for r, owner in info.returns if owner is func]
        lines = {r: info.file.place(r.pos)[0] for r in returns}
        if site.line not in lines.values():
            return []
        out: list[Evidence] = []
        for node, line in lines.items():
            if line == site.line or not node.results:
                continue
            words = "overridden by an earlier result" if line < site.line else "otherwise a later result"
            out.append(Evidence(f"{words}: {info.file.line_at(node.pos)}", position(info.file, node.pos)))
            for result in node.results:
                out += self._origins(info, result)
        return out

    def other_assignments(self, func: t.Func, site: Position) -> list[Evidence]:
        """What else is stored in the local variable that the value read at ``site`` is stored in, and where it comes from."""
        info = self.checker.check_func(func)
        read = next((r.node for r in info.reads if info.file.place(r.pos) == (site.line, site.column)), None)
        out: list[Evidence] = []
        for target, sources in info.flows.items():
            if target[0] != "v" or not any(source[:1] == ("x",) and source[2] is read for source, _ in sources):
                continue
            for source, pos in sources:
                if source[0] in ("x", "xi") and source[2] is not read:
                    text = info.file.line_at(pos)
                    out.append(Evidence(f"overridden by another assignment: {text}", position(info.file, pos)))
                    out += self._origins(info, source[2])
        return out

    def _origins(self, info: Info, e: ast.Expr) -> list[Evidence]:
        """What a local variable is assigned, if an expression is one."""
        used = info.uses.get(e)
        if not isinstance(used, t.Var) or used.role == "global":
            return []
        return [
            Evidence(f"{used.name} comes from: {info.file.line_at(pos)}", position(info.file, pos))
            for source, pos in info.flows.get(("v", used), ())
            if source[0] in ("x", "xi")
        ]

    # Backwards

    def callers(self, func: t.Func) -> list[tuple[Info, CallSite]]:
        """The call sites that may call a function; ``resolve`` decides whether they do."""
        return self.flow.callers(func)

    def readers(self, obj: t.Const | t.Var) -> list[tuple[Info, Read]]:
        """The reads of a package-level constant or variable."""
        out: list[tuple[Info, Read]] = []
        for unit in self._mentioning(obj.name, obj.package):
            info = self.checker.check(unit)
            out += [(info, read) for read in info.reads if read.obj is obj]
        return out

    def _mentioning(self, name: str, package: Package | None) -> Iterable[Unit]:
        units: dict[Unit, None] = {}
        for file, at in self.text.mentions(name):
            near = package is None or self.flow.mentions.imports.names(file, at, package)
            declaration = file.declaration_at(at) if near else None
            if declaration is not None and declaration.kind in ("func", "method", "var"):
                units[file.unit(declaration)] = None
        return units

    def units_with(self, text: bytes) -> list[Info]:
        """The functions and variables whose source holds a text, checked."""
        units: dict[Unit, None] = {}
        for file, _, at in self.text.search(re.compile(re.escape(text))):
            declaration = file.declaration_at(at)
            if declaration is not None and declaration.kind in ("func", "method", "var", "const"):
                units[file.unit(declaration)] = None
        return [self.checker.check(u) for u in units if u.declaration.kind != "const"]

    def packages_under(self, patterns: Iterable[str]) -> list[Package]:
        """The packages of the closure whose directory or import path fits a pattern (``dir/...`` as in go)."""
        wanted = list(patterns)
        return [
            p
            for p in self.program.closure()
            if not p.is_std and any(_fits(p, pattern.removeprefix("./")) for pattern in wanted)
        ]


def _fits(package: Package, pattern: str) -> bool:
    """``go help packages``: below ``dir/...`` a vendor directory is left out unless the pattern names it."""
    names = (package.directory, package.path)
    if pattern != "..." and not pattern.endswith("/..."):
        return pattern.rstrip("/") in names
    base = pattern.removesuffix("...").removesuffix("/")
    vendored = "vendor" in package.directory.split("/") and "vendor" not in base.split("/")
    return not vendored and any(not base or name == base or name.startswith(base + "/") for name in names)


def _inside(owner: object, literal: Literal) -> bool:
    return isinstance(owner, Literal) and owner.name.startswith(literal.name + "$")


def normal(name: str) -> str:
    """A full name without parentheses and stars, as people type it."""
    return _MARKS.sub("", name.strip())


def matches(full_name: str, wanted: str) -> bool:
    """Whether ``wanted`` (normalised) is the full name or a suffix of it at a boundary."""
    full = normal(full_name)
    if full == wanted:
        return True
    return full.endswith(wanted) and full[-len(wanted) - 1] in "./"
