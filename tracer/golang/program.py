"""One program, analysed on demand: its symbols, and the edges of its functions as the model's records."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tracer.codes import Detail, Gap, Message, Note, Reason, Rule
from tracer.errors import FAULTS, CutShortError, told
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.callgraph.instances import Instances
from tracer.golang.callgraph.instantiated import Instantiated
from tracer.golang.callgraph.running import Running
from tracer.golang.check.checker import Checker
from tracer.golang.check.info import Info
from tracer.golang.check.operand import Operand
from tracer.golang.details import Details
from tracer.golang.flow.dispatch import Dispatch, Target
from tracer.golang.flow.evidence import func_position, position
from tracer.golang.flow.flow import Flow
from tracer.golang.flow.outside import handed
from tracer.golang.flow.solver import BUDGET
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.load.program import Program
from tracer.golang.load.tests import is_run
from tracer.golang.names import called, last, means, normal, spellings, split_literal
from tracer.golang.search.candidates import Candidates
from tracer.golang.search.words import Text
from tracer.golang.stdlib import archive as std
from tracer.golang.summary.build import numbered, summarise
from tracer.golang.summary.kept import KeptSummaries, Store
from tracer.golang.summary.nodes import Caller, Initializer, Literal, Owner, Read, Site, UnitSummary
from tracer.golang.summary.shared import Nodes
from tracer.golang.types.literals import as_go
from tracer.model import Edge, EdgeKind, Evidence, Modifier, Position, Symbol, Unresolved, shortened
from tracer.syntax import ast
from tracer.syntax.bounded import LONG

_T = TypeVar("_T")

Declared = Caller | t.Const | t.Var | t.Field


@dataclass(eq=False)
class Analysis:
    """Everything that was found about one program so far.

    With ``assume_closed`` what is not known is taken to do nothing, and that is said wherever it makes a difference.
    With ``whole`` flow has no ``budget`` and tells no ways, and numbers are of no interest: for the edges of whole packages.
    Only code that runs counts as a source of the flow, with ``all_code`` all of it.
    """

    program: Program
    whole: bool = False
    budget: int = BUDGET
    all_code: bool = False
    assume_closed: bool = False
    checker: Checker = field(init=False)
    nodes: Nodes = field(init=False)
    xref: CrossReferences = field(init=False)
    candidates: Candidates = field(init=False)
    running: Running = field(init=False)
    hierarchy: ClassHierarchy = field(init=False)
    flow: Flow = field(init=False)
    _kept: KeptSummaries | None = None
    _details: dict[Unit, Details] = field(default_factory=dict[Unit, Details])

    def __post_init__(self) -> None:
        self.checker = Checker(self.program)
        self.nodes = Nodes(self.checker.type_of_object, self.checker.signature_of)
        self.candidates = Candidates(self.checker.resolver, indexed=self.whole)
        self.running = Running(self.candidates, Running(self.candidates))
        self.xref = CrossReferences(self._summarise, self.nodes, None if self.all_code else self.running.unit)
        self.hierarchy, self.flow = self._flow(self.xref)

    def _flow(self, xref: CrossReferences) -> tuple[ClassHierarchy, Flow]:
        hierarchy = ClassHierarchy(self.checker, self.candidates, xref, Instantiated(self.program, self.running))
        instances = Instances(self.checker, self.candidates, xref)
        return hierarchy, Flow(xref, self.candidates, hierarchy, instances, None if self.whole else self.budget)

    @functools.cached_property
    def flow_of_all(self) -> Flow:
        """The flow as if all code ran."""
        return (
            self.flow
            if self.all_code
            else self._flow(CrossReferences(self.xref.summary, self.nodes, offered=self.xref.offered))[1]
        )

    def counts(self, unit: Unit) -> bool:
        """Whether a unit's code runs, or all code counts."""
        return self.all_code or self.running.unit(unit)

    def flow_in(self, unit: UnitSummary) -> Flow:
        """The flow as a unit's code sees it: where that does not run, as if all code did."""
        return self.flow if self.counts(unit.unit) else self.flow_of_all

    def keep_in(self, store: Store, recipe: str) -> None:
        """Keeps summaries in a store, under the version of all that has a say in them, and takes those that are there."""
        self._kept = KeptSummaries(store, f"{recipe} {self.whole}", self.checker, self.nodes)

    def is_kept(self, package: Package) -> bool:
        """Whether summaries of a package were kept by an earlier question."""
        return self._kept is not None and self._kept.has(package)

    def save(self) -> None:
        """Keeps the summaries that were made."""
        if self._kept is not None:
            self._kept.save()

    def _summarise(self, unit: Unit) -> UnitSummary:
        kept = self._kept.get(unit) if self._kept is not None else None
        return self._summarised(unit) if kept is None else kept

    def _summarised(self, unit: Unit) -> UnitSummary:
        try:
            if unit.file.is_given_up:
                raise CutShortError(LONG)
            info = self.checker.check(unit)
            found = summarise(info, self.nodes, plain=not self.whole)
        except FAULTS as error:
            # One unit must not end a whole question: what failed is on record, the rest is told.
            name = f"{unit.file.package.path}.{unit.declaration.names[0]}"
            return UnitSummary(unit, None, name, fault=told(error))
        # All that goes on from here goes on from the summary: the trees make way.
        self._let_go(unit, info)
        if self._kept is not None:
            self._kept.add(found)
        return found

    @staticmethod
    def _let_go(unit: Unit, info: Info) -> None:
        if info.func is not None:
            info.func.decl = None
            unit.file.forget(unit.declaration)
        info.release()

    def begins(self, func: t.Func) -> bool:
        """Whether a program begins with a function: its ``main``, or of tests what ``go test`` runs."""
        if not self.program.name.is_tests:
            return func.recv is None and func.name == "main"
        declaration = func.file.declaration_at(func.start)
        return declaration is not None and is_run(func.file, declaration)

    @property
    def name(self) -> str:
        """The program's name as it is written in records."""
        return str(self.program.name)

    @property
    def text(self) -> Text:
        """The text of the program's own packages, to look for names in."""
        return self.candidates.words.own

    # Units

    def unit(self, unit: Unit) -> UnitSummary:
        """The summary of a unit."""
        return self.xref.summary(unit)

    def unit_of(self, owner: Owner) -> UnitSummary:
        """The summary of the unit that a function or literal stands in."""
        return owner.unit if isinstance(owner, Literal) else self.xref.summary(self.checker.unit_of(owner))

    def details(self, unit: UnitSummary) -> Details:
        """A unit with its syntax, checked anew, for what its summary does not tell."""
        found = self._details.get(unit.unit)
        if found is None:
            info = self.checker.check(unit.unit)
            numbers = numbered(info, self.nodes, plain=not self.whole)
            found = self._details[unit.unit] = Details.of(unit, info, numbers)
        return found

    def looked_at(self, unit: UnitSummary, read: Callable[[Info, Mapping[ast.Expr, int]], _T]) -> _T:
        """What is read of a unit's syntax, and of the numbers of its expressions; neither is kept."""
        known = self._details.get(unit.unit)
        if known is not None:
            return read(known.info, known.numbers)
        info = self.checker.check(unit.unit)
        found = read(info, numbered(info, self.nodes, plain=not self.whole))
        self._let_go(unit.unit, info)
        return found

    # Symbols

    def find(self, text: str) -> list[Declared]:
        """The functions, literals, methods, constants and variables that a name means: those whose full name ends in it.

        Those of the standard library where the program's own packages declare nothing that is meant.
        """
        for words in (self.text, self.candidates.words.library):
            for wanted in spellings(text):
                found = {obj.full_name: obj for obj in self._meant(wanted, words)}
                if found:
                    return [found[key] for key in sorted(found)]
        return []

    def _meant(self, wanted: str, words: Text) -> Iterator[Declared]:
        name, literal = split_literal(wanted)
        for obj, package in self._declared(last(name), words):
            if not means(obj.full_name, name, package.path, package.name):
                continue
            if not literal:
                yield obj
            else:
                yield from (x for x in self._literals(obj) if x.name == obj.full_name + literal)

    def _literals(self, obj: Declared) -> Iterator[Literal]:
        """The function literals that are numbered under a name."""
        units: Iterable[UnitSummary] = ()
        if isinstance(obj, Initializer):
            units = self._initialising(obj.package)
        elif isinstance(obj, t.Func):
            units = (self.unit_of(obj),)
        return (literal for unit in units for literal in unit.literals)

    def _initialising(self, package: Package) -> list[UnitSummary]:
        """The units of a package's variables."""
        return [
            self.unit(file.unit(declaration))
            for file in package.files
            for declaration in file.facts.declarations
            if declaration.kind == "var"
        ]

    def find_types(self, text: str) -> list[t.TypeName]:
        """The declared types whose names end in ``text``: ``pkg.Type``."""
        wanted = normal(text)
        found: dict[str, t.TypeName] = {}
        for file, _ in self.text.declaring_type(last(wanted)):
            obj = self.checker.resolver.lookup(file.package, last(wanted))
            if isinstance(obj, t.TypeName) and means(obj.full_name, wanted, file.package.path, file.package.name):
                found[obj.full_name] = obj
        return [found[key] for key in sorted(found)]

    def find_fields(self, text: str) -> list[t.Field]:
        """The fields of declared struct types whose names end in ``text``: ``pkg.Type.Field``."""
        typed, _, name = normal(text).rpartition(".")
        found: dict[str, t.Field] = {}
        named = last(typed)
        for file, _ in self.text.declaring_type(named):
            obj = self.checker.resolver.lookup(file.package, named)
            full = f"{file.package.path}.{named}"
            under = t.underlying(self.checker.type_of_name(obj)) if isinstance(obj, t.TypeName) else None
            if isinstance(under, t.Struct) and means(full, typed, file.package.path, file.package.name):
                found |= {f"{full}.{f.name}": f for f in under.fields if f.name == name}
        return [found[key] for key in sorted(found)]

    def _declared(self, name: str, words: Text) -> Iterator[tuple[Declared, Package]]:
        """What is declared under a name, each with its package."""
        for file, declaration in words.declaring(name):
            if declaration.kind in ("func", "method"):
                func = self.checker.func_at(file.unit(declaration))
                if func is not None:
                    yield func, file.package
            else:
                obj = self.checker.resolver.lookup(file.package, name)
                if isinstance(obj, t.Const | t.Var):
                    yield obj, file.package
        if name == "init" and words is self.text:
            yield from ((Initializer(p), p) for p in self.program.closure() if not p.is_std)

    def symbol(self, obj: Declared | t.TypeName) -> Symbol:
        """A declared object as the model's record."""
        found = self._symbol(obj)
        package = obj.unit.file.package if isinstance(obj, Literal) else obj.package
        return replace(found, called=called(found.name, package.path, package.name)) if package is not None else found

    def _symbol(self, obj: Declared | t.TypeName) -> Symbol:
        match obj:
            case t.Func():
                kind = "method" if obj.recv is not None else "func"
                sig = t.describe(self.checker.signature_of(obj))
                self.checker.header(obj)
                return Symbol(obj.full_name, kind, func_position(obj), self.name, sig)
            case Literal():
                place = position(obj.unit.file, obj.pos)
                return Symbol(obj.full_name, "closure", place, self.name, t.describe(obj.signature))
            case Initializer():
                return Symbol(obj.full_name, "func", None, self.name, "func()")
            case t.Const():
                x = self.checker.value_of(obj)
                shown = as_go(x.value, x.type) if x is not None and x.value is not None else None
                return Symbol(obj.full_name, "const", position(obj.file, obj.pos), self.name, value=shown)
            case t.Field():
                typ = t.describe(obj.type)
                return Symbol(obj.full_name, "field", position(obj.file, obj.pos), self.name, typ)
            case t.TypeName():
                return Symbol(obj.full_name, "type", position(obj.file, obj.pos) if obj.file else None, self.name)
            case t.Var():
                typ = t.describe(self.checker.type_of_object(obj))
                return Symbol(obj.full_name, "var", position(obj.file, obj.pos), self.name, typ)

    def constant(self, obj: Declared) -> Operand | None:
        """The exact value of a constant, with its type; None for anything else and for what could not be computed."""
        return self.checker.value_of(obj) if isinstance(obj, t.Const) else None

    # Edges of one function

    def sites(self, caller: Caller) -> list[Site]:
        """The calls that a function, a literal or an initialiser makes; those in literals are made by these."""
        return [s for unit in self._units_of(caller) for s in unit.sites if s.caller is _runs(caller)]

    def reads(self, caller: Caller) -> list[tuple[UnitSummary, Read]]:
        """The constants and package variables that a function, a literal or an initialiser reads."""
        return [(unit, r) for unit in self._units_of(caller) for r in unit.reads if r.owner is _runs(caller)]

    def sites_within(self, owner: Owner) -> list[Site]:
        """The calls that stand in a function, those of its literals included."""
        unit = self.unit_of(owner)
        if isinstance(owner, Literal):
            return [s for s in unit.sites if s.caller is owner or _inside(s.caller, owner)]
        return unit.sites

    def _units_of(self, caller: Caller) -> list[UnitSummary]:
        return self._initialising(caller.package) if isinstance(caller, Initializer) else [self.unit_of(caller)]

    def caller(self, site: Site) -> Caller:
        """Who makes a call."""
        return site.caller or Initializer(site.unit.file.package)

    def reader(self, unit: UnitSummary, read: Read) -> Caller:
        """Who reads a constant or variable."""
        return read.owner or Initializer(unit.file.package)

    def edges(self, caller: Caller) -> tuple[list[Edge], list[Unresolved]]:
        """The call edges of a function, and the calls that could not be decided."""
        return self._edges(self.sites(caller))

    def unit_edges(self, unit: Unit) -> tuple[list[Edge], list[Unresolved]]:
        """The same for any unit: initialisers of package variables are the calls of ``init``."""
        summary = self.unit(unit)
        edges, unresolved = self._edges(summary.sites)
        fault = self.fault(summary)
        return edges, unresolved if fault is None else [*unresolved, fault]

    def fault(self, unit: UnitSummary) -> Unresolved | None:
        """What is on record of a unit that the checker failed on."""
        if not unit.fault:
            return None
        return Unresolved(
            unit.name,
            self.at(unit, unit.unit.declaration.start),
            "",
            Reason.FAULT,
            Message(Detail.ERROR, (unit.fault,)),
        )

    def _edges(self, sites: Iterable[Site]) -> tuple[list[Edge], list[Unresolved]]:
        edges: list[Edge] = []
        unresolved: list[Unresolved] = []
        for site in sites:
            found, failure = self.resolve(site)
            edges += found
            if failure is not None:
                unresolved.append(failure)
        return edges, unresolved

    def resolve(self, site: Site) -> tuple[list[Edge], Unresolved | None]:
        """The edges of one call site, or why there are none."""
        if site.kind is t.CallKind.STATIC and site.func is not None:
            return [self.static_edge(site, site.func)], None
        if site.kind is t.CallKind.LITERAL and site.literal is not None:
            return [self._edge(site, site.literal, EdgeKind.CALL, Rule.LITERAL, ())], None
        if site.kind is t.CallKind.UNKNOWN:
            detail = site.detail or Message(Detail.EXPRESSION_UNTYPED)
            missing = detail.code in (Detail.MISSING_C, Detail.MISSING_IMPORT, Detail.MISSING_TYPE)
            reason = Reason.MISSING_PACKAGE if missing else Reason.UNTYPED
            return [], self._unresolved(site, reason, self._read(detail))
        dispatch, fault = self.dispatch(site)
        if fault is not None:
            return [], fault
        return self.dispatch_edges(site, dispatch)

    def dispatch(self, site: Site) -> tuple[Dispatch, Unresolved | None]:
        """The callees of a dynamic call; where the search failed none, and what is on record of that."""
        try:
            found = self.flow_in(site.unit).dispatch(site)
        except FAULTS as error:
            raised = Message(Detail.ERROR, (told(error),))
            return Dispatch(()), self._unresolved(site, Reason.FAULT, raised)
        if found.bounded is not None and self.assume_closed:
            found = replace(found, bounded=self._read(found.bounded))
        return found, None

    def _read(self, why: Message) -> Message:
        """Why not all is known, as it is told: a bound is no matter of how the program is read."""
        if not self.assume_closed or (isinstance(why.code, Gap) and why.code.is_bound):
            return why
        return Message(Gap.SET_ASIDE, (why,))

    def living(self, unit: UnitSummary, found: Iterable[Target]) -> list[Target]:
        """The targets of a dispatch but for those of types that only code that nothing uses makes: fakes, leftovers.

        All of them where the call stands in such code itself, or nothing else is there.
        """
        every = list(found)
        if not self.counts(unit.unit):
            return every
        return [x for x in every if x.via is None or any(map(self.is_made, (x.via, *x.others)))] or every

    def is_made(self, typ: t.Type) -> bool:
        """Whether code that is used makes values of a type."""
        base = t.deref(typ)
        return not isinstance(base, t.Named) or base.obj in self.hierarchy.instantiated

    def is_everyday(self, site: Site) -> bool:
        """Whether a call goes through an interface of the language or the standard library, such as ``error``."""
        recv = site.selection.recv if site.kind is t.CallKind.INTERFACE and site.selection is not None else None
        if not isinstance(recv, t.Named):
            return False
        return recv.obj.package is None or recv.obj.package.is_std

    def is_everyday_method(self, func: t.Func) -> bool:
        """Whether a method is one of ``error`` or ``fmt.Stringer``, which half of a program has: who calls it may be anyone."""
        if func.recv is None or func.name not in ("Error", "String"):
            return False
        signature = self.checker.signature_of(func)
        return not signature.params and signature.results == (t.BASICS["string"],)

    def dispatch_edges(self, site: Site, dispatch: Dispatch) -> tuple[list[Edge], Unresolved | None]:
        kind = EdgeKind.INTERFACE if site.kind is t.CallKind.INTERFACE else EdgeKind.VALUE
        bounded = dispatch.bounded
        edges = [self._edge(site, x.owner, kind, x.rule, x.evidence, bounded) for x in dispatch.targets]
        if edges:
            return edges, None
        if bounded is not None:
            return [], self._unresolved(site, left_open(bounded), bounded)
        return [], self._unresolved(site, Reason.NO_TARGET, self._receiver(site))

    def _receiver(self, site: Site) -> Message:
        if site.selection is not None:
            return Message(Detail.INTERFACE, (t.describe(site.selection.recv),))
        return Message(Detail.TYPE, (t.describe(site.fun.type if site.fun is not None else t.UNKNOWN),))

    def static_edge(self, site: Site, func: t.Func) -> Edge:
        evidence: tuple[Evidence, ...] = ()
        rule = Rule.FUNCTION
        if func.recv is not None and site.selection is not None:
            rule = Rule.METHOD
            path = " → ".join(f.name for f in site.selection.path)
            if path:
                rule = Rule.PROMOTED
                evidence = (Evidence(Note.PROMOTED, (path,), func_position(func)),)
        return self._edge(site, func, EdgeKind.CALL, rule, evidence)

    def read_edge(self, unit: UnitSummary, read: Read) -> Edge:
        """A constant or variable that a function reads, as an edge."""
        reader, place = self.reader(unit, read).full_name, self.at(unit, read.pos)
        return Edge(reader, read.obj.full_name, place, EdgeKind.READ, Rule.NAME, evidence=self.idle(unit))

    def _edge(
        self,
        site: Site,
        callee: Owner,
        kind: EdgeKind,
        rule: Rule,
        evidence: tuple[Evidence, ...],
        bounded: Message | None = None,
    ) -> Edge:
        modifiers = (Modifier(site.modifier),) if site.modifier else ()
        evidence += self.idle(site.unit)
        caller, place = self.caller(site).full_name, self.place(site)
        return Edge(caller, callee.full_name, place, kind, rule, modifiers, evidence, bounded=bounded)

    def idle(self, unit: UnitSummary) -> tuple[Evidence, ...]:
        """What there is to say of edges from code that does not run."""
        if self.counts(unit.unit):
            return ()
        return (Evidence(Note.DOES_NOT_RUN, (shortened(unit.name),), self.at(unit, unit.unit.declaration.start)),)

    def place(self, site: Site) -> Position:
        """Where a call stands."""
        return self.at(site.unit, site.pos)

    def at(self, unit: UnitSummary, pos: int) -> Position:
        """A place in a unit; of the standard library, whose facts tell no more, that of the declaration."""
        package = unit.file.package
        if package.is_std:
            path, line = std.place(package.path, unit.unit.declaration.line)
            return Position(package.origin.repository, path, line, 1)
        return Position(package.origin.repository, unit.file.path, *unit.file.place(pos))

    def _unresolved(self, site: Site, reason: Reason, detail: Message) -> Unresolved:
        return Unresolved(self.caller(site).full_name, self.place(site), self.code(site), reason, detail)

    # Source

    def code(self, site: Site, limit: int = 160) -> str:
        """The source of a call on one line."""
        return on_one_line(site.unit.file, site.start, site.end, limit)

    def read_place(self, unit: UnitSummary, read: Read) -> Position | None:
        return position(unit.file, read.pos)

    # Backwards

    def callers(self, owner: Owner) -> list[Site]:
        """The call sites that may call a function or a literal; ``resolve`` decides whether they do."""
        return self.flow_of_all.callers(owner)

    def unknown_callers(self, owner: Declared) -> list[Unresolved]:
        """Why not all callers of a function are known: where it is handed to what is not among the sources, or to reflection."""
        if not isinstance(owner, t.Func | Literal):
            return []
        leaks, reason = self.flow_of_all.unknown_callers(owner)
        name = owner.full_name
        out = [
            Unresolved(
                leak.unit.name,
                self.at(leak.unit, leak.pos),
                leak.into if leak.unit.file.package.is_std else leak.unit.file.line_at(leak.pos),
                Reason.HANDED_ON,
                self._read(handed(owner, leak, t.UNKNOWN).reason),
            )
            for leak in leaks
        ]
        called, bounded = self.flow.reflected(owner) if isinstance(owner, t.Func) else ([], None)
        for call, given in called:
            why = self._read(Message(Gap.REFLECTED, (name, given.unit.name)))
            text = call.func.full_name if call.func is not None else call.name
            out.append(Unresolved(call.unit.name, self.place(call), text, Reason.HANDED_ON, why))
        place = self.symbol(owner).position
        for why in (reason, bounded) if place is not None else ():
            if why is not None and place is not None:
                out += [Unresolved(name, place, name, Reason.HANDED_ON, self._read(why))]
        return sorted(out, key=lambda row: (row.site, row.text))

    def readers(self, obj: t.Const | t.Var) -> list[tuple[UnitSummary, Read]]:
        """The reads of a package-level constant or variable."""
        out: list[tuple[UnitSummary, Read]] = []
        for unit in self._mentioning(obj.name, obj.package):
            found = self.unit(unit)
            out += [(found, read) for read in found.reads if read.obj is obj]
        return out

    def _mentioning(self, name: str, package: Package | None) -> Iterable[Unit]:
        units: dict[Unit, None] = {}
        for file, at in self.text.mentions(name):
            near = package is None or self.candidates.qualifiers.names(file, at, package)
            declaration = file.declaration_at(at) if near else None
            if declaration is not None and declaration.kind in ("func", "method", "var"):
                units[file.unit(declaration)] = None
        return units

    def packages_under(self, patterns: Iterable[str]) -> list[Package]:
        """The packages of the closure whose directory or import path fits a pattern (``dir/...`` as in go)."""
        wanted = list(patterns)
        return [
            p
            for p in self.program.closure()
            if not p.is_std and any(_fits(p, pattern.removeprefix("./")) for pattern in wanted)
        ]


def is_open(why: Message | None) -> bool:
    """Whether what is not known leaves an answer open."""
    return why is not None and why.code is not Gap.SET_ASIDE


def left_open(why: Message) -> Reason:
    """The reason for which a call has no target, where not all values are known that flow there."""
    if not is_open(why):
        return Reason.NO_TARGET
    return Reason.BOUND if isinstance(why.code, Gap) and why.code.is_bound else Reason.NONE_KNOWN


def _fits(package: Package, pattern: str) -> bool:
    """``go help packages``: below ``dir/...`` a vendor directory is left out unless the pattern names it."""
    names = (package.directory, package.path) if package.is_here else (package.path,)
    if pattern != "..." and not pattern.endswith("/..."):
        return pattern.rstrip("/") in names
    base = pattern.removesuffix("...").removesuffix("/")
    vendored = package.is_elsewhere and "vendor" not in base.split("/") if package.is_here else not base
    return not vendored and any(not base or name == base or name.startswith(base + "/") for name in names)


def _runs(caller: Caller) -> Owner | None:
    """Whose code a caller's is, as a summary has it."""
    return None if isinstance(caller, Initializer) else caller


def _inside(owner: object, literal: Literal) -> bool:
    return isinstance(owner, Literal) and owner.name.startswith(literal.name + "$")


def on_one_line(file: File, start: int, end: int, limit: int = 160) -> str:
    """The source between two offsets on one line, cut where it is long."""
    text = " ".join(file.source[start:end].decode("utf-8", "replace").split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
