"""What stands on a site: which answers are asked for it, of one session or several, and the pages made of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tracer import api
from tracer.console import Status
from tracer.diff import Comparison
from tracer.model import STANDARD_LIBRARY, Artifact, Check, Trace, WireRow
from tracer.options import asked_by, opened, pair
from tracer.report.artifact import artifacts_page
from tracer.report.changes import changes_page
from tracer.report.claims import claims_page
from tracer.report.render import Told, write_site
from tracer.report.wires import wires_page


def of_trace(html: Path, session: api.Session, trace: Trace, lang: str, status: Status) -> None:
    """The site of one trace."""
    told = api.told(session, trace, lang, status)
    status("writing the report", 0)
    # What the answers of the investigation speak of is told with them.
    images = session.investigation.artifacts if trace.answer or trace.questions else ()
    found = [api.artifact(session, asked) for asked in images]
    extras = [artifacts_page(found, tuple(api.pins(session).values()))] if found else []
    write_site([told], session.read, html, lang=lang, extras=extras)


def of_investigations(
    html: Path,
    investigations: Sequence[str],
    lang: str,
    source: list[str] | None,
    offline: bool,
    to_source: list[str] | None,
    to_target: str | None,
    repo: str | None = None,
    rev: str | None = None,
) -> bool:
    """The site of all chains of some investigations, with ``rev`` of one repository; whether all were found and all claims hold."""
    told: list[Told] = []
    rows: list[WireRow] = []
    found: list[Comparison] = []
    checks: list[Check] = []
    images: list[Artifact] = []
    texts: dict[str, str] = {}
    with ExitStack() as stack:
        sessions: dict[str, api.Session] = {}
        for name in investigations:
            session, status = stack.enter_context(opened(name, source, offline, repo, rev=rev))
            told += [api.told(session, trace, lang, status) for trace in api.follow_all(session, status)]
            status("looking at the wires", 0)
            rows += api.wires(session)
            if to_source:
                moved = asked_by(name, source, repo).repository in {pair(text)[0] for text in to_source}
                second = [*(source or ()), *to_source]
                after, _ = stack.enter_context(opened(name, second, offline, repo, rev=None if moved else rev))
                chains = session.investigation.chains
                found += [
                    api.diff(session, after, c.entry, c.repository, to=c.target, to_target=to_target, progress=status)
                    for c in chains
                ]
            if session.investigation.claims:
                checks.append(api.check(session, status))
            images += [api.artifact(session, asked) for asked in session.investigation.artifacts]
            if lang in session.investigation.titles:
                texts[session.investigation.title] = session.investigation.titles[lang]
            texts |= {q.question: q.texts[lang][0] for q in session.investigation.questions if lang in q.texts}
            texts |= {claim: said[lang] for claim, said in session.investigation.claim_texts.items() if lang in said}
            sessions |= dict.fromkeys((STANDARD_LIBRARY, *session.investigation.repositories), session)
        pins = {name: pin for session in sessions.values() for name, pin in api.pins(session).items()}
        extras = [changes_page(found)] if found else []
        extras += [claims_page(checks, tuple(pins.values()), texts)] if checks else []
        extras += [artifacts_page(images, tuple(pins.values()))] if images else []
        extras += [wires_page(rows, tuple(pins.values()))] if rows else []

        def read(repository: str, path: str) -> bytes:
            return sessions[repository].read(repository, path)

        write_site(told, read, html, lang=lang, extras=extras)
    return all(one.trace.found for one in told) and all(one.holds for one in checks)
