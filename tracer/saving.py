"""An answer as an investigation: its chains at the commits that were read, with the claims that they prove."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tracer.errors import InvestigationError
from tracer.investigation import claims
from tracer.investigation.model import Chain, Claim, Investigation, Repository, SymbolClaim
from tracer.model import ProgramName, Symbol, Trace
from tracer.session import Session
from tracer.source.pinning import address_of, split_source

_OTHER = re.compile(r"[^A-Za-z0-9]+")


def saved(session: Session, trace: Trace) -> Investigation:
    """What ``follow`` told, as an investigation that holds at the commits that were read.

    Raises InvestigationError where no chain was found, and where one goes through files that no commit has.
    """
    if not trace.chains:
        raise InvestigationError("no chain was found, so there is none to save", where=trace.entry.short)
    symbols = [s for chain in trace.chains for hop in chain for s in (hop.source, hop.target)]
    _refuse_changed(session, symbols)
    names = dict.fromkeys(s.program for s in (trace.entry, *symbols) if s.program)
    programs: dict[str, list[str]] = {}
    for name in map(ProgramName.parse, names):
        programs.setdefault(name.repository, []).append(name.directory)
    repositories = {name: _pinned(session, name, directories) for name, directories in programs.items()}
    chains, proven = of_trace(trace)
    asked = session.investigation
    title = trace.title if trace.title == asked.title else f"Where does {trace.entry.short} lead?"
    if len(chains) == 1:
        title = f"How does {trace.entry.short} come to {trace.chains[0][-1].target.short}?"
    return Investigation("", title, repositories, chains, (), claims=proven)


def of_trace(trace: Trace) -> tuple[tuple[Chain, ...], tuple[Claim, ...]]:
    """The chains of a trace, each with a name of its own, and what they prove."""
    start = ProgramName.parse(trace.entry.program)
    chains: list[Chain] = []
    proven: dict[Claim, None] = {}
    for hops in trace.chains:
        end = hops[-1].target
        bare = _OTHER.sub("-", end.short.rsplit(".", 1)[-1]).strip("-").lower() or "chain"
        taken = {chain.name for chain in chains}
        name = next(n for n in (bare, *(f"{bare}-{i}" for i in range(2, len(trace.chains) + 2))) if n not in taken)
        chains.append(Chain(name, start.repository, start.directory, trace.entry.name, end.name))
        one = replace(trace, found=True, targets=(end,), chains=(hops,))
        proven |= dict.fromkeys(claims.of_trace(name, one))
    return tuple(chains), tuple(proven)


def declared(symbols: Iterable[Symbol]) -> tuple[Claim, ...]:
    """What is known of symbols even where no chain leads from one to the other: where they are declared."""
    return tuple(
        SymbolClaim(f"{s.short} is declared in {s.position.path}", s.name, s.position.repository, s.position.path)
        for s in dict.fromkeys(symbols)
        if s.position is not None and s.kind != "field"
    )


def only_here(repositories: Iterable[Repository]) -> list[str]:
    """What there is to say of repositories whose address only this machine knows."""
    return [
        f"{one.name} has no remote called origin, so its url is {one.url}, which only this machine has; "
        f"others need another under [repositories.{one.name}]"
        for one in repositories
        if one.url.startswith("file:")
    ]


def _pinned(session: Session, name: str, directories: Sequence[str]) -> Repository:
    known, snapshot = session.repository(name), session.snapshot(name)
    url = snapshot.pin.url or known.url
    if not url:
        url = address_of(name, split_source(session.options.sources[name])[0])
    version = known.version if snapshot.pin.commit == known.commit else ""
    own = tuple(dict.fromkeys(directories))
    return replace(known, url=url, commit=snapshot.pin.commit, version=version, programs=own)


def _refuse_changed(session: Session, symbols: Iterable[Symbol]) -> None:
    for symbol in symbols:
        at = symbol.position
        known = at is not None and at.repository in session.snapshots
        if at is not None and known and at.path in dict(session.snapshot(at.repository).pin.changed):
            raise InvestigationError(
                "the chain goes through a file that is otherwise than in the commit, so it cannot be pinned",
                where=f"{at.repository}: {at.path}",
                hint="commit it and ask again",
            )
