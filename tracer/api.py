"""The verbs, for Python users and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tracer import keeping, reach, values
from tracer import trace as search
from tracer.codes import Exclusion, Message
from tracer.diff import Comparison, compare, with_elsewhere
from tracer.errors import InvestigationError, ResolutionError
from tracer.golang import types as t
from tracer.golang.lookup import lookup as lookup
from tracer.golang.lookup import lookup_all
from tracer.golang.program import Analysis, matches, normal
from tracer.golang.stdlib import archive as std
from tracer.golang.summary.nodes import Literal
from tracer.golang.types import Func
from tracer.graph import CallGraph, Node, Step
from tracer.inquiry import callees as callees
from tracer.inquiry import callers as callers
from tracer.inquiry import edges as edges
from tracer.inquiry import explain as explain
from tracer.inquiry import explain_pair as explain_pair
from tracer.inquiry import find as find
from tracer.inquiry import order, ruled_out_of
from tracer.inquiry import summary as summary
from tracer.inquiry import wires as wires
from tracer.investigation import artifacts, claims
from tracer.investigation.model import ArtifactSource, Chain, Claim, Investigation, Repository
from tracer.model import (
    Artifact,
    Check,
    CheckedPin,
    ConstantReport,
    EdgeKind,
    Evidence,
    Hop,
    Pin,
    ProgramName,
    RuledOut,
    Surroundings,
    Symbol,
    Trace,
    Verdict,
)
from tracer.report import formats
from tracer.report.language import ENGLISH, language
from tracer.report.render import Told
from tracer.report.words import entry_title
from tracer.session import Options as Options
from tracer.session import Session as Session
from tracer.session import main_directory as main_directory
from tracer.source.candidates import main_packages
from tracer.source.pinning import pinned as pinned
from tracer.source.pinning import split_source as split_source

_MAX_AROUND = 60


def pins(session: Session) -> dict[str, Pin]:
    """The pins of the repositories that were opened, by name."""
    return {name: snapshot.pin for name, snapshot in session.snapshots.items()}


def sync(session: Session) -> list[tuple[str, str]]:
    """Fetches every pin; (repository, commit) of each."""
    return [(name, session.snapshot(name).pin.commit) for name in session.investigation.repositories]


def follow(
    session: Session,
    entry: str,
    repository: str,
    *,
    to: str | None = None,
    via: Sequence[str] = (),
    program: str | None = None,
    peers: Sequence[str] = (),
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> Trace:
    """Traces from ``entry`` to a target; without one, to every wire that is reached.

    Where ``to`` is None, the chains of the investigation that start at ``entry`` give targets and waypoints: a branch
    each. Where several programs serve a method, ``peers`` (repositories or programs) are gone to and the branches of
    the others left out. Raises ResolutionError for names that mean nothing or too much, SourceError for sources that
    cannot be had.
    """
    key = session.key("follow", entry, repository, to, tuple(via), program, tuple(peers))
    kept = session.store.get_many("traces", [key]).get(key)
    if kept is not None:
        return keeping.read(kept, Trace)
    trace = _follow(session, entry, repository, to, via, program, peers, progress)
    session.store.put_many("traces", {key: keeping.written(trace)})
    return trace


def follow_all(session: Session, progress: Callable[[str, int], None] = lambda _name, _count: None) -> Iterator[Trace]:
    """The traces of all chains of the investigation, in its order; chains that start alike are branches of one trace."""
    seen = set[tuple[Symbol, tuple[Symbol, ...]]]()
    for chain in session.investigation.chains:
        trace = follow(session, chain.entry, chain.repository, program=chain.program, progress=progress)
        if (trace.entry, trace.targets) not in seen:
            seen.add((trace.entry, trace.targets))
            yield trace


def export(session: Session, trace: Trace, form: str) -> str:
    """The text of ``trace`` in one of ``formats.FORMATS``: json, markdown, html, mermaid, dot, graphml, codetour, sarif.

    Raises ReportError for any other form.
    """
    return formats.render(trace, session.read, form)


def write_export(session: Session, trace: Trace, form: str, path: Path) -> None:
    """Writes that text to a file, which is whole or not there at all; ReportError where that cannot be done."""
    formats.write(export(session, trace, form), path)


def check_claim(
    session: Session, claim: Claim, progress: Callable[[str, int], None] = lambda _name, _count: None
) -> Verdict:
    """Verifies one claim of the session's investigation. Raises SourceError for sources that cannot be had."""
    progress(claim.claim, 0)
    return claims.check(session.investigation, claim, session, progress)


def constant(
    session: Session,
    text: str,
    repository: str | None = None,
    *,
    program: str | None = None,
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> ConstantReport:
    """What a constant, a package variable or a struct's field (``Type.Field``) ends up as, and the ways to it.

    Without ``repository`` it may be of any. Raises ResolutionError for a name that means nothing or too much.
    """
    key = session.key("constant", text, repository, program)
    kept = session.store.get_many("constants", [key]).get(key)
    if kept is not None:
        return keeping.read(kept, ConstantReport)
    found = _constant(session, text, repository, program, progress)
    session.store.put_many("constants", {key: keeping.written(found)})
    return found


def _constant(
    session: Session,
    text: str,
    repository: str | None,
    program: str | None,
    progress: Callable[[str, int], None],
) -> ConstantReport:
    names = (repository,) if repository is not None else tuple(session.investigation.repositories)
    having = [name for name in names if repository is not None or session.repository(name).programs]
    analyses = [a for name in having for a in session.programs(name, program)]
    fields = [(a, f) for a in analyses for f in a.find_fields(text)]
    subjects: list[tuple[Analysis, values.Subject]] = []
    if fields and not any(a.find(text) for a in analyses):
        full = sorted({f"{f.struct}.{f.name}" for _, f in fields})
        if len(full) > 1:
            raise ResolutionError(f"{text!r} is ambiguous", hint="it can be:\n" + "\n".join(f"  {n}" for n in full))
        subjects += fields
    else:
        _, meant = lookup(analyses, text)
        for analysis in analyses:
            subjects += [(analysis, o) for o in analysis.find(meant.full_name) if isinstance(o, t.Const | t.Var)]
        if not subjects:
            raise ResolutionError(f"{meant.full_name} is a function", hint="name a constant, a variable or a field")
    told = [values.told(analysis, subject) for analysis, subject in subjects]
    analysis, subject = subjects[0]

    def all_of(part: Callable[[values.Told], tuple[Evidence, ...]]) -> tuple[Evidence, ...]:
        return tuple(dict.fromkeys(evidence for one in told for evidence in part(one)))

    chains: tuple[tuple[Hop, ...], ...] = ()
    cut = next((one.cut for one in told if one.cut is not None), None)
    if not isinstance(subject, t.Field):
        chains, short = _ways(session, subjects, progress)
        cut = cut or short
    return ConstantReport(
        values.symbol(analysis, subject),
        values.expression(subject),
        all_of(lambda one: one.values),
        all_of(lambda one: one.parts),
        all_of(lambda one: one.readers),
        all_of(lambda one: one.goes),
        all_of(lambda one: one.overrides),
        chains,
        cut,
    )


def _ways(
    session: Session, subjects: Sequence[tuple[Analysis, values.Subject]], progress: Callable[[str, int], None]
) -> tuple[tuple[tuple[Hop, ...], ...], Message | None]:
    """The chains of the investigation that end there, or else those from a main function or what serves a wire."""
    analysis, subject = subjects[0]
    assert not isinstance(subject, t.Field)
    if any(matches(subject.full_name, normal(c.target)) for c in session.investigation.chains):
        chains = [c for one in follow_all(session, progress) for c in one.chains]
        return tuple(c for c in chains if c[-1].target.name == subject.full_name), None
    repository = analysis.program.name.repository
    graph = session.graph(repository)
    ends = [(a, s) for a, s in subjects if not isinstance(s, t.Field)]

    def is_entry(node: Node) -> bool:
        of, obj = graph.objects[node]
        if not isinstance(obj, Func | Literal):
            return False
        served = any(wire.handled(obj) for wire in graph.wires[of.name])
        return served or (isinstance(obj, Func) and obj.recv is None and obj.name == "main")

    found: list[tuple[Hop, ...]] = []
    cut: Message | None = None
    for of, end in ends:
        ways = search.from_entries(graph, graph.node(of, end), is_entry, progress)
        found += [search.hops(graph, chain) for chain in ways.chains]
        cut = cut or next((stop.message for stop in ways.stops), None)
    return tuple(found), cut


def artifact(session: Session, asked: ArtifactSource) -> Artifact:
    """From an image's Dockerfile to what its program does. Raises SourceError for a file that is not there."""
    return artifacts.trace(asked, session.snapshot(asked.repository))


def programs(session: Session, repository: str) -> list[str]:
    """The directories of a repository's main packages, by name."""
    return main_packages(session.snapshot(repository))


def begin(
    title: str,
    repositories: Sequence[Repository],
    chain: Chain,
    options: Options,
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> tuple[Investigation, Trace]:
    """A first investigation of one chain, with the claims that its trace proves, and that trace.

    Raises what ``follow`` raises.
    """
    asked = Investigation("", title, {r.name: r for r in repositories}, (chain,), ())
    with Session(asked, options) as session:
        trace = follow(session, chain.entry, chain.repository, progress=progress)
    named = replace(chain, entry=trace.entry.name, target=trace.targets[0].name)
    return replace(asked, chains=(named,), claims=claims.of_trace(chain.name, trace)), trace


def has_references(asked: Investigation) -> bool:
    """Whether an answer refers to a hop."""
    return bool(claims.references(asked))


def check_references(
    session: Session, progress: Callable[[str, int], None] = lambda _name, _count: None
) -> tuple[Verdict, ...]:
    """Verifies that the answers refer to symbols of the chains, each as ``{hop:SYMBOL}``."""
    asked = session.investigation
    if not has_references(asked):
        return ()
    return tuple(claims.check_references(asked, list(follow_all(session, progress))))


def check(session: Session, progress: Callable[[str, int], None] = lambda _name, _count: None) -> Check:
    """Verifies all claims of the investigation, and that the answers refer to hops that are there.

    Raises SourceError for sources that cannot be had, InvestigationError where there is nothing to verify; what is
    wrong with a claim is in its verdict.
    """
    asked = session.investigation
    if not asked.claims and not has_references(asked):
        hint = "say what shall hold in [[claims]] (docs/investigation.md)"
        raise InvestigationError("there is no claim in it", where=asked.name, hint=hint)
    key = session.key("check")
    kept = session.store.get_many("checks", [key]).get(key)
    if kept is not None:
        verdicts = keeping.read(kept, tuple[Verdict, ...])
    else:
        verdicts = (
            *(check_claim(session, claim, progress) for claim in asked.claims),
            *check_references(session, progress),
        )
        session.store.put_many("checks", {key: keeping.written(verdicts)})
    pins = tuple(
        CheckedPin(name, asked.repositories[name].commit, snapshot.pin.commit)
        for name, snapshot in session.snapshots.items()
    )
    return Check(asked.name, asked.title, verdicts, pins)


def diff(
    before: Session,
    after: Session,
    entry: str,
    repository: str,
    *,
    to: str | None = None,
    to_target: str | None = None,
    via: Sequence[str] = (),
    program: str | None = None,
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> Comparison:
    """The chains of ``follow`` in two sessions, aligned by symbol; ``to_target`` is the target's name in the second.

    Raises what ``follow`` raises; a name that is missing at one of the pins is a ResolutionError that says at which.
    """
    traces: list[Trace] = []
    for session, target, pin in ((before, to, "first"), (after, to_target or to, "second")):
        try:
            traces.append(follow(session, entry, repository, to=target, via=via, program=program, progress=progress))
        except ResolutionError as error:
            hint = "name the target at the second pin with --to-target" if pin == "second" else ""
            raise ResolutionError(f"at the {pin} pins: {error}", hint=hint) from error
    return with_elsewhere(compare(*traces), lambda symbol, later: _declared(after if later else before, symbol))


def _declared(session: Session, symbol: Symbol) -> Symbol | None:
    """What has the full name of a symbol in the same program of another session."""
    name = ProgramName.parse(symbol.program)
    if name.repository not in session.investigation.repositories:
        return None
    analysis = session.program(name)
    return next((analysis.symbol(o) for o in analysis.find(symbol.name) if o.full_name == symbol.name), None)


def _follow(
    session: Session,
    entry: str,
    repository: str,
    to: str | None,
    via: Sequence[str],
    program: str | None,
    peers: Sequence[str],
    progress: Callable[[str, int], None],
) -> Trace:
    asked = session.investigation
    name = normal(entry)
    chains = [
        c
        for c in asked.chains
        if c.repository == repository and (matches(c.entry, name) or matches(name, normal(c.entry)))
    ]
    if program is not None:
        chains = [c for c in chains if c.program in (None, program)]
    elif chains:
        program = chains[0].program
        chains = [c for c in chains if c.program == program]
    graph = session.graph(repository, program, peers)
    own = session.programs(repository, program)
    # Chains that start at different symbols do not tell which of them is meant.
    meant = {obj.full_name for c in chains for a in own for obj in a.find(c.entry)}
    analysis, obj = lookup(own, entry, meant.pop() if len(meant) == 1 else None)
    start = graph.node(analysis, obj)
    title, questions, answer = entry_title(graph.symbol(start), repository, ENGLISH), (), ""
    if to is not None:
        branches = [(to, tuple(via))]
    else:
        chains = [c for c in chains if matches(obj.full_name, normal(c.entry))]
        branches = [(c.target, tuple(via) or c.via) for c in chains]
    if to is None and branches:
        title, answer = asked.title, asked.answer
        questions = tuple((q.question, q.answer) for q in asked.questions)
    if branches:
        searches = [_search(graph, start, (*way, target), progress) for target, way in branches]
        # A branch that ends in a server which was not picked was not asked for.
        searches = [
            (target, s) for target, s in searches if s.chains or target.program not in graph.passed_over
        ] or searches
    else:
        searches = [(None, reach.to_wires(graph, start, progress))]
    # Many chains begin alike.
    steps = list(dict.fromkeys(step for _, s in searches for chain in s.chains for step in chain))
    _look_for_candidates(session, graph, steps)
    hops = {
        step: _with_ruled_out(session, graph, step, hop)
        for step, hop in zip(steps, search.hops(graph, steps), strict=True)
    }
    shown = tuple(tuple(hops[step] for step in chain) for _, s in searches for chain in s.chains)
    origins = dict.fromkeys(origin.repository for a in graph.analyses for origin in a.program.origins())
    pins = tuple(session.snapshot(name).pin for name in origins)
    if any(hop.edge.site.repository == std.REPOSITORY for chain in shown for hop in chain):
        pins += (Pin(std.REPOSITORY, std.URL, std.release()),)
    return Trace(
        title,
        graph.symbol(start),
        tuple(target for target, _ in searches if target is not None),
        bool(shown) and all(s.chains for _, s in searches),
        shown,
        tuple(stop for _, s in searches for stop in s.stops),
        pins,
        sum(s.explored for _, s in searches),
        questions,
        answer,
    )


def _search(
    graph: CallGraph, start: Node, names: Sequence[str], progress: Callable[[str, int], None]
) -> tuple[Symbol, search.Search]:
    """The chain through symbols of these names, and the last of them in the program that the chain leads to."""
    points = [[graph.node(*found) for found in lookup_all(graph.analyses, name, names[-1])] for name in names]
    found = search.between(graph, start, points, progress)
    return graph.symbol(found.chains[0][-1].target if found.chains else points[-1][0]), found


def around(
    session: Session, trace: Trace, progress: Callable[[str, int], None] = lambda _name, _count: None
) -> tuple[Surroundings, ...]:
    """The call graph one hop around the functions of a trace's chains, in their order.

    Of a trace with very many functions the first sixty are looked at. Raises SourceError for sources that cannot be had.
    """
    key = session.key("around", trace)
    kept = session.store.get_many("around", [key]).get(key)
    if kept is not None:
        return keeping.read(kept, tuple[Surroundings, ...])
    found = tuple(_around(session, trace, progress))
    session.store.put_many("around", {key: keeping.written(found)})
    return found


def told(
    session: Session,
    trace: Trace,
    lang: str = "en",
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> Told:
    """A trace as a report tells it: with the call graph around it, and the investigation's texts in ``lang``."""
    asked = session.investigation
    title, answer = trace.title, trace.answer
    home = ProgramName.parse(trace.entry.program).repository
    if title == asked.title:
        title = asked.titles.get(lang, title)
        answer = asked.answers.get(lang, answer)
    elif title == entry_title(trace.entry, home, ENGLISH):
        title = entry_title(trace.entry, home, language(lang))
    texts = {(q.question, q.answer): q.texts[lang] for q in asked.questions if lang in q.texts}
    questions = tuple(texts.get(pair, pair) for pair in trace.questions)
    return Told(replace(trace, title=title, questions=questions, answer=answer), around(session, trace, progress))


def _around(session: Session, trace: Trace, progress: Callable[[str, int], None]) -> Iterator[Surroundings]:
    symbols = dict.fromkeys(s for chain in trace.chains for hop in chain for s in (hop.source, hop.target))
    names = dict.fromkeys(s.program for s in symbols if s.program)
    graph = CallGraph([session.program(ProgramName.parse(name)) for name in names])
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
