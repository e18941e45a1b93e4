"""The verbs, for Python users and for the command line.

What only a new answer needs, all that knows Go, is imported where it is made: a kept one is told without it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.errors import InvestigationError, ResolutionError
from tracer.investigation.model import ArtifactSource, Chain, Claim, Investigation, Repository
from tracer.model import (
    Artifact,
    Beginnings,
    Check,
    CheckedPin,
    ConstantReport,
    Pin,
    ProgramName,
    Surroundings,
    Symbol,
    Trace,
    UpTo,
    Verdict,
    Wanted,
)
from tracer.session import Options as Options
from tracer.session import Session as Session
from tracer.session import main_directory as main_directory
from tracer.source.candidates import main_packages
from tracer.source.pinning import pinned as pinned
from tracer.source.pinning import split_source as split_source

if TYPE_CHECKING:
    from tracer.diff import Comparison
    from tracer.golang.lookup import lookup as lookup
    from tracer.golang.lookup import lookup_all as lookup_all
    from tracer.inquiry import callees as callees
    from tracer.inquiry import callers as callers
    from tracer.inquiry import edges as edges
    from tracer.inquiry import explain as explain
    from tracer.inquiry import explain_pair as explain_pair
    from tracer.inquiry import find as find
    from tracer.inquiry import summary as summary
    from tracer.inquiry import wires as wires
    from tracer.report.render import Told
    from tracer.systems import SystemMap

_ELSEWHERE = {
    **dict.fromkeys(("lookup", "lookup_all"), "tracer.golang.lookup"),
    **dict.fromkeys(("callees", "callers", "edges", "explain", "explain_pair"), "tracer.inquiry"),
    **dict.fromkeys(("find", "summary", "wires"), "tracer.inquiry"),
}


def __getattr__(name: str) -> object:
    """Verbs of other modules, which are imported when one of them is first asked for."""
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_ELSEWHERE[name]), name)


def pins(session: Session) -> dict[str, Pin]:
    """The pins of the repositories that were opened, by name."""
    return {name: snapshot.pin for name, snapshot in session.snapshots.items()} | session.module_pins()


def sync(session: Session) -> list[tuple[str, str]]:
    """Fetches every pin; (repository, commit) of each."""
    snapshots = {name: session.snapshot(name) for name in session.investigation.repositories}
    for snapshot in snapshots.values():
        snapshot.verify()
    return [(name, snapshot.pin.commit) for name, snapshot in snapshots.items()]


def sync_modules(session: Session) -> int:
    """Fetches the modules that the programs of all repositories are built from; how many there are."""
    for name, repository in session.investigation.repositories.items():
        if repository.programs:
            session.programs(name)
    return len(session.module_pins())


def follow(
    session: Session,
    entry: str,
    repository: str,
    *,
    to: str | None = None,
    via: Sequence[str] = (),
    program: str | None = None,
    peers: Sequence[str] = (),
    wanted: Wanted = Wanted(),  # noqa: B008  # frozen
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> Trace:
    """Traces from ``entry``, a symbol or a full method that is served, to a target; without one, to every wire that is reached and ``wanted``.

    Where ``to`` is None, the chains of the investigation that start at ``entry`` give targets and waypoints: a branch
    each. Where several programs serve a method, ``peers`` (repositories or programs) are gone to and the branches of
    the others left out. Raises ResolutionError for names that mean nothing or too much, SourceError for sources that
    cannot be had.
    """

    def made() -> Trace:
        from tracer import answers

        return answers.follow(session, entry, repository, to, via, program, peers, progress, wanted)

    return session.kept(made, Trace, "trace", entry, repository, to, tuple(via), program, tuple(peers), wanted)


def beginnings(
    session: Session,
    text: str,
    repository: str,
    program: str | None = None,
    up_to: UpTo = UpTo.ENTRIES,
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> Beginnings:
    """Where chains begin that lead to a symbol, over wires as well, each with the nearest; raises what ``follow`` raises."""

    def made() -> Beginnings:
        from tracer import answers

        return answers.beginnings(session, text, repository, program, up_to, progress)

    return session.kept(made, Beginnings, "beginnings", text, repository, program, up_to)


def system_map(session: Session, progress: Callable[[str, int], None] = lambda _name, _count: None) -> SystemMap:
    """What the programs of all repositories send to each other in code that runs, and the stores and brokers that they use.

    Raises SourceError for sources that cannot be had.
    """

    def made() -> SystemMap:
        from tracer import mapping

        return mapping.of_system(session, progress)

    from tracer.systems import SystemMap

    return session.kept(made, SystemMap, "map")


def map_of(trace: Trace) -> SystemMap:
    """The part of the map that one entry leads to, from a trace of ``follow`` without a target."""
    from tracer import mapping

    return mapping.of_trace(trace)


def edge_lines(
    session: Session, repository: str, program: str, patterns: Sequence[str], *, all_code: bool = False
) -> Iterator[str]:
    """The rows of ``edges``, each as a line of JSON; they come as they are found, and are kept when all were."""
    question = ("edges", repository, program, tuple(patterns), all_code)
    kept = session.found(list[str], *question)
    if kept is not None:
        yield from kept
        return
    from tracer import inquiry
    from tracer.report import exports

    lines: list[str] = []
    for row in inquiry.edges(session, repository, program, patterns, all_code=all_code):
        lines.append(exports.dumps_line(exports.edge_row(row)))
        yield lines[-1]
    session.keep(lines, *question)


def left_out(session: Session, repository: str, program: str, patterns: Sequence[str]) -> int:
    """How many functions of the packages that fit ``patterns`` do not run, so that ``edges`` leaves them out."""

    def made() -> int:
        from tracer import inquiry

        return inquiry.left_out(session, repository, program, patterns)

    return session.kept(made, int, "left out", repository, program, tuple(patterns))


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
    from tracer.report import formats

    return formats.render(trace, session.read, form)


def write_export(session: Session, trace: Trace, form: str, path: Path) -> None:
    """Writes that text to a file, which is whole or not there at all; ReportError where that cannot be done."""
    from tracer.report import formats

    formats.write(export(session, trace, form), path)


def check_claim(
    session: Session, claim: Claim, progress: Callable[[str, int], None] = lambda _name, _count: None
) -> Verdict:
    """Verifies one claim of the session's investigation. Raises SourceError for sources that cannot be had."""
    from tracer.investigation import claims

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

    def made() -> ConstantReport:
        from tracer import answers

        return answers.constant(session, text, repository, program, lambda: follow_all(session, progress), progress)

    return session.kept(made, ConstantReport, "constant", text, repository, program)


def artifact(session: Session, asked: ArtifactSource) -> Artifact:
    """From an image's Dockerfile to what its program does. Raises SourceError for a file that is not there."""
    from tracer.investigation import artifacts

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
    """A first investigation of one chain, or with an empty target of those to every wire, and the trace of it.

    With the claims that the trace proves; where there is no chain, those of where its ends are declared. Raises what ``follow`` raises.
    """
    from tracer import saving

    asked = Investigation("", title, {r.name: r for r in repositories}, (chain,) if chain.target else (), ())
    with Session(asked, options) as session:
        trace = follow(session, chain.entry, chain.repository, progress=progress)
    ends = saving.declared((trace.entry, *trace.targets))
    if not trace.found:
        target = trace.targets[0].name if trace.targets else ""
        named = (replace(chain, entry=trace.entry.name, target=target),) if target else ()
        return replace(asked, chains=named, claims=ends), trace
    if not chain.target:
        chains, proven = saving.of_trace(trace)
        return replace(asked, chains=chains, claims=proven), trace
    named = replace(chain, entry=trace.entry.name, target=trace.targets[0].name)
    return replace(asked, chains=(named,), claims=claims_of(chain.name, trace)), trace


def claims_of(chain: str, trace: Trace) -> tuple[Claim, ...]:
    """The claims that the first chain of a trace proves."""
    from tracer.investigation import claims

    return claims.of_trace(chain, trace)


def saved(session: Session, trace: Trace) -> tuple[Investigation, tuple[str, ...]]:
    """What ``follow`` told as an investigation with its claims, and what there is to say of it.

    Raises InvestigationError where no chain was found, and where one goes through files that are in no commit.
    """
    from tracer import saving

    made = saving.saved(session, trace)
    told = saving.only_here(made.repositories.values())
    for name, repository in made.repositories.items():
        changed = len(session.snapshot(name).pin.changed)
        if changed:
            files = "1 changed file is" if changed == 1 else f"{changed} changed files are"
            told.append(f"{name} is pinned to {repository.commit[:12]}, which the {files} not in")
    return made, tuple(told)


def only_here(asked: Investigation) -> tuple[str, ...]:
    """What there is to say of repositories whose address only this machine knows."""
    from tracer import saving

    return tuple(saving.only_here(asked.repositories.values()))


def has_references(asked: Investigation) -> bool:
    """Whether an answer refers to a hop."""
    from tracer.investigation import claims

    return bool(claims.references(asked))


def check_references(
    session: Session, progress: Callable[[str, int], None] = lambda _name, _count: None
) -> tuple[Verdict, ...]:
    """Verifies that the answers refer to symbols of the chains, each as ``{hop:SYMBOL}``."""
    from tracer.investigation import claims

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

    def made() -> tuple[Verdict, ...]:
        own = (check_claim(session, claim, progress) for claim in asked.claims)
        return (*own, *check_references(session, progress))

    verdicts = session.kept(made, tuple[Verdict, ...], "check")
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
    from tracer.diff import compare, with_elsewhere

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


def around(
    session: Session, trace: Trace, progress: Callable[[str, int], None] = lambda _name, _count: None
) -> tuple[Surroundings, ...]:
    """The call graph one hop around the functions of a trace's chains, in their order.

    Of a trace with very many functions the first sixty are looked at. Raises SourceError for sources that cannot be had.
    """

    def made() -> tuple[Surroundings, ...]:
        from tracer import answers

        return tuple(answers.around(session, trace, progress))

    return session.kept(made, tuple[Surroundings, ...], "around", trace)


def told(
    session: Session,
    trace: Trace,
    lang: str = "en",
    progress: Callable[[str, int], None] = lambda _name, _count: None,
) -> Told:
    """A trace as a report tells it: with the call graph around it, and the investigation's texts in ``lang``."""
    from tracer.report.language import ENGLISH, language
    from tracer.report.render import Told
    from tracer.report.words import entry_title

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
