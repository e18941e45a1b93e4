"""How answers are found where none is kept: chains, constants, and what stands around a chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from tracer import frontier, reach, values
from tracer import trace as search
from tracer.codes import Exclusion, Message
from tracer.errors import ResolutionError
from tracer.golang import types as t
from tracer.golang.lookup import meaning
from tracer.golang.names import fits, matches, normal
from tracer.golang.program import Analysis
from tracer.golang.stdlib import archive as std
from tracer.golang.summary.nodes import Literal
from tracer.golang.types import Func
from tracer.graph import CallGraph, Node, Step
from tracer.inquiry import meant_by, order, ruled_out_of
from tracer.investigation.model import Chain, Investigation
from tracer.model import (
    Beginnings,
    ConstantReport,
    EdgeKind,
    Evidence,
    Hop,
    Meant,
    Pin,
    Position,
    ProgramName,
    RuledOut,
    Surroundings,
    Symbol,
    Trace,
    Unresolved,
    UpTo,
    Wanted,
)
from tracer.report.language import ENGLISH
from tracer.report.words import entry_title
from tracer.session import Session

_MAX_AROUND = 60


def follow(
    session: Session,
    entry: str,
    repository: str,
    to: str | None,
    via: Sequence[str],
    program: str | None,
    peers: Sequence[str],
    progress: Callable[[str, int], None],
    wanted: Wanted = reach.EVERY,
) -> Trace:
    """As ``api.follow`` says."""
    asked = session.investigation
    chains, program = _chains_of(asked, entry, repository, program)
    graph = session.graph(repository, program, peers)
    own = session.programs(repository, program)
    start = graph.node(*meant_by(graph, own, entry, session.named(repository))[0])
    title, questions, answer = entry_title(graph.symbol(start), repository, ENGLISH), (), ""
    if to is not None:
        branches = [(to, tuple(via))]
    else:
        chains = [c for c in chains if wanted == reach.EVERY and fits(graph.symbol(start), normal(c.entry))]
        branches = [(c.target, tuple(via) or c.via) for c in chains]
    if to is None and branches:
        title, answer = asked.title, asked.answer
        questions = tuple((q.question, q.answer) for q in asked.questions)
    meant: dict[Meant, None] = {}
    if branches:
        found = [_search(graph, own, start, (*way, target), progress) for target, way in branches]
        meant = dict.fromkeys(one for *_, names in found for one in names if one.text in (to, *via) and one.others)
        searches = [(target, search) for target, search, _ in found]
        # A branch that ends in a server which was not picked was not asked for.
        searches = [
            (target, s) for target, s in searches if s.chains or target.program not in graph.passed_over
        ] or searches
    else:
        searches = [(None, reach.to_wires(graph, start, progress, wanted))]
    shown = _shown(session, graph, [chain for _, s in searches for chain in s.chains])
    return Trace(
        title,
        graph.symbol(start),
        tuple(target for target, _ in searches if target is not None),
        bool(shown) and all(s.chains for _, s in searches),
        shown,
        tuple(stop for _, s in searches for stop in s.stops),
        _pins(session, graph, own, shown),
        sum(s.explored for _, s in searches),
        questions,
        answer,
        tuple(meant),
        wanted,
    )


def _chains_of(
    asked: Investigation, entry: str, repository: str, program: str | None
) -> tuple[list[Chain], str | None]:
    """The chains of the investigation that may start at ``entry``, and the program that they start in."""
    name = normal(entry)
    chains = [
        c
        for c in asked.chains
        if c.repository == repository and (matches(c.entry, name) or matches(name, normal(c.entry)))
    ]
    if program is not None:
        return [c for c in chains if c.program in (None, program)], program
    if chains:
        program = chains[0].program
    return [c for c in chains if c.program == program], program


def _shown(session: Session, graph: CallGraph, chains: Sequence[Sequence[Step]]) -> tuple[tuple[Hop, ...], ...]:
    """Chains as hops, with the candidates that were ruled out."""
    # Many chains begin alike.
    steps = list(dict.fromkeys(step for chain in chains for step in chain))
    _look_for_candidates(session, graph, steps)
    hops = {
        step: _with_ruled_out(session, graph, step, hop)
        for step, hop in zip(steps, search.hops(graph, steps), strict=True)
    }
    return tuple(tuple(hops[step] for step in chain) for chain in chains)


def _pins(
    session: Session, graph: CallGraph, own: Sequence[Analysis], shown: Sequence[Sequence[Hop]]
) -> tuple[Pin, ...]:
    """The pins that an answer rests on: those of the programs that the chains go through, and of all that have programs."""
    through = {hop.target.program for chain in shown for hop in chain}
    linked = [*own, *(a for a in graph.analyses if a.name in through)]
    origins = dict.fromkeys(origin.repository for a in linked for origin in a.program.origins())
    origins |= dict.fromkeys(name for name, of in session.investigation.repositories.items() if of.programs)
    named = {place.repository for chain in shown for hop in chain for place in _places(hop)}
    # Of the modules that a program is built from, those that a hop stands in.
    pins = tuple(session.pin(name) for name in origins if name in session.investigation.repositories or name in named)
    if any(hop.edge.site.repository == std.REPOSITORY for chain in shown for hop in chain):
        pins += (Pin(std.REPOSITORY, std.URL, std.release()),)
    return pins


def _places(hop: Hop) -> Iterator[Position]:
    """The places that a hop shows."""
    yield hop.edge.site
    evidence = (*hop.edge.evidence, *hop.notes)
    for place in (hop.source.position, hop.target.position, *(one.position for one in evidence)):
        if place is not None:
            yield place


def _search(
    graph: CallGraph,
    own: Sequence[Analysis],
    start: Node,
    names: Sequence[str],
    progress: Callable[[str, int], None],
) -> tuple[Symbol, search.Search, list[Meant]]:
    """The chain through symbols of these names, the last of them in the program that the chain leads to, and what the names were taken to mean.

    Most programs of a repository share packages: what the program has itself that the chain starts in is looked for there, and
    elsewhere where no chain leads to it. Others are opened for that.
    """
    if all(any(a.find(name) or a.find_fields(name) for a in own) for name in names):
        # What is ambiguous there may not be where all are asked.
        with suppress(ResolutionError):
            near = _between(graph, own, start, names, progress)
            if near[1].chains:
                return near
    return _between(graph, None, start, names, progress)


def _between(
    graph: CallGraph,
    among: Sequence[Analysis] | None,
    start: Node,
    names: Sequence[str],
    progress: Callable[[str, int], None],
) -> tuple[Symbol, search.Search, list[Meant]]:
    meanings = [meaning(graph.having(name) if among is None else among, name, names[-1:]) for name in names]
    points = [[graph.node(*one) for one in meant.found] for meant in meanings]
    found = frontier.between(graph, start, points, progress)
    target = graph.symbol(found.chains[0][-1].target if found.chains else points[-1][0])
    return target, found, [meant.told(name) for meant, name in zip(meanings, names, strict=True)]


def _look_for_candidates(session: Session, graph: CallGraph, steps: Sequence[Step]) -> None:
    """Looks for the candidates of all dispatches at once."""
    wanted = dict[str, set[str]]()
    for step in steps:
        if step.edge.kind is EdgeKind.INTERFACE:
            analysis, _ = graph.objects[step.source]
            name = graph.symbol(step.target).name.rsplit(".", 1)[-1]
            wanted.setdefault(analysis.program.name.repository, set()).add(name)
    for repository, names in wanted.items():
        session.look_for_methods(repository, sorted(names))


def _with_ruled_out(session: Session, graph: CallGraph, step: Step, hop: Hop) -> Hop:
    """A dispatch with the candidates that are no targets, and why."""
    if hop.edge.kind is not EdgeKind.INTERFACE:
        return hop
    taken = {s.edge.callee: s for s in graph.alternatives(step)}
    analysis, _ = graph.objects[step.source]
    name = hop.target.name.rsplit(".", 1)[-1]
    others = tuple(
        RuledOut(callee, Exclusion.ANOTHER_WAY, (), step.edge.site)
        for callee, step in sorted(taken.items())
        if callee != hop.target.name
    )
    ruled_out = ruled_out_of(session, analysis, name, taken.keys(), hop.edge.bounded)
    return replace(hop, edge=replace(hop.edge, ruled_out=(*others, *ruled_out)))


def around(session: Session, trace: Trace, progress: Callable[[str, int], None]) -> Iterator[Surroundings]:
    """As ``api.around`` says."""
    symbols = dict.fromkeys(s for chain in trace.chains for hop in chain for s in (hop.source, hop.target))
    names = dict.fromkeys(s.program for s in symbols if s.program)
    graph = session.graph_of([session.program(ProgramName.parse(name)) for name in names])
    programs = {analysis.name: analysis for analysis in graph.analyses}
    for count, symbol in enumerate(list(symbols)[:_MAX_AROUND], 1):
        progress(symbol.name, count)
        analysis = programs.get(symbol.program)
        obj = next((o for o in analysis.find(symbol.name) if o.full_name == symbol.name), None) if analysis else None
        if analysis is None or obj is None:
            continue
        node = graph.node(analysis, obj)
        into, (out, everyday) = graph.steps_into(node), graph.near_steps(node)
        failed = tuple(sorted(graph.unresolved.get(node, ()), key=lambda u: (u.site, u.text)))
        yield Surroundings(symbol, _hops(graph, into), _hops(graph, out), failed, tuple(everyday))


def _hops(graph: CallGraph, steps: Sequence[Step]) -> tuple[Hop, ...]:
    """Steps as hops in the order of the source, without the notes and evidence that a list does not show."""
    ordered = sorted(steps, key=lambda s: (s.source.program, s.target.program, *order(s.edge)))
    plain = [replace(hop, notes=()) for hop in search.hops(graph, ordered)]
    return tuple(dict.fromkeys(plain))


def constant(
    session: Session,
    text: str,
    repository: str | None,
    program: str | None,
    chains: Callable[[], Iterable[Trace]],
    progress: Callable[[str, int], None],
) -> ConstantReport:
    """As ``api.constant`` says; ``chains`` gives the traces of all chains of the investigation."""
    names = (repository,) if repository is not None else tuple(session.investigation.repositories)
    having = [name for name in names if repository is not None or session.repository(name).programs]
    analyses = [a for name in having for a in session.programs(name, program)]
    found = meaning(analyses, text, [n for name in having for n in session.named(name)], of_values=True).found
    subjects = [(a, obj) for a, obj in found if isinstance(obj, t.Const | t.Var | t.Field)]
    told = [values.told(analysis, subject) for analysis, subject in subjects]
    analysis, subject = subjects[0]

    def all_of(part: Callable[[values.Told], tuple[Evidence, ...]]) -> tuple[Evidence, ...]:
        return tuple(dict.fromkeys(evidence for one in told for evidence in part(one)))

    ways: tuple[tuple[Hop, ...], ...] = ()
    cut = next((one.cut for one in told if one.cut is not None), None)
    if not isinstance(subject, t.Field):
        ways, short = _ways(session, subjects, program, chains, progress)
        cut = cut or short
    return ConstantReport(
        analysis.symbol(subject),
        values.expression(subject),
        all_of(lambda one: one.values),
        all_of(lambda one: one.parts),
        all_of(lambda one: one.readers),
        all_of(lambda one: one.goes),
        all_of(lambda one: one.overrides),
        ways,
        cut,
    )


def _ways(
    session: Session,
    subjects: Sequence[tuple[Analysis, values.Subject]],
    program: str | None,
    told: Callable[[], Iterable[Trace]],
    progress: Callable[[str, int], None],
) -> tuple[tuple[tuple[Hop, ...], ...], Message | None]:
    """The chains of the investigation that end there, or else those from where a program begins, or what serves a wire."""
    analysis, subject = subjects[0]
    assert not isinstance(subject, t.Field)
    if any(fits(analysis.symbol(subject), normal(c.target)) for c in session.investigation.chains):
        chains = (c for one in told() for c in one.chains)
        return tuple(c for c in chains if c[-1].target.name == subject.full_name), None
    repository = analysis.program.name.repository
    graph = session.graph(repository, program)
    ends = [(a, s) for a, s in subjects if not isinstance(s, t.Field)]

    def is_entry(node: Node) -> bool:
        return _is_entry(graph, node, UpTo.ENTRIES)

    found: list[tuple[Hop, ...]] = []
    cut: Message | None = None
    for of, end in ends:
        ways = search.from_entries(graph, graph.node(of, end), is_entry, progress)
        found += [search.hops(graph, chain) for chain in ways.chains]
        cut = cut or next((stop.message for stop in ways.stops), None)
    return tuple(found), cut


def _is_entry(graph: CallGraph, node: Node, up_to: UpTo) -> bool:
    """Whether chains that are followed back begin at a function."""
    of, obj = graph.objects[node]
    if not isinstance(obj, Func | Literal):
        return False
    serving = (wire for wire in graph.wires[of.name] if wire.is_answered)
    if up_to is not UpTo.MAIN and any(wire.handled(obj) for wire in serving):
        return True
    return up_to is not UpTo.WIRES and isinstance(obj, Func) and of.begins(obj)


def beginnings(
    session: Session,
    text: str,
    repository: str,
    program: str | None,
    up_to: UpTo,
    progress: Callable[[str, int], None],
) -> Beginnings:
    """As ``api.beginnings`` says."""
    graph = session.graph(repository, program)
    nodes = [
        graph.node(*one)
        for one in meant_by(graph, session.programs(repository, program), text, session.named(repository))
    ]
    chains: list[Sequence[Step]] = []
    unknown: dict[Unresolved, None] = {}
    cut: Message | None = None
    for node in nodes:
        ways = search.from_entries(
            graph,
            node,
            lambda found: _is_entry(graph, found, up_to),
            progress,
            limit=search.MAX_FUNCTIONS,
            most=None,
            beyond=False,
        )
        chains += ways.chains
        for analysis, obj in map(graph.objects.__getitem__, ways.looked_at):
            unknown |= dict.fromkeys(analysis.unknown_callers(obj))
        cut = cut or next((stop.message for stop in ways.stops), None)
    nearest = sorted(chains, key=len)
    return Beginnings(
        graph.symbol(nodes[0]), up_to, tuple(search.hops(graph, chain) for chain in nearest), tuple(unknown), cut
    )
