"""The verbs, for Python users and for the command line."""

from __future__ import annotations

import functools
import hashlib
import posixpath
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cattrs.preconf.json import make_converter

import tracer.syntax.parse as syntax
from tracer import trace as search
from tracer import values
from tracer.diff import Comparison, compare, with_elsewhere
from tracer.errors import InvestigationError, ResolutionError, SourceError
from tracer.golang import std
from tracer.golang import types as t
from tracer.golang.analysis import Analysis, matches, normal
from tracer.golang.build import Build
from tracer.golang.info import CallSite, Info, Literal
from tracer.golang.lookup import lookup as lookup
from tracer.golang.lookup import lookup_all
from tracer.golang.modules import read_layout
from tracer.golang.packages import Program, Unit
from tracer.golang.places import position
from tracer.golang.types import Func
from tracer.graph import CallGraph, Node, Step
from tracer.investigation import artifacts, claims
from tracer.investigation.model import ArtifactSource, Chain, Claim, Investigation, Repository
from tracer.model import (
    Artifact,
    Check,
    CheckedPin,
    ConstantReport,
    Edge,
    EdgeKind,
    Evidence,
    Explanation,
    Hop,
    PackageSummary,
    Pin,
    Position,
    RuledOut,
    Surroundings,
    Symbol,
    Trace,
    Unresolved,
    Verdict,
    WireEnd,
    WireRow,
)
from tracer.report import formats
from tracer.report.language import ENGLISH, language
from tracer.report.render import Told
from tracer.report.words import entry_title
from tracer.source.candidates import declared_methods, main_packages
from tracer.source.clones import cache_dir, ensure, open_local
from tracer.source.pinning import pinned as pinned
from tracer.source.pinning import split_source as split_source
from tracer.source.pins import Progress
from tracer.source.snapshot import Snapshot
from tracer.store import Store
from tracer.syntax import ast
from tracer.syntax.facts import EXTRACTOR_VERSION, FileFacts, decode, encode
from tracer.wire.fallback import fallback

_KEEP_AT = 200
_MAX_AROUND = 60
_traces = make_converter()


@dataclass(frozen=True, slots=True)
class Options:
    """How sources are had. ``sources`` maps a repository's name to ``PATH`` or ``PATH@REV`` of a local clone."""

    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    offline: bool = False
    cache: Path | None = None
    progress: Progress | None = None


@dataclass(eq=False)
class Facts:
    """The facts of blobs: from the store, or extracted and kept."""

    store: Store
    namespace: str
    fresh: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def read(self, blob: str, source: bytes) -> FileFacts:
        kept = self.store.get_many(self.namespace, [blob]).get(blob)
        if kept is not None:
            return decode(kept)
        facts = syntax.extract(source)
        self.fresh[blob] = encode(facts)
        if len(self.fresh) >= _KEEP_AT:
            self.flush()
        return facts

    def flush(self) -> None:
        self.store.put_many(self.namespace, self.fresh)
        self.fresh = {}


@functools.cache
def own_source() -> str:
    """A hash of tracer's own source and data, since every rule has a say in an answer."""
    package = Path(__file__).parent
    paths = sorted([*package.rglob("*.py"), *package.rglob("*.zip")])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


class Session:
    """The sources and programs of one investigation, opened once and looked at on demand. Close it when done."""

    def __init__(self, investigation: Investigation, options: Options) -> None:
        self.investigation = investigation
        self.options = options
        self.cache = options.cache or cache_dir()
        self.store = Store(self.cache / "facts.sqlite")
        recipe = EXTRACTOR_VERSION + syntax.query_text("go", "declarations") + syntax.query_text("go", "errors")
        self.facts = Facts(self.store, hashlib.sha256(recipe.encode()).hexdigest()[:16])
        self.snapshots: dict[str, Snapshot] = {}
        self.analyses: dict[str, Analysis] = {}
        self.graphs: dict[tuple[str, str | None, tuple[str, ...]], CallGraph] = {}
        self._methods: dict[tuple[str, str], list[tuple[Position, str]]] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keeps the facts that were found, and lets go of the sources."""
        self.facts.flush()
        self.store.close()
        for snapshot in self.snapshots.values():
            snapshot.close()

    def repository(self, name: str) -> Repository:
        found = self.investigation.repositories.get(name)
        if found is None:
            known = ", ".join(self.investigation.repositories)
            raise ResolutionError(
                f"there is no repository {name!r}", hint=f"known: {known}; or add it by --source {name}=PATH"
            )
        return found

    def snapshot(self, name: str) -> Snapshot:
        """The files of a repository at its pin, or of the local clone that --source names."""
        if name not in self.snapshots:
            repository = self.repository(name)
            given = self.options.sources.get(name)
            if given is not None:
                path, rev = split_source(given)
                self.snapshots[name] = open_local(name, path, rev, repository.url, repository.commit or None)
            else:
                pin = Pin(name, repository.url, repository.commit)
                directory = ensure(pin, self.cache, offline=self.options.offline, progress=self.options.progress)
                self.snapshots[name] = Snapshot(name, repository.url, directory, repository.commit)
        return self.snapshots[name]

    def program(self, name: str, directory: str, *, whole: bool = False) -> Analysis:
        """A program of a repository by the directory of its main package; ``whole`` as in ``Analysis``."""
        directory = main_directory(directory)
        key = f"{name}:{directory}" + (" whole" if whole else "")
        if key not in self.analyses:
            repository = self.repository(name)
            snapshot = self.snapshot(name)
            build = Build(repository.goos, repository.goarch, frozenset(repository.tags))
            program = Program(name, snapshot, read_layout(snapshot), build, directory, self.facts.read)
            program.closure()
            self.analyses[key] = Analysis(program, whole)
        return self.analyses[key]

    def programs(self, name: str, only: str | None = None) -> list[Analysis]:
        """The programs of a repository, or the one named."""
        directories = (only,) if only is not None else self.repository(name).programs
        if not directories:
            raise ResolutionError(
                f"no program of {name} is known", hint="name a main package's directory with --program"
            )
        return [self.program(name, directory) for directory in directories]

    def graph(self, name: str, only: str | None = None, peers: Sequence[str] = ()) -> CallGraph:
        """The call graph over all programs: those of ``name``, or the one named, and those of the investigation.

        ``peers`` are repositories, programs or their directories; over a wire the search goes to them where they answer.
        """
        key = (name, only, tuple(peers))
        if key not in self.graphs:
            self.graphs[key] = self._graph(name, only, peers)
        return self.graphs[key]

    def _graph(self, name: str, only: str | None, peers: Sequence[str]) -> CallGraph:
        analyses = self.programs(name, only)
        for other, repository in self.investigation.repositories.items():
            if repository.programs:
                analyses += [a for a in self.programs(other) if a not in analyses]
        picked = set[str]()
        for peer in peers:
            found = {a.name for a in analyses if peer in (a.name, a.program.repository, a.program.directory or ".")}
            if not found:
                known = ", ".join(a.name for a in analyses)
                raise ResolutionError(f"no program is called {peer!r}", hint=f"a peer is one of: {known}")
            picked |= found
        return CallGraph(analyses, picked)

    def declared_methods(self, repository: str, name: str) -> list[tuple[Position, str]]:
        """The positions of every method of this name in a repository, tests included, with the receiver's type."""
        key = (repository, name)
        if key not in self._methods:
            self._methods[key] = declared_methods(self.snapshot(repository), name)
        return self._methods[key]

    def key(self, *question: object) -> str:
        """What an answer depends on, as one hash: the question, the pins, the investigation and tracer's own source."""
        pins = [self.snapshot(name).pin for name in self.investigation.repositories]
        return hashlib.sha256(repr((question, pins, self.investigation, own_source())).encode()).hexdigest()

    def read(self, repository: str, path: str) -> bytes:
        """The bytes of a file at its pin. Raises SourceError for a file that is not there, and for one of Go's own."""
        if repository == std.REPOSITORY and repository not in self.investigation.repositories:
            raise SourceError(f"of {std.VERSION}'s own source only the declarations are here", where=path)
        return self.snapshot(repository).read(path)


def main_directory(text: str) -> str:
    """A main package's directory as it is written everywhere else: ``./cmd/x/`` is ``cmd/x``, the root is empty."""
    clean = posixpath.normpath(text.strip("/") or ".")
    return "" if clean == "." else clean


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
        return _traces.loads(kept, Trace)
    trace = _follow(session, entry, repository, to, via, program, peers, progress)
    session.store.put_many("traces", {key: _traces.dumps(trace).encode()})
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
        return _traces.loads(kept, ConstantReport)
    found = _constant(session, text, repository, program, progress)
    session.store.put_many("constants", {key: _traces.dumps(found).encode()})
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
    cut = next((one.cut for one in told if one.cut), "")
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
) -> tuple[tuple[tuple[Hop, ...], ...], str]:
    """The chains of the investigation that end there, or else those from a main function or what serves a wire."""
    analysis, subject = subjects[0]
    assert not isinstance(subject, t.Field)
    if any(matches(subject.full_name, normal(c.target)) for c in session.investigation.chains):
        chains = [c for one in follow_all(session, progress) for c in one.chains]
        return tuple(c for c in chains if c[-1].target.name == subject.full_name), ""
    repository = analysis.program.repository
    graph = session.graph(repository)
    ends = [(a, s) for a, s in subjects if not isinstance(s, t.Field)]

    def is_entry(node: Node) -> bool:
        of, obj = graph.objects[node]
        if not isinstance(obj, Func | Literal):
            return False
        served = any(wire.handled(obj) for wire in graph.wires[of.name])
        return served or (isinstance(obj, Func) and obj.recv is None and obj.name == "main")

    found: list[tuple[Hop, ...]] = []
    cut = ""
    for of, end in ends:
        ways = search.from_entries(graph, graph.node(of, end), is_entry, progress)
        found += [search.hops(graph, chain) for chain in ways.chains]
        cut = cut or next((stop.reason for stop in ways.stops), "")
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
        verdicts = _traces.loads(kept, tuple[Verdict, ...])
    else:
        verdicts = (
            *(check_claim(session, claim, progress) for claim in asked.claims),
            *check_references(session, progress),
        )
        session.store.put_many("checks", {key: _traces.dumps(verdicts).encode()})
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
    repository, _, directory = symbol.program.partition(":")
    if repository not in session.investigation.repositories:
        return None
    analysis = session.program(repository, directory)
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
        searches = [(None, search.to_wires(graph, start, progress))]
    shown = tuple(
        tuple(_with_ruled_out(session, graph, step, hop) for step, hop in zip(c, search.hops(graph, c), strict=True))
        for _, s in searches
        for c in s.chains
    )
    pins = tuple(session.snapshot(name).pin for name in dict.fromkeys(a.program.repository for a in graph.analyses))
    if any(hop.edge.site.repository == std.REPOSITORY for chain in shown for hop in chain):
        pins += (Pin(std.REPOSITORY, std.URL, std.VERSION),)
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
        return _traces.loads(kept, tuple[Surroundings, ...])
    found = tuple(_around(session, trace, progress))
    session.store.put_many("around", {key: _traces.dumps(found).encode()})
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
    home = trace.entry.program.partition(":")[0]
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
    names = dict.fromkeys(tuple(s.program.partition(":")[::2]) for s in symbols if s.program)
    graph = CallGraph([session.program(repository, main) for repository, main in names])
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
    ordered = sorted(steps, key=lambda s: (s.source.program, s.target.program, *_order(s.edge)))
    plain = [replace(hop, notes=()) for hop in search.hops(graph, ordered)]
    return tuple(dict.fromkeys(plain))


def _with_ruled_out(session: Session, graph: CallGraph, step: Step, hop: Hop) -> Hop:
    """A dispatch with the candidates that are no targets, and why."""
    if hop.edge.kind is not EdgeKind.INTERFACE:
        return hop
    taken = {s.edge.callee: s for s in graph.alternatives(step)}
    analysis, _ = graph.objects[step.source]
    name = hop.target.name.rsplit(".", 1)[-1]
    others = tuple(
        RuledOut(callee, "also a target of this call; the chain goes another way", step.edge.site)
        for callee, step in sorted(taken.items())
        if callee != hop.target.name
    )
    ruled_out = _ruled_out(session, analysis, name, taken.keys())
    return replace(hop, edge=replace(hop.edge, ruled_out=(*others, *ruled_out)))


def _ruled_out(session: Session, analysis: Analysis, name: str, taken: Container[str]) -> tuple[RuledOut, ...]:
    """The methods of a name in a program's repository that a dispatch does not end in, and why."""
    linked = {file.path for package in analysis.program.closure() for file in package.files}
    declared = analysis.flow.mentions.declared_methods(name)
    known = {(f.file.path, f.recv.name): f for f in declared if f.recv is not None}
    build = analysis.program.build
    out: list[RuledOut] = []
    for place, receiver in session.declared_methods(analysis.program.repository, name):
        func = known.get((place.path, receiver))
        if func is not None and func.full_name in taken:
            continue
        if place.path.endswith("_test.go"):
            reason = "declared in a test file"
        elif place.path not in linked:
            reason = f"not linked into {analysis.name} for {build.goos}/{build.goarch}"
        elif func is not None and func.recv is not None and func.recv not in analysis.flow.implementers.made:
            reason = "no code that is used makes a value of this type"
        else:
            reason = "no value of this type flows here"
        out.append(RuledOut(func.full_name if func else f"{receiver}.{name}", reason, place))
    return tuple(sorted(out, key=lambda r: (r.symbol, r.reason)))


def find(session: Session, text: str, repository: str, program: str | None = None) -> list[Symbol]:
    """Every declared object whose full name ends in ``text``."""
    return [a.symbol(obj) for a in session.programs(repository, program) for obj in a.find(text)]


def callees(
    session: Session, text: str, repository: str, program: str | None = None
) -> tuple[Symbol, list[Edge], list[Unresolved]]:
    """The edges that leave a function, and its calls that could not be decided."""
    graph = session.graph(repository, program)
    own = session.programs(repository, program)
    node = graph.node(*lookup(own, text))
    edges = [step.edge for step in graph.steps(node)]
    return graph.symbol(node), sorted(edges, key=_order), graph.unresolved.get(node, [])


def callers(session: Session, text: str, repository: str, program: str | None = None) -> tuple[Symbol, list[Edge]]:
    """The proven edges that arrive at a function, constant or variable."""
    graph = session.graph(repository, program)
    own = session.programs(repository, program)
    node = graph.node(*lookup(own, text))
    return graph.symbol(node), sorted((step.edge for step in graph.steps_into(node)), key=_order)


def _order(edge: Edge) -> tuple[object, ...]:
    return edge.site, edge.caller, edge.callee


def edges(session: Session, repository: str, program: str, patterns: Sequence[str]) -> Iterator[Edge | Unresolved]:
    """All call edges of the packages that fit ``patterns`` (``dir/...`` as in go), and the calls without any."""
    analysis = session.program(repository, program, whole=True)
    for _, unit in _units(analysis, patterns):
        found, failed = analysis.unit_edges(unit)
        yield from found
        yield from failed


def wires(session: Session, repository: str | None = None) -> list[WireRow]:
    """Every full method that a program of the investigation sends or serves, by protocol and name.

    With ``repository``, those that one of its programs sends or serves; what is at the other end is looked for in all.
    """
    key = session.key("wires", repository)
    kept = session.store.get_many("wires", [key]).get(key)
    if kept is not None:
        return _traces.loads(kept, list[WireRow])
    found = _wires(session, repository)
    session.store.put_many("wires", {key: _traces.dumps(found).encode()})
    return found


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
            for stub in wire.every_stub():
                key = (wire.name, stub.method)
                here.add(key)
                end = WireEnd(analysis.name, stub.info.name, analysis.place(stub.info, stub.site))
                stubs.setdefault(key, []).append(end)
            for handler in wire.every_handler():
                key = (wire.name, handler.method)
                here.add(key)
                site = position(handler.described.file, handler.pos)
                found = {x.owner.full_name: x for _, x in wire.implementations(handler)}
                end = WireEnd(analysis.name, handler.owner.full_name, site)
                ends = [
                    replace(
                        end,
                        implementation=name,
                        declared=analysis.symbol(x.owner).position,
                        fallback=bool(fallback(analysis, x)),
                    )
                    for name, x in found.items()
                ]
                servers.setdefault(key, []).extend(ends or [end])
            own |= here if repository in (None, analysis.name.partition(":")[0]) else set()
    return [
        WireRow(
            method,
            protocol,
            tuple(dict.fromkeys(stubs.get((protocol, method), ()))),
            tuple(dict.fromkeys(servers.get((protocol, method), ()))),
        )
        for protocol, method in sorted(own)
    ]


def summary(session: Session, repository: str, program: str, patterns: Sequence[str]) -> list[PackageSummary]:
    """How the calls of each package that fits ``patterns`` end: as edges of a kind, or unresolved for a reason."""
    analysis = session.program(repository, program, whole=True)
    calls = dict[str, set[tuple[Position, str]]]()
    kinds = dict[str, Counter[str]]()
    reasons = dict[str, Counter[str]]()
    for package, unit in _units(analysis, patterns):
        found, failed = analysis.unit_edges(unit)
        seen = calls.setdefault(package, set())
        seen.update((edge.site, edge.caller) for edge in (*found, *failed))
        kinds.setdefault(package, Counter()).update(edge.kind.value for edge in found)
        reasons.setdefault(package, Counter()).update(failure.reason.value for failure in failed)
    return [PackageSummary(name, len(calls[name]), dict(kinds[name]), dict(reasons[name])) for name in sorted(calls)]


def _units(analysis: Analysis, patterns: Sequence[str]) -> Iterator[tuple[str, Unit]]:
    packages = analysis.packages_under(patterns)
    if not packages:
        raise ResolutionError(
            f"no package of {analysis.name} fits {' '.join(patterns)}", hint="patterns are dir or dir/..."
        )
    for package in sorted(packages, key=lambda p: p.path):
        for file in package.files:
            for declaration in file.facts.declarations:
                if declaration.kind in ("func", "method", "var"):
                    yield package.directory or ".", file.unit(declaration)


def explain(session: Session, place: str, repository: str, program: str | None = None) -> list[Explanation]:
    """How the calls at ``FILE:LINE`` were resolved; FILE is any unambiguous suffix of a path."""
    path, _, number = place.rpartition(":")
    if not path or not number.isdigit():
        raise ResolutionError(f"{place!r} is not FILE:LINE", hint="such as pkg/server/run.go:42")
    out: list[Explanation] = []
    for analysis in session.programs(repository, program):
        for unit in _units_at(analysis, path, int(number)):
            info = analysis.checker.check(unit)
            sites = [s for s in info.calls if info.file.place(s.node.pos)[0] == int(number)]
            out += [_explained(session, analysis, info, site) for site in sites]
    if not out:
        raise ResolutionError(f"there is no call at {place}", hint="the line must hold the called name")
    return out


def explain_pair(
    session: Session, caller: str, callee: str, repository: str, program: str | None = None
) -> list[Explanation]:
    """How the calls of ``caller`` were resolved that name, or can end in, ``callee``."""
    analyses = session.programs(repository, program)
    analysis, obj = lookup(analyses, caller)
    if not isinstance(obj, Func):
        raise ResolutionError(f"{obj.full_name} is no function, so it calls nothing")
    info = analysis.checker.check_func(obj)
    explained = [_explained(session, analysis, info, site) for site in info.calls]
    wanted = normal(callee)
    found = [
        x
        for x in explained
        if any(matches(e.callee, wanted) for e in x.edges) or any(matches(r.symbol, wanted) for r in x.ruled_out)
    ]
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


def _explained(session: Session, analysis: Analysis, info: Info, site: CallSite) -> Explanation:
    edges, failure = analysis.resolve(info, site)
    dynamic = site.kind in ("interface", "value")
    bounded = ""
    if dynamic:
        dispatch = analysis.flow.dispatch(info, site)
        bounded = dispatch.bounded
        living = {x.owner.full_name for x in analysis.living(info, dispatch.targets)}
        edges = [edge for edge in edges if edge.callee in living]
    ruled_out: tuple[RuledOut, ...] = ()
    if site.kind == "interface" and isinstance(site.node.fun, ast.Selector):
        ruled_out = _ruled_out(session, analysis, site.node.fun.sel.name, {edge.callee for edge in edges})
    code = analysis.code(info, site.node)
    parts = analysis.explain(info, site)
    return Explanation(
        info.name, analysis.place(info, site), code, site.kind, parts, tuple(edges), ruled_out, failure, bounded
    )
