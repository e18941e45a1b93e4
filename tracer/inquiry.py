"""What is asked of programs without a chain: symbols, edges, wires, and how a call was resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import replace

from tracer.codes import Exclusion, Message, Reason
from tracer.errors import ResolutionError
from tracer.golang import explanations
from tracer.golang import types as t
from tracer.golang.load.package import Unit
from tracer.golang.lookup import in_order, lookup_all
from tracer.golang.lookup import lookup as lookup
from tracer.golang.names import matches, normal
from tracer.golang.program import Analysis, Declared, is_open
from tracer.golang.summary.nodes import Initializer, Site
from tracer.graph import CallGraph, Node
from tracer.model import (
    Edge,
    EdgeKind,
    Explanation,
    PackageSummary,
    Position,
    ProgramName,
    RuledOut,
    Symbol,
    Unresolved,
    WireEnd,
    WireRow,
    is_full_method,
)
from tracer.sentences import sentence
from tracer.session import Session
from tracer.source.pinning import pinned as pinned
from tracer.source.pinning import split_source as split_source
from tracer.wire.fallback import fallback
from tracer.wire.model import every_stub


def find(session: Session, text: str, repository: str, program: str | None = None) -> list[Symbol]:
    """Every declared object whose full name ends in ``text``: what other questions take it to mean comes first, types last.

    Of a full method, what answers it.
    """
    if is_full_method(text):
        graph, nodes = _nodes(session, text, repository, program)
        return [graph.symbol(node) for node in nodes]
    programs = session.programs(repository, program)
    found = [(a, obj) for a in programs for obj in a.find(text) or a.find_fields(text)]
    order = {obj.full_name: place for place, obj in enumerate(in_order(found, text, session.named(repository)))}
    found.sort(key=lambda pair: order[pair[1].full_name])
    return [a.symbol(obj) for a, obj in (*found, *((a, typ) for a in programs for typ in a.find_types(text)))]


def callees(
    session: Session, text: str, repository: str, program: str | None = None
) -> tuple[Symbol, list[Edge], list[Unresolved]]:
    """The edges that leave a function in the programs that link it, and its calls that none of these decides."""
    graph, nodes = _nodes(session, text, repository, program)
    edges = _joined(step.edge for node in nodes for step in graph.steps(node))
    decided = {edge.site for edge in edges}
    failed = [row for node in nodes for row in graph.unresolved.get(node, []) if row.site not in decided]
    starts = [found for node in nodes for site in graph.calls(node) if (found := graph.unnamed(node, site)) is not None]
    return graph.symbol(nodes[0]), edges, list({(row.site, row.text): row for row in (*failed, *starts)}.values())


def callers(
    session: Session, text: str, repository: str, program: str | None = None
) -> tuple[Symbol, list[Edge], list[Unresolved]]:
    """The proven edges that arrive at a function, constant or variable in the programs that link it, and why there may be others."""
    graph, nodes = _nodes(session, text, repository, program)
    edges = _joined(step.edge for node in nodes for step in graph.steps_into(node))
    linked = [graph.objects[node] for node in nodes]
    unknown = dict.fromkeys(row for analysis, obj in linked for row in analysis.unknown_callers(obj))
    return graph.symbol(nodes[0]), edges, list(unknown)


def _nodes(session: Session, text: str, repository: str, program: str | None) -> tuple[CallGraph, list[Node]]:
    """What a name means, in each program that links it."""
    graph = session.graph(repository, program)
    own = session.programs(repository, program)
    return graph, [graph.node(*each) for each in meant_by(graph, own, text, session.named(repository))]


def meant_by(
    graph: CallGraph, analyses: Sequence[Analysis], text: str, preferred: Collection[str] = ()
) -> list[tuple[Analysis, Declared]]:
    """What a name means in each of some programs that has it; a full method means what answers it there.

    Raises ResolutionError for what means nothing or too much.
    """
    if not is_full_method(text):
        return lookup_all(analyses, text, preferred)
    wires = [(a, wire) for a in analyses for wire in graph.wires[a.name] if wire.kind is EdgeKind.RPC]
    found = [(a, handler.owner) for a, wire in wires for handler in wire.handlers(text) if wire.serves(handler)]
    if not found:
        where = ", ".join(a.name for a in analyses)
        raise ResolutionError(
            f"{where} is not seen to serve {text}", hint="tracer wires tells what each program serves"
        )
    return list(dict(reversed(found)).items())


def _joined(edges: Iterable[Edge]) -> list[Edge]:
    """The edges of several programs, one for each call and callee: that which says that there may be others, if one does."""
    found: dict[tuple[object, ...], Edge] = {}
    for edge in edges:
        key = (*order(edge), edge.kind, edge.wire)
        if key not in found or (found[key].bounded is None and edge.bounded is not None):
            found[key] = edge
    return sorted(found.values(), key=order)


def order(edge: Edge) -> tuple[object, ...]:
    """The key by which edges are listed: where the call stands."""
    return edge.site, edge.caller, edge.callee


def edges(
    session: Session, repository: str, program: str, patterns: Sequence[str], *, all_code: bool = False
) -> Iterator[Edge | Unresolved]:
    """All call edges of the packages that fit ``patterns`` (``dir/...`` as in go), and the calls without any.

    Those of code that runs, by the values that such code makes; with ``all_code`` as if all of it ran.
    """
    analysis = session.program(ProgramName(repository, program), whole=True, all_code=all_code)
    for _, unit in _units(session, analysis, patterns):
        if analysis.counts(unit):
            found, failed = analysis.unit_edges(unit)
            yield from found
            yield from failed


def left_out(session: Session, repository: str, program: str, patterns: Sequence[str]) -> int:
    """How many functions of the packages that fit ``patterns`` do not run, so that ``edges`` leaves them out."""
    analysis = session.program(ProgramName(repository, program), whole=True)
    units = _units(session, analysis, patterns)
    return sum(unit.declaration.kind != "var" and not analysis.counts(unit) for _, unit in units)


def wires(session: Session, repository: str | None = None) -> list[WireRow]:
    """Every full method that a program of the investigation sends or serves, by protocol and name.

    With ``repository``, those that one of its programs sends or serves; what is at the other end is looked for in all.
    """
    return session.kept(lambda: _wires(session, repository), list[WireRow], "wires", repository)


def _wires(session: Session, repository: str | None) -> list[WireRow]:
    names = session.investigation.repositories
    graph = CallGraph([a for name, found in names.items() if found.programs for a in session.programs(name)])
    stubs = dict[tuple[str, str], list[WireEnd]]()
    servers = dict[tuple[str, str], list[WireEnd]]()
    own = set[tuple[str, str]]()
    for analysis in graph.analyses:
        for wire in graph.wires[analysis.name]:
            if wire.kind is not EdgeKind.RPC:
                continue
            here = set[tuple[str, str]]()
            for stub in every_stub(wire):
                key = (wire.name, stub.method)
                here.add(key)
                end = WireEnd(analysis.name, analysis.caller(stub.site).full_name, analysis.place(stub.site))
                stubs.setdefault(key, []).append(end)
            for handler in wire.every_handler():
                key = (wire.name, handler.method)
                here.add(key)
                found = {x.owner.full_name: x for x in wire.implementations(handler)}
                end = WireEnd(analysis.name, handler.owner.full_name, handler.place)
                ends = [
                    replace(
                        end,
                        implementation=name,
                        declared=analysis.symbol(x.owner).position,
                        fallback=bool(fallback(analysis, x)),
                    )
                    for name, x in found.items()
                ]
                servers.setdefault(key, []).extend(ends or [replace(end, undecided=wire.may_serve(handler))])
            own |= here if repository in (None, analysis.program.name.repository) else set()
    return [
        WireRow(
            method,
            protocol,
            tuple(dict.fromkeys(stubs.get((protocol, method), ()))),
            tuple(dict.fromkeys(servers.get((protocol, method), ()))),
        )
        for protocol, method in sorted(own)
    ]


def summary(
    session: Session, repository: str, program: str, patterns: Sequence[str], *, all_code: bool = False
) -> list[PackageSummary]:
    """How the calls of each package that fits ``patterns`` end: as edges of a kind, or unresolved for a reason.

    Of what code, as with ``edges``.
    """
    analysis = session.program(ProgramName(repository, program), whole=True, all_code=all_code)
    calls = dict[str, set[tuple[Position, str]]]()
    kinds = dict[str, Counter[str]]()
    reasons = dict[str, Counter[Reason]]()
    for package, unit in _units(session, analysis, patterns):
        if not analysis.counts(unit):
            continue
        found, failed = analysis.unit_edges(unit)
        seen = calls.setdefault(package, set())
        seen.update((edge.site, edge.caller) for edge in (*found, *failed))
        kinds.setdefault(package, Counter()).update(edge.kind.value for edge in found)
        reasons.setdefault(package, Counter()).update(failure.reason for failure in failed)
    return [PackageSummary(name, len(calls[name]), dict(kinds[name]), dict(reasons[name])) for name in sorted(calls)]


def _units(session: Session, analysis: Analysis, patterns: Sequence[str]) -> Iterator[tuple[str, Unit]]:
    packages = analysis.packages_under(patterns)
    if not packages:
        raise ResolutionError(
            f"no package of {analysis.name} fits {' '.join(patterns)}", hint="patterns are dir or dir/..."
        )
    packages.sort(key=lambda p: p.path)
    # What is asked about comes first, and is needed first.
    wanted = dict.fromkeys((*packages, *analysis.program.closure()))
    linked = (f for p in wanted if not analysis.is_kept(p) for f in p.files)
    session.reader.read_ahead({f.blob: f.source for f in linked})
    for package in packages:
        for file in package.files:
            for declaration in file.facts.declarations:
                if declaration.kind in ("func", "method", "var"):
                    yield package.directory or ".", file.unit(declaration)


def explain(session: Session, place: str, repository: str, program: str | None = None) -> list[Explanation]:
    """How the calls at ``FILE:LINE`` were resolved; FILE is any unambiguous suffix of a path."""
    path, _, number = place.rpartition(":")
    if not path or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise ResolutionError(f"{place!r} is not FILE:LINE", hint="such as pkg/server/run.go:42")
    out: list[Explanation] = []
    graph = CallGraph(session.programs(repository, program))
    for analysis in graph.analyses:
        for unit in _units_at(analysis, path, int(number)):
            found = analysis.unit(unit)
            sites = [s for s in found.sites if found.file.place(s.pos)[0] == int(number)]
            out += [_explained(session, graph, analysis, site) for site in sites]
    if not out:
        raise ResolutionError(f"there is no call at {place}", hint="the line must hold the called name")
    return out


def explain_pair(
    session: Session, caller: str, callee: str, repository: str, program: str | None = None
) -> list[Explanation]:
    """How the calls of ``caller`` were resolved that name, or can end in, ``callee``."""
    analyses = session.programs(repository, program)
    analysis, obj = lookup(analyses, caller, session.named(repository))
    if isinstance(obj, t.Const | t.Var | t.Field):
        raise ResolutionError(f"{obj.full_name} is no function, so it calls nothing")
    # A function is asked with its literals: they are what stands in it.
    sites = analysis.sites(obj) if isinstance(obj, Initializer) else analysis.sites_within(obj)
    graph = CallGraph(analyses)
    explained = [_explained(session, graph, analysis, site) for site in sites]
    wanted = normal(callee)
    # A package's own name may stand for its folder's.
    named = {one.full_name for a in analyses for one in a.find(callee)}
    found = [x for x in explained if any(name in named or matches(name, wanted) for name in _ends(x))]
    if not found:
        raise ResolutionError(
            f"no call in {obj.full_name} can end in {callee!r}", hint="`tracer callees` lists what it calls"
        )
    return found


def _units_at(analysis: Analysis, path: str, line: int) -> Iterator[Unit]:
    files = [
        f
        for p in analysis.program.closure()
        if not p.is_std
        for f in p.files
        if f.path == path or f.path.endswith("/" + path)
    ]
    if len(files) > 1:
        listing = "\n".join(f"  {f.path}" for f in files[:20])
        raise ResolutionError(f"{path!r} is ambiguous in {analysis.name}", hint=f"it can be:\n{listing}")
    for file in files:
        for declaration in file.facts.declarations:
            text = file.source[declaration.start : declaration.end]
            inside = declaration.line <= line <= declaration.line + text.count(b"\n")
            if inside and declaration.kind in ("func", "method", "var"):
                yield file.unit(declaration)


def _explained(session: Session, graph: CallGraph, analysis: Analysis, site: Site) -> Explanation:
    edges, failure = analysis.resolve(site)
    dynamic = site.kind in (t.CallKind.INTERFACE, t.CallKind.VALUE)
    bounded: Message | None = None
    if dynamic:
        dispatch, _ = analysis.dispatch(site)
        bounded = dispatch.bounded
        living = {x.owner.full_name for x in analysis.living(site.unit, dispatch.targets)}
        edges = [edge for edge in edges if edge.callee in living]
    ruled_out: tuple[RuledOut, ...] = ()
    if site.kind is t.CallKind.INTERFACE:
        ruled_out = ruled_out_of(session, analysis, site.name, {edge.callee for edge in edges}, bounded)
    code, caller = analysis.code(site), graph.node(analysis, analysis.caller(site))
    parts = explanations.explain(analysis, site)
    return Explanation(
        caller.name,
        analysis.place(site),
        code,
        site.kind,
        parts,
        tuple(edges),
        ruled_out,
        failure or graph.unnamed(caller, site),
        bounded,
    )


def _ends(explained: Explanation) -> list[str]:
    """The full names of what a call ends in, and of what it does not."""
    return [*(edge.callee for edge in explained.edges), *(other.symbol for other in explained.ruled_out)]


def ruled_out_of(
    session: Session, analysis: Analysis, name: str, taken: Container[str], bounded: Message | None
) -> tuple[RuledOut, ...]:
    """The methods of a name in a program's repository that a dispatch does not end in, and why.

    With ``bounded`` not all is known that reaches the call, and so of none that it does not.
    """
    linked = {file.path for package in analysis.program.closure() for file in package.files}
    declared = analysis.candidates.declared_methods(name)
    known = {(f.file.path, f.recv.name): f for f in declared if f.recv is not None}
    build = analysis.program.build
    out: list[RuledOut] = []
    for place, receiver in session.declared_methods(analysis.program.name.repository, name):
        func = known.get((place.path, receiver))
        if func is not None and func.full_name in taken:
            continue
        about: tuple[str, ...] = ()
        if place.path not in linked and place.path.endswith("_test.go"):
            reason = Exclusion.TEST_FILE
        elif place.path not in linked:
            reason, about = Exclusion.NOT_LINKED, (analysis.name, f"{build.goos}/{build.goarch}")
        elif func is not None and func.recv is not None and func.recv not in analysis.hierarchy.instantiated:
            reason = Exclusion.NEVER_MADE
        else:
            reason = Exclusion.NOT_KNOWN_TO_FLOW if is_open(bounded) else Exclusion.NEVER_FLOWS
        out.append(RuledOut(func.full_name if func else f"{receiver}.{name}", reason, about, place))
    return tuple(sorted(out, key=lambda r: (r.symbol, sentence(r.message))))
